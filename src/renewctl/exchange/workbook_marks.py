"""Read the marks of a workbook: errors, uncalculated formulas, hidden rows."""

import re
from collections.abc import Mapping
from posixpath import join, normpath
from zipfile import ZipFile

from renewctl.exchange.marks import CHUNK, MOST_CELLS, UNCALCULATED, Marks, Place, TooLarge, XmlReader
from renewctl.exchange.ods_marks import read_ods_marks
from renewctl.exchange.spreadsheet import error_cell, other_kind, unreadable

_REFERENCE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
_TRUE = frozenset({"1", "true"})
_ODS = "application/vnd.oasis.opendocument.spreadsheet"


def read_marks(archive: ZipFile, name: str) -> Mapping[str, Marks]:
    """Return the marks of each sheet by its name."""
    members = {member.filename.lower(): member.filename for member in archive.infolist()}

    def parse(path: str, reader: XmlReader) -> None:
        with archive.open(members[path.lower()]) as file:
            reader.parse(file.read)

    if (
        "content.xml" in members
        and archive.read(members.get("mimetype", "content.xml"))[:60] == _ODS.encode()
    ):
        return read_ods_marks(lambda part: archive.open(members[part]), has_about="meta.xml" in members)
    if any(path == "index.zip" or path.endswith(".iwa") for path in members):
        hint = "in Numbers, choose File > Export To > Excel, then import that file"
        raise unreadable(name, "the file looks like an Apple Numbers document", hint)
    relations = _RelationReader()
    if "_rels/.rels" in members:
        parse("_rels/.rels", relations)
    main = next(
        (path for kind, path in relations.paths.values() if kind == "officeDocument"), "xl/workbook.xml"
    )
    if main.endswith(".bin"):
        hint = "open it and save it as .xlsx"
        raise unreadable(name, "the file looks like a binary workbook (.xlsb)", hint)
    if not re.fullmatch(r"xl/workbook\w*\.xml", main.lower()) or main.lower() not in members:
        raise other_kind(name, "a zip archive without an .xlsx or .ods workbook in it")
    folder, file = main.rsplit("/", 1)
    targets = _RelationReader(folder)
    parse(f"{folder}/_rels/{file}.rels", targets)
    book = _BookReader()
    parse(main, book)
    marks = {}
    if "xl/sharedstrings.xml" in members:
        with archive.open(members["xl/sharedstrings.xml"]) as texts:
            _CountReader().parse_beginning(texts.read(CHUNK))
    for sheet, relation in book.sheets.items():
        kind, path = targets.paths.get(relation, ("", ""))
        if kind == "worksheet":
            reader = _XlsxReader(recalculate=book.recalculate)
            parse(path, reader)
            marks[sheet] = reader.marks
    return marks


class _CountReader(XmlReader):
    """Check the declared number of texts, for which calamine allocates memory at once."""

    def start(self, tag: str, values: Mapping[str, str]) -> None:
        """Raise TooLarge if the number is too large."""
        if tag == "sst" and int(values.get("uniqueCount", 0)) > MOST_CELLS:
            raise TooLarge


class _RelationReader(XmlReader):
    """Read the relations of a part by identifier.

    A relation is the last word of its type and the path of its target.
    """

    def __init__(self, folder: str = "") -> None:
        self.folder = folder
        self.paths: dict[str, tuple[str, str]] = {}

    def start(self, tag: str, values: Mapping[str, str]) -> None:
        """Record a relation."""
        if tag == "Relationship":
            target = values["Target"]
            path = target.lstrip("/") if target.startswith("/") else normpath(join(self.folder, target))
            self.paths[values["Id"]] = values["Type"].rpartition("/")[2], path


class _BookReader(XmlReader):
    """Read the sheets of an .xlsx workbook by name, each with its relation.

    ``recalculate`` is whether the values of formulas are placeholders, to be calculated when the workbook
    is opened. Programs that cannot calculate write them.
    """

    def __init__(self) -> None:
        self.sheets: dict[str, str] = {}
        self.recalculate = False

    def start(self, tag: str, values: Mapping[str, str]) -> None:
        """Record a sheet, or whether formulas must be recalculated."""
        if tag == "sheet":
            self.sheets[values["name"]] = values["id"]
        elif tag == "calcPr":
            self.recalculate = values.get("fullCalcOnLoad") in _TRUE


class _XlsxReader(XmlReader):
    """Read the marks of a sheet (ECMA-376, part 1, 18.3.1)."""

    def __init__(self, *, recalculate: bool) -> None:
        self.marks = Marks()
        self._recalculate = recalculate
        self._row = self._column = 0
        self._kind, self._value = "", ""
        self._tags: set[str] = set()
        self._in_value = self._hides_rows = False

    def start(self, tag: str, values: Mapping[str, str]) -> None:
        """Begin a row or a cell, or record a merge or hidden columns."""
        if tag == "c":
            reference = values.get("r")
            self._row, self._column = _place(reference) if reference else (self._row, self._column + 1)
            self._kind, self._value = values.get("t", "n"), ""
            self._tags.clear()
        elif tag == "row":
            self._row, self._column = int(values.get("r") or self._row + 1), 0
            # zeroHeight hides rows without attributes of their own.
            hidden = self._hides_rows and "ht" not in values and "hidden" not in values
            if hidden or values.get("hidden") in _TRUE or _is_zero(values.get("ht")):
                self.marks.hidden_rows.add(self._row)
        elif tag == "sheetFormatPr":
            self._hides_rows = values.get("zeroHeight") in _TRUE
        elif tag == "mergeCell":
            first, _, last = values["ref"].partition(":")
            self.marks.merges.append((_place(first), _place(last or first)))
        elif tag == "col" and (values.get("hidden") in _TRUE or _is_zero(values.get("width"))):
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
            # A formula with an empty text as its result has the type "str" and an empty value.
            blank = not self._value and not (self._kind == "str" and "v" in self._tags)
            if blank or (self._recalculate and self._value == "0"):
                self.marks.mark(place, UNCALCULATED)


def _is_zero(size: str | None) -> bool:
    return size is not None and float(size) == 0


def _place(reference: str) -> Place:
    match = _REFERENCE.fullmatch(reference)
    if not match:
        raise ValueError(f"{reference!r} is not a cell")
    column = 0
    for letter in match[1].upper():
        column = column * 26 + ord(letter) - 64
    return int(match[2]), column
