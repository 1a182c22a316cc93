"""``import``: clients from a spreadsheet."""

from typing import Annotated, Literal

import typer

from renewctl.cli.app import command
from renewctl.cli.input_files import FileArgument, Reading, read_input
from renewctl.cli.progress import tracker
from renewctl.cli.runtime import Run
from renewctl.cli.write_command import change_store
from renewctl.domain.edit.import_plan import ImportOptions, plan_import
from renewctl.domain.edit.import_remarks import remark_on_rows
from renewctl.exchange.rows import read_client_rows
from renewctl.exchange.sheets import read_sheets
from renewctl.model import Plan, Portfolio
from renewctl.render.result import Result


@command("import", changes=True)
def import_(
    run: Run,
    file: FileArgument,
    reading: Reading,
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
    allow_odd_text: Annotated[
        bool, typer.Option("--allow-odd-text", help="Take text that seems to be in the wrong encoding.")
    ] = False,
    partial: Annotated[
        bool, typer.Option("--partial", help="Leave bad rows out, import the others.")
    ] = False,
) -> Result:
    """Bring a roster in from CSV or XLSX: new clients, and what differs of known ones.

    Columns are recognized by their names, in seven languages. A blank cell changes nothing, overrides
    stay without --with-overrides, and nothing is removed without --prune. That removes clients that
    the list does not have, and renewals of clients for which the list has other renewal dates. If it
    is about more than a quarter of the clients, you must agree, or pass --yes. If a row is bad,
    nothing is written.
    """
    data, name = read_input(run, file)
    how, track = reading.options(), tracker(run, "Reading rows")
    tables = [
        read_client_rows(
            sheet,
            name,
            mapping=how.mapping,
            date_format=date_format,
            with_overrides=with_overrides,
            track=track,
        )
        for sheet in read_sheets(data, name, how)
    ]
    rows = [row for table in tables for row in table.rows]
    problems = [problem for table in tables for problem in table.problems]
    remarks = [remark for table in tables for remark in table.remarks]
    options = ImportOptions(prune, with_overrides, partial, from_deadline, allow_odd_text)

    def edit(portfolio: Portfolio) -> Plan:
        plan = plan_import(portfolio, rows, options, problems, tracker(run, "Planning clients"))
        unused = [f"columns not used: {', '.join(table.unused)}" for table in tables if table.unused]
        return plan._replace(notes=(*plan.notes, *remarks, *remark_on_rows(rows, run.today), *unused))

    return change_store(run, edit, [warning for table in tables for warning in table.warnings])
