"""Help of commands: Typer's own, drawn by rich, with two examples at the end."""

import io
from contextlib import redirect_stdout
from copy import copy
from typing import Any, NamedTuple

from rich.markup import escape

from renewctl.cli.runtime import AS_OF
from renewctl.package_data import read_texts
from renewctl.render.terminal import decide_colour
from renewctl.store.location import VARIABLE

_VARIABLES = {"store": VARIABLE, "as_of": AS_OF}
"""The environment variable of an option, by the option's name in the code."""


class Example(NamedTuple):
    """A command line, a comment on what it does, and its exit status."""

    command: str
    comment: str
    status: int = 0


class _Terminal(io.StringIO):
    """A text stream that rich treats as a terminal."""

    def isatty(self) -> bool:
        return True


def read_examples() -> dict[str, tuple[Example, ...]]:
    """Return the examples of each command, by its name."""
    return {
        words: tuple(
            Example(line, text) if isinstance(text, str) else Example(line, *text)
            for line, text in examples.items()
        )
        for words, examples in read_texts("examples").items()
    }


def describe_command(command: Any) -> Any:
    """Return a copy of a command for its help, with the environment variables.

    The command itself does not read the variables by Typer: a message names the option or the variable.
    """
    described = copy(command)
    described.params = [copy(parameter) for parameter in command.params]
    for parameter in described.params:
        if variable := _VARIABLES.get(parameter.name):
            parameter.envvar = variable
        if parameter.param_type_name == "argument" and hasattr(parameter, "type"):  # Typer 0.29 has none.
            # Typer would print the type, <str>, next to the metavar.
            parameter.type = copy(parameter.type)
            parameter.type.get_metavar = lambda **_: ""
    return described


def render_help(ctx: Any) -> str:
    """Return the help of a context's command, with color on a terminal that has color."""
    command = describe_command(ctx.command)
    if examples := read_examples().get(ctx.command_path.partition(" ")[2]):
        lines = [f"[dim]# {escape(each.comment)}[/dim]\n{escape(each.command)}" for each in examples]
        command.epilog = "\n".join(["[bold]Examples[/bold]", *lines])
    elif hasattr(command, "commands"):
        command.epilog = f"For the options of a command, with examples: {ctx.command_path} COMMAND --help"
    coloured = decide_colour("auto", ctx.obj.variables, terminal=ctx.obj.is_terminal())
    if not coloured:
        ctx.color = False  # With FORCE_COLOR, rich colors a pipe, too; Typer then removes the color.
    with redirect_stdout(_Terminal() if coloured else io.StringIO()) as screen:
        command.format_help(ctx, ctx.make_formatter())
    # Typer's help begins and ends with empty lines and pads lines with spaces.
    return "\n".join(line.rstrip() for line in screen.getvalue().rstrip().splitlines()[1:])
