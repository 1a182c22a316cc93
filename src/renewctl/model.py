"""The nouns: what a store has, and what a change to it is. Immutable, without behaviour.

Addresses and keys keep the spelling of the file where it matters (``spelling``, ``email``); they
are compared in their normal form.
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
    """HubSpot's own setting as a user saw it; ``owner`` is None if the client followed the default there."""

    owner: Owner | None
    notify: str | None
    on: date


class Default(NamedTuple):
    """The partner's setting for every client without an override; ``notify`` is a partner user's address."""

    owner: Owner
    notify: str | None = None
    confirmed: Confirmation | None = None


class Override(NamedTuple):
    """One client's own setting; it replaces the default completely."""

    owner: Owner
    notify: str | None = None
    note: str = ""


Setting = Default | Override


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
    """A client account. ``key`` is its domain in normal form, ``spelling`` as in the file."""

    key: str
    spelling: str
    name: str = ""
    hub_id: int | None = None
    contacts: tuple[Contact, ...] = ()
    contacts_checked: date | None = None
    renewals: tuple[Renewal, ...] = ()
    override: Override | None = None
    confirmed: Confirmation | None = None
    memo: str = ""


class PartnerUser(NamedTuple):
    """A user of the partner's account; ``email`` is spelled as in the file."""

    email: str
    name: str = ""
    active: bool = True


class Copies(StrEnum):
    """Who is assumed to be copied under an override with owner HubSpot and no partner user."""

    NOBODY = "nobody"
    DEFAULT_USER = "default-user"


class Policy(NamedTuple):
    """The partner's choices where HubSpot's rules are silent. Spans are in days."""

    hubspot_override_copies: Copies = Copies.NOBODY
    deadline_days: int = 45
    horizon_days: int = 120
    stale_days: int = 180
    confirm_above: int = 25
    domains: tuple[str, ...] = ()
    ignore_copies: tuple[str, ...] = ()


class Portfolio(NamedTuple):
    """Everything in a store: ``clients`` by key, ``users`` by address in lower case."""

    default: Default | None = None
    policy: Policy = Policy()
    users: Mapping[str, PartnerUser] = EMPTY
    clients: Mapping[str, Client] = EMPTY


class Change(NamedTuple):
    """One change of a value: ``after`` replaces ``before`` at ``path``; None means absent.

    With ``renamed``, the table or the item of a list at ``path`` gets the key or the identity ``after``, and
    keeps everything else.
    """

    path: Path
    after: Value | None
    before: Value | None = None
    renamed: bool = False


class Plan(NamedTuple):
    """What a command would change, in order; ``notes`` are what else the user should know.

    ``counts`` summarizes a change of many: (what, how many). With ``whole``, every change is shown,
    however many there are. ``danger`` is what is never done unasked, if anything, as a clause.
    """

    command: str
    changes: tuple[Change, ...] = ()
    notes: tuple[str, ...] = ()
    counts: tuple[tuple[str, int], ...] = ()
    whole: bool = False
    danger: str = ""
