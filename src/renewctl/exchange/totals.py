"""Recognize rows of totals, which are not about a client."""

import re
from collections.abc import Mapping

from renewctl.exchange.headers import fold, fold_all
from renewctl.exchange.spreadsheet import BadCell, Cell, SheetRow
from renewctl.package_data import read_texts

_WORDS = read_texts("cells")
_TOTALS = frozenset(
    total + counted for total in fold_all(_WORDS["total"]) for counted in ("", *fold_all(_WORDS["counted"]))
)
"""Every label of a total, such as ``totalclients``."""
_CURRENCIES = frozenset(["", *fold_all(_WORDS["currency"])])
_DIGITS = "0123456789"
_LEAST_DIGITS = 5
"""The fewest digits of a hub ID. Smaller numbers are counts."""
_DATE = re.compile(r"[0-9]{1,4}[.][0-9]{1,2}[.][0-9]{1,4}")


def is_total(row: SheetRow, columns: Mapping[str, int]) -> bool:
    """Return whether a row has no client, and only numbers or words for a total.

    A number in a field's column does not count: the row may be that of a client whose domain is missing.
    A number in the client column is a count if it is too small for a hub ID and another cell is a word for
    a total. ``columns`` is the column of each field, from 0.
    """
    if not has_only_figures(row):  # Most rows end here.
        return False
    filled = [(place, cell) for place, cell in enumerate(row.cells) if not _is_blank(cell)]
    fields = {place for field, place in columns.items() if field != "memo"}
    counts = any(map(_is_word, row.cells))

    def is_free(place: int, cell: Cell) -> bool:
        if place == columns["client"]:
            return counts and sum(map(str.isdigit, str(cell))) < _LEAST_DIGITS
        return place not in fields

    return filled != [] and all(_is_word(cell) or is_free(place, cell) for place, cell in filled)


def has_only_figures(row: SheetRow) -> bool:
    """Return whether all filled cells of a row are numbers or words for a total."""
    return all(
        _is_blank(cell) or (isinstance(cell, int | float | str) and _is_figure(cell)) for cell in row.cells
    )


def _is_blank(cell: Cell) -> bool:
    return cell is None or cell == "" or (isinstance(cell, BadCell) and not cell.text)


def _is_word(cell: Cell) -> bool:
    """Return whether a cell is a label of a total, such as ``Total clients: 12``."""
    return isinstance(cell, str) and fold(cell).strip(_DIGITS) in _TOTALS


def _is_figure(cell: float | str) -> bool:
    """Return whether a cell is a number, an amount or a word for a total."""
    if not isinstance(cell, str):
        return not isinstance(cell, bool)
    words = fold(cell)
    if words.strip(_DIGITS) in _TOTALS:
        return True
    digits, letters = filter(str.isdigit, words), filter(str.isalpha, words)
    if "".join(letters) not in _CURRENCIES or not any(digits):
        return False
    return not (_DATE.fullmatch(cell.strip()) or set(cell.strip()[1:]) & set("-/:"))
