"""Versions, aliases, names in any script, references, drafts, and what must be refused."""
import datetime

import wandb
from common import TEAM, artifact_of, expect, expect_error, files_below, report, settings, work

PROJECT = "artifacts"
FILES = {"ünï cödé.txt": "ü".encode(), "empty": b"", "sub/b.bin": bytes(300_000)}
path = f"{TEAM}/{PROJECT}"
api = wandb.Api()


def log(run, name, type, files, aliases=None, **more):
    artifact = artifact_of(name, type, files, **more)
    run.log_artifact(artifact, aliases=aliases).wait()
    return artifact


def aliases_of(version):
    return set(wandb.Api().artifact(f"{path}/files:{version}").aliases)


with wandb.init(project=PROJECT, settings=settings()) as run:
    said = {"description": "what it is", "metadata": {"k": [1, 2.5, None], "ü": "ö"}}
    first = log(run, "files", "dataset", FILES, ["x", "best one"], **said)
    expect("aliases", set(first.aliases) == {"x", "best one", "latest"}, first.aliases)
    changed = log(run, "files", "dataset", {**FILES, "sub/b.bin": b"changed"}, ["x"])
    expect("next version", changed.version == "v1", changed.version)
    expect("aliases move", aliases_of("v0") == {"best one"} and aliases_of("v1") == {"x", "latest"})
    same = log(run, "files", "dataset", FILES, ["again"])
    expect("same bytes, no new version", same.version == "v0", same.version)
    expect("asked aliases move to it", {"again", "best one"} <= set(same.aliases), same.aliases)
    producer = run.id

with wandb.init(project=PROJECT, settings=settings()) as run:
    by = [run.use_artifact(f"files:{v}") for v in ("v0", "best one", first.digest)]
    expect("found by version, alias and digest", len({a.id for a in by}) == 1)
    got = by[0]
    expect("what was said", got.description == "what it is" and dict(got.metadata) == said["metadata"])
    expect("size", got.size == 300_002 and got.file_count == 3, (got.size, got.file_count))
    folder = got.download(root=str(work / "v0"))
    expect("bytes", files_below(folder) == FILES)
    expect("the SDK's own check", got.verify(folder) is None)
    draft = got.new_draft()
    with draft.new_file("more.txt") as file:
        file.write("more")
    draft.remove("empty")
    run.log_artifact(draft).wait()
    carried = api.artifact(f"{path}/files:v2").download(root=str(work / "v2"))
    expect("files carried over", set(files_below(carried)) == {"ünï cödé.txt", "sub/b.bin", "more.txt"})
    expect_error("no such alias", "not found", lambda: run.use_artifact("files:none"))
    expect_error("no such name", "not found", lambda: run.use_artifact("nothing:latest"))
    expect_error("name of another type", "already exists", lambda: log(run, "files", "model", FILES))

    (work / "there").mkdir()
    (work / "there" / "r.txt").write_text("stays there")
    refs = wandb.Artifact("refs", type="my-type")
    refs.add_reference(f"file://{work / 'there'}")
    refs.add_reference("hub-test://bucket/key", name="elsewhere", checksum=False)
    refs.add_reference(got.get_entry("sub/b.bin"), name="of-another")
    run.log_artifact(refs).wait()
    expect("a type of one's own", refs.type == "my-type" and refs.version == "v0")
    expect("no files at all", log(run, "nothing", "dataset", {}).version == "v0")
    consumer = run.id

read = api.artifact(f"{path}/refs:v0")
expect("addresses", read.manifest.entries["elsewhere"].ref == "hub-test://bucket/key")
of_another = read.get_entry("of-another").download(root=str(work / "refs"))
expect("bytes through another version", files_below(work / "refs")["of-another"] == FILES["sub/b.bin"], of_another)
versions = [v.version for v in api.artifacts(name=f"{path}/files", type_name="dataset")]
expect("versions, newest first", versions == ["v2", "v1", "v0"], versions)
types = {t.name for t in api.artifact_types(path)}
expect("types", {"dataset", "my-type"} <= types, types)
names = {c.name for c in api.artifact_type("dataset", path).collections()}
expect("collections", names == {"files", "nothing"}, names)
collection = api.artifact_collection("dataset", f"{path}/files")
expect("aliases of a collection", {"x", "latest", "again", "best one"} <= set(collection.aliases))
expect("exists", api.artifact_exists(f"{path}/files:v1") and not api.artifact_exists(f"{path}/files:v9"))
expect("files", {f.name for f in got.files()} == set(FILES))
used = [a.name for a in api.run(f"{path}/{consumer}").used_artifacts()]
expect("inputs, each once", used == ["files:v0"], used)
saved = api.artifact(f"{path}/files:v0")
saved.aliases.append("candidate")
saved.aliases.remove("best one")
saved.save()
expect("aliases by the public API", "candidate" in aliases_of("v0") and "best one" not in aliases_of("v0"))
saved.metadata["k"] = 2
saved.description = "said anew"
saved.tags = ["checked"]
saved.save()
changed = wandb.Api().artifact(f"{path}/files:v0")
expect("what is said changes", changed.metadata["k"] == 2 and changed.description == "said anew" and changed.tags == ["checked"])
expect("and the content stays", changed.digest == first.digest and changed.version == "v0", changed.digest)
changed.ttl = datetime.timedelta(days=1)
expect_error("no time to live", "time to live", changed.save)
collection.description = "all of them"
collection.tags = ["c1", "c2"]
collection.save()
collection.tags = ["c2"]
collection.save()
again = api.artifact_collection("dataset", f"{path}/files")
expect("a collection", again.description == "all of them" and again.tags == ["c2"], again.tags)
again.name = "renamed"
expect_error("a name stays", "cannot be renamed", again.save)
report(step="artifacts", project=PROJECT, producer=producer, consumer=consumer)
