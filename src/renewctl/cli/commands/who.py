"""The question: ``who``."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Annotated

import typer

from renewctl.cli.app import command
from renewctl.cli.expectations import check_everyone_notified, check_expected
from renewctl.cli.options import (
    AllOption,
    Clients,
    DeadlineWithinOption,
    FromOption,
    RecipientOption,
    Text,
    ToOption,
    WithinOption,
)
from renewctl.cli.report_options import WindowOptions, select_rows, select_timeline
from renewctl.cli.runtime import Run
from renewctl.domain import report as reports
from renewctl.domain.report import ReportRow
from renewctl.errors import UsageError
from renewctl.render import who as render_who
from renewctl.render.result import Result


class By(StrEnum):
    """What one item of the report is."""

    CLIENT = "client"
    RECIPIENT = "recipient"


@command("who")
def who(
    run: Run,
    clients: Clients = None,
    within: WithinOption = None,
    since: FromOption = None,
    until: ToOption = None,
    deadline_within: DeadlineWithinOption = None,
    everything: AllOption = False,
    recipient: RecipientOption = None,
    by: Annotated[By, typer.Option("--by", help="One row a renewal, or one block a person.")] = By.CLIENT,
    timeline: Annotated[
        bool, typer.Option("--timeline", help="Draw the months: renewals and deadlines; a year if no window.")
    ] = False,
    expect: Annotated[
        Text,
        typer.Option(
            "--expect", metavar="EMAIL", help="Exit 1 unless each row reaches just these (or none)."
        ),
    ] = None,
    require_recipient: Annotated[
        bool, typer.Option("--require-recipient", help="Exit 1 if nobody is notified in a row.")
    ] = False,
) -> Result:
    """Show who would be notified for upcoming renewals, and by which rule.

    Without a window: the next 120 days, or all of a named client's renewals. Renewals whose date
    is past and clients without one come last, never left out. With --recipient, also what that
    person is responsible for whatever the date. Reads only; HubSpot is not asked.
    """
    asked = WindowOptions(within, since, until, deadline_within, everything)
    answer, rows = _shape(by, timeline=timeline)(run, clients or [], asked, recipient)
    return check_everyone_notified(check_expected(answer, rows, expect), rows, wanted=require_recipient)


Shown = tuple[Result, Sequence[ReportRow]]
"""A report, and the rows that it is of."""


def _shape(by: By, *, timeline: bool) -> Callable[[Run, list[str], WindowOptions, str | None], Shown]:
    if timeline and by is By.RECIPIENT:
        hint = "--timeline --recipient ADDRESS draws what one person hears of"
        raise UsageError("--timeline and --by recipient exclude each other", hint=hint)
    return _pictured if timeline else _by_recipient if by is By.RECIPIENT else _by_client


def _by_client(run: Run, words: list[str], asked: WindowOptions, recipient: str | None) -> Shown:
    report = _report(run, words, asked, recipient)
    return render_who.render_by_client(report), report.rows


def _by_recipient(run: Run, words: list[str], asked: WindowOptions, recipient: str | None) -> Shown:
    from renewctl.render.who_by_recipient import render_by_recipient  # late: most reports are by client

    report = _report(run, words, asked, recipient)
    return render_by_recipient(report), report.rows


def _report(run: Run, words: list[str], asked: WindowOptions, recipient: str | None) -> render_who.Report:
    snapshot = run.load()
    found = select_rows(run, snapshot.portfolio, words, asked, recipient)
    return render_who.Report(found.rows, run.today, found.window, snapshot.identity, found.person)


def _pictured(run: Run, words: list[str], asked: WindowOptions, recipient: str | None) -> Shown:
    """Return the picture of the months, and the rows that the same window lists."""
    # Late: most reports have no picture.
    from renewctl.domain.timeline import build_timeline
    from renewctl.render.timeline import render_timeline as drawn

    snapshot = run.load()
    found = select_timeline(run, snapshot.portfolio, words, asked, recipient)
    picture = build_timeline(found.rows, found.window, run.today)
    report = render_who.Report(picture.rows, run.today, found.window, snapshot.identity, found.person)
    return drawn(picture, report), reports.filter_rows(found.rows, found.window, run.today)
