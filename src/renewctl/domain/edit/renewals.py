"""Plans for renewal dates. A renewal is identified by client and product.

Imports ``model``, ``upcoming`` and ``errors`` only.
"""

from renewctl.domain.dates import plus_months
from renewctl.errors import UsageError
from renewctl.model import Change, Client, Path, Plan, Renewal, Table

A_YEAR = 12


def set_renewal(client: Client, new: Renewal, *, named: bool) -> Plan:
    """Plan a renewal's date and own deadline; it is written whole, no deadline means the usual one.

    Args:
        client: whose renewal.
        new: the renewal as it shall be.
        named: whether the product was named; if not, the client's only renewal is meant.

    Raises:
        UsageError: no product is named and the client has several renewals.
    """
    old = _named(client, new.product) if named else _only(client)
    table = renewal_table(new)
    if old is None:
        path = ("clients", client.spelling, "renewals", new.product)
        return Plan("client set-renewal", (Change(path, table),))
    changes = (
        Change((*_path(client, old), "date"), new.day),
        Change((*_path(client, old), "deadline"), new.deadline),
    )
    return Plan("client set-renewal", changes)


def remove_renewal(client: Client, product: str | None) -> Plan:
    """Plan a client without one of its renewals.

    Raises:
        UsageError: there is no such renewal, or none is named and there are several.
    """
    return Plan("client drop-renewal", (Change(_path(client, _existing(client, product)), None),))


def renew(client: Client, product: str | None) -> Plan:
    """Plan a renewal a year on, its own deadline too; 29 February becomes the 28th.

    Raises:
        UsageError: as for ``drop_renewal``; or the year after is outside the calendar.
    """
    old = _existing(client, product)
    try:
        changes = [Change((*_path(client, old), "date"), plus_months(old.day, A_YEAR))]
        if old.deadline:
            changes.append(Change((*_path(client, old), "deadline"), plus_months(old.deadline, A_YEAR)))
    except OverflowError:
        raise UsageError(f"{old.day} is the last year there is", hint="use set-renewal") from None
    return Plan("client renewed", tuple(changes))


def renewal_table(renewal: Renewal) -> Table:
    """Return a renewal as the file has it.

    Raises:
        UsageError: its deadline is after it.
    """
    if renewal.deadline and renewal.deadline > renewal.day:
        message = f"the deadline is after the renewal ({renewal.deadline}, {renewal.day})"
        raise UsageError(message, hint="the deadline is the last day to alter terms")
    table: Table = {"date": renewal.day}
    if renewal.product:
        table["product"] = renewal.product
    if renewal.deadline:
        table["deadline"] = renewal.deadline
    return table


def _path(client: Client, renewal: Renewal) -> Path:
    return ("clients", client.spelling, "renewals", renewal.product)


def _named(client: Client, product: str) -> Renewal | None:
    exact = [renewal for renewal in client.renewals if renewal.product == product]
    alike = [r for r in client.renewals if r.product.casefold() == product.strip().casefold()]
    return next(iter(exact or alike), None)


def _only(client: Client) -> Renewal | None:
    if len(client.renewals) > 1:
        raise UsageError(f"{client.key} has several renewals", hint=_products(client))
    return client.renewals[0] if client.renewals else None


def _existing(client: Client, product: str | None) -> Renewal:
    found = _only(client) if product is None else _named(client, product)
    if found is None:
        whose = f"{client.key} has no renewal" + (f" of {product}" if product else "")
        hint = _products(client) if client.renewals else f"renewctl client set-renewal {client.key} DATE"
        raise UsageError(whose, hint=hint)
    return found


def _products(client: Client) -> str:
    products = (f"'{renewal.product}'" for renewal in client.renewals)
    return "name one with --product: " + ", ".join(products)
