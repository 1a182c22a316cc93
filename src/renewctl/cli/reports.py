"""The questions: ``who``, ``explain``, ``contacts``."""

from enum import StrEnum
from typing import Annotated

import typer

from renewctl import lookup, outlook
from renewctl.cli.app import app, command
from renewctl.cli.everyday import PANEL
from renewctl.cli.expect import as_expected, everyone_notified
from renewctl.cli.options import (
    AllOption,
    Clients,
    DeadlineWithinOption,
    FromOption,
    OneClient,
    RecipientOption,
    Text,
    ToOption,
    WithinOption,
)
from renewctl.cli.run import Run
from renewctl.cli.run import clients as clients_named
from renewctl.cli.windows import Asked, selected
from renewctl.render import explain as render_explain
from renewctl.render import roster
from renewctl.render import who as render_who
from renewctl.render.answer import Answer
from renewctl.store.snapshot import Snapshot


class By(StrEnum):
    """What one item of the report is."""

    CLIENT = "client"
    RECIPIENT = "recipient"


@command(app, "who", panel=PANEL)
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
    expect: Annotated[
        Text,
        typer.Option("--expect", metavar="A,B", help="Exit 1 unless each row reaches just these (or none)."),
    ] = None,
    require_recipient: Annotated[
        bool, typer.Option("--require-recipient", help="Exit 1 if nobody is notified in a row.")
    ] = False,
) -> Answer:
    """Show who would be notified for upcoming renewals, and by which rule.

    Without a window: the next 120 days, or all of a named client's renewals. Renewals whose date
    is past and clients without one come last, never left out.
    """
    asked = Asked(within, since, until, deadline_within, everything)
    report = _report(run, run.load(), clients or [], asked, recipient)
    answer = render_who.by_recipient(report) if by is By.RECIPIENT else render_who.by_client(report)
    return everyone_notified(as_expected(answer, report.rows, expect), report.rows, wanted=require_recipient)


def _report(
    run: Run, snapshot: Snapshot, words: list[str], asked: Asked, recipient: str | None
) -> render_who.Report:
    found = selected(run, snapshot.portfolio, words, asked, recipient)
    store = {"path": snapshot.place.shown, "sha256": snapshot.digest}
    return render_who.Report(found.rows, run.today, found.window, store, found.person)


@command(app, "explain", panel=PANEL)
def explain(run: Run, client: OneClient) -> Answer:
    """Show why a client's renewals reach whom they reach.

    Each value with the layer it comes from (file and line) and what it shadows, every candidate
    with outcome and reason, and the rule in words. Reads only.
    """
    snapshot = run.load()
    book = snapshot.portfolio
    rows = outlook.rows(book, [lookup.find_client(book, client)], None, run.today)
    return render_explain.explained(rows, book.default, book.policy, snapshot.where)


@command(app, "contacts", panel=PANEL)
def contacts(run: Run, clients: Clients = None) -> Answer:
    """Show who holds which role at each client, which are vacant, and the partner user."""
    book = run.load().portfolio
    return roster.contacts(book, clients_named(book, clients or []))
