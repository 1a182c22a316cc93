"""Clients, their contacts and renewals: the ``client`` group."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Annotated, Literal

import typer

from renewctl.cli.app import command
from renewctl.cli.field_options import FieldFilters, FieldValues, describe_filters
from renewctl.cli.options import (
    SOURCES,
    Clients,
    ExcelOption,
    NameOption,
    OneClient,
    OwnerFilter,
    ProductOption,
    ReverseOption,
    RoleArgument,
    SourceFilter,
    Text,
    UserFilter,
    filter_option,
    refuse_together,
)
from renewctl.cli.runtime import Run, select_user
from renewctl.cli.write_command import change_store
from renewctl.command_line import command_line, option
from renewctl.domain import lookup
from renewctl.domain.dates import parse_day
from renewctl.domain.edit import clients as edit
from renewctl.domain.edit import contacts, renewals
from renewctl.domain.identifiers import parse_address
from renewctl.domain.plausibility import describe_far_off
from renewctl.domain.resolve import Source
from renewctl.domain.selection import ClientSelection, Order, list_clients
from renewctl.errors import UsageError
from renewctl.model import EMPTY, Client, Plan, Renewal, Role
from renewctl.render import clients as render_clients
from renewctl.render.result import Result

Addresses = list[str] | None
_emails = partial(typer.Option, metavar="EMAIL")
DeadlineOption = Annotated[
    Text, typer.Option("--deadline", metavar="DATE", help="Set the renewal deadline, if not the usual one.")
]


@command("client list")
def list_(
    run: Run,
    overridden: Annotated[
        bool, filter_option("--overridden", help="Show only clients with an override.")
    ] = False,
    following: Annotated[
        bool, filter_option("--following", help="Show only clients that follow the default.")
    ] = False,
    owner: OwnerFilter = None,
    user: UserFilter = None,
    source: SourceFilter = None,
    search: Annotated[
        str,
        filter_option(
            "--search",
            metavar="TEXT",
            help="Show only clients with TEXT in domain, name, memo, note or contacts.",
        ),
    ] = "",
    values: FieldFilters = EMPTY,
    sort: Annotated[
        Literal["client", "owner", "renewal"] | None,
        filter_option(
            "--sort", case_sensitive=False, help="Sort by this column (by default, in file order)."
        ),
    ] = None,
    reverse: ReverseOption = False,
    long: Annotated[bool, typer.Option("--long", help="Show notes, memos and all renewals.")] = False,
    excel: ExcelOption = False,
) -> Result:
    """List clients and their settings.

    To edit many overrides at once, save the list with --out FILE.csv and read it with renewctl
    override --from-file.
    """
    sets = {"overridden": overridden, "following": following, "source": source}
    used = [f"--{name}" for name, value in sets.items() if value]
    refuse_together(used)
    given: Mapping[str, str | bool | None] = {**sets, "owner": owner, "user": user, "search": search or None}
    filters = [
        option(name, value) for name, value in given.items() if value is not None and value is not False
    ]
    sources = SOURCES["override" if overridden else source]
    if following:
        sources -= {Source.OVERRIDE}
    portfolio = run.load().portfolio
    selection = ClientSelection(
        owner, select_user(portfolio, user), sources, search, values, sort and Order(sort), reverse
    )
    clients = list_clients(portfolio, selection, run.today)
    listing = render_clients.ClientListing(
        portfolio, clients, run.today, search, [*filters, *describe_filters(values)]
    )
    result = render_clients.render_client_list(listing, long=long)
    return run.with_excel(result, excel=excel)


@command("client show")
def show(run: Run, client: OneClient) -> Result:
    """Show everything in the file about one client.

    To see who is notified and why, run renewctl explain CLIENT.
    """
    portfolio = run.load().portfolio
    return render_clients.render_client(portfolio, lookup.find_client(portfolio, client), run.today)


@command("client add", changes=True)
def add(
    run: Run,
    domain: Annotated[
        str,
        typer.Argument(
            metavar="DOMAIN", help="Domain in the partner dashboard, or the hub ID until you know the domain."
        ),
    ],
    values: FieldValues = EMPTY,
    primary: Annotated[Addresses, _emails("--primary", help="Set the primary contact.")] = None,
    billing: Annotated[Addresses, _emails("--billing", help="Add a billing contact (up to three).")] = None,
    decision_maker: Annotated[Addresses, _emails("--decision-maker", help="Set the decision maker.")] = None,
    renewal: Annotated[Text, typer.Option("--renewal", metavar="DATE", help="Set the renewal date.")] = None,
    product: ProductOption = None,
    deadline: DeadlineOption = None,
) -> Result:
    """Add a client.

    The client follows the default until you set an override. Contacts and a renewal are optional: you
    can add them later with client assign and client set-renewal.
    """
    contacts_of = {Role.PRIMARY: primary, Role.BILLING: billing, Role.DECISION_MAKER: decision_maker}
    emails = {
        role: [parse_address(address, f"--{role}") for address in addresses or ()]
        for role, addresses in contacts_of.items()
    }
    if renewal is None and (product or deadline):
        option_given = "--product" if product else "--deadline"
        raise UsageError(f"{option_given} requires --renewal", hint="add --renewal DATE")
    first = None if renewal is None else _renewal(run, renewal, product, deadline)
    return change_store(run, lambda portfolio: edit.add(portfolio, domain, values, emails, first))


@command("client set", changes=True)
def set_(
    run: Run,
    client: OneClient,
    values: FieldValues = EMPTY,
    deactivate: Annotated[
        Addresses, _emails("--deactivate", help="Mark a contact as deactivated in HubSpot.")
    ] = None,
    reactivate: Annotated[
        Addresses, _emails("--reactivate", help="Mark a contact as active again in HubSpot.")
    ] = None,
) -> Result:
    """Change a client's name, hub ID, memo or contact status.

    If you omit an option, its value stays. An empty value, such as --memo="", removes it. To change
    roles, use client assign. To change the setting, use override.
    """
    activity = {**dict.fromkeys(deactivate or (), False), **dict.fromkeys(reactivate or (), True)}
    return change_store(
        run, lambda portfolio: edit.change(portfolio, lookup.find_client(portfolio, client), values, activity)
    )


@command("client remove", changes=True)
def remove(run: Run, clients: Clients = None) -> Result:
    """Remove clients and all their data.

    Also removes their contacts, renewals and overrides. To restore everything, run renewctl undo.
    """
    if not clients:
        hint = f"run {command_line('client remove CLIENT')}"
        raise UsageError("missing CLIENT", hint=hint)
    return change_store(run, lambda portfolio: edit.remove(lookup.find_clients(portfolio, clients)))


@command("client rename", changes=True)
def rename(
    run: Run,
    client: OneClient,
    domain: Annotated[str, typer.Argument(metavar="DOMAIN", help="New domain of the client.")],
) -> Result:
    """Change a client's domain.

    Contacts, renewals and the override stay, and the recipients do not change.
    """
    return change_store(
        run, lambda portfolio: edit.rename(portfolio, lookup.find_client(portfolio, client), domain)
    )


@command("client assign", changes=True)
def assign(
    run: Run,
    client: OneClient,
    role: RoleArgument,
    address: Annotated[str, typer.Argument(metavar="EMAIL", help="Email address of the contact.")],
    name: NameOption = None,
) -> Result:
    """Assign a role to a contact of a client.

    A new primary contact or decision maker replaces the current one. A client can have up to three
    billing contacts. The contact must be a user of the client's HubSpot account. renewctl changes
    only the file, not HubSpot.
    """
    email = parse_address(address, "EMAIL")
    return _change_client(run, client, lambda found: contacts.assign(found, role, email, name or ""))


@command("client unassign", changes=True)
def unassign(
    run: Run,
    client: OneClient,
    role: RoleArgument,
    address: Annotated[
        Text, typer.Argument(metavar="[EMAIL]", help="Contact, if several have the role.")
    ] = None,
) -> Result:
    """Remove a role from a contact of a client.

    The contact and its other roles stay. renewctl changes only the file, not HubSpot.
    """
    return _change_client(run, client, lambda found: contacts.unassign(found, role, address))


@command("client set-renewal", changes=True)
def set_renewal(
    run: Run,
    client: OneClient,
    day: Annotated[Text, typer.Argument(metavar="[DATE]", help="Renewal date.")] = None,
    product: ProductOption = None,
    deadline: DeadlineOption = None,
    new_product: Annotated[
        Text, typer.Option("--rename", metavar="PRODUCT", help="Rename the product.")
    ] = None,
) -> Result:
    """Add a renewal, or change its date.

    Each product of a client has its own renewal. Without --deadline, the usual deadline applies (by
    default, 45 days before the renewal date). To rename a product and keep its dates, omit DATE.
    """
    new = None if day is None else _renewal(run, day, product, deadline)
    if new_product is not None and (new or deadline is None):
        return _change_client(
            run, client, lambda found: renewals.rename_product(found, product, new_product, new)
        )
    if new is None:
        missing = (
            "client set-renewal requires DATE or --rename" if deadline is None else "--deadline requires DATE"
        )
        raise UsageError(missing, hint="add a date, for example 2027-03-01")
    named = product is not None
    return _change_client(run, client, lambda found: renewals.set_renewal(found, new, named=named))


@command("client remove-renewal", changes=True)
def remove_renewal(run: Run, client: OneClient, product: ProductOption = None) -> Result:
    """Remove a renewal, for example when a contract ends.

    The client and its other renewals stay.
    """
    return _change_client(run, client, lambda found: renewals.remove_renewal(found, product))


@command("client renew", changes=True)
def renew(run: Run, client: OneClient, product: ProductOption = None) -> Result:
    """Move a renewal to the next year.

    Moves the renewal date and, if the renewal has a deadline of its own, the deadline. If the date is
    more than 120 days away, renewctl asks first (in scripts, pass --yes).
    """
    return _change_client(run, client, lambda found: renewals.renew(found, product, run.today))


def _change_client(run: Run, word: str, plan: Callable[[Client], Plan]) -> Result:
    return change_store(run, lambda portfolio: plan(lookup.find_client(portfolio, word)))


def _renewal(run: Run, day: str, product: Text, deadline: Text) -> Renewal:
    date = parse_day(day, run.today)
    last = parse_day(deadline, run.today, option="--deadline") if deadline else None
    for what, each in (("renewal date", date), ("deadline", last)):
        if each and (when := describe_far_off(each, run.today)):
            run.warnings.append(f"the {what} {each} is {when}")
    return Renewal(date, product or "", last)
