"""Plan the changes of an import to one client's fields and contacts."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from renewctl.domain.edit.clients import field_changes
from renewctl.domain.edit.contacts import join_roles
from renewctl.domain.edit.rows import BadRow, ImportRow, place_of
from renewctl.domain.edit.tables import record_table, role_list
from renewctl.domain.hubspot import ROLE_LABELS
from renewctl.domain.identifiers import address_key, compose, name_key
from renewctl.fields import COLUMNS, TABLES, Kind
from renewctl.model import Change, Client, Contact, Role

_SAME = "use the same value in all rows of the client, or leave the other rows blank"
_FIELDS = {
    name: column.field
    for name, column in COLUMNS.items()
    if column.table == "clients" and column.field.key in TABLES["clients"]
}
"""The fields of a client, by column."""
ROLE_COLUMNS = {role: role.replace("-", "_") for role in Role}
_ONE_CELL = "list all contacts of the role in one cell, separated by ;"


def agreed_value(client: Client, rows: Sequence[ImportRow], name: str) -> tuple[Any, ImportRow]:
    """Return a field's value in the rows of a client, or None, and its row.

    Raises:
        BadRow: If the rows have different values.
    """
    value, first = None, rows[0]
    for row in rows:
        other = row.values.get(name)
        if value is None:
            value, first = other, row if other is not None else first
        elif other is not None and differs(other, value, COLUMNS[name].field.kind):
            message = f"{client.key} has a different {_label(name)} in {place_of(first)}"
            raise BadRow(row, name, message, _SAME)
    return value, first


def differs(value: object, known: object, kind: Kind) -> bool:
    """Return whether a value is not the known one, ignoring differences in spaces."""
    if value == known:
        return False
    if isinstance(value, list | tuple) and isinstance(known, list | tuple):
        return {*map(address_key, value)} != {*map(address_key, known)}
    if isinstance(value, str) and isinstance(known, str):
        if kind in {Kind.NAME, Kind.ADDRESS}:
            return value != "" and name_key(value) != name_key(known)
        return value != "" and compose(value).split() != compose(known).split()
    return True


def listed_field_changes(
    client: Client, rows: Sequence[ImportRow], claim: Callable[[int, str, ImportRow], None]
) -> Iterator[Change]:
    """Yield the changes to a client's fields.

    ``claim`` reserves a hub ID or raises ``BadRow``.
    """
    values = {name: agreed_value(client, rows, name) for name in _FIELDS}
    for name, (value, row) in values.items():
        field = _FIELDS[name]
        if value is None or not differs(value, getattr(client, field.attribute), field.kind):
            continue
        if field.kind is Kind.HUB_ID:
            claim(value, client.key, row)
        yield from field_changes(("clients", client.spelling), {field.key: value})


def listed_contact_changes(client: Client, rows: Sequence[ImportRow]) -> Iterator[Change]:
    """Yield the changes after which the listed roles have exactly the listed contacts.

    Raises:
        BadRow: If the rows list different contacts for a role, or the file has a contact twice.
    """
    first_of: dict[Role, ImportRow] = {}
    listed: dict[Role, tuple[Contact, ...]] = {}
    for row in rows:
        for role, column in ROLE_COLUMNS.items():
            contacts = row.values.get(column, ())
            if not contacts:
                continue
            first = first_of.setdefault(role, row)
            if first is not row and _names(listed[role]) != _names(contacts):
                message = f"{client.key} has a different {ROLE_LABELS[role]} in {place_of(first)}"
                raise BadRow(row, column, message, _ONE_CELL)
            listed.setdefault(role, contacts)
    wanted = join_roles((role, contact) for role, contacts in listed.items() for contact in contacts)
    known: set[str] = set()
    path = ("clients", client.spelling, "contacts")
    for contact in client.contacts:
        key = address_key(contact.email)
        if key in known and wanted:
            message = f"{client.key} has two contacts with the same email address: {contact.email}"
            hint = "merge them in the data file into one contact with all the roles"
            raise BadRow(rows[0], "client", message, hint)
        known.add(key)
        new = wanted.get(key, Contact(contact.email))
        roles = {*contact.roles} - {*listed} | {*new.roles}
        if differs(new.name, contact.name, Kind.NAME):
            yield Change((*path, contact.email, "name"), new.name)
        if roles != {*contact.roles}:
            yield Change((*path, contact.email, "roles"), role_list(roles))
    for key, new in wanted.items():
        if key not in known:
            yield Change((*path, new.email), record_table("contacts", new))


def _label(name: str) -> str:
    labels = {"hub_id": "hub ID", "must_notify": "list of required recipients"}
    return labels.get(name, name.replace("_", " "))


def _names(contacts: Iterable[Contact]) -> list[tuple[str, str]]:
    return [(address_key(contact.email), name_key(contact.name)) for contact in contacts]
