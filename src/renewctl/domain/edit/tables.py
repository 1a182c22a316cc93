"""Records of the model as tables of the file."""

from collections.abc import Collection, Iterator
from enum import StrEnum
from typing import Any

from renewctl.domain.identifiers import compose, tidy_name
from renewctl.fields import TABLES, Field, Kind
from renewctl.model import Change, Path, Role, Table, Value


def record_table(name: str, record: Any) -> Table:
    """Return a record as a table of the file, without values that are defaults."""
    table: Table = {}
    for key, field in TABLES[name].items():
        value = getattr(record, field.attribute)
        if value is None or value == record._field_defaults.get(field.attribute):
            continue
        if field.kind is Kind.ROLES:
            table[key] = role_list(value)
        else:
            table[key] = str(value) if isinstance(value, StrEnum) else tidy(field, value)
    return table


def tidy(field: Field, value: Any) -> Any:
    """Return a new value as it is saved: text composed, names with single spaces."""
    if field.kind is Kind.NAME and isinstance(value, str):
        return tidy_name(value)
    if field.kind is Kind.ADDRESSES and value is not None:
        return [*value]
    return compose(value) if field.kind is Kind.TEXT and isinstance(value, str) else value


def role_list(roles: Collection[Role]) -> list[Value]:
    """Return roles as they are in the file, in their order."""
    return [str(role) for role in Role if role in roles]


def table_changes(path: Path, name: str, table: Table, *, exists: bool) -> Iterator[Change]:
    """Yield the changes that write a table; the user's own keys stay."""
    if exists:
        yield from (Change((*path, key), table.get(key)) for key in TABLES[name])
    else:
        yield Change(path, table)
