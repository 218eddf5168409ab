"""What the SDK deletes, and how it tells of what cannot be deleted."""
import time

import wandb
from common import TEAM, artifact_of, expect, expect_error, report, settings, work

PROJECT = "deleting"
FILES = {"a.txt": b"first"}


def at_once(what, text, call):
    """A refusal is shown after one try: the SDK must not take it for something that passes."""
    start = time.monotonic()
    expect_error(what, text, call)
    expect(f"{what}, at once", time.monotonic() - start < 5, time.monotonic() - start)


def made(name, files, **more):
    with wandb.init(project=PROJECT, id=name, settings=settings()) as run:
        logged = run.log_artifact(artifact_of("ds", "dataset", files), **more)
        logged.wait()
        run.log({"loss": 1.0})
    return f"{TEAM}/{PROJECT}/{name}"


maker = made("maker", FILES, aliases=["prod"])
second = made("second", {"a.txt": b"second"})
with wandb.init(project=PROJECT, id="user", settings=settings()) as run:
    run.use_artifact("ds:v0").download(root=str(work / "used"))

api = wandb.Api(timeout=30)
v0 = api.artifact(f"{TEAM}/{PROJECT}/ds:v0")
v1 = api.artifact(f"{TEAM}/{PROJECT}/ds:v1")
at_once("aliases keep it", 'the alias "prod" leads to ds:v0', lambda: v0.delete())
at_once("a user keeps it", "the run user used ds:v0", lambda: v0.delete(delete_aliases=True))
at_once("what it made keeps a run", "it made ds:v0", lambda: api.run(maker).delete())
at_once("a user keeps what a run made", "the run user used ds:v0", lambda: api.run(maker).delete(delete_artifacts=True))
collection = api.artifact_collection("dataset", f"{TEAM}/{PROJECT}/ds")
at_once("collections stay", "a collection is not deleted", lambda: collection.delete())
[file, *_] = api.run(maker).files()
at_once("files stay", "files of a run are not deleted", lambda: file.delete())

v1.delete(delete_aliases=True)
fresh = wandb.Api(timeout=30)
expect("latest went back", fresh.artifact(f"{TEAM}/{PROJECT}/ds:latest").version == "v0")
expect_error("gone by its number", "", lambda: fresh.artifact(f"{TEAM}/{PROJECT}/ds:v1"))
fresh.run(second).delete()
expect_error("gone by its name", "", lambda: wandb.Api(timeout=30).run(second))
names = [run.name for run in wandb.Api(timeout=30).runs(f"{TEAM}/{PROJECT}")]
expect("not listed", len(names) == 2, names)

with wandb.init(project=PROJECT, id="gone", settings=settings()) as run:
    at_once("a running run stays", "RUNNING", lambda: wandb.Api(timeout=30).run(f"{TEAM}/{PROJECT}/gone").delete())
with wandb.init(project=PROJECT, id="second", resume="allow", settings=settings()) as run:
    expect("nothing to resume", not run.resumed and run.starting_step == 0)
    run.log({"loss": 2.0})
    run.log_artifact(artifact_of("ds", "dataset", {"a.txt": b"second"})).wait()
again = wandb.Api(timeout=30)
expect("a new run of the name", [row["loss"] for row in again.run(second).scan_history()] == [2.0])
expect("a number of its own", again.artifact(f"{TEAM}/{PROJECT}/ds:latest").version == "v2")
wandb.Api(timeout=30).run(second).delete(delete_artifacts=True)
expect("latest once more", wandb.Api(timeout=30).artifact(f"{TEAM}/{PROJECT}/ds:latest").version == "v0")
report(step="deleted", project=PROJECT)
