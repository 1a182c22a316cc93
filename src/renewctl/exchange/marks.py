"""Facts in the XML of a workbook that calamine does not report ("marks")."""

from collections.abc import Callable, Mapping
from itertools import count
from xml.parsers import expat

from renewctl.exchange.spreadsheet import BadCell, Cell

MOST_CELLS, MOST_MARKS, MOST_BYTES = 20_000_000, 1_000_000, 512 * 1024 * 1024
_MOST_ELEMENTS = 10_000_000
"""Per part: about half a minute. A list of 1,000 clients has about 30,000."""
CHUNK = 1 << 20
"""Number of bytes that are parsed at a time."""
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
        self.hidden_rows: set[int] = set()
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

    def hide_columns(self, first: int, last: int) -> None:
        """Record hidden columns, up to the last column that a sheet can have."""
        self.hidden_columns.update(range(max(first, 1), min(last, LARGEST_COLUMN) + 1))


class XmlReader:
    """A parser for one XML part, by local names.

    It refuses entities, which can expand without limit.
    """

    def parse(self, read: Callable[[int], bytes]) -> None:
        """Parse a part to its end.

        Raises:
            expat.ExpatError, ValueError: If it is not XML, or not of the expected kind.
            TooLarge: If it is too large.
        """
        parser = self._make_parser()
        while chunk := read(CHUNK):
            parser.Parse(chunk)
        parser.Parse(b"", True)

    def parse_beginning(self, data: bytes) -> None:
        """Parse the beginning of a part, as ``parse`` does."""
        self._make_parser().Parse(data)

    def _make_parser(self) -> expat.XMLParserType:
        elements = count(1)

        def start(tag: str, values: Mapping[str, str]) -> None:
            if next(elements) > _MOST_ELEMENTS:
                raise TooLarge
            self.start(
                tag.rpartition(" ")[2], {key.rpartition(" ")[2]: value for key, value in values.items()}
            )

        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        parser.StartElementHandler = start
        parser.EndElementHandler = lambda tag: self.end(tag.rpartition(" ")[2])
        parser.CharacterDataHandler = self.text
        return parser

    @staticmethod
    def _refuse_doctype(*_: object) -> None:
        raise ValueError("it declares a document type")

    def start(self, tag: str, values: Mapping[str, str], /) -> None:
        """Handle the start of an element with these attributes."""

    def end(self, tag: str) -> None:
        """Handle the end of an element."""

    def text(self, text: str) -> None:
        """Handle text inside an element."""
