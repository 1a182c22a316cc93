"""``completion``: the script for a shell."""

from typing import Annotated

import typer

from renewctl.cli.app import command
from renewctl.cli.completion import Shell, completion_script
from renewctl.cli.runtime import Run
from renewctl.render.result import DataTable, Result


@command("completion")
def completion(
    run: Run,  # noqa: ARG001
    shell: Annotated[Shell, typer.Argument(metavar="SHELL", help="bash, zsh, fish, powershell or pwsh.")],
) -> Result:
    """Print the script that lets bash, zsh, fish or PowerShell complete what is typed.

    Commands, options, clients, partner users and codes. Its first lines say where to put it; nothing
    is installed.
    """
    script = completion_script(shell)
    document = {"schema": "renewctl.completion/1", "shell": shell, "script": script}
    return Result(document, DataTable((), ()), text=script)
