"""What the rows of one client change about its own fields and its contacts."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from renewctl.domain.edit.clients import field_changes
from renewctl.domain.edit.contacts import ROLE_LABELS, join_roles
from renewctl.domain.edit.rows import BadRow, ImportRow, place_of
from renewctl.domain.edit.tables import record_table, role_list
from renewctl.domain.identifiers import address_key, compose, name_key
from renewctl.fields import COLUMNS, TABLES, Kind
from renewctl.model import Change, Client, Contact, Role

_SAME = "say the same in each row of a client, or leave it blank"
_ONE_CELL = "list all contacts of the role in one cell, separated by ;"


def agreed(client: Client, rows: Sequence[ImportRow], name: str) -> tuple[Any, ImportRow]:
    """Return the value that the rows of a client have for a field, or None, and the row that has it.

    Raises:
        BadRow: If another row has another value.
    """
    value, first = None, rows[0]
    for row in rows:
        other = row.values.get(name)
        if value is None:
            value, first = other, row if other is not None else first
        elif other is not None and differs(other, value, COLUMNS[name].field.kind):
            message = f"{client.key} has another {name.replace('_', ' ')} in {place_of(first)}"
            raise BadRow(row, name, message, _SAME)
    return value, first


def differs(value: object, known: object, kind: Kind) -> bool:
    """Return whether a cell has another value than the one known; text may have lost space in it."""
    if isinstance(value, str) and isinstance(known, str):
        if kind in {Kind.NAME, Kind.ADDRESS}:
            return value != "" and name_key(value) != name_key(known)
        return value != "" and compose(value).split() != compose(known).split()
    return value != known


def listed_field_changes(
    client: Client, rows: Sequence[ImportRow], claim: Callable[[int, str, ImportRow], None]
) -> Iterator[Change]:
    """Yield the changes of the client's own fields; ``claim`` reserves a hub id, or raises ``BadRow``."""
    fields = {
        name: column.field
        for name, column in COLUMNS.items()
        if column.table == "clients" and column.field.key in TABLES["clients"]
    }
    values = {name: agreed(client, rows, name) for name in fields}
    for name, (value, row) in values.items():
        field = fields[name]
        if value is None or not differs(value, getattr(client, field.attribute), field.kind):
            continue
        if field.kind is Kind.HUB_ID:
            claim(value, client.key, row)
        yield from field_changes(("clients", client.spelling), {field.key: value})


def listed_contact_changes(client: Client, rows: Sequence[ImportRow]) -> Iterator[Change]:
    """Yield the changes that make just the people named the holders of the roles that are named."""
    first_of: dict[Role, ImportRow] = {}
    holders: dict[Role, tuple[Contact, ...]] = {}
    for row in rows:
        for role in Role:
            column = role.replace("-", "_")
            people = row.values.get(column, ())
            if not people:
                continue
            first = first_of.setdefault(role, row)
            if _names(holders.setdefault(role, people)) != _names(people):
                message = f"{client.key} has another {ROLE_LABELS[role]} in {place_of(first)}"
                raise BadRow(row, column, message, _ONE_CELL)
    wanted = join_roles((role, contact) for role, people in holders.items() for contact in people)
    known: set[str] = set()
    path = ("clients", client.spelling, "contacts")
    for contact in client.contacts:
        key = address_key(contact.email)
        if key in known and wanted:
            message = f"{client.key} lists {contact.email} twice in the store"
            hint = "make one contact of them in the file, with all the roles"
            raise BadRow(rows[0], "client", message, hint)
        known.add(key)
        new = wanted.get(key, Contact(contact.email))
        roles = {*contact.roles} - {*holders} | {*new.roles}
        if differs(new.name, contact.name, Kind.NAME):
            yield Change((*path, contact.email, "name"), new.name)
        if roles != {*contact.roles}:
            yield Change((*path, contact.email, "roles"), role_list(roles))
    for key, new in wanted.items():
        if key not in known:
            yield Change((*path, new.email), record_table("contacts", new))


def _names(people: Iterable[Contact]) -> list[tuple[str, str]]:
    return [(address_key(person.email), name_key(person.name)) for person in people]
