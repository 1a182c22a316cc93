"""The notes on an answer: gaps, doubts, differences from HubSpot."""

from collections.abc import Iterator, Sequence

from renewctl.domain.resolve.decision import (
    INACTIVE,
    PARTNER_USER,
    REPLACED,
    VACANT,
    Decision,
    Note,
    is_same_setting,
    setting_path,
)
from renewctl.model import AnySetting, Client, Confirmation, Default, Owner, Portfolio


def find_notes(
    portfolio: Portfolio,
    client: Client,
    setting: AnySetting | None,
    decisions: Sequence[Decision],
    to: Sequence[Decision],
) -> Iterator[Note]:
    """Yield the notes on an answer: that nobody is notified first, those on HubSpot's setting last.

    Args:
        portfolio: the file's.
        client: whose answer it is.
        setting: the setting that applies; None without a default.
        decisions: what becomes of every candidate.
        to: those of the decisions that are notified.
    """
    if not to:
        by_roles = setting is not None and setting.owner is Owner.HUBSPOT
        path = ("clients", client.spelling, "contacts") if by_roles else setting_path(client)
        yield Note("no-recipient", _explain_no_recipient(setting, decisions), path)
    for decision in decisions:
        if decision.reason is INACTIVE:
            yield _note_inactive(decision, to)
        elif decision.reason is VACANT:
            if to and setting and setting.owner is Owner.HUBSPOT:
                yield Note("vacant-role", f"nobody holds the role {decision.roles[0]}", decision.path)
        elif (
            PARTNER_USER in decision.roles
            and decision.reason is not REPLACED
            and decision.key not in portfolio.users
        ):
            message = f"{decision.email} is not one of the partner's users: check the address"
            yield Note("unknown-user", message, decision.path)
    if client.override:
        yield from _note_override(portfolio.default, client, client.override, decisions)
    elif setting and setting.owner is Owner.HUBSPOT and setting.notify is None:
        yield Note("no-copy", "no partner user is set, so nobody of the partner is copied", ("defaults",))
    yield from _note_hubspot(client, portfolio.default)


def _explain_no_recipient(setting: AnySetting | None, decisions: Sequence[Decision]) -> str:
    if setting is None:
        return "no default is set, so nobody is known to be notified"
    if setting.owner is Owner.PARTNER:
        if setting.notify is None:
            return "the partner owns renewal communication, but no partner user is set: nobody is notified"
        return f"{setting.notify} is the only recipient and is deactivated: nobody is notified"
    if any(decision.reason is INACTIVE for decision in decisions):
        return "everyone who holds a role is deactivated: nobody is notified"
    return "all roles are vacant, so there is no message: nobody is notified, and nobody is copied"


def _note_inactive(decision: Decision, to: Sequence[Decision]) -> Note:
    code = "inactive-user" if decision.roles == (PARTNER_USER,) else "inactive-contact"
    notified = any(other.key == decision.key for other in to)
    result = " as a partner user, so receives nothing as one" if notified else ", so receives nothing"
    return Note(code, f"{decision.email} is deactivated in HubSpot{result}", decision.path)


def _note_override(
    default: Default | None, client: Client, override: AnySetting, decisions: Sequence[Decision]
) -> Iterator[Note]:
    if override.owner is Owner.HUBSPOT:
        users = [d.email for d in decisions if PARTNER_USER in d.roles and d.reason is not REPLACED]
        copy = f"whether {users[0]} is copied" if users else "whether anybody of the partner is copied"
        message = f"HubSpot's article does not say {copy} when a client's own setting is HubSpot"
        yield Note("copy-not-assured", message, setting_path(client))
    if default and is_same_setting(default, override):
        message = "the override equals the default, but will not follow later changes of it"
        yield Note("pinned-same-as-default", message, setting_path(client))


def _note_hubspot(client: Client, default: Default | None) -> Iterator[Note]:
    """Yield where HubSpot, when last confirmed, had another setting than the file, and what never was."""
    confirmed = client.confirmed
    if client.override:
        if confirmed and not is_same_setting(confirmed, client.override):
            yield _note_difference(confirmed, client)
    elif confirmed and confirmed.owner is not None:
        yield _note_difference(confirmed, client)
    elif default and default.confirmed and not is_same_setting(default.confirmed, default):
        yield _note_difference(default.confirmed, None)
    if confirmed is None:
        message = "nothing is recorded of what HubSpot's own screens show for this client"
        yield Note("never-confirmed", message, ("clients", client.spelling))
    elif not client.override and default and default.confirmed is None:
        message = "nothing is recorded of what HubSpot's own screens show for the default"
        yield Note("never-confirmed", message, ("defaults",))


def _note_difference(confirmed: Confirmation, client: Client | None) -> Note:
    setting = "the default" if confirmed.owner is None else f"owner {confirmed.owner}"
    if confirmed.notify:
        setting += f", {confirmed.notify}"
    path = ("clients", client.spelling, "in_hubspot") if client else ("defaults", "in_hubspot")
    whose = "" if client else "for the default "
    message = f"HubSpot acts on what it last showed {whose}on {confirmed.on.isoformat()}: {setting}"
    return Note("not-in-hubspot", message, path)
