"""Why, and who there is: ``explain``, ``contacts``."""

from renewctl.cli.app import command
from renewctl.cli.options import Clients, OneClient
from renewctl.cli.run import Run
from renewctl.cli.run import clients as clients_named
from renewctl.domain import lookup, report
from renewctl.render import clients as render_clients
from renewctl.render import explain as render_explain
from renewctl.render.result import Result


@command("explain")
def explain(run: Run, client: OneClient) -> Result:
    """Show why a client's renewals reach whom they reach.

    Each value with the layer it comes from (file and line) and what it shadows, every candidate
    with outcome and reason, and the rule in words. Reads only.
    """
    snapshot = run.load()
    book = snapshot.portfolio
    rows = report.build_rows(book, [lookup.find_client(book, client)], None, run.today)
    return render_explain.render_explanation(rows, book.default, book.policy, snapshot.line_of)


@command("contacts")
def contacts(run: Run, clients: Clients = None) -> Result:
    """Show who holds which role at each client, which are vacant, and the partner user.

    Reads only. It is what this file says: clients change their contacts in HubSpot themselves.
    """
    book = run.load().portfolio
    return render_clients.render_contacts(book, clients_named(book, clients or []))
