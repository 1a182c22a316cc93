"""Recognize rows of totals, which are not about a client."""

import re
from collections.abc import Mapping

from renewctl.exchange.headers import fold
from renewctl.exchange.spreadsheet import BadCell, Cell, SheetRow

_TOTAL_WORDS = """total; totals; grand total; subtotal; sum; count; total geral; totais; soma; total general;
    totales; suma; recuento; total général; totaux; somme; sous-total; gesamt; Gesamtsumme; Summe;
    Zwischensumme; Anzahl; razem; łącznie; suma końcowa; 合計; 総計; 小計; 計"""
# Words for what is counted. Any other word can be part of a client's name.
_COUNTED_WORDS = """clients; customers; accounts; contracts; renewals; mrr; arr; clientes; contas; contratos;
    renovações; cuentas; renovaciones; comptes; contrats; renouvellements; Kunden; Konten; Verträge;
    Verlängerungen; klientów; umów; 件数; 社数"""
_TOTALS = frozenset(
    fold(total) + counted
    for total in _TOTAL_WORDS.split(";")
    for counted in ("", *map(fold, _COUNTED_WORDS.split(";")))
)
"""Every label of a total, such as ``totalclients``."""
_CURRENCIES = frozenset(["", "r", "us", "usd", "eur", "brl", "gbp", "mxn", "pln", "zl", "jpy", "chf", "円"])
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
