"""Rows of a list of clients from a spreadsheet, and the error for an invalid row."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from renewctl.domain.identifiers import address_key, name_key
from renewctl.domain.lookup import find_user
from renewctl.errors import Problem
from renewctl.model import EMPTY, Portfolio
from renewctl.text import cell_reference

OVERRIDE_KEYS = ("client", "owner", "notify", "note")
"""The columns of a list of overrides."""
DEFAULT = "default"
"""The value in place of an owner by which a client follows the default."""
NO_USER = "none"
"""The value in place of a partner user by which a setting has none, as with the option ``--notify``."""


class ImportOptions(NamedTuple):
    """The options of an import, named as on the command line."""

    prune: bool = False
    with_overrides: bool = False
    skip_invalid: bool = False
    renewal_from_deadline: bool = False
    allow_odd_text: bool = False


class ImportRow(NamedTuple):
    """A row about a client.

    Args:
        file: The name of the file.
        line: The line in the file or the row in the sheet, from 1.
        client: The text of the client cell.
        values: The values of the other cells by column, without blank cells. Contacts are those of the
            column's role, without roles of their own.
        places: The number of each column, from 1.
        sheet: The sheet of a workbook, otherwise "".
        unread: Whether the row has invalid cells, so that only its client is checked.
        cell_notes: A note by column, for columns that may be something else.
    """

    file: str
    line: int
    client: str
    values: Mapping[str, Any] = EMPTY
    places: Mapping[str, int] = EMPTY
    sheet: str = ""
    unread: bool = False
    cell_notes: Mapping[str, str] = EMPTY


class OverrideRow(NamedTuple):
    """A row of a list of overrides.

    ``owner`` is hubspot, partner, default, or "" for no change. ``odd`` has message and hint of each
    text that seems to be in the wrong encoding. The other fields are as in ``ImportRow``.
    """

    file: str
    line: int
    client: str
    owner: str = ""
    notify: str = ""
    note: str = ""
    places: Mapping[str, int] = EMPTY
    sheet: str = ""
    cell_notes: Mapping[str, str] = EMPTY
    odd: Mapping[str, tuple[str, str]] = EMPTY


class BadRow(Exception):
    """An invalid row. ``problem`` is the reason, at the cell of the column ``name``."""

    def __init__(
        self, row: ImportRow | OverrideRow, name: str, message: str, hint: str = "", note: str = ""
    ) -> None:
        super().__init__(message)
        self.problem = Problem(
            message,
            hint=hint,
            file=row.file,
            line=row.line,
            column=row.places.get(name, 0),
            sheet=row.sheet,
            note=note or row.cell_notes.get(name, ""),
        )


def find_listed_user(portfolio: Portfolio, word: str) -> str:
    """Return the address of a partner user, given as in commands or by name.

    Raises:
        UnknownUser: If it matches no user, or several.
    """
    if user := portfolio.users.get(address_key(word)):
        return user.email
    name = name_key(word)
    named = [user.email for user in portfolio.users.values() if name_key(user.name) == name]
    return named[0] if len(named) == 1 else find_user(portfolio, word, can_add=True).email


def with_notes(problems: Sequence[Problem]) -> list[Problem]:
    """Return problems of rows, then each of their notes once."""
    notes = dict.fromkeys(problem.note for problem in problems if problem.note)
    return [*problems, *map(Problem, notes)]


def place_of(where: ImportRow | OverrideRow | Problem) -> str:
    """Return the place of a row: ``line 3``, or ``Clients, row 3``."""
    return cell_reference(where.sheet, where.line) if where.sheet else f"line {where.line}"
