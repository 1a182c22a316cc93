"""``undo``: reverse a change."""

from typing import Annotated

import typer

from renewctl.cli.app import command
from renewctl.cli.runtime import Run
from renewctl.cli.write_command import change_store_with
from renewctl.render.result import Result
from renewctl.store.undo import undo_change


@command("undo", changes=True)
def undo(
    run: Run,
    change: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="Which change, by its id; else the last.")
    ] = None,
) -> Result:
    """Take the last change back as one step; a bulk change is one.

    Comments and places come back too; what others changed since stays. Refused if somebody changed
    the same values. To undo an undo is to do the change again.
    """
    return change_store_with(run, undo_change(change))
