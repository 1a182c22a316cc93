"""The fields of the data file, and the places where each appears.

CONTRIBUTING explains how to add a field.
"""

from collections.abc import Iterator, Mapping
from enum import IntEnum, StrEnum
from typing import NamedTuple

from renewctl.model import Role


class Kind(StrEnum):
    """The kind of value that a field has."""

    TEXT = "text"
    NAME = "name"
    OWNER = "hubspot or partner"
    OWNER_SEEN = "hubspot, partner or default"
    ADDRESS = "email address"
    ADDRESSES = "list of email addresses"
    DATE = "date"
    FLAG = "true or false"
    DAYS = "number of days"
    COUNT = "number"
    HUB_ID = "hub ID"
    COPIES = "nobody or default-user"
    ROLES = "list of roles"
    DOMAINS = "list of domains"
    NAMES = "list of file names"
    TABLE = "table"
    ITEMS = "list of tables"


TEXT_KINDS = frozenset({Kind.TEXT, Kind.NAME, Kind.ADDRESS})


class Shown(IntEnum):
    """The places where a client's field is shown.

    They are ``client show``, the JSON of ``client list``, and its columns.

    Each place includes the previous one.
    """

    NOWHERE = 0
    CLIENT = 1
    LIST = 2
    COLUMN = 3


class Field(NamedTuple):
    """A field of a table of the file, and the places where it appears.

    Args:
        key: The key in the file.
        kind: The kind of its value.
        doc: Its meaning, in a few words.
        required: Whether its table must have it.
        table: The name in ``TABLES`` of the fields of a table or a list of tables.
        attribute: Its name in the model, if that is not the key.
        column: The name of its column in a spreadsheet. A field without one is not imported or
            exported. Other names of the column are in ``texts/headers.toml``.
        option: The option of ``client add`` and ``client set``, such as ``--hub-id`` or ``--on/--off``.
        help: The help of that option, if that is not ``doc``.
        shown: Where the field is shown.
        filter: Whether the option also filters the clients in ``client list``.
        label: The label of its value, if that is not the words of the key.
    """

    key: str
    kind: Kind
    doc: str
    required: bool = False
    table: str = ""
    attribute: str = ""
    column: str = ""
    option: str = ""
    help: str = ""
    shown: Shown = Shown.NOWHERE
    filter: bool = False
    label: str = ""


_CONFIRMED = "HubSpot setting"
_ON = Field("on", Kind.DATE, "date of the confirmation", required=True)
_NAME = Field(
    "name",
    Kind.NAME,
    "display name",
    column="name",
    option="--name",
    help="Set the name of the client.",
    shown=Shown.LIST,
)
_OWNER = Field(
    "owner",
    Kind.OWNER,
    "renewal owner",
    required=True,
    column="owner",
    label="Renewal owner",
)
_NOTIFY = Field(
    "notify",
    Kind.ADDRESS,
    "partner user: notified if the partner is the owner; copied if HubSpot is (uncertain on an override)",
    column="notify",
    label="Partner user",
)
_SEEN_DEFAULT = (
    Field("owner", Kind.OWNER, "renewal owner in HubSpot", required=True),
    Field("notify", Kind.ADDRESS, "partner user in HubSpot"),
    _ON,
)

_TABLES: Mapping[str, tuple[Field, ...]] = {
    "defaults": (
        _OWNER,
        _NOTIFY,
        Field(
            "in_hubspot",
            Kind.TABLE,
            "default in HubSpot, as last confirmed",
            table="defaults.in_hubspot",
            attribute="confirmed",
            label=_CONFIRMED,
        ),
    ),
    "defaults.in_hubspot": _SEEN_DEFAULT,
    "policy": (
        Field(
            "hubspot_override_copies",
            Kind.COPIES,
            "user copied if an override sets HubSpot as the renewal owner, but no partner user",
            label="Copied with an override",
        ),
        Field("deadline_days", Kind.DAYS, "days between the renewal deadline and the renewal date"),
        Field("horizon_days", Kind.DAYS, "days that reports look ahead"),
        Field("stale_days", Kind.DAYS, "days after which a confirmation is out of date"),
        Field(
            "confirm_above", Kind.COUNT, "number of clients whose recipients can change without confirmation"
        ),
        Field("domains", Kind.DOMAINS, "domains of the partner's email addresses"),
        Field("ignore_copies", Kind.NAMES, "files with similar names that are not conflict copies"),
    ),
    "users": (_NAME, Field("active", Kind.FLAG, "false if deactivated in HubSpot (receives nothing)")),
    "clients": (
        _NAME,
        Field(
            "hub_id",
            Kind.HUB_ID,
            "number of the client's HubSpot account",
            column="hub_id",
            option="--hub-id",
            help="Set the hub ID (number of the client's HubSpot account).",
            shown=Shown.LIST,
            label="Hub ID",
        ),
        Field("contacts", Kind.ITEMS, "contacts of the client", table="contacts", shown=Shown.CLIENT),
        Field(
            "contacts_checked",
            Kind.DATE,
            "date on which the contacts were last checked in HubSpot",
            shown=Shown.CLIENT,
        ),
        Field("renewals", Kind.ITEMS, "next renewals, one per product", table="renewals", shown=Shown.CLIENT),
        Field("override", Kind.TABLE, "setting of the client, which replaces the default", table="override"),
        Field(
            "in_hubspot",
            Kind.TABLE,
            "setting in HubSpot, as last confirmed",
            table="clients.in_hubspot",
            attribute="confirmed",
            label=_CONFIRMED,
        ),
        Field(
            "memo",
            Kind.TEXT,
            "free text about the client",
            column="memo",
            option="--memo",
            help="Set the memo (free text about the client).",
            shown=Shown.CLIENT,
        ),
        Field(
            "must_notify",
            Kind.ADDRESSES,
            "addresses that must be among the client's recipients",
            column="must_notify",
            option="--must-notify",
            help="Set who must be among the recipients (repeatable; replaces the list).",
            shown=Shown.CLIENT,
            label="Must be notified",
        ),
    ),
    "clients.in_hubspot": (
        Field("owner", Kind.OWNER_SEEN, "renewal owner in HubSpot", required=True),
        *_SEEN_DEFAULT[1:],
    ),
    "contacts": (
        Field("email", Kind.ADDRESS, "email address in the client's HubSpot account", required=True),
        _NAME,
        Field("roles", Kind.ROLES, "any of primary, billing and decision-maker"),
        Field("active", Kind.FLAG, "false if deactivated in HubSpot (receives nothing)"),
    ),
    "renewals": (
        Field(
            "date",
            Kind.DATE,
            "renewal date",
            required=True,
            attribute="day",
            column="renewal",
        ),
        Field(
            "product",
            Kind.NAME,
            "product that renews, which identifies the renewal",
            column="product",
        ),
        Field(
            "deadline",
            Kind.DATE,
            "renewal deadline, if not the usual one",
            column="deadline",
        ),
    ),
    "override": (
        _OWNER,
        _NOTIFY,
        Field(
            "note",
            Kind.TEXT,
            "reason for the override",
            column="note",
        ),
    ),
}


def _complete(field: Field) -> Field:
    """Return a field with the default attribute and label for its key."""
    label = field.key.replace("_", " ").capitalize()
    return field._replace(attribute=field.attribute or field.key, label=field.label or label)


TABLES: Mapping[str, Mapping[str, Field]] = {
    name: {field.key: _complete(field) for field in fields} for name, fields in _TABLES.items()
}
"""The fields of each kind of table, by key, in the order of the file."""

TOP_LEVEL: Mapping[str, str] = {
    "version": "version of the file format",
    "defaults": "the default, which applies to every client without an override",
    "policy": "rules of renewctl, each with a default",
    "users": "partner users, by email address",
    "clients": "clients, by their domain in the partner dashboard",
}
"""The top-level keys of the file, and their meaning."""
EDITORS = "$schema"
"""The key by which an editor finds the JSON Schema of a JSON file. renewctl does not use it."""
OWN_KEYS = "x-"
"""The prefix of the user's own keys, which renewctl keeps and does not report."""


class Column(NamedTuple):
    """A column of a spreadsheet of clients.

    A row of the spreadsheet is a renewal, or a client without one.

    Args:
        name: The name of the column; for a column of contacts, the role.
        table: The name of the field's table.
        field: The field.
    """

    name: str
    table: str
    field: Field


def _columns() -> Iterator[Column]:
    key = Field("client", Kind.TEXT, "domain of the client", attribute="key")
    yield Column("client", "clients", key)
    for field in TABLES["clients"].values():
        if field.table == "contacts":
            yield from (Column(role, "contacts", field) for role in Role)
        elif field.table:
            # The product comes first, because it identifies a client's renewal.
            inner = sorted(TABLES[field.table].values(), key=lambda each: each.key != "product")
            yield from (Column(each.column, field.table, each) for each in inner if each.column)
        elif field.column:
            yield Column(field.column, "clients", field)


COLUMNS: Mapping[str, Column] = {column.name.replace("-", "_"): column for column in _columns()}
"""The columns of a spreadsheet in their order, by their name in ``import --map``."""
