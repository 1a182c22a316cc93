"""Plans for the partner users."""

from renewctl.command_line import command_line
from renewctl.domain.edit.settings import warn_inactive
from renewctl.domain.edit.tables import record_table
from renewctl.domain.identifiers import address_key, tidy_name
from renewctl.errors import Problem, UsageError
from renewctl.model import Change, PartnerUser, Path, Plan, Portfolio
from renewctl.text import count_of


def add(portfolio: Portfolio, email: str, name: str = "") -> Plan:
    """Plan a new partner user.

    Raises:
        UsageError: If the address is one of the partner's users already.
    """
    if known := portfolio.users.get(address_key(email)):
        hint = f"to change it: {command_line('user set', known.email, name='NAME')}"
        raise UsageError(f"{known.email} is one of the partner's users already", hint=hint)
    table = record_table("users", PartnerUser(email, name))
    return Plan("user add", (Change(("users", email), table),))


def change(
    portfolio: Portfolio, user: PartnerUser, name: str | None = None, active: bool | None = None
) -> Plan:
    """Plan other values for a partner user; None leaves them, an empty name takes it away.

    Raises:
        UsageError: If nothing is named.
    """
    changes = []
    if name is not None:
        changes.append(Change(("users", user.email, "name"), tidy_name(name) or None))
    if active is not None:
        changes.append(Change(("users", user.email, "active"), None if active else False))
    if not changes:
        raise UsageError("user set needs to be told what to set", hint="add --name, --active or --inactive")
    notes = []
    if active is False and (number := len(_settings_with(portfolio, user))):
        places, hint = count_of(number, "place"), command_line("user replace", user.email, "NEW")
        notes.append(f"{user.email} is still set in {places}, and is not notified there: {hint}")
    return Plan("user set", tuple(changes), tuple(notes))


def remove(portfolio: Portfolio, user: PartnerUser) -> Plan:
    """Plan the partner's users without this one.

    Raises:
        UsageError: If the default or an override still has the user; every place is listed.
    """
    problems = [
        Problem(f"{user.email} is set for {whose}", (*path, "notify"))
        for whose, path in _settings_with(portfolio, user)
    ]
    if problems:
        command = command_line("user replace", user.email, "NEW")
        hint = f"to put somebody else in every place: {command}"
        raise UsageError(f"{user.email} is still in use", hint=hint, problems=problems)
    return Plan("user remove", (Change(("users", user.email), None),))


def replace(portfolio: Portfolio, old: PartnerUser, new: PartnerUser, *, deactivate: bool) -> Plan:
    """Plan ``new`` wherever ``old`` is set: the default and every override, in one step.

    Client contacts stay, and so does what HubSpot's screens last showed.

    Raises:
        UsageError: If both are the same person.
    """
    if old == new:
        raise UsageError("OLD and NEW are the same partner user", hint="name somebody else as NEW")
    changes = [Change((*path, "notify"), new.email) for _, path in _settings_with(portfolio, old)]
    notes = [] if changes else [f"{old.email} is not set anywhere"]
    if deactivate:
        changes.append(Change(("users", old.email, "active"), False))
    notes += warn_inactive(portfolio, new.email)
    return Plan("user replace", tuple(changes), tuple(notes), whole=True)


def _settings_with(portfolio: Portfolio, user: PartnerUser) -> list[tuple[str, Path]]:
    """Return whose settings have the partner user, and their paths."""
    key = address_key(user.email)
    places: list[tuple[str, Path]] = []
    if portfolio.default and address_key(portfolio.default.notify or "") == key:
        places.append(("the default", ("defaults",)))
    for client in portfolio.clients.values():
        if client.override and address_key(client.override.notify or "") == key:
            places.append((client.key, ("clients", client.spelling, "override")))
    return places
