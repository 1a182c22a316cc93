"""The partner's own people: the ``user`` group."""

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
    """List the partner's users, and what each is set for.

    Reads only. Contacts at clients are listed by renewctl contacts.
    """
    return render_users(run.load().portfolio)


@command("user add", changes=True)
def add(
    run: Run,
    address: Annotated[str, typer.Argument(metavar="EMAIL", help="The user's e-mail address.")],
    name: NameOption = None,
) -> Result:
    """Add a partner user, who can then be named by --notify.

    No setting changes: nobody hears of anything by it.
    """
    email = parse_address(address, "EMAIL")
    return change_store(run, lambda portfolio: edit.add(portfolio, email, name or ""))


@command("user set", changes=True)
def set_(
    run: Run,
    user: UserArgument,
    name: NameOption = None,
    active: Annotated[
        bool | None, typer.Option("--active/--inactive", help="Whether HubSpot still notifies the user.")
    ] = None,
) -> Result:
    """Change a partner user's name, or say whether the user is deactivated in HubSpot.

    Settings stay: whoever is deactivated is still set, and receives nothing (see user replace).
    """
    return change_store(
        run, lambda portfolio: edit.change(portfolio, lookup.find_user(portfolio, user), name, active)
    )


@command("user remove", changes=True)
def remove(run: Run, user: UserArgument) -> Result:
    """Remove a partner user.

    Refused while the default or an override names the user. Contacts at clients are not touched.
    """
    return change_store(run, lambda portfolio: edit.remove(portfolio, lookup.find_user(portfolio, user)))


@command("user replace", changes=True)
def replace(
    run: Run,
    old: Annotated[str, user_argument(metavar="OLD", help="Who leaves.")],
    new: Annotated[str, user_argument(metavar="NEW", help="Who takes over.")],
    deactivate: Annotated[bool, typer.Option("--deactivate", help="Mark OLD as deactivated too.")] = False,
) -> Result:
    """Put one partner user in another's place everywhere, in one step.

    The default and all overrides; client contacts are not touched. OLD stays on record, deactivated
    with --deactivate.
    """

    def edit_(portfolio: Portfolio) -> Plan:
        leaving, coming = lookup.find_user(portfolio, old), lookup.find_user(portfolio, new)
        return edit.replace(portfolio, leaving, coming, deactivate=deactivate)

    return change_store(run, edit_)
