"""The responsibilities of one person: settings and roles."""

from collections.abc import Mapping
from typing import NamedTuple

from renewctl.domain.identifiers import address_key
from renewctl.domain.resolve import setting_of
from renewctl.model import Owner, Portfolio, Role


class Responsibilities(NamedTuple):
    """The responsibilities of one person, regardless of dates.

    Args:
        email: The address, spelled as in the file.
        name: The person's name; empty if the file has none.
        default: Whether the person is the default's partner user.
        following: How many clients follow the default.
        overrides: The clients whose override has the person as partner user.
        roles: The clients at which the person is a contact with a role, and those roles.
        not_notified: The clients in ``roles`` whose renewal owner is the partner: no contact is notified.
        user_inactive: Whether the person is a deactivated partner user.
        inactive_at: The clients at which the person is a deactivated contact.
        active: Whether the person is an active partner user or, if no partner user, active at a client.
    """

    email: str
    name: str
    default: bool
    following: int
    overrides: tuple[str, ...]
    roles: Mapping[str, tuple[Role, ...]]
    not_notified: tuple[str, ...]
    user_inactive: bool
    inactive_at: tuple[str, ...]
    active: bool


def find_responsibilities(portfolio: Portfolio, email: str) -> Responsibilities:
    """Return the responsibilities of a person."""
    key, default = address_key(email), portfolio.default
    user = portfolio.users.get(key)
    contacts, roles, overrides, not_notified, active_at, inactive_at = [], {}, [], [], [], []
    for client in portfolio.clients.values():
        entries = [contact for contact in client.contacts if address_key(contact.email) == key]
        contacts += entries
        if client.override and address_key(client.override.notify or "") == key:
            overrides.append(client.key)
        client_roles = tuple(role for role in Role if any(role in contact.roles for contact in entries))
        if client_roles:
            roles[client.key] = client_roles
            setting = setting_of(portfolio, client)
            if setting and setting.owner is Owner.PARTNER:
                not_notified.append(client.key)
        if any(not contact.active for contact in entries):
            inactive_at.append(client.key)
        elif entries:
            active_at.append(client.key)
    names = [user.name if user else "", *(contact.name for contact in contacts)]
    emails = [user.email] if user else [contact.email for contact in contacts]
    return Responsibilities(
        email=emails[0] if emails else email,
        name=next(filter(None, names), ""),
        default=default is not None and address_key(default.notify or "") == key,
        following=sum(client.override is None for client in portfolio.clients.values()),
        overrides=tuple(overrides),
        roles=roles,
        not_notified=tuple(not_notified),
        user_inactive=user is not None and not user.active,
        inactive_at=tuple(inactive_at),
        active=user.active if user else bool(active_at) or not inactive_at,
    )
