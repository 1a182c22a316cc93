"""Export the clients as a table that ``import`` can read.

There is one row per renewal.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from renewctl.exchange.write_workbook import Content, write_workbook
from renewctl.fields import COLUMNS, Column, Kind
from renewctl.model import Client, Contact, Portfolio
from renewctl.text import BOM, csv_cell, format_value

_NEEDS_QUOTES = re.compile(r"[;,@]|^[/|・、；，]")
_NO_NAME = re.compile(r'["<>]')
_HEADER = [column.name for column in COLUMNS.values()]


def export_csv(portfolio: Portfolio, *, raw: bool = False, excel: bool = False) -> str:
    """Return all clients as CSV.

    The owner is ``default`` for clients that follow the default.

    Args:
        portfolio: The clients.
        raw: Whether to leave cells unchanged that a spreadsheet would read as formulas.
        excel: Whether to begin with a byte order mark, by which Excel recognizes UTF-8.
    """
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(_HEADER)
    for row in _rows(portfolio):
        cells = map(format_value, row)
        writer.writerow(cells if raw else map(csv_cell, cells))
    return (BOM if excel else "") + file.getvalue()


def export_workbook(portfolio: Portfolio, as_of: date) -> bytes:
    """Return all clients as an .xlsx workbook with the columns of ``export_csv``.

    ``as_of`` is the creation date in the workbook's properties.

    Raises:
        MissingExtra: If XlsxWriter is not installed.
        BadInput: If there are too many rows, or a text is not allowed in a workbook.
    """
    dates = [column.name for column in COLUMNS.values() if column.field.kind is Kind.DATE]
    return write_workbook(Content("Clients", _HEADER, _rows(portfolio), dates=dates), as_of)


def _rows(portfolio: Portfolio) -> Iterator[list[Any]]:
    for client in portfolio.clients.values():
        for renewal in client.renewals or (None,):
            records = {"clients": client, "renewals": renewal, "override": client.override}
            yield [_cell(column, client, records) for column in COLUMNS.values()]


def _cell(column: Column, client: Client, records: Mapping[str, Any]) -> Any:
    if column.table == "contacts":
        return "; ".join(_contact(contact) for contact in client.contacts if column.name in contact.roles)
    if column.name == "owner" and client.override is None:
        return "default"
    record = records[column.table]
    return getattr(record, column.field.attribute) if record else None


def _contact(contact: Contact) -> str:
    name = " ".join(contact.name.split())
    if not name or not name.isprintable() or _NO_NAME.search(name):
        return contact.email  # import leaves the name unchanged if there is none
    quoted = f'"{name}"' if _NEEDS_QUOTES.search(name) else name
    return f"{quoted} <{contact.email}>"
