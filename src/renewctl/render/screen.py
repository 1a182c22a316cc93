"""An answer on a terminal, through rich; colour and width are decided once, here.

rich is imported late: nothing that goes into a pipe needs it. Imports ``text`` and the answer.
"""

import shutil
from collections.abc import Callable, Iterator, Mapping

from renewctl.render.answer import Answer, Cell, Line, line
from renewctl.render.columns import arranged, wrapped
from renewctl.text import showable

NARROWEST = 40
STYLES = {
    "": "",
    "told": "bold green",
    "copied": "cyan",
    "error": "bold red",
    "warning": "yellow",
    "info": "dim",
    "dim": "dim",
    "strong": "bold",
}
"""What the styles look like; every style's meaning is also said in words."""


def wants_colour(environment: Mapping[str, str]) -> bool:
    """Tell whether a terminal is to show colour: see no-color.org; ``FORCE_COLOR=0`` is no."""
    if environment.get("NO_COLOR") or environment.get("CLICOLOR") == "0":
        return False
    if environment.get("FORCE_COLOR") == "0":
        return False
    return environment.get("TERM") not in {"dumb", "unknown"}


def drawn(answer: Answer, environment: Mapping[str, str]) -> str:
    """Return the answer as a terminal shows it."""
    if answer.text:
        return "".join(showable(each) + "\n" for each in answer.text.splitlines())
    width = max(NARROWEST, shutil.get_terminal_size((100, 24)).columns)
    paint = _painter(colour=wants_colour(environment))
    lines = (parts for part in answer.parts or (answer,) for parts in _lines(part, width))
    return "".join("".join(paint(showable(text), style) for text, style in parts) + "\n" for parts in lines)


def _painter(*, colour: bool) -> Callable[[str, str], str]:
    """Return what gives a text the look of a style: rich's codes, or nothing."""
    if not colour:
        return lambda text, _style: text
    from rich.color import ColorSystem
    from rich.style import Style

    looks = {name: Style.parse(look) for name, look in STYLES.items()}
    # Not through a console, line by line: a report of ten thousand rows would take half a minute.
    return lambda text, style: looks[style].render(text, color_system=ColorSystem.STANDARD)


def _lines(answer: Answer, width: int) -> Iterator[Line]:
    if answer.screen:
        for parts in answer.screen(width):
            yield from wrapped(parts, width, hang=_hang(parts))
    elif answer.lines is not None:
        for parts in answer.lines:
            yield from wrapped(parts, width, hang=_hang(parts))
    else:
        sheet = answer.grid or answer.sheet
        for parts in arranged(sheet.columns, [tuple(map(_cell, row)) for row in sheet.rows], width):
            yield from wrapped(parts, width, hang=_hang(parts))


def _hang(parts: Line) -> int:
    """Return how far what does not fit on a line is indented: two more than the line itself."""
    text = "".join(text for text, _ in parts)
    return len(text) - len(text.lstrip(" ")) + 2


def _cell(cell: Cell) -> list[Line]:
    if isinstance(cell, tuple):
        return [line(item) for item in cell] or [line()]
    return [line("" if cell is None else str(cell))]
