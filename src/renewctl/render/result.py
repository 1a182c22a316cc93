"""The one shape of a command's result, from which every output format is made."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from renewctl.errors import ExitStatus, RenewctlError
from renewctl.text import format_value

Cell = str | int | date | None | list[str] | tuple[str, ...]
Segment = tuple[str, str]
"""Text and the name of its style: a key of ``terminal.STYLES``, or empty."""
Line = tuple[Segment, ...]


class Output(StrEnum):
    """How a result is written; ``table`` is for people, the others are contracts."""

    TABLE = "table"
    TSV = "tsv"
    CSV = "csv"
    JSON = "json"
    JSONL = "jsonl"
    MARKDOWN = "markdown"
    NAMES = "names"
    XLSX = "xlsx"


class DataTable(NamedTuple):
    """Columns and rows.

    For workbooks: ``title`` is the name of the sheet; ``alarm``, if not empty, the column that must not
    be blank: a row in which it is blank is coloured, and the cell says NOBODY.
    """

    columns: tuple[str, ...]
    rows: Iterable[tuple[Cell, ...]]
    title: str = "Report"
    alarm: str = ""


def table_of(
    columns: tuple[str, ...], items: Iterable[Mapping[str, Any]], title: str = "Report", alarm: str = ""
) -> DataTable:
    """Return a table of what the items have under these keys."""
    return DataTable(columns, (tuple([item[column] for column in columns]) for item in items), title, alarm)


def cell_lines(cell: Cell) -> Sequence[str]:
    """Return a cell as text, with a line for each item of a list."""
    if isinstance(cell, str):
        return (cell,)
    return cell if isinstance(cell, list | tuple) else (format_value(cell),)


class Result(NamedTuple):
    """What a command answers, in every form it can be written in.

    One form is written, and read once: rows and lines can be generators.

    For programs:
        document: the JSON form, with ``schema`` and, where it lists things, ``items``. A value
            can be a function that returns it, called only if JSON is written.
        table: the fixed columns of tsv and csv.
        names: one key per line.
    For people:
        lines: the result as prose; if empty, there is nothing to print.
        grid: shorter columns than ``table``, for a result that is not prose.
        screen: returns the lines on a terminal of the given width.
        footer: printed below, on a terminal only.
        markdown: returns the Markdown form, where a table would not do.
    Instead of those: ``text`` or ``data``, a file's exact content; ``parts``, several results in turn.
    ``excel``: the csv form begins with the mark by which Excel recognises UTF-8.
    In every format: ``warnings`` and ``failure`` are printed on standard error. The exit status is the
    failure's, otherwise ``status``. ``change``: it describes a change; ``written``: which is saved.
    """

    document: Mapping[str, Any]
    table: DataTable = DataTable((), ())
    names: Sequence[str] = ()
    lines: Iterable[Line] | None = None
    grid: DataTable | None = None
    screen: Callable[[int], Iterable[Line]] | None = None
    footer: Sequence[str] = ()
    warnings: tuple[str, ...] = ()
    failure: RenewctlError | None = None
    parts: "tuple[Result, ...]" = ()
    text: str = ""
    data: bytes = b""
    markdown: Callable[[], str] | None = None
    status: ExitStatus = ExitStatus.DONE
    change: bool = False
    written: bool = False
    excel: bool = False


def line(*parts: str | Segment) -> Line:
    """Return a line of plain and styled parts."""
    return tuple((part, "") if isinstance(part, str) else part for part in parts)
