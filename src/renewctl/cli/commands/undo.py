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
        str | None, typer.Argument(metavar="[ID]", help="ID of the change, if not the last one.")
    ] = None,
) -> Result:
    """Undo the last change, or one that you choose.

    Undoes a bulk change as a whole. Later changes to other values stay. If the same values have
    changed since, nothing is undone. A second undo restores the change. To go further back, pass an ID.
    To list the IDs, run renewctl history.
    """
    return change_store_with(run, undo_change(change))
