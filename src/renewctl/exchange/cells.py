"""Read the values of single cells. ``dates`` reads columns of dates."""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date
from difflib import get_close_matches
from functools import cache, partial
from typing import Any

from renewctl.domain.edit.import_texts import AS_TEXT, AS_UTF8
from renewctl.domain.identifiers import address_key, compose, parse_address, tidy_name, trim, unique_addresses
from renewctl.domain.values import FORMS
from renewctl.errors import BadInput, Problem, UsageError
from renewctl.exchange.headers import fold, fold_all
from renewctl.exchange.spreadsheet import BadCell, Cell
from renewctl.fields import COLUMNS, TEXT_KINDS, Kind
from renewctl.model import Contact
from renewctl.package_data import read_texts
from renewctl.text import quote_text

_LONGEST_TEXT = 60
_SIGNS = frozenset("'`´*#=•·-+~^|/{}")
"""Characters pasted before an address. The mail standards allow most of them, but few addresses have one."""
_LONGEST_CONTACTS = 20_000
"""The longest cell with contacts, in characters."""
_QUOTED_TEXT = re.compile(r'"[^"]*"')
# Text in quotes or angle brackets is not split.
_KEPT = re.compile(r'"[^"\r\n]*"|<[^<>\r\n]*>')
_CONTACT_ENDS = re.compile(r"[;\r\n]")
_BETWEEN_CONTACTS = (
    re.compile("[/|・、；]"),
    re.compile(r"\s(?:and|e|et|i|oraz|und|y|&)\s", re.IGNORECASE),
    re.compile("[,，]"),
)
"""Separators that count only if each part has an address, because names can contain them.

``/`` and words are tried before commas.
"""
_ANY_SEPARATOR = re.compile(
    "|".join(each.pattern for each in (_CONTACT_ENDS, *_BETWEEN_CONTACTS)), re.IGNORECASE
)
_NAME_AND_ADDRESS = re.compile(r"([^<>]*)<([^<>]*)>")
_WHOLE = re.compile(r"([1-9][0-9]{0,17})(?:[.,]0{1,2})?")
_DIGITS = re.compile(r"[0-9]{1,18}")
_SCIENTIFIC = re.compile(r"([1-9])[.,]([0-9]+)[eE]\+?0*([0-9]{1,2})")
_GROUPED_ID = re.compile(r"[0-9]{1,3}(?:[.,'’\s][0-9]{3})+")
_MANGLED_ID = re.compile(r"[0-9]++(?:[.,][0-9]*+)?[eE][+-]?[0-9]+|[0-9]++[.,][0-9]+")
_HUB_ID_LIMIT = 10**15
"""Spreadsheets keep 15 digits of a number; hub IDs have far fewer."""
_WORDS = read_texts("cells")
_OWNERS: Mapping[str, str] = {
    name: owner for owner, group in _WORDS["owner"].items() for name in fold_all(group)
}
_FLAGS: Mapping[str, bool] = {
    word.casefold(): flag == "true"
    for flag, group in _WORDS["flag"].items()
    for words in group.values()
    for word in words
}
_PLACEHOLDERS = frozenset(_WORDS["signs"]["placeholder"])
_PLACEHOLDER_WORDS = frozenset(fold_all(_WORDS["placeholder"]))
_BROKEN_CHAR = re.compile("[\x80-\x9f\ufffd]")
# PowerShell 5.1 reads the UTF-8 of a program in the code page of the console, and saves that with >.
_CONSOLE_PAGES = ("cp850", "cp437", "cp852", "cp857", "cp866", "cp775", "cp737")
# In these, a letter with an accent begins with a character for boxes, and “ ” ’ – € ™ begin with two letters.
_CONSOLE_CHARS = re.compile("[^\\s─-▟][─-▟]|[─-▟][^\\s─-▟]|[ÔΓ][Çéä]")


def read_text(cell: Cell) -> str:
    """Return a cell as composed text without surrounding spaces; "" if blank.

    Raises:
        BadInput: If the cell has no value, for example because it shows an error.
    """
    if isinstance(cell, BadCell):
        raise BadInput(cell.message, hint=cell.hint)
    if isinstance(cell, str) and cell.isascii():
        return cell.strip()
    return "" if cell is None else compose(trim(str(cell)))


def cell_kind(field: str) -> Kind:
    """Return the kind of the cells of a field."""
    # A partner user can be given as an address, a part of it, or a name.
    return Kind.TEXT if field == "notify" else COLUMNS[field].field.kind


def show_text(cell: Cell) -> str:
    """Return the text that a cell shows, including errors."""
    return cell.text if isinstance(cell, BadCell) else read_text(cell)


def is_placeholder(text: str, kind: Kind) -> bool:
    """Return whether text represents a blank cell, such as ``-``, ``n/a`` or ``TBD``.

    Words such as ``a confirmar`` or ``none`` do so only in columns that are not text, such as dates.
    """
    if text.lower() in _PLACEHOLDERS:
        return True
    # Checking for letters first is faster than folding every cell.
    words = kind not in TEXT_KINDS and len(text) < _LONGEST_TEXT and text.replace(" ", "").isalpha()
    return words and fold(text) in _PLACEHOLDER_WORDS


@cache  # The same names are in many cells.
def explain_odd_text(text: str) -> tuple[str, str]:
    """Return message and hint for text that was saved or read in the wrong encoding.

    Both are "" for any other text.
    """
    right = restore_text(text)
    if _BROKEN_CHAR.search(right):
        message = f"{quote_text(text)} lost letters in the wrong encoding"
    elif right != text:
        message = f"{quote_text(text)} is probably {quote_text(right)} in the wrong encoding"
    else:
        return "", ""
    without = "create the file without >, with --out FILE or export FILE, or save it again as CSV UTF-8"
    return message, without if _CONSOLE_CHARS.search(text) else AS_UTF8


def restore_text(text: str) -> str:
    """Return text as it probably was before it was read in the wrong encoding."""
    if text.isascii():
        return text
    if _CONSOLE_CHARS.search(text):
        for page in _CONSOLE_PAGES:
            with suppress(UnicodeError):  # Text that was not UTF-8 hardly ever becomes valid UTF-8.
                return text.encode(page).decode()
    from ftfy import fix_encoding  # Lazy import: most text is plain ASCII.

    return fix_encoding(text)


def read_contacts(cell: Cell, what: str) -> tuple[Contact, ...]:
    """Return the contacts in a cell, each once: "Name <address>" or only the address.

    Contacts are separated by ``;`` or line ends. ``/``, ``,`` and words for *and* separate contacts only if
    each part has its own address: ``Reis, Paula <paula@acme.example>`` is one contact.
    ``Paula Reis (paula@acme.example)`` and ``mailto:`` are read as well. ``what`` is the column in messages.

    Raises:
        BadInput: If a part is not an address. The problems list all such parts.
    """
    contacts, wrong = _parse_contacts(read_text(cell))
    if wrong:
        problems = [Problem(f"{what}: {message}", hint=hint) for message, hint in wrong]
        raise BadInput(problems[0].message, hint=problems[0].hint, problems=problems)
    return contacts


@cache  # The same contacts are in many cells, and in several columns.
def _parse_contacts(text: str) -> tuple[tuple[Contact, ...], tuple[tuple[str, str], ...]]:
    """Return the contacts in a text, and what is wrong with its other parts."""
    if len(text) > _LONGEST_CONTACTS:
        message = f"the cell is too long ({len(text):,} characters)"
        return (), ((message, "remove everything that is not a contact"),)
    contacts: dict[str, Contact] = {}
    wrong: list[tuple[str, str]] = []
    for part in _split_contacts(text):
        name, address = _split_name(part)
        if address[:1] in _SIGNS:
            message = f"{quote_text(address)} begins with an extra character"
            wrong.append((message, f"write {address.lstrip(''.join(_SIGNS))}"))
            continue
        try:
            email = parse_address(address, "")
        except UsageError as error:
            hint = "separate addresses with ;" if part.count("@") > 1 else error.hint
            wrong.append((error.message.removeprefix(": "), hint))
            continue
        first = contacts.setdefault(address_key(email), Contact(email, name))
        if name and not first.name:
            contacts[address_key(email)] = first._replace(name=name)
    return tuple(contacts.values()), tuple(wrong)


def _split_contacts(text: str) -> list[str]:
    if not _ANY_SEPARATOR.search(text):  # Most cells have one contact.
        return [text] if (text := trim(text)) else []
    parts = _split(text, _CONTACT_ENDS)
    for separator in _BETWEEN_CONTACTS:
        split: list[str] = []
        for part in parts:
            pieces = _split(part, separator)
            # A name can contain the separator, so every piece needs its own address.
            own = all("@" in _QUOTED_TEXT.sub("", piece) for piece in pieces)
            split += pieces if own else [part]
        parts = split
    return parts


def _split(text: str, separator: re.Pattern[str]) -> list[str]:
    """Return the parts that are not blank. Do not split in quotes and angle brackets."""
    bare = _KEPT.sub(lambda kept: "\0" * len(kept[0]), text)
    ends = [0, *(place for match in separator.finditer(bare) for place in match.span()), len(text)]
    parts = (trim(text[ends[each] : ends[each + 1]]) for each in range(0, len(ends), 2))
    return [part for part in parts if part]


def _split_name(part: str) -> tuple[str, str]:
    """Return the name, or "", and the address of one contact."""
    name, address = "", part
    if "<" in part and (match := _NAME_AND_ADDRESS.fullmatch(part)):
        name, address = match[1], match[2]
    elif part.endswith(")") and part.count("@") == 1 and "@" in part[part.rfind("(") :]:
        name, _, address = part[:-1].rpartition("(")
    name, address = tidy_name(name), trim(address)
    if len(name) > 1 and name[0] == name[-1] == '"':
        name = name[1:-1].strip()
    if address[:7].lower() == "mailto:":
        address = address[7:].partition("?")[0]
    return name, address


def read_cell(cell: Cell, kind: Kind) -> Any:
    """Return the value of a cell in a field of this kind; None if the cell is blank.

    A number in a text field stays a number: only the data file can show which text it was, such as 00123.
    Dates are read by column (``parse_dates``), because one value can show how to read the others.

    Raises:
        BadInput: If the cell does not have such a value, or it is ambiguous.
    """
    text = read_text(cell)
    if not text:
        return None
    if kind in TEXT_KINDS and isinstance(cell, bool | date):
        typed = str(cell).upper() if isinstance(cell, bool) else f"the date {cell.isoformat()[:10]}"
        raise BadInput(f"the spreadsheet converted the text of the cell to {typed}", hint=AS_TEXT)
    if kind in TEXT_KINDS and isinstance(cell, int | float):
        return cell
    return _READERS[kind](text)


def _read_hub_id(text: str) -> int:
    digits = ""
    if match := _WHOLE.fullmatch(text):
        digits = match[1]
    elif (match := _SCIENTIFIC.fullmatch(text)) and len(match[2]) == int(match[3]):
        digits = match[1] + match[2]  # no digit is lost, as in 4.411223E+06
    if digits and int(digits) < _HUB_ID_LIMIT:
        return int(digits)
    if _GROUPED_ID.fullmatch(text):
        hint = f"write only the digits: {''.join(filter(str.isdigit, text))}"
        raise BadInput(f"{quote_text(text)} is not a hub ID: it has separators between the digits", hint=hint)
    if _MANGLED_ID.fullmatch(text):
        hint = "format the column as text in the spreadsheet, then enter the hub ID again"
        raise BadInput(f"{quote_text(text)} is not a hub ID: the spreadsheet dropped digits", hint=hint)
    raise BadInput(f"{quote_text(text)} is not a hub ID", hint="use a number, for example 4411223")


def _read_owner(text: str) -> str:
    owner = _OWNERS.get(fold(text))
    if owner is None:
        near = get_close_matches(fold(text), _OWNERS, 1, 0.6)
        hint = f"did you mean {_OWNERS[near[0]]}?" if near else "use hubspot, partner or default"
        raise BadInput(f"{quote_text(text)} is not a valid owner", hint=hint)
    return owner


def _read_address(text: str) -> str:
    try:
        return parse_address(text, "")
    except UsageError as error:
        raise BadInput(f"{quote_text(text)} is not a valid email address", hint=error.hint) from None


def _read_addresses(text: str) -> list[str]:
    return unique_addresses(_read_address(_split_name(part)[1]) for part in _split_contacts(text))


def _read_flag(text: str) -> bool:
    if text.casefold() not in _FLAGS:
        raise BadInput(f"{quote_text(text)} is not true or false", hint="use true or false")
    return _FLAGS[text.casefold()]


def _read_number(text: str, kind: Kind) -> int:
    try:
        number: int = FORMS[kind].read(int(text) if _DIGITS.fullmatch(text) else text)
    except BadInput as bad:
        raise BadInput(f"{quote_text(text)} is not a {kind}", hint=bad.hint) from None
    return number


_READERS: Mapping[Kind, Callable[[str], Any]] = {
    Kind.TEXT: str,
    Kind.NAME: tidy_name,
    Kind.ADDRESS: _read_address,
    Kind.ADDRESSES: _read_addresses,
    Kind.FLAG: _read_flag,
    Kind.HUB_ID: _read_hub_id,
    Kind.OWNER: _read_owner,
    Kind.COUNT: partial(_read_number, kind=Kind.COUNT),
    Kind.DAYS: partial(_read_number, kind=Kind.DAYS),
}
