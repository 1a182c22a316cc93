"""``renewctl`` without a command: an overview, or the version."""

from typing import Annotated

import typer

from renewctl import __version__
from renewctl.cli.runtime import Run
from renewctl.errors import RenewctlError, StoreMissing, UsageError
from renewctl.render.result import DataTable, Result, line


def overview(
    ctx: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", help="Show the version and exit.", is_eager=True)
    ] = False,
) -> tuple[Run, Result] | None:
    """Show the version or the overview. Return None if a command follows."""
    if ctx.invoked_subcommand is not None:
        if version:
            raise UsageError("--version can't be used together with a command", hint="run renewctl --version")
        return None
    run = Run(ctx.obj)
    if version:
        document = {"schema": "renewctl.version/1", "version": __version__}
        table = DataTable(("version",), ((__version__,),))
        return run, Result(document, table, lines=(line(f"renewctl {__version__}"),))
    from renewctl.render.overview import render_overview  # Lazy import: every command calls this function.

    store: str | None = f"{run.place.display} ({run.place.why})"
    portfolio, missing = None, False
    try:
        portfolio = run.load().portfolio
    except StoreMissing as error:
        store, missing = error.message if run.place.explicit else None, True
    except RenewctlError as error:
        store = f"{run.place.display}: {error.message}"
    return run, render_overview(__version__, store, portfolio, run.today, missing=missing)
