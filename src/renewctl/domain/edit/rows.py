"""Rows of a list of clients, as they come from a spreadsheet, and what is wrong with one."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from renewctl.errors import Problem
from renewctl.model import EMPTY
from renewctl.text import cell_reference


class ImportRow(NamedTuple):
    """A row about a client.

    ``values`` has the values of its cells by column, those of a role are contacts without roles of
    their own; a blank cell is not in it. ``places`` has the number of each column, from 1; ``sheet`` is
    the sheet of a workbook. Of an ``unread`` row, which has bad cells, only the client is checked.
    ``ways_out`` has the next step if a cell is refused, for columns that may mean something else.
    """

    file: str
    line: int
    client: str
    values: Mapping[str, Any] = EMPTY
    places: Mapping[str, int] = EMPTY
    sheet: str = ""
    unread: bool = False
    ways_out: Mapping[str, str] = EMPTY


class OverrideRow(NamedTuple):
    """A row of a list of overrides; ``owner`` is hubspot, partner, default, or empty for no change.

    ``places``, ``sheet`` and ``ways_out`` are those of an ``ImportRow``.
    """

    file: str
    line: int
    client: str
    owner: str = ""
    notify: str = ""
    note: str = ""
    places: Mapping[str, int] = EMPTY
    sheet: str = ""
    ways_out: Mapping[str, str] = EMPTY


class BadRow(Exception):
    """A row that cannot be used; ``problem`` has the reason, and the cell of the column named."""

    def __init__(self, row: ImportRow | OverrideRow, name: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        hint = "; ".join(filter(None, (hint, row.ways_out.get(name, ""))))
        column = row.places.get(name, 0)
        self.problem = Problem(
            message, hint=hint, file=row.file, line=row.line, column=column, sheet=row.sheet
        )


def place_of(where: ImportRow | OverrideRow | Problem) -> str:
    """Return where a row is, in words: ``line 3``, or ``Clients, row 3`` in a workbook."""
    return cell_reference(where.sheet, where.line) if where.sheet else f"line {where.line}"
