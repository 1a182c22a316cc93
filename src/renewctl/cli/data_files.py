"""How files come in and go out: spreadsheets, lists of overrides, exports, calendars.

``exchange`` is imported where it is used: most commands read no spreadsheet.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from renewctl import files
from renewctl.cli.progress import tracker
from renewctl.cli.runtime import Run
from renewctl.domain.dates import parse_span
from renewctl.domain.edit.import_client import ImportOptions
from renewctl.domain.edit.import_plan import plan_import
from renewctl.domain.edit.override_list import OverrideRow
from renewctl.domain.report import ReportRow
from renewctl.errors import UsageError
from renewctl.model import Plan, Portfolio
from renewctl.render.result import DataTable, Result, line
from renewctl.store.snapshot import Snapshot

if TYPE_CHECKING:
    from renewctl.exchange.rows import ClientRows

STDIN = "-"


def read_input(run: Run, file: str) -> tuple[bytes, str]:
    """Return the content of a file, or of standard input for ``-``, and its name in messages.

    Raises:
        UsageError: If there is no such file.
        NotAFile, FileError: If it cannot be read.
    """
    if file != STDIN:
        try:
            return files.read_bytes(Path(file)), file
        except FileNotFoundError:
            raise UsageError(f"there is no file {file}", hint="name a file, or - for a pipe") from None
    if run.environment.stdin is None:
        raise UsageError("there is no standard input", hint="name a file")
    if run.environment.stdin.isatty():
        run.environment.stderr.write("Reading from the terminal; Ctrl-D ends.\n")
    return run.environment.stdin.buffer.read(), "standard input"


def read_client_table(
    run: Run,
    file: str,
    mapping: Sequence[str],
    encoding: str | None,
    delimiter: str | None,
    date_format: Literal["dmy", "mdy"] | None,
) -> "ClientRows":
    """Return the rows of a spreadsheet about clients.

    Raises:
        BadInput: If it is not a table, or its columns are not certain.
        UsageError: If a ``--map`` is not FIELD=HEADER.
    """
    from renewctl.exchange.rows import read_client_rows
    from renewctl.exchange.spreadsheet import read_sheet

    headers: dict[str, str] = {}
    for word in mapping:
        field, _, header = word.partition("=")
        if not field.strip() or not header.strip():
            raise UsageError(f"--map: {word!r} is not FIELD=HEADER", hint="as --map client='Company Domain'")
        headers[field.strip()] = header.strip()
    data, name = read_input(run, file)
    sheet = read_sheet(data, name, encoding=encoding, delimiter=delimiter)
    track = tracker(run, "Reading rows")
    return read_client_rows(sheet, name, mapping=headers, date_format=date_format, track=track)


def read_override_table(run: Run, file: str) -> tuple[OverrideRow, ...]:
    """Return the rows of a list of overrides, CSV, XLSX or JSON Lines.

    Raises:
        BadInput: If it is none of them, or not such a list.
    """
    from renewctl.exchange import rows
    from renewctl.exchange.spreadsheet import read_sheet

    data, name = read_input(run, file)
    if rows.is_jsonl(data):
        return rows.read_override_lines(data, name)
    return rows.read_override_rows(read_sheet(data, name), name)


def import_edit(run: Run, table: "ClientRows", options: ImportOptions) -> Callable[[Portfolio], Plan]:
    """Return the edit that imports a spreadsheet, with a notice of the columns that are not used."""

    def edit(book: Portfolio) -> Plan:
        plan = plan_import(book, table.rows, options, table.problems, tracker(run, "Planning clients"))
        unused = (f"columns not used: {', '.join(table.unused)}",) if table.unused else ()
        return plan._replace(notices=(*plan.notices, *unused))

    return edit


class Format(StrEnum):
    """The format of an export."""

    TOML = "toml"
    JSON = "json"
    CSV = "csv"


class ExportOptions(NamedTuple):
    """What is exported: where to, in which format, and how a CSV is written."""

    file: str
    kind: Format | None
    raw: bool
    excel: bool
    force: bool


def write_export(run: Run, snapshot: Snapshot, options: ExportOptions) -> Result:
    """Write the store, or its roster, to a file; for ``-`` the text itself is the answer.

    Raises:
        UsageError: If neither suffix nor option names a format, the file exists and is not to be
            overwritten, or it is the store itself.
        FileError: If the system refuses.
    """
    path, store = Path(options.file), run.place.path
    kind = str(options.kind or path.suffix.lower().removeprefix("."))
    if kind not in set(Format):
        raise UsageError(f"{options.file!r} does not say a format", hint="add --format toml, json or csv")
    text = _export_text(snapshot, kind, options)
    document = {"schema": "renewctl.export/1", "path": options.file, "format": kind}
    if options.file == STDIN:
        return Result({**document, "content": text}, DataTable((), ()), text=text)
    if path.exists() and store.exists() and path.samefile(store):
        raise UsageError(f"{path} is the store itself", hint="name another file")
    data = text.encode()
    try:
        files.create(path, data)
    except FileExistsError:
        if not options.force:
            raise UsageError(f"{path} exists already", hint="--force writes over it") from None
        files.replace(path, data, files.digest(files.read_bytes(path)))
    count = len(snapshot.portfolio.clients)
    words = line(f"Exported {count} client{'' if count == 1 else 's'} to {options.file}.")
    table = DataTable(("path",), ((options.file,),))
    return Result(document, table, (options.file,), (words,), change=True)


def _export_text(snapshot: Snapshot, kind: str, options: ExportOptions) -> str:
    if kind == Format.CSV:
        from renewctl.exchange.export import export_csv

        return export_csv(snapshot.portfolio, raw=options.raw, excel=options.excel)
    from renewctl.formats.convert import to_json, to_toml

    data = snapshot.document.data
    return to_json(data) if kind == Format.JSON else to_toml(data)


def render_calendar(run: Run, rows: Sequence[ReportRow], remind: Sequence[str]) -> Result:
    """Return the rows as a calendar, with a warning for the clients without a date.

    Raises:
        UsageError: If a reminder is not a span.
        MissingExtra: If icalendar is not installed.
    """
    from renewctl.exchange.calendar import build_calendar

    days = [(parse_span(word, run.today, option="--remind") - run.today).days for word in remind]
    text = build_calendar(rows, run.today, remind=days).decode()
    undated = sorted({row.client.key for row in rows if row.renewal is None})
    names = ", ".join(undated)
    warnings = (f"not in the calendar, as no date is recorded: {names}",) if undated else ()
    document = {"schema": "renewctl.calendar/1", "undated": undated, "calendar": text}
    return Result(document, DataTable((), ()), text=text, warnings=warnings)
