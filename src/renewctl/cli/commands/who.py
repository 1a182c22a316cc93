"""``who``: the recipients of upcoming renewals, as a report, page or timeline."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

import typer

from renewctl import __version__
from renewctl.cli.app import command
from renewctl.cli.gates import Gates, find_failure
from renewctl.cli.options import (
    SOURCES,
    Clients,
    ExcelOption,
    OwnerFilter,
    ReverseOption,
    SourceFilter,
    Text,
    UserFilter,
    complete_list,
    complete_users,
    filter_option,
    parse_code,
    refuse_together,
)
from renewctl.cli.runtime import Run, find_user_and_host, select_clients, select_user
from renewctl.command_line import option
from renewctl.domain import lookup
from renewctl.domain import report as reports
from renewctl.domain.dates import Window, parse_day, parse_span
from renewctl.domain.notes import SEVERITY
from renewctl.domain.report import ReportRow
from renewctl.domain.responsibilities import find_responsibilities
from renewctl.domain.selection import Order, RowSelection, list_rows
from renewctl.domain.values import suggest
from renewctl.errors import ExitStatus, UsageError
from renewctl.model import Policy, Portfolio
from renewctl.render.result import JSON_FORMS, Output, Result
from renewctl.render.who import render_by_client
from renewctl.render.who_columns import COLUMNS, ReportColumn
from renewctl.render.who_report import Report


class Query(NamedTuple):
    """The options that select renewals."""

    clients: Clients = None
    within: Annotated[
        Text,
        typer.Option(
            "--within",
            metavar="DURATION",
            help="Show only renewals within this time, for example 90d, 6w, 3m or 1y.",
        ),
    ] = None
    since: Annotated[
        Text, typer.Option("--from", metavar="DATE", help="Show only renewals on or after this date.")
    ] = None
    until: Annotated[
        Text, typer.Option("--to", metavar="DATE", help="Show only renewals on or before this date.")
    ] = None
    deadline_within: Annotated[
        Text,
        typer.Option(
            "--deadline-within",
            metavar="DURATION",
            help="Show only renewals with a deadline within this time.",
        ),
    ] = None
    everything: Annotated[bool, typer.Option("--all", help="Show renewals of any date.")] = False
    recipient: Annotated[
        Text,
        typer.Option(
            "--recipient",
            metavar="EMAIL",
            help="Show only renewals with this person as a recipient.",
            autocompletion=complete_users,
        ),
    ] = None


def _complete_codes(incomplete: str) -> list[str]:
    """Return completions of the last code of a list."""
    return complete_list(incomplete, SEVERITY)


class Filters(NamedTuple):
    """The options that filter and sort the rows."""

    owner: OwnerFilter = None
    user: UserFilter = None
    source: SourceFilter = None
    product: Annotated[
        Text, filter_option("--product", metavar="TEXT", help="Show only products with TEXT in their name.")
    ] = None
    code: Annotated[
        list[str] | None,
        filter_option(
            "--code",
            metavar="CODE",
            help="Show only renewals with a note with one of these codes (comma-separated).",
            autocompletion=_complete_codes,
        ),
    ] = None
    no_recipient: Annotated[
        bool, filter_option("--no-recipient", help="Show only renewals without a recipient.")
    ] = False
    overdue: Annotated[
        bool,
        filter_option(
            "--overdue",
            help="Show only renewals past their deadline, but not past their renewal date.",
        ),
    ] = False
    upcoming: Annotated[
        bool,
        filter_option("--upcoming", help="Omit past renewals and clients without a renewal date."),
    ] = False
    sort: Annotated[
        Order,
        filter_option(
            "--sort", case_sensitive=False, help="Sort by this column (past and undated renewals stay last)."
        ),
    ] = Order.DEADLINE
    reverse: ReverseOption = False

    def select(self, portfolio: Portfolio) -> RowSelection:
        """Return the options as a ``RowSelection``.

        Raises:
            UsageError: If a code is unknown.
            UnknownUser: If the partner user is unknown.
        """
        words = [word for text in self.code or () for word in text.split(",")]
        return RowSelection(
            self.owner,
            select_user(portfolio, self.user),
            SOURCES[self.source],
            self.product,
            frozenset(parse_code(word, SEVERITY, "--code: unknown code") for word in words),
            self.no_recipient,
            self.overdue,
            self.upcoming,
            self.sort,
            self.reverse,
        )

    def describe(self) -> tuple[str, ...]:
        """Return the filters in effect as command-line options."""
        given = {**self._asdict(), "code": ",".join(self.code or ()) or None, "sort": None, "reverse": False}
        return tuple(option(name, value) for name, value in given.items() if value not in {None, False})


NO_FILTERS = Filters()


class Split(NamedTuple):
    """The options for one file per recipient."""

    folder: Annotated[
        Text,
        typer.Option(
            "--split", metavar="FOLDER", help="Write one page (-o html) or draft (-o eml) per recipient."
        ),
    ] = None
    force: Annotated[bool, typer.Option("--force", help="Replace existing files (with --split).")] = False


def _complete_columns(incomplete: str) -> list[str]:
    """Return completions of the last column of a list."""
    return complete_list(incomplete, COLUMNS)


@command("who", forms=(Output.HTML, Output.EML))
def who(
    run: Run,
    query: Query,
    filters: Filters,
    gates: Gates,
    split: Split,
    by: Annotated[
        Literal["client", "recipient"], typer.Option("--by", help="Group by client or by recipient.")
    ] = "client",
    timeline: Annotated[
        bool,
        typer.Option("--timeline", help="Draw a timeline of renewals and deadlines (12 months by default)."),
    ] = False,
    chosen: Annotated[
        Text,
        typer.Option(
            "--columns",
            metavar="NAMES",
            help="Show only these columns (comma-separated).",
            autocompletion=_complete_columns,
        ),
    ] = None,
    long: Annotated[bool, typer.Option("--long", help="Show every address and note.")] = False,
    excel: ExcelOption = False,
) -> Result:
    """Show who is notified about upcoming renewals.

    Lists the renewals of the next 120 days, or all renewals of the clients that you name. Past renewals
    and clients without a renewal date come last. With --recipient, also lists the settings and roles of
    that person.
    """
    _check_combination(by, timeline=timeline, gates=gates, filters=filters)
    if run.output is Output.HTML and split.folder is None:
        run.environment.refuse_terminal("a page", "add --out report.html")
    if run.output is Output.EML or split != Split():
        # Lazy import: few reports are written to files.
        from renewctl.cli.split_files import check_split, split_report

        check_split(run, split.folder, by, force=split.force)
        run.progress.begin("Reading")
    report = build_report(run, query, filters, timeline=timeline)
    columns = () if chosen is None else _parse_columns(run, chosen, by_row=by == "client" and not timeline)
    report = report._replace(columns=columns, long=long)
    rows = report.rows
    if timeline:
        result, rows = _render_timeline(run, report)
    elif by == "recipient":
        result = _render_people(run, report)
    else:
        result = render_by_client(report)._replace(page=lambda: _render_page(run, report, query, filters))
    failure = find_failure(gates, report, rows)
    status = ExitStatus.NO if gates.exit_code and rows else ExitStatus.DONE
    result = run.with_excel(result._replace(failure=failure, status=status), excel=excel)
    if split.folder is None:
        return result
    return split_report(run, report, Path(split.folder), result, force=split.force)


def _check_combination(by: str, *, timeline: bool, gates: Gates, filters: Filters) -> None:
    """Refuse options that contradict each other. Raises: UsageError."""
    if timeline and by == "recipient":
        hint = "use --timeline --recipient EMAIL to draw the renewals of one person"
        raise UsageError("--timeline and --by recipient can't be used together", hint=hint)
    if gates.require_recipient and filters.no_recipient:
        hint = "remove --no-recipient, because --require-recipient alone finds such rows"
        raise UsageError("--no-recipient and --require-recipient can't be used together", hint=hint)


def _render_timeline(run: Run, report: Report) -> tuple[Result, Sequence[ReportRow]]:
    """Return the timeline of a report of all dates, and the rows inside its window."""
    # Lazy imports: most reports have no timeline.
    from renewctl.domain.timeline import build_timeline
    from renewctl.render.timeline import render_timeline

    picture = build_timeline(report.rows, report.window, run.today)
    rows = reports.filter_rows(report.rows, report.window, run.today)
    return render_timeline(picture, report._replace(rows=picture.rows)), rows


def _render_page(run: Run, report: Report, query: Query, filters: Filters) -> str:
    # Lazy import: only -o html needs it.
    from renewctl.render.page import render_page

    all_rows = build_report(run, query, filters, timeline=True).rows
    return render_page(report, all_rows, run.load().line_of, _describe_maker())


def _render_people(run: Run, report: Report) -> Result:
    # Lazy import: only --by recipient needs it.
    from renewctl.render.who_by_recipient import render_by_recipient

    result = render_by_recipient(report)._replace(page=lambda: _render_people_page(report))
    if run.form is Output.TABLE and run.environment.is_terminal():
        return result._replace(warnings=())  # The table begins with the same facts.
    return result


def _render_people_page(report: Report) -> str:
    # Lazy import: only -o html needs it.
    from renewctl.render.page import render_people_page

    digests = reports.build_digests(report.rows, report.person.email if report.person else None)
    return render_people_page(report, digests, _describe_maker())


def _describe_maker() -> str:
    """Return the program, user and machine that make a page."""
    user, host = find_user_and_host()
    return f"renewctl {__version__} for {user} on {host}"


def _parse_columns(run: Run, text: str, *, by_row: bool) -> list[ReportColumn]:
    """Return the columns of ``--columns``, in the order given.

    Raises:
        UsageError: If a column is unknown, or if the output has no columns.
    """
    if not by_row or run.output in {*JSON_FORMS, Output.NAMES}:
        form = f"-o {run.output}" if by_row else "--by recipient or --timeline"
        raise UsageError(f"--columns and {form} can't be used together", hint="remove --columns")
    keys = [word.strip().lower().replace("-", "_") for word in text.split(",") if word.strip()]
    for key in keys:
        if key not in COLUMNS:
            hint = suggest(key, COLUMNS) or f"use one or more of {','.join(COLUMNS)}"
            raise UsageError(f"--columns: unknown column {key!r}", hint=hint)
    if not keys:
        raise UsageError("--columns requires a name", hint=f"use one or more of {','.join(COLUMNS)}")
    return [COLUMNS[key] for key in dict.fromkeys(keys)]


def build_report(
    run: Run, query: Query, filters: Filters = NO_FILTERS, *, timeline: bool = False, unbounded: bool = False
) -> Report:
    """Build the report for a query.

    Args:
        run: The run, with the file and today's date.
        query: The options that select renewals.
        filters: The options that filter and sort the rows.
        timeline: Whether to include rows of all dates, with a window of twelve months by default.
        unbounded: Whether to include all dates if the query has no window.

    Raises:
        UsageError: If a date, a duration or a filter is invalid.
        UnknownClient, UnknownUser: If a client or partner user is not in the file.
    """
    snapshot = run.load()
    portfolio, person = snapshot.portfolio, None
    unbounded = unbounded or timeline or filters.overdue or bool(query.clients)
    window = _window(query, portfolio.policy, run.today, unbounded=unbounded)
    if timeline and window is None and not query.everything:
        window = reports.twelve_months(run.today)
    clients = select_clients(portfolio, query.clients)
    rows = reports.build_rows(portfolio, clients, None if timeline else window, run.today)
    if query.recipient is not None:
        person = find_responsibilities(portfolio, lookup.find_address(portfolio, query.recipient))
        rows = reports.rows_for_recipient(rows, person.email)
    return Report(
        list_rows(rows, filters.select(portfolio), run.today),
        run.today,
        window,
        snapshot.identity,
        portfolio,
        person,
        filters=filters.describe(),
    )


def _window(query: Query, policy: Policy, today: date, *, unbounded: bool) -> Window | None:
    """Return the window of a query.

    None means all dates, which is the default if ``unbounded``.
    """
    ways = {
        "--within": query.within,
        "--from/--to": query.since or query.until,
        "--deadline-within": query.deadline_within,
        "--all": query.everything or None,
    }
    used = [name for name, value in ways.items() if value is not None]
    refuse_together(used)
    if query.within is not None:
        return Window(today, parse_span(query.within, today, option="--within"))
    if query.deadline_within is not None:
        end = parse_span(query.deadline_within, today, option="--deadline-within")
        return Window(today, end, on="deadline")
    if query.since is None and query.until is None:
        return None if query.everything or unbounded else reports.default_window(policy, today)
    start = parse_day(query.since, today, option="--from") if query.since is not None else today
    end = date.max if query.until is None else parse_day(query.until, today, option="--to", end=True)
    if end < start:
        raise UsageError(f"--to {end} is before --from {start}", hint="use the earlier date for --from")
    return Window(start, end)
