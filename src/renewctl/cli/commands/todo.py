"""``todo``: what HubSpot does not show yet."""

from renewctl.cli.app import command
from renewctl.cli.options import Clients
from renewctl.cli.runtime import Run
from renewctl.domain import lookup, todo
from renewctl.render import todo as render_todo
from renewctl.render.result import Result


@command("todo")
def todo_(run: Run, clients: Clients = None) -> Result:
    """List what must still be clicked in HubSpot so that it agrees with the file.

    By screen, with the values to choose and what was last seen there; and what to ask a client.
    One changed default is one click. -o markdown gives check boxes. Reads only.
    """
    snapshot = run.load()
    portfolio = snapshot.portfolio
    found = lookup.find_clients(portfolio, clients) if clients else None
    tasks, never = todo.find_tasks(portfolio, run.today, found), todo.count_unconfirmed(portfolio, found)
    return render_todo.render_tasks(
        render_todo.TaskList(tasks, run.today, snapshot.identity, named=found is not None, never=never)
    )
