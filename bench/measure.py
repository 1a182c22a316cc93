"""Runs whole processes and measures them, baseline and operation in turn, so that drift hits both."""

import os
import pty
import statistics
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

PIPE, TERMINAL, MEMORY = "pipe", "terminal", "memory"
# A process forked by a large one inherits its peak: a small one has to stand between.
_PEAK = """
import os, sys
child = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ, file_actions=[
    (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)])
status, used = os.wait4(child, 0)[1:]
print(used.ru_maxrss)
sys.exit(os.waitstatus_to_exitcode(status))
"""


@dataclass(frozen=True, slots=True)
class Process:
    """One process to run: its words, where, and with which statuses it may end."""

    words: list[str]
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    statuses: tuple[int, ...] = (0,)
    way: str = PIPE


class Failed(Exception):
    """A measured process ended with a status that it should not end with."""


def environment(folder: Path) -> dict[str, str]:
    """Return the little that a measured process is to know of the machine."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(folder),
        "LC_ALL": "C.UTF-8",
        "TERM": "xterm-256color",
        "PAGER": "",
        "RENEWCTL_AS_OF": "2026-11-23",
    }


def measured(process: Process) -> float:
    """Run a process; return its seconds, or under ``memory`` its peak in MiB.

    Raises:
        Failed: it ends with another status than it should.
    """
    return {PIPE: _piped, TERMINAL: _on_terminal, MEMORY: _peak}[process.way](process)


def alternated(
    baseline: Callable[[int], Process], operation: Callable[[int], Process], repeat: int
) -> tuple[float, float]:
    """Return the medians of both, run in turn, after one run each that is not counted.

    Args:
        baseline: makes the process of a run, given its number; what it prepares is not measured.
        operation: the same.
        repeat: how many runs count; with 0, the one that comes before them.
    """
    runs = [[measured(make(run)) for make in (baseline, operation)] for run in range(repeat + 1)]
    first, second = zip(*(runs[1:] or runs), strict=True)
    return statistics.median(first), statistics.median(second)


def _piped(process: Process) -> float:
    begun = time.perf_counter()
    with _started(process, subprocess.PIPE, subprocess.STDOUT) as running:
        said = running.stdout.read()
    seconds = time.perf_counter() - begun
    _ended(process, running.returncode, said)
    return seconds


def _on_terminal(process: Process) -> float:
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (40, 120))
    begun = time.perf_counter()
    with _started(process, theirs, theirs) as running:
        os.close(theirs)
        said = b"".join(_typed(ours))
    seconds = time.perf_counter() - begun
    os.close(ours)
    _ended(process, running.returncode, said)
    return seconds


def _typed(terminal: int) -> list[bytes]:
    """Return all that is written to a terminal, until nobody holds its other end."""
    pieces: list[bytes] = []
    while True:
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # how Linux says that the other end is closed
            return pieces
        if not piece:
            return pieces
        pieces.append(piece)


def _peak(process: Process) -> float:
    words = [sys.executable, "-ISc", _PEAK, *process.words]
    wrapped = Process(words, process.folder, process.environment, process.statuses)
    with _started(wrapped, subprocess.PIPE, None) as running:
        said = running.stdout.read()
    _ended(process, running.returncode, said)
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    return int(said) / unit


def _started(process: Process, out: int, err: int | None) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        process.words,
        cwd=process.folder,
        env={**environment(process.folder), **process.environment},
        stdin=subprocess.DEVNULL,
        stdout=out,
        stderr=err,
    )


def _ended(process: Process, status: int, said: bytes) -> None:
    if status not in process.statuses:
        tail = said[-2000:].decode(errors="replace")
        raise Failed(f"exit status {status}: {' '.join(process.words)}\n{tail}")
