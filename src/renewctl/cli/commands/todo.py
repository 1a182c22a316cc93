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
    named = lookup.find_clients(snapshot.portfolio, clients) if clients else None
    tasks = todo.find_tasks(snapshot.portfolio, run.today, named)
    store = snapshot.identity
    never = todo.find_unconfirmed(snapshot.portfolio, named)
    return render_todo.render_tasks(
        render_todo.TaskList(tasks, run.today, store, named=named is not None, never=never)
    )
