"""Files that a command reads as input, and the options that say how."""

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
FileArgument = Annotated[str, typer.Argument(metavar="FILE", help="A file, or - for a pipe.")]


class Reading(NamedTuple):
    """The options that say how a table is to be read, where the file does not show it."""

    mapping: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="FIELD=HEADER",
            help="Read FIELD from the column HEADER; FIELD= leaves it out. "
            f"The fields: {', '.join(COLUMNS)}.",
        ),
    ] = None
    sheets: Annotated[
        list[str] | None,
        typer.Option("--sheet", metavar="NAME", help="Read this sheet of a workbook; can be repeated."),
    ] = None
    header_row: Annotated[
        int | None, typer.Option("--header-row", metavar="NUMBER", min=1, help="Row of the column names.")
    ] = None
    hidden_rows: Annotated[
        Literal["include", "skip"] | None,
        typer.Option("--hidden-rows", help="What to do with hidden and filtered rows."),
    ] = None
    encoding: Annotated[
        Text, typer.Option("--encoding", metavar="NAME", help="Encoding of a CSV file; otherwise UTF-8.")
    ] = None
    delimiter: Annotated[
        Text, typer.Option("--delimiter", metavar="CHAR", help="Character between the cells of a CSV file.")
    ] = None

    def options(self) -> "ReadingOptions":
        """Return the options as the exchange takes them.

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
            hint = "for example --map client='Company Domain'"
            raise UsageError(f"--map: {word!r} is not FIELD=HEADER", hint=hint)
        if headers.setdefault(field.strip(), header.strip()) != header.strip():
            raise UsageError(f"--map {field.strip()} can be given only once", hint="leave one of them out")
    return headers


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
