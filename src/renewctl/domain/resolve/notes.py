"""What there is to know about an answer besides who it is: gaps, doubts, differences from HubSpot.

Pure: imports ``model``, ``domains``, the record and the candidates only.
"""

from collections.abc import Iterator, Sequence

from renewctl.domain.identifiers import address_key
from renewctl.domain.resolve.candidates import setting_path
from renewctl.domain.resolve.decision import INACTIVE, PARTNER_USER, REPLACED, VACANT, Decision, Note
from renewctl.model import HUBSPOT, PARTNER, AnySetting, Client, Confirmation, Default, Portfolio


def find_notes(
    portfolio: Portfolio,
    client: Client,
    setting: AnySetting | None,
    decisions: Sequence[Decision],
    to: Sequence[Decision],
) -> list[Note]:
    """Return what there is to know about an answer, ``to`` whom it is: the gravest about them first."""
    notes = [] if to else [_nobody(client, setting, decisions)]
    for decision in decisions:
        if note := _of_candidate(portfolio, setting, decision, to):
            notes.append(note)
    if setting:
        notes += _of_setting(portfolio, client, setting, decisions)
    notes += _in_hubspot(client, portfolio.default)
    return notes


def _nobody(client: Client, setting: AnySetting | None, decisions: Sequence[Decision]) -> Note:
    by_roles = setting is not None and setting.owner is HUBSPOT
    where = ("clients", client.spelling, "contacts") if by_roles else setting_path(client)
    return Note("no-recipient", _why_nobody(setting, decisions), where)


def _of_candidate(
    portfolio: Portfolio, setting: AnySetting | None, decision: Decision, to: Sequence[Decision]
) -> Note | None:
    reason = decision.reason
    if reason is INACTIVE:
        return _inactive(decision, to)
    if reason is VACANT:
        if to and setting and setting.owner is HUBSPOT:
            return Note("vacant-role", f"nobody holds the role {decision.roles[0]}", decision.path)
    elif (
        PARTNER_USER in decision.roles
        and reason is not REPLACED
        and address_key(decision.email or "") not in portfolio.users
    ):
        message = f"{decision.email} is not one of the partner's users: check the address"
        return Note("unknown-user", message, decision.path)
    return None


def _inactive(decision: Decision, to: Sequence[Decision]) -> Note:
    code = "inactive-user" if decision.roles == (PARTNER_USER,) else "inactive-contact"
    key = address_key(decision.email or "")
    hears = any(address_key(other.email or "") == key for other in to)
    as_what = " as a partner user, so receives nothing as one" if hears else ", so receives nothing"
    return Note(code, f"{decision.email} is deactivated in HubSpot{as_what}", decision.path)


def _why_nobody(setting: AnySetting | None, decisions: Sequence[Decision]) -> str:
    if setting is None:
        return "no default is set, so nobody is known to be notified"
    if setting.owner is PARTNER:
        if setting.notify is None:
            return "the partner owns renewal communication, but no partner user is set: nobody is notified"
        return f"{setting.notify} is the only recipient and is deactivated: nobody is notified"
    if any(decision.reason is INACTIVE for decision in decisions):
        return "everyone who holds a role is deactivated: nobody is notified"
    return "all roles are vacant, so there is no message: nobody is notified, and nobody is copied"


def _of_setting(
    portfolio: Portfolio, client: Client, setting: AnySetting, decisions: Sequence[Decision]
) -> Iterator[Note]:
    if not client.override:
        if setting.owner is HUBSPOT and setting.notify is None:
            yield Note("no-copy", "no partner user is set, so nobody of the partner is copied", ("defaults",))
        return
    if setting.owner is HUBSPOT:
        yield Note("copy-not-assured", _copy_not_assured(decisions), setting_path(client))
    if portfolio.default and _same(portfolio.default, setting):
        message = "the override equals the default, but will not follow later changes of it"
        yield Note("pinned-same-as-default", message, setting_path(client))


def _copy_not_assured(decisions: Sequence[Decision]) -> str:
    copied = [d.email for d in decisions if PARTNER_USER in d.roles and d.reason is not REPLACED]
    who = f"whether {copied[0]} is copied" if copied else "whether anybody of the partner is copied"
    return f"HubSpot's article does not say {who} when a client's own setting is HubSpot"


def _same(one: AnySetting | Confirmation, other: AnySetting) -> bool:
    return one.owner is other.owner and address_key(one.notify or "") == address_key(other.notify or "")


def _in_hubspot(client: Client, default: Default | None) -> Iterator[Note]:
    """Yield where HubSpot's own screens last showed another setting than the file's, or never did."""
    seen = client.confirmed
    if client.override:
        if seen and not _same(seen, client.override):
            yield _differs(seen, client)
    elif seen and seen.owner is not None:
        yield _differs(seen, client)
    elif default and default.confirmed and not _same(default.confirmed, default):
        yield _differs(default.confirmed, None)
    if seen is None:
        message = "nothing is recorded of what HubSpot's own screens show for this client"
        yield Note("never-confirmed", message, ("clients", client.spelling))
    elif not client.override and default and default.confirmed is None:
        message = "nothing is recorded of what HubSpot's own screens show for the default"
        yield Note("never-confirmed", message, ("defaults",))


def _differs(seen: Confirmation, client: Client | None) -> Note:
    shown = "the default" if seen.owner is None else f"owner {seen.owner}"
    if seen.notify:
        shown += f", {seen.notify}"
    where = ("clients", client.spelling, "in_hubspot") if client else ("defaults", "in_hubspot")
    whose = "" if client else "for the default "
    message = f"HubSpot acts on what it last showed {whose}on {seen.on.isoformat()}: {shown}"
    return Note("not-in-hubspot", message, where)
