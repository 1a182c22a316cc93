"""``doctor``: check the installation, the environment and the data file."""

from typing import Annotated

import typer

from renewctl.cli.app import command
from renewctl.cli.runtime import Run, find_shell
from renewctl.render.doctor import render_facts
from renewctl.render.result import Result
from renewctl.workspace.doctor import Context, examine


@command("doctor")
def doctor(
    run: Run,
    full: Annotated[
        bool, typer.Option("--full", help="Also show whole paths and the values of variables.")
    ] = False,
) -> Result:
    """Check the installation and the data file.

    Add the output to a bug report. It has no personal data unless you add --full. The exit status is 1 if
    something is wrong.
    """
    environment = run.environment
    context = Context(environment.variables, environment.stdout, find_shell(), lambda: run.place, full)
    return render_facts([*examine(context)])
