"""Read the marks of a workbook: errors, uncalculated formulas, hidden rows."""

import re
from collections.abc import Mapping
from posixpath import join, normpath
from typing import IO
from zipfile import ZipFile

from renewctl.exchange.marks import MOST_CELLS, MOST_SHEETS, UNCALCULATED, Marks, Place, TooLarge, parse_xml
from renewctl.exchange.ods_marks import read_ods_marks
from renewctl.exchange.spreadsheet import error_cell, other_kind

_REFERENCE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
_TRUE = frozenset({"1", "true"})
_ODS = "application/vnd.oasis.opendocument.spreadsheet"


def read_marks(archive: ZipFile, name: str) -> Mapping[str, Marks]:
    """Return the marks of each sheet by its name."""
    members = {member.filename.lower(): member.filename for member in archive.infolist()}

    def open_part(path: str) -> IO[bytes]:
        return archive.open(members[path.lower()])

    if (
        "content.xml" in members
        and archive.read(members.get("mimetype", "content.xml"))[:60] == _ODS.encode()
    ):
        return read_ods_marks(
            open_part("content.xml"), open_part("meta.xml") if "meta.xml" in members else None
        )
    if any(path == "index.zip" or path.endswith(".iwa") for path in members):
        hint = "in Numbers, choose File > Export To > Excel, then import that file"
        raise other_kind(name, "an Apple Numbers document", hint)
    relations = _read_relations(open_part("_rels/.rels")) if "_rels/.rels" in members else {}
    main = next((path for kind, path in relations.values() if kind == "officeDocument"), "xl/workbook.xml")
    if main.endswith(".bin"):
        raise other_kind(name, "a binary workbook (.xlsb)", "open it and save it as .xlsx")
    if not re.fullmatch(r"xl/workbook\w*\.xml", main.lower()) or main.lower() not in members:
        raise other_kind(name, "a zip archive without an .xlsx or .ods workbook in it")
    folder, file = main.rsplit("/", 1)
    targets = _read_relations(open_part(f"{folder}/_rels/{file}.rels"), folder)
    sheets, recalculate = _read_book(open_part(main))
    if len(sheets) > MOST_SHEETS:
        raise TooLarge
    if "xl/sharedstrings.xml" in members:
        parse_xml(open_part("xl/sharedStrings.xml"), _check_count, whole=False)
    marks = {}
    for sheet, relation in sheets.items():
        kind, path = targets.get(relation, ("", ""))
        if kind == "worksheet":
            reader = _XlsxReader(recalculate=recalculate)
            parse_xml(open_part(path), reader.start, reader.text, reader.end)
            marks[sheet] = reader.marks
    return marks


def _check_count(tag: str, values: Mapping[str, str]) -> None:
    """Check the declared number of texts, for which calamine allocates memory at once."""
    if tag == "sst" and int(values.get("uniqueCount", 0)) > MOST_CELLS:
        raise TooLarge


def _read_relations(part: IO[bytes], folder: str = "") -> dict[str, tuple[str, str]]:
    """Return the relations of a part by identifier.

    A relation is the last word of its type and the path of its target.
    """
    relations: dict[str, tuple[str, str]] = {}

    def start(tag: str, values: Mapping[str, str]) -> None:
        if tag == "Relationship":
            target = values["Target"]
            path = target.lstrip("/") if target.startswith("/") else normpath(join(folder, target))
            relations[values["Id"]] = values["Type"].rpartition("/")[2], path

    parse_xml(part, start)
    return relations


def _read_book(part: IO[bytes]) -> tuple[Mapping[str, str], bool]:
    """Return the relation of each sheet by its name, and whether to recalculate.

    Programs that cannot calculate write placeholders as the values of formulas, to be calculated when the
    workbook is opened.
    """
    sheets: dict[str, str] = {}
    recalculate = False

    def start(tag: str, values: Mapping[str, str]) -> None:
        nonlocal recalculate
        if tag == "sheet":
            sheets[values["name"]] = values["id"]
        elif tag == "calcPr":
            recalculate = values.get("fullCalcOnLoad") in _TRUE

    parse_xml(part, start)
    return sheets, recalculate


class _XlsxReader:
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
                self.marks.hide_rows(self._row, self._row)
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
