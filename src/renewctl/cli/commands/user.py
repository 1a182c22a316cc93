"""Partner users: the ``user`` group."""

from typing import Annotated

import typer

from renewctl.cli.app import command
from renewctl.cli.options import NameOption, UserArgument, user_argument
from renewctl.cli.runtime import Run
from renewctl.cli.write_command import change_store
from renewctl.domain import lookup
from renewctl.domain.edit import users as edit
from renewctl.domain.identifiers import parse_address
from renewctl.model import Plan, Portfolio
from renewctl.render.result import Result
from renewctl.render.users import render_users


@command("user list")
def list_(run: Run) -> Result:
    """List partner users and where each is set.

    To list the contacts of clients, run renewctl contacts.
    """
    return render_users(run.load().portfolio)


@command("user add", changes=True)
def add(
    run: Run,
    address: Annotated[str, typer.Argument(metavar="EMAIL", help="Email address of the user.")],
    name: NameOption = None,
) -> Result:
    """Add a partner user.

    No setting changes. To have the user notified or copied, pass the address to --notify of
    set-default or override.
    """
    email = parse_address(address, "EMAIL")
    return change_store(run, lambda portfolio: edit.add(portfolio, email, name or ""))


@command("user set", changes=True)
def set_(
    run: Run,
    user: UserArgument,
    name: NameOption = None,
    active: Annotated[
        bool | None, typer.Option("--active/--inactive", help="Record whether the user is active in HubSpot.")
    ] = None,
) -> Result:
    """Change a partner user's name or status.

    Settings that name a deactivated user stay, but the user receives nothing. To choose another user
    for them, run renewctl user replace.
    """
    return change_store(
        run, lambda portfolio: edit.change(portfolio, lookup.find_user(portfolio, user), name, active)
    )


@command("user remove", changes=True)
def remove(run: Run, user: UserArgument) -> Result:
    """Remove a partner user.

    If the default or an override names the user, run renewctl user replace first.
    """
    return change_store(run, lambda portfolio: edit.remove(portfolio, lookup.find_user(portfolio, user)))


@command("user replace", changes=True)
def replace(
    run: Run,
    old: Annotated[str, user_argument(metavar="OLD", help="User to replace.")],
    new: Annotated[str, user_argument(metavar="NEW", help="User who takes over.")],
    deactivate: Annotated[bool, typer.Option("--deactivate", help="Also mark OLD as deactivated.")] = False,
) -> Result:
    """Replace a partner user in the default and all overrides.

    OLD stays in the list of partner users. Contacts of clients do not change.
    """

    def edit_(portfolio: Portfolio) -> Plan:
        found_old, found_new = edit.find_replaced(portfolio, old), lookup.find_user(portfolio, new)
        return edit.replace(portfolio, found_old, found_new, deactivate=deactivate)

    return change_store(run, edit_)
