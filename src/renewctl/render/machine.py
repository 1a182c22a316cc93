"""The formats for programs and files: exact, stable and independent of the locale."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from renewctl.render.result import JSON_FORMS, Cell, DataTable, Line, Output, Result, cell_lines
from renewctl.text import BOM, csv_cell, markdown_cell, showable


def format_result(result: Result, output: Output) -> str:
    """Return the result in a text format; ``auto`` is the format for a pipe."""
    if output not in JSON_FORMS:
        if output is Output.TABLE and result.message:
            return result.message()
        if result.text:
            return result.text
    return _WRITERS[output](result)


def _piped(result: Result) -> str:
    if result.parts:
        return "".join(map(_piped, result.parts))
    if result.lines is None:
        return _tsv(result)
    return "".join(plain_line(line) + "\n" for line in result.lines)


def plain_line(line: Line) -> str:
    """Return a line without its styles."""
    return "".join(showable(text) for text, _ in line).rstrip()


def json_text(value: Any) -> str:
    """Return a document as ASCII JSON, with one line per member and list item.

    ``json.dumps`` with an indent would write sixty lines per item, and make ``who -o json`` of 1,000
    clients a tenth slower.
    """
    return _spread(value, "\n") + "\n"


def _spread(value: Any, newline: str) -> str:
    below, encode = newline + "  ", _encoder()
    value = value() if callable(value) else value
    if value and isinstance(value, Mapping):
        members = [f"{encode(key)}: {_spread(inner, below)}" for key, inner in value.items()]
        return "{" + below + f",{below}".join(members) + newline + "}"
    if value and isinstance(value, list | tuple):
        return "[" + below + f",{below}".join(map(encode, value)) + newline + "]"
    return encode(value)


@cache
def _encoder() -> Callable[[Any], str]:
    from json import JSONEncoder  # Lazy import: only JSON and JSON Lines need it.

    return JSONEncoder(default=_plain).encode


def _plain(value: Any) -> Any:
    if callable(value):
        return value()
    return str(value.isoformat() if hasattr(value, "isoformat") else value)


def _json_lines(result: Result) -> str:
    encode, items = _encoder(), result.document.get("items", [result.document])
    return "".join([encode(item) + "\n" for item in (items() if callable(items) else items)])


def _tsv(result: Result) -> str:
    lines = []
    for row in (result.table.columns, *result.table.rows):
        cells = [_cell_text(cell) for cell in row]
        # Checking the row as one text first makes a report on 1,000 clients 2 % faster.
        safe = "".join(cells).isprintable()
        lines.append("\t".join(cells if safe else map(showable, cells)) + "\n")
    return "".join(lines)


def _cell_text(cell: Cell) -> str:
    return cell if isinstance(cell, str) else ";".join(cell_lines(cell))


def _csv(result: Result) -> str:
    import csv  # Lazy import: few results are written as CSV.
    import io

    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(result.table.columns)
    for row in result.table.rows:
        # -1 is a number, not a formula.
        writer.writerow(cell if type(cell) is int else csv_cell(_cell_text(cell)) for cell in row)
    return (BOM if result.excel else "") + file.getvalue()


def _markdown(result: Result) -> str:
    if result.markdown:
        return result.markdown()
    if result.columns:
        columns = [*result.columns()]
        cells = ([[*map(plain_line, lines)] for lines in column.lines_of_cells] for column in columns)
        headings = tuple(column.heading.capitalize() for column in columns)
        return markdown_table(DataTable(headings, zip(*cells, strict=True)))
    if result.lines is not None:
        return "```\n" + _piped(result) + "```\n"
    return markdown_table(result.table)


def markdown_table(table: DataTable) -> str:
    """Return columns and rows as a Markdown table; headings are not escaped."""
    rows: list[Sequence[str]] = [table.columns, ["---"] * len(table.columns)]
    for row in table.rows:
        rows.append(["<br>".join(map(markdown_cell, cell_lines(cell))) for cell in row])
    return "".join("| " + " | ".join(row) + " |\n" for row in rows)


_WRITERS: Mapping[Output, Callable[[Result], str]] = {
    Output.AUTO: _piped,
    Output.TABLE: _piped,
    Output.TSV: _tsv,
    Output.CSV: _csv,
    Output.JSON: lambda result: json_text(result.document),
    Output.JSONL: _json_lines,
    Output.MARKDOWN: _markdown,
    Output.NAMES: lambda result: "".join(showable(name) + "\n" for name in result.names),
}
