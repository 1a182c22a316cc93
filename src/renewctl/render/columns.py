"""Columns as wide as what stands in them: nothing is cut, whatever the width.

Where the columns do not fit side by side, each row becomes a block. Imports ``text`` and its
neighbours; rich late.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

from renewctl.render.answer import Line, Segment, line
from renewctl.text import showable

Cells = Sequence[Sequence[Line]]
"""One row: for each column the lines that stand in it."""
GAP = "  "
words = re.compile(r" +|[^ ]+").findall
"""What gives words and the spaces between them, in turn."""


def width_of(parts: Line) -> int:
    """Return how many columns of a terminal a line takes."""
    text = "".join([text for text, _ in parts])
    if text.isascii() and text.isprintable():
        return len(text)
    from rich.cells import cell_len

    return sum(cell_len(showable(text)) for text, _ in parts)


def widths_of(headings: Sequence[str], rows: Sequence[Cells]) -> list[int]:
    """Return how wide each column must be for nothing in it to be cut."""
    return [
        max(len(title), *(width_of(found) for cells in rows for found in cells[index]), 0)
        for index, title in enumerate(headings)
    ]


def total(widths: Sequence[int]) -> int:
    """Return how wide the columns are together."""
    return sum(widths) + len(GAP) * (len(widths) - 1)


def beside(cells: Cells, widths: Sequence[int]) -> Iterator[Line]:
    """Yield the lines of cells that stand beside each other."""
    for lines in zip_longest(*cells, fillvalue=()):
        parts: list[Segment] = []
        end = start = begun = 0
        for found, width in zip(lines, widths, strict=True):
            begun = start
            if found:
                parts += ((" " * (begun - end), ""), *found)
                end = begun + width_of(found)
            start += width + len(GAP)
        yield tuple(parts) if end >= begun else (*parts, (" " * (begun - end), ""))


def arranged(headings: Sequence[str], rows: Sequence[Cells], width: int) -> Iterator[Line]:
    """Yield rows under their headings, in columns or, where those do not fit, as blocks."""
    widths = widths_of(headings, rows)
    least = [*widths[:-1], _longest_word(headings[-1], rows)]
    if total(least) > width:
        yield from _blocks(headings, rows)
        return
    widths[-1] = max(least[-1], width - total([*widths[:-1], 0]))
    yield from beside([[line((title, "strong"))] for title in headings], widths)
    for cells in rows:
        last = [part for found in cells[-1] for part in wrapped(found, widths[-1], hang=0)]
        yield from beside([*cells[:-1], last], widths)


def _longest_word(heading: str, rows: Sequence[Cells]) -> int:
    words = (piece for cells in rows for found in cells[-1] for piece in _pieces(found))
    return max(len(heading), *(width_of((piece,)) for piece in words), 0)


def _blocks(headings: Sequence[str], rows: Sequence[Cells]) -> Iterator[Line]:
    label = max(map(len, headings))
    for number, cells in enumerate(rows):
        if number:
            yield line()
        for index, (title, lines) in enumerate(zip(headings, cells, strict=True)):
            for found in lines if any(map(width_of, lines)) else ():
                yield found if index == 0 else line(GAP, (f"{title:<{label}}{GAP}", "dim"), *found)


def wrapped(parts: Line, width: int, hang: int | None = None) -> Iterable[Line]:
    """Return a line as lines of at most ``width``, broken between words.

    What follows the first is indented by ``hang``, or else by two more than the line itself. A
    longer word stays whole: half an address is none, and the terminal breaks it where it must.
    """
    if width_of(parts) <= width:
        return (parts,)
    return _broken(parts, width, _indent(parts) + len(GAP) if hang is None else hang)


def _indent(parts: Line) -> int:
    text = "".join(text for text, _ in parts)
    return len(text) - len(text.lstrip(" "))


def _broken(parts: Line, width: int, hang: int) -> Iterator[Line]:
    current: list[Segment] = []
    used = 0
    for text, style in _pieces(parts):
        size = width_of(((text, style),))
        if used + size > width and any(part.strip() for part, _ in current):
            yield tuple(current)
            current, used = [(" " * hang, "")], hang
            if text.isspace():
                continue
        current.append((text, style))
        used += size
    yield tuple(current)


def _pieces(parts: Line) -> Iterator[tuple[str, str]]:
    """Yield words and the spaces between them, each with its style."""
    for text, style in parts:
        for piece in words(showable(text)):
            yield piece, style
