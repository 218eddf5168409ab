"""The command line of the SDK: login, artifacts and the sync of an offline run."""
import os
import pathlib
import subprocess
import sys

import wandb
from common import TEAM, expect, files_below, settings, work

PROJECT = "by-hand"
key = os.environ.pop("WANDB_API_KEY")
base = os.environ.pop("WANDB_BASE_URL")
os.environ.pop("WANDB_SILENT")


def cli(*args, code=0):
    command = [sys.executable, "-m", "wandb", *args]
    done = subprocess.run(command, capture_output=True, text=True, cwd=work, timeout=100)
    output = done.stdout + done.stderr
    expect(f"wandb {args[0]} ends with {code}", done.returncode == code, output)
    return output


wrong = f"ledgerline-{'x' * 48}"
output = cli("login", "--relogin", "--host", base, "--verify", wrong, code=1)
expect("a wrong key is named as one", "API key is not known" in output, output)
cli("login", "--relogin", "--host", base, "--verify", key)
netrc = (pathlib.Path(os.environ["HOME"]) / ".netrc").read_text()
expect("the key is kept where the SDK keeps it", key in netrc)

folder = work / "folder"
(folder / "deep").mkdir(parents=True)
(folder / "a.txt").write_bytes(b"a\x00\xff")
(folder / "deep" / "b.txt").write_text("b")
name = f"{TEAM}/{PROJECT}/folder"
cli("artifact", "put", "--name", name, "--type", "dataset", "--alias", "first", str(folder))
listed = cli("artifact", "ls", f"{TEAM}/{PROJECT}")
expect("is listed", "folder:v0" in listed, listed)
cli("artifact", "get", "--root", str(work / "got"), f"{name}:first")
expect("comes back", files_below(work / "got") == files_below(folder))

run = wandb.init(project=PROJECT, mode="offline", id="afar", settings=settings())
run.log({"loss": 0.5})
run.finish()
cli("sync", *[str(path) for path in (work / "wandb").glob("offline-run-*")])
seen = wandb.Api().run(f"{TEAM}/{PROJECT}/afar")
expect("the run is there", seen.state == "finished" and seen.summary["loss"] == 0.5, seen.state)
