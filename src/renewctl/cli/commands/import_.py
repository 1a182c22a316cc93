"""``import``: add and update clients from a spreadsheet."""

from typing import Annotated, Literal

import typer

from renewctl.cli.app import command
from renewctl.cli.input_files import FileArgument, Reading, read_input
from renewctl.cli.runtime import Run
from renewctl.cli.write_command import change_store
from renewctl.domain.edit.import_notes import note_implausible_dates
from renewctl.domain.edit.import_plan import plan_import
from renewctl.domain.edit.rows import ImportOptions
from renewctl.exchange.rows import read_client_tables
from renewctl.exchange.sheets import read_sheets
from renewctl.model import Plan, Portfolio
from renewctl.render.result import Result

OverridesOption = Annotated[
    bool,
    typer.Option(
        "--with-overrides", help="Import owner and partner user as overrides (needs an owner column)."
    ),
]


@command("import", changes=True)
def import_(
    run: Run,
    file: FileArgument,
    reading: Reading,
    date_format: Annotated[
        Literal["dmy", "mdy"] | None,
        typer.Option("--date-format", help="Set the order of dates such as 03/04/2027."),
    ] = None,
    from_deadline: Annotated[
        bool,
        typer.Option("--renewal-from-deadline", help="Compute missing renewal dates from deadlines."),
    ] = False,
    with_overrides: OverridesOption = False,
    prune: Annotated[
        bool, typer.Option("--prune", help="Remove clients and renewals that are not in FILE.")
    ] = False,
    allow_odd_text: Annotated[
        bool, typer.Option("--allow-odd-text", help="Accept text that seems to be wrongly encoded.")
    ] = False,
    skip_invalid: Annotated[
        bool, typer.Option("--skip-invalid", help="Skip invalid rows and import the others.")
    ] = False,
) -> Result:
    """Import clients from a spreadsheet.

    Adds new clients and updates the others. FILE is a CSV file or an .xlsx, .ods or .xls workbook.
    renewctl recognizes column headers in seven languages. Empty cells change nothing. If a cell is
    invalid, nothing is saved (unless you pass --skip-invalid). Overrides change only with
    --with-overrides.

    --prune removes clients that are not in FILE. For clients with renewals in FILE, it also removes the
    renewals that FILE does not list. If this affects more than a quarter of the clients, renewctl asks
    first (in scripts, pass --yes).
    """
    data, name = read_input(run, file)
    how = reading.options()
    run.progress.begin("Reading")
    table = read_client_tables(
        read_sheets(data, name, how),
        name,
        mapping=how.mapping,
        date_format=date_format,
        with_overrides=with_overrides,
        track=lambda rows: run.progress.track("Reading", rows),
    )
    options = ImportOptions(prune, with_overrides, skip_invalid, from_deadline, allow_odd_text)

    def edit(portfolio: Portfolio) -> Plan:
        plan = plan_import(
            portfolio,
            table.rows,
            options,
            table.problems,
            track=lambda groups: run.progress.track("Planning", groups),
        )
        notes = (*plan.notes, *note_implausible_dates(table.rows, run.today), *table.notes)
        return plan._replace(notes=notes)

    return change_store(run, edit, table.warnings)
