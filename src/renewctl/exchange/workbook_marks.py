"""What only the XML of a workbook shows: errors, formulas without a value, merges and hidden rows.

The parsers are expat's, by local names; they read a part in pieces and keep nothing but the marks.
"""

import re
from collections.abc import Callable, Mapping
from itertools import count
from posixpath import join, normpath
from xml.parsers import expat
from zipfile import ZipFile

from renewctl.exchange.spreadsheet import BadCell, error_cell, is_error, other_kind, unreadable

_MOST_CELLS, MOST_MARKS, MOST_BYTES = 20_000_000, 1_000_000, 512 * 1024 * 1024
_MOST_ELEMENTS = 10_000_000
"""Of one part: about half a minute. A thousand clients have some thirty thousand."""
_CHUNK = 1 << 20
_REFERENCE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
_LARGEST_ROW, _LARGEST_COLUMN = 1 << 20, 1 << 14
_UNCALCULATED = BadCell(
    "", "the cell has a formula that was never calculated", "open the workbook, save it, and try again"
)
_ODS = "application/vnd.oasis.opendocument.spreadsheet"

Place = tuple[int, int]
"""A row and a column, both from 1."""


class TooLarge(Exception):
    """A sheet has so many cells that reading them would need too much memory."""


class Marks:
    """What the XML of a sheet shows and calamine does not. All places count from 1."""

    def __init__(self) -> None:
        self.cells: dict[Place, BadCell] = {}
        self.hidden_rows: set[int] = set()
        self.hidden_columns: set[int] = set()
        self.merges: list[tuple[Place, Place]] = []
        self.height = self.width = 0

    def fill(self, row: int, column: int) -> None:
        """Note a filled cell. calamine fills the whole rectangle down to the last.

        Raises:
            TooLarge: If one stray cell would end the process.
        """
        self.height, self.width = max(self.height, row), max(self.width, column)
        if self.height * self.width > _MOST_CELLS or row > _LARGEST_ROW or column > _LARGEST_COLUMN:
            raise TooLarge

    def mark(self, place: Place, cell: BadCell) -> None:
        """Note a cell without a value.

        Raises:
            TooLarge: If there are too many.
        """
        self.cells[place] = cell
        if len(self.cells) > MOST_MARKS:
            raise TooLarge

    def hide_columns(self, first: int, last: int) -> None:
        """Note hidden columns, as far as a sheet has columns."""
        self.hidden_columns.update(range(max(first, 1), min(last, _LARGEST_COLUMN) + 1))


def read_marks(archive: ZipFile, name: str) -> Mapping[str, Marks]:
    """Return the marks of each sheet by its name."""
    members = {member.filename.lower(): member.filename for member in archive.infolist()}

    def parse(path: str, reader: _Reader) -> None:
        with archive.open(members[path.lower()]) as file:
            reader.parse(file.read)

    if (
        "content.xml" in members
        and archive.read(members.get("mimetype", "content.xml"))[:60] == _ODS.encode()
    ):
        about = _GeneratorReader()
        if "meta.xml" in members:
            parse("meta.xml", about)
        content = _OdsReader(calculated=about.is_office)
        parse("content.xml", content)
        return content.sheets
    if any(path == "index.zip" or path.endswith(".iwa") for path in members):
        hint = "in Numbers choose File > Export To > Excel, and import that file"
        raise unreadable(name, "looks like an Apple Numbers document", hint)
    relations = _RelationReader()
    if "_rels/.rels" in members:
        parse("_rels/.rels", relations)
    main = next(
        (path for kind, path in relations.paths.values() if kind == "officeDocument"), "xl/workbook.xml"
    )
    if main.endswith(".bin"):
        hint = "open it and save it as .xlsx"
        raise unreadable(name, "looks like a binary workbook (.xlsb)", hint)
    if not re.fullmatch(r"xl/workbook\w*\.xml", main.lower()) or main.lower() not in members:
        raise other_kind(name, "a zip archive without an .xlsx or .ods workbook in it")
    folder, file = main.rsplit("/", 1)
    targets = _RelationReader(folder)
    parse(f"{folder}/_rels/{file}.rels", targets)
    book = _BookReader()
    parse(main, book)
    marks = {}
    for sheet, relation in book.sheets.items():
        kind, path = targets.paths.get(relation, ("", ""))
        if kind == "worksheet":
            reader = _XlsxReader(recalculate=book.recalculate)
            parse(path, reader)
            marks[sheet] = reader.marks
    return marks


class _Reader:
    """A parser of one XML part by local names. Entities, which can grow without end, are refused."""

    def parse(self, read: Callable[[int], bytes]) -> None:
        """Read a part to its end.

        Raises:
            expat.ExpatError, ValueError: If it is not XML, or not of the expected kind.
            TooLarge: If it is too large.
        """
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
        while chunk := read(_CHUNK):
            parser.Parse(chunk)
        parser.Parse(b"", True)

    @staticmethod
    def _refuse_doctype(*_: object) -> None:
        raise ValueError("it declares a document type")

    def start(self, tag: str, values: Mapping[str, str], /) -> None:
        """Begin an element with these attributes."""

    def end(self, tag: str) -> None:
        """End an element."""

    def text(self, text: str) -> None:
        """Read text inside an element."""


class _RelationReader(_Reader):
    """The relations of a part: by identifier, the last word of the type and the path of the target."""

    def __init__(self, folder: str = "") -> None:
        self.folder = folder
        self.paths: dict[str, tuple[str, str]] = {}

    def start(self, tag: str, values: Mapping[str, str]) -> None:
        """Note a relation."""
        if tag == "Relationship":
            target = values["Target"]
            path = target.lstrip("/") if target.startswith("/") else normpath(join(self.folder, target))
            self.paths[values["Id"]] = values["Type"].rpartition("/")[2], path


class _BookReader(_Reader):
    """The sheets of an .xlsx workbook by name, each with its relation.

    ``recalculate`` is what a program writes that cannot calculate: the values of formulas are placeholders.
    """

    def __init__(self) -> None:
        self.sheets: dict[str, str] = {}
        self.recalculate = False

    def start(self, tag: str, values: Mapping[str, str]) -> None:
        """Note a sheet, or whether formulas are to be calculated when the workbook is opened."""
        if tag == "sheet":
            self.sheets[values["name"]] = values["id"]
        elif tag == "calcPr":
            self.recalculate = values.get("fullCalcOnLoad") in {"1", "true"}


class _XlsxReader(_Reader):
    """The marks of a sheet (ECMA-376, part 1, 18.3.1)."""

    def __init__(self, *, recalculate: bool) -> None:
        self.marks = Marks()
        self._recalculate = recalculate
        self._row = self._column = 0
        self._kind, self._value = "", ""
        self._tags: set[str] = set()
        self._in_value = False

    def start(self, tag: str, values: Mapping[str, str]) -> None:
        """Begin a row or a cell, or note a merge or hidden columns."""
        if tag == "c":
            reference = values.get("r")
            self._row, self._column = _place(reference) if reference else (self._row, self._column + 1)
            self._kind, self._value = values.get("t", "n"), ""
            self._tags.clear()
        elif tag == "row":
            self._row, self._column = int(values.get("r") or self._row + 1), 0
            if values.get("hidden") in {"1", "true"}:
                self.marks.hidden_rows.add(self._row)
        elif tag == "mergeCell":
            first, _, last = values["ref"].partition(":")
            self.marks.merges.append((_place(first), _place(last or first)))
        elif tag == "col" and values.get("hidden") in {"1", "true"}:
            self.marks.hide_columns(int(values["min"]), int(values["max"]))
        else:
            self._tags.add(tag)
            self._in_value = tag == "v"

    def text(self, text: str) -> None:
        """Read the value of a cell."""
        if self._in_value:
            self._value += text

    def end(self, tag: str) -> None:
        """Mark a cell that has an error, or a formula without a value."""
        self._in_value = False
        if tag != "c" or not self._tags & {"v", "f", "is"}:
            return
        place = (self._row, self._column)
        self.marks.fill(*place)
        if self._kind == "e":
            self.marks.mark(place, error_cell(self._value))
        elif "f" in self._tags:
            # A formula whose result is empty text has the kind "str" and an empty value.
            blank = not self._value and not (self._kind == "str" and "v" in self._tags)
            if blank or (self._recalculate and self._value == "0"):
                self.marks.mark(place, _UNCALCULATED)


class _GeneratorReader(_Reader):
    """Whether an .ods workbook was saved by an office program, which calculates its formulas."""

    def __init__(self) -> None:
        self.is_office = self._inside = False

    def start(self, tag: str, _: Mapping[str, str]) -> None:
        """Begin an element."""
        self._inside = tag == "generator"

    def text(self, text: str) -> None:
        """Read the name of the program."""
        if self._inside:
            self.is_office = "Office" in text


class _OdsReader(_Reader):
    """The marks of every sheet of an .ods workbook (OpenDocument 1.3, part 3, 9).

    ``calculated`` is whether a formula without a value is one whose result is empty text: LibreOffice
    writes that so.
    """

    def __init__(self, *, calculated: bool) -> None:
        self._calculated = calculated
        self.sheets: dict[str, Marks] = {}
        self._marks = Marks()
        self._row = self._column = 0
        self._repeated_rows = self._repeated_columns = 1
        self._cell: Mapping[str, str] | None = None
        self._shown: list[str] = []
        self._bad: list[tuple[int, BadCell]] = []
        self._depth = self._comment = 0

    def start(self, tag: str, values: Mapping[str, str]) -> None:
        """Begin a sheet, a row or a cell, or note hidden columns."""
        if tag == "table":
            self._marks = self.sheets[values["name"]] = Marks()
            self._row = self._column = 0
        elif tag == "table-column":
            first, self._column = self._column + 1, self._column + _repeats(values, "columns")
            if values.get("visibility", "visible") != "visible":
                self._marks.hide_columns(first, self._column)
        elif tag == "table-row":
            self._row, self._column = self._row + self._repeated_rows if self._row else 1, 0
            self._repeated_rows, self._bad = _repeats(values, "rows"), []
            if values.get("visibility", "visible") != "visible":
                last = min(self._row + self._repeated_rows, _LARGEST_ROW + 1)
                self._marks.hidden_rows.update(range(self._row, last))
        elif tag in {"table-cell", "covered-table-cell"}:
            self._column += 1
            self._cell, self._shown = values, []
            self._repeated_columns = _repeats(values, "columns")
            spans = int(values.get("number-rows-spanned", 1)), int(values.get("number-columns-spanned", 1))
            if spans != (1, 1):
                last_place = (self._row + spans[0] - 1, self._column + spans[1] - 1)
                self._marks.merges.append(((self._row, self._column), last_place))
        elif tag == "annotation":
            self._comment += 1

    def text(self, text: str) -> None:
        """Read what a cell shows; a comment on it is none of it."""
        if self._cell is not None and not self._comment:
            self._shown.append(text)

    def end(self, tag: str) -> None:
        """Mark a cell that has an error, or a formula without a value; and those of a repeated row."""
        if tag == "annotation":
            self._comment -= 1
        elif tag in {"table-cell", "covered-table-cell"} and self._cell is not None:
            values, self._cell = self._cell, None
            shown, formula = "".join(self._shown), "formula" in values
            bad: BadCell | None = None
            # LibreOffice names an error in an attribute of its own; other programs call it text.
            if values.get("value-type") == "error" or (formula and is_error(shown)):
                bad = error_cell(shown)
            elif formula and "value-type" not in values and not self._calculated:
                bad = _UNCALCULATED
            last = self._column + self._repeated_columns - 1
            if shown or formula or "value-type" in values:
                self._marks.fill(self._row + self._repeated_rows - 1, last)
                if bad:
                    self._bad += ((column, bad) for column in range(self._column, last + 1))
            self._column = last
        elif tag == "table-row":
            for row in range(self._row, self._row + self._repeated_rows if self._bad else 0):
                for column, bad in self._bad:
                    self._marks.mark((row, column), bad)


def _repeats(values: Mapping[str, str], what: str) -> int:
    return max(1, int(values.get(f"number-{what}-repeated", 1)))


def _place(reference: str) -> Place:
    match = _REFERENCE.fullmatch(reference)
    if not match:
        raise ValueError(f"{reference!r} is not a cell")
    column = 0
    for letter in match[1].upper():
        column = column * 26 + ord(letter) - 64
    return int(match[2]), column
