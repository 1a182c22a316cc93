"""The tasks in HubSpot that make it match the file.

Settings are compared, not recipients: a changed default is one task, not one for each client that
follows it. HubSpot's setting is the one that was last confirmed.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from renewctl.command_line import command_line
from renewctl.domain.identifiers import address_key
from renewctl.domain.resolve import PARTNER_USER, Decision, is_same_setting, lacks_user, resolve
from renewctl.model import Client, Confirmation, Owner, PartnerUser, Portfolio, Setting


class Screen(StrEnum):
    """Where in HubSpot a task is done."""

    DEFAULT = "default"
    OVERRIDE = "override"
    CONTACTS = "contacts"


class Choice(NamedTuple):
    """The setting to choose in HubSpot, and its partner user if the file has one."""

    setting: Setting
    user: PartnerUser | None


class Question(NamedTuple):
    """The questions to a client about its contacts.

    Args:
        unassigned: The roles that no contact has.
        inactive: The deactivated contacts with a role.
        active: The other contacts with a role.
        since: The day of the last check, if that is too long ago.
    """

    unassigned: tuple[str, ...]
    inactive: tuple[Decision, ...]
    active: tuple[Decision, ...]
    since: date | None


class Task(NamedTuple):
    """One thing to do in HubSpot, or to ask a client.

    Args:
        screen: Where in HubSpot it is done.
        client: The client; None for the default.
        choice: The setting to choose. With ``to_default``, the default's current setting, in case HubSpot
            offers no return to the default; None if the file has no default.
        to_default: Whether the client must return to the default.
        question: What to ask the client.
        confirmation: What was last confirmed there.
        day: When that was.
        required: Whether it makes a difference while the default stays the same.
    """

    screen: Screen
    client: Client | None = None
    choice: Choice | None = None
    to_default: bool = False
    question: Question | None = None
    confirmation: Confirmation | None = None
    day: date | None = None
    required: bool = True

    @property
    def lacks_user(self) -> bool:
        """Whether the task is impossible in HubSpot until the file has a partner user."""
        return lacks_user(self.choice.setting if self.choice and not self.to_default else None)


def find_tasks(portfolio: Portfolio, today: date, only: Iterable[Client] | None = None) -> tuple[Task, ...]:
    """Return the tasks: default, overrides, contacts, then optional tasks.

    If ``only`` is given, return the tasks of these clients, and the default's if one of them follows it.
    """
    clients = sorted(portfolio.clients.values() if only is None else only, key=lambda client: client.key)
    overrides = [task for client in clients for task in _check_override(portfolio, client)]
    contacts = [task for client in clients for task in _check_contacts(portfolio, client, today)]
    # A client that follows the default is right in HubSpot if the default is.
    with_default = only is None or any(client.override is None for client in clients)
    default = _check_default(portfolio) if with_default else ()
    required = [task for task in overrides if task.required]
    optional = [task for task in overrides if not task.required]
    return (*default, *required, *contacts, *optional)


def find_unconfirmed(portfolio: Portfolio, only: Iterable[Client] | None = None) -> tuple[Client, ...]:
    """Return the clients whose setting was never confirmed and so has no task."""
    clients = sorted(portfolio.clients.values() if only is None else only, key=lambda client: client.key)
    return tuple(client for client in clients if client.confirmed is None and client.override is None)


def settings_of_tasks(tasks: Iterable[Task]) -> tuple[bool, tuple[Client, ...]]:
    """Return the required, possible settings: whether the default, which clients."""
    default, clients = False, []
    for task in tasks:
        if task.screen is Screen.CONTACTS or not task.required or task.lacks_user:
            continue
        if task.client:
            clients.append(task.client)
        else:
            default = True
    return default, tuple(clients)


def command_to_set_user(task: Task) -> str:
    """Return the command that sets the partner user that a task lacks."""
    if task.client is None:
        return command_line("set-default", notify="USER")
    return command_line("override", task.client.key, owner="partner", notify="USER")


def _check_default(portfolio: Portfolio) -> Iterator[Task]:
    default = portfolio.default
    if default and not is_same_setting(default.confirmed, default):
        day = default.confirmed.on if default.confirmed else None
        yield Task(
            Screen.DEFAULT, choice=_choice(portfolio, default), confirmation=default.confirmed, day=day
        )


def _check_override(portfolio: Portfolio, client: Client) -> Iterator[Task]:
    confirmed, default = client.confirmed, portfolio.default
    task = Task(Screen.OVERRIDE, client, confirmation=confirmed, day=confirmed.on if confirmed else None)
    if client.override:
        if not is_same_setting(confirmed, client.override):
            yield task._replace(choice=_choice(portfolio, client.override))
    elif confirmed and confirmed.owner:
        choice = _choice(portfolio, default) if default else None
        required = default is None or not is_same_setting(confirmed, default)
        yield task._replace(choice=choice, to_default=True, required=required)


def _choice(portfolio: Portfolio, setting: Setting) -> Choice:
    return Choice(setting, portfolio.users.get(address_key(setting.notify or "")))


def _check_contacts(portfolio: Portfolio, client: Client, today: date) -> Iterator[Task]:
    resolution = resolve(portfolio, client)
    if resolution.setting is None or resolution.setting.owner is not Owner.HUBSPOT:
        return  # no contact is notified
    # A partner user is included only if also a contact with a role.
    people = [decision for decision in resolution.decisions if decision.roles[:1] != (PARTNER_USER,)]
    unassigned = tuple(decision.roles[0] for decision in people if decision.reason == "vacant")
    inactive = tuple(decision for decision in people if decision.reason == "inactive")
    active = tuple(decision for decision in people if decision.reason == "holds-role")
    checked = client.contacts_checked
    since = checked if checked and (today - checked).days > portfolio.policy.stale_days else None
    if unassigned or inactive or since:
        question = Question(unassigned, inactive, active, since)
        yield Task(Screen.CONTACTS, client, question=question, day=checked)
