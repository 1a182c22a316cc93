"""Run and measure whole processes, baseline and operation in turn, so that drift affects both."""

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
# A process that is forked by a large one inherits its peak, so a small process starts it.
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
    """One process to run: its words, folder, environment and expected exit statuses."""

    words: list[str]
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    statuses: tuple[int, ...] = (0,)
    way: str = PIPE


class Failed(Exception):
    """A measured process ended with an unexpected status."""


def environment(folder: Path) -> dict[str, str]:
    """Return the environment of a measured process."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(folder),
        "LC_ALL": "C.UTF-8",
        "TERM": "xterm-256color",
        "PAGER": "",
        "RENEWCTL_AS_OF": "2026-11-23",
    }


def measure(process: Process) -> float:
    """Run a process. Return its time in seconds, or for ``memory`` its peak in MiB.

    Raises:
        Failed: If it ends with an unexpected status.
    """
    return {PIPE: _piped, TERMINAL: _on_terminal, MEMORY: _peak}[process.way](process)


def measure_in_turn(
    baseline: Callable[[int], Process], operation: Callable[[int], Process], repeat: int
) -> tuple[float, float]:
    """Return the medians of both, run in turn after one run of each that does not count.

    Args:
        baseline: Makes the process of a run from its number. Preparation is not measured.
        operation: Makes the process of a run of the operation.
        repeat: Number of runs that count; with 0, only the run before them.
    """
    runs = [[measure(make(run)) for make in (baseline, operation)] for run in range(repeat + 1)]
    first, second = zip(*(runs[1:] or runs), strict=True)
    return statistics.median(first), statistics.median(second)


def _piped(process: Process) -> float:
    start = time.perf_counter()
    with _start(process, subprocess.PIPE, subprocess.STDOUT) as running:
        output = running.stdout.read()
    seconds = time.perf_counter() - start
    _check_status(process, running.returncode, output)
    return seconds


def _on_terminal(process: Process) -> float:
    terminal, device = pty.openpty()
    termios.tcsetwinsize(device, (40, 120))
    start = time.perf_counter()
    with _start(process, device, device) as running:
        os.close(device)
        output = b"".join(_read_all(terminal))
    seconds = time.perf_counter() - start
    os.close(terminal)
    _check_status(process, running.returncode, output)
    return seconds


def _read_all(terminal: int) -> list[bytes]:
    """Return everything that is written to a terminal, until its other end is closed."""
    pieces: list[bytes] = []
    while True:
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # on Linux, the other end is closed
            return pieces
        if not piece:
            return pieces
        pieces.append(piece)


def _peak(process: Process) -> float:
    words = [sys.executable, "-ISc", _PEAK, *process.words]
    wrapped = Process(words, process.folder, process.environment, process.statuses)
    with _start(wrapped, subprocess.PIPE, None) as running:
        output = running.stdout.read()
    _check_status(process, running.returncode, output)
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    return int(output) / unit


def _start(process: Process, out: int, err: int | None) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        process.words,
        cwd=process.folder,
        env={**environment(process.folder), **process.environment},
        stdin=subprocess.DEVNULL,
        stdout=out,
        stderr=err,
    )


def _check_status(process: Process, status: int, output: bytes) -> None:
    if status not in process.statuses:
        tail = output[-2000:].decode(errors="replace")
        raise Failed(f"exit status {status}: {' '.join(process.words)}\n{tail}")
