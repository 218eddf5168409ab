"""What the scripts of this folder share. Every expectation that fails ends the script."""
import json
import os
import pathlib
import sys

import wandb

work = pathlib.Path(os.environ["WORK"])
TEAM = "main"


def settings(**more):
    """Short waits, so that a fault shows in seconds; a fresh object, since init changes it."""
    values = {
        "x_file_stream_transmit_interval": 1,
        "x_disable_stats": True,
        "console": "off",
        "init_timeout": 30,
        "x_graphql_retry_wait_min_seconds": 1,
        "x_graphql_retry_wait_max_seconds": 1,
        "x_file_stream_retry_wait_min_seconds": 1,
        "x_file_stream_retry_wait_max_seconds": 1,
        "x_file_transfer_retry_wait_min_seconds": 1,
        "x_file_transfer_retry_wait_max_seconds": 1,
    }
    return wandb.Settings(**{**values, **more})


def expect(what, condition, seen=""):
    if not condition:
        sys.exit(f"FAIL {what}: {seen!r}")
    print("ok", what)


def expect_error(what, text, call):
    try:
        call()
    except Exception as error:
        expect(what, text in str(error), error)
        return
    sys.exit(f"FAIL {what}: no error")


def report(**fields):
    print(json.dumps(fields), flush=True)


def wait_for_go():
    sys.stdin.readline()


def files_below(folder):
    folder = pathlib.Path(folder)
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def artifact_of(name, type, files, **more):
    artifact = wandb.Artifact(name, type=type, **more)
    for path, data in files.items():
        with artifact.new_file(path, mode="wb") as file:
            file.write(data)
    return artifact
