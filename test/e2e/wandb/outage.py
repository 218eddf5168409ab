"""Trains on while the hub is killed and started again."""
import wandb
from common import TEAM, artifact_of, expect, files_below, report, settings, wait_for_go, work

PROJECT = "outage"
BYTES = {"big.bin": bytes(range(256)) * 4096}

run = wandb.init(project=PROJECT, settings=settings(x_file_stream_retry_max=60, x_graphql_retry_max=60))
for step in range(20):
    run.log({"step": step})
artifact = artifact_of("before", "model", BYTES)
run.log_artifact(artifact).wait()
report(step="before")
wait_for_go()
for step in range(20, 40):
    run.log({"step": step})
later = run.log_artifact(artifact_of("during", "model", BYTES))
report(step="during")
wait_for_go()
later.wait()
run.finish()

api = wandb.Api()
seen = api.run(f"{TEAM}/{PROJECT}/{run.id}")
rows = [row["step"] for row in seen.scan_history(keys=["step"])]
expect("every row, once, in order", rows == list(range(40)), rows)
expect("state", seen.state == "finished", seen.state)
for name in ("before", "during"):
    folder = api.artifact(f"{TEAM}/{PROJECT}/{name}:v0").download(root=str(work / name))
    expect(f"bytes of {name}", files_below(folder) == BYTES)
report(step="after")
