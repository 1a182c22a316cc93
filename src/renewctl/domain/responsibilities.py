"""What one person is responsible for: the settings that name them and the roles they have."""

from collections.abc import Mapping
from typing import NamedTuple

from renewctl.domain.identifiers import address_key
from renewctl.domain.resolve import setting_of
from renewctl.model import Owner, Portfolio, Role


class Responsibilities(NamedTuple):
    """What one person is responsible for, whatever the dates.

    ``email`` is spelled as in the file. ``followers`` counts the clients that follow the default,
    ``default`` is whether it names the person; ``overrides`` are the clients whose override does;
    ``roles`` those where the person is a contact with a role, ``not_notified`` those of them where
    the partner owns renewals, so no contact is notified. ``user_inactive`` is whether the person is
    a deactivated partner user, ``inactive_at`` the clients where they are a deactivated contact;
    ``active`` is whether they are an active partner user, or else active at some client.
    """

    email: str
    name: str
    default: bool
    followers: int
    overrides: tuple[str, ...]
    roles: Mapping[str, tuple[Role, ...]]
    not_notified: tuple[str, ...]
    user_inactive: bool
    inactive_at: tuple[str, ...]
    active: bool


def find_responsibilities(portfolio: Portfolio, email: str) -> Responsibilities:
    """Return what this person is responsible for."""
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
        followers=sum(client.override is None for client in portfolio.clients.values()),
        overrides=tuple(overrides),
        roles=roles,
        not_notified=tuple(not_notified),
        user_inactive=user is not None and not user.active,
        inactive_at=tuple(inactive_at),
        active=user.active if user else bool(active_at) or not inactive_at,
    )
