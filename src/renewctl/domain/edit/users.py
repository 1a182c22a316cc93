"""Plans for the partner users."""

from collections.abc import Iterator

from renewctl.command_line import command_line
from renewctl.domain.edit.settings import warn_inactive
from renewctl.domain.edit.tables import record_table
from renewctl.domain.identifiers import address_key, tidy_name, unique_addresses
from renewctl.domain.lookup import find_user
from renewctl.errors import Problem, UsageError
from renewctl.model import Change, PartnerUser, Path, Plan, Portfolio
from renewctl.text import count_of


def add(portfolio: Portfolio, email: str, name: str = "") -> Plan:
    """Plan a new partner user.

    Raises:
        UsageError: If the address already belongs to a partner user.
    """
    if known := portfolio.users.get(address_key(email)):
        hint = f"change its name: {command_line('user set', known.email, name='NAME')}"
        raise UsageError(f"partner user '{known.email}' already exists", hint=hint)
    table = record_table("users", PartnerUser(email, name))
    return Plan("user add", (Change(("users", email), table),))


def change(
    portfolio: Portfolio, user: PartnerUser, name: str | None = None, active: bool | None = None
) -> Plan:
    """Plan new values for a partner user.

    Args:
        portfolio: The settings.
        user: The partner user.
        name: The new name; None keeps it, and empty removes it.
        active: Whether the user is active in HubSpot; None keeps it.

    Raises:
        UsageError: If no value is given.
    """
    changes = []
    if name is not None:
        changes.append(Change(("users", user.email, "name"), tidy_name(name) or None))
    if active is not None:
        changes.append(Change(("users", user.email, "active"), None if active else False))
    if not changes:
        raise UsageError("nothing to change", hint="add --name, --active or --inactive")
    notes = []
    if active is False and (number := len(_settings_with(portfolio, user))):
        settings, command = count_of(number, "setting"), command_line("user replace", user.email, "NEW")
        message = f"{user.email} is still the partner user of {settings} and is not notified"
        notes.append(f"{message}; choose another user: {command}")
    return Plan("user set", tuple(changes), tuple(notes))


def remove(portfolio: Portfolio, user: PartnerUser) -> Plan:
    """Plan the removal of a partner user.

    Raises:
        UsageError: If the default or an override still has the user; its problems name every such setting.
    """
    problems = [
        Problem(f"{user.email} is the partner user of {subject}", (*path, "notify"))
        for subject, path in _settings_with(portfolio, user)
    ]
    if problems:
        hint = f"replace the user first: {command_line('user replace', user.email, 'NEW')}"
        raise UsageError(f"partner user '{user.email}' is still in use", hint=hint, problems=problems)
    return Plan("user remove", (Change(("users", user.email), None),))


def replace(portfolio: Portfolio, old: PartnerUser, new: PartnerUser, *, deactivate: bool) -> Plan:
    """Plan one partner user in place of another.

    It is replaced in the default, in every override, and in the lists of required recipients. Contacts of
    clients and confirmed HubSpot settings stay.

    Args:
        portfolio: The settings.
        old: The partner user to replace; see ``find_replaced``.
        new: The partner user in place of the old one.
        deactivate: Whether the old one is marked as deactivated in HubSpot, too.

    Raises:
        UsageError: If both are the same user, or the old one is not in the list and cannot be deactivated.
    """
    if old == new:
        raise UsageError("OLD and NEW are the same partner user", hint="pass another user as NEW")
    if deactivate and address_key(old.email) not in portfolio.users:
        message = f"'{old.email}' is not in the list of partner users, so there is nothing to deactivate"
        raise UsageError(message, hint="remove --deactivate")
    changes = [Change((*path, "notify"), new.email) for _, path in _settings_with(portfolio, old)]
    changes += _replace_required(portfolio, old, new)
    unchanged = () if changes else (f"no setting has the partner user {old.email}",)
    if deactivate:
        changes.append(Change(("users", old.email, "active"), False))
    notes = tuple(warn_inactive(portfolio, new.email))
    return Plan("user replace", tuple(changes), notes, whole=True, unchanged=unchanged)


def _replace_required(portfolio: Portfolio, old: PartnerUser, new: PartnerUser) -> Iterator[Change]:
    """Yield the changes that replace a user in the lists of required recipients."""
    key = address_key(old.email)
    for client in portfolio.clients.values():
        if key in map(address_key, client.must_notify):
            emails = (new.email if address_key(email) == key else email for email in client.must_notify)
            yield Change(("clients", client.spelling, "must_notify"), [*unique_addresses(emails)])


def find_replaced(portfolio: Portfolio, word: str) -> PartnerUser:
    """Return the partner user to replace, from the list or from a setting.

    Raises:
        UnknownUser: If it is neither, or matches several users.
    """
    unlisted = PartnerUser(word.strip())
    if address_key(word) not in portfolio.users and _settings_with(portfolio, unlisted):
        return unlisted
    return find_user(portfolio, word)


def _settings_with(portfolio: Portfolio, user: PartnerUser) -> list[tuple[str, Path]]:
    """Return the settings that have the partner user: names and paths."""
    key = address_key(user.email)
    places: list[tuple[str, Path]] = []
    if portfolio.default and address_key(portfolio.default.notify or "") == key:
        places.append(("the default", ("defaults",)))
    for client in portfolio.clients.values():
        if client.override and address_key(client.override.notify or "") == key:
            places.append((client.key, ("clients", client.spelling, "override")))
    return places
