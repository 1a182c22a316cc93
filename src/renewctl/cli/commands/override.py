"""``override``: a client's own setting, in place of the default."""

from typing import Annotated

import typer

from renewctl.cli.app import command
from renewctl.cli.input_files import Reading, read_input
from renewctl.cli.options import Clients, NotifyOption, OwnerOption, Text, refuse_together
from renewctl.cli.runtime import Run, select_user
from renewctl.cli.write_command import change_store
from renewctl.command_line import command_line
from renewctl.domain import lookup
from renewctl.domain.edit import settings
from renewctl.errors import UsageError
from renewctl.model import Owner, Plan, Portfolio
from renewctl.render.result import Result


@command("override", changes=True)
def override(
    run: Run,
    clients: Clients = None,
    owner: OwnerOption = None,
    notify: NotifyOption = None,
    source: Annotated[
        Text,
        typer.Option(
            "--from-file", metavar="FILE", help="Read a list of clients or overrides (- for standard input)."
        ),
    ] = None,
    *,
    reading: Reading,
) -> Result:
    """Override the default for one or more clients.

    If HubSpot is the owner, HubSpot notifies the client's contacts. If the partner is the owner, only
    the partner user is notified. An override replaces the default completely, so without --notify it
    has no partner user. --note is stored with the override. If you change an override without --note,
    its note is removed.

    With --from-file, reads a list with the columns client, owner, notify and note, as printed by
    renewctl client list -o csv. The owner "default" clears an override. With --owner or --notify as
    well, the list only needs the clients, for example one per line. If a row is invalid, nothing is
    saved.
    """
    if source is not None:
        return _override_from_file(run, source, reading, clients, owner, notify)
    if reading != Reading():
        raise UsageError(f"{reading.first_option()} requires --from-file", hint="add --from-file FILE")
    if not clients:
        hint = command_line("override CLIENT", owner="partner", notify="USER")
        raise UsageError("missing CLIENT", hint=f"run {hint}")

    def edit(portfolio: Portfolio) -> Plan:
        found = lookup.find_clients(portfolio, clients)
        user = select_user(portfolio, notify, can_add=True)
        return settings.override(portfolio, found, owner, user, run.note)

    return change_store(run, edit)


def _override_from_file(
    run: Run,
    source: str,
    reading: Reading,
    clients: Clients,
    owner: Owner | None,
    notify: str | None,
) -> Result:
    # Lazy imports: only a list needs them.
    from renewctl.domain.edit.override_list import find_listed_clients, plan_override_list
    from renewctl.exchange.rows import read_override_list

    if clients:
        refuse_together(["CLIENT", "--from-file"])
    data, name = read_input(run, source)
    run.progress.begin("Reading")
    with_setting = owner is not None or notify is not None
    found = read_override_list(data, name, reading.options(), with_setting=with_setting)

    def edit(portfolio: Portfolio) -> Plan:
        if with_setting:
            listed = find_listed_clients(portfolio, found.rows, found.problems)
            user = select_user(portfolio, notify, can_add=True)
            plan = settings.override(portfolio, listed, owner, user, run.note)
        else:
            plan = plan_override_list(portfolio, found.rows, found.problems)
        return plan._replace(notes=(*plan.notes, *found.notes))

    return change_store(run, edit, found.warnings)
