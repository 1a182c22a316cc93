"""Input files of commands, and the options for reading them."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

import typer

from renewctl import files
from renewctl.cli.options import Text
from renewctl.cli.runtime import Run
from renewctl.errors import UsageError
from renewctl.fields import COLUMNS

if TYPE_CHECKING:
    from renewctl.exchange.sheets import ReadingOptions

STDIN = "-"
FileArgument = Annotated[str, typer.Argument(metavar="FILE", help="File to read, or - for standard input.")]


class Reading(NamedTuple):
    """The options for reading a table, where the file itself is ambiguous."""

    mapping: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="FIELD=HEADER",
            help="Read FIELD from the column HEADER, or skip it with FIELD=. "
            f"Fields are {', '.join(COLUMNS)}.",
        ),
    ] = None
    sheets: Annotated[
        list[str] | None,
        typer.Option("--sheet", metavar="NAME", help="Read this sheet of a workbook (can be repeated)."),
    ] = None
    header_row: Annotated[
        int | None,
        typer.Option(
            "--header-row", metavar="NUMBER", min=1, help="Use the row with this number as the header."
        ),
    ] = None
    hidden_rows: Annotated[
        Literal["include", "skip"] | None,
        typer.Option("--hidden-rows", help="Choose whether to read hidden and filtered rows."),
    ] = None
    encoding: Annotated[
        Text, typer.Option("--encoding", metavar="NAME", help="Set the encoding of a CSV file, if not UTF-8.")
    ] = None
    delimiter: Annotated[
        Text,
        typer.Option(
            "--delimiter", metavar="CHAR", help="Set the character between the cells of a CSV file."
        ),
    ] = None

    def first_option(self) -> str:
        """Return the first of these options that is given; empty if there is none."""
        names = ("--map", "--sheet", "--header-row", "--hidden-rows", "--encoding", "--delimiter")
        return next((name for name, value in zip(names, self, strict=True) if value is not None), "")

    def options(self) -> "ReadingOptions":
        """Return the options as ``ReadingOptions``.

        Raises:
            UsageError: If a mapping is not FIELD=HEADER.
        """
        from renewctl.exchange.sheets import ReadingOptions  # Lazy import: most commands read no table.

        return ReadingOptions(
            self.encoding,
            self.delimiter,
            _read_mapping(self.mapping or ()),
            self.header_row,
            tuple(self.sheets or ()),
            self.hidden_rows,
        )


def _read_mapping(words: Sequence[str]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for word in words:
        field, sign, header = word.partition("=")
        if not field.strip() or not sign:
            hint = "write the field and the header, for example --map client='Company Domain'"
            raise UsageError(f"--map: {word!r} is not in the form FIELD=HEADER", hint=hint)
        if headers.setdefault(field.strip(), header.strip()) != header.strip():
            raise UsageError(f"--map {field.strip()} can be given only once", hint="remove one of the two")
    return headers


def read_input(run: Run, file: str) -> tuple[bytes, str]:
    """Return the content of a file or of standard input, and its name in messages.

    Raises:
        UsageError: If the file does not exist.
        NotAFile, FileError: If the file cannot be read.
    """
    if not file:
        raise UsageError("missing FILE", hint="pass the name of a file, or - to read standard input")
    if file != STDIN:
        try:
            return files.read_bytes(Path(file)), file
        except FileNotFoundError:
            hint = "check the name, or use - to read standard input"
            raise UsageError(f"file {file!r} not found", hint=hint) from None
    if run.environment.stdin is None:
        raise UsageError("standard input is closed", hint="pass the name of a file")
    if run.environment.stdin.isatty():
        run.environment.stderr.write("Reading from the terminal. Press Ctrl-D to end.\n")
    return run.environment.stdin.buffer.read(), "standard input"
