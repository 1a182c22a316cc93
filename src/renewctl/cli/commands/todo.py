"""``todo``: the changes to make in HubSpot."""

from renewctl.cli.app import command
from renewctl.cli.options import Clients
from renewctl.cli.runtime import Run
from renewctl.domain import lookup, todo
from renewctl.render import todo as render_todo
from renewctl.render.result import Result


@command("todo")
def todo_(run: Run, clients: Clients = None) -> Result:
    """List what to change in HubSpot to match the file.

    Shows where to find each setting, the values to choose, and the last confirmed values. Also lists
    what to ask your clients. For a list with checkboxes, use -o markdown.
    """
    snapshot = run.load()
    portfolio = snapshot.portfolio
    found = lookup.find_clients(portfolio, clients) if clients else None
    return render_todo.render_tasks(
        render_todo.TaskList(
            todo.find_tasks(portfolio, run.today, found),
            run.today,
            snapshot.identity,
            named=found is not None,
            never=todo.find_unconfirmed(portfolio, found),
            empty=not portfolio.default and not portfolio.clients,
        )
    )
