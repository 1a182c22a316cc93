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
    """Return what a cell says as text, without surrounding space; "" if it is blank."""
    return "" if cell is None else str(cell).strip()


def read_people(cell: Cell, what: str) -> list[tuple[str, str]]:
    """Return the people a cell names, each once, as name ("" if there is none) and address.

    Several are parted by ``;`` or line ends, by commas only where each part has its own address:
    ``Reis, Paula <paula@acme.example>`` is one person.

    Args:
        cell: "Name <address>" or the address alone, any number of them.
        what: the column's name, for messages.

    Raises:
        BadInput: something in it is not an address; its problems list all of it.
    """
    people: dict[str, tuple[str, str]] = {}
    wrong: list[Problem] = []
    for part in _parts(read_text(cell)):
        try:
            name, email = _person(part, what)
        except UsageError as error:
            wrong.append(Problem(error.message, hint=_SEVERAL if part.count("@") > 1 else error.hint))
            continue
        known = people.setdefault(address_key(email), (name, email))
        people[address_key(email)] = (known[0] or name, known[1])
    if wrong:
        raise BadInput(wrong[0].message, hint=wrong[0].hint, problems=wrong)
    return list(people.values())


def _parts(words: str) -> Iterator[str]:
    if not _PARTED.search(words):
        yield from (words,) if words else ()
        return
    for found in _PART.finditer(words):
        pieces = [piece for piece in _BETWEEN_COMMAS.findall(found[0]) if piece.strip()]
        # A comma parts people only if every piece has an address: it may be part of a name.
        each = pieces if all(map(_has_address, pieces)) else [found[0]]
        yield from (piece.strip() for piece in each if piece.strip())


def _has_address(piece: str) -> bool:
    return "@" in _QUOTED.sub("", piece)


def _person(part: str, what: str) -> tuple[str, str]:
    if "<" in part and (found := _NAMED.fullmatch(part)):
        name = found[1].strip()
        bare = name[1:-1] if len(name) > 1 and name[0] == name[-1] == '"' else name
        return bare.strip(), parse_address(found[2], what)
    return "", parse_address(part, what)


def read_hub_id(cell: Cell) -> int | None:
    """Return the number of a HubSpot account; None if the cell is blank.

    Raises:
        BadInput: it is no such number, or a spreadsheet has changed it so that it is not certain any more.
    """
    words = read_text(cell)
    if cell is None or not words:
        return None
    number = None if isinstance(cell, bool) else _whole(words)
    if number is None or number >= _MOST:
        raise _no_hub_id(words)
    return number


def _whole(words: str) -> int | None:
    """Return the number if every digit of it is there: 4411223, 4411223.0, 4.411223E+06."""
    if found := _WHOLE.fullmatch(words):
        return int(found[1])
    found = _SCIENTIFIC.fullmatch(words)
    if found and len(found[2]) == int(found[3]):
        return int(found[1] + found[2])
    return None


def _no_hub_id(words: str) -> BadInput:
    if _MANGLED.fullmatch(words):
        hint = "format the column as text in the spreadsheet, then type the id again: 4411223"
        return BadInput(f"the spreadsheet has mangled the hub id {_shown(words)}", hint=hint)
    return BadInput(f"{_shown(words)} is not a hub id", hint="it is a number, for example 4411223")


def read_owner(cell: Cell) -> Owner | Literal["default"] | None:
    """Return who owns renewal communication, "default" for a client that follows it, None if blank.

    The values are those of HubSpot's pages in English, Portuguese, Spanish, French, German,
    Japanese and Polish.

    Raises:
        BadInput: it is none of them; a person's name, for example, is not an owner.
    """
    words = read_text(cell)
    if not words:
        return None
    found = _OWNERS.get(fold(words))
    if found is None:
        near = get_close_matches(fold(words), _OWNERS, 1, 0.6)
        hint = f"did you mean {_OWNERS[near[0]]}?" if near else "write hubspot, partner or default"
        raise BadInput(f"{_shown(words)} is not an owner", hint=hint)
    return found


def read_address(cell: Cell) -> str | None:
    """Return the one address in a cell; None if it is blank.

    Raises:
        BadInput: If it is not an address.
    """
    words = read_text(cell)
    try:
        return parse_address(words, "") if words else None
    except UsageError as error:
        raise BadInput(f"{_shown(words)} is not an e-mail address", hint=error.hint) from None


def read_flag(cell: Cell) -> bool | None:
    """Return true or false; None if the cell is blank.

    Raises:
        BadInput: If it is neither in one of the languages of the headers.
    """
    words = read_text(cell)
    if words and words.casefold() not in _FLAGS:
        raise BadInput(f"{_shown(words)} is not true or false", hint="write true or false")
    return _FLAGS.get(words.casefold())


def _read_number(cell: Cell, kind: Kind) -> int | None:
    words = read_text(cell)
    if not words:
        return None
    try:
        number: int = READ[kind](int(words) if _DIGITS.fullmatch(words) else words)
    except Bad as bad:
        raise BadInput(f"{_shown(words)} is not a {kind}", hint=bad.hint) from None
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


def _shown(words: str) -> str:
    return repr(words if len(words) <= _SHOWN else words[: _SHOWN - 1] + "…")
