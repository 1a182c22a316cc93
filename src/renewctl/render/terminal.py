"""A result on a terminal: colours, line breaks, and columns in which nothing is cut, whatever the width."""

import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, zip_longest

from renewctl.command_line import find_commands
from renewctl.render.result import DataTable, Line, Result, Segment, cell_lines, line
from renewctl.text import showable

GAP = "  "
RESET = "\x1b[0m"
STYLES = {
    "notified": "\x1b[1;32m",
    "copied": "\x1b[36m",
    "error": "\x1b[1;31m",
    "warning": "\x1b[33m",
    "info": "\x1b[2m",
    "dim": "\x1b[2m",
    "strong": "\x1b[1m",
}
"""The styles as escape sequences (ECMA-48, SGR); words always repeat what a style means."""
Row = Sequence[Sequence[Line]]
"""The columns of one row of a table, each with its lines."""
UNBROKEN = "\0"
"""Stands for a space at which no line is broken; text made showable has no such character of its own."""
_split_words = re.compile(r" +|[^ ]+").findall


def draw(result: Result, environment: Mapping[str, str]) -> str:
    """Return the result as a terminal shows it."""
    if result.text:
        return "".join(showable(each) + "\n" for each in result.text.splitlines())
    width = terminal_width()
    lines: list[Line] = []
    for part in result.parts or (result,):
        if part.screen:
            lines += part.screen(width)
        elif part.lines is not None:
            lines += part.lines
        else:
            lines += _draw_table(part.grid or part.table, width)
    style = _apply_style if wants_colour(environment) else lambda text, _: text
    wrapped = (piece for found in lines for piece in wrap_line(found, width))
    return "".join("".join(style(*segment) for segment in piece) + "\n" for piece in wrapped)


def terminal_width() -> int:
    """Return how many columns the terminal has, at least 40."""
    return max(40, shutil.get_terminal_size((100, 24)).columns)


def wants_colour(environment: Mapping[str, str]) -> bool:
    """Return whether a terminal shows colour: see no-color.org; ``FORCE_COLOR=0`` is no."""
    if environment.get("NO_COLOR") or environment.get("CLICOLOR") == "0":
        return False
    if environment.get("FORCE_COLOR") == "0":
        return False
    return environment.get("TERM") not in {"dumb", "unknown"}


def _apply_style(text: str, style: str) -> str:
    """Return text in a style; each word by itself, as where a line is broken."""
    if not (style and text):
        return text
    start = STYLES[style]
    return start + f"{RESET}{start}".join(_split_words(text)) + RESET


def measure(parts: Line) -> int:
    """Return how many columns of a terminal a line takes."""
    text = "".join([text for text, _ in parts])
    if text.isascii() and text.isprintable():  # Most are; to ask rich doubles the time of a large table.
        return len(text)
    from rich.cells import cell_len

    return sum(cell_len(showable(text)) for text, _ in parts)


def heading_row(headings: Sequence[str]) -> Row:
    """Return the headings of a table as its first row."""
    return [[line((title, "strong"))] for title in headings]


def column_widths(rows: Iterable[Row]) -> list[int]:
    """Return how wide each column must be for nothing in it to be cut."""
    columns = zip(*rows, strict=True)
    return [max([measure(parts) for cell in column for parts in cell], default=0) for column in columns]


def total_width(widths: Sequence[int]) -> int:
    """Return how wide the columns are together."""
    return sum(widths) + len(GAP) * (len(widths) - 1)


def side_by_side(row: Row, widths: Sequence[int]) -> Iterator[Line]:
    """Yield the lines of one row."""
    starts = [0, *accumulate(width + len(GAP) for width in widths[:-1])]
    for lines in zip_longest(*row, fillvalue=()):
        parts: list[Segment] = []
        end = 0
        for start, cell in zip(starts, lines, strict=True):
            if cell:
                parts += ((" " * (start - end), ""), *cell)
                end = start + measure(cell)
        if end < starts[-1]:
            parts.append((" " * (starts[-1] - end), ""))
        yield tuple(parts)


def _draw_table(table: DataTable, width: int) -> Iterator[Line]:
    """Yield a table: only its last column is broken; if that is not enough, blocks."""
    headings, heading = table.columns, heading_row(table.columns)
    rows: list[Row] = []
    for cells in table.rows:
        rows.append([[*map(line, cell_lines(cell) or ("",))] for cell in cells])
    *widths, _ = column_widths([heading, *rows])
    last_words = (word for row in rows for parts in row[-1] for word in _styled_words(parts))
    narrowest = max([len(headings[-1]), *(measure((word,)) for word in last_words)])
    if total_width([*widths, narrowest]) > width:
        yield from _draw_stacked(headings, rows)
        return
    widths.append(max(narrowest, width - total_width([*widths, 0])))
    for row in (heading, *rows):
        last = [piece for parts in row[-1] for piece in wrap_line(parts, widths[-1], hang=0)]
        yield from side_by_side([*row[:-1], last], widths)


def _draw_stacked(headings: Sequence[str], rows: Sequence[Row]) -> Iterator[Line]:
    label = max(map(len, headings))
    for number, row in enumerate(rows):
        if number:
            yield line()
        for index, (title, lines) in enumerate(zip(headings, row, strict=True)):
            for parts in lines if any(map(measure, lines)) else ():
                yield parts if index == 0 else line(GAP, (f"{title:<{label}}{GAP}", "dim"), *parts)


def wrap_line(parts: Line, width: int, hang: int | None = None) -> Iterable[Line]:
    """Return a line as showable lines of a width; only longer words are wider, and longer commands.

    Args:
        parts: the line.
        width: in columns of the terminal.
        hang: how far to indent what follows the first line; None for two more than the line itself.
    """
    parts = tuple((showable(text), style) for text, style in parts)
    if measure(parts) <= width:
        return (parts,)
    text = "".join(text for text, _ in parts)
    indent = len(text) - len(text.lstrip(" "))
    hang = indent + len(GAP) if hang is None else hang
    lines: list[Line] = []
    current: list[Segment] = []
    used = 0
    for text, style in _styled_words(parts):
        size = measure(((text, style),))
        if used + size > width and any(part.strip() for part, _ in current):
            lines.append(tuple(current))
            current, used = [(" " * hang, "")], hang
            if text.isspace():
                continue
        current.append((text, style))
        used += size
    return [*lines, tuple(current)]


def _styled_words(parts: Line) -> Iterator[Segment]:
    """Yield words and the spaces between them; a command to be pasted is one word."""
    for text, style in parts:
        shown = showable(text)
        for command in find_commands(shown):
            shown = shown.replace(command, command.replace(" ", UNBROKEN))
        for word in _split_words(shown):
            yield word.replace(UNBROKEN, " "), style


def wrap_hanging(lines: Iterable[Line], width: int) -> Iterator[Line]:
    """Yield lines of a width, continued below the text behind their last two spaces."""
    for parts in lines:
        text = "".join([text for text, _ in parts])
        start = text.rfind(GAP) + len(GAP) if GAP in text else 0
        yield from wrap_line(parts, width, start if start <= width // 2 else None)
