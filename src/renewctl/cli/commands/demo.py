"""``demo``: four commands on an invented portfolio."""

import tempfile
from collections.abc import Sequence
from contextlib import chdir
from importlib.resources import files as resources
from pathlib import Path
from typing import cast

from renewctl.cli.app import command, command_tree
from renewctl.cli.runtime import Environment, Run
from renewctl.render import start as render
from renewctl.render.result import Result
from renewctl.store.location import NAMES

DEMO_DAY = "2026-11-23"


DEMO = (
    ("who would be notified for upcoming renewals?", ("who",)),
    ("and why those people?", ("explain", "acme.example")),
    ("what would change if the partner owned it by default?", (
        "set-default", "--owner", "partner", "--notify", "ana", "--dry-run",
    )),
    ("what does one person hear of?", ("who", "--by", "recipient", "--recipient", "ana")),
)  # fmt: skip


@command("demo")
def demo(run: Run) -> Result:
    """Show four commands at work on an invented portfolio.

    It is made in a temporary folder and deleted again; your own store is neither read nor touched.
    """
    with tempfile.TemporaryDirectory(prefix="renewctl-demo-") as folder, chdir(folder):
        Path(NAMES[0]).write_bytes((resources("renewctl") / "demo.toml").read_bytes())
        return render.render_demo([(said, words, _answer(run.environment, words)) for said, words in DEMO])


def _answer(environment: Environment, words: Sequence[str]) -> Result:
    """Run a command on the store in this folder, and return its answer instead of showing it."""
    arguments = [*words, "--store", NAMES[0], "--as-of", DEMO_DAY]
    _, answer = command_tree().main(
        args=arguments, prog_name="renewctl", standalone_mode=False, obj=environment
    )
    return cast(Result, answer)
