"""What people look at, drawn by rich; imported only where somebody looks.

Text reaches rich as ``Text``, and through ``showable`` first: nothing in it is read as markup, emoji or a
colour. No word is broken, and nothing is cut but what ``shorten`` is asked to: a table that does not fit
takes another layout, or its long form.
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
"""Looks in the sixteen colours that suit a terminal's ground; words always repeat what a style means."""
GAP = 2
LEAST_TEXT = 24
"""The fewest columns for text that is continued on further lines."""
MOST_NAMED = 20
MOST_DRAWN = 1_000
"""Rows of a table in styles; a longer one is plain."""
_PAPER = 1_000_000
"""The width of rich's console, which cuts what is wider; a word wider than the terminal stays whole."""
_PLAIN = Console(file=io.StringIO(), width=_PAPER)
"""What rich asks for where text is only measured."""
_NO_BREAK = "\uffff"
"""Stands for a space at which no line is broken; text made showable has no noncharacter of its own."""


def draw(result: Result, width: int, *, colour: bool, footer: bool = True) -> str:
    """Return the result as people see it in ``width`` columns, with or without the footer."""
    if result.text:
        return "".join(showable(each) + "\n" for each in result.text.splitlines())
    console = Console(
        file=io.StringIO(),
        theme=Theme(STYLES),
        force_terminal=colour,
        color_system="standard" if colour else None,
        no_color=not colour,  # otherwise rich itself would follow NO_COLOR
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
    """Return how many columns the terminal has, at least 40; 100 where there is none."""
    return max(40, shutil.get_terminal_size((100, 24)).columns)


def decide_colour(choice: str, variables: Mapping[str, str], *, terminal: bool) -> bool:
    """Return whether to use colour.

    Args:
        choice: ``always``, ``never``, or ``auto``: on a terminal, unless a variable is against it.
        variables: the process's, see no-color.org; ``FORCE_COLOR=0`` is no.
        terminal: whether a terminal shows it.
    """
    if choice != "auto":
        return choice == "always"
    if variables.get("NO_COLOR") or "0" in {variables.get("CLICOLOR"), variables.get("FORCE_COLOR")}:
        return False
    return terminal and variables.get("TERM") not in {"dumb", "unknown"}


def measure(parts: Line) -> int:
    """Return how many columns of a terminal a line takes."""
    return cell_len(showable("".join([text for text, _ in parts])))


def measure_columns(columns: Iterable[Column]) -> int:
    """Return how wide columns of a table are, each with a gap; one that is empty is not shown."""
    widths = ((max(map(_measure_cell, each.cells), default=0), each.heading) for each in columns)
    return sum(GAP + max(cell_len(heading), width) for width, heading in widths if width)


def list_fitting(names: Sequence[str], room: int, most: int = MOST_NAMED) -> str:
    """Return the names there is room for, at least one, and how many more there are."""
    for number in range(min(len(names), most), 1, -1):
        text = list_some(names, number)
        if cell_len(showable(text)) <= room:
            return text
    return list_some(names, 1)


def shorten(text: str, room: int) -> str:
    """Return a text that takes no more than ``room`` columns: its end is replaced by an ellipsis."""
    shown = showable(text)
    if cell_len(shown) <= room:
        return shown
    cut = Text(shown)
    cut.truncate(room, overflow="ellipsis")
    return cut.plain


def _blocks(result: Result, width: int) -> Iterable[Block]:
    if result.screen:
        return result.screen(width)
    if result.lines is not None:
        return result.lines
    return [result.grid] if result.grid else []


def _arrange(blocks: Iterable[Block], width: int) -> Iterator[Text | Table]:
    """Yield what rich draws: lines that follow one another as one text, and tables."""
    text = Text()
    for block in blocks:
        if not isinstance(block, Grid):
            for each in [_make_text(block)] if measure(block) <= width else _wrap(block, width):
                text.append_text(each).append("\n")
            continue
        if text:
            text.right_crop()  # rich ends what it prints with a line end
            yield text
            text = Text()
        yield from _lay_out(block, width)
    if text:
        text.right_crop()
        yield text


def _make_text(parts: Line | list[Line]) -> Text:
    """Return text in its styles, in which commands are not broken; a list has lines of their own."""
    return Text("\n").join(_trim(_style(each)) for each in (parts if isinstance(parts, list) else [parts]))


def _style(parts: Line) -> Text:
    text = Text()
    for words, style in parts:
        shown = showable(words)
        for command in find_commands(shown):
            shown = shown.replace(command, command.replace(" ", _NO_BREAK))
        text.append(shown, style if shown else "")
    return text


def _wrap(parts: Line, width: int) -> Iterator[Text]:
    """Yield a line that is continued below the place of ``HANG``, otherwise as prose or as an item of a list.

    A word for which there is no room, such as a command to be pasted, gets a line of its own.
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
    # With the spaces behind it, which would be the beginning of the next line.
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
    """Return text without the spaces at its end."""
    text = text.copy()
    text.rstrip()
    return text


def _break(text: Text, room: int, indent: int = 0) -> Text:
    """Return text with line ends where it has to be continued, and then the indent."""
    if text.cell_len <= room:
        return text
    return Text("\n" + " " * indent).join(map(_trim, text.wrap(_PLAIN, room)))


def _longest_word(text: Text) -> int:
    return max(map(cell_len, text.plain.split()), default=0)


def fits(grid: Grid, width: int) -> bool:
    """Return whether there is room for a table in one of its layouts."""
    return _find_layout(grid, width) is not None


def _lay_out(grid: Grid, width: int) -> Iterator[Text | Table]:
    """Yield the first layout that fits; otherwise the long form."""
    if found := _find_layout(grid, width):
        columns, widths = found
        if columns:
            yield _make_table(columns, widths)
        legend = [*grid.legend(columns)] if grid.legend else []
        yield from _arrange([line(), *legend] if legend else (), width)
    else:
        yield from _arrange(grid.long() if grid.long else _stack(grid.layouts[-1]), width)


def _find_layout(grid: Grid, width: int) -> tuple[list[Column], list[int]] | None:
    """Return the first layout that fits, without columns in which nothing is shown, and their widths."""
    sizes: dict[int, int] = {}
    for layout in grid.layouts:
        for column in layout:
            if id(column) not in sizes:
                sizes[id(column)] = max([column.least, *map(_measure_cell, column.cells)])
        shown = [column for column in layout if sizes[id(column)]]
        wanted = [max(cell_len(column.heading), sizes[id(column)]) for column in shown]
        if (widths := _fit(shown, wanted, width)) is not None:
            return shown, widths
    return None


def _measure_cell(cell: Line | list[Line]) -> int:
    return max(map(cell_len, _plain(cell).split("\n")))


def _plain(cell: Line | list[Line]) -> str:
    lines = cell if isinstance(cell, list) else [cell]
    return "\n".join([showable("".join([text for text, _ in parts])).rstrip() for parts in lines])


def _fit(columns: Sequence[Column], wanted: Sequence[int], width: int) -> list[int] | None:
    """Return the widths of columns if there is room for them; otherwise None.

    Columns that wrap get what the others leave, the first of them most.
    """
    widths = []
    for column, size in zip(columns, wanted, strict=True):
        least = size
        if column.wraps:
            words = (_longest_word(_make_text(cell)) for cell in column.cells)
            least = min(size, max(LEAST_TEXT, cell_len(column.heading), *words))
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
        heading, *texts = map(_make_text, (line((column.heading, "strong")), *column.cells))
        if column.right:
            # Where rich 14.2 aligns by itself, it counts the padding of the last column, which has none.
            for text in (heading, *texts):
                text.align("right", size)
        table.add_column(heading, width=size, no_wrap=True)
        cells.append([_break(text, size) for text in texts] if column.wraps else texts)
    for row in zip(*cells, strict=True):
        table.add_row(*row)
    return table


def _align(columns: Sequence[Column], widths: Sequence[int]) -> Text:
    """Return many rows as plain text in the same columns, which takes a fraction of the time."""
    shown = []
    for column, size in zip(columns, widths, strict=True):
        texts = [column.heading, *map(_plain, column.cells)]
        blanks = [" " * (size - cell_len(text)) for text in texts]
        pairs = zip(blanks, texts, strict=True)
        shown.append([blank + text if column.right else text + blank for blank, text in pairs])
    return Text("\n".join((" " * GAP).join(row).rstrip() for row in zip(*shown, strict=True)))


def _stack(columns: Sequence[Column]) -> Iterator[Line]:
    """Yield a block for each row: the first column's value, and the others' behind their headings."""
    first, *others = columns
    label = max([len(column.heading) for column in others], default=0)
    for number, cell in enumerate(first.cells):
        if number:
            yield line()
        yield from cell if isinstance(cell, list) else [cell]
        for column in others:
            found = column.cells[number]
            for index, parts in enumerate(found if isinstance(found, list) else [found]):
                if measure(parts):
                    heading = "" if index else column.heading.lower()
                    yield line("  ", (f"{heading:<{label}}", "dim"), "  ", HANG, *parts)
