"""Group rows by client, and settle ambiguous cells by the data file.

Ambiguous cells are numbers that may have lost zeros, text in the wrong encoding, and placeholders.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from renewctl.domain.edit.rows import BadRow, ImportOptions, ImportRow
from renewctl.domain.identifiers import address_key, compose, name_key, trim
from renewctl.errors import Problem
from renewctl.fields import COLUMNS, TEXT_KINDS
from renewctl.model import Client, Portfolio

AS_TEXT = "format the column as text in the spreadsheet, then enter the value again"
"""The hint for a cell whose text a spreadsheet converted."""
AS_UTF8 = "export the table again as CSV UTF-8"
"""The hint for text in the wrong encoding."""
_ALLOW_ODD_TEXT = "to accept odd text as it is, add --allow-odd-text"
_PLAIN_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
_LOST = re.compile(r"[^\x00-\x3e\x40-\x7f]+")
"""Text that can have been lost: question marks and all characters that are not ASCII."""


class Doubtful(NamedTuple):
    """A doubtful value, accepted only if the file already has it.

    It is text, a number in place of text, or contacts.

    Otherwise, ``message`` and ``hint`` are reported.
    """

    value: Any
    message: str = ""
    hint: str = ""


class Placeholder(NamedTuple):
    """Text for a blank cell, such as ``TBD``, unless the file has this text."""

    text: str


def group_rows(
    rows: Iterable[ImportRow],
    find_key: Callable[[ImportRow], str],
    portfolio: Portfolio,
    options: ImportOptions,
) -> tuple[dict[str, list[ImportRow]], list[Problem]]:
    """Return the rows of each client, settled, and the problems of others.

    Args:
        rows: The rows.
        find_key: Return the client of a row, or raise ``BadRow``.
        portfolio: The data file.
        options: Whether to accept odd text, and whether the cells of overrides are used.
    """
    groups: dict[str, list[ImportRow]] = {}
    problems: list[Problem] = []
    for row in rows:
        try:
            key = find_key(row)
        except BadRow as error:
            problems.append(error.problem)
            continue
        how = {"allow_odd": options.allow_odd_text, "with_overrides": options.with_overrides}
        values, bad = settle_texts(portfolio.clients.get(key), row.values, **how)
        for name, found in bad.items():
            note = "" if found.hint == AS_TEXT else _ALLOW_ODD_TEXT
            problems.append(BadRow(row, name, found.message, found.hint, note).problem)
        if not bad and not row.unread:
            groups.setdefault(key, []).append(row._replace(values=values))
    return groups, problems


def settle_texts(
    client: Client | None, values: Mapping[str, Any], *, allow_odd: bool, with_overrides: bool = True
) -> tuple[dict[str, Any], dict[str, Doubtful]]:
    """Return the values of a row by column, and the doubtful ones that are refused.

    A number in a column of text is accepted if a text of the client is the same number with other zeros:
    123 for ``00123``. Text with ``?`` in place of the client's letters outside ASCII has lost them.

    Args:
        client: The client in the data file; None if it is new.
        values: The values of the row by column.
        allow_odd: Whether to accept lost letters and text in the wrong encoding.
        with_overrides: Whether the cells of overrides are used. If not, they have no problems.
    """
    settled: dict[str, Any] = {}
    bad: dict[str, Doubtful] = {}
    for name, cell in values.items():
        column, found = COLUMNS[name], cell if isinstance(cell, Doubtful) else Doubtful(cell)
        if column.table == "contacts":
            found = _settle_contacts(client, found)
        elif column.field.kind in TEXT_KINDS:
            found = _settle_text(_stored_texts(client, name), found)
        number = isinstance(found.value, int | float)
        if column.table == "override" and not with_overrides:
            found = Doubtful(str(found.value) if number else found.value)
        if found.message and (number or not allow_odd):
            bad[name] = found
        elif found.value is not None:
            settled[name] = found.value
    return settled, bad


def _settle_text(stored: Sequence[str], found: Doubtful) -> Doubtful:
    value = found.value
    if value in stored:  # Most texts in a list are those in the file.
        return Doubtful(value)
    if same := [text for text in stored if _is_same(value, text)]:
        exact = [text for text in same if text == str(value)]
        if isinstance(value, str) or len({*same}) == 1 or exact:
            return Doubtful((exact or same)[0])
    if isinstance(value, Placeholder):
        return Doubtful(None)
    if isinstance(value, int | float):
        message = f"the spreadsheet has the number {value} instead of text; zeros may be lost"
        return Doubtful(value, message, AS_TEXT)
    lost = [text for text in stored if _has_lost_letters(value, text)]
    return _lost_letters(value, lost[0]) if lost and not found.message else found


def _settle_contacts(client: Client | None, found: Doubtful) -> Doubtful:
    if not found.message and not any("?" in contact.name for contact in found.value):
        return found
    known = {address_key(each.email): each.name for each in client.contacts} if client else {}
    pairs = [(contact.name, known.get(address_key(contact.email), "")) for contact in found.value]
    if found.message:
        is_known = all(not name or _is_same(name, text) for name, text in pairs)
        return Doubtful(found.value) if is_known else found
    lost = next((pair for pair in pairs if _has_lost_letters(*pair)), None)
    return _lost_letters(*lost)._replace(value=found.value) if lost else found


def _lost_letters(text: str, known: str) -> Doubtful:
    message = f"{text!r} is {known!r} in the data file: letters were lost in the wrong encoding"
    return Doubtful(text, message, AS_UTF8)


def _stored_texts(client: Client | None, name: str) -> list[str]:
    """Return the client's texts in the field of a column."""
    if client is None:
        return []
    column = COLUMNS[name]
    records = {"clients": [client], "renewals": client.renewals, "override": [client.override]}
    texts = (getattr(record, column.field.attribute) for record in records[column.table] if record)
    return [text for text in texts if isinstance(text, str)]


def _is_same(value: object, text: str) -> bool:
    if isinstance(value, Placeholder):
        value = value.text
    if isinstance(value, str):
        return compose(trim(value)).split() == compose(trim(text)).split()
    return _PLAIN_NUMBER.fullmatch(text) is not None and Decimal(text) == Decimal(repr(value))


def _has_lost_letters(text: str, known: str) -> bool:
    """Return whether a text is the known one with ``?`` for special letters."""
    if "?" not in text or known.isascii() or name_key(text) == name_key(known):
        return False
    return _LOST.sub("?", name_key(text)) == _LOST.sub("?", name_key(known))
