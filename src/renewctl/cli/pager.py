"""Long answers on a terminal, through the pager that the user has chosen, as git does it."""

import os
import shutil
import signal
import subprocess
from collections.abc import Mapping
from contextlib import suppress

from renewctl.cli.runtime import Environment
from renewctl.signals import outlive_signals, release_signals

VARIABLES = ("RENEWCTL_PAGER", "PAGER")
_SHELL = set("|&;<>()=`\n")
"""Characters of what is not one command: several of them, or one with variables of its own."""
_SETTINGS = {"LESS": "FRX", "LV": "-c", "LESSCHARSET": "utf-8"}
"""What programs need to show colours and UTF-8, and to end at once where all fits; the user's own win."""


def show(text: str, environment: Environment, below: int = 0) -> None:
    """Write text to a terminal; through a pager if it is longer than the terminal is high.

    To leave the pager early is no error. If it cannot run, the text is written without it.

    Args:
        text: what the terminal shows, with colours or not.
        environment: the terminal and the variables.
        below: number of lines that are written below the text afterwards.
    """
    pager = find_pager(environment.variables)
    if pager and _is_long(text, below) and _page(text, pager, environment):
        return
    environment.stdout.write(text)


def find_pager(variables: Mapping[str, str]) -> str:
    """Return the command of the pager; empty if there is none, or the user wants none."""
    if variables.get("TERM") == "dumb":
        return ""
    named = [variables[name] for name in VARIABLES if name in variables]
    pager = named[0].strip() if named else "less -FRX" if shutil.which("less") else ""
    return "" if pager == "cat" else pager


def _is_long(text: str, below: int) -> bool:
    """Return whether text, lines below it and the prompt that follows are more than a terminal shows."""
    from rich.text import Text  # Lazy import: only a terminal has a height.

    columns, height = shutil.get_terminal_size()
    left = height - below - 1
    lines = text.splitlines()
    if len(lines) > left:
        return True
    widths = (Text.from_ansi(line).cell_len for line in lines)
    return sum(max(1, -(-width // columns)) for width in widths) > left


def _compose_command(pager: str) -> str:
    """Return what a shell runs. It gives way to a plain command, as Ctrl-C would end it, but not ``less``."""
    return pager if os.name == "nt" or set(pager) & _SHELL else f"exec {pager}"


def _page(text: str, pager: str, environment: Environment) -> bool:
    """Show text in the pager. Return whether somebody could read it there.

    As in git, a signal ends renewctl only after the pager, which would otherwise be left on the terminal.

    Raises:
        KeyboardInterrupt: If Ctrl-C ended the pager. Pagers that take keys go on, and are left with status 0.
    """
    variables = {**_SETTINGS, **environment.variables}
    with outlive_signals() as received:
        try:
            process = subprocess.Popen(  # noqa: S602
                _compose_command(pager),
                # The command is the user's own, and can have options, pipes and variables.
                shell=True,
                env=variables,
                stdin=subprocess.PIPE,
                stdout=environment.stdout,
                # After a change interruptions are held back, here and in whatever is started here.
                preexec_fn=release_signals if hasattr(signal, "pthread_sigmask") else None,  # noqa: PLW1509
            )
        except (OSError, ValueError):  # There is no shell, or no terminal behind the stream.
            return False
        with suppress(OSError):  # The user has left the pager before its end.
            process.communicate(text.encode(errors="backslashreplace"))
        if process.wait() and signal.SIGINT in received:
            raise KeyboardInterrupt
        return process.returncode == 0
