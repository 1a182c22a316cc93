"""Single cells of a spreadsheet as values, one reader for each kind of field. A blank is no value."""

import re
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from functools import partial
from typing import Any, Literal

from renewctl.domain.identifiers import address_key, parse_address
from renewctl.domain.values import READ, Bad
from renewctl.errors import BadInput, Problem, UsageError
from renewctl.exchange.headers import fold
from renewctl.exchange.spreadsheet import Cell
from renewctl.fields import Kind
from renewctl.model import Owner

_SHOWN = 60
_SEVERAL = "part several addresses with ;"
# A part of a cell up to ; or a line end; what stands in quotes or angle brackets is kept whole.
_PART = re.compile(r'(?:"[^"\r\n]*"|<[^<>\r\n]*>|[^;\r\n])+')
_PARTED = re.compile(r"[;,\r\n]")
_BETWEEN_COMMAS = re.compile(r'(?:"[^"]*"|<[^<>]*>|[^,])+')
_NAMED = re.compile(r"([^<>]*)<([^<>]*)>")
_QUOTED = re.compile(r'"[^"]*"')
_WHOLE = re.compile(r"([1-9][0-9]{0,17})(?:[.,]0{1,2})?")
_DIGITS = re.compile(r"[0-9]{1,18}")
_SCIENTIFIC = re.compile(r"([1-9])[.,]([0-9]+)[eE]\+?0*([0-9]{1,2})")
_MANGLED = re.compile(r"[0-9]{1,3}(?:[.,'’\s][0-9]{3})+|[0-9]+[.,]?[0-9]*[eE][+-]?[0-9]+|[0-9]+[.,][0-9]+")
_MOST = 10**15
"""A spreadsheet keeps 15 digits of a number; a hub id has far fewer."""

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


def read_text(cell: Cell) -> str:
    """Return a cell as text, without surrounding space; "" if it is blank."""
    return "" if cell is None else str(cell).strip()


def read_people(cell: Cell, what: str) -> list[tuple[str, str]]:
    """Return the people in a cell, each once, as name ("" if there is none) and address.

    Several are separated by ``;`` or line ends, by commas only where each part has its own address:
    ``Reis, Paula <paula@acme.example>`` is one person.

    Args:
        cell: "Name <address>" or the address alone, any number of them.
        what: The column's name, for messages.

    Raises:
        BadInput: If something in it is not an address; its problems list all of it.
    """
    people: dict[str, tuple[str, str]] = {}
    problems: list[Problem] = []
    for part in _split_people(read_text(cell)):
        name, address = "", part
        if "<" in part and (match := _NAMED.fullmatch(part)):
            name, address = match[1].strip(), match[2]
            if len(name) > 1 and name[0] == name[-1] == '"':
                name = name[1:-1].strip()
        try:
            email = parse_address(address, what)
        except UsageError as error:
            hint = _SEVERAL if part.count("@") > 1 else error.hint
            problems.append(Problem(error.message, hint=hint))
            continue
        first_name, first_email = people.setdefault(address_key(email), (name, email))
        people[address_key(email)] = (first_name or name, first_email)
    if problems:
        raise BadInput(problems[0].message, hint=problems[0].hint, problems=problems)
    return list(people.values())


def _split_people(words: str) -> Iterator[str]:
    if not _PARTED.search(words):
        yield from (words,) if words else ()
        return
    for match in _PART.finditer(words):
        pieces = [piece for piece in _BETWEEN_COMMAS.findall(match[0]) if piece.strip()]
        # A comma separates people only if every piece has an address: it may be part of a name.
        if not all("@" in _QUOTED.sub("", piece) for piece in pieces):
            pieces = [match[0]]
        yield from (piece.strip() for piece in pieces if piece.strip())


def read_hub_id(cell: Cell) -> int | None:
    """Return the number of a HubSpot account; None if the cell is blank.

    Raises:
        BadInput: If it is not such a number, or a spreadsheet may have changed its digits.
    """
    words = read_text(cell)
    if not words:
        return None
    if not isinstance(cell, bool):
        if match := _WHOLE.fullmatch(words):
            number = int(match[1])
        elif (match := _SCIENTIFIC.fullmatch(words)) and len(match[2]) == int(match[3]):
            number = int(match[1] + match[2])  # every digit is there, as in 4.411223E+06
        else:
            number = _MOST
        if number < _MOST:
            return number
    if _MANGLED.fullmatch(words):
        hint = "format the column as text in the spreadsheet, then type the id again: 4411223"
        raise BadInput(f"the spreadsheet has mangled the hub id {_quote(words)}", hint=hint)
    raise BadInput(f"{_quote(words)} is not a hub id", hint="it is a number, for example 4411223")


def read_owner(cell: Cell) -> Owner | Literal["default"] | None:
    """Return who owns renewal communication, "default" for a client that follows it, None if blank.

    The values are those of HubSpot's pages in English, Portuguese, Spanish, French, German,
    Japanese and Polish.

    Raises:
        BadInput: If it is none of them; a person's name, for example, is not an owner.
    """
    words = read_text(cell)
    if not words:
        return None
    owner = _OWNERS.get(fold(words))
    if owner is None:
        near = get_close_matches(fold(words), _OWNERS, 1, 0.6)
        hint = f"did you mean {_OWNERS[near[0]]}?" if near else "write hubspot, partner or default"
        raise BadInput(f"{_quote(words)} is not an owner", hint=hint)
    return owner


def read_address(cell: Cell) -> str | None:
    """Return the one address in a cell; None if it is blank.

    Raises:
        BadInput: If it is not an address.
    """
    words = read_text(cell)
    try:
        return parse_address(words, "") if words else None
    except UsageError as error:
        raise BadInput(f"{_quote(words)} is not an e-mail address", hint=error.hint) from None


def read_flag(cell: Cell) -> bool | None:
    """Return true or false; None if the cell is blank.

    Raises:
        BadInput: If it is neither in one of the languages of the headers.
    """
    words = read_text(cell)
    if words and words.casefold() not in _FLAGS:
        raise BadInput(f"{_quote(words)} is not true or false", hint="write true or false")
    return _FLAGS.get(words.casefold())


def _read_number(cell: Cell, kind: Kind) -> int | None:
    words = read_text(cell)
    if not words:
        return None
    try:
        number: int = READ[kind](int(words) if _DIGITS.fullmatch(words) else words)
    except Bad as bad:
        raise BadInput(f"{_quote(words)} is not a {kind}", hint=bad.hint) from None
    return number


READERS: Mapping[Kind, Callable[[Cell], Any]] = {
    Kind.TEXT: read_text,
    Kind.ADDRESS: read_address,
    Kind.FLAG: read_flag,
    Kind.HUB_ID: read_hub_id,
    Kind.OWNER: read_owner,
    Kind.COUNT: partial(_read_number, kind=Kind.COUNT),
    Kind.DAYS: partial(_read_number, kind=Kind.DAYS),
}
"""What reads a cell of each kind; None or "" is a blank. Dates are read by column: ``date_columns``."""


def _quote(words: str) -> str:
    return repr(words if len(words) <= _SHOWN else words[: _SHOWN - 1] + "…")
