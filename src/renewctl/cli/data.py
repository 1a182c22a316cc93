"""Data in and out: ``import``, ``export``, ``calendar``."""

from typing import Annotated, Literal

import typer

from renewctl.cli import transfer
from renewctl.cli.app import command
from renewctl.cli.changing import change
from renewctl.cli.options import (
    AllOption,
    Clients,
    DeadlineWithinOption,
    FromOption,
    RecipientOption,
    Text,
    ToOption,
    WithinOption,
)
from renewctl.cli.run import Run
from renewctl.cli.windows import Asked, selected
from renewctl.domain.edit.import_rows import ImportOptions
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
    table = transfer.entries(run, file, mapping or [], encoding, delimiter, date_format)
    wishes = ImportOptions(prune, with_overrides, partial, from_deadline)
    return change(run, transfer.imported_from(run, table, wishes))


@command("export")
def export(
    run: Run,
    file: FileArgument,
    kind: Annotated[
        transfer.Format | None, typer.Option("--format", help="For -; else told by the suffix.")
    ] = None,
    raw: Annotated[bool, typer.Option("--raw", help="CSV: leave formulas as they are.")] = False,
    excel: Annotated[bool, typer.Option("--excel", help="CSV: add the mark Excel knows UTF-8 by.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that exists.")] = False,
) -> Result:
    """Write the store as TOML or JSON, whole, or its roster as CSV.

    The suffix of FILE says which; - prints it. The store is not touched, and a file that exists
    only with --force.
    """
    wanted = transfer.Wanted(file, kind, raw=raw, excel=excel, force=force)
    return transfer.exported(run, run.load(), wanted)


@command("calendar")
def calendar(
    run: Run,
    clients: Clients = None,
    within: WithinOption = None,
    since: FromOption = None,
    until: ToOption = None,
    deadline_within: DeadlineWithinOption = None,
    everything: AllOption = False,
    recipient: RecipientOption = None,
    remind: Annotated[
        list[str] | None, typer.Option("--remind", metavar="SPAN", help="Remind so long before a deadline.")
    ] = None,
) -> Result:
    """Print deadlines and renewals as an iCalendar file, with who is notified.

    Send it to a file: renewctl calendar > renewals.ics. The filters are those of who. Reads only;
    needs the extra "calendar".
    """
    asked = Asked(within, since, until, deadline_within, everything)
    rows = selected(run, run.load().portfolio, clients or [], asked, recipient).rows
    return transfer.as_calendar(run, rows, remind or ())
