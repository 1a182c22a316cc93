"""Facts in the XML of a workbook that calamine does not report ("marks")."""

from collections.abc import Callable, Mapping
from itertools import count
from typing import IO
from xml.parsers import expat

from renewctl.exchange.spreadsheet import BadCell, Cell

MOST_SHEETS, MOST_CELLS, MOST_MARKS, MOST_BYTES = 255, 5_000_000, 1_000_000, 512 * 1024 * 1024
"""The limits of a workbook. Five million cells take three seconds and 220 MiB."""
_CHUNK = 1 << 20
"""Number of bytes that are parsed at a time."""
_MOST_ELEMENTS = 10_000_000
"""Per part: about half a minute. A list of 1,000 clients has about 30,000."""
LARGEST_ROW, LARGEST_COLUMN = 1 << 20, 1 << 14
UNCALCULATED = BadCell(
    "", "the cell has a formula that was never calculated", "open the workbook, save it and try again"
)

Place = tuple[int, int]
"""A row and a column, both from 1."""


class TooLarge(Exception):
    """A sheet has so many cells that reading them would need too much memory."""


class Marks:
    """The marks of a sheet. Rows and columns count from 1."""

    def __init__(self) -> None:
        self.cells: dict[Place, Cell] = {}
        self._hidden_rows: list[tuple[int, int]] = []
        self.hidden_columns: set[int] = set()
        self.merges: list[tuple[Place, Place]] = []
        self.height = self.width = 0

    def fill(self, row: int, column: int) -> None:
        """Record a filled cell. calamine allocates all cells up to the last one.

        Raises:
            TooLarge: If the rectangle would need too much memory.
        """
        self.height, self.width = max(self.height, row), max(self.width, column)
        if self.height * self.width > MOST_CELLS or row > LARGEST_ROW or column > LARGEST_COLUMN:
            raise TooLarge

    def mark(self, place: Place, cell: Cell) -> None:
        """Record a cell that calamine reads incorrectly.

        Raises:
            TooLarge: If there are too many such cells.
        """
        self.cells[place] = cell
        if len(self.cells) > MOST_MARKS:
            raise TooLarge

    def hide_rows(self, first: int, last: int) -> None:
        """Record hidden rows."""
        self._hidden_rows.append((first, last))

    @property
    def hidden_rows(self) -> set[int]:
        """The hidden rows up to the last filled one.

        LibreOffice can hide all the rows below, too.
        """
        found: set[int] = set()
        for first, last in self._hidden_rows:
            found.update(range(first, min(last, self.height) + 1))
        return found

    def hide_columns(self, first: int, last: int) -> None:
        """Record hidden columns, up to the last column that a sheet can have."""
        if len(self.hidden_columns) < LARGEST_COLUMN:
            self.hidden_columns.update(range(max(first, 1), min(last, LARGEST_COLUMN) + 1))


def parse_xml(
    part: IO[bytes],
    start: Callable[[str, Mapping[str, str]], object],
    text: Callable[[str], object] | None = None,
    end: Callable[[str], object] | None = None,
    *,
    whole: bool = True,
) -> None:
    """Parse an XML part of a workbook, and close it.

    Entities are refused, because they can expand without limit.

    Args:
        part: The part.
        start: Called at the start of each element, with its name without namespace and its attributes.
        text: Called with the text inside elements.
        end: Called at the end of each element, with its name.
        whole: Whether to parse all of it, or only the beginning.

    Raises:
        expat.ExpatError, ValueError: If it is not XML, or not of the expected kind.
        TooLarge: If it is too large.
    """
    elements = count(1)

    def start_element(tag: str, values: Mapping[str, str]) -> None:
        if next(elements) > _MOST_ELEMENTS:
            raise TooLarge
        start(tag.rpartition(" ")[2], {key.rpartition(" ")[2]: value for key, value in values.items()})

    def refuse_doctype(*_: object) -> None:
        raise ValueError("it declares a document type")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse_doctype
    parser.StartElementHandler = start_element
    parser.CharacterDataHandler = text
    parser.EndElementHandler = end and (lambda tag: end(tag.rpartition(" ")[2]))
    with part:
        while chunk := part.read(_CHUNK):
            parser.Parse(chunk)
            if not whole:
                return
        parser.Parse(b"", whole)
