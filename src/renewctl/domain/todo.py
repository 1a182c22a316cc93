"""What must still be set in HubSpot, or asked of a client, so that HubSpot agrees with the file.

Settings are compared, not outcomes: a changed default is one task, not one for each client that
follows it. HubSpot's side is what was last confirmed there.
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
    """Where in HubSpot something is set."""

    DEFAULT = "default"
    OVERRIDE = "override"
    CONTACTS = "contacts"


class Choice(NamedTuple):
    """The setting to choose on a screen, and the partner user in it if the file has one."""

    setting: Setting
    user: PartnerUser | None


class Question(NamedTuple):
    """What to ask a client about its contacts.

    ``vacant`` are the unassigned roles, ``inactive`` the contacts with a role that are deactivated,
    ``holders`` those that are not; ``since`` is the day of the last look, if that is too long ago.
    """

    vacant: tuple[str, ...]
    inactive: tuple[Decision, ...]
    holders: tuple[Decision, ...]
    since: date | None


class Task(NamedTuple):
    """One thing to do in HubSpot, or to ask.

    With ``to_default`` the client must return to the default, and ``choice`` is the default's present
    setting, for a screen that offers no way back; None if the file has no default. ``confirmation`` is
    what was last confirmed on that screen, ``day`` when. A task that is not ``required`` changes nothing
    as long as the default stays.
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
        """Whether no click can settle it, as HubSpot cannot show the setting."""
        return lacks_user(self.choice.setting if self.choice and not self.to_default else None)


def find_tasks(portfolio: Portfolio, today: date, only: Iterable[Client] | None = None) -> tuple[Task, ...]:
    """Return what is still to do: the default, overrides and contacts by client, then the optional.

    ``only`` are the clients whose tasks are wanted, and the default's if one of them follows it.
    """
    clients = sorted(portfolio.clients.values() if only is None else only, key=lambda client: client.key)
    overrides = [task for client in clients for task in _check_override(portfolio, client)]
    contacts = [task for client in clients for task in _check_contacts(portfolio, client, today)]
    # A client that follows the default is right in HubSpot when the default is.
    with_default = only is None or any(client.override is None for client in clients)
    default = _check_default(portfolio) if with_default else ()
    required = [task for task in overrides if task.required]
    optional = [task for task in overrides if not task.required]
    return (*default, *required, *contacts, *optional)


def count_unconfirmed(portfolio: Portfolio, only: Iterable[Client] | None = None) -> int:
    """Count the clients whose setting in HubSpot was never confirmed."""
    clients = portfolio.clients.values() if only is None else only
    return sum(client.confirmed is None for client in clients)


def settings_of_tasks(tasks: Iterable[Task]) -> tuple[bool, tuple[Client, ...]]:
    """Return whether the default is among the settings that must and can be made, and which clients."""
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
    """Return the command that names a user where a task lacks one."""
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
        return  # no contact is notified, whatever the roles
    # A partner user is asked about only as a contact with a role of the client.
    people = [decision for decision in resolution.decisions if decision.roles[:1] != (PARTNER_USER,)]
    vacant = tuple(decision.roles[0] for decision in people if decision.reason == "vacant")
    inactive = tuple(decision for decision in people if decision.reason == "inactive")
    holders = tuple(decision for decision in people if decision.reason == "holds-role")
    checked = client.contacts_checked
    since = checked if checked and (today - checked).days > portfolio.policy.stale_days else None
    if vacant or inactive or since:
        question = Question(vacant, inactive, holders, since)
        yield Task(Screen.CONTACTS, client, question=question, day=checked)
