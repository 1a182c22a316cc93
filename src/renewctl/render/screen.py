"""An answer on a terminal, through rich; colour and width are decided once, here.

rich is imported late: nothing that goes into a pipe needs it. Imports ``text`` and the answer.
"""

import io
import shutil
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from renewctl.render.answer import Answer, Cell, Line, line
from renewctl.render.columns import arranged, wrapped
from renewctl.text import showable

if TYPE_CHECKING:
    from rich.text import Text

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
    console = _console(width, colour=wants_colour(environment))
    for part in answer.parts or (answer,):
        _print(console, part, width)
    text: str = console.file.getvalue()
    return text


def _print(console: Any, answer: Answer, width: int) -> None:
    for parts in _lines(answer, width):
        console.print(styled(parts), soft_wrap=True)


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


def _console(width: int, *, colour: bool) -> Any:
    from rich.console import Console

    return Console(
        file=io.StringIO(),
        width=width,
        force_terminal=True,
        color_system="standard" if colour else None,
        markup=False,
        emoji=False,
        highlight=False,
        legacy_windows=False,
    )


def styled(parts: Line) -> "Text":
    """Return a line as rich text, every part made showable."""
    from rich.text import Text

    return Text.assemble(*((showable(text), STYLES[style]) for text, style in parts))
