"""``migrate``: upgrade an older file, or change its layout."""

from typing import Annotated

import typer

from renewctl.cli.app import command
from renewctl.cli.runtime import Run
from renewctl.cli.write_command import change_store_with
from renewctl.render.result import Result
from renewctl.store.migrate import reformat_store, upgrade_store


@command("migrate", changes=True)
def migrate(
    run: Run,
    layout: Annotated[
        bool, typer.Option("--layout", help="Rewrite each client and user as one block instead.")
    ] = False,
) -> Result:
    """Upgrade a file from an older version of renewctl.

    Keeps a copy of the old file. No setting changes. renewctl can read an older file, but cannot change
    it before the upgrade.

    Use --layout if renewctl cannot change a client or user because its text is in several places, or on
    one line with others. Comments are kept.
    """
    return change_store_with(run, reformat_store if layout else upgrade_store)
