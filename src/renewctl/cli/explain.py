"""Why, and who there is: ``explain``, ``contacts``."""

from renewctl import lookup, outlook
from renewctl.cli.app import command
from renewctl.cli.options import Clients, OneClient
from renewctl.cli.run import Run
from renewctl.cli.run import clients as clients_named
from renewctl.render import explain as render_explain
from renewctl.render import roster
from renewctl.render.answer import Answer


@command("explain")
def explain(run: Run, client: OneClient) -> Answer:
    """Show why a client's renewals reach whom they reach.

    Each value with the layer it comes from (file and line) and what it shadows, every candidate
    with outcome and reason, and the rule in words. Reads only.
    """
    snapshot = run.load()
    book = snapshot.portfolio
    rows = outlook.rows(book, [lookup.find_client(book, client)], None, run.today)
    return render_explain.explained(rows, book.default, book.policy, snapshot.where)


@command("contacts")
def contacts(run: Run, clients: Clients = None) -> Answer:
    """Show who holds which role at each client, which are vacant, and the partner user.

    Reads only. It is what this file says: clients change their contacts in HubSpot themselves.
    """
    book = run.load().portfolio
    return roster.contacts(book, clients_named(book, clients or []))
