"""What must still be clicked in HubSpot, or asked of a client, so that the portal agrees with the file.

Settings are compared, not outcomes: a changed default is one click, not one for each client that
follows it. What HubSpot shows is what was last confirmed there. How a screen is reached and worded
is not known here. Pure: imports the floors below only.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from renewctl.domain.identifiers import address_key
from renewctl.domain.resolve import PARTNER_USER, Decision, Reason, resolve
from renewctl.model import AnySetting, Client, Confirmation, Owner, PartnerUser, Policy, Portfolio, Setting


class Screen(StrEnum):
    """Where in HubSpot a thing is set."""

    DEFAULT = "default"
    OVERRIDE = "override"
    CONTACTS = "contacts"


class Choice(NamedTuple):
    """The values to choose on a screen, and what is known of the partner user among them."""

    setting: Setting
    user: PartnerUser | None


class Question(NamedTuple):
    """What to ask a client about those who hold its roles.

    ``vacant`` are the roles nobody holds, ``inactive`` the holders that are deactivated, ``holders``
    all the others; ``since`` is the day somebody last looked, where that is too long ago.
    """

    vacant: tuple[str, ...]
    inactive: tuple[Decision, ...]
    holders: tuple[Decision, ...]
    since: date | None


class Task(NamedTuple):
    """One thing to do in HubSpot, or to ask.

    ``choice`` are the values to choose. With ``back`` the client is to return to the default, and
    ``choice`` are the default's present values, for a screen that offers no way back; None where
    the file has no default. ``seen`` is what was last confirmed on that screen, ``looked`` the
    day. What is not ``required`` is a way back that changes nothing as long as the default stays.
    """

    screen: Screen
    client: Client | None = None
    choice: Choice | None = None
    back: bool = False
    question: Question | None = None
    seen: Confirmation | None = None
    looked: date | None = None
    required: bool = True


def find_tasks(portfolio: Portfolio, today: date, only: Iterable[Client] | None = None) -> tuple[Task, ...]:
    """Return what is still to do: the default, overrides and contacts by client, then the optional.

    Args:
        portfolio: the store's.
        today: the day a look at a client's contacts is too old on, or not.
        only: whose tasks, the default's if one of them follows it; None for all there are.
    """
    clients = sorted(portfolio.clients.values() if only is None else only, key=lambda client: client.key)
    overrides = [task for client in clients for task in _override(portfolio, client)]
    contacts = [task for client in clients for task in _contacts(portfolio, client, today)]
    # A client that follows the default is right in HubSpot when the default is.
    concerned = only is None or any(client.override is None for client in clients)
    default = _default(portfolio) if concerned else ()
    optional = [task for task in overrides if not task.required]
    return (*default, *(task for task in overrides if task.required), *contacts, *optional)


def find_unconfirmed(portfolio: Portfolio, only: Iterable[Client] | None = None) -> int:
    """Return of how many clients nothing is recorded of what HubSpot's own screens show."""
    clients = portfolio.clients.values() if only is None else only
    return sum(client.confirmed is None for client in clients)


def settings_of_tasks(tasks: Iterable[Task]) -> tuple[bool, tuple[Client, ...]]:
    """Return whether the default is among the clicks that must and can be made, and which clients are."""
    clicks = [task for task in tasks if task.required and _clickable(task)]
    clients = tuple(task.client for task in clicks if task.client)
    return len(clients) < len(clicks), clients


def _clickable(task: Task) -> bool:
    """Tell whether it is a click at all: HubSpot has no choice for an owner partner without a user."""
    if task.screen is Screen.CONTACTS:
        return False
    setting = task.choice.setting if task.choice else None
    return task.back or setting is None or setting.owner is Owner.HUBSPOT or setting.notify is not None


def _default(portfolio: Portfolio) -> Iterator[Task]:
    default = portfolio.default
    if default and not _shows(default.confirmed, default):
        seen = default.confirmed
        choice = _choice(portfolio, default)
        yield Task(Screen.DEFAULT, choice=choice, seen=seen, looked=seen.on if seen else None)


def _override(portfolio: Portfolio, client: Client) -> Iterator[Task]:
    seen = client.confirmed
    looked = seen.on if seen else None
    if client.override:
        if not _shows(seen, client.override):
            choice = _choice(portfolio, client.override)
            yield Task(Screen.OVERRIDE, client, choice, seen=seen, looked=looked)
    elif seen and seen.owner is not None:
        default = portfolio.default
        instead = _choice(portfolio, default) if default else None
        required = default is None or not _shows(seen, default)
        yield Task(Screen.OVERRIDE, client, instead, back=True, seen=seen, looked=looked, required=required)


def _shows(seen: Confirmation | None, setting: AnySetting) -> bool:
    """Tell whether HubSpot last showed just this setting, and not that the default applies."""
    if seen is None or seen.owner is not setting.owner:
        return False
    return address_key(seen.notify or "") == address_key(setting.notify or "")


def _choice(portfolio: Portfolio, setting: AnySetting) -> Choice:
    key = address_key(setting.notify or "")
    return Choice(Setting(setting.owner, setting.notify), portfolio.users.get(key))


def _contacts(portfolio: Portfolio, client: Client, today: date) -> Iterator[Task]:
    resolution = resolve(portfolio, client)
    if resolution.setting is None or resolution.setting.owner is not Owner.HUBSPOT:
        return  # nobody at the client is written to, whoever holds a role
    question = _question(resolution.decisions, _stale(client, portfolio.policy, today))
    if question.vacant or question.inactive or question.since:
        yield Task(Screen.CONTACTS, client, question=question, looked=client.contacts_checked)


def _stale(client: Client, policy: Policy, today: date) -> date | None:
    looked = client.contacts_checked
    return looked if looked and (today - looked).days > policy.stale_days else None


def _question(decisions: tuple[Decision, ...], since: date | None) -> Question:
    # The partner's own user is no holder of a role; one who is both stands here as the holder.
    people = [decision for decision in decisions if decision.roles[:1] != (PARTNER_USER,)]
    vacant = tuple(decision.roles[0] for decision in people if decision.reason is Reason.VACANT)
    inactive = tuple(decision for decision in people if decision.reason is Reason.INACTIVE)
    holders = tuple(decision for decision in people if decision.reason is Reason.HOLDS_ROLE)
    return Question(vacant, inactive, holders, since)
