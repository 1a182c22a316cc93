"""``done``: what somebody saw in HubSpot."""

from datetime import date
from typing import Annotated, NamedTuple

import typer

from renewctl.cli.app import command
from renewctl.cli.options import Clients
from renewctl.cli.runtime import Run
from renewctl.cli.write_command import change_store
from renewctl.domain import lookup, todo
from renewctl.domain.dates import parse_day
from renewctl.domain.edit import confirmations
from renewctl.errors import UsageError
from renewctl.model import Plan, Portfolio
from renewctl.render.result import Result


class ConfirmOptions(NamedTuple):
    """What was looked at, as it was named on the command line."""

    words: list[str]
    default: bool
    everything: bool
    contacts: bool
    as_override: bool


@command("done", changes=True)
def done(
    run: Run,
    clients: Clients = None,
    default: Annotated[bool, typer.Option("--default", help="The default's screen.")] = False,
    everything: Annotated[
        bool, typer.Option("--all", help="All clicks that todo lists; not what it says to ask.")
    ] = False,
    contacts: Annotated[
        bool, typer.Option("--contacts", help="Who holds which role at these clients.")
    ] = False,
    as_override: Annotated[
        bool,
        typer.Option("--as-override", help='No "Set default" there: the default\'s values were set.'),
    ] = False,
    on: Annotated[
        str | None, typer.Option("--on", metavar="DATE", help="The day you looked; else today.")
    ] = None,
) -> Result:
    """Record that HubSpot's screens show what the file says: clicked, or looked at.

    Changes what is known of HubSpot, never who is notified; HubSpot itself is not asked.
    """
    asked = _checked(ConfirmOptions(clients or [], default, everything, contacts, as_override))
    day = _day(run, on)
    return change_store(run, lambda book: _plan(book, asked, day, run.today))


def _checked(asked: ConfirmOptions) -> ConfirmOptions:
    """Return what was asked for, which must be one kind of thing.

    Raises:
        UsageError: nothing is named, or what does not go together.
    """
    others = asked.default or asked.everything or asked.as_override
    if asked.contacts and (others or not asked.words):
        raise UsageError("--contacts goes with clients alone", hint="renewctl done --contacts acme.example")
    if not (asked.words or asked.default or asked.everything):
        raise UsageError("name clients, or --default, or --all", hint="renewctl done acme.example")
    if asked.everything and (asked.words or asked.default):
        raise UsageError("--all is every click there is", hint="leave the clients and --default out")
    if asked.as_override and asked.default and not asked.words:
        message = "--as-override is about clients without an override"
        raise UsageError(message, hint="renewctl done --as-override acme.example")
    return asked


def _day(run: Run, text: str | None) -> date:
    day = run.today if text is None else parse_day(text, run.today, option="--on")
    if day > run.today:
        raise UsageError(f"--on: {day} is after today, {run.today}", hint="name the day you looked")
    return day


def _plan(book: Portfolio, asked: ConfirmOptions, day: date, today: date) -> Plan:
    if asked.everything:
        default, clients = todo.settings_of_tasks(todo.find_tasks(book, today))
    else:
        default, clients = asked.default, lookup.find_clients(book, asked.words)
    if asked.contacts:
        return confirmations.confirm_contacts(clients, day)
    return confirmations.confirm_settings(book, clients, day, default=default, as_override=asked.as_override)
