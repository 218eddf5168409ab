"""What the SDK tells of metrics, media, console and machine, and what of it comes back."""
import math
import os
import struct
import subprocess
import sys
import time
import types
import zlib

import wandb
from common import TEAM, expect, expect_error, report, settings, work

PROJECT = "described"
IMAGE_DIGEST = "sha256:" + "0123456789abcdef" * 4
# The SDK looks at what differs from the commit only where it may save code.
os.environ["WANDB_SAVE_CODE"] = "true"
os.environ["WANDB_DOCKER"] = f"ghcr.io/acme/train:1@{IMAGE_DIGEST}"

code = work / "code"
code.mkdir()
(code / "train.py").write_text("print(1)\n")


def git(*args):
    who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"]
    done = subprocess.run(["git", *who, *args], cwd=code, capture_output=True, text=True, check=True)
    return done.stdout.strip()


git("init", "-q")
git("remote", "add", "origin", "https://git.example/acme/train.git")
git("add", ".")
git("commit", "-q", "-m", "first")
(code / "train.py").write_text("print(2)\n")
os.chdir(code)


def png():
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")


def know_images():
    """The SDK opens images with Pillow to learn their size; here all have one pixel."""
    pillow, module = types.ModuleType("PIL"), types.ModuleType("PIL.Image")
    opened = types.SimpleNamespace(size=(1, 1), load=lambda: None)
    module.open = lambda path: opened
    module.Image = type(opened)
    pillow.Image = module
    sys.modules.update({"PIL": pillow, "PIL.Image": module})


know_images()
(work / "dot.png").write_bytes(png())
histogram = wandb.Histogram(np_histogram=(list(range(500)), [x / 4 for x in range(501)]))

said = {"group": "g", "job_type": "train", "tags": ["t"], "notes": "n"}
with wandb.init(project=PROJECT, settings=settings(x_disable_stats=False, x_stats_sampling_interval=0.2, console="wrap"), **said) as run:
    run.define_metric("epoch", hidden=True)
    run.define_metric("val/*", step_metric="epoch")
    run.define_metric("acc", step_metric="epoch", summary="max,min,mean")
    run.define_metric("loss", summary="first,last")
    for epoch, (acc, loss) in enumerate([(0.1, 3.0), (0.9, 1.0), (0.5, 2.0)]):
        run.log({"epoch": epoch, "acc": acc, "loss": loss, "val/x": epoch * 2})
    run.log({"odd": math.nan, "inf": math.inf, "h": histogram})
    run.log({"img": wandb.Image(str(work / "dot.png"), caption="a dot")})
    run.log({"table": wandb.Table(columns=["a", "b"], data=[[1, "x"], [2, "y"]])})
    for part in range(5):
        sys.stdout.write(f"\rprogress {part}/4")
        sys.stdout.flush()
    print("\nthe last line")
    (work / "weights.bin").write_bytes(b"w" * 100)
    run.save(str(work / "weights.bin"), base_path=str(work))
    time.sleep(2)
    name = run.id

seen = wandb.Api().run(f"{TEAM}/{PROJECT}/{name}")
summary = dict(seen.summary)
expect("summaries of defined metrics", dict(summary["acc"]) == {"max": 0.9, "min": 0.1, "mean": 0.5}, summary["acc"])
expect("first and last", dict(summary["loss"]) == {"first": 3.0, "last": 2.0}, summary["loss"])
rows = list(seen.scan_history())
[row] = [row for row in rows if row.get("h")]
expect("nan and inf", math.isnan(row["odd"]) and row["inf"] == math.inf, row)
expect("all bins", row["h"]["values"] == list(range(500)) and len(row["h"]["bins"]) == 501, row["h"])
expect("histogram in the summary", len(summary["h"]["values"]) == 500)
[image] = [row["img"] for row in rows if row.get("img")]
expect("image", (image["_type"], image["caption"], image["width"]) == ("image-file", "a dot", 1), image)
seen.file(image["path"]).download(root=str(work / "got"))
expect("bytes of the image", (work / "got" / image["path"]).read_bytes() == png())
[table] = [row["table"] for row in rows if row.get("table")]
expect("table", (table["_type"], table["nrows"], table["ncols"]) == ("table-file", 2, 2), table)
seen.file(table["path"]).download(root=str(work / "got"))
expect("rows of the table", '"y"' in (work / "got" / table["path"]).read_text())
lines = [line.content for line in seen.console_logs()]
progress = [line for line in lines if "progress" in line]
expect("the progress bar as it ended", progress == ["progress 4/4"], lines)
expect("console", "the last line" in lines, lines)
system = seen.history(stream="system", pandas=False)
expect("system metrics", any("system.cpu" in key for row in system for key in row), system[:1])
expect("a saved file", seen.file("weights.bin").size == 100)
expect("what was said", (seen.group, seen.job_type, seen.tags, seen.notes) == ("g", "train", ["t"], "n"))
expect("commit", seen.commit == git("rev-parse", "HEAD"), seen.commit)
for again in ("allow", "must"):
    with wandb.init(project=PROJECT, id=name, resume=again, settings=settings(x_disable_stats=False)) as run:
        expect(f"resume {again} goes on", run.starting_step == len(rows) and run.resumed)
expect_error("resume never", "does not allow resuming", lambda: wandb.init(project=PROJECT, id=name, resume="never", settings=settings()))
installed = subprocess.run([sys.executable, "-m", "pip", "list", "--format=freeze"], capture_output=True, text=True, check=True)
report(step="described", project=PROJECT, run=name, image=IMAGE_DIGEST, installed=installed.stdout.split())
