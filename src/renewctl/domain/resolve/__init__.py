"""The only place that decides who is notified about a client's renewal, and why.

Source of the rules: HubSpot's article "Set renewal owners for partner clients", 28 June 2023;
what it leaves open is decided here once, and each decision shows as a note.
"""

from renewctl.domain.identifiers import address_key
from renewctl.domain.resolve.decision import (
    ARTICLE,
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
    SEVERITY,
    SKIPPED,
    VACANT,
    Decision,
    Note,
    Outcome,
    Reason,
    Resolution,
    Rule,
    Severity,
    Source,
    is_same_setting,
    setting_path,
)
from renewctl.domain.resolve.notes import find_notes
from renewctl.model import (
    AnySetting,
    Client,
    Contact,
    Copies,
    Owner,
    PartnerUser,
    Path,
    Portfolio,
    Role,
)

__all__ = [
    "ARTICLE",
    "PARTNER_USER",
    "SEVERITY",
    "Decision",
    "Note",
    "Outcome",
    "Reason",
    "Resolution",
    "Rule",
    "Severity",
    "Source",
    "is_same_setting",
    "resolve",
    "setting_path",
]

_ROLES = tuple(Role)
_DEFAULT_USER: Path = ("defaults", "notify")


def resolve(portfolio: Portfolio, client: Client) -> Resolution:
    """Decide who is notified about ``client``'s renewals.

    An override replaces the default completely; nothing is inherited field by field. Dates play
    no part. Never raises: what is missing or wrong becomes a note.
    """
    setting: AnySetting | None = client.override or portfolio.default
    source, rule = _find_rule(client, setting)
    decisions = tuple(_decide(portfolio, client, setting))
    to = tuple([decision for decision in decisions if decision.outcome is NOTIFIED])
    cc = tuple([decision for decision in decisions if decision.outcome is COPIED])
    notes = tuple(find_notes(portfolio, client, setting, decisions, to))
    return Resolution(client, rule, source, setting, decisions, notes, to, cc)


def _find_rule(client: Client, setting: AnySetting | None) -> tuple[Source, Rule]:
    if setting is None:
        return Source.NONE, Rule.NO_DEFAULT
    partner = setting.owner is Owner.PARTNER
    if client.override:
        return Source.OVERRIDE, Rule.OVERRIDE_PARTNER if partner else Rule.OVERRIDE_HUBSPOT
    return Source.DEFAULT, Rule.DEFAULT_PARTNER if partner else Rule.DEFAULT_HUBSPOT


def _decide(portfolio: Portfolio, client: Client, setting: AnySetting | None) -> list[Decision]:
    """Return one decision per candidate under ``setting``: contacts, unassigned roles, partner users."""
    if setting is None:
        return _decide_contacts(client, NO_SETTING)
    if setting.owner is Owner.PARTNER:
        users = _decide_users(portfolio, client, setting, NOTIFIED, POINT_OF_CONTACT)
        return _decide_contacts(client, PARTNER_OWNS) + users
    contacts = _decide_contacts(client, HOLDS_ROLE)
    if not any(decision.outcome is NOTIFIED for decision in contacts):
        # Without a recipient there is no message, so there is nothing to copy either.
        return contacts + _decide_users(portfolio, client, setting, SKIPPED, NO_MESSAGE)
    reason = COPY_BY_OVERRIDE if client.override else COPY_BY_DEFAULT
    return _merge(contacts, _decide_users(portfolio, client, setting, COPIED, reason))


def _decide_contacts(client: Client, reason: Reason) -> list[Decision]:
    """Return the client's contacts by their first role, then the unassigned roles.

    Only ``HOLDS_ROLE`` notifies; under any other ``reason`` the contacts are skipped.
    """
    path = ("clients", client.spelling, "contacts")
    decisions = []
    for contact in _merge_entries(client):
        roles = tuple([role for role in _ROLES if role in contact.roles])
        outcome, why = SKIPPED, reason
        if not roles:
            why = NO_ROLE
        elif reason is HOLDS_ROLE:
            if contact.active:
                outcome = NOTIFIED
            else:
                why = INACTIVE
        decisions.append(Decision(contact.email, contact.name, roles, outcome, why, (*path, contact.email)))
    decisions.sort(key=lambda decision: _ROLES.index(decision.roles[0]) if decision.roles else len(_ROLES))
    assigned = [role for decision in decisions for role in decision.roles]
    for role in _ROLES:
        if role not in assigned:
            decisions.append(Decision(None, "", (role,), SKIPPED, VACANT, path))
    return decisions


def _merge_entries(client: Client) -> list[Contact]:
    """Return each contact once, with the roles of all entries; active if no entry is deactivated."""
    merged: dict[str, Contact] = {}
    for contact in client.contacts:
        key = address_key(contact.email)
        first = merged.setdefault(key, contact)
        if first is not contact:
            roles, active = first.roles + contact.roles, first.active and contact.active
            merged[key] = first._replace(name=first.name or contact.name, roles=roles, active=active)
    return list(merged.values())


def _decide_users(
    portfolio: Portfolio, client: Client, setting: AnySetting, outcome: Outcome, reason: Reason
) -> list[Decision]:
    """Return the partner user of ``setting``, and the default's user if an override replaces it."""
    default = portfolio.default.notify if portfolio.default else None
    email, path = setting.notify, _DEFAULT_USER
    if client.override:
        if email or setting.owner is Owner.PARTNER:
            path = (*setting_path(client), "notify")
        elif portfolio.policy.hubspot_override_copies is Copies.DEFAULT_USER:
            email = default
            reason = COPY_BY_POLICY if reason is COPY_BY_OVERRIDE else reason
    decisions = [_decide_user(portfolio, email, outcome, reason, path)] if email else []
    if default and address_key(default) != address_key(email or ""):
        decisions.append(_decide_user(portfolio, default, SKIPPED, REPLACED, _DEFAULT_USER))
    return decisions


def _decide_user(portfolio: Portfolio, email: str, outcome: Outcome, reason: Reason, path: Path) -> Decision:
    user = portfolio.users.get(address_key(email)) or PartnerUser(email)
    if outcome is not SKIPPED and not user.active:
        outcome, reason = SKIPPED, INACTIVE
    return Decision(user.email, user.name, (PARTNER_USER,), outcome, reason, path)


def _merge(contacts: list[Decision], users: list[Decision]) -> list[Decision]:
    """Return both; an address notified and copied is one decision: notified, with all roles."""
    notified = {d.key: index for index, d in enumerate(contacts) if d.outcome is NOTIFIED}
    others = []
    for user in users:
        if user.outcome is COPIED and user.key in notified:
            index = notified[user.key]
            contact = contacts[index]
            roles, name = (*contact.roles, *user.roles), contact.name or user.name
            contacts[index] = contact._replace(roles=roles, name=name)
        else:
            others.append(user)
    return contacts + others
