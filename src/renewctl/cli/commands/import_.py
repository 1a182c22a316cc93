"""``import``: clients from a spreadsheet."""

from typing import Annotated, Literal

import typer

from renewctl.cli import data_files
from renewctl.cli.app import command
from renewctl.cli.options import Text
from renewctl.cli.runtime import Run
from renewctl.cli.write_command import change_store
from renewctl.domain.edit.import_client import ImportOptions
from renewctl.render.result import Result

FileArgument = Annotated[str, typer.Argument(metavar="FILE", help="A file, or - for a pipe.")]


@command("import", changes=True)
def import_(
    run: Run,
    file: FileArgument,
    mapping: Annotated[
        list[str] | None,
        typer.Option(
            "--map", metavar="FIELD=HEADER", help="Which column holds a field, if names don't tell."
        ),
    ] = None,
    encoding: Annotated[
        Text, typer.Option("--encoding", metavar="NAME", help="As cp1252; else UTF-8.")
    ] = None,
    delimiter: Annotated[
        Text, typer.Option("--delimiter", metavar="CHAR", help="Between cells; else told by the header.")
    ] = None,
    date_format: Annotated[
        Literal["dmy", "mdy"] | None, typer.Option("--date-format", help="Day or month first: dmy, mdy.")
    ] = None,
    from_deadline: Annotated[
        bool, typer.Option("--renewal-from-deadline", help="A deadline alone gives the renewal date.")
    ] = False,
    with_overrides: Annotated[
        bool, typer.Option("--with-overrides", help="Owner and point of contact become overrides.")
    ] = False,
    prune: Annotated[bool, typer.Option("--prune", help="Remove clients that are not listed.")] = False,
    partial: Annotated[
        bool, typer.Option("--partial", help="Leave bad rows out, import the others.")
    ] = False,
) -> Result:
    """Bring a roster in from CSV or XLSX: new clients, and what differs of known ones.

    Columns are told by their names, in seven languages. A blank cell changes nothing, overrides
    stay without --with-overrides, and nothing is removed without --prune. If a row is bad, nothing
    is written.
    """
    table = data_files.read_client_table(run, file, mapping or [], encoding, delimiter, date_format)
    options = ImportOptions(prune, with_overrides, partial, from_deadline)
    return change_store(run, data_files.import_edit(run, table, options))
