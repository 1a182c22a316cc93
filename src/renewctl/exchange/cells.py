"""Single cells of a spreadsheet as values. Columns of dates: ``dates``."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from difflib import get_close_matches
from functools import cache, partial
from typing import Any, Literal

from renewctl.domain.edit.import_texts import AS_TEXT
from renewctl.domain.identifiers import address_key, compose, parse_address, tidy_name, trim
from renewctl.domain.values import FORMS
from renewctl.errors import BadInput, Problem, UsageError
from renewctl.exchange.headers import fold
from renewctl.exchange.spreadsheet import BadCell, Cell
from renewctl.fields import COLUMNS, TEXT_KINDS, Kind
from renewctl.model import Contact, Owner

_LONGEST_TEXT = 60
_SIGNS = frozenset("'`´*#=•·-+~^|/{}")
"""What is pasted before an address. The mail standards allow most of it, and hardly an address has it."""
_MOST_PEOPLE = 20_000
"""Characters of a cell with people."""
_QUOTED_TEXT = re.compile(r'"[^"]*"')
# What is in quotes or angle brackets is kept whole when people are separated.
_KEPT = re.compile(r'"[^"\r\n]*"|<[^<>\r\n]*>')
_PEOPLE_ENDS = re.compile(r"[;\r\n]")
_BETWEEN_PEOPLE = (
    re.compile("[/|・、；]"),
    re.compile(r"\s(?:and|e|et|i|oraz|und|y|&)\s", re.IGNORECASE),
    re.compile("[,，]"),
)
"""What separates people only if each has an address: a name may hold it. ``/`` and words go before commas."""
_NAME_AND_ADDRESS = re.compile(r"([^<>]*)<([^<>]*)>")
_WHOLE = re.compile(r"([1-9][0-9]{0,17})(?:[.,]0{1,2})?")
_DIGITS = re.compile(r"[0-9]{1,18}")
_SCIENTIFIC = re.compile(r"([1-9])[.,]([0-9]+)[eE]\+?0*([0-9]{1,2})")
_GROUPED_ID = re.compile(r"[0-9]{1,3}(?:[.,'’\s][0-9]{3})+")
_MANGLED_ID = re.compile(r"[0-9]++(?:[.,][0-9]*+)?[eE][+-]?[0-9]+|[0-9]++[.,][0-9]+")
_HUB_ID_LIMIT = 10**15
"""A spreadsheet keeps 15 digits of a number; a hub id has far fewer."""
# Owners as HubSpot's pages have them, in the languages of the headers.
_OWNER_NAMES: dict[Owner | Literal["default"], str] = {
    Owner.HUBSPOT: "hubspot",
    Owner.PARTNER: "partner; solutions partner; parceiro; socio; partenaire; パートナー",
    "default": """default; set default; set to default; padrão; predeterminado; por defecto; par défaut;
        valeur par défaut; Standard; Standardeinstellung; デフォルト; 既定; domyślny; domyślne""",
}
_OWNERS = {fold(name): owner for owner, names in _OWNER_NAMES.items() for name in names.split(";")}
_TRUE = """true; yes; y; x; 1; ✓; sim; sí; oui; vrai; ja; wahr; はい; tak; prawda; verdadeiro; verdadero"""
_FALSE = """false; no; n; 0; não; non; faux; nein; falsch; いいえ; nie; fałsz; falso"""
_FLAGS = {
    **{word.strip(): True for word in _TRUE.split(";")},
    **{word.strip(): False for word in _FALSE.split(";")},
}


_PLACEHOLDERS = frozenset({"-", "--", "---", "–", "—", "―", "n/a", "n.a.", "n/d", "n.d.", "tbd"})
# Only where no text is a value: there are firms called TBC and Sin, and notify has the value "none".
_PLACEHOLDER_TEXTS = """tbc; na; nd; none; nil; not applicable; not available; to be confirmed; to be defined;
    to be determined; a confirmar; a definir; por confirmar; por definir; não tem; não há; sem; nenhum;
    não aplicável; não disponível; no tiene; no hay; sin; ninguno; ninguna; no aplica; no disponible;
    à confirmer; à définir; aucun; aucune; néant; sans objet; non applicable; non disponible; keine;
    keiner; entfällt; nicht verfügbar; nicht zutreffend; noch offen; brak; nie dotyczy; do ustalenia;
    do potwierdzenia; なし; 無し; 未定; 該当なし"""
_PLACEHOLDER_WORDS = frozenset(fold(text) for text in _PLACEHOLDER_TEXTS.split(";"))
_BROKEN_CHAR = re.compile("[\x80-\x9f\ufffd]")


def read_text(cell: Cell) -> str:
    """Return a cell as composed text, without surrounding space and invisible characters; "" if blank.

    Raises:
        BadInput: If the cell has no value, for example because it shows an error.
    """
    if isinstance(cell, BadCell):
        raise BadInput(cell.message, hint=cell.hint)
    return "" if cell is None else compose(trim(str(cell)))


def cell_kind(field: str) -> Kind:
    """Return what the cells of a field hold."""
    # A partner user may be named as people type it: an address, a part of it, or a name.
    return Kind.TEXT if field == "notify" else COLUMNS[field].field.kind


def show_text(cell: Cell) -> str:
    """Return what a cell shows: its text, or the error that it has in place of a value."""
    return cell.text if isinstance(cell, BadCell) else read_text(cell)


def is_placeholder(text: str, kind: Kind) -> bool:
    """Return whether text says that there is no value: ``-``, ``n/a`` or ``TBD``.

    Words such as ``a confirmar`` or ``none`` do so only where no text is a value, as in a column of dates.
    """
    if text.lower() in _PLACEHOLDERS:
        return True
    # All of them are of letters, which is seen faster than whether it is one of them.
    words = kind not in TEXT_KINDS and len(text) < _LONGEST_TEXT and text.replace(" ", "").isalpha()
    return words and fold(text) in _PLACEHOLDER_WORDS


@cache  # The same names are in many cells.
def explain_odd_text(text: str) -> tuple[str, str]:
    """Return what is wrong with text that was saved or read in the wrong encoding, and the next step.

    Both are empty for any other text.
    """
    if text.isascii():
        return "", ""
    from ftfy import fix_encoding  # Lazy import: most text is plain ASCII.

    right = fix_encoding(text)
    if _BROKEN_CHAR.search(right):
        message = f"{quote_text(text)} has lost letters in the wrong encoding"
    elif right != text:
        message = f"{quote_text(text)} is probably {quote_text(right)} in the wrong encoding"
    else:
        return "", ""
    fitting = "cp1252" if _BROKEN_CHAR.search(text) else "utf-8"
    hint = f"check --encoding ({fitting} may fit), or export the table again as CSV UTF-8"
    return message, f"{hint}; --allow-odd-text takes the text as it is"


@cache  # the same people are in many cells
def read_people(cell: Cell, what: str) -> tuple[Contact, ...]:
    """Return the people in a cell, as "Name <address>" or the address alone, each once.

    Several are separated by ``;`` or line ends; by ``/``, ``,`` or a word for *and* only where each part has
    its own address: ``Reis, Paula <paula@acme.example>`` is one person. ``Paula Reis (paula@acme.example)``
    and ``mailto:`` are read as well. ``what`` names the column in messages.

    Raises:
        BadInput: If something in it is not an address; its problems list all of it.
    """
    people: dict[str, Contact] = {}
    problems: list[Problem] = []
    if len(text := read_text(cell)) > _MOST_PEOPLE:
        raise BadInput(f"{what}: the cell has {len(text):,} characters", hint="take out what is no contact")
    for part in _split_people(text):
        name, address = _split_name(part)
        if address[:1] in _SIGNS:
            message = f"{what}: {quote_text(address)} begins with a sign"
            problems.append(Problem(message, hint=f"remove it: {address.lstrip(''.join(_SIGNS))}"))
            continue
        try:
            email = parse_address(address, what)
        except UsageError as error:
            hint = "part several addresses with ;" if part.count("@") > 1 else error.hint
            problems.append(Problem(error.message, hint=hint))
            continue
        first = people.setdefault(address_key(email), Contact(email, name))
        if name and not first.name:
            people[address_key(email)] = first._replace(name=name)
    if problems:
        raise BadInput(problems[0].message, hint=problems[0].hint, problems=problems)
    return tuple(people.values())


def _split_people(text: str) -> list[str]:
    parts = _split(text, _PEOPLE_ENDS)
    for separator in _BETWEEN_PEOPLE:
        split: list[str] = []
        for part in parts:
            pieces = _split(part, separator)
            # A name may hold the separator, so every piece needs its own address.
            own = all("@" in _QUOTED_TEXT.sub("", piece) for piece in pieces)
            split += pieces if own else [part]
        parts = split
    return parts


def _split(text: str, separator: re.Pattern[str]) -> list[str]:
    """Return the parts that are not blank, separated outside of quotes and angle brackets."""
    if not separator.search(text):
        return [text] if (text := trim(text)) else []
    bare = _KEPT.sub(lambda kept: "\0" * len(kept[0]), text)
    ends = [0, *(place for match in separator.finditer(bare) for place in match.span()), len(text)]
    parts = (trim(text[ends[each] : ends[each + 1]]) for each in range(0, len(ends), 2))
    return [part for part in parts if part]


def _split_name(part: str) -> tuple[str, str]:
    """Return the name, or "", and the address of one person."""
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


def _describe_typed(cell: bool | date) -> str:
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    return f"the date {cell.isoformat()[:10]}"


def read_cell(cell: Cell, kind: Kind) -> Any:
    """Return the value in a cell of a field of a kind; None if the cell is blank.

    A number in a field of text stays a number: only the store can show which text it was, such as 00123.
    Dates are read by column (``parse_dates``), because one value can decide how the others are read.

    Raises:
        BadInput: If the cell has no such value, or not for certain.
    """
    text = read_text(cell)
    if not text:
        return None
    if kind in TEXT_KINDS and isinstance(cell, bool | date):
        message = f"the spreadsheet has turned the text of the cell into {_describe_typed(cell)}"
        raise BadInput(message, hint=AS_TEXT)
    if kind in TEXT_KINDS and isinstance(cell, int | float):
        return cell
    return _READERS[kind](text)


def _read_hub_id(text: str) -> int:
    digits = ""
    if match := _WHOLE.fullmatch(text):
        digits = match[1]
    elif (match := _SCIENTIFIC.fullmatch(text)) and len(match[2]) == int(match[3]):
        digits = match[1] + match[2]  # every digit is there, as in 4.411223E+06
    if digits and int(digits) < _HUB_ID_LIMIT:
        return int(digits)
    if _GROUPED_ID.fullmatch(text):
        hint = f"write the digits only: {''.join(filter(str.isdigit, text))}"
        raise BadInput(f"{quote_text(text)} is not a hub ID: it has signs between its digits", hint=hint)
    if _MANGLED_ID.fullmatch(text):
        hint = "format the column as text in the spreadsheet, then type the hub ID again"
        raise BadInput(
            f"{quote_text(text)} is not a hub ID: the spreadsheet has lost digits of it", hint=hint
        )
    raise BadInput(f"{quote_text(text)} is not a hub ID", hint="it is a number, for example 4411223")


def _read_owner(text: str) -> Owner | Literal["default"]:
    owner = _OWNERS.get(fold(text))
    if owner is None:
        near = get_close_matches(fold(text), _OWNERS, 1, 0.6)
        hint = f"did you mean {_OWNERS[near[0]]}?" if near else "write hubspot, partner or default"
        raise BadInput(f"{quote_text(text)} is not an owner", hint=hint)
    return owner


def _read_address(text: str) -> str:
    try:
        return parse_address(text, "")
    except UsageError as error:
        raise BadInput(f"{quote_text(text)} is not an e-mail address", hint=error.hint) from None


def _read_flag(text: str) -> bool:
    if text.casefold() not in _FLAGS:
        raise BadInput(f"{quote_text(text)} is not true or false", hint="write true or false")
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
    Kind.FLAG: _read_flag,
    Kind.HUB_ID: _read_hub_id,
    Kind.OWNER: _read_owner,
    Kind.COUNT: partial(_read_number, kind=Kind.COUNT),
    Kind.DAYS: partial(_read_number, kind=Kind.DAYS),
}


def quote_text(text: str, most: int = _LONGEST_TEXT) -> str:
    """Return text in quotes for a message, cut if it is long."""
    return repr(text if len(text) <= most else text[: most - 1] + "…")
