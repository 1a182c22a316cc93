"""``calendar``: renewal deadlines and dates as an iCalendar file."""

from pathlib import Path
from typing import Annotated

import typer

from renewctl.cli.app import command
from renewctl.cli.commands.who import Query, build_report
from renewctl.cli.input_files import read_input
from renewctl.cli.options import Text
from renewctl.cli.runtime import Run
from renewctl.domain.dates import parse_span
from renewctl.errors import UsageError
from renewctl.exchange.calendar import NO_EXPORT, build_calendar, identify_clients, read_export
from renewctl.render.result import Result
from renewctl.text import count_of, list_some

_MOST_NAMED = 3


@command("calendar", out=".ics")
def calendar(
    run: Run,
    query: Query,
    remind: Annotated[
        list[str] | None,
        typer.Option("--remind", metavar="DURATION", help="Remind this long before each deadline."),
    ] = None,
    earlier: Annotated[
        Text,
        typer.Option("--since", metavar="FILE", help="Cancel outdated events of this earlier export."),
    ] = None,
) -> Result:
    """Print renewals and deadlines as an iCalendar file.

    Contains all renewals unless you choose clients, dates or a recipient. Subscribe to the file, or
    import it into a separate calendar. When you import it again, events move with their renewals, and
    --since cancels the events of renewals that no longer exist. Requires the extra "calendar".
    """
    if earlier and run.out and Path(run.out).resolve() == Path(earlier).resolve():
        hint = "write another file, and compare it with this one next time"
        raise UsageError("--since and --out name the same file", hint=hint)
    days = [(parse_span(word, run.today, option="--remind") - run.today).days for word in remind or ()]
    run.progress.begin("Reading")
    rows = build_report(run, query, unbounded=True).rows
    identities, cancelled = identify_clients(run.load().portfolio), NO_EXPORT
    if earlier is not None:
        # The whole file: a renewal that a filter excludes still exists.
        everything = build_report(run, Query(recipient=query.recipient), unbounded=True).rows
        past = read_export(*read_input(run, earlier))
        cancelled = past.find_cancelled(everything, identities, run.today)
    run.progress.begin("Writing")
    text = build_calendar(rows, run.today, identities, remind=days, cancelled=cancelled).decode()
    undated = sorted({row.client.key for row in rows if row.renewal is None})
    titles = sorted(event.summary for event in cancelled.events.values())
    warnings = []
    if undated:
        have, they = ("has", "it is") if len(undated) == 1 else ("have", "they are")
        warnings.append(f"{', '.join(undated)} {have} no renewal date, so {they} not in the calendar")
    if titles:
        number = f"{count_of(len(titles), 'event')} {'is' if len(titles) == 1 else 'are'}"
        warnings.append(f"{number} canceled: {list_some(titles, _MOST_NAMED)}")
    if not titles and not any(row.renewal for row in rows):
        warnings.append("the calendar has no events, because no renewal matches")
    document = {
        "schema": "renewctl.calendar/1",
        "undated": undated,
        "cancelled": titles,
        "calendar": text,
    }
    return Result(document, text=text, warnings=tuple(warnings))
