"""Read rows about clients from CSV files and workbooks, and lists of overrides."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain
from typing import Any, Generic, NamedTuple, TypeVar

from renewctl.command_line import command_line
from renewctl.domain.edit.import_texts import AS_TEXT, Doubtful, Placeholder
from renewctl.domain.edit.rows import OVERRIDE_KEYS, ImportRow, OverrideRow, with_notes
from renewctl.errors import BadInput, Problem, UsageError
from renewctl.exchange import cells
from renewctl.exchange.columns import add_column_notes, clear_unreadable, match_columns
from renewctl.exchange.dates import DateFormat, parse_dates
from renewctl.exchange.headers import recognize_fields
from renewctl.exchange.json_lines import LISTED_KEYS, is_jsonl, read_override_lines
from renewctl.exchange.sheets import DEFAULTS, ReadingOptions, drop_totals, read_sheets, row_texts
from renewctl.exchange.spreadsheet import OLE, ZIP, Cell, Sheet, SheetRow, decode
from renewctl.fields import COLUMNS, TEXT_KINDS, Kind
from renewctl.model import EMPTY
from renewctl.text import count_of, list_some, quote_text

Row = TypeVar("Row", ImportRow, OverrideRow)
Track = Callable[[Iterable[SheetRow]], Iterable[SheetRow]]
_DELIMITER = r"[,;\t|]"
_MOST_QUOTED = 40
"""The number of characters of a row that are quoted in a message."""
_MOST_UNUSED = 40


class ReadRows(NamedTuple, Generic[Row]):
    """The rows of tables with their problems.

    Args:
        rows: The rows. A client's row with a problem is included as ``unread`` if its client can be read.
        problems: The problems of all rows.
        warnings: Warnings about columns that are not read but look like a field.
        notes: Notes for the user on how the table was read.
        unused: The names of columns without a field, if they are not in the notes.
    """

    rows: tuple[Row, ...]
    problems: tuple[Problem, ...] = ()
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()


def _join(tables: Iterable[ReadRows[Row]]) -> ReadRows[Row]:
    return ReadRows(*(tuple(chain.from_iterable(parts)) for parts in zip(*tables, strict=True)))


def read_client_tables(sheets: Sequence[Sheet], file: str, **options: Any) -> ReadRows[ImportRow]:
    """Return the rows of all sheets, with a note on the unused columns of each.

    ``options`` are those of ``read_client_rows``.

    Raises:
        BadInput: If the columns of a sheet are ambiguous.
    """
    tables = [read_client_rows(sheet, file, **options) for sheet in sheets]
    joined = _join(tables)
    notes = [*joined.notes]
    for sheet, table in zip(sheets, tables, strict=True):
        if table.unused:
            where = f" in {sheet.name}" if tables[1:] else ""
            notes.append(f"columns not used{where}: {list_some(table.unused, _MOST_UNUSED)}")
    return joined._replace(notes=tuple(notes), unused=())


def read_client_rows(  # noqa: PLR0913 (each is a choice of the caller)
    sheet: Sheet,
    file: str,
    *,
    mapping: Mapping[str, str],
    date_format: DateFormat | None = None,
    with_overrides: bool = True,
    track: Track = iter,
) -> ReadRows[ImportRow]:
    """Return the rows of a sheet.

    Args:
        mapping: The column name of each field, from ``--map``; "" if the field has no column.
        with_overrides: Whether cells of overrides must be readable. Otherwise unreadable ones are blank.
        track: Yield the rows, and show the progress.

    Raises:
        BadInput: If the columns are ambiguous, or a column of dates is only partly converted.
    """
    _refuse_report(sheet, file, "export clients.csv")
    settings = {name for name, column in COLUMNS.items() if column.table == "override"}
    unwanted = set() if with_overrides else settings
    matched = match_columns(sheet, mapping, wanted=COLUMNS.keys() - unwanted, file=file)
    sheet = drop_totals(clear_unreadable(sheet, matched, unwanted), matched.columns)
    problems: list[Problem] = []
    refused: list[Problem] = []
    days: dict[str, Mapping[int, date]] = {}
    blank: dict[str, Counter[str]] = {name: Counter() for name in matched.columns}
    for name, place in matched.columns.items():
        if cells.cell_kind(name) is Kind.DATE:  # One value can show how to read the whole column.
            column = [(row.number, row.cells[place]) for row in sheet.rows]
            filled = [each for each in column if not _find_placeholder(each[1], Kind.DATE, blank[name])]
            try:
                days[name], not_dates = parse_dates(filled, date_format=date_format, column=place + 1)
                problems += not_dates
            except BadInput as error:
                refused += error.problems
                days[name] = {}
    lines_with_bad_dates = {problem.line for problem in problems}
    places = {name: place + 1 for name, place in matched.columns.items()}
    rows: list[ImportRow] = []
    for row in track(sheet.rows):
        values, wrong = _read_row(row, matched.columns, days, blank)
        problems += wrong
        if (client := values.pop("client", None)) is not None:
            bad = bool(wrong) or row.number in lines_with_bad_dates
            read = {} if bad else values
            rows.append(
                ImportRow(file, row.number, client, read, places, sheet.name, bad, matched.cell_notes)
            )
    placeholders = {place: blank[name] for name, place in matched.columns.items()}
    notes = [*sheet.notes, *matched.notes, *_note_placeholders(sheet.columns, placeholders)]
    placed = [problem._replace(file=file, sheet=sheet.name) for problem in (*refused, *problems)]
    listed = add_column_notes([*placed, *sheet.problems], sheet, matched)
    if refused:
        raise BadInput("the table cannot be read; nothing was saved", problems=with_notes(listed))
    return ReadRows(tuple(rows), tuple(listed), matched.warnings, tuple(notes), matched.unknown)


def _find_placeholder(cell: Cell, kind: Kind, blank: Counter[str]) -> Placeholder | None:
    """Return the placeholder in a cell, if there is one, and count it in ``blank``."""
    if isinstance(cell, str) and cells.is_placeholder(text := cells.read_text(cell), kind):
        blank[text] += 1
        return Placeholder(text)
    return None


def _note_placeholders(columns: Sequence[str], blank: Mapping[int, Mapping[str, int]]) -> Iterator[str]:
    """Yield a note on each column with placeholders. ``blank`` counts them."""
    for place, counts in blank.items():
        if counts:
            texts = [f"{count_of(number, 'cell')} with {text!r}" for text, number in counts.items()]
            yield f"column {columns[place]!r}: {' and '.join(texts)} treated as blank"


def _read_row(
    row: SheetRow,
    columns: Mapping[str, int],
    days: Mapping[str, Mapping[int, date]],
    blank: Mapping[str, Counter[str]],
) -> tuple[dict[str, Any], list[Problem]]:
    """Return the values of a row by field, and the problems of its cells.

    Args:
        row: The row.
        columns: The column of each field, from 0.
        days: The dates of each field of dates by row.
        blank: Counts the placeholders of each field.
    """
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, place in columns.items():
        try:
            cell = row.cells[place]
            value = days[name].get(row.number) if name in days else _read_cell(cell, name, blank[name])
        except BadInput as bad:
            wrong = bad.problems or (Problem(bad.message, hint=bad.hint),)
            problems += (problem._replace(line=row.number, column=place + 1) for problem in wrong)
        else:
            if value is not None:
                values[name] = value
    column = columns["client"] + 1
    if "client" not in values and not any(problem.column == column for problem in problems):
        hint = "add the client's domain, or remove the row"
        message = f"the row has no client: {quote_text(', '.join(row_texts(row)), _MOST_QUOTED)}"
        problems.append(Problem(message, hint=hint, line=row.number, column=column))
    return values, problems


def _read_cell(cell: Cell, name: str, blank: Counter[str]) -> Any:
    """Return the value of a cell, None if it is blank.

    Odd text is wrapped in ``Doubtful``. A placeholder is counted; it can be a value only in a column of text.
    """
    kind = cells.cell_kind(name)
    if placeholder := _find_placeholder(cell, kind, blank):
        return placeholder if kind in TEXT_KINDS and name != "client" else None
    value: Any
    if COLUMNS[name].table == "contacts":
        value = cells.read_contacts(cell, name) or None
        texts = [contact.name for contact in value or ()]
    else:
        value = cells.read_cell(cell, kind)
        texts = [value] if isinstance(value, str) and name != "notify" else []
    for message, hint in map(cells.explain_odd_text, texts):
        if message and name == "client":
            raise BadInput(message, hint=hint)
        if message:
            return Doubtful(value, message, hint)
    return str(value) if name == "client" and value is not None else value


def read_override_list(
    data: bytes, file: str, options: ReadingOptions, *, with_setting: bool = False
) -> ReadRows[OverrideRow]:
    """Return the rows of a list of overrides: a table or JSON Lines.

    Args:
        data: The content of the file.
        file: The name of the file in messages.
        options: Options for reading a table.
        with_setting: Whether the setting is given on the command line. Then the list has only clients,
            and can be plain text with one client per line.

    Raises:
        BadInput: If it is not such a list.
        UsageError: If an option does not fit the file.
    """
    found = _read_list(data, file, options, with_setting=with_setting)
    rows = []
    for row in found.rows:
        odd = {key: cells.explain_odd_text(getattr(row, key)) for key in OVERRIDE_KEYS}
        rows.append(row._replace(odd={key: words for key, words in odd.items() if words[0]}))
    return found._replace(rows=tuple(rows))


def _read_list(
    data: bytes, file: str, options: ReadingOptions, *, with_setting: bool
) -> ReadRows[OverrideRow]:
    if is_jsonl(data):
        if options != DEFAULTS:
            raise UsageError(
                "options for tables do not apply to JSON Lines", hint="remove the options for tables"
            )
        return ReadRows(read_override_lines(data, file))
    lines = () if data.startswith((ZIP, OLE)) else _read_plain_list(data, file, options)
    if lines and with_setting:
        return ReadRows(lines)
    # In a table, each line has a delimiter, unless it is in a quoted cell. A name in a list can have a comma.
    names = [line for line in lines if not re.search(_DELIMITER, line.client)]
    if names and (names[0] is lines[0] or not any('"' in line.client for line in lines)):
        hint = "add --owner hubspot, or --owner partner --notify USER"
        raise BadInput(f"'{file}' lists clients but no settings", hint=hint)
    tables = [
        read_override_rows(sheet, file, mapping=options.mapping, with_setting=with_setting)
        for sheet in read_sheets(data, file, options)
    ]
    return _join(tables)


def _read_plain_list(data: bytes, file: str, options: ReadingOptions) -> tuple[OverrideRow, ...]:
    """Return a row for each line of plain text, without comments.

    Return () if the first line is the header of a table.
    """
    lines = decode(data, file, options.encoding).split("\n")
    texts = ((number, line.strip()) for number, line in enumerate(lines, 1))
    rows = [OverrideRow(file, number, text) for number, text in texts if text and not text.startswith("#")]
    first = re.split(_DELIMITER, rows[0].client) if rows else []
    names_table = options.delimiter or options.mapping or options.header_row or options.sheets
    if names_table or "client" in recognize_fields([name.strip(' "') for name in first], {}):
        return ()
    return tuple(rows)


def read_override_rows(
    sheet: Sheet, file: str, *, mapping: Mapping[str, str] = EMPTY, with_setting: bool = False
) -> ReadRows[OverrideRow]:
    """Return the rows of a table of overrides.

    The columns are client, owner, notify and note.

    ``mapping`` and ``with_setting`` are those of ``read_override_list``.

    Raises:
        BadInput: If required columns are missing or ambiguous, or the table is a report of ``who``, which
            has the results of the settings.
    """
    _refuse_report(sheet, file, "client list -o csv")
    matched = match_columns(sheet, mapping, wanted=OVERRIDE_KEYS, file=file)
    sheet = drop_totals(sheet, matched.columns)
    places = {key: matched.columns[key] for key in OVERRIDE_KEYS if key in matched.columns}
    if "owner" not in places and not with_setting:
        hint = "add a column owner with hubspot, partner or default"
        raise BadInput(f"'{file}' has no column for the renewal owner", hint=hint)
    numbers = {name: place + 1 for name, place in matched.columns.items()}
    rows: list[OverrideRow] = []
    problems: list[Problem] = []
    blank: dict[int, Counter[str]] = {}
    for row in sheet.rows:
        texts: dict[str, Any] = {}
        wrong: list[Problem] = []
        for key, place in places.items():
            kind = Kind.OWNER if key == "owner" else Kind.TEXT
            cell = row.cells[place]
            try:
                if key != "client" and isinstance(cell, str) and cells.is_placeholder(cell, Kind.TEXT):
                    blank.setdefault(place, Counter())[cell] += 1
                    continue
                value = cells.read_cell(cell, kind)
                if key == "note" and isinstance(value, int | float):
                    raise BadInput(f"the spreadsheet has the number {value} instead of text", hint=AS_TEXT)
                texts[key] = "" if value is None else str(value)
            except BadInput as bad:
                wrong.append(Problem(bad.message, hint=bad.hint, line=row.number, column=place + 1))
        problems += wrong
        if not wrong:
            texts |= {"places": numbers, "sheet": sheet.name, "cell_notes": matched.cell_notes}
            rows.append(OverrideRow(file, row.number, **texts))
    placed = [problem._replace(file=file, sheet=sheet.name) for problem in problems]
    notes = [*sheet.notes, *matched.notes, *_note_placeholders(sheet.columns, blank)]
    printed = {*OVERRIDE_KEYS, *LISTED_KEYS}
    others = [sheet.columns[place] for key, place in matched.columns.items() if key not in printed]
    if unused := [*matched.unknown, *others]:
        notes.append(f"columns not used: {list_some(unused, _MOST_UNUSED)}")
    return ReadRows(tuple(rows), (*sheet.problems, *placed), matched.warnings, tuple(notes))


def _refuse_report(sheet: Sheet, file: str, command: str) -> None:
    """Raise BadInput if a table is a report of ``who``."""
    names = {name.strip().lower() for name in sheet.columns}
    if names >= {"rule", "to"} or names >= {"email", "as", "rule"}:
        hint = f"print a list to edit: {command_line(command)}"
        raise BadInput(f"'{file}' is a report of renewctl who, not a list of clients", hint=hint)
