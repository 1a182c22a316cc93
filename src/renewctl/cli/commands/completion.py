"""``completion``: the script for a shell."""

from enum import StrEnum
from importlib.resources import files as resources
from typing import Annotated

import typer

from renewctl.cli.app import command
from renewctl.cli.runtime import Run
from renewctl.render import start as render
from renewctl.render.result import Result


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
