"""``migrate``: rewrite an older store, or another layout."""

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
        bool, typer.Option("--layout", help="Write each client and user as one block instead.")
    ] = False,
) -> Result:
    """Rewrite a store of an older version in the current one.

    The old file is kept in a copy, and no setting changes. An older store is read as it is; only
    changing it needs this. A client or user whose text is in several places, or inside one line with
    others, can be read but not changed: --layout rewrites the file once, comments kept.
    """
    return change_store_with(run, reformat_store if layout else upgrade_store)
