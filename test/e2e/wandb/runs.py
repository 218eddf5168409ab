"""What is said of runs, their rows, files and console, resuming, and the public API."""
import math
import os
import subprocess
import sys

import wandb
from common import TEAM, expect, expect_error, report, settings, work

PROJECT = "runs-ü"
path = f"{TEAM}/{PROJECT}"
nan, inf = float("nan"), float("inf")
said = {"name": "wïde ✓", "notes": "my notes", "group": "g", "job_type": "j", "tags": ["a", "ü"]}
config = {"lr": 0.1, "inf": inf, "net": {"depth": 3}, "list": [1, {"x": None}]}

with wandb.init(project=PROJECT, config=config, settings=settings(), **said) as run:
    run.config.update({"later": [1, 2]})
    run.tags = run.tags + ("late",)
    run.define_metric("val/*", summary="max")
    run.log({"a": 1, "n": nan, "i": -inf, "big": 2**60})
    for value in (3, 1):
        run.log({"val/x": value})
    run.log({"t": wandb.Table(columns=["a"], data=[[1]]), "h": wandb.Html("<b>x</b>")})
    run.summary["best"] = 0.5
    (work / "saved.txt").write_text("saved")
    run.save(str(work / "saved.txt"), base_path=str(work))
    first = run.id

api = wandb.Api()
seen = api.run(f"{path}/{first}")
expect("what was said", (seen.name, seen.notes, seen.group, seen.job_type) == ("wïde ✓", "my notes", "g", "j"))
expect("tags", sorted(seen.tags) == ["a", "late", "ü"], seen.tags)
expect("config", {k: seen.config[k] for k in (*config, "later")} == {**config, "later": [1, 2]}, seen.config)
expect("nothing of the SDK in it", "_wandb" not in seen.config)
expect("summary", seen.summary["best"] == 0.5 and seen.summary["val/x"]["max"] == 3, dict(seen.summary))
expect("state", seen.state == "finished", seen.state)
rows = list(seen.scan_history())
expect("rows", len(rows) == 4 and rows[0]["big"] == 2**60, rows)
expect("values that JSON lacks", math.isnan(rows[0]["n"]) and rows[0]["i"] == -inf, rows[0])
expect("rows with a key", [r["val/x"] for r in seen.scan_history(keys=["val/x"])] == [3, 1])
expect("sampled rows", len(seen.history(samples=2, pandas=False)) == 2)
files = {f.name: f for f in seen.files()}
expect("files", {"saved.txt", "config.yaml", "wandb-metadata.json"} <= set(files), list(files))
files["saved.txt"].download(root=str(work / "files"))
expect("bytes of a file", (work / "files" / "saved.txt").read_text() == "saved")
expect("nobody's host in the files", "host" not in seen.metadata and "python" in seen.metadata, seen.metadata)

with wandb.init(project=PROJECT, id=first, resume="must", settings=settings()) as run:
    expect("resume goes on", run.starting_step == 4 and run.config["lr"] == 0.1, run.starting_step)
    run.log({"a": 2})
with wandb.init(project=PROJECT, id="fresh", resume="allow", settings=settings()) as run:
    expect("resume of nothing begins", run.starting_step == 0)
    run.log({"a": 5})
expect("one more row", len(list(wandb.Api().run(f"{path}/{first}").scan_history())) == 5)
expect_error("never resumes", "does not allow resuming", lambda: wandb.init(project=PROJECT, id="fresh", resume="never", settings=settings()))
expect_error("must exist", "does not exist", lambda: wandb.init(project=PROJECT, id="none", resume="must", settings=settings()))

script = f"""
import wandb
run = wandb.init(project={PROJECT!r}, id="failing", settings=wandb.Settings(x_disable_stats=True))
print("hello console")
run.log({{"a": 1}})
raise ValueError("boom")
"""
alone = {k: v for k, v in os.environ.items() if not k.startswith("WANDB_SERVICE") and k != "_WANDB_STARTUP"}
subprocess.run([sys.executable, "-c", script], env=alone, capture_output=True, check=False)
failed = wandb.Api().run(f"{path}/failing")
expect("a script that fails", failed.state == "failed", failed.state)
lines = [line.content for line in failed.console_logs()]
expect("console", "hello console" in lines and "ValueError: boom" in lines, lines)

seen = wandb.Api().run(f"{path}/{first}")
seen.tags.append("api")
seen.notes = "other notes"
seen.update()
seen.summary["late"] = 5
seen.summary.update()
again = wandb.Api().run(f"{path}/{first}")
expect("changed by the public API", "api" in again.tags and again.notes == "other notes")
expect("summary by the public API", again.summary["late"] == 5 and again.state == "finished")
found = api.runs(path, filters={"$and": [{"config.lr": {"$gt": 0.05}}, {"tags": "api"}]})
expect("filtered", [r.id for r in found] == [first])
ordered = [r.id for r in api.runs(path, order="-summary_metrics.a")]
expect("ordered", ordered == ["fresh", first, "failing"], ordered)
expect_error("no such run", "Could not find run", lambda: wandb.Api().run(f"{path}/none").name)
expect_error("no such team", 'no team "nobody"', lambda: wandb.init(project="p", entity="nobody", settings=settings()))
report(step="runs", project=PROJECT, run=first)
