"""Cells of a spreadsheet as values: single ones, and columns of dates."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from difflib import get_close_matches
from functools import cache, partial
from typing import Any, Literal

from renewctl.domain.identifiers import address_key, compose, parse_address, tidy_name
from renewctl.domain.values import FORMS
from renewctl.errors import BadInput, Problem, UsageError
from renewctl.exchange.headers import fold
from renewctl.exchange.spreadsheet import Cell
from renewctl.fields import Kind
from renewctl.model import Contact, Owner

DateFormat = Literal["dmy", "mdy"]

ISO = "write it as 2027-03-01"
_ZONE = r"(?:\s*(?:Z|z|UTC|[+-][0-9]{2}:?[0-9]{2}))?"
_CLOCK = r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?(?:\s*[AaPp]\.?[Mm]\.?)?"
_TIME = rf"(?:(?:[Tt]|,?\s+){_CLOCK}{_ZONE})?"
_YEAR_FIRST = re.compile(rf"([0-9]{{4}})([-/.])([0-9]{{1,2}})\2([0-9]{{1,2}}){_TIME}")
_YEAR_LAST = re.compile(rf"([0-9]{{1,2}})([-/.])([0-9]{{1,2}})\2([0-9]{{4}}){_TIME}")
_SHORT_YEAR = re.compile(rf"[0-9]{{1,2}}([-/.])[0-9]{{1,2}}\1[0-9]{{2}}{_TIME}")
_MILLISECONDS = re.compile(r"[0-9]{12,13}")
_NUMBER = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?")

_LONGEST_TEXT = 60
_LONGEST_DATE = 40
# A part of a cell up to ; or a line end; what stands in quotes or angle brackets is kept whole.
_PART = re.compile(r'(?:"[^"\r\n]*"|<[^<>\r\n]*>|[^;\r\n])+')
_BETWEEN_COMMAS = re.compile(r'(?:"[^"]*"|<[^<>]*>|[^,])+')
_NAME_AND_ADDRESS = re.compile(r"([^<>]*)<([^<>]*)>")
_QUOTED_TEXT = re.compile(r'"[^"]*"')
_WHOLE = re.compile(r"([1-9][0-9]{0,17})(?:[.,]0{1,2})?")
_DIGITS = re.compile(r"[0-9]{1,18}")
_SCIENTIFIC = re.compile(r"([1-9])[.,]([0-9]+)[eE]\+?0*([0-9]{1,2})")
_MANGLED_ID = re.compile(
    r"[0-9]{1,3}(?:[.,'’\s][0-9]{3})+|[0-9]++(?:[.,][0-9]*+)?[eE][+-]?[0-9]+|[0-9]++[.,][0-9]+"
)
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


def read_text(cell: Cell) -> str:
    """Return a cell as composed text, without surrounding space; "" if it is blank."""
    return "" if cell is None else compose(str(cell).strip())


@cache  # the same people are in many cells
def read_people(cell: Cell, what: str) -> tuple[Contact, ...]:
    """Return the people in a cell, as "Name <address>" or the address alone, each once.

    Several are separated by ``;`` or line ends, by commas only where each part has its own address:
    ``Reis, Paula <paula@acme.example>`` is one person. ``what`` names the column in messages.

    Raises:
        BadInput: If something in it is not an address; its problems list all of it.
    """
    people: dict[str, Contact] = {}
    problems: list[Problem] = []
    for part in _split_people(read_text(cell)):
        name, address = "", part
        if "<" in part and (match := _NAME_AND_ADDRESS.fullmatch(part)):
            name, address = tidy_name(match[1]), match[2]
            if len(name) > 1 and name[0] == name[-1] == '"':
                name = name[1:-1].strip()
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


def _split_people(words: str) -> Iterator[str]:
    for match in _PART.finditer(words):
        pieces = [piece for piece in _BETWEEN_COMMAS.findall(match[0]) if piece.strip()]
        # A comma separates people only if every piece has an address: it may be part of a name.
        if not all("@" in _QUOTED_TEXT.sub("", piece) for piece in pieces):
            pieces = [match[0]]
        yield from (piece.strip() for piece in pieces if piece.strip())


def read_cell(cell: Cell, kind: Kind) -> Any:
    """Return the value in a cell of a field of a kind; None if the cell is blank.

    Dates are read by column (``parse_dates``), because one value can decide how the others are read.

    Raises:
        BadInput: If the cell has no such value, or not for certain.
    """
    text = read_text(cell)
    return _READERS[kind](text) if text else None


def _read_hub_id(text: str) -> int:
    digits = ""
    if match := _WHOLE.fullmatch(text):
        digits = match[1]
    elif (match := _SCIENTIFIC.fullmatch(text)) and len(match[2]) == int(match[3]):
        digits = match[1] + match[2]  # every digit is there, as in 4.411223E+06
    if digits and int(digits) < _HUB_ID_LIMIT:
        return int(digits)
    if _MANGLED_ID.fullmatch(text):
        hint = "format the column as text in the spreadsheet, then type the id again: 4411223"
        raise BadInput(f"the spreadsheet has mangled the hub id {_quote(text)}", hint=hint)
    raise BadInput(f"{_quote(text)} is not a hub id", hint="it is a number, for example 4411223")


def _read_owner(text: str) -> Owner | Literal["default"]:
    owner = _OWNERS.get(fold(text))
    if owner is None:
        near = get_close_matches(fold(text), _OWNERS, 1, 0.6)
        hint = f"did you mean {_OWNERS[near[0]]}?" if near else "write hubspot, partner or default"
        raise BadInput(f"{_quote(text)} is not an owner", hint=hint)
    return owner


def _read_address(text: str) -> str:
    try:
        return parse_address(text, "")
    except UsageError as error:
        raise BadInput(f"{_quote(text)} is not an e-mail address", hint=error.hint) from None


def _read_flag(text: str) -> bool:
    if text.casefold() not in _FLAGS:
        raise BadInput(f"{_quote(text)} is not true or false", hint="write true or false")
    return _FLAGS[text.casefold()]


def _read_number(text: str, kind: Kind) -> int:
    try:
        number: int = FORMS[kind].read(int(text) if _DIGITS.fullmatch(text) else text)
    except BadInput as bad:
        raise BadInput(f"{_quote(text)} is not a {kind}", hint=bad.hint) from None
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


def parse_dates(
    cells: Sequence[tuple[int, Cell]], *, date_format: DateFormat | None, file: str = "", column: int = 0
) -> tuple[dict[int, date], tuple[Problem, ...]]:
    """Return the dates of one column by row, and the problems of the other cells that are not blank.

    Milliseconds since 1970 are in UTC, as HubSpot's own exports have them. With the year last,
    ``date_format`` decides, or a value of the column that is a date in one order alone.
    """
    possible: dict[int, Mapping[DateFormat, date]] = {}
    problems: dict[int, BadInput] = {}
    for row, cell in cells:
        try:
            if read_text(cell):
                possible[row] = _read_date(cell)
        except BadInput as bad:
            problems[row] = bad
    # Values that are a date in one order only show the order of the column, the first of each order.
    certain = {next(iter(days)): row for row, days in reversed(possible.items()) if len(days) == 1}
    order = date_format or (next(iter(certain)) if len(certain) == 1 else None)
    texts = {row: str(cell).strip() for row, cell in cells}
    dates: dict[int, date] = {}
    for row, days in possible.items():
        if order and order in days:
            dates[row] = days[order]
        elif date_format:
            message = f"{_quote(texts[row], _LONGEST_DATE)} does not fit --date-format {date_format}"
            problems[row] = BadInput(message, hint=ISO)
        elif len(set(days.values())) == 1:
            dates[row] = next(iter(days.values()))
        else:
            message = f"{_quote(texts[row], _LONGEST_DATE)} is {days['dmy']} or {days['mdy']}"
            if len(certain) == 2:
                rows = " and ".join(f"{texts[each]} in line {each}" for each in certain.values())
                message += f"; the column has both orders: {rows}"
            problems[row] = BadInput(message, hint=f"--date-format dmy or mdy says which; or {ISO}")
    return dates, tuple(
        Problem(bad.message, hint=bad.hint, file=file, line=row, column=column)
        for row, bad in sorted(problems.items())
    )


def _read_date(cell: Cell) -> dict[DateFormat, date]:
    """Return the date in a cell in each order in which it is one; in most both are the same."""
    if isinstance(cell, date):
        return _in_both_orders(cell.date() if isinstance(cell, datetime) else cell)
    if isinstance(cell, bool):
        raise BadInput(f"{cell} is not a date", hint=ISO)
    if isinstance(cell, int | float):
        cell = str(int(cell)) if cell == cell // 1 else repr(cell)
    text = str(cell).strip()
    quoted = _quote(text, _LONGEST_DATE)
    if match := _YEAR_LAST.fullmatch(text):
        first, second, year = int(match[1]), int(match[3]), int(match[4])
        days: dict[DateFormat, date] = {}
        with suppress(ValueError):
            days["dmy"] = date(year, second, first)
        with suppress(ValueError):
            days["mdy"] = date(year, first, second)
        if days:
            return days
        raise BadInput(f"{quoted} is not a day of the calendar", hint=ISO)
    if match := _YEAR_FIRST.fullmatch(text):
        try:
            return _in_both_orders(date(int(match[1]), int(match[3]), int(match[4])))
        except ValueError:
            raise BadInput(f"{quoted} is not a day of the calendar", hint=ISO) from None
    if _MILLISECONDS.fullmatch(text):
        return _in_both_orders(datetime.fromtimestamp(int(text) // 1000, UTC).date())
    if _SHORT_YEAR.fullmatch(text):
        raise BadInput(f"{quoted} has a year of two digits", hint="write all four: 2027-03-01")
    if _NUMBER.fullmatch(text):
        hint = f"format the column as dates in the spreadsheet, or {ISO}"
        raise BadInput(f"{quoted} is a bare number, not a date", hint=hint)
    raise BadInput(f"{quoted} is not a date that can be read for certain", hint=ISO)


def _in_both_orders(day: date) -> dict[DateFormat, date]:
    return {"dmy": day, "mdy": day}


def _quote(text: str, most: int = _LONGEST_TEXT) -> str:
    return repr(text if len(text) <= most else text[: most - 1] + "…")
