"""``who``: who would be notified for upcoming renewals; as a picture, and as an assertion, too."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

import typer

from renewctl import __version__
from renewctl.cli.app import command
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
)
from renewctl.cli.runtime import Run, find_user_and_host, select_clients, select_user
from renewctl.command_line import command_line, option
from renewctl.domain import lookup
from renewctl.domain import report as reports
from renewctl.domain.dates import Window, parse_day, parse_span
from renewctl.domain.identifiers import address_key, is_address
from renewctl.domain.report import ReportRow
from renewctl.domain.resolve import SEVERITY
from renewctl.domain.responsibilities import find_responsibilities
from renewctl.domain.selection import Order, RowSelection, list_rows
from renewctl.domain.values import suggest
from renewctl.errors import NoRecipient, Problem, RenewctlError, UnexpectedRecipients, UsageError
from renewctl.model import Policy, Portfolio
from renewctl.render.result import Output, Result
from renewctl.render.who import render_by_client
from renewctl.render.who_by_recipient import render_by_recipient
from renewctl.render.who_columns import COLUMNS, ReportColumn
from renewctl.render.who_report import Report


class Query(NamedTuple):
    """The options that say which rows."""

    clients: Clients = None
    within: Annotated[
        Text, typer.Option("--within", metavar="DURATION", help="Renewals within 120d, 6w, 3m, 1y.")
    ] = None
    since: Annotated[Text, typer.Option("--from", metavar="DATE", help="Renewals from this day on.")] = None
    until: Annotated[Text, typer.Option("--to", metavar="DATE", help="Renewals up to this day.")] = None
    deadline_within: Annotated[
        Text, typer.Option("--deadline-within", metavar="DURATION", help="Deadlines within 30d, 6w, 3m, 1y.")
    ] = None
    everything: Annotated[bool, typer.Option("--all", help="Renewals whatever their date.")] = False
    recipient: Annotated[
        Text,
        typer.Option(
            "--recipient",
            metavar="EMAIL",
            help="Only what this person hears of, and what they are responsible for.",
            autocompletion=complete_users,
        ),
    ] = None


def _complete_codes(incomplete: str) -> list[str]:
    """Return the codes that the last of a list can become."""
    return complete_list(incomplete, SEVERITY)


class Filters(NamedTuple):
    """The options that say which of the rows are listed, and in which order."""

    owner: OwnerFilter = None
    user: UserFilter = None
    source: SourceFilter = None
    product: Annotated[
        Text, filter_option("--product", metavar="TEXT", help="Only products whose name contains TEXT.")
    ] = None
    code: Annotated[
        list[str] | None,
        filter_option(
            "--code",
            metavar="CODE",
            help="Only rows with a note of this code, or of one of several: a,b.",
            autocompletion=_complete_codes,
        ),
    ] = None
    no_recipient: Annotated[
        bool, filter_option("--no-recipient", help="Only rows about which nobody is notified.")
    ] = False
    overdue: Annotated[
        bool,
        filter_option("--overdue", help="Only where the deadline has passed, but not the renewal date."),
    ] = False
    sort: Annotated[
        Order,
        filter_option("--sort", case_sensitive=False, help="Sort by this; past and undated rows stay last."),
    ] = Order.DEADLINE
    reverse: ReverseOption = False

    def select(self, portfolio: Portfolio) -> RowSelection:
        """Return what the options select.

        Raises:
            UsageError: If there is no such code.
            UnknownUser: If there is no such partner user.
        """
        words = [word for text in self.code or () for word in text.split(",")]
        return RowSelection(
            self.owner,
            select_user(portfolio, self.user),
            SOURCES[self.source],
            self.product,
            frozenset(parse_code(word, SEVERITY, "--code: no row can have the code") for word in words),
            self.no_recipient,
            self.overdue,
            self.sort,
            self.reverse,
        )

    def describe(self) -> tuple[str, ...]:
        """Return the filters that are in effect, as they are typed."""
        given = {**self._asdict(), "code": ",".join(self.code or ()) or None, "sort": None, "reverse": False}
        return tuple(option(name, value) for name, value in given.items() if value not in {None, False})


NO_FILTERS = Filters()


class Split(NamedTuple):
    """The options that write a file for each recipient."""

    folder: Annotated[
        Text,
        typer.Option(
            "--split", metavar="FOLDER", help="Write a page or a draft (-o html, -o eml) for each recipient."
        ),
    ] = None
    force: Annotated[bool, typer.Option("--force", help="With --split: replace existing files.")] = False


class Gates(NamedTuple):
    """The options by which the exit status answers a question about the rows."""

    expect: Annotated[
        Text,
        typer.Option(
            "--expect", metavar="EMAIL", help="Exit 1 unless each row reaches just these (or none)."
        ),
    ] = None
    require_recipient: Annotated[
        bool, typer.Option("--require-recipient", help="Exit 1 if nobody is notified in a row.")
    ] = False


def _complete_columns(incomplete: str) -> list[str]:
    """Return the columns that the last of a list can become."""
    return complete_list(incomplete, COLUMNS)


@command("who", forms=(Output.HTML, Output.EML))
def who(
    run: Run,
    query: Query,
    filters: Filters,
    gates: Gates,
    split: Split,
    by: Annotated[
        Literal["client", "recipient"], typer.Option("--by", help="One row a renewal, or one block a person.")
    ] = "client",
    timeline: Annotated[
        bool, typer.Option("--timeline", help="Draw the months: renewals and deadlines; a year if no window.")
    ] = False,
    chosen: Annotated[
        Text,
        typer.Option(
            "--columns",
            metavar="NAMES",
            help="Only these columns, separated by commas.",
            autocompletion=_complete_columns,
        ),
    ] = None,
    long: Annotated[bool, typer.Option("--long", help="Every address and note of each renewal.")] = False,
    excel: ExcelOption = False,
) -> Result:
    """Show who would be notified for upcoming renewals, and by which rule.

    Without a window: the next 120 days, or all of a named client's renewals. Renewals whose date
    is past and clients without one come last in any order, and only a filter leaves them out. --overdue
    lists renewals of all dates. With --recipient, also what that person is responsible for whatever the
    date. Reads only; HubSpot is not asked.
    """
    _check_combination(by, timeline=timeline, gates=gates, filters=filters)
    if run.output is Output.HTML and split.folder is None:
        run.environment.refuse_terminal("a page", "report.html")
    if run.output is Output.EML or split != Split():
        # Lazy import: few reports are written into files.
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
        result = render_by_recipient(report)._replace(page=lambda: _render_people_page(report))
        if run.form is Output.TABLE and run.environment.is_terminal():
            result = result._replace(warnings=())  # The table begins with what they say.
    else:
        result = render_by_client(report)._replace(page=lambda: _render_page(run, report, query, filters))
    failure = _find_failure(gates, report, rows)
    result = run.with_excel(result._replace(failure=failure), excel=excel)
    if split.folder is None:
        return result
    return split_report(run, report, Path(split.folder), result, force=split.force)


def _check_combination(by: str, *, timeline: bool, gates: Gates, filters: Filters) -> None:
    """Refuse options that make no sense together. Raises UsageError."""
    if timeline and by == "recipient":
        hint = "--timeline --recipient EMAIL draws what one person hears of"
        raise UsageError("--timeline and --by recipient exclude each other", hint=hint)
    if gates.require_recipient and filters.no_recipient:
        hint = "--require-recipient alone fails if there is such a row"
        raise UsageError("--no-recipient and --require-recipient can't be used together", hint=hint)


def _render_timeline(run: Run, report: Report) -> tuple[Result, Sequence[ReportRow]]:
    """Return the picture of a report of all dates, and those of its rows that are in the window."""
    # Lazy imports: most reports have no picture.
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


def _render_people_page(report: Report) -> str:
    # Lazy import: only -o html needs it.
    from renewctl.render.page import render_people_page

    digests = reports.build_digests(report.rows, report.person.email if report.person else None)
    return render_people_page(report, digests, _describe_maker())


def _describe_maker() -> str:
    """Return by what and for whom a page is made."""
    user, host = find_user_and_host()
    return f"renewctl {__version__} for {user} on {host}"


def _parse_columns(run: Run, text: str, *, by_row: bool) -> list[ReportColumn]:
    """Return the columns that are named, in their order.

    Raises:
        UsageError: If one is unknown, or the answer has no such columns.
    """
    if not by_row or run.output in {Output.JSON, Output.JSONL, Output.NAMES}:
        form = f"-o {run.output}" if by_row else "--by recipient or --timeline"
        raise UsageError(f"--columns and {form} can't be used together", hint="leave out --columns")
    keys = [word.strip().lower().replace("-", "_") for word in text.split(",") if word.strip()]
    for key in keys:
        if key not in COLUMNS:
            hint = suggest(key, COLUMNS) or f"the columns are {', '.join(COLUMNS)}"
            raise UsageError(f"--columns: there is no column {key!r}", hint=hint)
    if not keys:
        raise UsageError("--columns requires a name", hint=f"the columns are {', '.join(COLUMNS)}")
    return [COLUMNS[key] for key in dict.fromkeys(keys)]


def build_report(
    run: Run, query: Query, filters: Filters = NO_FILTERS, *, timeline: bool = False, unbounded: bool = False
) -> Report:
    """Return the report that is asked for; ``unbounded``, of all dates unless a window is asked for.

    A timeline has rows of all dates; its window, unless one is asked for, is a year.

    Raises:
        UsageError: If the window or a filter cannot be read.
        UnknownClient, UnknownUser: If a name is none of the store's.
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
    """Return the window asked for; None for all dates, as where none is asked for and ``unbounded``."""
    ways = {
        "--within": query.within,
        "--from/--to": query.since or query.until,
        "--deadline-within": query.deadline_within,
        "--all": query.everything or None,
    }
    used = [name for name, value in ways.items() if value is not None]
    if len(used) > 1:
        raise UsageError(f"{' and '.join(used)} exclude each other", hint="name one window")
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
        raise UsageError(f"--to {end} is before --from {start}", hint="name the earlier day as --from")
    return Window(start, end)


def _why() -> str:
    return f"{command_line('explain CLIENT')} says why"


def _why_nothing(report: Report) -> str:
    """Return what to do about a report without rows."""
    if not report.portfolio.clients:
        return lookup.suggest_first_client()
    if not report.wider and report.person:
        return f"{command_line('explain CLIENT', recipient=report.person.email)} says why"
    return report.wider


def _find_failure(gates: Gates, report: Report, rows: Sequence[ReportRow]) -> RenewctlError | None:
    """Return the first gate that the rows do not pass.

    Raises:
        UsageError: If the addresses expected cannot be read.
    """
    unexpected = _unexpected(report, rows, gates.expect) if gates.expect is not None else None
    return unexpected or (_lacks_recipient(report, rows) if gates.require_recipient else None)


def _lacks_recipient(report: Report, rows: Sequence[ReportRow]) -> NoRecipient | None:
    """Return what is wrong unless there are rows and somebody is notified about each."""
    if not rows:
        return NoRecipient("nothing is listed, so nobody is notified", hint=_why_nothing(report))
    keys = dict.fromkeys(row.client.key for row in reports.without_recipient(rows))
    problems = [Problem(f"{key}: nobody is notified") for key in keys]
    return NoRecipient("nobody would be notified", hint=_why(), problems=problems) if keys else None


def _unexpected(report: Report, rows: Sequence[ReportRow], expect: str) -> UnexpectedRecipients | None:
    """Return what is wrong unless To and Cc of each row together are just the addresses expected.

    Raises:
        UsageError: If ``expect`` is not a list of addresses.
    """
    words = [] if expect.strip().lower() == "none" else [word.strip() for word in expect.split(",")]
    expected = set()
    for word in words:
        if not is_address(word):
            raise UsageError(f"--expect: {word!r} is not an e-mail address", hint="write A@B,C@D, or none")
        expected.add(address_key(word))
    if not rows:
        return UnexpectedRecipients("nothing is listed, so nothing is as expected", hint=_why_nothing(report))
    problems = []
    for row in rows:
        missing, surplus = sorted(expected - row.recipients), sorted(row.recipients - expected)
        what = [f"{', '.join(missing)} would not hear"] if missing else []
        what += [f"{', '.join(surplus)} would"] if surplus else []
        if what:
            product = f" ({row.renewal.product})" if row.renewal and row.renewal.product else ""
            problems.append(Problem(f"{row.client.key}{product}: {'; '.join(what)}"))
    return UnexpectedRecipients("not as expected", hint=_why(), problems=problems) if problems else None
