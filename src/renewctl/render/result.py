"""The result of a command, from which every output format is made."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from renewctl.errors import ExitStatus, RenewctlError
from renewctl.text import format_value

Cell = str | int | date | None | list[str] | tuple[str, ...]
Segment = tuple[str, str]
"""Text and the name of its style, which is a key of ``terminal.STYLES`` or empty."""
Line = tuple[Segment, ...]
HANG: Segment = ("", "hang")
"""A mark in a line: continuation lines are indented to the text after it."""


class Output(StrEnum):
    """The output format; ``auto`` is a table on a terminal, tsv or prose in a pipe."""

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


JSON_FORMS = frozenset({Output.JSON, Output.JSONL})
"""The formats that include warnings and errors, and for which no question is asked."""


class Column(NamedTuple):
    """A column of a table for people.

    Args:
        heading: The heading; empty in a table without headings.
        cells: One cell per row; a list has several lines.
        wraps: Whether its text can wrap at a space.
        right: Whether its text is aligned to the right, like numbers.
        least: The least width in columns of the terminal, to align tables below each other.
    """

    heading: str
    cells: Sequence[Line | list[Line]]
    wraps: bool = False
    right: bool = False
    least: int = 0

    @property
    def lines_of_cells(self) -> Iterator[list[Line]]:
        """The lines of each cell."""
        return (cell if isinstance(cell, list) else [cell] for cell in self.cells)


class Grid(NamedTuple):
    """A table for people.

    Args:
        layouts: The columns of the table in several widths; the first that fits is shown, and nothing is cut.
        long: Returns what is shown if no layout fits; None for a block of labelled values for each row.
        legend: Returns the lines below a layout that explain it.
    """

    layouts: Sequence[Sequence[Column]]
    long: "Callable[[], Iterable[Block]] | None" = None
    legend: Callable[[Sequence[Column]], Iterable[Line]] | None = None


Block = Line | Grid


class DataTable(NamedTuple):
    """A table for programs.

    Args:
        columns: The names of the columns.
        rows: The rows.
        title: The name of the sheet in a workbook.
        alarm: The column that must not be blank in a workbook: if it is, the row is colored, and the cell has
            the text NOBODY.
    """

    columns: tuple[str, ...]
    rows: Iterable[tuple[Cell, ...]]
    title: str = "Report"
    alarm: str = ""


def table_of(
    columns: tuple[str, ...], items: Iterable[Mapping[str, Any]], title: str = "Report"
) -> DataTable:
    """Return a table with the values of the items under these keys."""
    return DataTable(columns, (tuple([item[column] for column in columns]) for item in items), title)


def cell_lines(cell: Cell) -> Sequence[str]:
    """Return the lines of a cell; a list has one line per item."""
    if isinstance(cell, str):
        return (cell,)
    return cell if isinstance(cell, list | tuple) else (format_value(cell),)


class Result(NamedTuple):
    """The result of a command in all its output formats.

    One format is written, and only once, so rows and lines can be generators.

    For programs:
        document: The JSON form, with ``schema`` and, for a list, ``items``. A value can be a function that
            returns it, which is called only if JSON is written.
        table: The fixed columns of tsv and csv.
        names: One key per line.
        excel: Whether the csv form starts with a byte order mark for Excel.
        annotations: Returns annotations for GitHub on the lines of a pull request.
    For people:
        lines: The result as prose, also in a pipe; if empty, there is nothing to print.
        screen: Returns the content for a terminal with that number of columns; it takes precedence.
        footer: Lines below.
        columns: Returns the columns of the table in Markdown, if they are not those for programs.
        markdown: Returns the Markdown form if it is not a table.
        page: Returns the HTML form.
        message: Returns the form of ``-o table`` in a pipe if it is a text to paste.
    Instead of all those:
        text, data: The exact content of a file.
        parts: Several results, one after the other.
    In every format:
        warnings, failure: Printed on standard error. The exit status is that of the failure, if there is one.
        status: The exit status without a failure.
        change: Whether it describes a change.
        written: Whether what it describes is saved, even if the answer cannot be shown.
        files: Whether it lists files that were written; ``-o`` is the format of those files, not of the list.
    """

    document: Mapping[str, Any]
    table: DataTable = DataTable((), ())
    names: Sequence[str] = ()
    lines: Iterable[Line] | None = None
    screen: Callable[[int], Iterable[Block]] | None = None
    footer: Sequence[Line] = ()
    warnings: tuple[str, ...] = ()
    failure: RenewctlError | None = None
    parts: "tuple[Result, ...]" = ()
    text: str = ""
    data: bytes = b""
    columns: Callable[[], Iterable[Column]] | None = None
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
    """Return a line made of plain and styled parts."""
    return tuple((part, "") if isinstance(part, str) else part for part in parts)


def separate(groups: Iterable[Iterable[Block]]) -> Iterator[Block]:
    """Yield the blocks of each group, with a blank line between groups."""
    for number, group in enumerate(groups):
        if number:
            yield line()
        yield from group


def join_lines(lines: Iterable[Line], separator: str) -> Line:
    """Return lines as one line."""
    joined: list[Segment] = []
    for parts in lines:
        joined += [(separator, ""), *parts] if joined else parts
    return tuple(joined)
