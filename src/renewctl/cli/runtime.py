"""One run of a command: environment, common options, and access to the file."""

import os
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property, partial
from io import BufferedWriter, RawIOBase, StringIO, TextIOWrapper
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
COMMON_OPTIONS = "Common options"
CHANGE_OPTIONS = "Options for changes"
_common = partial(typer.Option, rich_help_panel=COMMON_OPTIONS)
_change = partial(typer.Option, rich_help_panel=CHANGE_OPTIONS)
_OUT = "Write the output to FILE, in UTF-8 and in the format of its suffix."
SUFFIXES: Mapping[str, Output] = {
    ".csv": Output.CSV,
    ".htm": Output.HTML,
    ".html": Output.HTML,
    ".json": Output.JSON,
    ".jsonl": Output.JSONL,
    ".md": Output.MARKDOWN,
    ".tsv": Output.TSV,
    ".txt": Output.TABLE,
    ".xlsx": Output.XLSX,
}
"""The format of an output file, by its suffix."""


class Environment(NamedTuple):
    """The environment variables and the standard streams of the process."""

    variables: Mapping[str, str]
    stdin: TextIO
    stdout: TextIO
    stderr: TextIO

    @classmethod
    def from_process(cls) -> "Environment":
        """Return the environment of this process, with UTF-8 output in any locale."""
        output = sys.__stdout__
        if output is not None and output is sys.stdout and isinstance(output.buffer, RawIOBase):
            # With PYTHONUNBUFFERED, which containers set, the stream has no buffer. Python then ignores a
            # partial write to a closed pipe or a full disk: the rest would be lost, with exit status 0.
            raw = output.buffer
            output.detach()
            sys.stdout = sys.__stdout__ = TextIOWrapper(BufferedWriter(raw))  # type: ignore[misc]
        for stream in (sys.stdout, sys.stderr):
            reconfigure = getattr(stream, "reconfigure", None)
            if reconfigure is not None:
                reconfigure(encoding="utf-8", errors="backslashreplace", newline="")
        return cls(os.environ, sys.stdin, sys.stdout, sys.stderr)

    def write_elsewhere(self) -> "Environment":
        """Return the same environment with an output that is not a terminal."""
        return self._replace(stdout=StringIO())

    def is_terminal(self) -> bool:
        """Return whether standard output is a terminal."""
        return self.stdout is not None and self.stdout.isatty()

    def refuse_terminal(self, what: str, hint: str) -> None:
        """Refuse to write ``what`` to a terminal, with a hint on how to write a file.

        Raises: UsageError.
        """
        if self.is_terminal():
            raise UsageError(f"{what} cannot be shown on a terminal", hint=hint)

    def can_ask(self) -> bool:
        """Return whether a user can answer questions."""
        return self.stdin is not None and self.stdin.isatty() and self.stderr.isatty()


class RunOptions(NamedTuple):
    """The options for changes, then the common options."""

    environment: Environment
    dry_run: Annotated[bool, _change("-n", "--dry-run", help="Show the change without saving it.")] = False
    yes: Annotated[bool, _change("-y", "--yes", help="Answer yes to every question.")] = False
    note: Annotated[
        str, _change("--note", metavar="TEXT", help="Record the reason for the change in the history.")
    ] = ""
    lock_timeout: Annotated[
        float,
        _change("--lock-timeout", metavar="SECONDS", min=0, help="Wait this long for a locked file."),
    ] = 10
    store: Annotated[str | None, _common("--store", metavar="FILE", help="Use this data file.")] = None
    output: Annotated[Output, _common("-o", "--output", metavar="FORMAT", case_sensitive=False)] = Output.AUTO
    as_of: Annotated[str | None, _common("--as-of", metavar="DATE", help="Use this date as today.")] = None
    quiet: Annotated[bool, _common("-q", "--quiet", help="Suppress informational output.")] = False
    color: Annotated[
        ColorChoice, _common("--color", case_sensitive=False, help="Choose when to use color.")
    ] = "auto"
    no_pager: Annotated[bool, _common("--no-pager", help="Print long output without a pager.")] = False
    out: Annotated[str | None, _common("--out", metavar="FILE", help=_OUT)] = None


class Run(RunOptions):
    """One run of a command: its common options, and the values that follow from them."""

    @cached_property
    def form(self) -> Output:
        """The output format to use."""
        return self.resolve_form(self.output)

    def resolve_form(self, output: Output) -> Output:
        """Return the format for a requested one: on a terminal, ``auto`` is a table."""
        terminal = output is Output.AUTO and self.environment.is_terminal()
        return Output.TABLE if terminal else output

    @cached_property
    def warnings(self) -> list[str]:
        """Warnings about the file and about the options, to print after the answer."""
        return []

    @cached_property
    def progress(self) -> "Progress":
        """The progress display, which is empty unless a person watches a terminal."""
        from renewctl.cli.progress import Progress  # Lazy import: most commands show no progress.

        stream, variables = self.environment.stderr, self.environment.variables
        visible = stream is not None and stream.isatty() and variables.get("TERM") != "dumb"
        # Pages and drafts are for people, too: writing many of them shows progress.
        for_people = {Output.AUTO, Output.TABLE, Output.HTML, Output.EML}
        if self.quiet or self.output not in for_people or not visible:
            return Progress(None)
        return Progress(stream, self.has_colour)

    def has_colour(self, *, terminal: bool = True) -> bool:
        """Return whether output for people has color, on a terminal or elsewhere."""
        from renewctl.render.terminal import decide_colour  # Lazy import: pipes must not import rich.

        return decide_colour(self.color, self.environment.variables, terminal=terminal)

    @cached_property
    def today(self) -> date:
        """The date of the report: from ``--as-of``, the variable, or the local clock."""
        text, option = self.as_of, "--as-of"
        if text is None:
            text, option = self.environment.variables.get(AS_OF) or None, AS_OF
        today = date.today()  # noqa: DTZ011 (renewal dates are local calendar dates)
        return today if text is None else parse_day(text, today, option=option)

    def with_excel(self, result: Result, *, excel: bool) -> Result:
        """Return the result; with ``excel``, its CSV begins with a byte order mark.

        Raises:
            UsageError: If ``excel`` is set and the format is not CSV.
        """
        if excel and self.output is not Output.CSV:
            raise UsageError("--excel requires -o csv", hint="add -o csv, or replace --excel with -o xlsx")
        return result._replace(excel=excel)

    @cached_property
    def place(self) -> places.Location:
        """The place of the data file."""
        return places.find_store(self.store, self.environment.variables, Path.cwd())

    def read(self) -> "Snapshot":
        """Read the file without adding warnings, for commands that report its problems."""
        from renewctl.store.snapshot import load

        return load(self.place)

    def load(self) -> "Snapshot":
        """Return the file, read once.

        Problems that do not affect the answer become warnings of the run.
        """
        return self._snapshot

    @cached_property
    def _snapshot(self) -> "Snapshot":
        snapshot = self.read()
        for problem in snapshot.remarks:
            self.warnings.append(f"{problem.file}:{problem.line}: {problem.message} ({problem.hint})")
        return snapshot


def select_clients(portfolio: Portfolio, words: Sequence[str] | None) -> tuple[Client, ...]:
    """Return the clients that ``words`` name, or all clients if there are none."""
    return lookup.find_clients(portfolio, words) if words else tuple(portfolio.clients.values())


def select_user(portfolio: Portfolio, word: str | None, *, can_add: bool = False) -> str | None:
    """Return the address of a partner user; empty for ``none``, None for None.

    ``can_add`` is that of ``find_user``.
    """
    if word is None:
        return None
    return "" if word.lower() == "none" else lookup.find_user(portfolio, word, can_add=can_add).email


def find_shell() -> str:
    """Return the name of the shell that started this process; empty if unknown."""
    import shellingham  # Lazy import: it lists processes. Typer requires it.

    try:
        return str(shellingham.detect_shell()[0])
    except (shellingham.ShellDetectionFailure, RuntimeError):  # RuntimeError: an unknown system
        return ""


def find_user_and_host() -> tuple[str, str]:
    """Return the names of the operating system's user and of the machine."""
    # Lazy imports: only changes and pages need them.
    import getpass
    import platform

    try:
        user = getpass.getuser()
    except (ImportError, KeyError, OSError):
        user = "unknown"  # No user name, as in some containers. On Windows this is an ImportError.
    return user, platform.node()
