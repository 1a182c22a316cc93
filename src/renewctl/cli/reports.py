"""The questions: ``who``, ``explain``, ``contacts``."""

from datetime import date
from enum import StrEnum
from typing import Annotated

import typer

from renewctl import lookup, outlook
from renewctl.cli.app import app, command
from renewctl.cli.everyday import PANEL
from renewctl.cli.expect import as_expected, everyone_notified
from renewctl.cli.options import Clients, OneClient
from renewctl.cli.run import Run
from renewctl.cli.run import clients as clients_named
from renewctl.cli.windows import Asked, window_of
from renewctl.render import explain as render_explain
from renewctl.render import roster
from renewctl.render import who as render_who
from renewctl.render.answer import Answer
from renewctl.store.snapshot import Snapshot


class By(StrEnum):
    """What one item of the report is."""

    CLIENT = "client"
    RECIPIENT = "recipient"


Text = str | None


@command(app, "who", panel=PANEL)
def who(
    run: Run,
    clients: Clients = None,
    within: Annotated[
        Text, typer.Option("--within", metavar="SPAN", help="Renewals within 120d, 3m…")
    ] = None,
    since: Annotated[Text, typer.Option("--from", metavar="DATE", help="Renewals from this day on.")] = None,
    until: Annotated[Text, typer.Option("--to", metavar="DATE", help="Renewals up to this day.")] = None,
    deadline_within: Annotated[
        Text, typer.Option("--deadline-within", metavar="SPAN", help="Deadlines within 30d…")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Renewals whatever their date.")] = False,
    recipient: Annotated[
        Text, typer.Option("--recipient", metavar="ADDRESS", help="Only what this person hears of.")
    ] = None,
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
    book = snapshot.portfolio
    window = window_of(asked, book.policy, run.today, named=bool(words))
    rows = outlook.rows(book, clients_named(book, words), window, run.today)
    person = None if recipient is None else lookup.find_address(book, recipient)
    if person is not None:
        rows = outlook.heard_by(rows, person)
    store = {"path": snapshot.place.shown, "sha256": snapshot.digest}
    return render_who.Report(rows, run.today, window, store, person)


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


__all__ = ["By", "contacts", "date", "explain", "who"]
