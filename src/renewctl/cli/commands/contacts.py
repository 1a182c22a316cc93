"""``contacts``: which contact has which role."""

from renewctl.cli.app import command
from renewctl.cli.options import Clients
from renewctl.cli.runtime import Run, select_clients
from renewctl.render import clients as render_clients
from renewctl.render.result import Result


@command("contacts")
def contacts(run: Run, clients: Clients = None) -> Result:
    """Show who holds which role at each client, which are vacant, and the partner user.

    Reads only. It is what this file says: clients change their contacts in HubSpot themselves.
    """
    portfolio = run.load().portfolio
    return render_clients.render_contacts(portfolio, select_clients(portfolio, clients))
