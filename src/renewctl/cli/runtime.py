"""One run of one command: the process's surroundings, the common options, and the way to the store."""

import os
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property, partial
from io import BufferedWriter, RawIOBase, TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple, TextIO

import typer

from renewctl.domain import lookup
from renewctl.domain.dates import parse_day
from renewctl.errors import UsageError
from renewctl.model import Client, Portfolio
from renewctl.render.result import Output, Result
from renewctl.store import location as places

if TYPE_CHECKING:
    from renewctl.cli.progress import Progress
    from renewctl.store.snapshot import Snapshot

AS_OF = "RENEWCTL_AS_OF"
ColorChoice = Literal["auto", "always", "never"]
EVERYWHERE = "Options of every command"
_common = partial(typer.Option, rich_help_panel=EVERYWHERE)
_change = partial(typer.Option, rich_help_panel="Options of every change")
_STORE = f"The store; else {places.VARIABLE}, else the one found from here."
_TODAY = f"Take this day for today; else {AS_OF}, else the local date."
_COLOR = "Use colors: auto, always or never; otherwise NO_COLOR and the terminal decide."
_FORMATS = f"The form of the answer: {', '.join(Output)}."


class Environment(NamedTuple):
    """The process's surroundings: variables and streams."""

    variables: Mapping[str, str]
    stdin: TextIO
    stdout: TextIO
    stderr: TextIO

    @classmethod
    def from_process(cls) -> "Environment":
        """Return this process's own, its output in UTF-8 whatever the locale."""
        output = sys.__stdout__
        if output is not None and output is sys.stdout and isinstance(output.buffer, RawIOBase):
            # PYTHONUNBUFFERED, which containers set, leaves the buffer out. Python then takes no notice
            # when the system writes a part only, as to a pipe that closes or onto a disk that fills:
            # the rest would be lost, and the status 0.
            raw = output.buffer
            output.detach()
            sys.stdout = sys.__stdout__ = TextIOWrapper(BufferedWriter(raw))  # type: ignore[misc]
        for stream in (sys.stdout, sys.stderr):
            reconfigure = getattr(stream, "reconfigure", None)
            if reconfigure is not None:
                reconfigure(encoding="utf-8", errors="backslashreplace", newline="")
        return cls(os.environ, sys.stdin, sys.stdout, sys.stderr)

    def is_terminal(self) -> bool:
        """Return whether people read the output."""
        return self.stdout is not None and self.stdout.isatty()

    def refuse_terminal(self, what: str, name: str) -> None:
        """Raise UsageError if what a terminal cannot show would go to one; ``name`` is a file to suggest."""
        if self.is_terminal():
            raise UsageError(f"{what} can't be shown on a terminal", hint=f"add > {name} to the command")

    def can_ask(self) -> bool:
        """Return whether somebody is there to answer a question."""
        return self.stdin is not None and self.stdin.isatty() and self.stderr.isatty()


class RunOptions(NamedTuple):
    """The options of every command, then those of every change; ``note`` is kept in the history."""

    environment: Environment
    store: Annotated[str | None, _common("--store", metavar="FILE", help=_STORE)] = None
    output: Annotated[
        Output, _common("-o", "--output", metavar="FORMAT", case_sensitive=False, help=_FORMATS)
    ] = Output.AUTO
    as_of: Annotated[str | None, _common("--as-of", metavar="DATE", help=_TODAY)] = None
    quiet: Annotated[bool, _common("-q", "--quiet", help="Say only what was asked for.")] = False
    color: Annotated[ColorChoice, _common("--color", case_sensitive=False, help=_COLOR)] = "auto"
    no_pager: Annotated[bool, _common("--no-pager", help="Print long answers without a pager.")] = False
    dry_run: Annotated[bool, _change("-n", "--dry-run", help="Show the change; write nothing.")] = False
    yes: Annotated[bool, _change("-y", "--yes", help="Answer yes to every question.")] = False
    lock_timeout: Annotated[
        float,
        _change("--lock-timeout", metavar="SECONDS", min=0, help="How long to wait for another writer."),
    ] = 10.0
    note: Annotated[str, _change("--note", metavar="TEXT", help="Why; kept in the history.")] = ""


class Run(RunOptions):
    """One run of a command: its common options, and what they lead to."""

    @cached_property
    def form(self) -> Output:
        """The form of the answer, as asked for."""
        return self.resolve_form(self.output)

    def resolve_form(self, output: Output) -> Output:
        """Return a form as it is here: ``auto`` is a table on a terminal, and stays what it is in a pipe."""
        terminal = output is Output.AUTO and self.environment.is_terminal()
        return Output.TABLE if terminal else output

    @cached_property
    def remarks(self) -> list[str]:
        """What the store has that is odd, in the words of a warning."""
        return []

    @cached_property
    def progress(self) -> "Progress":
        """What shows how far the command is; nothing where nobody looks, or a program reads the answer."""
        from renewctl.cli.progress import Progress  # Lazy import: reports are soon done.

        stream, variables = self.environment.stderr, self.environment.variables
        looked_at = stream is not None and stream.isatty() and variables.get("TERM") != "dumb"
        # A page or messages are for people, too, and what writes them shows progress only for many files.
        for_people = {Output.AUTO, Output.TABLE, Output.HTML, Output.EML}
        if self.quiet or self.output not in for_people or not looked_at:
            return Progress(None)
        return Progress(stream, self.has_colour)

    def has_colour(self, *, terminal: bool = True) -> bool:
        """Return whether what people look at has colours, on a terminal or elsewhere."""
        from renewctl.render.terminal import decide_colour  # Lazy import: a pipe does not wait for rich.

        return decide_colour(self.color, self.environment.variables, terminal=terminal)

    @cached_property
    def today(self) -> date:
        """The day windows and notes count from: ``--as-of``, the variable, or the local date."""
        text, option = self.as_of, "--as-of"
        if text is None:
            text, option = self.environment.variables.get(AS_OF) or None, AS_OF
        today = date.today()  # noqa: DTZ011 (renewal dates are local calendar dates)
        return today if text is None else parse_day(text, today, option=option)

    def with_excel(self, result: Result, *, excel: bool) -> Result:
        """Return the result, with Excel's mark at the beginning of its CSV form if that is asked for.

        Raises:
            UsageError: If it is asked for and the form is not CSV.
        """
        if excel and self.output is not Output.CSV:
            raise UsageError("--excel requires -o csv", hint="add -o csv, or -o xlsx without --excel")
        return result._replace(excel=excel)

    @cached_property
    def place(self) -> places.Location:
        """Where the store is."""
        return places.find_store(self.store, self.environment.variables, Path.cwd())

    def read(self) -> "Snapshot":
        """Read the store, for a command that itself reports what is odd in it."""
        from renewctl.store.snapshot import load

        return load(self.place)

    def load(self) -> "Snapshot":
        """Return the store, read once; what is odd in it becomes the run's remarks."""
        return self._snapshot

    @cached_property
    def _snapshot(self) -> "Snapshot":
        snapshot = self.read()
        for remark in snapshot.remarks:
            self.remarks.append(f"{remark.file}:{remark.line}: {remark.message} ({remark.hint})")
        return snapshot


def select_clients(portfolio: Portfolio, words: Sequence[str] | None) -> tuple[Client, ...]:
    """Return the clients named, all of them where none is."""
    return lookup.find_clients(portfolio, words) if words else tuple(portfolio.clients.values())


def select_user(portfolio: Portfolio, word: str | None) -> str | None:
    """Return the address of the partner user named; empty for ``none``, None where none is named."""
    if word is None:
        return None
    return "" if word.lower() == "none" else lookup.find_user(portfolio, word).email


def find_user_and_host() -> tuple[str, str]:
    """Return the names of the user and of the machine."""
    # Lazy imports: an answer that is only read names neither.
    import getpass
    import socket

    try:
        user = getpass.getuser()
    except (ImportError, KeyError, OSError):
        user = "unknown"  # a process without a name, as in some containers; ImportError: Windows
    return user, socket.gethostname()
