"""Logs rows with the unchanged SDK and prints how long each part took, as one line of JSON."""
import json
import sys
import time

import wandb

rows, metrics, name = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
settings = wandb.Settings(console="off", x_disable_stats=True, silent=True)
started = time.monotonic()
run = wandb.init(project="bench", id=name, settings=settings)
ready = time.monotonic()
for row in range(rows):
    run.log({f"metric_{at}": row * 0.5 + at for at in range(metrics)})
logged = time.monotonic()
run.finish()
ended = time.monotonic()
seconds = {"init": ready - started, "log": logged - ready, "finish": ended - logged}
print(json.dumps({**seconds, "whole": ended - started}))
