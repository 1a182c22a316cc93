"""``override``: a setting of a client's own."""

from typing import Annotated

import typer

from renewctl.cli.app import command
from renewctl.cli.input_files import read_input
from renewctl.cli.options import Clients, NotifyOption, OwnerOption
from renewctl.cli.runtime import Run, select_user
from renewctl.cli.write_command import change_store
from renewctl.command_line import command_line
from renewctl.domain import lookup
from renewctl.domain.edit import settings
from renewctl.errors import UsageError
from renewctl.model import Plan, Portfolio
from renewctl.render.result import Result


@command("override", changes=True)
def override(
    run: Run,
    clients: Clients = None,
    owner: OwnerOption = None,
    notify: NotifyOption = None,
    source: Annotated[
        str | None,
        typer.Option("--from", metavar="FILE", help="A list of overrides, CSV or JSON Lines; - for a pipe."),
    ] = None,
) -> Result:
    """Give clients their own setting, instead of the default.

    The whole override is written: without --notify it names nobody, and --note is kept in it. The
    default and other clients are not touched.

    A list (--from) has the columns client, owner, notify and note, as client list -o csv prints
    them; owner default clears the override. All rows are written, or none.
    """
    if source is not None:
        if clients or owner or notify:
            message = "--from brings clients, owners and users itself"
            raise UsageError(message, hint="leave the others out")
        # Lazy import: most overrides come from no list.
        from renewctl.exchange import rows
        from renewctl.exchange.spreadsheet import read_sheet

        data, name = read_input(run, source)
        if rows.is_jsonl(data):
            entries = rows.read_override_lines(data, name)
        else:
            entries = rows.read_override_rows(read_sheet(data, name), name)
        return change_store(run, lambda portfolio: settings.plan_override_list(portfolio, entries))
    if not clients:
        hint = command_line("override acme.example", owner="partner", notify="ana")
        raise UsageError("name at least one client", hint=hint)

    def edit(portfolio: Portfolio) -> Plan:
        found, user = lookup.find_clients(portfolio, clients), select_user(portfolio, notify)
        return settings.override(portfolio, found, owner, user, run.note)

    return change_store(run, edit)
