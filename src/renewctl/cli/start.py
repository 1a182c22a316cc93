"""The first minutes: ``init``, ``demo``, ``where``, ``completion``, ``schema``."""

import tempfile
from collections.abc import Sequence
from contextlib import chdir
from enum import StrEnum
from importlib.resources import files as resources
from pathlib import Path
from typing import Annotated, cast

import typer

from renewctl.cli.app import command
from renewctl.cli.options import NotifyOption, OwnerOption
from renewctl.cli.run import Run
from renewctl.cli.tree import root
from renewctl.cli.world import World
from renewctl.domain.addresses import parse_address
from renewctl.domain.json_schema import json_schema
from renewctl.domain.versions import CURRENT
from renewctl.errors import UsageError
from renewctl.model import Owner
from renewctl.render import start as render
from renewctl.render.result import Result
from renewctl.store.location import NAMES, VARIABLE, missing_store
from renewctl.workspace import init as store_init
from renewctl.workspace.companion_files import schema_text

DEMO_DAY = "2026-11-23"
DEMO = (
    ("who would be notified for upcoming renewals?", ("who",)),
    ("and why those people?", ("explain", "acme.example")),
    ("what would change if the partner owned it by default?", (
        "set-default", "--owner", "partner", "--notify", "ana", "--dry-run",
    )),
    ("what does one person hear of?", ("who", "--by", "recipient", "--recipient", "ana")),
)  # fmt: skip


GitOption = Annotated[
    bool,
    typer.Option("--git", help="Tell git, too: line ends in .gitattributes, what is ignored in .gitignore."),
]


@command("init", changes=True, noted=False)
def init(run: Run, owner: OwnerOption = None, notify: NotifyOption = None, git: GitOption = False) -> Result:
    """Make a new store, ./renewctl.toml unless --store names another; never overwrites.

    With --owner and --notify it begins with that default, and with that partner user. Beside it comes
    renewctl.schema.json, by which editors complete and check it as you type.

    --git adds to .gitattributes and .gitignore beside the store the lines that they lack, so that line
    ends survive and lock, temporary files and history stay out; it needs a git work tree. Where there is a
    store, init --git adds what is missing beside it, and leaves the store as it is.
    """
    email = None if notify is None else parse_address(notify, "--notify")
    if owner is None and email:
        raise UsageError("--notify needs --owner", hint="add --owner hubspot or --owner partner")
    if owner is Owner.PARTNER and email is None:
        raise UsageError("owner partner needs a partner user", hint="add --notify YOUR-ADDRESS")
    name = run.store or run.world.environment.get(VARIABLE)
    made = store_init.init(name, owner, email, git=git, dry_run=run.dry_run)
    if not made.created:
        return render.render_companion_files(made.store, made.beside, made.unmarked, dry_run=run.dry_run)
    return render.render_init(made.store, made.beside, dry_run=run.dry_run, with_default=owner is not None)


@command("demo")
def demo(run: Run) -> Result:
    """Show four commands at work on an invented portfolio.

    It is made in a temporary folder and deleted again; your own store is neither read nor touched.
    """
    with tempfile.TemporaryDirectory(prefix="renewctl-demo-") as folder, chdir(folder):
        Path(NAMES[0]).write_bytes((resources("renewctl") / "demo.toml").read_bytes())
        return render.render_demo([(said, words, _answer(run.world, words)) for said, words in DEMO])


def _answer(world: World, words: Sequence[str]) -> Result:
    """Run a command on the store in this folder, and return its answer instead of showing it."""
    arguments = [*words, "--store", NAMES[0], "--as-of", DEMO_DAY]
    _, answer = root().main(args=arguments, prog_name="renewctl", standalone_mode=False, obj=world)
    return cast(Result, answer)


@command("where")
def where(run: Run) -> Result:
    """Show which store is in use, and why.

    Reads only; where there is none yet, it says how to make one.
    """
    place = run.place
    why = place.why if place.path.exists() else f"{place.why}; {missing_store(place).hint}"
    return render.render_location(str(place.path.absolute()), why, exists=place.path.exists())


class Shell(StrEnum):
    """A shell that there is a script for."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"


@command("completion")
def completion(
    run: Run,  # noqa: ARG001
    shell: Annotated[Shell, typer.Argument(metavar="SHELL", help="bash, zsh or fish.")],
) -> Result:
    """Print the script that lets bash, zsh or fish complete what is typed.

    Commands, options, clients, partner users and codes. Its first lines say where to put it; nothing
    is installed.
    """
    script = resources("renewctl") / "shells" / f"completion.{shell}"
    return render.render_completion(shell, script.read_text(encoding="utf-8"))


@command("schema")
def schema(run: Run) -> Result:  # noqa: ARG001
    """Print the JSON Schema of a store, by which editors complete and check it.

    Reads only. init writes it beside a new store, as renewctl.schema.json; the first line of a TOML store,
    #:schema ./renewctl.schema.json with an empty line below it, says so to taplo, tombi and Even
    Better TOML, in a JSON store the key "$schema".
    """
    return render.render_schema(json_schema(CURRENT), schema_text())
