"""The data model: immutable values without behavior.

Addresses and keys keep the spelling of the file where it matters (``spelling``, ``email``), and are
compared in normal form.
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
"""An empty mapping, as a default value."""


class Owner(StrEnum):
    """The renewal owner: HubSpot or the solutions partner."""

    HUBSPOT = "hubspot"
    PARTNER = "partner"


class Role(StrEnum):
    """A role of a contact in the client's HubSpot account (Account & Billing)."""

    PRIMARY = "primary"
    BILLING = "billing"
    DECISION_MAKER = "decision-maker"


class Confirmation(NamedTuple):
    """A HubSpot setting, confirmed on a date; ``owner`` None means the default."""

    owner: Owner | None
    notify: str | None
    on: date


class Default(NamedTuple):
    """The setting of all clients without an override; ``notify`` is an address."""

    owner: Owner
    notify: str | None = None
    confirmed: Confirmation | None = None


class Override(NamedTuple):
    """The setting of one client, which replaces the default completely."""

    owner: Owner
    notify: str | None = None
    note: str = ""


Setting = Default | Override


class Contact(NamedTuple):
    """A user of the client's HubSpot account; not ``active`` if deactivated there."""

    email: str
    name: str = ""
    roles: tuple[Role, ...] = ()
    active: bool = True


class Renewal(NamedTuple):
    """The next renewal of a contract. A client has at most one per product."""

    day: date
    product: str = ""
    deadline: date | None = None


class Client(NamedTuple):
    """A client account; ``key`` is its normalized domain, ``spelling`` as in the file."""

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
    must_notify: tuple[str, ...] = ()


class PartnerUser(NamedTuple):
    """A user of the partner's HubSpot account; ``email`` is spelled as in the file."""

    email: str
    name: str = ""
    active: bool = True


class Copies(StrEnum):
    """The assumption about copies on a HubSpot override without a partner user."""

    NOBODY = "nobody"
    DEFAULT_USER = "default-user"


class Policy(NamedTuple):
    """The partner's choices where HubSpot documents no rule. Durations are in days."""

    hubspot_override_copies: Copies = Copies.NOBODY
    deadline_days: int = 45
    horizon_days: int = 120
    stale_days: int = 180
    confirm_above: int = 25
    domains: tuple[str, ...] = ()
    ignore_copies: tuple[str, ...] = ()


class Portfolio(NamedTuple):
    """The content of a file: ``clients`` by key, ``users`` by lower-case address."""

    default: Default | None = None
    policy: Policy = Policy()
    users: Mapping[str, PartnerUser] = EMPTY
    clients: Mapping[str, Client] = EMPTY


class Change(NamedTuple):
    """A change of one value: ``after`` replaces ``before``; None means absent.

    If ``renamed``, the table or list item at ``path`` gets the key or identity ``after``, and its content
    stays the same.
    """

    path: Path
    after: Value | None
    before: Value | None = None
    renamed: bool = False


class Reversal(NamedTuple):
    """The original change that an undo, or an undo of one, is about.

    Args:
        id: Its ID.
        command: Its command.
        at: When it was made: UTC in ISO 8601.
        redo: Whether it is made again, not undone.
    """

    id: str
    command: str
    at: str
    redo: bool = False


class Plan(NamedTuple):
    """The changes that a command would make.

    Args:
        command: The name of the command.
        changes: The changes, in order.
        notes: What else the user should know.
        counts: The summary of a bulk change: (what, how many).
        whole: Whether to show every change, however many there are.
        danger: Why the user must always confirm it, as a clause; empty if that is not necessary.
        affected: The clients that ``danger`` counts but does not name.
        unchanged: Why parts of the request change nothing, as clauses.
        reverses: The change that the plan undoes or redoes; None if it reverses none.
    """

    command: str
    changes: tuple[Change, ...] = ()
    notes: tuple[str, ...] = ()
    counts: tuple[tuple[str, int], ...] = ()
    whole: bool = False
    danger: str = ""
    affected: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    reverses: Reversal | None = None
