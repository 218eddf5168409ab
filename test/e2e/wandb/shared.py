"""Two processes that write to one run at the same time."""
import os
import subprocess
import sys

import wandb
from common import TEAM, expect, report, settings

PROJECT = "shared"
worker = """
import wandb
from common import settings
more = dict(mode="shared", x_primary=False, x_label="w", x_update_finish_state=False, console="wrap", run_id="both")
run = wandb.init(project="shared", config={"from_worker": 2}, settings=settings(**more))
print("worker speaks")
for step in range(10):
    run.log({"w": step})
run.summary["by_worker"] = 1
run.finish()
"""
more = {"mode": "shared", "x_primary": True, "x_label": "p", "console": "wrap", "run_id": "both"}
run = wandb.init(project=PROJECT, config={"from_primary": 1}, settings=settings(**more))
print("primary speaks")
for step in range(5):
    run.log({"p": step})
alone = {k: v for k, v in os.environ.items() if not k.startswith("WANDB_SERVICE")}
alone["PYTHONPATH"] = os.path.dirname(__file__)
done = subprocess.run([sys.executable, "-c", worker], env=alone, capture_output=True, text=True, check=False)
expect("the worker ends well", done.returncode == 0, done.stderr)
for step in range(5, 10):
    run.log({"p": step})
run.summary["by_primary"] = 1
run.finish()

seen = wandb.Api().run(f"{TEAM}/{PROJECT}/both")
rows = list(seen.history(samples=100, pandas=False))
expect("rows of the primary", sorted(r["p"] for r in rows if "p" in r) == list(range(10)), rows)
expect("rows of the worker", sorted(r["w"] for r in rows if "w" in r) == list(range(10)), rows)
expect("config of both", seen.config["from_primary"] == 1 and seen.config["from_worker"] == 2, seen.config)
expect("summary of both", seen.summary["by_primary"] == 1 and seen.summary["by_worker"] == 1, dict(seen.summary))
lines = " ".join(line.content for line in seen.console_logs())
expect("console of both", "primary speaks" in lines and "worker speaks" in lines, lines)
expect("state", seen.state == "finished", seen.state)
report(step="shared")
