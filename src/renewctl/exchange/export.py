"""The roster as CSV for a spreadsheet: one row a renewal, in the columns that ``import`` reads.

Imports ``text`` and the pure floors only.
"""

import csv
import io
import re
from collections.abc import Iterator

from renewctl.model import Client, Contact, Portfolio, Renewal, Role
from renewctl.text import csv_cell

COLUMNS = (
    *("client", "name", "hub_id", "primary", "billing", "decision-maker"),
    *("product", "renewal", "deadline", "owner", "notify", "note"),
)
BOM = "\ufeff"
_NEEDS_QUOTES = re.compile(r"[;,@]")
_NO_NAME = re.compile(r'["<>]')


def export_csv(portfolio: Portfolio, *, raw: bool = False, excel: bool = False) -> str:
    """Return all clients as CSV, owner ``default`` for those that follow it.

    Args:
        portfolio: the store's.
        raw: leave cells as they are, even where a spreadsheet takes them for formulas.
        excel: begin with the mark by which Excel knows UTF-8.
    """
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for client in portfolio.clients.values():
        for renewal in client.renewals or (None,):
            cells = _cells(client, renewal)
            writer.writerow(cells if raw else map(csv_cell, cells))
    return (BOM if excel else "") + file.getvalue()


def _cells(client: Client, renewal: Renewal | None) -> Iterator[str]:
    yield client.key
    yield client.name
    yield str(client.hub_id or "")
    for role in Role:
        yield "; ".join(_person(contact) for contact in client.contacts if role in contact.roles)
    yield renewal.product if renewal else ""
    yield renewal.day.isoformat() if renewal else ""
    yield renewal.deadline.isoformat() if renewal and renewal.deadline else ""
    yield str(client.override.owner) if client.override else "default"
    yield (client.override.notify or "") if client.override else ""
    yield client.override.note if client.override else ""


def _person(contact: Contact) -> str:
    name = " ".join(contact.name.split())
    if not name or not name.isprintable() or _NO_NAME.search(name):
        return contact.email  # a blank name changes nothing when it is read again
    quoted = f'"{name}"' if _NEEDS_QUOTES.search(name) else name
    return f"{quoted} <{contact.email}>"
