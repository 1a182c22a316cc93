"""What a report is of: the window and the rows, from the options that name them."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from renewctl.cli.runtime import Run, select_clients
from renewctl.domain import report as reports
from renewctl.domain.dates import Window, parse_day, parse_span
from renewctl.domain.report import ReportRow, default_window, twelve_months
from renewctl.domain.responsibilities import Responsibilities, find_responsibilities
from renewctl.errors import UsageError
from renewctl.model import Policy, Portfolio


class WindowOptions(NamedTuple):
    """What the options said, as typed."""

    within: str | None
    since: str | None
    until: str | None
    deadline_within: str | None
    everything: bool


def window_of(asked: WindowOptions, policy: Policy, today: date, *, named: bool) -> Window | None:
    """Return the window asked for; None for all dates.

    Args:
        asked: the options.
        policy: for the horizon where none is asked for.
        today: the day spans begin at.
        named: whether clients were named, which then are shown whatever the date.

    Raises:
        UsageError: the options exclude each other, or one cannot be read.
    """
    ways = {
        "--within": asked.within,
        "--from/--to": asked.since or asked.until,
        "--deadline-within": asked.deadline_within,
        "--all": asked.everything or None,
    }
    used = [name for name, value in ways.items() if value is not None]
    if len(used) > 1:
        raise UsageError(f"{' and '.join(used)} exclude each other", hint="name one window")
    if asked.within is not None:
        return Window(today, parse_span(asked.within, today, option="--within"))
    if asked.deadline_within is not None:
        end = parse_span(asked.deadline_within, today, option="--deadline-within")
        return Window(today, end, on="deadline")
    if asked.since is not None or asked.until is not None:
        return _between(asked, today)
    return None if asked.everything or named else default_window(policy, today)


class Selection(NamedTuple):
    """The rows asked for, the window they are of, and the one person they are narrowed to, if any."""

    rows: tuple[ReportRow, ...]
    window: Window | None
    person: Responsibilities | None


def select_rows(
    run: Run, book: Portfolio, words: Sequence[str], asked: WindowOptions, recipient: str | None
) -> Selection:
    """Return the rows that a report's options ask for.

    Raises:
        UsageError: the window cannot be read.
        UnknownClient, UnknownUser: a name is none of the store's.
    """
    window = window_of(asked, book.policy, run.today, named=bool(words))
    rows = reports.build_rows(book, select_clients(book, words), window, run.today)
    return _narrowed(book, rows, window, recipient)


def select_timeline(
    run: Run, book: Portfolio, words: Sequence[str], asked: WindowOptions, recipient: str | None
) -> Selection:
    """Return the rows of all dates for a picture, and its window: a year where none is asked for.

    Raises:
        UsageError: the window cannot be read.
        UnknownClient, UnknownUser: a name is none of the store's.
    """
    # Named, so that without an option there is no window of the report's own.
    window = window_of(asked, book.policy, run.today, named=True)
    if window is None and not asked.everything:
        window = twelve_months(run.today)
    return _narrowed(
        book, reports.build_rows(book, select_clients(book, words), None, run.today), window, recipient
    )


def _narrowed(
    book: Portfolio, rows: tuple[ReportRow, ...], window: Window | None, recipient: str | None
) -> Selection:
    if recipient is None:
        return Selection(rows, window, None)
    from renewctl.domain import lookup  # late: most reports are of everybody

    person = find_responsibilities(book, lookup.find_address(book, recipient))
    return Selection(reports.rows_for_recipient(rows, person.email), window, person)


def _between(asked: WindowOptions, today: date) -> Window:
    start = parse_day(asked.since, today, option="--from") if asked.since is not None else today
    end = date.max if asked.until is None else parse_day(asked.until, today, option="--to", end=True)
    if end < start:
        raise UsageError(f"--to {end} is before --from {start}", hint="name the earlier day as --from")
    return Window(start, end)
