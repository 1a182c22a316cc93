"""The roster: the ``client`` group."""

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
    Text, typer.Option("--deadline", metavar="DATE", help="The last day to alter terms, if not the usual.")
]


@command("client list")
def list_(
    run: Run,
    overridden: Annotated[bool, filter_option("--overridden", help="Only clients with an override.")] = False,
    following: Annotated[
        bool, filter_option("--following", help="Only those that follow the default.")
    ] = False,
    owner: OwnerFilter = None,
    user: UserFilter = None,
    source: SourceFilter = None,
    search: Annotated[
        str,
        filter_option(
            "--search", metavar="TEXT", help="Only with TEXT in domain, name, memo, note or contacts."
        ),
    ] = "",
    values: FieldFilters = EMPTY,
    sort: Annotated[
        Literal["client", "owner", "renewal"] | None,
        filter_option("--sort", case_sensitive=False, help="Sort by this instead of the order of the file."),
    ] = None,
    reverse: ReverseOption = False,
    long: Annotated[bool, typer.Option("--long", help="Show notes, memos and all renewals.")] = False,
    excel: ExcelOption = False,
) -> Result:
    """List clients and the setting that applies to each.

    Reads only. -o csv prints the columns that override --from-file reads.
    """
    sets = {"overridden": overridden, "following": following, "source": source}
    used = [f"--{name}" for name, value in sets.items() if value]
    if len(used) > 1:
        raise UsageError(f"{' and '.join(used)} can't be used together", hint="use one of them")
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
    """Show everything recorded of one client.

    Reads only. Who is notified, and why, says renewctl explain.
    """
    portfolio = run.load().portfolio
    return render_clients.render_client(portfolio, lookup.find_client(portfolio, client), run.today)


@command("client add", changes=True)
def add(
    run: Run,
    domain: Annotated[
        str,
        typer.Argument(
            metavar="DOMAIN", help="As the partner dashboard shows it; or the hub id, until that is known."
        ),
    ],
    values: FieldValues = EMPTY,
    primary: Annotated[Addresses, _emails("--primary", help="Primary contact.")] = None,
    billing: Annotated[Addresses, _emails("--billing", help="Billing contact; up to three.")] = None,
    decision_maker: Annotated[Addresses, _emails("--decision-maker", help="Decision-maker.")] = None,
    renewal: Annotated[Text, typer.Option("--renewal", metavar="DATE", help="When it renews.")] = None,
    product: ProductOption = None,
    deadline: DeadlineOption = None,
) -> Result:
    """Add a client, which then follows the default.

    Contacts and a renewal are recorded if they are named. The default and other clients are not
    touched; a domain that is in the store already is refused.
    """
    contacts_of = {Role.PRIMARY: primary, Role.BILLING: billing, Role.DECISION_MAKER: decision_maker}
    holders = {
        role: [parse_address(address, f"--{role}") for address in addresses or ()]
        for role, addresses in contacts_of.items()
    }
    if renewal is None and (product or deadline):
        raise UsageError("--product and --deadline need --renewal", hint="add --renewal 2027-03-01")
    first = None if renewal is None else _renewal(run, renewal, product, deadline)
    return change_store(run, lambda portfolio: edit.add(portfolio, domain, values, holders, first))


@command("client set", changes=True)
def set_(
    run: Run,
    client: OneClient,
    values: FieldValues = EMPTY,
    deactivate: Annotated[Addresses, _emails("--deactivate", help="Contact deactivated in HubSpot.")] = None,
    reactivate: Annotated[Addresses, _emails("--reactivate", help="Contact active again.")] = None,
) -> Result:
    """Change a client's name or hub id, or which of its contacts are deactivated.

    What is not named stays. Roles are changed by client assign, the setting by override.
    """
    activity = {**dict.fromkeys(deactivate or (), False), **dict.fromkeys(reactivate or (), True)}
    return change_store(
        run, lambda portfolio: edit.change(portfolio, lookup.find_client(portfolio, client), values, activity)
    )


@command("client remove", changes=True)
def remove(run: Run, clients: Clients = None) -> Result:
    """Remove clients, with everything recorded of them.

    Contacts, renewals and overrides go; partner users and the default stay. renewctl undo brings
    all of it back.
    """
    if not clients:
        raise UsageError("name at least one client", hint=command_line("client remove acme.example"))
    return change_store(run, lambda portfolio: edit.remove(lookup.find_clients(portfolio, clients)))


@command("client rename", changes=True)
def rename(
    run: Run,
    client: OneClient,
    domain: Annotated[str, typer.Argument(metavar="DOMAIN", help="The client's new domain.")],
) -> Result:
    """Give a client another domain.

    Everything else about it stays: contacts, renewals, override. Nobody starts or stops hearing.
    """
    return change_store(
        run, lambda portfolio: edit.rename(portfolio, lookup.find_client(portfolio, client), domain)
    )


@command("client assign", changes=True)
def assign(
    run: Run,
    client: OneClient,
    role: RoleArgument,
    address: Annotated[str, typer.Argument(metavar="EMAIL", help="A user of the client's account.")],
    name: NameOption = None,
) -> Result:
    """Record who holds a role at a client.

    Primary and decision-maker have one holder, who is replaced; billing has up to three, and gets
    one more. Other roles stay, and HubSpot is not told.
    """
    email = parse_address(address, "EMAIL")
    return _change_client(run, client, lambda found: contacts.assign(found, role, email, name or ""))


@command("client unassign", changes=True)
def unassign(
    run: Run,
    client: OneClient,
    role: RoleArgument,
    address: Annotated[Text, typer.Argument(metavar="[EMAIL]", help="Which holder, if several.")] = None,
) -> Result:
    """Record that somebody no longer holds a role at a client.

    The contact stays on record, other roles too. HubSpot is not told.
    """
    return _change_client(run, client, lambda found: contacts.unassign(found, role, address))


@command("client set-renewal", changes=True)
def set_renewal(
    run: Run,
    client: OneClient,
    day: Annotated[Text, typer.Argument(metavar="[DATE]", help="When it renews.")] = None,
    product: ProductOption = None,
    deadline: DeadlineOption = None,
    new_product: Annotated[
        Text, typer.Option("--rename", metavar="PRODUCT", help="New name of the product.")
    ] = None,
) -> Result:
    """Set when a product renews.

    Records the renewal, or moves the one there is; other products stay. Without --deadline the usual
    deadline applies. With --rename, the renewal gets another product; without DATE, its dates stay.
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
        raise UsageError(missing, hint="add a date, such as 2027-03-01")
    named = product is not None
    return _change_client(run, client, lambda found: renewals.set_renewal(found, new, named=named))


@command("client remove-renewal", changes=True)
def remove_renewal(run: Run, client: OneClient, product: ProductOption = None) -> Result:
    """Take a renewal off the record, because it ended or was never one.

    The client stays, and its other renewals.
    """
    return _change_client(run, client, lambda found: renewals.remove_renewal(found, product))


@command("client renew", changes=True)
def renew(run: Run, client: OneClient, product: ProductOption = None) -> Result:
    """Move a renewal on by a year, its own deadline too.

    One that is more than 120 days away is asked about; a script needs --yes. Contacts and settings
    stay, and so do the client's other renewals.
    """
    return _change_client(run, client, lambda found: renewals.renew(found, product, run.today))


def _change_client(run: Run, word: str, plan: Callable[[Client], Plan]) -> Result:
    return change_store(run, lambda portfolio: plan(lookup.find_client(portfolio, word)))


def _renewal(run: Run, day: str, product: Text, deadline: Text) -> Renewal:
    date = parse_day(day, run.today, option="the renewal date")
    last = parse_day(deadline, run.today, option="--deadline") if deadline else None
    for what, each in (("renewal date", date), ("deadline", last)):
        if each and (when := describe_far_off(each, run.today)):
            run.remarks.append(f"the {what} {each} is {when}")
    return Renewal(date, product or "", last)
