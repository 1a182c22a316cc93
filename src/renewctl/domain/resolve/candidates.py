"""The candidates for one client's notices, each with its outcome and reason.

Pure: imports ``model``, ``domains`` and the record only.
"""

from collections.abc import Iterable
from functools import lru_cache

from renewctl.domain.identifiers import address_key
from renewctl.domain.resolve.decision import (
    COPIED,
    COPY_BY_DEFAULT,
    COPY_BY_OVERRIDE,
    COPY_BY_POLICY,
    HOLDS_ROLE,
    INACTIVE,
    NO_MESSAGE,
    NO_ROLE,
    NO_SETTING,
    NOTIFIED,
    PARTNER_OWNS,
    PARTNER_USER,
    POINT_OF_CONTACT,
    REPLACED,
    SKIPPED,
    VACANT,
    Decision,
    Outcome,
    Reason,
)
from renewctl.model import (
    HUBSPOT,
    PARTNER,
    AnySetting,
    Client,
    Contact,
    Copies,
    PartnerUser,
    Path,
    Portfolio,
    Role,
)

_ROLES = tuple(Role)
_DEFAULT_USER: Path = ("defaults", "notify")


def setting_path(client: Client) -> Path:
    """Return where the setting that applies to ``client`` stands."""
    return ("clients", client.spelling, "override") if client.override else ("defaults",)


def decide(portfolio: Portfolio, client: Client, setting: AnySetting | None) -> list[Decision]:
    """Return one decision per candidate under ``setting``; contacts first, by their first role."""
    if setting is None:
        return _contacts(client, NO_SETTING)
    if setting.owner is PARTNER:
        users = _users(portfolio, client, setting, NOTIFIED, POINT_OF_CONTACT)
        return _contacts(client, PARTNER_OWNS) + users
    return _hubspot_owned(portfolio, client, setting)


def _hubspot_owned(portfolio: Portfolio, client: Client, setting: AnySetting) -> list[Decision]:
    contacts = _contacts(client, HOLDS_ROLE)
    for decision in contacts:
        if decision.outcome is NOTIFIED:
            reason = COPY_BY_OVERRIDE if client.override else COPY_BY_DEFAULT
            return _to_wins(contacts, _users(portfolio, client, setting, COPIED, reason))
    # Without anybody to write to there is no message, so there is nothing to copy either.
    return contacts + _users(portfolio, client, setting, SKIPPED, NO_MESSAGE)


def _contacts(client: Client, reason: Reason) -> list[Decision]:
    """Return the client's people by their first role, then the roles that nobody holds."""
    where = ("clients", client.spelling, "contacts")
    contacts = client.contacts
    if len(contacts) > 1 and len({address_key(contact.email) for contact in contacts}) < len(contacts):
        contacts = _by_address(contacts)
    order, vacant = _arranged(tuple([contact.roles for contact in contacts]))
    found = [_contact(contacts[place], reason, where) for place in order]
    return found + [Decision(None, "", (role,), SKIPPED, VACANT, where) for role in vacant]


def _by_address(contacts: Iterable[Contact]) -> tuple[Contact, ...]:
    """Return the people, each once: active if nothing says otherwise, with the roles of all their entries."""
    people: dict[str, Contact] = {}
    for contact in contacts:
        first = people.setdefault(address_key(contact.email), contact)
        if first is not contact:
            name, roles = first.name or contact.name, first.roles + contact.roles
            both = Contact(first.email, name, roles, first.active and contact.active)
            people[address_key(contact.email)] = both
    return tuple(people.values())


@lru_cache(maxsize=1024)  # many clients are alike in this
def _arranged(held: tuple[tuple[Role, ...], ...]) -> tuple[tuple[int, ...], tuple[Role, ...]]:
    """Return in which order the holders stand, by their first role, and the roles that nobody holds."""
    first = [min(map(_ROLES.index, roles), default=len(_ROLES)) for roles in held]
    vacant = [role for role in _ROLES if not any(role in roles for roles in held)]
    return tuple(sorted(range(len(held)), key=first.__getitem__)), tuple(vacant)


@lru_cache(maxsize=1024)
def _in_order(held: tuple[Role, ...]) -> tuple[Role, ...]:
    return tuple(role for role in _ROLES if role in held)


def _contact(contact: Contact, reason: Reason, where: Path) -> Decision:
    email, name, roles, active = contact
    outcome = SKIPPED
    if not roles:
        reason = NO_ROLE
    elif reason is HOLDS_ROLE:
        if active:
            outcome = NOTIFIED
        else:
            reason = INACTIVE
    return Decision(email, name, _in_order(roles), outcome, reason, (*where, email))


def _users(
    portfolio: Portfolio, client: Client, setting: AnySetting, outcome: Outcome, reason: Reason
) -> list[Decision]:
    """Return the partner user that the setting involves, and the one it leaves out."""
    default = portfolio.default.notify if portfolio.default else None
    involved, path = setting.notify, _DEFAULT_USER
    if client.override:
        if involved or setting.owner is not HUBSPOT:
            path = (*setting_path(client), "notify")
        elif portfolio.policy.hubspot_override_copies is Copies.DEFAULT_USER:
            involved = default
            reason = COPY_BY_POLICY if reason is COPY_BY_OVERRIDE else reason
    found = [_user(portfolio, involved, outcome, reason, path)] if involved else []
    if default and default != involved and address_key(default) != address_key(involved or ""):
        found.append(_user(portfolio, default, SKIPPED, REPLACED, _DEFAULT_USER))
    return found


def _user(portfolio: Portfolio, email: str, outcome: Outcome, reason: Reason, path: Path) -> Decision:
    user = portfolio.users.get(address_key(email)) or PartnerUser(email)
    if outcome is not SKIPPED and not user.active:
        outcome, reason = SKIPPED, INACTIVE
    return Decision(user.email, user.name, (PARTNER_USER,), outcome, reason, path)


def _to_wins(contacts: list[Decision], users: list[Decision]) -> list[Decision]:
    """Return both groups, an address that is notified and copied once: as notified, with all roles."""
    for user in users:
        if user.outcome is COPIED:
            key = address_key(user.email or "")
            for place, contact in enumerate(contacts):
                if contact.outcome is NOTIFIED and address_key(contact.email or "") == key:
                    others = [other for other in users if other is not user]
                    return [*contacts[:place], _merged(contact, user), *contacts[place + 1 :], *others]
    return contacts + users


def _merged(contact: Decision, user: Decision) -> Decision:
    return contact._replace(roles=(*contact.roles, *user.roles), name=contact.name or user.name)
