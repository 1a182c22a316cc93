"""The candidates for one client's notices, each with its outcome and reason.

Pure: imports ``model``, ``domains`` and the record only.
"""

from collections.abc import Iterable, Iterator

from renewctl.domains import address_key
from renewctl.model import AnySetting, Client, Contact, Copies, Owner, PartnerUser, Path, Portfolio, Role
from renewctl.resolve.record import PARTNER_USER, Decision, Outcome, Reason

_ROLES = tuple(Role)
_PLACE = {role: place for place, role in enumerate(_ROLES)}


def setting_path(client: Client) -> Path:
    """Return where the setting that applies to ``client`` stands."""
    return ("clients", client.written, "override") if client.override else ("defaults",)


def decided(portfolio: Portfolio, client: Client, setting: AnySetting | None) -> Iterator[Decision]:
    """Yield one decision per candidate under ``setting``; contacts first, by their first role."""
    if setting is None:
        yield from _contacts(client, Reason.NO_SETTING)
    elif setting.owner is Owner.PARTNER:
        yield from _contacts(client, Reason.PARTNER_OWNS)
        yield from _users(portfolio, client, setting, Outcome.NOTIFIED, Reason.POINT_OF_CONTACT)
    else:
        yield from _hubspot_owned(portfolio, client, setting)


def _hubspot_owned(portfolio: Portfolio, client: Client, setting: AnySetting) -> Iterator[Decision]:
    contacts = tuple(_contacts(client, Reason.HOLDS_ROLE))
    if any(d.outcome is Outcome.NOTIFIED for d in contacts):
        copies = tuple(_users(portfolio, client, setting, Outcome.COPIED, _copy_reason(client)))
        yield from _to_wins(contacts, copies)
    else:
        # Without anybody to write to there is no message, so there is nothing to copy either.
        yield from contacts
        yield from _users(portfolio, client, setting, Outcome.SKIPPED, Reason.NO_MESSAGE)


def _contacts(client: Client, reason: Reason) -> Iterator[Decision]:
    """Yield the client's people by address, then the roles that nobody holds."""
    for people in _by_address(client.contacts):
        yield _contact(client, people, reason)
    held = {role for contact in client.contacts for role in contact.roles}
    for role in _ROLES:
        if role not in held:
            path = ("clients", client.written, "contacts")
            yield Decision(None, "", (role,), Outcome.SKIPPED, Reason.VACANT, path)


def _by_address(contacts: tuple[Contact, ...]) -> list[list[Contact]]:
    people: dict[str, list[Contact]] = {}
    for contact in contacts:
        people.setdefault(address_key(contact.email), []).append(contact)
    return sorted(people.values(), key=_first_role)


def _first_role(people: list[Contact]) -> int:
    return min((_PLACE[role] for contact in people for role in contact.roles), default=len(_ROLES))


def _contact(client: Client, people: list[Contact], reason: Reason) -> Decision:
    held = {role for contact in people for role in contact.roles}
    roles = tuple(role for role in _ROLES if role in held)
    if not roles:
        reason = Reason.NO_ROLE
    elif reason is Reason.HOLDS_ROLE and not all(contact.active for contact in people):
        reason = Reason.INACTIVE
    outcome = Outcome.NOTIFIED if reason is Reason.HOLDS_ROLE else Outcome.SKIPPED
    name = next((contact.name for contact in people if contact.name), "")
    path = ("clients", client.written, "contacts", people[0].email)
    return Decision(people[0].email, name, roles, outcome, reason, path)


def _users(
    portfolio: Portfolio, client: Client, setting: AnySetting, outcome: Outcome, reason: Reason
) -> Iterator[Decision]:
    """Yield the partner user that the setting involves, and the one it leaves out."""
    involved, path = setting.notify, (*setting_path(client), "notify")
    default = portfolio.default.notify if portfolio.default else None
    by_policy = portfolio.policy.hubspot_override_copies is Copies.DEFAULT_USER
    if client.override and setting.owner is Owner.HUBSPOT and not involved and by_policy:
        involved, path = default, ("defaults", "notify")
        reason = Reason.COPY_BY_POLICY if reason is Reason.COPY_BY_OVERRIDE else reason
    if involved:
        yield _user(portfolio, involved, outcome, reason, path)
    if default and address_key(default) != address_key(involved or ""):
        yield _user(portfolio, default, Outcome.SKIPPED, Reason.REPLACED, ("defaults", "notify"))


def _user(portfolio: Portfolio, email: str, outcome: Outcome, reason: Reason, path: Path) -> Decision:
    user = portfolio.users.get(address_key(email), PartnerUser(email))
    if outcome is not Outcome.SKIPPED and not user.active:
        outcome, reason = Outcome.SKIPPED, Reason.INACTIVE
    return Decision(user.email, user.name, (PARTNER_USER,), outcome, reason, path)


def _copy_reason(client: Client) -> Reason:
    return Reason.COPY_BY_OVERRIDE if client.override else Reason.COPY_BY_DEFAULT


def _to_wins(contacts: Iterable[Decision], users: tuple[Decision, ...]) -> Iterator[Decision]:
    """Yield both groups, an address that is notified and copied once: as notified, with all roles."""
    copied = {address_key(d.email or ""): d for d in users if d.outcome is Outcome.COPIED}
    for decision in contacts:
        notified = decision.outcome is Outcome.NOTIFIED
        twin = copied.pop(address_key(decision.email or ""), None) if notified else None
        yield _merged(decision, twin) if twin else decision
    yield from (d for d in users if d.outcome is not Outcome.COPIED or d in copied.values())


def _merged(contact: Decision, user: Decision) -> Decision:
    roles, name = (*contact.roles, *user.roles), contact.name or user.name
    return Decision(contact.email, name, roles, contact.outcome, contact.reason, contact.path)
