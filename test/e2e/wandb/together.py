"""Several processes that upload one version together, and a version that adds to the one before."""
import multiprocessing
import sys

import wandb
from common import TEAM, artifact_of, expect, expect_error, files_below, report, settings, work

PROJECT = "together"
WRITERS = 4
path = f"{TEAM}/{PROJECT}"


def part(number, clash=""):
    files = {f"part-{number}.bin": bytes([number]) * 100_000, "shared.txt": b"the same for all"}
    return artifact_of("sharded", "dataset", {**files, **({"clash.txt": clash.encode()} if clash else {})})


def write(number):
    with wandb.init(project=PROJECT, group="workers", settings=settings()) as run:
        run.upsert_artifact(part(number), distributed_id="job-1").wait()
        return run.id


if __name__ == "__main__":
    with multiprocessing.get_context("spawn").Pool(WRITERS) as pool:
        writers = pool.map(write, range(WRITERS))
    with wandb.init(project=PROJECT, group="workers", settings=settings()) as run:
        done = run.finish_artifact(part(WRITERS), aliases=["whole"], distributed_id="job-1").wait()
        writers.append(run.id)
        expect("one version", done.version == "v0" and done.file_count == WRITERS + 2, (done.version, done.file_count))
    got = files_below(wandb.Api().artifact(f"{path}/sharded:whole").download(root=str(work / "whole")))
    wanted = {f"part-{n}.bin": bytes([n]) * 100_000 for n in range(WRITERS + 1)}
    expect("the files of all", got == {**wanted, "shared.txt": b"the same for all"}, got.keys())
    for id in writers:
        names = [a.name for a in wandb.Api().run(f"{path}/{id}").logged_artifacts()]
        expect("made by each of them", "sharded:v0" in names, names)

    for clash in ("mine", "yours"):
        with wandb.init(project=PROJECT, settings=settings()) as run:
            run.upsert_artifact(part(0, clash), distributed_id="job-2").wait()
    with wandb.init(project=PROJECT, settings=settings()) as run:
        finish = lambda: run.finish_artifact(part(0), distributed_id="job-2").wait()
        expect_error("other content under one path", "clash.txt", finish)

    with wandb.init(project=PROJECT, settings=settings()) as run:
        run.log_artifact(artifact_of("grown", "dataset", {"a": b"1", "b": b"2"})).wait()
        added = wandb.Artifact("grown", type="dataset", incremental=True)
        with added.new_file("c", mode="wb") as file:
            file.write(b"3")
        run.log_artifact(added).wait()
        expect("the next version", added.version == "v1", added.version)
    grown = wandb.Api().artifact(f"{path}/grown:v1")
    expect("has the files of both", files_below(grown.download(root=str(work / "grown"))) == {"a": b"1", "b": b"2", "c": b"3"})
    expect("and is whole", grown.verify(str(work / "grown")) is None)
    report(step="together", project=PROJECT)
    sys.exit(0)
