"""Plans for renewal dates. A renewal is identified by client and product."""

from datetime import date

from renewctl.command_line import command_line, option
from renewctl.domain.dates import plus_months
from renewctl.domain.edit.tables import record_table
from renewctl.domain.identifiers import name_key, tidy_name
from renewctl.errors import UsageError
from renewctl.model import Change, Client, Path, Plan, Renewal, Table
from renewctl.text import count_of

EARLY_DAYS = 120
"""A renewal further away than this is unlikely to be agreed already: the user must confirm that it is."""
_LEAP_DAY = (2, 29)


def set_renewal(client: Client, new: Renewal, *, named: bool) -> Plan:
    """Plan the date of a renewal, and its own deadline.

    Args:
        client: The client.
        new: The renewal; without a deadline of its own, the usual one applies.
        named: Whether the user named the product; otherwise the client's only renewal is changed.

    Raises:
        UsageError: If no product is named and the client has several renewals.
    """
    old = _find(client, new.product if named else None)
    table = renewal_table(new)
    path = _path(client, old or new._replace(product=tidy_name(new.product)))
    if old is None:
        return Plan("client set-renewal", (Change(path, table),))
    changes = Change((*path, "date"), new.day), Change((*path, "deadline"), new.deadline)
    return Plan("client set-renewal", changes)


def rename_product(client: Client, product: str | None, new: str, dates: Renewal | None = None) -> Plan:
    """Plan a new product for a renewal.

    If the client already has a renewal of that product with the same dates, for example from an import with
    the new name, the two are merged.

    Args:
        client: The client.
        product: The current product; None means the client's only renewal.
        new: The new product.
        dates: The new date and deadline of the renewal; None keeps those it has.

    Raises:
        UsageError: As for ``remove_renewal`` and ``renewal_table``; or if the client has a renewal of the
            new product with other dates.
    """
    old, name = _require(client, product), tidy_name(new)
    if not name:
        raise UsageError("--rename requires the name of a product", hint="add --rename PRODUCT")
    path = _path(client, old)
    changes: list[Change] = []
    notes: list[str] = []
    if dates:
        renewal_table(dates)  # raises if the deadline is after the date
        changes = [Change((*path, "date"), dates.day), Change((*path, "deadline"), dates.deadline)]
    day, deadline = (dates or old).day, (dates or old).deadline
    others = [
        each for each in client.renewals if each is not old and name_key(each.product) == name_key(name)
    ]
    for other in others:
        if other.day != day or (other.deadline and other.deadline != deadline):
            hint = command_line("client remove-renewal", client.key, product="PRODUCT")
            message = f"{client.key} already has a renewal for {other.product!r} with other dates"
            raise UsageError(message, hint=f"remove one of the two: {hint}")
        changes.insert(0, Change(_path(client, other), None))
        merged = f"for {old.product!r}" if old.product else "without a product"
        notes.append(f"the renewal {merged} is merged into {other.product!r}")
    if old.product != name:
        changes.append(Change(path, name, renamed=True))
    elif not dates:
        return Plan(
            "client set-renewal", unchanged=(f"{client.key} already has a renewal for {old.product!r}",)
        )
    return Plan("client set-renewal", tuple(changes), tuple(notes))


def remove_renewal(client: Client, product: str | None) -> Plan:
    """Plan a client without one of its renewals.

    Raises:
        UsageError: If there is no such renewal, or none is named and there are several.
    """
    return Plan("client remove-renewal", (Change(_path(client, _require(client, product)), None),))


def renew(client: Client, product: str | None, today: date) -> Plan:
    """Plan a renewal one year later, its own deadline, too.

    29 February becomes 28 February. A renewal date in the future is noted, and must be confirmed if it is
    more than ``EARLY_DAYS`` away.

    Raises:
        UsageError: As for ``remove_renewal``; or if the next year is outside the calendar.
    """
    old = _require(client, product)
    path = _path(client, old)
    try:
        changes = [Change((*path, "date"), plus_months(old.day, 12))]
        if old.deadline:
            changes.append(Change((*path, "deadline"), plus_months(old.deadline, 12)))
    except OverflowError:
        command = command_line("client set-renewal", client.key, "DATE", product=product)
        raise UsageError(f"{old.day} cannot be moved by a year", hint=f"set the date: {command}") from None
    notes, danger, ahead = [], "", (old.day - today).days
    if ahead > 0:
        notes.append(f"the renewal on {old.day} is still {count_of(ahead, 'day')} away")
    if ahead > EARLY_DAYS:
        danger = f"the renewal of {client.key} on {old.day} is still {count_of(ahead, 'day')} away"
    for day in (old.day, old.deadline):
        if day and (day.month, day.day) == _LEAP_DAY:
            command = command_line("client set-renewal", client.key, "DATE", product=product)
            notes.append(
                f"{day} becomes 28 February in every later year, too (to set another day: {command})"
            )
    return Plan("client renew", tuple(changes), tuple(notes), danger=danger)


def renewal_table(renewal: Renewal) -> Table:
    """Return a renewal as the file has it.

    Raises:
        UsageError: If its deadline is after it.
    """
    if renewal.deadline and renewal.deadline > renewal.day:
        message = f"the deadline {renewal.deadline} is after the renewal date {renewal.day}"
        raise UsageError(message, hint="set a deadline on or before the renewal date")
    return record_table("renewals", renewal)


def _path(client: Client, renewal: Renewal) -> Path:
    return ("clients", client.spelling, "renewals", renewal.product)


def _find(client: Client, product: str | None) -> Renewal | None:
    """Return the renewal of a product, or the only one if no product is named."""
    if product is None:
        if len(client.renewals) > 1:
            raise UsageError(f"{client.key} has several renewals", hint=_list_products(client))
        return client.renewals[0] if client.renewals else None
    alike = find_products(client, product)
    if len(alike) > 1:
        message = f"{client.key} has several renewals that look like {product!r}"
        raise UsageError(message, hint=_list_products(client))
    return alike[0] if alike else None


def find_products(client: Client, product: str) -> list[Renewal]:
    """Return the renewals of a product in this spelling, otherwise in a similar one."""
    exact = [renewal for renewal in client.renewals if renewal.product == product]
    return exact or [each for each in client.renewals if name_key(each.product) == name_key(product)]


def _require(client: Client, product: str | None) -> Renewal:
    if renewal := _find(client, product):
        return renewal
    message = f"{client.key} has no renewal" + (f" for {product!r}" if product else "")
    command = command_line("client set-renewal", client.key, "DATE")
    hint = _list_products(client) if client.renewals else f"add one: {command}"
    raise UsageError(message, hint=hint)


def _list_products(client: Client) -> str:
    return f"add {' or '.join(option('product', renewal.product) for renewal in client.renewals)}"
