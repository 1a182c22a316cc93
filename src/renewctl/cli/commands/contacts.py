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
    long: Annotated[bool, typer.Option("--long", help="Show whole addresses and names.")] = False,
) -> Result:
    """Show who holds which role at each client, which are vacant, and the partner user.

    Reads only. It is what this file says: clients change their contacts in HubSpot themselves.
    """
    portfolio = run.load().portfolio
    return render_contacts(portfolio, select_clients(portfolio, clients), long=long)
