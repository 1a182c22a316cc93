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
HANG: Segment = ("", "hang")
"""Stands in a line where the text begins below which a continued line is indented."""


class Output(StrEnum):
    """The form of an answer: ``auto`` is ``table`` on a terminal, and ``tsv`` or prose in a pipe."""

    AUTO = "auto"
    TABLE = "table"
    TSV = "tsv"
    CSV = "csv"
    JSON = "json"
    JSONL = "jsonl"
    MARKDOWN = "markdown"
    NAMES = "names"
    XLSX = "xlsx"
    HTML = "html"
    EML = "eml"
    GITHUB = "github"


class Column(NamedTuple):
    """A column of a table that people look at.

    Args:
        heading: What stands above it; nothing is in a table without headings.
        cells: One for each row; a list has several lines.
        wraps: Whether its text can be continued on a further line, at a space.
        right: Whether its text ends at the column's end, as numbers do.
        least: The fewest columns of a terminal that it takes, by which tables below each other are aligned.
    """

    heading: str
    cells: Sequence[Line | list[Line]]
    wraps: bool = False
    right: bool = False
    least: int = 0


class Grid(NamedTuple):
    """A table that people look at.

    The first of ``layouts`` for which there is room is shown, as nothing in it is cut. If there is room for
    none: ``long``, if there is such a form, otherwise a block of labelled values for each row. ``legend``
    returns what stands below a layout, to explain it.
    """

    layouts: Sequence[Sequence[Column]]
    long: "Callable[[], Iterable[Block]] | None" = None
    legend: Callable[[Sequence[Column]], Iterable[Line]] | None = None


Block = Line | Grid


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
        lines: the result as prose, in a pipe too; if empty, there is nothing to print.
        grid: the result as a table, in Markdown too.
        screen: returns what is shown in the given number of columns of a terminal, before anything else.
        footer: printed below.
        markdown: returns the Markdown form, where a table would not do.
        page: returns the HTML form.
        message: returns what ``-o table`` is in a pipe, where a text that can be pasted does better.
        annotations: returns what GitHub shows beside the lines of a pull request.
    Instead of those: ``text`` or ``data``, a file's exact content; ``parts``, several results in turn.
    ``excel``: the csv form begins with the mark by which Excel recognises UTF-8.
    In every format: ``warnings`` and ``failure`` are printed on standard error. The exit status is the
    failure's, otherwise ``status``. ``change``: it describes a change; ``written``: what it describes
    is saved, whether the answer can be shown or not.
    ``files``: it lists files that were written; ``-o`` named their form, and the list has that of ``auto``.
    """

    document: Mapping[str, Any]
    table: DataTable = DataTable((), ())
    names: Sequence[str] = ()
    lines: Iterable[Line] | None = None
    grid: Grid | None = None
    screen: Callable[[int], Iterable[Block]] | None = None
    footer: Sequence[Line] = ()
    warnings: tuple[str, ...] = ()
    failure: RenewctlError | None = None
    parts: "tuple[Result, ...]" = ()
    text: str = ""
    data: bytes = b""
    markdown: Callable[[], str] | None = None
    page: Callable[[], str] | None = None
    message: Callable[[], str] | None = None
    annotations: Callable[[], str] | None = None
    status: ExitStatus = ExitStatus.DONE
    change: bool = False
    written: bool = False
    files: bool = False
    excel: bool = False


def line(*parts: str | Segment) -> Line:
    """Return a line of plain and styled parts."""
    return tuple((part, "") if isinstance(part, str) else part for part in parts)


def column(heading: str, cells: Iterable[Cell], style: str = "", *, wraps: bool = False) -> Column:
    """Return a column of values, each of the items of a list on a line of its own."""
    shown = [[line((text, style)) for text in cell_lines(cell) or ("",)] for cell in cells]
    return Column(heading, shown, wraps)
