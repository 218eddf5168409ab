"""A key that the hub does not know."""
import wandb
from common import expect_error, settings

expect_error("init", "", lambda: wandb.init(project="p", settings=settings(init_timeout=10)))
expect_error("public API", "", lambda: wandb.Api(timeout=8).run("main/p/r").name)
print("refused")
