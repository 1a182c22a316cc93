"""The columns of a spreadsheet of clients, from the table of fields: import and export use the same."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from renewctl.fields import CLIENT_HEADERS, ROLE_HEADERS, TABLES, Field, Kind


class Column(NamedTuple):
    """A column of a spreadsheet of clients, in which a row is a renewal, or a client without one.

    ``table`` has the field; in the table ``contacts`` the name of the column is a role.
    """

    name: str
    headers: str
    table: str
    field: Field


def _columns() -> Iterator[Column]:
    key = Field("client", Kind.TEXT, "the client's domain", attribute="key")
    yield Column("client", CLIENT_HEADERS, "clients", key)
    for field in TABLES["clients"].values():
        if field.table == "contacts":
            yield from (Column(role, headers, "contacts", field) for role, headers in ROLE_HEADERS.items())
        elif field.table:
            # The product comes first, because it identifies a client's renewal.
            inner = sorted(TABLES[field.table].values(), key=lambda each: each.key != "product")
            yield from (Column(each.column, each.headers, field.table, each) for each in inner if each.column)
        elif field.column:
            yield Column(field.column, field.headers, "clients", field)


COLUMNS: Mapping[str, Column] = {column.name.replace("-", "_"): column for column in _columns()}
"""The columns of a spreadsheet in their order, by the name that ``import --map`` has for them."""
