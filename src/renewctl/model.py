"""The nouns: what the store says, and what a change to it is. Immutable, without behaviour.

Addresses and keys keep the spelling of the file where it matters (``written``, ``email``); they
are compared through their normal form. Imports the standard library only.
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple

Path = tuple[str, ...]
Scalar = str | int | bool | date
Value = Scalar | list["Value"] | dict[str, "Value"]
Table = dict[str, Value]


EMPTY: Mapping[Any, Any] = MappingProxyType({})
"""No entries; the default of fields that hold some."""


class Owner(StrEnum):
    """Who owns renewal communication: HubSpot, or the solutions partner."""

    HUBSPOT = "hubspot"
    PARTNER = "partner"


class Role(StrEnum):
    """A point of contact in the client's own HubSpot account (Account & Billing)."""

    PRIMARY = "primary"
    BILLING = "billing"
    DECISION_MAKER = "decision-maker"


class Confirmation(NamedTuple):
    """What HubSpot's own screens said, and the day somebody looked.

    ``owner`` is None where they showed the client following the default.
    """

    owner: Owner | None
    notify: str | None
    on: date


class Setting(NamedTuple):
    """Who owns renewal communication, and which partner user is involved (an address)."""

    owner: Owner
    notify: str | None = None


class Default(NamedTuple):
    """The partner's setting for every client without an override."""

    owner: Owner
    notify: str | None = None
    confirmed: Confirmation | None = None


class Override(NamedTuple):
    """One client's own setting; it replaces the default completely."""

    owner: Owner
    notify: str | None = None
    note: str = ""


AnySetting = Setting | Default | Override
"""A setting, whatever else is recorded with it."""


class Contact(NamedTuple):
    """A user of the client's HubSpot account; ``active`` is False once deactivated there."""

    email: str
    name: str = ""
    roles: tuple[Role, ...] = ()
    active: bool = True


class Renewal(NamedTuple):
    """A contract's next renewal. A client has at most one per product."""

    day: date
    product: str = ""
    deadline: date | None = None


class Client(NamedTuple):
    """A client account. ``key`` is its domain in normal form, ``written`` as the file spells it."""

    key: str
    spelling: str
    name: str = ""
    hub_id: int | None = None
    contacts: tuple[Contact, ...] = ()
    contacts_checked: date | None = None
    renewals: tuple[Renewal, ...] = ()
    override: Override | None = None
    confirmed: Confirmation | None = None


class PartnerUser(NamedTuple):
    """One of the partner's own people; ``email`` as the file spells it."""

    email: str
    name: str = ""
    active: bool = True


class Copies(StrEnum):
    """Who is taken to be copied on a HubSpot-owned override that names nobody."""

    NOBODY = "nobody"
    DEFAULT_USER = "default-user"


class Policy(NamedTuple):
    """How the partner wants the silent parts of the rules read. Spans are in days."""

    hubspot_override_copies: Copies = Copies.NOBODY
    deadline_days: int = 45
    horizon_days: int = 120
    stale_days: int = 180
    confirm_above: int = 25
    domains: tuple[str, ...] = ()


class Portfolio(NamedTuple):
    """Everything a store says. ``clients`` by key; ``users`` by address in lower case."""

    default: Default | None = None
    policy: Policy = Policy()
    users: Mapping[str, PartnerUser] = EMPTY
    clients: Mapping[str, Client] = EMPTY


class Change(NamedTuple):
    """One value to be different: ``after`` replaces ``before`` at ``path``; None means absent.

    With ``renamed``, the table at ``path`` gets the key ``after`` and keeps everything else.
    """

    path: Path
    after: Value | None
    before: Value | None = None
    renamed: bool = False


class Plan(NamedTuple):
    """What a command would change, in order, and what it found to be so already.

    ``counts`` sums up a change of many: (what, how many). With ``whole``, every change is worth
    reading, however many there are.
    """

    command: str
    changes: tuple[Change, ...] = ()
    notices: tuple[str, ...] = ()
    counts: tuple[tuple[str, int], ...] = ()
    whole: bool = False
