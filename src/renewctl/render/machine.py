"""The formats for programs and files: exact, stable, the same bytes in any locale.

Never through rich. Imports ``text``, the answer and, late, its form in JSON.
"""

from renewctl.render.result import Cell, Line, Output, Result
from renewctl.text import csv_cell, markdown_cell, showable


def format_result(answer: Result, output: Output) -> str:
    """Return the answer in a format for programs; ``table`` is what a pipe gets of it.

    A file's text is the same in every format but JSON, which holds it.
    """
    if answer.text and output not in {Output.JSON, Output.JSONL}:
        return answer.text
    return _WRITERS[output](answer)


def _table(answer: Result) -> str:
    if answer.parts:
        return "".join(map(_table, answer.parts))
    if answer.lines is not None:
        return "".join(plain_line(line) + "\n" for line in answer.lines)
    return _tsv(answer)


def plain_line(line: Line) -> str:
    """Return a line without its styles."""
    return "".join(showable(text) for text, _ in line).rstrip()


def _tsv(answer: Result) -> str:
    sheet = answer.table
    return "".join([_tsv_line(row) for row in (sheet.columns, *sheet.rows)])


def _tsv_line(row: tuple[Cell, ...]) -> str:
    cells = [
        cell if isinstance(cell, str) else ";".join(cell) if type(cell) is tuple else _joined(cell)
        for cell in row
    ]
    if not "".join(cells).isprintable():  # rarely: so all of them are asked at once
        cells = [showable(cell) for cell in cells]
    return "\t".join(cells) + "\n"


def _csv(answer: Result) -> str:
    import csv  # late, as most answers are not written so
    import io

    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(answer.table.columns)
    writer.writerows([list(map(_csv_cell, row)) for row in answer.table.rows])
    return file.getvalue()


def _csv_cell(cell: Cell) -> str:
    # A number may be negative without being a formula.
    return str(cell) if isinstance(cell, int) else csv_cell(_joined(cell))


def _joined(cell: Cell) -> str:
    if isinstance(cell, tuple):
        return ";".join(cell)
    return "" if cell is None else str(cell)


def _json(answer: Result) -> str:
    from renewctl.render.as_json import json_text

    return json_text(answer.document)


def _jsonl(answer: Result) -> str:
    from renewctl.render.as_json import lines_text

    return lines_text(answer)


def _markdown(answer: Result) -> str:
    if answer.markdown:
        return answer.markdown()
    if answer.lines is not None and answer.grid is None:
        return "```\n" + _table(answer) + "```\n"
    sheet = answer.grid or answer.table
    rows = [sheet.columns, ("---",) * len(sheet.columns), *map(_markdown_row, sheet.rows)]
    return "".join("| " + " | ".join(row) + " |\n" for row in rows)


def _markdown_row(row: tuple[Cell, ...]) -> tuple[str, ...]:
    return tuple(
        "<br>".join(map(markdown_cell, cell)) if isinstance(cell, tuple) else markdown_cell(_joined(cell))
        for cell in row
    )


def _names(answer: Result) -> str:
    return "".join(showable(name) + "\n" for name in answer.names)


_WRITERS = {
    Output.TABLE: _table,
    Output.TSV: _tsv,
    Output.CSV: _csv,
    Output.JSON: _json,
    Output.JSONL: _jsonl,
    Output.MARKDOWN: _markdown,
    Output.NAMES: _names,
}
