"""Fixtures of the command tests: a data file, and ways to run renewctl."""

import io
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from conftest import PATIENCE, Terminal

AS_OF = "2026-11-23"
SMALL = Path(__file__).parent / "stores" / "small.toml"


class Process(NamedTuple):
    """The result of a process. A negative status is the signal that ended it."""

    status: int
    out: bytes
    err: bytes


@pytest.fixture
def small() -> Path:
    """Return a small ``renewctl.toml`` with a default, an override and two users."""
    os.environ["RENEWCTL_AS_OF"] = AS_OF
    path = Path("renewctl.toml")
    path.write_bytes(SMALL.read_bytes())
    return path


@pytest.fixture
def spawn() -> Callable[..., Process]:
    """Return a function that runs renewctl in another process.

    It is ``spawn(*argv, env={}, **options) -> Process``.

    A process that hangs is killed after ``PATIENCE`` seconds, and its test fails.
    """

    def run(*argv: str, env: dict[str, str] | None = None, **options: object) -> Process:
        options = {
            "stdin": subprocess.DEVNULL,
            "stdout": subprocess.PIPE,
            "stderr": subprocess.PIPE,
        } | options
        environment = {**os.environ, "RENEWCTL_AS_OF": AS_OF, **(env or {})}
        command = [sys.executable, "-m", "renewctl", *argv]
        done = subprocess.run(command, env=environment, timeout=PATIENCE, check=False, **options)
        return Process(done.returncode, done.stdout or b"", done.stderr or b"")

    return run


@pytest.fixture
def on_terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str, str]]:
    """Return a function that runs renewctl as on a terminal.

    It is ``on_terminal(*argv, columns=100, colour=False) -> (status, out, err)``.

    It runs in this process. Standard input is not a terminal, so that renewctl asks no questions.
    """
    from renewctl.main import main

    def run(*argv: str, columns: int = 100, colour: bool = False) -> tuple[int, str, str]:
        out, err = Terminal(), Terminal()
        # Keep the wrappers: a wrapper that is deleted closes its stream.
        streams = [io.TextIOWrapper(raw, encoding="utf-8", write_through=True) for raw in (out, err)]
        with monkeypatch.context() as patch:
            patch.setenv("COLUMNS", str(columns))
            if colour:
                patch.delenv("NO_COLOR", raising=False)
                patch.setenv("TERM", "xterm-256color")
            patch.setattr(sys, "stdout", streams[0])
            patch.setattr(sys, "stderr", streams[1])
            patch.setattr(sys, "stdin", io.StringIO())
            status = main(list(argv))
        return int(status), out.getvalue().decode(), err.getvalue().decode()

    return run


@pytest.fixture
def offered(run: Callable, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], list[str]]:
    """Return ``offered(line)``, which lists the completions of a line for fish."""

    def ask(line: str) -> list[str]:
        monkeypatch.setenv("_RENEWCTL_COMPLETE", "complete_fish")
        monkeypatch.setenv("_TYPER_COMPLETE_FISH_ACTION", "get-args")
        monkeypatch.setenv("_TYPER_COMPLETE_ARGS", line)
        ran = run()
        monkeypatch.delenv("_RENEWCTL_COMPLETE")
        assert (ran.status, ran.err) == (0, "")
        return ran.out.split()

    return ask
