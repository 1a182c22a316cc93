"""What renewctl says by itself: what it is, which store is in use, the version."""

from typing import Annotated

import typer

from renewctl import __version__
from renewctl.cli.runtime import Run
from renewctl.errors import RenewctlError, StoreMissing, UsageError
from renewctl.render.result import Output, Result


def overview(
    ctx: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", help="Show the version and exit.", is_eager=True)
    ] = False,
) -> tuple[Run, Result] | None:
    """Who gets notified about a client's HubSpot renewal, and why."""
    if ctx.invoked_subcommand is not None:
        if version:
            raise UsageError("--version goes alone", hint="renewctl --version")
        return None
    run = Run(ctx.obj, None, Output.TABLE, None, quiet=False)
    return run, _version() if version else _overview(run)


def _version() -> Result:
    from renewctl.render.start import render_version  # late, as what every command passes through

    return render_version(__version__)


def _overview(run: Run) -> Result:
    """Say what renewctl is, which store is in use, and what to type next."""
    from renewctl.render import start as render

    try:
        snapshot = run.load()
    except StoreMissing as error:
        named = error.message if run.place.explicit else None
        return render.render_overview(__version__, named, None, run.today, missing=True)
    except RenewctlError as error:
        return render.render_overview(__version__, f"{run.place.display}: {error.message}", None, run.today)
    return render.render_overview(
        __version__, f"{run.place.display} ({run.place.why})", snapshot.portfolio, run.today
    )
