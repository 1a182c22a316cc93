"""From a file to its tables: which sheets, under which header, and which rows of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from shlex import quote
from typing import Literal, NamedTuple

from renewctl.command_line import repeat_command
from renewctl.errors import BadInput, Problem, UsageError
from renewctl.exchange.headers import recognize_fields
from renewctl.exchange.spreadsheet import Cell, RawSheet, Sheet, SheetRow, read_csv, unreadable
from renewctl.exchange.totals import is_total
from renewctl.exchange.workbook import OLE, ZIP, read_workbook
from renewctl.model import EMPTY
from renewctl.text import cell_reference, column_letters, count_of, list_some

HiddenRows = Literal["include", "skip"]

_HEADER_ROWS = 20
"""How many rows are looked at for the header."""
_MOST_NAMED = 5


class ReadingOptions(NamedTuple):
    """How a file is meant, where it does not show that itself; None and empty leave it to the file.

    ``mapping`` is field to column name. ``header_row`` is a line of a CSV file or a row of a sheet, from 1.
    """

    encoding: str | None = None
    delimiter: str | None = None
    mapping: Mapping[str, str] = EMPTY
    header_row: int | None = None
    sheets: Sequence[str] = ()
    hidden_rows: HiddenRows | None = None


DEFAULTS = ReadingOptions()


def read_sheets(data: bytes, name: str, options: ReadingOptions = DEFAULTS) -> tuple[Sheet, ...]:
    """Return the tables in ``data``: a workbook's if the bytes are one, whatever the name; otherwise a CSV's.

    The header is the first row that names two fields, one of them the client; if none of the first
    twenty does, the first row that is filled. Blank rows are left out, and short ones filled up.

    Raises:
        BadInput: If there is no such table, several sheets are filled and none is named, or rows are
            hidden and nothing says what to do with them.
        UsageError: If an option does not fit the file.
    """
    if data.startswith((ZIP, OLE)):
        for option, value in (("--encoding", options.encoding), ("--delimiter", options.delimiter)):
            if value is not None:
                raise UsageError(f"{option} does not apply to a workbook", hint=f"leave {option} out")
        chosen, remarks = _choose_sheets(read_workbook(data, name), name, options)
    else:
        if options.sheets:
            raise UsageError(f"--sheet requires a workbook, and {name} is text", hint="leave --sheet out")
        raw = read_csv(data, name, encoding=options.encoding, delimiter=options.delimiter)
        chosen, remarks = [raw], []
    sheets: list[Sheet] = []
    problems: list[Problem] = []
    for raw in chosen:
        try:
            sheets.append(_make_sheet(raw, name, options))
        except BadInput as bad:
            problems += bad.problems
    if problems:
        raise BadInput("the table cannot be read", problems=problems)
    sheets[0] = sheets[0]._replace(remarks=(*remarks, *sheets[0].remarks))
    return tuple(sheets)


def leave_out_totals(sheet: Sheet, columns: Mapping[str, int]) -> Sheet:
    """Return a table without its rows of totals, which a remark names.

    ``columns`` is the column of each field, from 0.
    """
    totals = [row for row in sheet.rows if is_total(row, columns)]
    if not totals:
        return sheet
    rows = tuple(row for row in sheet.rows if not is_total(row, columns))
    remark = f"not a client, skipped: {_list_rows(totals, sheet.name)}"
    return sheet._replace(rows=rows, remarks=(*sheet.remarks, remark))


def _choose_sheets(
    sheets: Sequence[RawSheet], name: str, options: ReadingOptions
) -> tuple[list[RawSheet], list[str]]:
    """Return the sheets to read, and remarks on those that are not."""
    if options.sheets:
        return _find_sheets(sheets, options.sheets), []
    filled = [sheet for sheet in sheets if sheet.rows]
    visible = [sheet for sheet in filled if sheet.visible]
    if not filled:
        raise _empty_table_error(name)
    if len(visible) != 1:
        what = "several sheets are filled" if visible else "only hidden sheets are filled"
        problems = [
            Problem(
                _describe(sheet, options), hint=repeat_command(sheet=sheet.name), file=name, sheet=sheet.name
            )
            for sheet in visible or filled
        ]
        hint = "name the sheet to read; to read several, repeat --sheet"
        raise BadInput(f"{what}, and none is named", hint=hint, problems=problems)
    hidden = [cell_reference(sheet.name, 0) for sheet in filled if not sheet.visible]
    remarks = [f"hidden sheets, not read: {list_some(hidden, _MOST_NAMED)} (--sheet NAME reads one)"]
    return visible, remarks if hidden else []


def _find_sheets(sheets: Sequence[RawSheet], asked: Sequence[str]) -> list[RawSheet]:
    names = [sheet.name for sheet in sheets]
    found: dict[str, RawSheet] = {}
    for word in asked:
        same = [sheet for sheet in sheets if sheet.name == word]
        same = same or [sheet for sheet in sheets if sheet.name.casefold() == word.strip().casefold()]
        if len(same) != 1:
            hint = f"the sheets: {', '.join(map(quote, names))}"
            raise UsageError(f"sheet {word!r} not found", hint=hint)
        found[same[0].name] = same[0]
    return list(found.values())


def _describe(sheet: RawSheet, options: ReadingOptions) -> str:
    header = row_texts(sheet.rows[_search_header(sheet, options)])
    return f"{count_of(len(sheet.rows), 'row')}, with {list_some(header, _MOST_NAMED)}"


def _empty_table_error(name: str, sheet: str = "") -> BadInput:
    bad = unreadable(name, "the table is empty", "name the columns in line 1: client,name")
    return BadInput(bad.message, problems=[bad.problems[0]._replace(sheet=sheet)])


def _make_sheet(raw: RawSheet, name: str, options: ReadingOptions) -> Sheet:
    """Return a table: the rows below the header, each as wide as it."""
    if not raw.rows:
        raise _empty_table_error(name, raw.name)
    start = _find_header(raw, options)
    header, body = raw.rows[start], raw.rows[start + 1 :]
    remarks = []
    if start:
        above = _list_rows(raw.rows[:start], raw.name)
        remarks.append(f"header found in {_row_word(raw.name)} {header.number}; not read above it: {above}")
    if hidden := [row for row in body if row.hidden]:
        if options.hidden_rows is None:
            raise _hidden_rows_error(hidden, name, raw.name)
        word = "read" if options.hidden_rows == "include" else "skipped"
        remarks.append(f"hidden rows, {word}: {_list_rows(hidden, raw.name)}")
    if options.hidden_rows == "skip":
        body = tuple(row for row in body if not row.hidden)
    # A cell beyond the header of a workbook is in a column of its own. In a CSV file, the row is cut wrongly.
    width = max(len(row.cells) for row in (header, *body)) if raw.name else len(header.cells)
    columns = tuple(map(_text, header.cells)) + ("",) * (width - len(header.cells))
    rows: list[SheetRow] = []
    problems: list[Problem] = []
    # Spreadsheets add blank cells to every row. To one row, a delimiter in a cell without quotes does.
    uneven = len({row.width for row in body}) > 1
    for row in body:
        if len(row.cells) > width or (uneven and row.width > header.width):
            number = max(row.width, len(row.cells))
            message = f"{number} cells, but the header names {count_of(width, 'column')}"
            hint = "put quotes around a cell with a delimiter in it, and a name above every column"
            problems.append(Problem(message, hint=hint, file=name, line=row.number, column=width + 1))
        else:
            rows.append(row._replace(cells=row.cells + (None,) * (width - len(row.cells))))
    remarks += _remark_on_columns(columns, rows, raw.hidden_columns)
    return Sheet(columns, tuple(rows), header.number, tuple(problems), raw.name, tuple(remarks))


def _hidden_rows_error(rows: Sequence[SheetRow], name: str, sheet: str) -> BadInput:
    are = "row is" if len(rows) == 1 else "rows are"
    message = f"{len(rows)} {are} hidden or filtered out, the first with {list_some(row_texts(rows[0]), 3)}"
    hint = "--hidden-rows include reads them, --hidden-rows skip leaves them out"
    problem = Problem(message, hint=hint, file=name, line=rows[0].number, sheet=sheet)
    return BadInput("the table cannot be read", problems=[problem])


def _remark_on_columns(
    columns: Sequence[str], rows: Sequence[SheetRow], hidden: Iterable[int]
) -> Iterator[str]:
    """Yield remarks on columns that are filled and have no header, and on hidden ones that have one."""
    nameless = [
        column_letters(place + 1)
        for place, column in enumerate(columns)
        if not column and any(row.cells[place] is not None for row in rows)
    ]
    if nameless:
        yield f"columns without a header, not read: {list_some(nameless, _MOST_NAMED)}"
    names = [columns[place] for place in sorted(hidden) if place < len(columns) and columns[place]]
    if names:
        yield f"hidden columns, read like the others: {list_some(names, _MOST_NAMED)}"


def _find_header(raw: RawSheet, options: ReadingOptions) -> int:
    """Return which of the rows is the header."""
    if options.header_row is not None:
        for place, row in enumerate(raw.rows):
            if row.number == options.header_row:
                return place
        raise UsageError(f"row {options.header_row} is blank or missing", hint="count the rows from 1")
    return _search_header(raw, options)


def _search_header(raw: RawSheet, options: ReadingOptions) -> int:
    for place, row in enumerate(raw.rows[:_HEADER_ROWS]):
        fields = recognize_fields(tuple(map(_text, row.cells)), options.mapping)
        if "client" in fields and len(fields) > 1:
            return place
    return 0


def _text(cell: Cell) -> str:
    return "" if cell is None else getattr(cell, "text", str(cell))


def row_texts(row: SheetRow) -> list[str]:
    """Return what the filled cells of a row show."""
    return [text for text in map(_text, row.cells) if text]


def _list_rows(rows: Sequence[SheetRow], sheet: str) -> str:
    """Return the numbers of the first rows, and what the first of them shows."""
    word = _row_word(sheet)
    numbers = ", ".join(str(row.number) for row in rows[:_MOST_NAMED])
    more = f" and {len(rows) - _MOST_NAMED} more" if len(rows) > _MOST_NAMED else ""
    shown = f" ({list_some(texts, 3)})" if (texts := row_texts(rows[0])) else ""
    return f"{word}{'' if len(rows) == 1 else 's'} {numbers}{more}{shown}"


def _row_word(sheet: str) -> str:
    return "row" if sheet else "line"
