"""The only place that decides who is notified about a client's renewal, and why.

Every explanation and every report is a view of its ``Resolution``. Questions that the article leaves
open are decided here once, and each decision adds a note to the answer.

Source: HubSpot, "Set renewal owners for partner clients", 28 June 2023.
"""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Literal, NamedTuple

from renewctl.domain.hubspot import ROLE_LABELS
from renewctl.domain.identifiers import address_key, unique_addresses
from renewctl.domain.notes import Note
from renewctl.model import (
    Client,
    Confirmation,
    Contact,
    Copies,
    Default,
    Override,
    Owner,
    PartnerUser,
    Path,
    Portfolio,
    Role,
    Setting,
)

ARTICLE = 'HubSpot, "Set renewal owners for partner clients", 28 June 2023'
PARTNER_USER = "partner-user"


class Rule(StrEnum):
    """The row of the rule table that applies to a client.

    Source: HubSpot, "Set renewal owners for partner clients", 28 June 2023.
    """

    DEFAULT_HUBSPOT = "default-hubspot"
    DEFAULT_PARTNER = "default-partner"
    OVERRIDE_HUBSPOT = "override-hubspot"
    OVERRIDE_PARTNER = "override-partner"
    NO_DEFAULT = "no-default"


class Source(StrEnum):
    """Where the setting of a client comes from."""

    DEFAULT = "default"
    OVERRIDE = "override"
    NONE = "none"


Outcome = Literal["notified", "copied", "skipped"]
"""The outcome for one candidate."""
Reason = Literal[
    "holds-role",
    "point-of-contact",
    "copy-by-default",
    "copy-by-override",
    "copy-by-policy",
    "partner-owns",
    "replaced-by-override",
    "no-message",
    "no-role",
    "vacant",
    "inactive",
    "no-setting",
    "no-candidate",
]
"""Why a candidate has its outcome."""


class Decision(NamedTuple):
    """The outcome for one candidate; ``email`` is None for an unassigned role."""

    email: str | None
    name: str
    roles: tuple[str, ...]
    outcome: Outcome
    reason: Reason
    path: Path

    @property
    def key(self) -> str:
        """The address in its form for comparison; empty for an unassigned role."""
        return address_key(self.email or "")

    @property
    def is_uncertain(self) -> bool:
        """Whether it is a copy on an override, which HubSpot does not document."""
        return self.reason in {"copy-by-override", "copy-by-policy"}


class Resolution(NamedTuple):
    """The recipients of one client's notices: rule, decisions and notes.

    ``to`` are the decisions notified, ordered by role: primary contact, billing contacts, decision maker,
    partner user. ``cc`` are the decisions copied.
    """

    client: Client
    rule: Rule
    source: Source
    setting: Setting | None
    decisions: tuple[Decision, ...]
    notes: tuple[Note, ...]
    to: tuple[Decision, ...]
    cc: tuple[Decision, ...]


_ROLES = tuple(Role)
_DEFAULT_USER: Path = ("defaults", "notify")


def resolve(portfolio: Portfolio, client: Client) -> Resolution:
    """Decide who is notified about a client's renewals.

    An override replaces the default completely; no field is inherited. Dates make no difference.
    Never raises: what is missing or wrong becomes a note.

    Source: HubSpot, "Set renewal owners for partner clients", 28 June 2023.
    """
    setting = setting_of(portfolio, client)
    source = source_of(setting)
    rule = Rule(f"{source}-{setting.owner}") if setting else Rule.NO_DEFAULT
    decisions = tuple(_decide(portfolio, client, setting))
    to = tuple([decision for decision in decisions if decision.outcome == "notified"])
    cc = tuple([decision for decision in decisions if decision.outcome == "copied"])
    notes = tuple(_find_notes(portfolio, client, setting, decisions))
    return Resolution(client, rule, source, setting, decisions, notes, to, cc)


def _decide(portfolio: Portfolio, client: Client, setting: Setting | None) -> list[Decision]:
    """Return the decisions on all contacts, unassigned roles and partner users."""
    if setting is None:
        return _decide_contacts(client, "no-setting")
    if setting.owner is Owner.PARTNER:
        users = _decide_users(portfolio, client, setting, "notified", "point-of-contact")
        return _decide_contacts(client, "partner-owns") + users
    contacts = _decide_contacts(client, "holds-role")
    if not any(decision.outcome == "notified" for decision in contacts):
        # Without a recipient there is no notice, so there is nothing to copy.
        return contacts + _decide_users(portfolio, client, setting, "skipped", "no-message")
    reason: Reason = "copy-by-override" if client.override else "copy-by-default"
    return _merge(contacts, _decide_users(portfolio, client, setting, "copied", reason))


def _decide_contacts(client: Client, reason: Reason) -> list[Decision]:
    """Return the decisions on contacts, by their first role, then on unassigned roles.

    Contacts are notified only if the ``reason`` is ``holds-role``; otherwise they are skipped.
    """
    path = ("clients", client.spelling, "contacts")
    decisions = []
    for contact in _merge_entries(client):
        roles = tuple([role for role in _ROLES if role in contact.roles])
        outcome: Outcome = "skipped"
        why = reason
        if not roles:
            why = "no-role"
        elif reason == "holds-role":
            if contact.active:
                outcome = "notified"
            else:
                why = "inactive"
        decisions.append(Decision(contact.email, contact.name, roles, outcome, why, (*path, contact.email)))
    decisions.sort(key=lambda decision: _ROLES.index(decision.roles[0]) if decision.roles else len(_ROLES))
    assigned = [role for decision in decisions for role in decision.roles]
    for role in _ROLES:
        if role not in assigned:
            decisions.append(Decision(None, "", (role,), "skipped", "vacant", path))
    return decisions


def _merge_entries(client: Client) -> list[Contact]:
    """Return each contact once, with the roles of all its entries.

    A contact is active only if no entry is deactivated.
    """
    merged: dict[str, Contact] = {}
    for contact in client.contacts:
        key = address_key(contact.email)
        first = merged.setdefault(key, contact)
        if first is not contact:
            roles, active = first.roles + contact.roles, first.active and contact.active
            merged[key] = first._replace(name=first.name or contact.name, roles=roles, active=active)
    return list(merged.values())


def _decide_users(
    portfolio: Portfolio, client: Client, setting: Setting, outcome: Outcome, reason: Reason
) -> list[Decision]:
    """Return the decisions on the setting's user and on a default user it replaces."""
    default = portfolio.default.notify if portfolio.default else None
    email, path = setting.notify, _DEFAULT_USER
    if client.override:
        if email or setting.owner is Owner.PARTNER:
            path = (*setting_path(client), "notify")
        elif portfolio.policy.hubspot_override_copies is Copies.DEFAULT_USER:
            email = default
            reason = "copy-by-policy" if reason == "copy-by-override" else reason
    decisions = [_decide_user(portfolio, email, outcome, reason, path)] if email else []
    if default and address_key(default) != address_key(email or ""):
        decisions.append(_decide_user(portfolio, default, "skipped", "replaced-by-override", _DEFAULT_USER))
    return decisions


def _decide_user(portfolio: Portfolio, email: str, outcome: Outcome, reason: Reason, path: Path) -> Decision:
    user = portfolio.users.get(address_key(email)) or PartnerUser(email)
    if outcome != "skipped" and not user.active:
        outcome, reason = "skipped", "inactive"
    return Decision(user.email, user.name, (PARTNER_USER,), outcome, reason, path)


def _merge(contacts: list[Decision], users: list[Decision]) -> list[Decision]:
    """Return all decisions; an address notified and copied is only notified."""
    notified = {d.key: index for index, d in enumerate(contacts) if d.outcome == "notified"}
    others = []
    for user in users:
        if user.outcome == "copied" and user.key in notified:
            index = notified[user.key]
            contact = contacts[index]
            roles, name = (*contact.roles, *user.roles), contact.name or user.name
            contacts[index] = contact._replace(roles=roles, name=name)
        else:
            others.append(user)
    return contacts + others


def setting_of(portfolio: Portfolio, client: Client) -> Setting | None:
    """Return a client's setting: its override, otherwise the default."""
    return client.override or portfolio.default


def source_of(setting: Setting | None) -> Source:
    """Return where the setting of a client comes from."""
    if setting is None:
        return Source.NONE
    return Source.OVERRIDE if isinstance(setting, Override) else Source.DEFAULT


def setting_path(client: Client) -> Path:
    """Return the path in the file of the setting that applies to a client."""
    return ("clients", client.spelling, "override") if client.override else ("defaults",)


def lacks_user(setting: Setting | None) -> bool:
    """Return whether a setting has owner partner, but no partner user."""
    return setting is not None and setting.owner is Owner.PARTNER and setting.notify is None


def is_same_setting(one: Setting | Confirmation | None, other: Setting | Confirmation) -> bool:
    """Return whether two settings are equal; None is equal to no setting."""
    if one is None or one.owner is not other.owner:
        return False
    return address_key(one.notify or "") == address_key(other.notify or "")


def decisions_about(resolution: Resolution, person: PartnerUser) -> tuple[Decision, ...]:
    """Return the decisions on one person; one even if they are not a candidate."""
    key = address_key(person.email)
    path = setting_path(resolution.client)
    none = Decision(person.email, person.name, (), "skipped", "no-candidate", path)
    return tuple(decision for decision in resolution.decisions if decision.key == key) or (none,)


def _find_notes(
    portfolio: Portfolio, client: Client, setting: Setting | None, decisions: Sequence[Decision]
) -> Iterator[Note]:
    """Yield the notes on an answer: a missing recipient first, HubSpot's setting last."""
    to = [decision for decision in decisions if decision.outcome == "notified"]
    if not to:
        by_roles = setting is not None and setting.owner is Owner.HUBSPOT
        path = ("clients", client.spelling, "contacts") if by_roles else setting_path(client)
        yield Note("no-recipient", f"{why_no_recipient(setting, decisions)}, so nobody is notified", path)
    if client.must_notify:
        yield from _note_missing(client, decisions)
    for decision in decisions:
        if decision.reason == "inactive":
            code = "inactive-user" if decision.roles == (PARTNER_USER,) else "inactive-contact"
            notified = any(other.key == decision.key for other in to)
            effect = (
                "as a partner user and notified only as a contact" if notified else "and receives nothing"
            )
            message = f"{decision.email} is deactivated in HubSpot {effect}"
            yield Note(code, message, decision.path, decision.email or "")
        elif decision.reason == "vacant":
            if to and setting and setting.owner is Owner.HUBSPOT:
                role = decision.roles[0]
                yield Note("vacant-role", f"{ROLE_LABELS[role]} is not assigned", decision.path, role)
        elif (
            PARTNER_USER in decision.roles
            and decision.reason != "replaced-by-override"
            and decision.key not in portfolio.users
        ):
            message = f"{decision.email} is not a partner user in this file"
            yield Note("unknown-user", message, decision.path, decision.email or "")
    if client.override:
        yield from _note_override(portfolio.default, client, client.override, decisions)
    elif setting and setting.owner is Owner.HUBSPOT and setting.notify is None:
        yield Note("no-copy", "the default has no partner user, so none is copied", ("defaults",))
    yield from _note_hubspot(client, portfolio.default)


def _note_missing(client: Client, decisions: Sequence[Decision]) -> Iterator[Note]:
    """Yield a note on each required recipient that is missing.

    A copy counts if it is certain.
    """
    received = {each.key: each for each in decisions if each.outcome in {"notified", "copied"}}
    for email in unique_addresses(client.must_notify):
        decision = received.get(address_key(email))
        if decision is None or decision.is_uncertain:
            message = f"{email} must be notified, but {'the copy is uncertain' if decision else 'is not'}"
            path = ("clients", client.spelling, "must_notify")
            yield Note("must-notify-missing", message, path, email)


def why_no_recipient(setting: Setting | None, decisions: Sequence[Decision]) -> str:
    """Return why nobody is notified, as a clause."""
    if setting is None:
        return "no default is set"
    if setting.owner is Owner.PARTNER:
        if setting.notify is None:
            return "the partner is the renewal owner, but no partner user is set"
        return f"the partner user, {setting.notify}, is deactivated in HubSpot"
    if any(decision.reason == "inactive" for decision in decisions):
        return "all contacts with a role are deactivated in HubSpot"
    return "no role is assigned"


def _note_override(
    default: Default | None, client: Client, override: Setting, decisions: Sequence[Decision]
) -> Iterator[Note]:
    if override.owner is Owner.HUBSPOT:
        users = [d.email for d in decisions if PARTNER_USER in d.roles and d.reason != "replaced-by-override"]
        user = users[0] if users else "a partner user"
        message = f"HubSpot does not document whether {user} is copied if the client has an override"
        yield Note("copy-uncertain", message, setting_path(client))
    if is_same_setting(default, override):
        message = "override matches the default and does not follow later changes to it"
        yield Note("override-matches-default", message, setting_path(client))


def _note_hubspot(client: Client, default: Default | None) -> Iterator[Note]:
    """Yield notes on HubSpot settings that differ or were never confirmed."""
    confirmed = client.confirmed
    if client.override:
        if confirmed and not is_same_setting(confirmed, client.override):
            yield _note_difference(confirmed, client)
    elif confirmed and confirmed.owner is not None:
        yield _note_difference(confirmed, client)
    elif default and default.confirmed and not is_same_setting(default.confirmed, default):
        yield _note_difference(default.confirmed, None)
    if confirmed is None:
        message = "no HubSpot setting is recorded for this client"
        yield Note("never-confirmed", message, ("clients", client.spelling))
    elif not client.override and default and default.confirmed is None:
        message = "no HubSpot setting is recorded for the default"
        yield Note("never-confirmed", message, ("defaults",))


def _note_difference(confirmed: Confirmation, client: Client | None) -> Note:
    setting = "follows the default"
    if confirmed.owner:
        owner = "HubSpot" if confirmed.owner is Owner.HUBSPOT else "the partner"
        user = f"partner user {confirmed.notify}" if confirmed.notify else "no partner user"
        setting = f"has {owner} as owner and {user}"
    path = ("clients", client.spelling, "in_hubspot") if client else ("defaults", "in_hubspot")
    what = "HubSpot setting" if client else "default in HubSpot"
    message = f"the {what}, confirmed on {confirmed.on.isoformat()}, {setting}"
    return Note("differs-from-hubspot", message, path)
