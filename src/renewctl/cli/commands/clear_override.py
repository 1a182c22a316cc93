"""``clear-override``: clients follow the default again."""

from collections.abc import Sequence
from typing import Annotated

import typer

from renewctl.cli.app import command
from renewctl.cli.options import Clients, refuse_together
from renewctl.cli.runtime import Run
from renewctl.cli.write_command import change_store
from renewctl.command_line import command_line
from renewctl.domain import lookup
from renewctl.domain.edit import settings
from renewctl.errors import UsageError
from renewctl.model import Client, Plan, Portfolio
from renewctl.render.result import Result
from renewctl.text import count_of


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
    options = {"CLIENT": clients, "--matching-default": matching_default, "--all": everyone}
    given = [name for name, value in options.items() if value]
    refuse_together(given)
    if not given:
        message = "clear-override requires CLIENT, --matching-default or --all"
        raise UsageError(message, hint=f"run {command_line('clear-override CLIENT')}")

    def edit(portfolio: Portfolio) -> Plan:
        if clients:
            return settings.clear_override(lookup.find_clients(portfolio, clients))
        if everyone:
            overridden = [client for client in portfolio.clients.values() if client.override]
            danger = f"clear-override --all clears {count_of(len(overridden), 'override')}"
            return _clear(overridden, "no client has an override")._replace(danger=danger)
        return _clear(settings.find_matching_default(portfolio), "no override matches the default")

    return change_store(run, edit)


def _clear(clients: Sequence[Client], why_not: str) -> Plan:
    """Return a plan that clears overrides; ``why_not`` is the reason if none is."""
    plan = settings.clear_override(clients)
    return plan if clients else plan._replace(unchanged=(why_not,))
