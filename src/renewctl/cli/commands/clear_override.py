"""``clear-override``: back to the default."""

from typing import Annotated

import typer

from renewctl.cli.app import command
from renewctl.cli.options import Clients
from renewctl.cli.runtime import Run
from renewctl.cli.write_command import change_store
from renewctl.command_line import command_line
from renewctl.domain import lookup
from renewctl.domain.edit import settings
from renewctl.errors import UsageError
from renewctl.model import Plan, Portfolio
from renewctl.render.result import Result


@command("clear-override", changes=True)
def clear_override(
    run: Run,
    clients: Clients = None,
    matching_default: Annotated[
        bool, typer.Option("--matching-default", help="Clear every override that matches the default.")
    ] = False,
    everyone: Annotated[bool, typer.Option("--all", help="Clear every override.")] = False,
) -> Result:
    """Return clients to the default.

    Clears the override and its note. Clients that already follow the default stay as they are.
    """
    if bool(clients) + matching_default + everyone != 1:
        raise UsageError(
            "name clients, or --matching-default, or --all", hint=command_line("clear-override acme.example")
        )

    def edit(portfolio: Portfolio) -> Plan:
        if clients:
            return settings.clear_override(lookup.find_clients(portfolio, clients))
        if everyone:
            overridden = [client for client in portfolio.clients.values() if client.override]
            plan = settings.clear_override(overridden)
            return plan._replace(danger="clear-override --all returns every client to the default")
        return settings.clear_override(settings.find_matching_default(portfolio))

    return change_store(run, edit)
