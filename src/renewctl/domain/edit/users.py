"""Plans for the partner's own people.

Imports ``model``, ``domains`` and ``errors`` only.
"""

from collections.abc import Iterator

from renewctl.domain.identifiers import address_key
from renewctl.errors import Problem, UsageError
from renewctl.model import Change, PartnerUser, Path, Plan, Portfolio, Table


def add(portfolio: Portfolio, email: str, name: str = "") -> Plan:
    """Plan a new partner user.

    Raises:
        UsageError: the address is one of the partner's users already.
    """
    if known := portfolio.users.get(address_key(email)):
        hint = f"to change it: renewctl user set {known.email}"
        raise UsageError(f"{known.email} is one of the partner's users already", hint=hint)
    table: Table = {"name": name} if name else {}
    return Plan("user add", (Change(("users", email), table),))


def change(
    portfolio: Portfolio, user: PartnerUser, name: str | None = None, active: bool | None = None
) -> Plan:
    """Plan other values for a partner user; None leaves them, an empty name takes it away.

    Raises:
        UsageError: nothing is named.
    """
    changes = []
    if name is not None:
        changes.append(Change(("users", user.email, "name"), name or None))
    if active is not None:
        changes.append(Change(("users", user.email, "active"), None if active else False))
    if not changes:
        raise UsageError("user set needs to be told what to set", hint="add --name, --active or --inactive")
    used = len(list(_places(portfolio, user))) if active is False else 0
    places = f"{used} place{'' if used == 1 else 's'}"
    hint = f"renewctl user replace {user.email} NEW"
    said = (f"{user.email} is still set in {places}, and is not notified there: {hint}",) if used else ()
    return Plan("user set", tuple(changes), said)


def remove(portfolio: Portfolio, user: PartnerUser) -> Plan:
    """Plan the partner's users without this one.

    Raises:
        UsageError: the default or an override still names the user; every place is listed.
    """
    problems = [
        Problem(f"{user.email} is set for {whose}", (*path, "notify"))
        for whose, path in _places(portfolio, user)
    ]
    if problems:
        hint = f"to put somebody else in every place: renewctl user replace {user.email} NEW"
        raise UsageError(f"{user.email} is still in use", hint=hint, problems=problems)
    return Plan("user remove", (Change(("users", user.email), None),))


def replace(portfolio: Portfolio, old: PartnerUser, new: PartnerUser, *, deactivate: bool) -> Plan:
    """Plan ``new`` wherever ``old`` is set: the default and every override, in one step.

    Client contacts stay, and so does what HubSpot's screens last showed.

    Raises:
        UsageError: both are the same person.
    """
    if old == new:
        raise UsageError("OLD and NEW are the same partner user", hint="name somebody else as NEW")
    changes = [Change((*path, "notify"), new.email) for _, path in _places(portfolio, old)]
    said = [] if changes else [f"{old.email} is not set anywhere"]
    if deactivate:
        changes.append(Change(("users", old.email, "active"), False))
    if not new.active:
        said.append(f"{new.email} is deactivated in HubSpot and receives nothing")
    return Plan("user replace", tuple(changes), tuple(said), whole=True)


def _places(portfolio: Portfolio, user: PartnerUser) -> Iterator[tuple[str, Path]]:
    """Yield whose settings name the user, and where they stand."""
    key = address_key(user.email)
    if portfolio.default and address_key(portfolio.default.notify or "") == key:
        yield "the default", ("defaults",)
    for client in portfolio.clients.values():
        if client.override and address_key(client.override.notify or "") == key:
            yield client.key, ("clients", client.spelling, "override")
