"""Three runs, raw -> features -> model, each reading what the one before has made."""
import wandb
from common import TEAM, artifact_of, expect, files_below, report, settings, work

PROJECT = "churn"
RAW = {"raw.csv": b"id,label\n1,0\n2,1\n", "notes/readme.txt": b"raw data\n"}
FEATURES = {"features.bin": bytes(range(256)) * 64}
MODEL = {"model.bin": b"weights" * 1000, "config.json": b"{}"}
ids = {}


def logged(run, artifact, aliases=None):
    run.log_artifact(artifact, aliases=aliases).wait()
    ids[artifact.source_name] = {"id": artifact.id, "digest": artifact.digest}
    return artifact


with wandb.init(project=PROJECT, name="ingest", job_type="ingest", settings=settings()) as run:
    raw = logged(run, artifact_of("raw", "dataset", RAW, metadata={"rows": 2}), ["prod"])
    expect("first version", raw.version == "v0" and set(raw.aliases) == {"prod", "latest"}, raw.aliases)
    ids["ingest"] = run.id

with wandb.init(project=PROJECT, name="featurize", job_type="features", settings=settings()) as run:
    used = run.use_artifact("raw:prod")
    expect("bytes of the dataset", files_below(used.download(root=str(work / "raw"))) == RAW)
    logged(run, artifact_of("features", "dataset", FEATURES))
    ids["featurize"] = run.id

with wandb.init(project=PROJECT, name="train", config={"lr": 0.1}, settings=settings()) as run:
    used = run.use_artifact("features:v0")
    expect("bytes of the features", files_below(used.download(root=str(work / "f"))) == FEATURES)
    for step in range(5):
        run.log({"loss": 1 / (step + 1)})
    logged(run, artifact_of("net", "model", MODEL))
    ids["train"] = run.id

api = wandb.Api()
path = f"{TEAM}/{PROJECT}"
net = api.artifact(f"{path}/net:latest")
expect("made by", net.logged_by().id == ids["train"])
expect("read by", [r.id for r in api.artifact(f"{path}/raw:v0").used_by()] == [ids["featurize"]])
train = api.run(f"{path}/{ids['train']}")
expect("inputs", [a.name for a in train.used_artifacts()] == ["features:v0"])
expect("outputs", [a.name for a in train.logged_artifacts()] == ["net:v0"])
expect("bytes of the model", files_below(net.download(root=str(work / "net"))) == MODEL)
report(step="chain", team=TEAM, project=PROJECT, ids=ids)
