"""Programs on a pseudo-terminal."""

import pexpect

from conftest import PATIENCE


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


def end_on_terminal(child: pexpect.spawn) -> str:
    """Wait for the end of a program. Return what it wrote since the last match."""
    child.expect(pexpect.EOF)
    child.wait()
    child.close()
    return str(child.before).replace("\r\n", "\n")
