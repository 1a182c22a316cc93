"""What makes a function a command, and the tree that imports a command only when it is called."""

import inspect
from collections.abc import Callable, Collection, Mapping, Sequence
from copy import copy
from functools import cache, wraps
from importlib import import_module
from keyword import iskeyword
from typing import Annotated, Any, NamedTuple, cast

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from renewctl.cli import field_options
from renewctl.cli.overview import overview
from renewctl.cli.runtime import EVERYWHERE, Run
from renewctl.errors import UsageError
from renewctl.render.result import Output, Result


class CommandInfo(NamedTuple):
    """What is known of a command or group before its module is imported."""

    panel: str
    summary: str


_PANELS: Mapping[str, Mapping[str, str]] = {
    "Everyday": {
        "set-default": "Set who owns renewal communication for every client without an override.",
        "override": "Give clients an override, which replaces the default.",
        "clear-override": "Return clients to the default.",
        "contacts": "Show who holds which role at each client, which are vacant, and the partner user.",
        "who": "Show who would be notified for upcoming renewals, and by which rule.",
        "explain": "Show why a client's renewals reach whom they reach.",
    },
    "Records": {
        "client": "List, add, change and remove clients.",
        "user": "List, add, change and remove partner users.",
    },
    "Data in and out": {
        "import": "Import clients from a spreadsheet: add new ones, update others.",
        "export": "Write the store as TOML or JSON, or its clients as CSV or XLSX.",
        "calendar": "Print deadlines and renewals as an iCalendar file, with who is notified.",
    },
    "Safety": {
        "check": "Find what is wrong, doubtful or old in the store, and what to do about it.",
        "diff": "Show which settings differ between two stores, and who starts and stops hearing.",
        "history": "Show what was changed, when, by whom and why, newest first.",
        "undo": "Take the last change back as one step; a bulk change is one.",
        "migrate": "Rewrite a store of an older version in the current one.",
    },
    "Portal": {
        "todo": "List what must still be clicked in HubSpot so that it agrees with the file.",
        "confirm": "Record that HubSpot's screens show what the file says: clicked, or looked at.",
    },
    "Start": {
        "init": "Make a new store, ./renewctl.toml unless --store names another; never overwrites.",
        "demo": "Show four commands at work on an invented portfolio.",
        "where": "Show which store is in use, and why.",
        "completion": "Print the script that lets bash, zsh, fish or PowerShell complete what is typed.",
        "schema": "Print the JSON Schema of a store, by which editors complete and check it.",
        "help": "Show the help of a command, or a page on exit-codes, rules, store or dates.",
    },
}
COMMANDS = {
    name: CommandInfo(panel, summary) for panel, found in _PANELS.items() for name, summary in found.items()
}
"""The commands and groups, in the order of the help."""
COMMAND_BODIES: dict[str, Callable[..., Any]] = {}
"""Commands by the words that call them, of the modules imported so far."""

Body = Callable[..., Result]
_OF_FEW_COMMANDS = {Output.HTML, Output.EML, Output.GITHUB}
"""Forms that a command has only if it says so."""


def command(
    words: str, *, changes: bool = False, noted: bool = True, forms: Collection[Output] = ()
) -> Callable[[Body], Body]:
    """Make a function from a ``Run`` and its own options to a ``Result`` a command.

    Args:
        words: what people type; a group's name first.
        changes: whether it changes the store, and so has the options of a change.
        noted: whether the change is kept in the history, and so can have a note.
        forms: those forms of its answer that only few commands have.
    """
    names = ["store", "output", "as_of", "quiet", "color", "no_pager"]
    if changes:
        names += ["dry_run", "yes", "lock_timeout", *(["note"] if noted else [])]
    offered = [form for form in Output if form in forms or form not in _OF_FEW_COMMANDS]
    common = [each for each in inspect.signature(Run).parameters.values() if each.name in names]

    def declare(body: Body) -> Body:
        parameters = list(inspect.signature(body).parameters.values())[1:]

        @wraps(body)
        def call(ctx: typer.Context, **values: Any) -> tuple[Run, Result]:
            run = Run(ctx.obj, **{name: values.pop(name) for name in names})
            # Refused first, so that no change is made whose answer is lost.
            if run.output not in offered:
                raise UsageError(f"this answer has no form {run.output}", hint=f"leave out -o {run.output}")
            if run.output is Output.XLSX:
                run.environment.refuse_terminal("a workbook", "report.xlsx")
            try:
                return run, body(run, **field_options.collect(parameters, values, run))
            finally:
                if "progress" in vars(run):  # most commands never ask for it
                    run.progress.stop()

        # Typer reads the signature: the body's own options, then the common ones.
        keyword = inspect.Parameter.KEYWORD_ONLY
        options = [each.replace(kind=keyword) for each in (*field_options.expand(parameters), *common)]
        options = [_offer_forms(each, offered) if each.name == "output" else each for each in options]
        options.insert(0, inspect.Parameter("ctx", keyword, annotation=typer.Context))
        cast(Any, call).__signature__ = inspect.Signature(options)
        call.__annotations__ = {each.name: each.annotation for each in options}
        COMMAND_BODIES[words] = call
        return body

    return declare


def _offer_forms(option: inspect.Parameter, forms: Sequence[Output]) -> inspect.Parameter:
    """Return the option -o, for which a Tab offers these forms only."""
    kind, terms = option.annotation.__origin__, copy(option.annotation.__metadata__[0])
    terms.autocompletion = lambda: [*map(str, forms)]
    return option.replace(annotation=cast(Any, Annotated)[kind, terms])


COMPLETE = "_RENEWCTL_COMPLETE"
"""The variable that Typer's scripts for shells set when they ask."""
_OVERVIEW = """
Who gets notified about a client's HubSpot renewal, and why.

Options stand after the command: renewctl who --within 60d. Short pages on single matters:
renewctl help exit-codes, rules, store, dates.
"""
# Given to each command too: Typer keeps the help option of the first context, which may have no parent.
_HELP_OPTIONS: dict[str, Any] = {"help_option_names": ["-h", "--help"]}


class _Helpful:
    """What commands and groups have in common: help and completion, which only few runs need."""

    def get_help(self, ctx: Any) -> str:
        """Return Typer's help as one text, so that it can be piped as well as shown."""
        from renewctl.cli.help import render_help

        return render_help(ctx)

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Return the parts of the usage line; Typer would put what is required in braces."""
        pieces: list[str] = super().collect_usage_pieces(ctx)  # type: ignore[misc]
        return [piece.strip("{}") for piece in pieces]

    def shell_complete(self, ctx: Any, incomplete: str) -> list[Any]:
        """Return completions without help texts: zsh evaluates them, and Typer imports rich for them."""
        found: list[Any] = super().shell_complete(ctx, incomplete)  # type: ignore[misc]
        for item in found:
            item.help = None
        return found


class Command(_Helpful, TyperCommand):
    """A command of the tree."""

    def get_help_option(self, ctx: Any) -> Any:
        """Return ``--help``, in the panel of what every command has."""
        option: Any = super().get_help_option(ctx)
        option.rich_help_panel = EVERYWHERE
        return option

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the arguments.

        Raises:
            UsageError: If an option that takes one value is given twice, in a change.
        """
        names = [word.partition("=")[0] for word in args if word.startswith("--")]
        if len(set(names)) < len(names) and not ctx.resilient_parsing:
            from renewctl.cli.suggestions import refuse_repeated_options

            refuse_repeated_options(ctx, args)
        return super().parse_args(ctx, args)


class CommandGroup(_Helpful, TyperGroup):
    """A group that imports and builds a command when it is called."""

    words = ""
    """The words that call the group; none for the whole."""

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """Return the name of the command that ``args`` begin with, the command, and the other arguments."""
        if args[0] == "help" and args[1:2] and args[1] in self.commands:
            args = [*(word for word in args[1:] if not word.startswith("-")), "--help"]
        name, named, rest = super().resolve_command(ctx, args)
        return name, self.build(name) if name and named else None, rest

    def build(self, name: str) -> "Command | CommandGroup":
        """Return a command of this group, or a group, built."""
        return _build(f"{self.words} {name}".lstrip())


@cache
def command_tree() -> CommandGroup:
    """Return the tree; to build it and its commands once a process is enough."""
    tree = _build_group("", _OVERVIEW, overview, COMMANDS)
    for parameter in tree.params:  # Typer's own way to install completion works too, but is not listed.
        if parameter.name in {"install_completion", "show_completion"}:
            cast(Any, parameter).hidden = True
    return tree


@cache
def _build(words: str) -> Command | CommandGroup:
    first, _, name = words.partition(" ")
    module = first.replace("-", "_")
    import_module(f"renewctl.cli.commands.{module}{'_' if iskeyword(module) else ''}")
    if body := COMMAND_BODIES.get(words):
        app = typer.Typer(add_completion=False, rich_markup_mode="rich")
        text = _join_lines(body.__doc__ or "")
        app.command(name or first, cls=Command, help=text, context_settings=_HELP_OPTIONS)(body)
        return cast(Command, get_command(app))
    members = {}
    for member, body in COMMAND_BODIES.items():
        group, _, name = member.partition(" ")
        if name and group == first:
            summary = _join_lines(body.__doc__ or "").partition("\n\n")[0]
            members[name] = CommandInfo("Commands", summary)
    return _build_group(words, COMMANDS[words].summary, _show_group_help, members)


def _build_group(
    words: str, text: str, callback: Callable[..., Any], members: Mapping[str, CommandInfo]
) -> CommandGroup:
    """Return a group whose commands are only named; ``callback`` runs where none of them is called."""
    app = typer.Typer(
        name=words or "renewctl", cls=CommandGroup, callback=callback, help=_join_lines(text),
        invoke_without_command=True, add_completion=not words, rich_markup_mode="rich",
        context_settings=_HELP_OPTIONS,
    )  # fmt: skip
    group = cast(CommandGroup, get_command(app))
    group.words = words
    group.commands = {
        name: TyperCommand(name, short_help=known.summary, rich_help_panel=known.panel)
        for name, known in members.items()
    }
    return group


def _show_group_help(ctx: typer.Context) -> None:
    if ctx.invoked_subcommand is None:
        typer.echo(ctx.get_help())


def _join_lines(text: str) -> str:
    """Return a docstring with each paragraph on one line: rich keeps the line ends that it is given."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.strip().split("\n\n"))
