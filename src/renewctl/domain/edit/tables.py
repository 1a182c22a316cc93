"""Records of the model as tables of the file."""

from collections.abc import Collection, Iterator
from enum import StrEnum
from typing import Any

from renewctl.domain.identifiers import compose, tidy_name
from renewctl.fields import TABLES, Field, Kind
from renewctl.model import Change, Path, Role, Table, Value


def record_table(name: str, record: Any) -> Table:
    """Return a record as the file has it in a table of this name: without what is as by default."""
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
    """Return a new value of a field as it is written: text composed, names with single spaces."""
    if field.kind is Kind.NAME and isinstance(value, str):
        return tidy_name(value)
    return compose(value) if field.kind is Kind.TEXT and isinstance(value, str) else value


def role_list(roles: Collection[Role]) -> list[Value]:
    """Return roles as the file has them, in their order."""
    return [str(role) for role in Role if role in roles]


def table_changes(path: Path, name: str, table: Table, *, exists: bool) -> Iterator[Change]:
    """Yield what writes a table of this name; keys of the user's own in one that exists stay."""
    if exists:
        yield from (Change((*path, key), table.get(key)) for key in TABLES[name])
    else:
        yield Change(path, table)
