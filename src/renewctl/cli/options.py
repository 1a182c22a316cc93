"""Options and arguments that several commands share, each declared once."""

from functools import partial
from typing import Annotated, Any

import typer

from renewctl.cli import completers
from renewctl.cli.runtime import AS_OF
from renewctl.model import Owner, Role
from renewctl.render.result import Output
from renewctl.store.location import VARIABLE

Text = str | None
WithinOption = Annotated[
    Text, typer.Option("--within", metavar="DURATION", help="Renewals within 120d, 6w, 3m, 1y.")
]
FromOption = Annotated[Text, typer.Option("--from", metavar="DATE", help="Renewals from this day on.")]
ToOption = Annotated[Text, typer.Option("--to", metavar="DATE", help="Renewals up to this day.")]
DeadlineWithinOption = Annotated[
    Text, typer.Option("--deadline-within", metavar="DURATION", help="Deadlines within 30d, 6w, 3m, 1y.")
]
AllOption = Annotated[bool, typer.Option("--all", help="Renewals whatever their date.")]
RecipientOption = Annotated[
    Text,
    typer.Option(
        "--recipient",
        metavar="EMAIL",
        help="Only what this person hears of, and what they are responsible for.",
        autocompletion=completers.complete_users,
    ),
]
Clients = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[CLIENT]...",
        help="Domains, hub ids or exact names.",
        autocompletion=completers.complete_clients,
    ),
]
OneClient = Annotated[
    str,
    typer.Argument(
        metavar="CLIENT",
        help="A domain, a hub id or an exact name.",
        autocompletion=completers.complete_clients,
    ),
]
OwnerOption = Annotated[
    Owner | None,
    typer.Option("--owner", case_sensitive=False, help="Who owns renewal communication."),
]
NotifyOption = Annotated[
    str | None,
    typer.Option(
        "--notify",
        metavar="USER",
        help="The partner user: an address, what is before its @, or none.",
        autocompletion=completers.complete_users_or_none,
    ),
]
NameOption = Annotated[str | None, typer.Option("--name", metavar="TEXT", help="The name people know.")]
ProductOption = Annotated[
    str | None, typer.Option("--product", metavar="TEXT", help="What renews; tells renewals apart.")
]
RoleArgument = Annotated[
    Role, typer.Argument(metavar="ROLE", case_sensitive=False, help="primary, billing or decision-maker.")
]
UserArgument = Annotated[
    str,
    typer.Argument(
        metavar="USER", help="An address, or what is before its @.", autocompletion=completers.complete_users
    ),
]

# ------------------------------------------------------------------ what the decorator adds

EVERYWHERE = "Options of every command"
_common = partial(typer.Option, rich_help_panel=EVERYWHERE)
_change = partial(typer.Option, rich_help_panel="Options of every change")
_STORE = f"The store; else {VARIABLE}, else the one found from here."
_TODAY = f"Take this day for today; else {AS_OF}, else the local date."
_FORMATS = f"How the answer is written: {', '.join(Output)}."

Declared = dict[str, tuple[Any, Any]]
"""Options by the name of their parameter: the annotation that Typer reads, and the default."""
COMMON: Declared = {
    "store": (Annotated[str | None, _common("--store", metavar="FILE", help=_STORE)], None),
    "output": (
        Annotated[Output, _common("-o", "--output", metavar="FORMAT", case_sensitive=False, help=_FORMATS)],
        Output.TABLE,
    ),
    "as_of": (Annotated[str | None, _common("--as-of", metavar="DATE", help=_TODAY)], None),
    "quiet": (Annotated[bool, _common("-q", "--quiet", help="Say only what was asked for.")], False),
}
CHANGING: Declared = {
    "dry_run": (Annotated[bool, _change("-n", "--dry-run", help="Show the change; write nothing.")], False),
    "yes": (Annotated[bool, _change("-y", "--yes", help="Answer yes to every question.")], False),
    "lock_timeout": (
        Annotated[
            float,
            _change("--lock-timeout", metavar="SECONDS", min=0, help="How long to wait for another writer."),
        ],
        10.0,
    ),
}
NOTED: Declared = {
    "note": (Annotated[str, _change("--note", metavar="TEXT", help="Why; kept in the history.")], ""),
}
