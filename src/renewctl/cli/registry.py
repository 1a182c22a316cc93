"""The command tree, of which only what a command line calls is imported and built.

The others are only named: help and a mistyped command need no more than their names, headings and
first sentences, which stand here.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib import import_module
from inspect import getdoc
from keyword import iskeyword
from typing import Any, NamedTuple, cast

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from renewctl.cli.app import COMMAND_BODIES
from renewctl.cli.overview import overview


class CommandInfo(NamedTuple):
    """What is known of a command or group before its module is imported.

    ``panel`` is the heading that the help lists it under, ``help`` how its own help begins.
    """

    panel: str
    help: str


_EVERYDAY, _RECORDS, _DATA = "Everyday", "Records", "Data in and out"
_SAFETY, _PORTAL, _START = "Safety", "Portal", "Start"
# fmt: off
COMMANDS = {
    "set-default": CommandInfo(_EVERYDAY,
        "Set who owns renewal communication for every client without an override."),
    "override": CommandInfo(_EVERYDAY,
        "Give clients their own setting, instead of the default."),
    "clear-override": CommandInfo(_EVERYDAY, "Return clients to the default."),
    "contacts": CommandInfo(_EVERYDAY,
        "Show who holds which role at each client, which are vacant, and the partner user."),
    "who": CommandInfo(_EVERYDAY,
        "Show who would be notified for upcoming renewals, and by which rule."),
    "explain": CommandInfo(_EVERYDAY,
        "Show why a client's renewals reach whom they reach."),
    "client": CommandInfo(_RECORDS, "List, add, change and remove clients."),
    "user": CommandInfo(_RECORDS, "List, add, change and remove partner users."),
    "import": CommandInfo(_DATA,
        "Bring a roster in from CSV or XLSX: new clients, and what differs of known ones."),
    "export": CommandInfo(_DATA,
        "Write the store as TOML or JSON, whole, or its roster as CSV."),
    "calendar": CommandInfo(_DATA,
        "Print deadlines and renewals as an iCalendar file, with who is notified."),
    "check": CommandInfo(_SAFETY,
        "Find what is wrong, doubtful or old in the store, and the command that mends it."),
    "diff": CommandInfo(_SAFETY,
        "Show which settings differ between two stores, and who starts and stops hearing."),
    "history": CommandInfo(_SAFETY,
        "Show what was changed, when, by whom and why, newest first."),
    "undo": CommandInfo(_SAFETY,
        "Take the last change back as one step; a bulk change is one."),
    "migrate": CommandInfo(_SAFETY,
        "Rewrite a store of an older version in the current one."),
    "todo": CommandInfo(_PORTAL,
        "List what must still be clicked in HubSpot so that it agrees with the file."),
    "done": CommandInfo(_PORTAL,
        "Record that HubSpot's screens show what the file says: clicked, or looked at."),
    "init": CommandInfo(_START,
        "Make a new store, ./renewctl.toml unless --store names another; never overwrites."),
    "demo": CommandInfo(_START, "Show four commands at work on an invented portfolio."),
    "where": CommandInfo(_START, "Show which store is in use, and why."),
    "completion": CommandInfo(_START,
        "Print the script that lets bash, zsh or fish complete what is typed."),
    "schema": CommandInfo(_START,
        "Print the JSON Schema of a store, by which editors complete and check it."),
    "help": CommandInfo(_START,
        "Show the help of a command, or a page on exit-codes, rules, store or dates."),
}
# fmt: on
"""The commands and groups, in the order of the help."""
_SETTINGS = {"help_option_names": ["-h", "--help"]}
_HELP = "help"
_MORE = """
Options stand after the command: renewctl who --within 60d. Short pages on single matters:
renewctl help exit-codes, rules, store, dates.
"""


class _Helped:
    """What a command and a group have in common: its help is drawn by our own hand."""

    def get_help(self, ctx: Any) -> str:
        """Return the help, as wide as the terminal."""
        from renewctl.cli import help_text  # late, as all that only a help or a mistake needs

        return help_text.text(ctx)


class Command(_Helped, TyperCommand):
    """A command of the tree."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Take the arguments apart.

        Raises:
            UsageError: an option that takes one value is said twice, in a change.
        """
        named = [word.partition("=")[0] for word in args if word.startswith("--")]
        if len(set(named)) < len(named) and not ctx.resilient_parsing:
            from renewctl.cli.suggestions import refuse_repeated_options

            refuse_repeated_options(ctx, args)
        return super().parse_args(ctx, args)


class CommandGroup(_Helped, TyperGroup):
    """A group that imports and builds a command when it is called."""

    words = ""
    """The words that call the group; none for the whole."""

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """Return the command that ``args`` begin with, built, and the arguments that are left for it.

        Raises:
            UsageError: there is no such command.
        """
        if args[0] == _HELP and args[1:2] and args[1] in self.commands:
            args = [*(word for word in args[1:] if not word.startswith("-")), "--help"]
        if args[0] not in self.commands and not args[0].startswith("-") and not ctx.resilient_parsing:
            from renewctl.cli.suggestions import unknown_command

            raise unknown_command(ctx, args[0])
        name, named, rest = super().resolve_command(ctx, args)
        return name, self.build(name) if name and named else None, rest

    def build(self, name: str) -> "Command | CommandGroup":
        """Return a command of this group, or a group, built."""
        return _built(f"{self.words} {name}".lstrip())


@cache
def command_tree(*, installing: bool = False) -> CommandGroup:
    """Return the tree; to build it and its commands once a process is enough.

    Args:
        installing: whether it has Typer's own completion, which the help does not list.
    """
    named = ((name, known.panel, known.help) for name, known in COMMANDS.items())
    said = f"{getdoc(overview)}\n\n{_MORE}"
    return _group("", said, overview, named, installing=installing)


@cache
def _built(words: str) -> Command | CommandGroup:
    """Return what the words call, its module imported."""
    first, _, name = words.partition(" ")
    module = first.replace("-", "_")
    import_module(
        f"renewctl.cli.commands.{module}_" if iskeyword(module) else f"renewctl.cli.commands.{module}"
    )
    if called := COMMAND_BODIES.get(words):
        alone = typer.Typer(add_completion=False, rich_markup_mode=None)
        alone.command(name or first, cls=Command)(called)
        return cast(Command, get_command(alone))
    return _group(words, COMMANDS[words].help, _helped, _members(words))


def _members(group: str) -> Iterator[tuple[str, str | None, str]]:
    for words, called in COMMAND_BODIES.items():
        first, _, name = words.partition(" ")
        if name and first == group:
            yield name, None, (getdoc(called) or "").partition("\n\n")[0]


def _group(
    words: str,
    said: str,
    alone: Callable[..., Any],
    named: Iterable[tuple[str, str | None, str]],
    *,
    installing: bool = False,
) -> CommandGroup:
    """Return a group, its commands only named.

    Args:
        words: what calls it.
        said: its help.
        alone: what it does where none of its commands is called.
        named: name, heading and first sentences of each.
        installing: whether Typer's own completion belongs to it.
    """
    bare = typer.Typer(
        name=words or "renewctl", cls=CommandGroup, callback=alone, help=said, invoke_without_command=True,
        add_completion=installing, context_settings=_SETTINGS, rich_markup_mode=None,
    )  # fmt: skip
    group = cast(CommandGroup, get_command(bare))
    group.words = words
    group.commands = {
        name: TyperCommand(name, short_help=brief, rich_help_panel=panel) for name, panel, brief in named
    }
    return group


def _helped(ctx: typer.Context) -> None:
    """Show the help of a group that is named alone."""
    if ctx.invoked_subcommand is None:
        typer.echo(ctx.get_help())
