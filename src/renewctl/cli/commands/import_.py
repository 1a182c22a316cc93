"""``import``: clients from a spreadsheet."""

from typing import Annotated, Literal

import typer

from renewctl.cli.app import command
from renewctl.cli.input_files import FileArgument, Reading, read_input
from renewctl.cli.progress import tracker
from renewctl.cli.runtime import Run
from renewctl.cli.write_command import change_store
from renewctl.domain.edit.import_plan import ImportOptions, plan_import
from renewctl.domain.edit.import_remarks import remark_on_dates
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
        Literal["dmy", "mdy"] | None, typer.Option("--date-format", help="Order of dates such as 03/04/2027.")
    ] = None,
    from_deadline: Annotated[
        bool, typer.Option("--renewal-from-deadline", help="Take the renewal date from a deadline alone.")
    ] = False,
    with_overrides: Annotated[
        bool, typer.Option("--with-overrides", help="Import owner and partner user as overrides.")
    ] = False,
    prune: Annotated[
        bool, typer.Option("--prune", help="Remove clients and renewals that are not listed.")
    ] = False,
    allow_odd_text: Annotated[
        bool, typer.Option("--allow-odd-text", help="Accept text that seems wrongly encoded.")
    ] = False,
    partial: Annotated[
        bool, typer.Option("--partial", help="Leave out bad rows and import the others.")
    ] = False,
) -> Result:
    """Import clients from a spreadsheet: add new ones, update others.

    FILE is CSV, or an .xlsx, .ods or .xls workbook. Columns are recognized by their names, in seven
    languages. A blank cell changes nothing. If a cell is wrong, nothing is saved. Overrides stay as
    they are without --with-overrides.

    --prune removes the clients that the list does not have, and renewals of clients for which the
    list has other renewal dates. If more than a quarter of the clients are affected, you must confirm
    it, or pass --yes.
    """
    data, name = read_input(run, file)
    how, track = reading.options(), tracker(run, "Reading rows")
    sheets = read_sheets(data, name, how)
    tables = [
        read_client_rows(
            sheet,
            name,
            mapping=how.mapping,
            date_format=date_format,
            with_overrides=with_overrides,
            track=track,
        )
        for sheet in sheets
    ]
    rows = [row for table in tables for row in table.rows]
    problems = [problem for table in tables for problem in table.problems]
    remarks = [remark for table in tables for remark in table.remarks]
    options = ImportOptions(prune, with_overrides, partial, from_deadline, allow_odd_text)

    def edit(portfolio: Portfolio) -> Plan:
        plan = plan_import(portfolio, rows, options, problems, tracker(run, "Planning clients"))
        unused = [
            f"columns not used{f' of {sheet.name}' if len(tables) > 1 else ''}: {', '.join(table.unused)}"
            for sheet, table in zip(sheets, tables, strict=True)
            if table.unused
        ]
        return plan._replace(notes=(*plan.notes, *remarks, *remark_on_dates(rows, run.today), *unused))

    return change_store(run, edit, [warning for table in tables for warning in table.warnings])
