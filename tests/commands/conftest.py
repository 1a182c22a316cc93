"""Fixtures of the command tests: a data file, and ways to run renewctl."""

import contextlib
import io
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from conftest import PATIENCE, Terminal
from forks import SERVER

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

    It is ``spawn(*argv, code=RUN, env={}, given=None, stdin=None, stdout=None, closed=()) -> Process``. The
    process reads the bytes ``given``; the standard files with the numbers in ``closed`` are closed.

    A process that hangs is killed after ``PATIENCE`` seconds, and its test fails.
    """
    return run_process


def run_process(
    *argv: str, env: dict[str, str] | None = None, given: bytes | None = None, **options: Any
) -> Process:
    environment = {**os.environ, "RENEWCTL_AS_OF": AS_OF, **(env or {})}
    with contextlib.ExitStack() as stack:
        out, err = (stack.enter_context(tempfile.TemporaryFile()) for _ in range(2))
        if given is None:
            stdin: Any = stack.enter_context(open(os.devnull))
        else:
            stdin, end = os.pipe()
            stack.callback(os.close, stdin)
            os.write(end, given)
            os.close(end)
        files = [options.pop("stdin", stdin), options.pop("stdout", out), err]
        status = SERVER.start(argv, files, env=environment, **options).wait(PATIENCE)
        for file in (out, err):
            file.seek(0)
        return Process(status, out.read(), err.read())


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
