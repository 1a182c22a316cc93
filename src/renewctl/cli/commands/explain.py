"""``explain``: the recipients of a client's renewals, with the reasons."""

from typing import Annotated

import typer

from renewctl.cli.app import command
from renewctl.cli.options import OneClient, Text, complete_users
from renewctl.cli.runtime import Run
from renewctl.domain import lookup, report
from renewctl.model import PartnerUser
from renewctl.render import explain as render_explain
from renewctl.render.result import Result


@command("explain")
def explain(
    run: Run,
    client: OneClient,
    recipient: Annotated[
        Text,
        typer.Option(
            "--recipient",
            metavar="EMAIL",
            help="Explain this person only.",
            autocompletion=complete_users,
        ),
    ] = None,
) -> Result:
    """Explain who is notified about one client, and why.

    Shows where each value is set, who is notified, copied or skipped and why, and the rule that applies.
    """
    snapshot = run.load()
    portfolio = snapshot.portfolio
    rows = report.build_rows(portfolio, [lookup.find_client(portfolio, client)], None, run.today)
    person = None
    if recipient is not None:
        email = lookup.find_address(portfolio, recipient)
        person = portfolio.users.get(email, PartnerUser(email))
    return render_explain.render_explanation(rows, portfolio, snapshot.line_of, person)
