"""From a command of the tree to its help: the one source of ``--help``, the reference and the manual page."""

import re
from collections.abc import Iterator
from enum import Enum
from typing import Any

import typer

from renewctl.cli.app import EVERYWHERE
from renewctl.render.manual import WIDEST, Entry, Example, Page, Panel, lines
from renewctl.render.terminal import colorize, width_here

_LONGEST_CHOICE = 20


def text(ctx: typer.Context) -> str:
    """Return the help of the command that a context is of; Typer takes its colours out in a pipe."""
    shown = lines(page(ctx), min(width_here(), WIDEST))
    return re.sub(r" +\n", "\n", colorize(shown, ctx.obj.variables)).rstrip("\n")


def page(ctx: typer.Context) -> Page:
    """Return the help of the command that a context is of."""
    command: Any = ctx.command
    paragraphs = tuple(" ".join(part.split()) for part in (command.help or "").split("\n\n"))
    usage = " ".join([ctx.command_path, *_usage(command)])
    more = f"{ctx.command_path} COMMAND --help shows a command's options, and examples."
    return Page(usage, paragraphs, tuple(_panels(ctx)), _examples(ctx), more if _is_group(command) else "")


def _usage(command: Any) -> Iterator[str]:
    yield "[OPTIONS]"
    if _is_group(command):
        yield "COMMAND ..."
    yield from arguments(command)


def arguments(command: Any) -> Iterator[str]:
    """Yield the arguments of a command as its usage line has them."""
    yield from (_argument(parameter) for parameter in command.params if _is_argument(parameter))


def _panels(ctx: typer.Context) -> Iterator[Panel]:
    """Yield the panels: commands first where there are any, then arguments, then options."""
    found: dict[str, list[Entry]] = {}
    command: Any = ctx.command
    for each in getattr(command, "commands", {}).values():
        title = each.rich_help_panel or "Commands"
        found.setdefault(title, []).append(Entry(each.name, _sentence(each.short_help)))
    for parameter in sorted(command.get_params(ctx), key=_is_argument, reverse=True):
        if not parameter.hidden:
            found.setdefault(_panel(parameter, command), []).append(_entry(parameter))
    yield from (Panel(title, tuple(entries)) for title, entries in found.items())


def _panel(parameter: Any, command: Any) -> str:
    if _is_argument(parameter):
        return "Arguments"
    everywhere = parameter.name == "help" and not _is_group(command)
    return EVERYWHERE if everywhere else parameter.rich_help_panel or "Options"


def _sentence(said: str) -> str:
    return " ".join(said.split())


def _entry(parameter: Any) -> Entry:
    if _is_argument(parameter):
        return Entry(_argument(parameter), parameter.help or "")
    choices = choices_of(parameter)
    said = [parameter.help or ""]
    if choices and not _short(choices):
        said.append(f"One of {', '.join(choices)}.")
    if default := _default(parameter):
        said.append(f"[default: {default}]")
    return Entry(_option(parameter, choices), " ".join(said))


def _argument(parameter: Any) -> str:
    return str(parameter.metavar or parameter.name.upper())


def _option(parameter: Any, choices: list[str]) -> str:
    """Return an option as it is typed; a short name stands before the long one."""
    long = [name for name in parameter.opts if name.startswith("--")]
    short = [name for name in parameter.opts if name not in long]
    names = f"{short[0]}, " if short else "    "
    names += "/".join([*long, *parameter.secondary_opts])
    if parameter.is_flag:
        return names
    value = "|".join(choices) if choices and _short(choices) else parameter.name.upper()
    return f"{names} {parameter.metavar or value}"


def choices_of(parameter: Any) -> list[str]:
    """Return the values that an option or argument takes, where they are a few words."""
    return [_plain(choice) for choice in getattr(parameter.type, "choices", ())]


def _short(choices: list[str]) -> bool:
    return len("|".join(choices)) <= _LONGEST_CHOICE


def _default(parameter: Any) -> str:
    value = parameter.default
    return "" if parameter.is_flag or value is None or value == "" else _plain(value)


def _plain(value: Any) -> str:
    return str(
        value.value if isinstance(value, Enum) else f"{value:g}" if isinstance(value, float) else value
    )


def _is_argument(parameter: Any) -> bool:
    return bool(parameter.param_type_name == "argument")


def _is_group(command: Any) -> bool:
    return hasattr(command, "commands")


def _examples(ctx: typer.Context) -> tuple[Example, ...]:
    if _is_group(ctx.command):
        return ()
    from renewctl.cli.examples import EXAMPLES  # late: a group has none

    return EXAMPLES.get(ctx.command_path.partition(" ")[2], ())
