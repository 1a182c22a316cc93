"""``contacts``: which contact has which role."""

from typing import Annotated

import typer

from renewctl.cli.app import command
from renewctl.cli.options import Clients
from renewctl.cli.runtime import Run, select_clients
from renewctl.render.contacts import render_contacts
from renewctl.render.result import Result


@command("contacts")
def contacts(
    run: Run,
    clients: Clients = None,
    long: Annotated[bool, typer.Option("--long", help="Show full addresses and names.")] = False,
) -> Result:
    """Show each client's contacts by role.

    Also shows unassigned roles and the partner user. Clients can change their contacts in HubSpot at
    any time, so compare the list with HubSpot from time to time.
    """
    portfolio = run.load().portfolio
    return render_contacts(portfolio, select_clients(portfolio, clients), long=long)
