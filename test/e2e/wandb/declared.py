"""A version whose digests were declared by another client: found and used, but not downloaded."""
import sys

import wandb
from common import TEAM, expect, expect_error, report, settings, work

path = f"{TEAM}/{sys.argv[1]}"
api = wandb.Api()
seen = api.artifact(f"{path}/declared:v0")
expect("found", seen.version == "v0" and seen.size == 3, (seen.version, seen.size))
reason = "uploaded nothing"
expect_error("no download", reason, lambda: seen.download(root=str(work / "declared")))
expect_error("no addresses", reason, lambda: list(seen.files()))
with wandb.init(project=sys.argv[1], settings=settings()) as run:
    expect("used", run.use_artifact("declared:v0").name == "declared:v0")
used = [a.name for a in wandb.Api().run(f"{path}/{run.id}").used_artifacts()]
expect("an input of the run", used == ["declared:v0"], used)
report(step="declared")
