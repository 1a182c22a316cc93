"""``import``: clients from a spreadsheet."""

from typing import Annotated, Literal

import typer

from renewctl.cli.app import command
from renewctl.cli.input_files import FileArgument, read_input
from renewctl.cli.options import Text
from renewctl.cli.progress import tracker
from renewctl.cli.runtime import Run
from renewctl.cli.write_command import change_store
from renewctl.domain.edit.import_plan import ImportOptions, plan_import
from renewctl.domain.edit.import_remarks import remark_on_rows
from renewctl.errors import UsageError
from renewctl.exchange.rows import read_client_rows
from renewctl.exchange.spreadsheet import read_sheet
from renewctl.model import Plan, Portfolio
from renewctl.render.result import Result


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
    prune: Annotated[
        bool, typer.Option("--prune", help="Remove clients and renewals that are not listed.")
    ] = False,
    partial: Annotated[
        bool, typer.Option("--partial", help="Leave bad rows out, import the others.")
    ] = False,
) -> Result:
    """Bring a roster in from CSV or XLSX: new clients, and what differs of known ones.

    Columns are told by their names, in seven languages. A blank cell changes nothing, overrides
    stay without --with-overrides, and nothing is removed without --prune. That removes clients that
    the list does not have, and renewals of clients for which the list has other renewal dates. If it
    is about more than a quarter of the clients, you must agree, or pass --yes. If a row is bad,
    nothing is written.
    """
    headers: dict[str, str] = {}
    for word in mapping or ():
        field, _, header = word.partition("=")
        if not field.strip() or not header.strip():
            raise UsageError(f"--map: {word!r} is not FIELD=HEADER", hint="as --map client='Company Domain'")
        headers[field.strip()] = header.strip()
    data, name = read_input(run, file)
    sheet = read_sheet(data, name, encoding=encoding, delimiter=delimiter)
    track = tracker(run, "Reading rows")
    table = read_client_rows(sheet, name, mapping=headers, date_format=date_format, track=track)
    options = ImportOptions(prune, with_overrides, partial, from_deadline)

    def edit(portfolio: Portfolio) -> Plan:
        plan = plan_import(portfolio, table.rows, options, table.problems, tracker(run, "Planning clients"))
        unused = (f"columns not used: {', '.join(table.unused)}",) if table.unused else ()
        return plan._replace(notes=(*plan.notes, *remark_on_rows(table.rows, run.today), *unused))

    return change_store(run, edit)
