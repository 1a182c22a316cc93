"""``calendar``: deadlines and renewals as an iCalendar file."""

from typing import Annotated

import typer

from renewctl.cli import data_files
from renewctl.cli.app import command
from renewctl.cli.commands.who import Query, select_rows
from renewctl.cli.runtime import Run
from renewctl.render.result import Result


@command("calendar")
def calendar(
    run: Run,
    query: Query,
    remind: Annotated[
        list[str] | None,
        typer.Option("--remind", metavar="DURATION", help="Remind so long before a deadline."),
    ] = None,
) -> Result:
    """Print deadlines and renewals as an iCalendar file, with who is notified.

    Send it to a file: renewctl calendar > renewals.ics. The filters are those of who. Reads only;
    needs the extra "calendar".
    """
    rows = select_rows(run, run.load().portfolio, query).rows
    return data_files.render_calendar(run, rows, remind or ())
