"""``calendar``: deadlines and renewals as an iCalendar file."""

from typing import Annotated

import typer

from renewctl.cli.app import command
from renewctl.cli.commands.who import Query, build_report
from renewctl.cli.runtime import Run
from renewctl.domain.dates import parse_span
from renewctl.exchange.calendar import build_calendar
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
    rows = build_report(run, query).rows
    days = [(parse_span(word, run.today, option="--remind") - run.today).days for word in remind or ()]
    text = build_calendar(rows, run.today, remind=days).decode()
    undated = sorted({row.client.key for row in rows if row.renewal is None})
    names = ", ".join(undated)
    warnings = (f"not in the calendar, as no date is recorded: {names}",) if undated else ()
    document = {"schema": "renewctl.calendar/1", "undated": undated, "calendar": text}
    return Result(document, text=text, warnings=warnings)
