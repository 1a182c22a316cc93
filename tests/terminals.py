"""Programs on a pseudo-terminal."""

import os
import pty
import sys
import termios
from typing import Any

import pexpect
from pexpect.fdpexpect import fdspawn

from conftest import PATIENCE
from forks import RUN, SERVER


def start_on_terminal(
    program: str, words: list[str], env: dict[str, str] | None = None, *, rows: int = 50, columns: int = 100
) -> pexpect.spawn:
    """Start a program on a terminal of this size, without the pauses that pexpect makes."""
    child = pexpect.spawn(
        program, words, env=env, dimensions=(rows, columns), encoding="utf-8", timeout=PATIENCE
    )
    child.delaybeforesend = None
    child.ptyproc.delayafterclose = 0
    return child


class Forked(fdspawn):
    """A fork on a terminal, with the methods of ``pexpect.spawn`` that tests use."""

    def __init__(self, process: Any, terminal: int) -> None:
        super().__init__(terminal, encoding="utf-8", timeout=PATIENCE)
        self.process = process

    def sendline(self, text: str = "") -> int:
        return int(super().sendline(text))

    def sendcontrol(self, letter: str) -> int:
        return int(self.send(chr(ord(letter) & 0x1F)))

    def sendintr(self) -> int:
        return self.sendcontrol("c")

    def kill(self, number: int) -> None:
        self.process.send_signal(number)

    def isalive(self) -> bool:
        return self.process.poll() is None

    def wait(self) -> None:
        status = self.process.wait(PATIENCE)
        self.exitstatus, self.signalstatus = (status, None) if status >= 0 else (None, -status)

    def close(self) -> None:
        super().close()
        self.wait()


def start_renewctl(
    *argv: str, code: str = RUN, env: dict[str, str] | None = None, rows: int = 50, columns: int = 100
) -> Any:
    """Start renewctl, or this code, on a terminal of this size."""
    env = dict(os.environ) if env is None else env
    if not SERVER.can_fork(env):
        program = ["-m", "renewctl"] if code == RUN else ["-c", code]
        return start_on_terminal(sys.executable, [*program, *argv], env, rows=rows, columns=columns)
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(ours, (rows, columns))
    process = SERVER.start(argv, [theirs], code=code, env=env)
    os.close(theirs)
    return Forked(process, ours)


def end_on_terminal(child: Any) -> str:
    """Wait for the end of a program. Return what it wrote since the last match."""
    child.expect(pexpect.EOF)
    child.wait()
    child.close()
    return str(child.before).replace("\r\n", "\n")
