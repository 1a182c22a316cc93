"""An answer on a terminal; colour and width are decided once, here.

Imports ``text`` and its neighbours.
"""

import shutil
from collections.abc import Iterable, Mapping

from renewctl.render.columns import Block, arranged, block, words, wrapped
from renewctl.render.result import Cell, Line, Result, line
from renewctl.text import showable

NARROWEST = 40
_END = "\x1b[0m"
LOOKS = {
    "notified": "\x1b[1;32m",
    "copied": "\x1b[36m",
    "error": "\x1b[1;31m",
    "warning": "\x1b[33m",
    "info": "\x1b[2m",
    "dim": "\x1b[2m",
    "strong": "\x1b[1m",
}
"""What the styles look like, as a terminal is told (ECMA-48, SGR): bold, dim, green, cyan, red, yellow.

Every style's meaning is also said in words.
"""


def wants_colour(environment: Mapping[str, str]) -> bool:
    """Tell whether a terminal is to show colour: see no-color.org; ``FORCE_COLOR=0`` is no."""
    if environment.get("NO_COLOR") or environment.get("CLICOLOR") == "0":
        return False
    if environment.get("FORCE_COLOR") == "0":
        return False
    return environment.get("TERM") not in {"dumb", "unknown"}


def draw(answer: Result, environment: Mapping[str, str]) -> str:
    """Return the answer as a terminal shows it."""
    if answer.text:
        return "".join(showable(each) + "\n" for each in answer.text.splitlines())
    width = width_here()
    shown = (parts for part in answer.parts or (answer,) for parts in _lines(part, width))
    return colorize([found for parts in shown for found in wrapped(parts, width)], environment)


def width_here() -> int:
    """Return how wide a line may be."""
    return max(NARROWEST, shutil.get_terminal_size((100, 24)).columns)


def colorize(lines: Iterable[Line], environment: Mapping[str, str]) -> str:
    """Return lines that are broken already, in colour or not."""
    paint = _painted if wants_colour(environment) else _plain
    return "".join(map(paint, lines))


def _plain(parts: Line) -> str:
    return "".join([text for text, _ in parts]) + "\n"


def _painted(parts: Line) -> str:
    return "".join([_styled(text, style) if style and text else text for text, style in parts]) + "\n"


def _styled(text: str, style: str) -> str:
    """Return text with the look of a style, each word by itself, as where a line is broken."""
    look = LOOKS[style]
    return look + (f"{_END}{look}".join(words(text)) if " " in text else text) + _END


def _lines(answer: Result, width: int) -> Iterable[Line]:
    if answer.screen:
        return answer.screen(width)
    if answer.lines is not None:
        return answer.lines
    sheet = answer.grid or answer.table
    return arranged(sheet.columns, [tuple(map(_cell, row)) for row in sheet.rows], width)


def _cell(cell: Cell) -> Block:
    if isinstance(cell, tuple):
        return block(*map(line, cell)) if cell else block(line())
    return block(line("" if cell is None else str(cell)))
