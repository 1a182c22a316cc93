"""What a command knows of the environment: environment, streams, folder and clock, entering here once."""

import os
import sys
from collections.abc import Mapping
from datetime import UTC, date, datetime
from io import BufferedWriter, RawIOBase, TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TextIO

if TYPE_CHECKING:
    from renewctl.store.history.record import Author


class Environment(NamedTuple):
    """The process's surroundings."""

    variables: Mapping[str, str]
    stdin: TextIO
    stdout: TextIO
    stderr: TextIO

    @classmethod
    def from_process(cls) -> "Environment":
        """Return this process's own, its output in UTF-8 whatever the locale."""
        _buffer_output()
        for stream in (sys.stdout, sys.stderr):
            reconfigure = getattr(stream, "reconfigure", None)
            if reconfigure is not None:
                reconfigure(encoding="utf-8", errors="backslashreplace", newline="")
        return cls(os.environ, sys.stdin, sys.stdout, sys.stderr)

    def current_folder(self) -> Path:
        """Return the current folder."""
        return Path.cwd()

    def today(self) -> date:
        """Return the local calendar date."""
        return date.today()  # noqa: DTZ011 (renewal dates are local calendar dates)

    def author(self, note: str) -> "Author":
        """Return who is at work here, and the time by the clock; the history keeps both."""
        import getpass
        import socket

        from renewctl.store.history.record import Author

        try:
            user = getpass.getuser()
        except (KeyError, OSError):
            user = "unknown"  # a process without a name, as in some containers
        at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return Author(user, socket.gethostname(), at, note)

    def is_terminal(self) -> bool:
        """Tell whether people read the output."""
        return self.stdout is not None and self.stdout.isatty()

    def can_ask(self) -> bool:
        """Tell whether somebody is there to answer a question."""
        return self.stdin is not None and self.stdin.isatty() and self.stderr.isatty()


def _buffer_output() -> None:
    """Put a buffer before the output where PYTHONUNBUFFERED, which containers set, has left it out.

    Python itself then takes no notice when the system writes a part only, as to a pipe that closes or
    onto a disk that fills: the rest would be lost, and the status 0.
    """
    own = sys.__stdout__
    raw = own.buffer if own is not None and own is sys.stdout else None
    if own is not None and isinstance(raw, RawIOBase):
        own.detach()
        buffered = TextIOWrapper(BufferedWriter(raw))
        sys.stdout = sys.__stdout__ = buffered
