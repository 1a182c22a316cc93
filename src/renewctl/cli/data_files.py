"""How files come in and go out: reading what is named, writing what is asked for, saying what was done.

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
    from renewctl.exchange import rows as tables

STDIN = "-"


def read(run: Run, file: str) -> tuple[bytes, str]:
    """Return what a file, or standard input for ``-``, holds, and the name to call it by.

    Raises:
        UsageError: there is no such file.
        NotAFile, FileTrouble: it cannot be read.
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
) -> "tables.ClientRows":
    """Return what a spreadsheet says of clients.

    Raises:
        BadInput: it is no table, or its columns cannot be told.
        UsageError: a ``--map`` is not FIELD=HEADER.
    """
    from renewctl.exchange import rows as tables
    from renewctl.exchange import spreadsheet

    pairs = dict(_pair(word) for word in mapping)
    data, name = read(run, file)
    sheet = spreadsheet.read_sheet(data, name, encoding=encoding, delimiter=delimiter)
    return tables.read_client_rows(
        sheet, name, mapping=pairs, date_format=date_format, track=tracker(run, "Reading rows")
    )


def _pair(word: str) -> tuple[str, str]:
    field, equals, header = word.partition("=")
    if not equals or not field.strip() or not header.strip():
        raise UsageError(f"--map: {word!r} is not FIELD=HEADER", hint="as --map client='Company Domain'")
    return field.strip(), header.strip()


def read_override_table(run: Run, file: str) -> tuple[OverrideRow, ...]:
    """Return the rows of a list of overrides, CSV, XLSX or JSON Lines.

    Raises:
        BadInput: it is none of them, or not such a list.
    """
    from renewctl.exchange import rows as tables
    from renewctl.exchange import spreadsheet

    data, name = read(run, file)
    if tables.is_jsonl(data):
        return tables.read_override_lines(data, name)
    return tables.read_override_rows(spreadsheet.read_sheet(data, name), name)


def import_edit(run: Run, table: "tables.ClientRows", wishes: ImportOptions) -> Callable[[Portfolio], Plan]:
    """Return the edit that brings a spreadsheet in, with a word on the columns passed over."""

    def edit(book: Portfolio) -> Plan:
        plan = plan_import(book, table.rows, wishes, table.problems, tracker(run, "Planning clients"))
        unused = (f"columns not used: {', '.join(table.unused)}",) if table.unused else ()
        return plan._replace(notices=(*plan.notices, *unused))

    return edit


class Format(StrEnum):
    """What an export is written as."""

    TOML = "toml"
    JSON = "json"
    CSV = "csv"


class ExportOptions(NamedTuple):
    """What an export is to be: where, in which format, and how a CSV is written."""

    file: str
    kind: Format | None
    raw: bool
    excel: bool
    force: bool

    @property
    def format(self) -> str:
        """The format, as asked for or told by the suffix.

        Raises:
            UsageError: neither says one.
        """
        suffix = Path(self.file).suffix.lower().removeprefix(".")
        if self.kind is None and suffix not in {"toml", "json", "csv"}:
            raise UsageError(f"{self.file!r} does not say a format", hint="add --format toml, json or csv")
        return str(self.kind or suffix)


def write_export(run: Run, snapshot: Snapshot, wanted: ExportOptions) -> Result:
    """Write the store, or its roster, and say so; on ``-`` the text itself is the answer.

    Raises:
        UsageError: the file exists and is not to be written over, or is the store itself.
        FileTrouble: the system refuses.
    """
    text = _exported(snapshot, wanted)
    document = {"schema": "renewctl.export/1", "path": wanted.file, "format": wanted.format}
    if wanted.file == STDIN:
        return Result({**document, "content": text}, DataTable((), ()), text=text)
    _write(Path(wanted.file), text.encode(), run.place.path, force=wanted.force)
    count = len(snapshot.portfolio.clients)
    said = line(f"Exported {count} client{'' if count == 1 else 's'} to {wanted.file}.")
    return Result(document, DataTable(("path",), ((wanted.file,),)), (wanted.file,), (said,), change=True)


def _exported(snapshot: Snapshot, wanted: ExportOptions) -> str:
    if wanted.format == "csv":
        from renewctl.exchange import export

        return export.export_csv(snapshot.portfolio, raw=wanted.raw, excel=wanted.excel)
    from renewctl.formats.convert import to_json, to_toml

    data = snapshot.document.data
    return to_json(data) if wanted.format == "json" else to_toml(data)


def _write(path: Path, data: bytes, store: Path, *, force: bool) -> None:
    if path.exists() and store.exists() and path.samefile(store):
        raise UsageError(f"{path} is the store itself", hint="name another file")
    try:
        files.create(path, data)
    except FileExistsError:
        if not force:
            raise UsageError(f"{path} exists already", hint="--force writes over it") from None
        files.replace(path, data, files.digest(files.read_bytes(path)))


def render_calendar(run: Run, rows: Sequence[ReportRow], remind: Sequence[str]) -> Result:
    """Return the rows as a calendar, with a word on the clients without a date.

    Raises:
        UsageError: a reminder is no span.
        MissingExtra: icalendar is not installed.
    """
    from renewctl.exchange.calendar import build_calendar

    days = [(parse_span(word, run.today, option="--remind") - run.today).days for word in remind]
    text = build_calendar(rows, run.today, remind=days).decode()
    undated = sorted({row.client.key for row in rows if row.renewal is None})
    said = (f"not in the calendar, as no date is recorded: {', '.join(undated)}",) if undated else ()
    document = {"schema": "renewctl.calendar/1", "undated": undated, "calendar": text}
    return Result(document, DataTable((), ()), text=text, warnings=said)
