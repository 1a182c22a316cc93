"""Help: Typer's own, drawn by rich, with two examples at the end of each command's."""

import io
from contextlib import redirect_stdout
from copy import copy
from typing import Any, NamedTuple

from rich.markup import escape

from renewctl.package_data import read_texts
from renewctl.render.terminal import decide_colour


class Example(NamedTuple):
    """A command line that works, what it is for, and its exit status."""

    command: str
    comment: str
    status: int = 0


class _Terminal(io.StringIO):
    """Text that rich colours as on a terminal."""

    def isatty(self) -> bool:
        return True


def read_examples() -> dict[str, tuple[Example, ...]]:
    """Return the examples of each command, by the words that call it."""
    return {
        words: tuple(
            Example(line, text) if isinstance(text, str) else Example(line, *text)
            for line, text in examples.items()
        )
        for words, examples in read_texts("examples").items()
    }


def render_help(ctx: Any) -> str:
    """Return the help of a context's command, coloured if people read it on a terminal that has colours."""
    command = ctx.command
    if examples := read_examples().get(ctx.command_path.partition(" ")[2]):
        lines = [f"[dim]# {escape(each.comment)}[/dim]\n{escape(each.command)}" for each in examples]
        command.epilog = "\n".join(["[bold]Examples[/bold]", *lines])
    elif hasattr(command, "commands"):
        command.epilog = f"{ctx.command_path} COMMAND --help shows a command's options, and examples."
    for parameter in command.params:
        if parameter.param_type_name == "argument" and hasattr(parameter, "type"):  # Typer 0.29 has none.
            # The metavar tells what an argument is; Typer would put its type, <str>, beside it.
            parameter.type = copy(parameter.type)
            parameter.type.get_metavar = lambda **_: ""
    coloured = decide_colour("auto", ctx.obj.variables, terminal=ctx.obj.is_terminal())
    if not coloured:
        ctx.color = False  # Rich colours a pipe too under FORCE_COLOR; Typer then removes that.
    with redirect_stdout(_Terminal() if coloured else io.StringIO()) as screen:
        command.format_help(ctx, ctx.make_formatter())
    # Typer begins and ends with empty lines, and fills lines with blanks.
    return "\n".join(line.rstrip() for line in screen.getvalue().rstrip().splitlines()[1:])
