"""The one table of the store's fields: it drives reading, editing, help and documentation.

Imports the standard library only.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """What a field may hold."""

    TEXT = "text"
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
    TABLE = "table"
    ITEMS = "list of tables"


class Field(NamedTuple):
    """One field: its key in the file, what it holds, what it means, whether it must be there."""

    key: str
    kind: Kind
    doc: str
    required: bool = False
    table: str = ""
    """For tables and lists of tables: the name of their fields in ``TABLES``."""


_OWNER = Field("owner", Kind.OWNER, "who owns renewal communication: hubspot or partner", required=True)
_ON = Field("on", Kind.DATE, "the day somebody looked at HubSpot's own screens", required=True)
_NAME = Field("name", Kind.TEXT, "name, as people know it")
_USER = "partner user: copied when HubSpot owns, sole recipient when the partner owns"
_NOTIFY = Field("notify", Kind.ADDRESS, _USER)
_SEEN_DEFAULT = (
    Field("owner", Kind.OWNER, "the owner HubSpot's screens showed", required=True),
    Field("notify", Kind.ADDRESS, "the partner user they showed"),
    _ON,
)

_TABLES: Mapping[str, tuple[Field, ...]] = {
    "defaults": (
        _OWNER,
        _NOTIFY,
        Field("in_hubspot", Kind.TABLE, "the default last confirmed in HubSpot", table="defaults.in_hubspot"),
    ),
    "defaults.in_hubspot": _SEEN_DEFAULT,
    "policy": (
        Field("hubspot_override_copies", Kind.COPIES, "who is copied on a HubSpot override naming nobody"),
        Field("deadline_days", Kind.DAYS, "days from the last day to alter terms to the renewal"),
        Field("horizon_days", Kind.DAYS, "days a report looks ahead"),
        Field("stale_days", Kind.DAYS, "days after which a confirmation is stale"),
        Field("confirm_above", Kind.COUNT, "ask before changing what more clients' people hear"),
        Field("domains", Kind.DOMAINS, "the partner's own address domains"),
    ),
    "users": (_NAME, Field("active", Kind.FLAG, "false once deactivated: receives nothing")),
    "clients": (
        _NAME,
        Field("hub_id", Kind.HUB_ID, "the client's HubSpot account number"),
        Field("contacts", Kind.ITEMS, "the client's points of contact", table="contacts"),
        Field("contacts_checked", Kind.DATE, "when somebody last looked at Account & Billing"),
        Field("renewals", Kind.ITEMS, "upcoming renewals, one per product", table="renewals"),
        Field("override", Kind.TABLE, "the client's own setting, replacing the default", table="override"),
        Field("in_hubspot", Kind.TABLE, "the setting last confirmed in HubSpot", table="clients.in_hubspot"),
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
        Field("date", Kind.DATE, "the day the contract renews", required=True),
        Field("product", Kind.TEXT, "what renews; tells a client's renewals apart"),
        Field("deadline", Kind.DATE, "the last day to alter terms, where not the usual one"),
    ),
    "override": (_OWNER, _NOTIFY, Field("note", Kind.TEXT, "why")),
}

TABLES: Mapping[str, Mapping[str, Field]] = {
    name: {field.key: field for field in fields} for name, fields in _TABLES.items()
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
