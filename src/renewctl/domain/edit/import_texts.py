"""Rows by client, and their cells of text that only the store can settle.

Those are numbers without their zeros, text in the wrong encoding, and placeholders.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from renewctl.domain.edit.rows import BadRow, ImportRow
from renewctl.domain.identifiers import address_key, compose, name_key, trim
from renewctl.errors import Problem
from renewctl.fields import COLUMNS, TEXT_KINDS
from renewctl.model import Client, Portfolio

AS_TEXT = "format the column as text in the spreadsheet, then type the cell again"
"""What to do about a cell whose text a spreadsheet has converted."""
_PLAIN_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
_LOST = re.compile(r"[?\x80-\U0010ffff]+")


class Doubtful(NamedTuple):
    """A value in doubt, which is taken only if the store has it: a text, a number for a text, or people.

    Otherwise ``message`` and ``hint`` are for the user.
    """

    value: Any
    message: str = ""
    hint: str = ""


class Placeholder(NamedTuple):
    """Text that says that the cell is blank, such as ``TBD``, unless the store has just that text."""

    text: str


class BadText(NamedTuple):
    """A cell whose text is not certain: its column, what is wrong, and the next step."""

    column: str
    message: str
    hint: str


def group_rows(
    rows: Iterable[ImportRow],
    find_key: Callable[[ImportRow], str],
    portfolio: Portfolio,
    *,
    allow_odd_text: bool,
    with_overrides: bool,
) -> tuple[dict[str, list[ImportRow]], list[Problem]]:
    """Return the rows of each client, settled by what the store has, and what is wrong with the others.

    ``find_key`` returns the client of a row, or raises ``BadRow``; ``settle_texts`` explains the options.
    """
    groups: dict[str, list[ImportRow]] = {}
    problems: list[Problem] = []
    for row in rows:
        try:
            key = find_key(row)
        except BadRow as error:
            problems.append(error.problem)
            continue
        client = portfolio.clients.get(key)
        values, bad = settle_texts(
            client, row.values, allow_odd=allow_odd_text, with_overrides=with_overrides
        )
        problems += (BadRow(row, *each).problem for each in bad)
        if not bad and not row.unread:
            groups.setdefault(key, []).append(row._replace(values=values))
    return groups, problems


def settle_texts(
    client: Client | None, values: Mapping[str, Any], *, allow_odd: bool, with_overrides: bool = True
) -> tuple[dict[str, Any], list[BadText]]:
    """Return the values of a row with those in doubt settled by what the client has; and what is wrong.

    A number in a column of text is taken only for a text of the client, with whatever zeros: 123 for
    ``00123``. Text that has ``?`` where the client's has letters outside ASCII has lost them. ``allow_odd``
    takes that, and text in the wrong encoding. Without ``with_overrides`` nothing is wrong with their cells,
    which are not used.
    """
    settled: dict[str, Any] = {}
    bad: list[BadText] = []
    for name, cell in values.items():
        found = cell if isinstance(cell, Doubtful) else Doubtful(cell)
        if COLUMNS[name].table == "contacts":
            found = _settle_people(client, found)
        elif COLUMNS[name].field.kind in TEXT_KINDS:
            found = _settle_text(_stored_texts(client, name), found)
        number = isinstance(found.value, int | float)
        if COLUMNS[name].table == "override" and not with_overrides:
            found = Doubtful(str(found.value) if number else found.value)
        if found.message and (number or not allow_odd):
            bad.append(BadText(name, found.message, found.hint))
        elif found.value is not None:
            settled[name] = found.value
    return settled, bad


def _settle_text(stored: Sequence[str], found: Doubtful) -> Doubtful:
    value = found.value
    if same := [text for text in stored if _is_same(value, text)]:
        exact = [text for text in same if text == str(value)]
        if isinstance(value, str) or len({*same}) == 1 or exact:
            return Doubtful((exact or same)[0])
    if isinstance(value, Placeholder):
        return Doubtful(None)
    if isinstance(value, int | float):
        message = f"the spreadsheet holds the number {value}; the text may have had other zeros"
        return Doubtful(value, message, AS_TEXT)
    lost = [text for text in stored if _has_lost_letters(value, text)]
    return _lost_letters(value, lost[0]) if lost and not found.message else found


def _settle_people(client: Client | None, found: Doubtful) -> Doubtful:
    known = {address_key(each.email): each.name for each in client.contacts} if client else {}
    pairs = [(person.name, known.get(address_key(person.email), "")) for person in found.value]
    if found.message:
        return (
            Doubtful(found.value) if all(not name or _is_same(name, text) for name, text in pairs) else found
        )
    lost = next((pair for pair in pairs if _has_lost_letters(*pair)), None)
    return _lost_letters(*lost)._replace(value=found.value) if lost else found


def _lost_letters(text: str, known: str) -> Doubtful:
    message = f"{text!r} is {known!r} in the store: letters were lost in another encoding"
    hint = "export the table again as CSV UTF-8 or .xlsx; --allow-odd-text takes the text as it is"
    return Doubtful(text, message, hint)


def _stored_texts(client: Client | None, name: str) -> list[str]:
    """Return what the client has where the column goes."""
    column = COLUMNS[name]
    if client is None:
        return []
    holders: Mapping[str, Sequence[object]] = {
        "clients": [client],
        "renewals": client.renewals,
        "override": [client.override] if client.override else [],
    }
    texts = (getattr(holder, column.field.attribute) for holder in holders.get(column.table, ()))
    return [text for text in texts if isinstance(text, str)]


def _is_same(value: object, text: str) -> bool:
    if isinstance(value, Placeholder):
        value = value.text
    if isinstance(value, str):
        return compose(trim(value)).split() == compose(trim(text)).split()
    return _PLAIN_NUMBER.fullmatch(text) is not None and Decimal(text) == Decimal(repr(value))


def _has_lost_letters(text: str, known: str) -> bool:
    """Return whether text is the known one with ``?`` in place of letters outside ASCII."""
    if "?" not in text or known.isascii() or name_key(text) == name_key(known):
        return False
    return _LOST.sub("?", name_key(text)) == _LOST.sub("?", name_key(known))
