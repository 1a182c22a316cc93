"""Options and arguments that several commands share, each declared once."""

from typing import Annotated

import typer

from renewctl.cli import completers
from renewctl.model import Owner, Role

Text = str | None
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
