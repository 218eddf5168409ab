"""Trains without a hub, and brings the run to the hub afterwards."""
import os
import pathlib
import subprocess
import sys

import wandb
from common import TEAM, artifact_of, expect, files_below, report, settings, work

FILES = {"m.bin": b"m" * 1000}
run = wandb.init(project="offline", id="off1", config={"a": 1}, settings=settings(mode="offline"))
for value in range(4):
    run.log({"l": value})
run.log_artifact(artifact_of("offds", "dataset", FILES))
folder = pathlib.Path(run.dir).parent
run.finish()

alone = {k: v for k, v in os.environ.items() if not k.startswith("WANDB_SERVICE")}
for attempt in ("first", "second"):
    sync = [sys.executable, "-m", "wandb", "sync", str(folder)]
    done = subprocess.run(sync, env=alone, capture_output=True, text=True, check=False)
    expect(f"{attempt} sync", done.returncode == 0, done.stdout + done.stderr)
    seen = wandb.Api().run(f"{TEAM}/offline/off1")
    expect("rows", [r["l"] for r in seen.scan_history(keys=["l"])] == [0, 1, 2, 3])
    expect("state and config", seen.state == "finished" and seen.config["a"] == 1, seen.state)
got = wandb.Api().artifact(f"{TEAM}/offline/offds:latest")
expect("one version", got.version == "v0", got.version)
expect("bytes", files_below(got.download(root=str(work / "off"))) == FILES)
report(step="offline")
