"""The start and the end of the process: imported modules, complete output."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import PATIENCE
from renewctl import __version__

IMPORTED = "import sys; {}; sys.stderr.write(' '.join(sys.modules))"
RUN = "from renewctl.main import main; main({!r})"
OTHER_JOBS = re.compile(
    r"renewctl\.(exchange|workspace|domain\.edit|domain\.check|store\.(write|history|lock|undo)|cli\.(help|suggestions|progress))"
)
"""Modules that a report does not need: those for changes, imports and help."""
OTHERS = {
    *("_bisect", "_blake2", "_contextvars", "_hashlib", "bisect", "calendar", "contextvars", "gc", "hashlib"),
    *("shlex", "unicodedata"),
}
"""Other modules that ``who`` needs, besides those that ``import typer, toml_rs`` imports."""
TYPERS = {"typer._click.decorators"}
"""Modules that Typer imports when it is first called."""
READS = ["who", "client list", "explain acme.example", "--help", "--version", ""]


def imported(code: str) -> set[str]:
    """Return the modules that are imported by a process that runs the code."""
    ran = subprocess.run(
        [sys.executable, "-c", IMPORTED.format(code)], capture_output=True, timeout=PATIENCE, check=True
    )
    return set(ran.stderr.decode().splitlines()[-1].split())


def test_who_in_a_pipe_imports_only_what_it_needs(small: Path) -> None:
    """A new import slows down every start: is it needed, or can it be lazy?"""
    found = imported(RUN.format(["who"])) - imported("import typer, toml_rs") - TYPERS
    assert {name for name in found if not name.startswith("renewctl")} <= OTHERS
    assert sorted(filter(OTHER_JOBS.match, found)) == []


@pytest.mark.parametrize("arguments", [["whoo"], ["--help"]])
def test_help_and_a_mistyped_command_import_no_command(arguments: list[str]) -> None:
    found = imported(RUN.format(arguments))
    assert not {"renewctl.cli.commands.who", "renewctl.store.snapshot", "renewctl.exchange"} & found
    assert ("rich" in found) == ("--help" in arguments)


def test_a_change_does_not_import_help(small: Path) -> None:
    found = imported(RUN.format(["set-default", "--owner", "hubspot"]))
    assert not {"renewctl.cli.help", "renewctl.cli.suggestions", "rich"} & found


def test_the_version_is_printed_before_anything_is_imported() -> None:
    code = (
        "import os, sys; os._exit = lambda status: print(status, *sys.modules); sys.argv[1:] = ['--version']"
    )
    ran = subprocess.run(
        [sys.executable, "-c", f"{code}; from renewctl.__main__ import run; run()"],
        capture_output=True,
        timeout=PATIENCE,
        check=True,
    )
    version, ended = ran.stdout.decode().splitlines()[:2]
    assert version == f"renewctl {__version__}"
    assert ended.split()[0] == "0"
    assert not {"typer", "renewctl.cli"} & set(ended.split())


def test_the_early_and_the_late_version_are_the_same(run: Callable, spawn: Callable) -> None:
    ran = run("--version")
    assert spawn("--version") == (ran.status, ran.out.encode(), ran.err.encode())


def test_version_rejects_a_command(run: Callable, small: Path) -> None:
    ran = run("--version", "who")
    assert (ran.status, ran.out) == (2, "")
    assert "--version" in ran.err


# ------------------------------------------------------------------ end of the process


@pytest.mark.parametrize("line", READS)
def test_the_process_ends_after_all_output(line: str, run: Callable, spawn: Callable, small: Path) -> None:
    """The process does not wait for cleanup, which must not lose output."""
    ran = run(*line.split())
    assert spawn(*line.split()) == (ran.status, ran.out.encode(), ran.err.encode())


def test_large_output_is_complete() -> None:
    """The output is larger than the pipe and any buffer."""
    clients = (f'[clients."c{number}.example"]\nname = "{"x" * 200}"\n' for number in range(3000))
    Path("renewctl.toml").write_text("".join(clients))
    command = [sys.executable, "-m", "renewctl", "who", "--all", "-o", "names"]
    ran = subprocess.run(command, capture_output=True, timeout=PATIENCE, check=True)
    assert len(ran.stdout.splitlines()) == 3000


def test_a_profile_of_the_process_is_written(spawn: Callable, small: Path) -> None:
    """A profiler writes its file at the end, so then the process ends as usual."""
    command = [sys.executable, "-m", "cProfile", "-o", "profile", "-m", "renewctl", "who"]
    assert subprocess.run(command, capture_output=True, timeout=PATIENCE, check=False).returncode == 0
    assert Path("profile").stat().st_size > 0
