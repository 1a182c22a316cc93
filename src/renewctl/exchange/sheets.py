"""Read the tables of a file: choose sheets, find headers, select rows."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from renewctl.command_line import quote, repeat_command
from renewctl.errors import BadInput, Problem, UsageError
from renewctl.exchange.contents import is_total
from renewctl.exchange.headers import recognize_fields
from renewctl.exchange.spreadsheet import OLE, ZIP, Cell, RawSheet, Sheet, SheetRow, read_csv, unreadable
from renewctl.model import EMPTY
from renewctl.text import cell_reference, column_letters, count_of, list_some

HiddenRows = Literal["include", "skip"]

_HEADER_ROWS = 20
"""The number of rows that are searched for the header."""
_MOST_NAMED = 5


class ReadingOptions(NamedTuple):
    """Options for reading a file. None and empty mean that the file decides.

    Args:
        encoding: The encoding of a CSV file.
        delimiter: The delimiter of a CSV file.
        mapping: The column name of each field; "" if the field has no column.
        header_row: The line of a CSV file or row of a sheet with the header, from 1.
        sheets: The names of the sheets to read.
        hidden_rows: Whether to include or skip hidden rows.
    """

    encoding: str | None = None
    delimiter: str | None = None
    mapping: Mapping[str, str] = EMPTY
    header_row: int | None = None
    sheets: Sequence[str] = ()
    hidden_rows: HiddenRows | None = None


DEFAULTS = ReadingOptions()


def read_sheets(data: bytes, name: str, options: ReadingOptions = DEFAULTS) -> tuple[Sheet, ...]:
    """Return the tables of a workbook or CSV file, recognized by its bytes.

    The header is the first row with the names of the client and another field, or the row below it if that
    names more fields. If none of the first 20 rows is such a row, it is the first filled row. Blank rows are
    skipped, and short rows are extended.

    Raises:
        BadInput: If there is no table, several sheets are filled and none is chosen, or rows are hidden
            and ``hidden_rows`` is None.
        UsageError: If an option does not fit the file.
    """
    if data.startswith((ZIP, OLE)):
        for option, value in (("--encoding", options.encoding), ("--delimiter", options.delimiter)):
            if value is not None:
                raise UsageError(f"{option} does not apply to a workbook", hint=f"remove {option}")
        from renewctl.exchange.workbook import read_workbook  # Lazy import: most tables are text.

        chosen, notes = _choose_sheets(read_workbook(data, name), name, options)
    else:
        if options.sheets:
            raise UsageError(f"--sheet requires a workbook, but {name} is text", hint="remove --sheet")
        raw = read_csv(data, name, encoding=options.encoding, delimiter=options.delimiter)
        chosen, notes = [raw], []
    sheets: list[Sheet] = []
    problems: list[Problem] = []
    for raw in chosen:
        try:
            sheets.append(_make_sheet(raw, name, options))
        except BadInput as bad:
            problems += bad.problems
    if problems:
        raise BadInput("the table cannot be read", problems=problems)
    sheets[0] = sheets[0]._replace(notes=(*notes, *sheets[0].notes))
    return tuple(sheets)


def drop_totals(sheet: Sheet, columns: Mapping[str, int]) -> Sheet:
    """Return a table without its rows of totals, and with a note that lists them.

    ``columns`` is the column of each field, from 0.
    """
    totals = [row for row in sheet.rows if is_total(row, columns)]
    if not totals:
        return sheet
    numbers = {row.number for row in totals}
    rows = tuple(row for row in sheet.rows if row.number not in numbers)
    note = f"totals are skipped: {_list_rows(totals, sheet.name)}"
    return sheet._replace(rows=rows, notes=(*sheet.notes, note))


def _choose_sheets(
    sheets: Sequence[RawSheet], name: str, options: ReadingOptions
) -> tuple[list[RawSheet], list[str]]:
    """Return the sheets to read, and notes on those that are not."""
    if options.sheets:
        return _find_sheets(sheets, options.sheets), []
    filled = [sheet for sheet in sheets if sheet.rows]
    visible = [sheet for sheet in filled if sheet.visible]
    if not filled:
        raise _empty_table_error(name)
    if len(visible) != 1:
        what = "several sheets contain data" if visible else "only hidden sheets contain data"
        problems = [
            Problem(
                _describe(sheet, options), hint=repeat_command(sheet=sheet.name), file=name, sheet=sheet.name
            )
            for sheet in visible or filled
        ]
        hint = "add --sheet NAME (repeat it to read several sheets)"
        raise BadInput(f"{what}, and none was chosen", hint=hint, problems=problems)
    hidden = [cell_reference(sheet.name, 0) for sheet in filled if not sheet.visible]
    notes = [f"hidden sheets are not read: {list_some(hidden, _MOST_NAMED)} (to read one, add --sheet NAME)"]
    return visible, notes if hidden else []


def _find_sheets(sheets: Sequence[RawSheet], asked: Sequence[str]) -> list[RawSheet]:
    names = [sheet.name for sheet in sheets]
    found: dict[str, RawSheet] = {}
    for word in asked:
        same = [sheet for sheet in sheets if sheet.name == word]
        same = same or [sheet for sheet in sheets if sheet.name.casefold() == word.strip().casefold()]
        if len(same) != 1:
            hint = f"choose one of: {', '.join(map(quote, names))}"
            raise UsageError(f"sheet {word!r} not found", hint=hint)
        found[same[0].name] = same[0]
    return list(found.values())


def _describe(sheet: RawSheet, options: ReadingOptions) -> str:
    header = row_texts(sheet.rows[_search_header(sheet, options)])
    return f"{count_of(len(sheet.rows), 'row')}, with {list_some(header, _MOST_NAMED)}"


def _empty_table_error(name: str, sheet: str = "") -> BadInput:
    hint = "put the column names in line 1, for example client,name"
    return unreadable(name, "the table is empty", hint, sheet=sheet)


def _make_sheet(raw: RawSheet, name: str, options: ReadingOptions) -> Sheet:
    """Return a table: the rows below the header, all with the same number of cells."""
    if not raw.rows:
        raise _empty_table_error(name, raw.name)
    start = _find_header(raw, options)
    header, body = raw.rows[start], raw.rows[start + 1 :]
    notes = []
    if start:
        above = _list_rows(raw.rows[:start], raw.name)
        notes.append(f"header found in {_row_word(raw.name)} {header.number}; skipped above it: {above}")
    if hidden := [row for row in body if row.hidden]:
        if options.hidden_rows is None:
            raise _hidden_rows_error(hidden, name, raw.name)
        word = "read" if options.hidden_rows == "include" else "skipped"
        notes.append(f"hidden rows are {word}: {_list_rows(hidden, raw.name)}")
    if options.hidden_rows == "skip":
        body = tuple(row for row in body if not row.hidden)
    # In a workbook, a cell beyond the header is in another column. In a CSV file, the row is split wrongly.
    width = max(len(row.cells) for row in (header, *body)) if raw.name else len(header.cells)
    columns = tuple(map(_text, header.cells)) + ("",) * (width - len(header.cells))
    rows: list[SheetRow] = []
    problems: list[Problem] = []
    # Spreadsheets add blank cells to all rows. If only one row has more, a cell needs quotes.
    uneven = len({row.width for row in body}) > 1
    for row in body:
        if len(row.cells) > width or (uneven and row.width > header.width):
            number = max(row.width, len(row.cells))
            message = f"the row has {number} cells, but the header has {count_of(width, 'column')}"
            hint = "put quotes around cells that contain the delimiter, and name every column"
            problems.append(Problem(message, hint=hint, file=name, line=row.number, column=width + 1))
        else:
            rows.append(row._replace(cells=row.cells + (None,) * (width - len(row.cells))))
    notes += _note_columns(columns, rows, raw.hidden_columns)
    return Sheet(columns, tuple(rows), header.number, tuple(problems), raw.name, tuple(notes))


def _hidden_rows_error(rows: Sequence[SheetRow], name: str, sheet: str) -> BadInput:
    are = "row is" if len(rows) == 1 else "rows are"
    message = f"{len(rows)} {are} hidden or filtered out, starting with {list_some(row_texts(rows[0]), 3)}"
    hint = "add --hidden-rows include to read them, or --hidden-rows skip to ignore them"
    return unreadable(name, message, hint, rows[0].number, sheet)


def _note_columns(columns: Sequence[str], rows: Sequence[SheetRow], hidden: Iterable[int]) -> Iterator[str]:
    """Yield notes on filled columns without a header, and on hidden columns."""
    nameless = [
        column_letters(place + 1)
        for place, column in enumerate(columns)
        if not column and any(row.cells[place] is not None for row in rows)
    ]
    if nameless:
        yield f"columns without a header are not read: {list_some(nameless, _MOST_NAMED)}"
    names = [columns[place] for place in sorted(hidden) if place < len(columns) and columns[place]]
    if names:
        yield f"hidden columns are read like the others: {list_some(names, _MOST_NAMED)}"


def _find_header(raw: RawSheet, options: ReadingOptions) -> int:
    """Return the index of the header among the rows."""
    if options.header_row is not None:
        for place, row in enumerate(raw.rows):
            if row.number == options.header_row:
                return place
        raise UsageError(f"row {options.header_row} is blank or missing", hint="count the rows from 1")
    return _search_header(raw, options)


def _search_header(raw: RawSheet, options: ReadingOptions) -> int:
    counts = [_count_fields(row, options) for row in raw.rows[:_HEADER_ROWS]]
    for place, (count, below) in enumerate(zip(counts, [*counts[1:], 0], strict=True)):
        if count > 1:
            return place + (below > count)  # The names of groups of columns can be above the header.
    return 0


def _count_fields(row: SheetRow, options: ReadingOptions) -> int:
    """Return the number of fields that a row names; 0 if it does not name the client."""
    fields = recognize_fields(tuple(map(_text, row.cells)), options.mapping)
    return len(fields) if "client" in fields else 0


def _text(cell: Cell) -> str:
    return "" if cell is None else getattr(cell, "text", str(cell))


def row_texts(row: SheetRow) -> list[str]:
    """Return the texts of the filled cells of a row."""
    return [text for text in map(_text, row.cells) if text]


def _list_rows(rows: Sequence[SheetRow], sheet: str) -> str:
    """Return the numbers of the first rows, and the texts of the very first."""
    word = _row_word(sheet)
    numbers = ", ".join(str(row.number) for row in rows[:_MOST_NAMED])
    more = f" and {len(rows) - _MOST_NAMED} more" if len(rows) > _MOST_NAMED else ""
    shown = f" ({list_some(texts, 3)})" if (texts := row_texts(rows[0])) else ""
    return f"{word}{'' if len(rows) == 1 else 's'} {numbers}{more}{shown}"


def _row_word(sheet: str) -> str:
    return "row" if sheet else "line"
