"""Long output on a terminal, through the user's pager, as in git."""

import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress

from renewctl.cli.runtime import Environment
from renewctl.signals import outlive_signals, release_signals

VARIABLES = ("RENEWCTL_PAGER", "PAGER")
_SHELL = set("|&;<>()=`\n")
"""Characters that make a shell line more than one plain command."""
_SETTINGS = {"LESS": "FRX", "LV": "-c", "LESSCHARSET": "utf-8"}
"""Variables for colors, for UTF-8, and to quit at once if the output fits. The user's own win."""


def show(text: str, environment: Environment, below: int = 0) -> None:
    """Write text to a terminal, through a pager if the text is longer than the screen.

    Quitting the pager early is not an error. If the pager cannot run, the text is written without it.

    Args:
        text: The text, with or without colors.
        environment: The terminal and the variables.
        below: The number of lines that are written after the text.
    """
    pager = find_pager(environment.variables)
    if pager and _is_long(text, below) and _page(text, pager, environment):
        return
    environment.stdout.write(text)


def find_pager(variables: Mapping[str, str]) -> str:
    """Return the command of the pager; empty if there is none or it is turned off."""
    # The console of Windows needs no TERM.
    if (variables.get("TERM") or ("" if sys.platform == "win32" else "dumb")) == "dumb":
        return ""
    named = [variables[name] for name in VARIABLES if name in variables]
    pager = named[0].strip() if named else "less -FRX" if shutil.which("less") else ""
    return "" if pager == "cat" else pager


def _is_long(text: str, below: int) -> bool:
    """Return whether the text, ``below`` lines and the prompt exceed the screen."""
    from rich.text import Text  # Lazy import: only terminals need it.

    columns, height = shutil.get_terminal_size()
    left = height - below - 1
    lines = text.splitlines()
    if len(lines) > left:
        return True
    widths = (Text.from_ansi(line).cell_len for line in lines)
    return sum(max(1, -(-width // columns)) for width in widths) > left


def _compose_command(pager: str) -> str:
    """Return the shell line for the pager.

    With ``exec``, Ctrl-C cannot end the shell before the pager.
    """
    return pager if sys.platform == "win32" or set(pager) & _SHELL else f"exec {pager}"


def _page(text: str, pager: str, environment: Environment) -> bool:
    """Show text in the pager. Return whether the pager worked.

    As in git, a signal ends renewctl only after the pager. Otherwise, the pager stays on the terminal.

    Raises:
        KeyboardInterrupt: If Ctrl-C ended the pager. Interactive pagers continue and exit with 0.
    """
    variables = {**_SETTINGS, **environment.variables}
    with outlive_signals() as received:
        try:
            process = subprocess.Popen(  # noqa: S602
                _compose_command(pager),
                # The user wrote the command. It can have options, pipes and variables.
                shell=True,
                env=variables,
                stdin=subprocess.PIPE,
                stdout=environment.stdout,
                # After a change, signals are held back in this process and in its children.
                preexec_fn=release_signals if hasattr(signal, "pthread_sigmask") else None,  # noqa: PLW1509
            )
        except (OSError, ValueError):  # There is no shell, or the stream has no file descriptor.
            return False
        with suppress(OSError):  # The user has quit the pager early.
            process.communicate(text.encode(errors="backslashreplace"))
        if process.wait() and signal.SIGINT in received:
            raise KeyboardInterrupt
        return process.returncode == 0
