"""Files that a command reads as input."""

from pathlib import Path
from typing import Annotated

import typer

from renewctl import files
from renewctl.cli.runtime import Run
from renewctl.errors import UsageError

STDIN = "-"
FileArgument = Annotated[str, typer.Argument(metavar="FILE", help="A file, or - for a pipe.")]


def read_input(run: Run, file: str) -> tuple[bytes, str]:
    """Return the content of a file, or of standard input for ``-``, and its name in messages.

    Raises:
        UsageError: If there is no such file.
        NotAFile, FileError: If it cannot be read.
    """
    if file != STDIN:
        try:
            return files.read_bytes(Path(file)), file
        except FileNotFoundError:
            raise UsageError(f"there is no file {file}", hint="name a file, or - for a pipe") from None
    if run.environment.stdin is None:
        raise UsageError("there is no standard input", hint="name a file")
    if run.environment.stdin.isatty():
        run.environment.stderr.write("Reading from the terminal; Ctrl-D ends.\n")
    return run.environment.stdin.buffer.read(), "standard input"
