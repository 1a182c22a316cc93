"""Classify the columns and rows of a table by their cells.

This finds the fields that fit a column, and rows of totals, which are not about a client.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from enum import StrEnum
from functools import cache
from itertools import islice

from renewctl.domain.identifiers import client_key, explain_no_client
from renewctl.errors import BadInput
from renewctl.exchange.cells import cell_kind, is_placeholder, read_cell, read_contacts, read_text, show_text
from renewctl.exchange.dates import parse_dates
from renewctl.exchange.headers import fold, fold_all, read_headers
from renewctl.exchange.spreadsheet import BadCell, Cell, Sheet, SheetRow
from renewctl.fields import COLUMNS, Kind
from renewctl.package_data import read_texts

_SAMPLE = 100
"""The number of filled cells of a column that are examined."""
MOST = 0.8
"""The share of them that must agree: a few cells can be ``n/a`` or have a typing error."""
_LEAST_HUB_ID = 10_000
"""The lowest hub ID. Smaller numbers are row numbers, days or prices."""
_LONGEST_DATE = 40
_LONGEST_HUB_ID = 9
"""The most digits of a hub ID. IDs of CRM records in HubSpot have ten or more, if they are recent."""
_WORDS = read_texts("cells")
_TOTALS = frozenset(
    total + counted for total in fold_all(_WORDS["total"]) for counted in ("", *fold_all(_WORDS["counted"]))
)
"""Every label of a total, such as ``totalclients``."""
_CURRENCIES = frozenset(["", *fold_all(_WORDS["currency"])])
_DIGITS = "0123456789"
_LEAST_ID_DIGITS = 5
"""The fewest digits of a hub ID. Smaller numbers are counts."""
_DOTTED_DATE = re.compile(r"[0-9]{1,4}[.][0-9]{1,2}[.][0-9]{1,4}")


class Content(StrEnum):
    """The kind of content in the cells of a column, as named in messages."""

    NOTHING = ""
    DOMAINS = "web addresses"
    ADDRESSES = "email addresses"
    DATES = "dates"
    HUB_IDS = "numbers"
    FIGURES = "figures"
    TEXT = "text"


_BY_CONTENT = {
    Content.DOMAINS: ("client",),
    Content.ADDRESSES: (*(name for name, column in COLUMNS.items() if column.table == "contacts"), "notify"),
    Content.DATES: ("renewal",),
}
"""The possible fields of a column whose name is unknown."""


class Contents:
    """The contents of the columns of a table, determined when they are first needed."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        certain = read_headers().certain
        self.certain = [certain.get(fold(name), "") for name in sheet.columns]
        """The field that the name of each column can only mean, or ""."""
        # Totals do not show what their columns contain.
        self._rows = [row for row in sheet.rows if not _has_only_figures(row)]
        self._contents: dict[int, Content] = {}
        self._has: dict[tuple[Content, int], bool] = {}

    def sample(self, place: int) -> list[Cell]:
        """Return the first informative cells of a column."""
        return [row.cells[place] for row in islice(self._informative_rows(place), _SAMPLE)]

    def _informative_rows(self, place: int) -> Iterator[SheetRow]:
        return (row for row in self._rows if _is_informative(row.cells[place]))

    def content(self, place: int) -> Content:
        """Return the content of most filled cells of a column."""
        if place not in self._contents:
            cells = self.sample(place)
            counts = Counter(map(content_of, cells))
            most = (kind for kind, number in counts.items() if number >= MOST * len(cells))
            self._contents[place] = next(most, Content.TEXT if cells else Content.NOTHING)
        return self._contents[place]

    def fits(self, field: str, place: int) -> bool | None:
        """Return whether the cells of a column fit a field; None if no cell is filled."""
        content, wanted = self.content(place), content_for(field)
        if content is Content.NOTHING:
            return None
        if field == "notify" and content is Content.ADDRESSES:
            return self._is_partner(place)
        return content is wanted and not (wanted is Content.ADDRESSES and self._is_partner(place))

    def is_doubtful(self, field: str, place: int) -> bool:
        """Return whether a column may be another field's: it does not fit, or has text."""
        return self.content(place) is Content.TEXT or self.fits(field, place) is False

    def has(self, content: Content, place: int) -> bool:
        """Return whether any cell of a column has this content."""
        if (content, place) not in self._has:
            cells = (row.cells[place] for row in self._rows if _may_be(content, row.cells[place]))
            self._has[content, place] = any(
                _is_informative(cell) and content_of(cell) is content for cell in cells
            )
        return self._has[content, place]

    def lacks_addresses(self, place: int) -> bool:
        """Return whether a column has words or numbers, but no cell with an email address."""
        if any(_may_be(Content.ADDRESSES, row.cells[place]) for row in self._rows):
            return False
        return any(map(str.isalnum, "".join(map(show_text, self.sample(place)))))

    def find_misfit(self, field: str, place: int) -> str:
        """Return the first cell of a column that does not fit a field, if others do.

        Return "" if the column fits, if no cell fits, and for text fields, which every cell fits.
        """
        wanted = content_for(field)
        if wanted is Content.TEXT or self.fits(field, place) or not self.has(wanted, place):
            return ""
        if wanted is Content.ADDRESSES and self._is_partner(place):
            return ""
        cells = (row.cells[place] for row in self._informative_rows(place))
        return next((show_text(cell) for cell in cells if content_of(cell) is not wanted), "")

    def is_readable(self, field: str, place: int) -> bool:
        """Return whether any filled cell of a column can be read, or none is filled."""
        cells = [cell for row in self.sheet.rows if show_text(cell := row.cells[place])]
        return not cells or any(can_read(field, cell) for cell in cells)

    def offer(self, place: int, free: Collection[str], blank: Collection[str] = ()) -> list[str]:
        """Return the possible fields of a column that is not read.

        If the name is known, one fitting cell is enough; otherwise most cells must fit.

        Args:
            place: The column, from 0.
            free: Fields without a column.
            blank: Fields whose column is blank. They are returned only if the name can mean them.
        """
        name, content = fold(self.sheet.columns[place]), self.content(place)
        headers = read_headers()
        if content is Content.NOTHING or name in headers.other:
            return []
        if self.certain[place] == "notify":
            return ["notify"] if "notify" in free and self.fits("notify", place) else []
        known = headers.ambiguous.get(name, (self.certain[place] or headers.fitting.get(name, ""),))
        named = [field for field in known if field in COLUMNS]
        fields = [field for field in named if self.fits(field, place)]
        if not fields and not (content is Content.DOMAINS and self._is_one_site(place)):
            fields = [field for field in _BY_CONTENT.get(content, ()) if self.fits(field, place)]
        free = {*free, *(field for field in blank if field in named)}
        offered = [field for field in fields if field in free]
        return offered or [field for field in named if field in free and self.find_misfit(field, place)]

    def _is_partner(self, place: int) -> bool:
        """Return whether a column has addresses of one domain for several clients.

        Such addresses are the partner's.
        """
        filled = self._informative_rows(place)
        with_address = (row for row in filled if content_of(row.cells[place]) is Content.ADDRESSES)
        rows = [*islice(with_address, _SAMPLE)]
        contacts = (contact for row in rows for contact in read_contacts(row.cells[place], ""))
        domains = {contact.email.rpartition("@")[2].lower() for contact in contacts}
        return len(domains) == 1 and self._count_clients(rows) > 1

    def _is_one_site(self, place: int) -> bool:
        """Return whether several cells have the same site, such as a social network."""
        cells = self.sample(place)
        return len(cells) > 1 and len({client_key(show_text(cell)) for cell in cells}) == 1

    def _count_clients(self, rows: Collection[SheetRow]) -> int:
        """Count the clients of rows, or the rows if no column has domains."""
        places = range(len(self.sheet.columns))
        key = next((each for each in places if self.content(each) is Content.DOMAINS), None)
        return len({row.number if key is None else client_key(show_text(row.cells[key])) for row in rows})


def content_for(field: str) -> Content:
    """Return the content that a field requires."""
    column = COLUMNS[field]
    if column.table == "contacts":
        return Content.ADDRESSES
    if field == "client":
        return Content.DOMAINS
    return {Kind.DATE: Content.DATES, Kind.HUB_ID: Content.HUB_IDS}.get(column.field.kind, Content.TEXT)


def can_read(field: str, cell: Cell) -> bool:
    """Return whether a cell can be read as a value of a field.

    For dates, only the column can show this for certain.
    """
    kind = cell_kind(field)
    if COLUMNS[field].table == "contacts" or kind is Kind.DATE:
        return content_of(cell) in {Content.NOTHING, Content.ADDRESSES, Content.DATES}
    try:
        read_cell(cell, kind)
    except BadInput:
        return False
    return True


def _is_informative(cell: Cell) -> bool:
    """Return whether a cell is neither blank, an error nor a placeholder."""
    if isinstance(cell, BadCell):
        return False
    text = read_text(cell)
    return text != "" and not is_placeholder(text, Kind.DATE)


def _may_be(content: Content, cell: Cell) -> bool:
    """Return whether a cell has a character that this content requires."""
    text = cell if isinstance(cell, str) else str(cell)
    sign = {Content.ADDRESSES: "@", Content.DOMAINS: "."}.get(content)
    return sign in text if sign else any(map(str.isdigit, text))


@cache  # The same contacts and dates are in many cells.
def content_of(cell: Cell) -> Content:
    """Return the content of one cell: dates and hub IDs only if unmistakable."""
    text = show_text(cell)
    if not text:
        return Content.NOTHING
    if _is_address(text):
        return Content.ADDRESSES
    if _is_domain(text):
        return Content.DOMAINS
    if not isinstance(cell, BadCell) and _is_date(cell, text):
        return Content.DATES
    if any(map(str.isalpha, text)) and not isinstance(cell, bool):
        return Content.TEXT
    return Content.HUB_IDS if _is_hub_id(text) else Content.FIGURES


def _is_address(text: str) -> bool:
    try:
        return "@" in text and bool(read_contacts(text, ""))
    except BadInput:
        return False


def _is_hub_id(text: str) -> bool:
    digits = text.removesuffix(".0")
    is_number = digits.isascii() and digits.isdigit() and len(digits) <= _LONGEST_HUB_ID
    return is_number and int(digits) >= _LEAST_HUB_ID


def _is_domain(text: str) -> bool:
    # A domain or URL, not a name such as "Acme S.A.".
    if "@" in text or "." not in text or any(char.isspace() for char in text):
        return False
    key = client_key(text) or ""
    last = key.rpartition(".")[2]
    return "." in key and len(last) > 1 and not last.isdigit() and not explain_no_client(key)


def _is_date(cell: Cell, text: str) -> bool:
    # Text without a year is not a date. This saves parsing most texts.
    if isinstance(cell, str) and (len(text) > _LONGEST_DATE or sum(map(str.isdigit, text)) < len("2027")):
        return False
    return any(parse_dates([(1, cell)], date_format=order)[0] for order in ("dmy", "mdy"))


def is_total(row: SheetRow, columns: Mapping[str, int]) -> bool:
    """Return whether a row has no client, and only numbers or words for a total.

    A number in a field's column does not count: the row may be that of a client whose domain is missing.
    A number in the client column is a count if it is too small for a hub ID and another cell is a word for
    a total. ``columns`` is the column of each field, from 0.
    """
    if not _has_only_figures(row):  # Most rows end here.
        return False
    filled = [(place, cell) for place, cell in enumerate(row.cells) if not _is_blank(cell)]
    fields = {place for field, place in columns.items() if field != "memo"}
    counts = any(map(_is_word, row.cells))

    def is_free(place: int, cell: Cell) -> bool:
        if place == columns["client"]:
            return counts and sum(map(str.isdigit, str(cell))) < _LEAST_ID_DIGITS
        return place not in fields

    return filled != [] and all(_is_word(cell) or is_free(place, cell) for place, cell in filled)


def _has_only_figures(row: SheetRow) -> bool:
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
    return not (_DOTTED_DATE.fullmatch(cell.strip()) or set(cell.strip()[1:]) & set("-/:"))
