"""What there is to know about an answer besides who it is: gaps, doubts, differences from HubSpot.

Pure: imports ``model``, ``domains``, the record and the candidates only.
"""

from collections.abc import Iterator

from renewctl.domains import address_key
from renewctl.model import AnySetting, Client, Confirmation, Default, Owner, Portfolio, Setting
from renewctl.resolve.candidates import setting_path
from renewctl.resolve.record import PARTNER_USER, Decision, Note, Outcome, Reason


def noted(
    portfolio: Portfolio, client: Client, setting: AnySetting | None, decisions: tuple[Decision, ...]
) -> Iterator[Note]:
    """Yield what there is to know about an answer: the gravest about recipients first."""
    yield from _recipient_notes(portfolio, client, setting, decisions)
    if setting:
        yield from _setting_notes(portfolio, client, setting, decisions)
    yield from _confirmation_notes(portfolio, client)


def _recipient_notes(
    portfolio: Portfolio, client: Client, setting: AnySetting | None, decisions: tuple[Decision, ...]
) -> Iterator[Note]:
    notified = [d for d in decisions if d.outcome is Outcome.NOTIFIED]
    somebody = bool(notified)
    if not somebody:
        by_roles = setting is not None and setting.owner is Owner.HUBSPOT
        where = ("clients", client.written, "contacts") if by_roles else setting_path(client)
        yield Note("no-recipient", _why_nobody(setting, decisions), where)
    for decision in decisions:
        if decision.reason is Reason.INACTIVE:
            code = "inactive-user" if decision.roles == (PARTNER_USER,) else "inactive-contact"
            hears = any(address_key(d.email or "") == address_key(decision.email or "") for d in notified)
            as_what = " as a partner user, so receives nothing as one" if hears else ", so receives nothing"
            message = f"{decision.email} is deactivated in HubSpot{as_what}"
            yield Note(code, message, decision.path)
        elif decision.reason is Reason.VACANT and somebody and setting and setting.owner is Owner.HUBSPOT:
            yield Note("vacant-role", f"nobody holds the role {decision.roles[0]}", decision.path)
        elif _takes_part(decision) and address_key(decision.email or "") not in portfolio.users:
            message = f"{decision.email} is not one of the partner's users: check the address"
            yield Note("unknown-user", message, decision.path)


def _takes_part(decision: Decision) -> bool:
    return PARTNER_USER in decision.roles and decision.reason is not Reason.REPLACED


def _why_nobody(setting: AnySetting | None, decisions: tuple[Decision, ...]) -> str:
    if setting is None:
        return "no default is set, so nobody is known to be notified"
    if setting.owner is Owner.PARTNER:
        if setting.notify is None:
            return "the partner owns renewal communication, but no partner user is set: nobody is notified"
        return f"{setting.notify} is the only recipient and is deactivated: nobody is notified"
    if any(d.reason is Reason.INACTIVE for d in decisions):
        return "everyone who holds a role is deactivated: nobody is notified"
    return "all roles are vacant, so there is no message: nobody is notified, and nobody is copied"


def _setting_notes(
    portfolio: Portfolio, client: Client, setting: AnySetting, decisions: tuple[Decision, ...]
) -> Iterator[Note]:
    if not client.override:
        if setting.owner is Owner.HUBSPOT and setting.notify is None:
            yield Note("no-copy", "no partner user is set, so nobody of the partner is copied", ("defaults",))
        return
    if setting.owner is Owner.HUBSPOT:
        yield Note("copy-not-assured", _copy_not_assured(decisions), setting_path(client))
    if portfolio.default and _same(portfolio.default, setting):
        message = "the override equals the default, but will not follow later changes of it"
        yield Note("pinned-same-as-default", message, setting_path(client))


def _copy_not_assured(decisions: tuple[Decision, ...]) -> str:
    copied = [d.email for d in decisions if PARTNER_USER in d.roles and d.reason is not Reason.REPLACED]
    who = f"whether {copied[0]} is copied" if copied else "whether anybody of the partner is copied"
    return f"HubSpot's article does not say {who} when a client's own setting is HubSpot"


def _same(one: AnySetting, other: AnySetting) -> bool:
    return one.owner is other.owner and address_key(one.notify or "") == address_key(other.notify or "")


def _confirmation_notes(portfolio: Portfolio, client: Client) -> Iterator[Note]:
    """Yield where HubSpot's own screens last showed another setting than the file's."""
    seen = client.confirmed
    if client.override:
        if seen and (seen.owner is None or not _same(Setting(seen.owner, seen.notify), client.override)):
            yield _differs(seen, client)
    elif seen and seen.owner is not None:
        yield _differs(seen, client)
    elif portfolio.default:
        yield from _default_differs(portfolio.default)
    yield from _never_confirmed(client, portfolio.default)


def _default_differs(default: Default) -> Iterator[Note]:
    seen = default.confirmed
    if seen and seen.owner and not _same(Setting(seen.owner, seen.notify), default):
        yield _differs(seen, None)


def _differs(seen: Confirmation, client: Client | None) -> Note:
    shown = "the default" if seen.owner is None else f"owner {seen.owner}"
    if seen.notify:
        shown += f", {seen.notify}"
    where = ("clients", client.written, "in_hubspot") if client else ("defaults", "in_hubspot")
    whose = "" if client else "for the default "
    message = f"HubSpot acts on what it last showed {whose}on {seen.on.isoformat()}: {shown}"
    return Note("not-in-hubspot", message, where)


def _never_confirmed(client: Client, default: Default | None) -> Iterator[Note]:
    if client.confirmed is None:
        message = "nothing is recorded of what HubSpot's own screens show for this client"
        yield Note("never-confirmed", message, ("clients", client.written))
    elif not client.override and default and default.confirmed is None:
        message = "nothing is recorded of what HubSpot's own screens show for the default"
        yield Note("never-confirmed", message, ("defaults",))
