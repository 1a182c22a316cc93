"""What the cells of a table's columns are: domains, addresses, dates; and which fields they can be."""

from collections import Counter
from collections.abc import Collection, Iterator
from enum import StrEnum
from functools import cache
from itertools import islice

from renewctl.domain.identifiers import client_key, explain_no_client
from renewctl.errors import BadInput
from renewctl.exchange.cells import cell_kind, is_placeholder, read_cell, read_people, read_text, show_text
from renewctl.exchange.dates import parse_dates
from renewctl.exchange.headers import fold, read_headers
from renewctl.exchange.spreadsheet import BadCell, Cell, Sheet, SheetRow
from renewctl.exchange.totals import has_only_figures
from renewctl.fields import COLUMNS, Kind

_SAMPLE = 100
"""So many filled cells of a column show what it has."""
MOST = 0.8
"""The share of them that must agree: a few cells hold ``n/a`` or a typing error."""
_LEAST_HUB_ID = 10_000
"""Smaller numbers are those of rows, days and prices."""
_LONGEST_DATE = 40
_LONGEST_HUB_ID = 9
"""Digits. HubSpot numbers the records of a CRM, too; recent ones have ten digits or more."""


class Content(StrEnum):
    """What the cells of a column are."""

    NOTHING = ""
    DOMAINS = "site addresses"
    ADDRESSES = "e-mail addresses"
    DATES = "dates"
    HUB_IDS = "numbers"
    FIGURES = "figures"
    TEXT = "text"


_BY_CONTENT = {
    Content.DOMAINS: ("client",),
    Content.ADDRESSES: (*(name for name, column in COLUMNS.items() if column.table == "contacts"), "notify"),
    Content.DATES: ("renewal",),
}
"""The fields that a column may hold whose name is not known."""


class Contents:
    """What the cells of each column of a table show, worked out when it is asked for."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        # A total shows nothing of what its column holds.
        self._rows = [row for row in sheet.rows if not has_only_figures(row)]
        self._contents: dict[int, Content] = {}
        self._has: dict[tuple[Content, int], bool] = {}

    def sample(self, place: int) -> list[Cell]:
        """Return the first cells of a column that show what it holds."""
        return [row.cells[place] for row in self._sample_rows(place)]

    def _sample_rows(self, place: int) -> list[SheetRow]:
        return [*islice(self._telling_rows(place), _SAMPLE)]

    def _telling_rows(self, place: int) -> Iterator[SheetRow]:
        return (row for row in self._rows if _is_telling(row.cells[place]))

    def content(self, place: int) -> Content:
        """Return what most of the filled cells of a column are."""
        if place not in self._contents:
            cells = self.sample(place)
            counts = Counter(map(content_of, cells))
            most = (kind for kind, number in counts.items() if number >= MOST * len(cells))
            self._contents[place] = next(most, Content.TEXT if cells else Content.NOTHING)
        return self._contents[place]

    def fits(self, field: str, place: int) -> bool | None:
        """Return whether the cells of a column are what the field holds; None if no cell is filled."""
        return None if self.content(place) is Content.NOTHING else self._fits(field, place)

    def has(self, content: Content, place: int) -> bool:
        """Return whether some cell of a column has this content."""
        if (content, place) not in self._has:
            cells = (row.cells[place] for row in self._rows if _may_be(content, row.cells[place]))
            self._has[content, place] = any(
                _is_telling(cell) and content_of(cell) is content for cell in cells
            )
        return self._has[content, place]

    def lacks_addresses(self, place: int) -> bool:
        """Return whether a column has words or numbers, and no cell of it can have an e-mail address."""
        if any(_may_be(Content.ADDRESSES, row.cells[place]) for row in self._rows):
            return False
        return any(map(str.isalnum, "".join(map(show_text, self.sample(place)))))

    def find_odd(self, field: str, place: int) -> str:
        """Return what keeps a column from being a field's: the first cell that does not fit, if others do.

        "" if the column fits, if no cell does, and for fields of text, which any cell fits.
        """
        wanted = content_for(field)
        if wanted is Content.TEXT or self._fits(field, place) or not self.has(wanted, place):
            return ""
        if wanted is Content.ADDRESSES and self._is_partner(place):
            return ""
        cells = (row.cells[place] for row in self._telling_rows(place))
        return next((show_text(cell) for cell in cells if content_of(cell) is not wanted), "")

    def is_readable(self, field: str, place: int) -> bool:
        """Return whether some cell of a column that is filled can be read, or none is filled."""
        cells = [cell for row in self.sheet.rows if show_text(cell := row.cells[place])]
        return not cells or any(can_read(field, cell) for cell in cells)

    def offer(self, place: int, free: Collection[str], blank: Collection[str] = ()) -> list[str]:
        """Return the fields that a column which is not read may hold.

        A known name counts if one cell fits, others if most do.

        Args:
            place: The column, from 0.
            free: Fields without a column.
            blank: Fields whose column has no filled cell: offered only if the name can mean them.
        """
        name, content = fold(self.sheet.columns[place]), self.content(place)
        headers = read_headers()
        if content is Content.NOTHING or name in headers.other:
            return []
        if headers.certain.get(name) == "notify":
            return [field for field in ("notify",) if field in free and self._fits(field, place)]
        known = headers.ambiguous.get(name, (headers.certain.get(name) or headers.fitting.get(name, ""),))
        meant = [field for field in known if field in COLUMNS]
        fields = [field for field in meant if self._fits(field, place)]
        if not fields and not (content is Content.DOMAINS and self._is_one_site(place)):
            fields = [field for field in _BY_CONTENT.get(content, ()) if self._fits(field, place)]
        free = {*free, *(field for field in blank if field in meant)}
        offered = [field for field in fields if field in free]
        return offered or [field for field in meant if field in free and self.find_odd(field, place)]

    def _fits(self, field: str, place: int) -> bool:
        content, wanted = self.content(place), content_for(field)
        if field == "notify" and content is Content.ADDRESSES:
            return self._is_partner(place)
        return content is wanted and not (wanted is Content.ADDRESSES and self._is_partner(place))

    def _is_partner(self, place: int) -> bool:
        """Return whether a column has addresses of one domain for several clients: the partner's own."""
        rows = (row for row in self._telling_rows(place) if content_of(row.cells[place]) is Content.ADDRESSES)
        filled = [*islice(rows, _SAMPLE)]
        domains = {
            person.email.rpartition("@")[2].lower()
            for row in filled
            for person in read_people(row.cells[place], "")
        }
        return len(domains) == 1 and self._count_clients(filled) > 1

    def _is_one_site(self, place: int) -> bool:
        """Return whether several cells have one site, such as that of a social network."""
        cells = self.sample(place)
        return len(cells) > 1 and len({client_key(show_text(cell)) for cell in cells}) == 1

    def _count_clients(self, rows: Collection[SheetRow]) -> int:
        """Return how many clients rows are about, as far as a column of domains shows them."""
        places = range(len(self.sheet.columns))
        key = next((each for each in places if self.content(each) is Content.DOMAINS), None)
        return len({row.number if key is None else client_key(show_text(row.cells[key])) for row in rows})


def content_for(field: str) -> Content:
    """Return what the cells of a field's column are."""
    column = COLUMNS[field]
    if column.table == "contacts":
        return Content.ADDRESSES
    if field == "client":
        return Content.DOMAINS
    return {Kind.DATE: Content.DATES, Kind.HUB_ID: Content.HUB_IDS}.get(column.field.kind, Content.TEXT)


def can_read(field: str, cell: Cell) -> bool:
    """Return whether a cell can be read as a field's, as far as single cells show it."""
    kind = cell_kind(field)
    if COLUMNS[field].table == "contacts" or kind is Kind.DATE:
        return content_of(cell) in {Content.NOTHING, Content.ADDRESSES, Content.DATES}
    try:
        read_cell(cell, kind)
    except BadInput:
        return False
    return True


def _is_telling(cell: Cell) -> bool:
    """Return whether a cell shows what its column holds: errors do not, nor does text such as ``-``."""
    if isinstance(cell, BadCell):
        return False
    text = read_text(cell)
    return text != "" and not is_placeholder(text, Kind.DATE)


def _may_be(content: Content, cell: Cell) -> bool:
    """Return whether a cell has the sign that an address, a domain, a date or a number cannot lack."""
    text = cell if isinstance(cell, str) else str(cell)
    sign = {Content.ADDRESSES: "@", Content.DOMAINS: "."}.get(content)
    return sign in text if sign else any(map(str.isdigit, text))


@cache  # The same people and days are in many cells.
def content_of(cell: Cell) -> Content:
    """Return what one cell is; a number or a date only if it can hardly be anything else."""
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
        return "@" in text and bool(read_people(text, ""))
    except BadInput:
        return False


def _is_hub_id(text: str) -> bool:
    digits = text.removesuffix(".0")
    is_number = digits.isascii() and digits.isdigit() and len(digits) <= _LONGEST_HUB_ID
    return is_number and int(digits) >= _LEAST_HUB_ID


def _is_domain(text: str) -> bool:
    # A domain or the address of a site, not a name such as "Acme S.A.".
    if "@" in text or "." not in text or any(char.isspace() for char in text):
        return False
    key = client_key(text) or ""
    last = key.rpartition(".")[2]
    return "." in key and len(last) > 1 and not last.isdigit() and not explain_no_client(key)


def _is_date(cell: Cell, text: str) -> bool:
    # A text without a year is not read as a date; most texts have none, so that nothing is tried.
    if isinstance(cell, str) and (len(text) > _LONGEST_DATE or sum(map(str.isdigit, text)) < len("2027")):
        return False
    return any(parse_dates([(1, cell)], date_format=order)[0] for order in ("dmy", "mdy"))
