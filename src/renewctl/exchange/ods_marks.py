"""Read the marks of an .ods workbook (OpenDocument 1.3, part 3)."""

from collections.abc import Mapping
from typing import IO

from renewctl.exchange.marks import MOST_SHEETS, UNCALCULATED, Marks, TooLarge, parse_xml
from renewctl.exchange.spreadsheet import Cell, clean_text, error_cell, is_error, time_cell

_SPACES = {"s": " ", "tab": "\t", "line-break": "\n"}
_MOST_SPACES = 1000
# Elements in a cell whose text is not the cell's: comments, and shapes that are anchored to the cell.
_NOT_CELL_TEXT = frozenset({
    "annotation", "caption", "circle", "connector", "control", "custom-shape", "ellipse", "frame",
    "g", "line", "measure", "path", "polygon", "polyline", "rect", "regular-polygon", "scene", "shapes",
    "text-box",
})  # fmt: skip


def read_ods_marks(content: IO[bytes], about: IO[bytes] | None) -> Mapping[str, Marks]:
    """Return the marks of each sheet by its name.

    ``about`` is the part about the program that saved the workbook, if there is one.

    Raises:
        expat.ExpatError, ValueError, KeyError: If the workbook is damaged.
        TooLarge: If it is too large.
    """
    reader = _OdsReader(calculated=about is not None and _is_by_office(about))
    parse_xml(content, reader.start, reader.text, reader.end)
    return reader.sheets


def _is_by_office(about: IO[bytes]) -> bool:
    """Return whether an office program saved the workbook.

    Such a program calculates the formulas that it saves.
    """
    inside = is_office = False

    def start(tag: str, _: Mapping[str, str]) -> None:
        nonlocal inside
        inside = tag == "generator"

    def text(text: str) -> None:
        nonlocal is_office
        is_office = "Office" in text if inside else is_office

    parse_xml(about, start, text)
    return is_office


class _OdsReader:
    """Read the marks of every sheet of an .ods workbook (OpenDocument 1.3, part 3, 9).

    ``calculated`` is whether formulas were calculated. Then a formula without a value has an empty text
    as its result, as LibreOffice writes it.
    """

    def __init__(self, *, calculated: bool) -> None:
        self._calculated = calculated
        self.sheets: dict[str, Marks] = {}
        self._marks = Marks()
        self._row = self._column = 0
        self._repeated_rows = self._repeated_columns = 1
        self._cell: Mapping[str, str] | None = None
        self._shown: list[str] = []
        self._changed: list[tuple[int, Cell]] = []
        self._outside_text = 0
        """Number of open comments and shapes: their text is not the cell's."""
        self._is_plain = True

    def start(self, tag: str, values: Mapping[str, str]) -> None:
        """Begin a sheet, a row or a cell, or record hidden columns."""
        if tag == "table":
            if len(self.sheets) == MOST_SHEETS:
                raise TooLarge
            self._marks = self.sheets[values["name"]] = Marks()
            self._row = self._column = 0
        elif tag == "table-column":
            first, self._column = self._column + 1, self._column + _repeats(values, "columns")
            if values.get("visibility", "visible") != "visible":
                self._marks.hide_columns(first, self._column)
        elif tag == "table-row":
            self._row, self._column = self._row + self._repeated_rows if self._row else 1, 0
            self._repeated_rows, self._changed = _repeats(values, "rows"), []
            if values.get("visibility", "visible") != "visible":
                self._marks.hide_rows(self._row, self._row + self._repeated_rows - 1)
        elif tag in {"table-cell", "covered-table-cell"}:
            self._column += 1
            self._cell, self._shown, self._is_plain = values, [], True
            self._repeated_columns = _repeats(values, "columns")
            spans = int(values.get("number-rows-spanned", 1)), int(values.get("number-columns-spanned", 1))
            if spans != (1, 1):
                last_place = (self._row + spans[0] - 1, self._column + spans[1] - 1)
                self._marks.merges.append(((self._row, self._column), last_place))
        elif self._cell is not None:
            self._start_text(tag, values)

    def _start_text(self, tag: str, values: Mapping[str, str]) -> None:
        if self._outside_text or tag in _NOT_CELL_TEXT:
            self._outside_text += 1
        elif tag == "p" and self._shown:
            self._shown.append("\n")
        elif tag in _SPACES:
            self._shown.append(_SPACES[tag] * min(int(values.get("c", 1)), _MOST_SPACES))
        # calamine drops tabs and line breaks, and reads the text of shapes but not of comments.
        self._is_plain = self._is_plain and tag in {"p", "s", "span", "a", "annotation"}

    def text(self, text: str) -> None:
        """Read the text of a cell, without its comments."""
        if self._cell is not None and not self._outside_text:
            self._shown.append(text)

    def end(self, tag: str) -> None:
        """Mark cells that calamine reads incorrectly, in all repetitions of a row."""
        if self._outside_text:
            self._outside_text -= 1
        elif tag in {"table-cell", "covered-table-cell"} and self._cell is not None:
            values, self._cell = self._cell, None
            shown, formula = "".join(self._shown), "formula" in values
            changed: Cell = None
            kind = values.get("value-type")
            # LibreOffice marks errors with its own attribute; other programs write them as text.
            if kind == "error" or (formula and is_error(shown)):
                changed = error_cell(shown)
            elif formula and kind is None and not self._calculated:
                changed = UNCALCULATED
            elif kind == "time":
                changed = time_cell(shown)
            elif kind == "string" and not self._is_plain:
                changed = clean_text(shown) or ""
            last = self._column + self._repeated_columns - 1
            if shown or formula or kind:
                self._marks.fill(self._row + self._repeated_rows - 1, last)
                if changed is not None:
                    self._changed += ((column, changed) for column in range(self._column, last + 1))
            self._column = last
        elif tag == "table-row":
            for row in range(self._row, self._row + self._repeated_rows if self._changed else 0):
                for column, cell in self._changed:
                    self._marks.mark((row, column), cell)


def _repeats(values: Mapping[str, str], what: str) -> int:
    return max(1, int(values.get(f"number-{what}-repeated", 1)))
