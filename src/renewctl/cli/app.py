"""The ``command`` decorator, and the command tree, which imports commands lazily."""

import inspect
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from copy import copy
from functools import cache, wraps
from importlib import import_module
from keyword import iskeyword
from pathlib import Path
from typing import Annotated, Any, NamedTuple, cast

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from renewctl.cli import field_options
from renewctl.cli.overview import overview
from renewctl.cli.runtime import COMMON_OPTIONS, SUFFIXES, Run
from renewctl.errors import UsageError
from renewctl.render.result import Output, Result


class CommandInfo(NamedTuple):
    """The panel and summary of a command or group, known before it is imported."""

    panel: str
    summary: str


_PANELS: Mapping[str, Mapping[str, str]] = {
    "Reports": {
        "who": "Show who is notified about upcoming renewals.",
        "explain": "Explain who is notified about one client, and why.",
        "contacts": "Show each client's contacts by role.",
    },
    "Settings": {
        "set-default": "Set the default renewal owner and partner user.",
        "override": "Override the default for one or more clients.",
        "clear-override": "Return clients to the default.",
    },
    "Clients and users": {
        "client": "List, add, change and remove clients.",
        "user": "List, add, change and remove partner users.",
    },
    "HubSpot": {
        "todo": "List what to change in HubSpot to match the file.",
        "confirm": "Record that HubSpot matches the file.",
    },
    "Checks and history": {
        "check": "Find problems in the file and show how to fix them.",
        "diff": "Compare two versions of the file.",
        "history": "Show past changes, with date, author and reason.",
        "undo": "Undo the last change, or one that you choose.",
    },
    "Import and export": {
        "import": "Import clients from a spreadsheet.",
        "export": "Export the file as TOML, JSON, CSV or XLSX.",
        "calendar": "Print renewals and deadlines as an iCalendar file.",
    },
    "Setup and help": {
        "init": "Create a new data file.",
        "demo": "Try four commands on sample data.",
        "doctor": "Check the installation and the data file.",
        "where": "Show which file renewctl uses, and why.",
        "migrate": "Upgrade a file from an older version of renewctl.",
        "schema": "Print the JSON Schema of the data file.",
        "completion": "Print the completion script for a shell.",
        "help": "Show help for a command or a topic.",
    },
}
COMMANDS = {
    name: CommandInfo(panel, summary) for panel, found in _PANELS.items() for name, summary in found.items()
}
"""The commands and groups, in the order of ``--help``."""
COMMAND_BODIES: dict[str, Callable[..., Any]] = {}
"""The commands of the modules imported so far, by name; in a group, the group's name comes first."""

Body = Callable[..., Result]
REPORT = "report"
"""The form of an output whose suffix sets the format."""
_SPECIAL_FORMATS = {Output.HTML, Output.EML, Output.GITHUB}
"""Output formats that a command has only if it declares them."""


def command(
    words: str,
    *,
    changes: bool = False,
    noted: bool = True,
    options: Sequence[str] = (),
    forms: Collection[Output] = (),
    out: str | None = REPORT,
) -> Callable[[Body], Body]:
    """Declare a function as a command.

    The function takes a ``Run`` and its own options, and returns a ``Result``.

    Args:
        words: The name that users type; in a group, the group's name comes first.
        changes: Whether the command changes the file, and so has the options for changes.
        noted: Whether the history records the change, and so ``--note`` is an option.
        options: Options for changes that the command has although it does not change the file.
        forms: The special output formats of the command.
        out: What ``--out`` writes: a ``REPORT`` in the format of the suffix, or a text, which has one format:
            its usual suffix, or "" if there is none. None: the command does not have the option. Changes
            never have it.
    """
    names = ["store", "output", "as_of", "quiet", "color", "no_pager"]
    names += options
    if out is not None and not changes:
        names.append("out")
    if changes:
        names += ["dry_run", "yes", "lock_timeout", *(["note"] if noted else [])]
    offered = [form for form in Output if form in forms or form not in _SPECIAL_FORMATS]
    common = [each for each in inspect.signature(Run).parameters.values() if each.name in names]

    def declare(body: Body) -> Body:
        parameters = list(inspect.signature(body).parameters.values())[1:]

        @wraps(body)
        def call(ctx: typer.Context, **values: Any) -> tuple[Run, Result]:
            run = Run(ctx.obj, **{name: values.pop(name) for name in names})
            if run.out is not None:
                run = _redirect(run, out or "", offered)
            _check_format(run, offered, has_out="out" in names)
            try:
                return run, body(run, **field_options.collect(parameters, values, run))
            finally:
                if "progress" in vars(run):  # Most commands never use it.
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


def _check_format(run: Run, offered: Collection[Output], *, has_out: bool) -> None:
    """Refuse a format that the command does not have.

    Call it before anything is changed: otherwise the answer to a change is lost.

    Raises:
        UsageError: If the command does not have the format, or a terminal cannot show it.
    """
    if run.output not in offered:
        raise UsageError(f"{run.output} output is not available here", hint=f"remove -o {run.output}")
    if run.output is Output.XLSX:
        hint = "add --out report.xlsx" if has_out else f"remove -o {run.output}"
        run.environment.refuse_terminal("a workbook", hint)


def _redirect(run: Run, form: str, offered: Collection[Output]) -> Run:
    """Return a run that writes its output into the file of ``--out``.

    ``form`` is what ``command`` declares.

    Raises:
        UsageError: If neither the suffix nor ``-o`` sets a format that the command has.
    """
    name = os.path.expanduser(run.out or "")
    if name == "-":
        raise UsageError("--out requires the name of a file, not -", hint="remove --out to print the output")
    output, suffix = run.output, Path(name).suffix.lower()
    if output is Output.AUTO:
        suffixes = [form] if form else []
        if form == REPORT:
            suffixes = [each for each, known in SUFFIXES.items() if known in offered]
        if suffix not in suffixes and (form == REPORT or suffix in SUFFIXES):
            message = (
                f"--out: this output has no format {suffix}" if suffix else f"--out: {name!r} has no suffix"
            )
            wanted = f"a name that ends in {', '.join(suffixes)}" if suffixes else "another suffix"
            raise UsageError(message, hint=f"use {wanted}, or add -o FORMAT")
        output = SUFFIXES[suffix] if form == REPORT else output
    return run._replace(environment=run.environment.write_elsewhere(), output=output, out=name)


def _offer_forms(option: inspect.Parameter, forms: Sequence[Output]) -> inspect.Parameter:
    """Return the option ``-o`` with these formats in its help and its completion."""
    kind, terms = option.annotation.__origin__, copy(option.annotation.__metadata__[0])
    terms.help = f"Set the output format: {', '.join(forms)}."
    terms.autocompletion = lambda: [*map(str, forms)]
    return option.replace(annotation=cast(Any, Annotated)[kind, terms])


COMPLETE = "_RENEWCTL_COMPLETE"
"""The environment variable by which Typer's completion scripts ask for completions."""
_OVERVIEW = """
Find out who is notified about a HubSpot renewal, and why.

renewctl keeps the renewal owners of your clients in one text file. It never connects to HubSpot
and never sends messages. To try it on sample data, run renewctl demo.

Put options after the command, for example: renewctl who --within 60d. Help topics are exit-codes,
rules, store and dates, for example: renewctl help rules.
"""
# Commands need it, too: Typer keeps the help option of the first context, which may have no parent.
_HELP_OPTIONS: dict[str, Any] = {"help_option_names": ["-h", "--help"]}


class _Helpful:
    """Help and completion, which commands and groups share."""

    def get_help(self, ctx: Any) -> str:
        """Return Typer's help as one text, for a terminal or a pipe."""
        from renewctl.cli.help import render_help

        return render_help(ctx)

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Return the parts of the usage line, without Typer's braces."""
        pieces: list[str] = super().collect_usage_pieces(ctx)  # type: ignore[misc]
        return [piece.strip("{}") for piece in pieces]

    def shell_complete(self, ctx: Any, incomplete: str) -> list[Any]:
        """Return completions without help texts.

        zsh evaluates help texts, and Typer imports rich for them.
        """
        found: list[Any] = super().shell_complete(ctx, incomplete)  # type: ignore[misc]
        for item in found:
            item.help = None
        return found


class Command(_Helpful, TyperCommand):
    """A command of the tree."""

    def get_help_option(self, ctx: Any) -> Any:
        """Return ``--help``, in the panel of common options."""
        option: Any = super().get_help_option(ctx)
        option.rich_help_panel = COMMON_OPTIONS
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
    """A group of commands. It imports and builds a command when it is called."""

    words = ""
    """The name of the group; empty for the whole tree."""

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """Return the name of the called command, the command, and the other arguments."""
        if args[0] == "help" and args[1:2] and args[1] in self.commands:
            args = [*(word for word in args[1:] if not word.startswith("-")), "--help"]
        name, named, rest = super().resolve_command(ctx, args)
        return name, self.build(name) if name and named else None, rest

    def build(self, name: str) -> "Command | CommandGroup":
        """Build a command or group of this group."""
        return _build(f"{self.words} {name}".lstrip())


@cache
def command_tree() -> CommandGroup:
    """Return the command tree. A process builds it, and each command, only once."""
    tree = _build_group("", _OVERVIEW, overview, COMMANDS)
    for parameter in tree.params:  # Typer's own options for completion work, but --help does not list them.
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
    """Return a group of commands that are not built yet.

    ``callback`` runs if none of them is called.
    """
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
    """Put each paragraph of a docstring on one line, because rich keeps line ends."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.strip().split("\n\n"))
