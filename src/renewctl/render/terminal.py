"""Screens drawn by rich; imported only if the output is for a terminal.

Text passes through ``showable`` and reaches rich as ``Text``, so that nothing in it is read as markup, emoji
or a colour. Words are not broken, and only ``shorten`` cuts text: a table that does not fit has another
layout, or a long form.
"""

import io
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text
from rich.theme import Theme

from renewctl.command_line import find_commands
from renewctl.render.machine import plain_line
from renewctl.render.result import HANG, Block, Column, Grid, Line, Result, line
from renewctl.text import list_some, showable

STYLES = {
    "notified": "bold green",
    "copied": "cyan",
    "error": "bold red",
    "warning": "yellow",
    "info": "dim",
    "dim": "dim",
    "strong": "bold",
}
"""Styles in the sixteen colours of the terminal. Words always repeat what a style means."""
GAP = 2
LEAST_TEXT = 24
"""The least width of text that continues on further lines."""
MOST_NAMED = 20
MOST_DRAWN = 1_000
"""The most rows of a table with styles; a longer table is plain."""
_PAPER = 1_000_000
"""The width of rich's console. It is huge because rich cuts wider text, and long words must stay whole."""
_PLAIN = Console(file=io.StringIO(), width=_PAPER)
"""The console that rich requires to measure text."""
_NO_BREAK = "\uffff"
"""A space at which no line is broken. Showable text never contains this noncharacter."""


def draw(result: Result, width: int, *, colour: bool, footer: bool = True) -> str:
    """Return the result for people, ``width`` columns wide."""
    if result.text:
        return "".join(showable(each) + "\n" for each in result.text.splitlines())
    console = Console(
        file=io.StringIO(),
        theme=Theme(STYLES),
        force_terminal=colour,
        color_system="standard" if colour else None,
        no_color=not colour,  # otherwise rich would read NO_COLOR
        width=_PAPER,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )
    drawn = [each for part in result.parts or (result,) for each in _arrange(_blocks(part, width), width)]
    if footer and result.footer:
        drawn += _arrange([line(), *result.footer] if drawn else result.footer, width)
    with console.capture() as screen:
        for renderable in drawn:
            console.print(renderable, no_wrap=True, overflow="ignore", crop=False)
    return "".join(each.rstrip() + "\n" for each in screen.get().replace(_NO_BREAK, " ").splitlines())


def terminal_width() -> int:
    """Return the width of the terminal, at least 40; 100 if there is none."""
    return max(40, shutil.get_terminal_size((100, 24)).columns)


def decide_colour(choice: str, variables: Mapping[str, str], *, terminal: bool) -> bool:
    """Return whether to use colour.

    Args:
        choice: ``always``, ``never``, or ``auto``, which means on a terminal unless a variable forbids it.
        variables: The environment variables, see no-color.org; ``FORCE_COLOR=0`` forbids colour.
        terminal: Whether the output is for a terminal.
    """
    if choice != "auto":
        return choice == "always"
    if variables.get("NO_COLOR") or "0" in {variables.get("CLICOLOR"), variables.get("FORCE_COLOR")}:
        return False
    return terminal and variables.get("TERM") not in {"dumb", "unknown"}


def measure(parts: Line) -> int:
    """Return the width of a line on a terminal."""
    return cell_len(showable("".join([text for text, _ in parts])))


def measure_columns(columns: Iterable[Column]) -> int:
    """Return the width of table columns with their gaps; empty columns do not count."""
    widths = ((_measure_cells(each), each.heading) for each in columns)
    return sum(GAP + max(cell_len(heading), width) for width, heading in widths if width)


def list_fitting(names: Sequence[str], room: int, most: int = MOST_NAMED) -> str:
    """Return as many names as fit, at least one, and the number of the others."""
    for number in range(min(len(names), most), 1, -1):
        text = list_some(names, number)
        if cell_len(showable(text)) <= room:
            return text
    return list_some(names, 1)


def shorten(text: str, room: int) -> str:
    """Return a text at most ``room`` wide; a longer one ends in an ellipsis."""
    shown = showable(text)
    if cell_len(shown) <= room:
        return shown
    cut = Text(shown)
    cut.truncate(room, overflow="ellipsis")
    return cut.plain


def _blocks(result: Result, width: int) -> Iterable[Block]:
    if result.screen:
        return result.screen(width)
    return result.lines or ()


def _arrange(blocks: Iterable[Block], width: int) -> Iterator[Text | Table]:
    """Yield the objects that rich draws: tables, and consecutive lines as one text."""
    text = Text()
    for block in blocks:
        if not isinstance(block, Grid):
            for each in [_make_text(block)] if measure(block) <= width else _wrap(block, width):
                text.append_text(each).append("\n")
            continue
        if text:
            text.right_crop()  # rich adds a line end
            yield text
            text = Text()
        yield from _lay_out(block, width)
    if text:
        text.right_crop()
        yield text


def _make_text(*lines: Line) -> Text:
    """Return styled lines without breaks in commands."""
    return Text("\n").join(_trim(_style(parts)) for parts in lines)


def _style(parts: Line) -> Text:
    text = Text()
    for words, style in parts:
        shown = showable(words)
        for command in find_commands(shown):
            shown = shown.replace(command, command.replace(" ", _NO_BREAK))
        text.append(shown, style if shown else "")
    return text


def _wrap(parts: Line, width: int) -> Iterator[Text]:
    """Yield a line and its continuations, indented to the place of ``HANG``.

    Without ``HANG``, it is broken as prose or as an item of a list. A word that does not fit, for example a
    command to paste, gets its own line.
    """
    place = parts.index(HANG) if HANG in parts else 0
    head, body, more = _style(parts[:place]), _make_text(parts[place:]), 0
    if not head or width - head.cell_len < LEAST_TEXT:
        body = head + body
        indent = len(body.plain) - len(body.plain.lstrip(" "))
        more = GAP if head or indent else 0
        head, body = body.divide([indent]) if indent else (Text(), body)
        head.truncate(width - LEAST_TEXT)
    room = width - head.cell_len - more
    # With the spaces after it, which would otherwise begin the next line.
    long = [match.span() for match in re.finditer(r"(\S+) *", body.plain) if cell_len(match[1]) > room]
    pieces = map(_trim, body.divide([offset for span in long for offset in span]))
    for number, piece in enumerate(pieces):
        if number % 2:
            if head.plain.strip():
                yield _trim(head)
            yield Text(" " * (2 * GAP)).append_text(piece)
        elif piece:
            fits_here = piece.cell_len <= room + more
            yield head + (piece if fits_here else _break(piece, room, head.cell_len + more))
        else:
            continue
        head = Text(" " * head.cell_len)


def _trim(text: Text) -> Text:
    """Return text without trailing spaces."""
    text = text.copy()
    text.rstrip()
    return text


def _break(text: Text, room: int, indent: int = 0) -> Text:
    """Return text with line breaks and indents, so that it fits."""
    if text.cell_len <= room:
        return text
    return Text("\n" + " " * indent).join(map(_trim, text.wrap(_PLAIN, room)))


def _lay_out(grid: Grid, width: int) -> Iterator[Text | Table]:
    """Yield the first layout that fits, otherwise the long form."""
    sizes: dict[int, int] = {}
    for layout in grid.layouts:
        for column in layout:
            if id(column) not in sizes:
                sizes[id(column)] = max(column.least, _measure_cells(column))
        columns = [column for column in layout if sizes[id(column)]]
        wanted = [max(cell_len(column.heading), sizes[id(column)]) for column in columns]
        if (widths := _fit(columns, wanted, width)) is not None:
            if columns:
                yield _make_table(columns, widths)
            legend = [*grid.legend(columns)] if grid.legend else []
            yield from _arrange([line(), *legend] if legend else (), width)
            return
    yield from _arrange(grid.long() if grid.long else _stack(grid.layouts[-1]), width)


def _measure_cells(column: Column) -> int:
    return max((cell_len(plain_line(parts)) for lines in column.lines_of_cells for parts in lines), default=0)


def _fit(columns: Sequence[Column], wanted: Sequence[int], width: int) -> list[int] | None:
    """Return the widths of columns; None if they do not fit.

    Columns that wrap share the remaining width, the first one first.
    """
    widths = []
    for column, size in zip(columns, wanted, strict=True):
        least = size
        if column.wraps:
            words = [word for lines in column.lines_of_cells for word in _make_text(*lines).plain.split()]
            least = min(size, max(LEAST_TEXT, cell_len(column.heading), *map(cell_len, words)))
        widths.append(least)
    room = width - sum(widths) - GAP * (len(widths) - 1)
    if room < 0:
        return None
    for place, size in enumerate(wanted):
        more = min(room, size - widths[place])
        widths[place] += more
        room -= more
    return widths


def _make_table(columns: Sequence[Column], widths: Sequence[int]) -> Text | Table:
    of_lines = not any(column.wraps or list in map(type, column.cells) for column in columns)
    if of_lines and len(columns[0].cells) > MOST_DRAWN:
        return _align(columns, widths)
    has_headings = any(column.heading for column in columns)
    table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), show_header=has_headings, header_style="")
    cells = []
    for column, size in zip(columns, widths, strict=True):
        heading = _make_text(line((column.heading, "strong")))
        texts = [_make_text(*lines) for lines in column.lines_of_cells]
        if column.right:
            # rich 14.2 adds padding to the last column when it aligns by itself.
            for text in (heading, *texts):
                text.align("right", size)
        table.add_column(heading, width=size, no_wrap=True)
        cells.append([_break(text, size) for text in texts] if column.wraps else texts)
    for row in zip(*cells, strict=True):
        table.add_row(*row)
    return table


def _align(columns: Sequence[Column], widths: Sequence[int]) -> Text:
    """Return a long table as plain text in the same columns, which is much faster."""
    shown = []
    for column, size in zip(columns, widths, strict=True):
        texts = [column.heading, *(plain_line(parts) for [parts] in column.lines_of_cells)]
        blanks = [" " * (size - cell_len(text)) for text in texts]
        pairs = zip(blanks, texts, strict=True)
        shown.append([blank + text if column.right else text + blank for blank, text in pairs])
    return Text("\n".join((" " * GAP).join(row).rstrip() for row in zip(*shown, strict=True)))


def _stack(columns: Sequence[Column]) -> Iterator[Line]:
    """Yield a block for each row: the first value, then the others with headings."""
    headings = [column.heading.lower() for column in columns[1:]]
    label = max(map(len, headings), default=0)
    for number, (first, *others) in enumerate(
        zip(*(column.lines_of_cells for column in columns), strict=True)
    ):
        if number:
            yield line()
        yield from first
        for heading, lines in zip(headings, others, strict=True):
            for index, parts in enumerate(lines):
                if measure(parts):
                    yield line("  ", (f"{'' if index else heading:<{label}}", "dim"), "  ", HANG, *parts)
