"""``confirm``: HubSpot settings that somebody has checked."""

from typing import Annotated

import typer

from renewctl.cli.app import command
from renewctl.cli.options import Clients, refuse_together
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
        typer.Option(
            "--entered-as-override", help="Record that you entered the default's values as an override."
        ),
    ] = False,
    date: Annotated[
        str | None,
        typer.Option("--date", metavar="DATE", help="Set the date on which you checked, if not today."),
    ] = None,
) -> Result:
    """Record that HubSpot matches the file.

    Use this after you have changed or checked a setting in HubSpot (renewctl cannot check it). renewctl
    records the date. The recipients do not change. If --all confirms more than a quarter of the clients,
    renewctl asks first (in scripts, pass --yes).
    """
    words = clients or []
    options = {"--default": default, "--all": everything, "--entered-as-override": entered_as_override}
    _check_combination(words, {name for name, given in options.items() if given}, contacts=contacts)
    day = run.today if date is None else parse_day(date, run.today, option="--date")
    if day > run.today:
        raise UsageError(f"--date {day} is in the future", hint=f"use today, {run.today}, or an earlier day")

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
            what = "confirm --all confirms the HubSpot settings of {}"
            keys = tuple(client.key for client in found)
            danger = ask_about(portfolio, keys, what)
            plan = plan._replace(danger=danger, affected=keys if danger else ())
        if left := [task for task in tasks if task.lacks_user]:
            subjects = list_some([task.client.key if task.client else "the default" for task in left], 5)
            command = todo.command_to_set_user(left[0])
            note = f"not confirmed, because no partner user is set: {subjects} (to set one: {command})"
            unchanged = plan.unchanged if of_default or found else ()
            plan = plan._replace(notes=(*plan.notes, note), unchanged=unchanged)
        return plan

    return change_store(run, edit)


def _check_combination(words: list[str], given: set[str], *, contacts: bool) -> None:
    """Refuse options that contradict each other, or that select nothing.

    Args:
        words: The clients.
        given: The names of the other options that select something.
        contacts: Whether ``--contacts`` is given.

    Raises:
        UsageError: If they do.
    """
    if contacts and given:
        refuse_together([min(given), "--contacts"])
    if contacts and not words:
        hint = f"run {command_line('confirm --contacts CLIENT')}"
        raise UsageError("--contacts requires CLIENT", hint=hint)
    if not words and given.isdisjoint({"--default", "--all"}):
        hint = f"run {command_line('confirm CLIENT')}"
        raise UsageError("confirm requires CLIENT, --default or --all", hint=hint)
    if "--all" in given and (words or "--default" in given):
        refuse_together(["--default" if "--default" in given else "CLIENT", "--all"])
    if given >= {"--entered-as-override", "--default"} and not words:
        hint = f"run {command_line('confirm --entered-as-override CLIENT')}"
        raise UsageError("--entered-as-override requires CLIENT or --all", hint=hint)
