"""Columns as wide as what stands in them: nothing is cut, whatever the width.

Where the columns do not fit side by side, each row becomes a block. Imports ``text`` and its
neighbours; rich late.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, zip_longest

from renewctl.render.result import Line, Segment, line
from renewctl.text import showable

Block = Sequence[tuple[Line, int]]
"""What stands in one column of a row: lines, each with its width, so that none is measured twice."""
Cells = Sequence[Block]
"""One row: for each column what stands in it."""
GAP = "  "
words = re.compile(r" +|[^ ]+").findall
"""What gives words and the spaces between them, in turn."""


def width_of(parts: Line) -> int:
    """Return how many columns of a terminal a line takes."""
    text = "".join([text for text, _ in parts])
    if _simple(text):
        return len(text)
    from rich.cells import cell_len

    return sum(cell_len(showable(text)) for text, _ in parts)


def _simple(text: str) -> bool:
    """Tell whether each character of a text takes one column, and none acts: most texts, by far."""
    return text.isascii() and text.isprintable()


def block(*lines: Line) -> Block:
    """Return lines that are to stand in one column, measured."""
    return tuple([(found, width_of(found)) for found in lines])


def widths_of(headings: Sequence[str], rows: Sequence[Cells]) -> list[int]:
    """Return how wide each column must be for nothing in it to be cut."""
    return [
        max([len(title), *(width for cells in rows for _, width in cells[index])])
        for index, title in enumerate(headings)
    ]


def total(widths: Sequence[int]) -> int:
    """Return how wide the columns are together."""
    return sum(widths) + len(GAP) * (len(widths) - 1)


def beside(cells: Cells, widths: Sequence[int]) -> Iterator[Line]:
    """Yield the lines of cells that stand beside each other."""
    starts = [0, *accumulate(width + len(GAP) for width in widths[:-1])]
    for lines in zip_longest(*cells, fillvalue=((), 0)):
        parts: list[Segment] = []
        end = 0
        for start, (found, width) in zip(starts, lines, strict=True):
            if found:
                parts += ((" " * (start - end), ""), *found)
                end = start + width
        if end < starts[-1]:
            parts.append((" " * (starts[-1] - end), ""))
        yield tuple(parts)


def headed(headings: Sequence[str], widths: Sequence[int]) -> Iterator[Line]:
    """Yield the line that the columns' headings are on."""
    return beside([block(line((title, "strong"))) for title in headings], widths)


def arranged(headings: Sequence[str], rows: Sequence[Cells], width: int) -> Iterator[Line]:
    """Yield rows under their headings, in columns or, where those do not fit, as blocks."""
    widths = widths_of(headings, rows)
    least = [*widths[:-1], _longest_word(headings[-1], rows)]
    if total(least) > width:
        yield from _blocks(headings, rows)
        return
    widths[-1] = max(least[-1], width - total([*widths[:-1], 0]))
    yield from headed(headings, widths)
    for cells in rows:
        last = block(*(part for found, _ in cells[-1] for part in wrapped(found, widths[-1], hang=0)))
        yield from beside([*cells[:-1], last], widths)


def _longest_word(heading: str, rows: Sequence[Cells]) -> int:
    pieces = (piece for cells in rows for found, _ in cells[-1] for piece in _pieces(found))
    return max([len(heading), *(width_of((piece,)) for piece in pieces)])


def _blocks(headings: Sequence[str], rows: Sequence[Cells]) -> Iterator[Line]:
    label = max(map(len, headings))
    for number, cells in enumerate(rows):
        if number:
            yield line()
        for index, (title, lines) in enumerate(zip(headings, cells, strict=True)):
            for found, _ in lines if any(width for _, width in lines) else ():
                yield found if index == 0 else line(GAP, (f"{title:<{label}}{GAP}", "dim"), *found)


def wrapped(parts: Line, width: int, hang: int | None = None) -> Iterable[Line]:
    """Return a line as showable lines of at most ``width``, broken between words.

    What follows the first is indented by ``hang``, or else by two more than the line itself. A
    longer word stays whole: half an address is none, and the terminal breaks it where it must.
    """
    text = "".join([text for text, _ in parts])
    if len(text) <= width and _simple(text):
        return (parts,)
    parts = tuple((showable(text), style) for text, style in parts)
    if width_of(parts) <= width:
        return (parts,)
    return _broken(parts, width, _indent(parts) + len(GAP) if hang is None else hang)


def hung(lines: Iterable[Line], width: int) -> Iterator[Line]:
    """Yield lines of at most ``width``; what follows the first stands below the text behind two spaces.

    Where that would be past the middle, it is indented by two more than the line itself.
    """
    for parts in lines:
        text = "".join([text for text, _ in parts])
        start = text.rfind(GAP) + len(GAP) if GAP in text else 0
        yield from wrapped(parts, width, start if start <= width // 2 else None)


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
