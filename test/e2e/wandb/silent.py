"""Runs whose processes fall silent, come back, or are asked to stop."""
import os
import pathlib
import signal
import subprocess
import sys
import time

import wandb
from common import TEAM, expect, expect_error, report, work

PROJECT = "silent"
DEADLINE_S = 60
TRAIN = """
import pathlib, sys, time
import wandb
from common import settings, work
name = sys.argv[1]
run = wandb.init(project="silent", id=name, settings=settings())
step = 0
while not (work / f"{name}.end").exists():
    run.log({"step": step})
    step += 1
    time.sleep(0.2)
run.finish()
"""
alone = {k: v for k, v in os.environ.items() if not k.startswith("WANDB_SERVICE")}
alone["PYTHONPATH"] = os.path.dirname(__file__)
api = wandb.Api()


def train(name):
    """In a group of its own, so that the SDK's helper process shares its fate."""
    command = [sys.executable, "-c", TRAIN, name]
    log = open(work / f"{name}.log", "w")
    return subprocess.Popen(command, env=alone, start_new_session=True, stdout=log, stderr=log)


def log_of(name):
    return (work / f"{name}.log").read_text()


def state_of(name):
    return api.run(f"{TEAM}/{PROJECT}/{name}").state


def wait_for(what, holds, name):
    until = time.monotonic() + DEADLINE_S
    while time.monotonic() < until:
        try:
            if holds():
                print("ok", what)
                return
        except Exception:
            pass
        wandb.Api().flush()
        time.sleep(0.5)
    sys.exit(f"FAIL {what}: {log_of(name)}")


def fresh(name):
    return wandb.Api().run(f"{TEAM}/{PROJECT}/{name}")


def rows_of(name):
    return [row["step"] for row in fresh(name).scan_history(keys=["step"])]


processes = {name: train(name) for name in ("killed", "frozen", "stopped")}
try:
    for name in processes:
        wait_for(f"{name} trains", lambda: len(rows_of(name)) > 2, name)
    os.killpg(processes["killed"].pid, signal.SIGKILL)
    os.killpg(processes["frozen"].pid, signal.SIGSTOP)
    fresh("stopped").stop()
    for name in ("killed", "frozen"):
        wait_for(f"{name} has crashed", lambda: fresh(name).state == "crashed", name)
    seen = fresh("killed")
    expect("its rows stay", len(rows_of("killed")) > 2)
    expect("its summary is what it sent", seen.summary["step"] >= 2, dict(seen.summary))
    before = len(rows_of("frozen"))
    os.killpg(processes["frozen"].pid, signal.SIGCONT)
    wait_for("frozen goes on", lambda: fresh("frozen").state == "running", "frozen")
    wait_for("frozen sends more", lambda: len(rows_of("frozen")) > before, "frozen")
    (work / "frozen.end").touch()
    wait_for("frozen ends", lambda: fresh("frozen").state == "finished", "frozen")
    rows = rows_of("frozen")
    expect("every row, once, in order", rows == list(range(len(rows))), rows)
    wait_for("stopped ends", lambda: fresh("stopped").state == "killed", "stopped")
    expect("by an interruption", "KeyboardInterrupt" in log_of("stopped"), log_of("stopped"))
    expect_error("has nothing to stop", "nothing to stop", lambda: fresh("stopped").stop())
    expect("still", fresh("killed").state == "crashed")
finally:
    for process in processes.values():
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
report(step="silent")
