"""The one table of the file's fields, and where each appears outside the file: see CONTRIBUTING."""

from collections.abc import Iterator, Mapping
from enum import IntEnum, StrEnum
from typing import NamedTuple

from renewctl.model import Role


class Kind(StrEnum):
    """What a field may hold."""

    TEXT = "text"
    NAME = "name"
    OWNER = "owner"
    OWNER_SEEN = "owner or default"
    ADDRESS = "e-mail address"
    DATE = "date"
    FLAG = "true or false"
    DAYS = "number of days"
    COUNT = "number"
    HUB_ID = "hub id"
    COPIES = "nobody or default-user"
    ROLES = "list of roles"
    DOMAINS = "list of domains"
    NAMES = "list of file names"
    TABLE = "table"
    ITEMS = "list of tables"


TEXT_KINDS = frozenset({Kind.TEXT, Kind.NAME, Kind.ADDRESS})


class Shown(IntEnum):
    """Where a client's field is shown: in ``client show``, in the JSON of ``client list``, in its columns.

    Each place includes the one before it.
    """

    NOWHERE = 0
    CLIENT = 1
    LIST = 2
    COLUMN = 3


class Field(NamedTuple):
    """A field of a table of the file, and where it appears outside the file.

    Args:
        key: The key in the file.
        kind: What the field holds.
        doc: What the field means, in a few words.
        required: Whether its table must have it.
        table: The name in ``TABLES`` of the fields of a table or a list of tables.
        attribute: The model's name for it, if it is not the key.
        column: The name of its column in a spreadsheet; without one it is not imported and exported. Other
            names of that column are in ``texts/headers.toml``.
        option: The option of ``client add`` and ``client set``, such as ``--hub-id`` or ``--on/--off``.
        help: The help of that option, if it is not ``doc``.
        shown: Where the field is shown.
        filter: Whether ``client list`` has the option, too, to filter clients by the field.
        label: What people see in front of its value, if it is not the words of the key.
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


_CONFIRMED = "Confirmed in HubSpot"
_ON = Field("on", Kind.DATE, "the day somebody looked at HubSpot's own screens", required=True)
_NAME = Field(
    "name",
    Kind.NAME,
    "name, as people know it",
    column="name",
    option="--name",
    help="The name people know.",
    shown=Shown.LIST,
)
_OWNER = Field(
    "owner",
    Kind.OWNER,
    "who owns renewal communication: hubspot or partner",
    required=True,
    column="owner",
    label="Renewal owner",
)
_NOTIFY = Field(
    "notify",
    Kind.ADDRESS,
    "partner user: copied when HubSpot owns, sole recipient when the partner owns",
    column="notify",
    label="Partner user",
)
_SEEN_DEFAULT = (
    Field("owner", Kind.OWNER, "the owner HubSpot's screens showed", required=True),
    Field("notify", Kind.ADDRESS, "the partner user they showed"),
    _ON,
)

_TABLES: Mapping[str, tuple[Field, ...]] = {
    "defaults": (
        _OWNER,
        _NOTIFY,
        Field(
            "in_hubspot",
            Kind.TABLE,
            "the default last confirmed in HubSpot",
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
            "who is copied on a HubSpot override naming nobody",
            label="Copied on an override",
        ),
        Field("deadline_days", Kind.DAYS, "days from the last day to alter terms to the renewal"),
        Field("horizon_days", Kind.DAYS, "days a report looks ahead"),
        Field("stale_days", Kind.DAYS, "days after which a confirmation is stale"),
        Field("confirm_above", Kind.COUNT, "ask before changing what more clients' people hear"),
        Field("domains", Kind.DOMAINS, "the partner's own address domains"),
        Field("ignore_copies", Kind.NAMES, "files beside the store that are no conflict copies of it"),
    ),
    "users": (_NAME, Field("active", Kind.FLAG, "false once deactivated: receives nothing")),
    "clients": (
        _NAME,
        Field(
            "hub_id",
            Kind.HUB_ID,
            "the client's HubSpot account number",
            column="hub_id",
            option="--hub-id",
            help="The HubSpot account number.",
            shown=Shown.LIST,
            label="Hub ID",
        ),
        Field("contacts", Kind.ITEMS, "the client's points of contact", table="contacts", shown=Shown.CLIENT),
        Field(
            "contacts_checked",
            Kind.DATE,
            "when somebody last looked at Account & Billing",
            shown=Shown.CLIENT,
        ),
        Field(
            "renewals", Kind.ITEMS, "upcoming renewals, one per product", table="renewals", shown=Shown.CLIENT
        ),
        Field("override", Kind.TABLE, "the client's own setting, replacing the default", table="override"),
        Field(
            "in_hubspot",
            Kind.TABLE,
            "the setting last confirmed in HubSpot",
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
            shown=Shown.CLIENT,
        ),
    ),
    "clients.in_hubspot": (
        Field("owner", Kind.OWNER_SEEN, 'the owner shown, or "default"', required=True),
        *_SEEN_DEFAULT[1:],
    ),
    "contacts": (
        Field("email", Kind.ADDRESS, "the user's address in the client's account", required=True),
        _NAME,
        Field("roles", Kind.ROLES, "primary, billing, decision-maker"),
        Field("active", Kind.FLAG, "false once deactivated in HubSpot: receives nothing"),
    ),
    "renewals": (
        Field(
            "date",
            Kind.DATE,
            "the day the contract renews",
            required=True,
            attribute="day",
            column="renewal",
        ),
        Field(
            "product",
            Kind.NAME,
            "what renews; tells a client's renewals apart",
            column="product",
        ),
        Field(
            "deadline",
            Kind.DATE,
            "the last day to alter terms, where not the usual one",
            column="deadline",
        ),
    ),
    "override": (
        _OWNER,
        _NOTIFY,
        Field(
            "note",
            Kind.TEXT,
            "why",
            column="note",
        ),
    ),
}


def _complete(field: Field) -> Field:
    """Return a field with the attribute and the label that follow from its key."""
    label = field.key.replace("_", " ").capitalize()
    return field._replace(attribute=field.attribute or field.key, label=field.label or label)


TABLES: Mapping[str, Mapping[str, Field]] = {
    name: {field.key: _complete(field) for field in fields} for name, fields in _TABLES.items()
}
"""The fields of each kind of table, by key, in the order in which they are written."""

TOP_LEVEL: Mapping[str, str] = {
    "version": "the version of the store's structure",
    "defaults": "the partner's default: what applies to every client without an override",
    "policy": "how renewctl reckons; every key has a default",
    "users": "the partner's own people, by address",
    "clients": "the clients, by domain, as the partner dashboard shows it",
}
"""The keys of a store, and what each is about."""
EDITORS = "$schema"
"""The key by which an editor finds the JSON Schema of a store in JSON; it says nothing else."""
OWN_KEYS = "x-"
"""Keys that begin so are the user's own: kept, and never remarked on."""


class Column(NamedTuple):
    """A column of a spreadsheet of clients, in which a row is a renewal, or a client without one.

    ``table`` has the field; in the table ``contacts`` the name of the column is a role.
    """

    name: str
    table: str
    field: Field


def _columns() -> Iterator[Column]:
    key = Field("client", Kind.TEXT, "the client's domain", attribute="key")
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
"""The columns of a spreadsheet in their order, by the name that ``import --map`` has for them."""
