"""``confirm``: what somebody saw in HubSpot."""

from typing import Annotated

import typer

from renewctl.cli.app import command
from renewctl.cli.options import Clients
from renewctl.cli.runtime import Run
from renewctl.cli.write_command import change_store
from renewctl.command_line import command_line
from renewctl.domain import lookup, todo
from renewctl.domain.dates import parse_day
from renewctl.domain.edit import confirmations
from renewctl.domain.edit.clients import ask_about
from renewctl.errors import UsageError
from renewctl.model import Plan, Portfolio
from renewctl.render.result import Result
from renewctl.text import list_some


@command("confirm", changes=True)
def confirm(
    run: Run,
    clients: Clients = None,
    default: Annotated[bool, typer.Option("--default", help="Confirm the default.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="Confirm every setting that todo lists.")] = False,
    contacts: Annotated[
        bool, typer.Option("--contacts", help="Confirm the contacts of these clients, not the settings.")
    ] = False,
    entered_as_override: Annotated[
        bool,
        typer.Option("--entered-as-override", help="HubSpot has the default's values as an override."),
    ] = False,
    date: Annotated[
        str | None, typer.Option("--date", metavar="DATE", help="Date on which you checked, if not today.")
    ] = None,
) -> Result:
    """Confirm that HubSpot matches the file.

    Use this after you have changed or checked a setting in HubSpot. renewctl records the date. The
    recipients do not change. If --all confirms more than a quarter of the clients, renewctl asks first
    (in scripts, pass --yes).
    """
    words = clients or []
    if contacts and (default or everything or entered_as_override or not words):
        hint = command_line("confirm --contacts acme.example")
        raise UsageError("--contacts goes with clients alone", hint=hint)
    if not (words or default or everything):
        raise UsageError("name clients, or --default, or --all", hint=command_line("confirm acme.example"))
    if everything and (words or default):
        raise UsageError("--all is every click there is", hint="leave the clients and --default out")
    if entered_as_override and default and not words:
        message = "--entered-as-override is about clients without an override"
        raise UsageError(message, hint=command_line("confirm --entered-as-override acme.example"))
    day = run.today if date is None else parse_day(date, run.today, option="--date")
    if day > run.today:
        raise UsageError(f"--date: {day} is after today, {run.today}", hint="name the day you looked")

    def edit(portfolio: Portfolio) -> Plan:
        if contacts:
            return confirmations.confirm_contacts(lookup.find_clients(portfolio, words), day)
        of_default, found = default, lookup.find_clients(portfolio, words)
        tasks = todo.find_tasks(portfolio, run.today) if everything else ()
        if everything:
            of_default, found = todo.settings_of_tasks(tasks)
        plan = confirmations.confirm_settings(
            portfolio, found, day, default=of_default, entered_as_override=entered_as_override
        )
        if everything:
            what = "confirm --all records that somebody saw the screens of {}"
            plan = plan._replace(danger=ask_about(portfolio, [client.key for client in found], what))
        if left := [task for task in tasks if task.lacks_user]:
            subjects = list_some([task.client.key if task.client else "the default" for task in left], 5)
            command = todo.command_to_set_user(left[0])
            note = f"left is {subjects}: owner partner, and no user; set one first: {command}"
            plan = plan._replace(notes=(*(plan.notes if of_default or found else ()), note))
        return plan

    return change_store(run, edit)
