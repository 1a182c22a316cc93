"""Plans for the default and for overrides."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from renewctl.command_line import command_line
from renewctl.domain.edit.tables import record_table, table_changes
from renewctl.domain.identifiers import address_key, compose
from renewctl.domain.resolve import is_same_setting, setting_of
from renewctl.errors import Problem, UsageError
from renewctl.model import Change, Client, Override, Owner, Plan, Portfolio

_NO_USER = "a partner user is required if the partner is the renewal owner"


def set_default(portfolio: Portfolio, owner: Owner | None, notify: str | None) -> Plan:
    """Plan the partner's default.

    Args:
        portfolio: The settings so far.
        owner: The renewal owner; None keeps it.
        notify: The address of the partner user; None keeps it, and empty removes it.

    Raises:
        UsageError: If the owner would be the partner without a partner user, or no default is set and no
            owner is given.
    """
    default = portfolio.default
    owner = owner or (default.owner if default else None)
    if owner is None:
        raise UsageError("no default is set", hint="add --owner hubspot or --owner partner")
    email = notify if notify is not None or default is None else default.notify
    if owner is Owner.PARTNER and not email:
        raise UsageError(_NO_USER, hint="add --notify USER")
    changes = [Change(("defaults", "owner"), str(owner))]
    if notify is not None:
        changes.append(Change(("defaults", "notify"), notify or None))
    return Plan("set-default", tuple(changes), tuple(warn_inactive(portfolio, email)))


def override(
    portfolio: Portfolio, clients: Sequence[Client], owner: Owner | None, notify: str | None, note: str = ""
) -> Plan:
    """Plan the same override for several clients.

    It replaces the whole override that a client has.

    Args:
        portfolio: The settings so far.
        clients: The clients.
        owner: The renewal owner; None means the partner, if it is the present owner of all these clients.
        notify: The address of the partner user; None or empty means none.
        note: The reason; empty if none is given.

    Raises:
        UsageError: If neither an owner nor a user is given; the owner is the partner and no user is given; or
            only a user is given, and the present owner is not the partner.
    """
    if owner is None and not notify:
        raise _nothing_to_change(clients, note)
    owner = owner or _partner_in_effect(portfolio, clients)
    if owner is Owner.PARTNER and not notify:
        raise UsageError(_NO_USER, hint=_suggest_user(clients))
    wanted = Override(owner, notify or None, note)
    changes: list[Change] = []
    unchanged: list[str] = []
    for client in clients:
        new = [*override_changes(client, wanted)]
        changes += new
        if not new:
            unchanged.append(f"{client.key} already has this override")
    notes = tuple(warn_inactive(portfolio, wanted.notify))
    return Plan("override", tuple(changes), notes, unchanged=tuple(unchanged))


def clear_override(clients: Iterable[Client]) -> Plan:
    """Plan clients without their overrides, so that they follow the default."""
    changes: list[Change] = []
    unchanged: list[str] = []
    for client in clients:
        if client.override:
            changes.append(Change(("clients", client.spelling, "override"), None))
        else:
            unchanged.append(f"{client.key} already follows the default")
    return Plan("clear-override", tuple(changes), unchanged=tuple(unchanged))


def describe_lacking_user(client: str) -> str:
    """Return the message for a client without a partner user to notify."""
    return f"the partner is the renewal owner of {client}, but no partner user is set"


def find_matching_default(portfolio: Portfolio) -> tuple[Client, ...]:
    """Return the clients whose override matches the default."""
    default, clients = portfolio.default, portfolio.clients.values()
    return tuple(client for client in clients if default and is_same_setting(client.override, default))


def find_settings_to_enter(
    before: Portfolio, after: Portfolio, renamed: Mapping[str, str]
) -> tuple[Client | None, ...]:
    """Return the clients (None: the default) whose setting now differs from HubSpot.

    A client without an override has HubSpot's setting if that was confirmed as the default.

    Args:
        before: The settings before the change.
        after: The settings after it.
        renamed: The old key of each client with a new one.
    """
    found: list[Client | None] = []
    default = after.default
    if default and not is_same_setting(before.default, default):
        found += [] if is_same_setting(default.confirmed, default) else [None]
    for key, client in after.clients.items():
        old, confirmed = before.clients.get(renamed.get(key, key)), client.confirmed
        was, now = old.override if old else None, client.override
        if now is None:
            to_enter = was is not None and (confirmed is None or confirmed.owner is not None)
        else:
            to_enter = not is_same_setting(was, now) and not is_same_setting(confirmed, now)
        found += [client] if to_enter else []
    return tuple(found)


def _nothing_to_change(clients: Sequence[Client], note: str) -> UsageError:
    """Return the error for an override without an owner and a partner user."""
    hint = "add --owner hubspot or --owner partner"
    if not note:
        return UsageError("nothing to change", hint=hint)
    if len(clients) == 1 and (now := clients[0].override):
        command = command_line("override", clients[0].key, owner=now.owner, notify=now.notify, note=note)
        hint = f"repeat the override with the note: {command}"
    return UsageError("--note alone changes nothing", hint=hint)


def _suggest_user(clients: Sequence[Client]) -> str:
    """Return the hint for an override that lacks a partner user."""
    if len(clients) == 1 and (now := clients[0].override) and now.notify:
        return f"add --notify USER (the current user, {now.notify}, is not kept)"
    return "add --notify USER"


def _partner_in_effect(portfolio: Portfolio, clients: Sequence[Client]) -> Owner:
    problems = []
    for client in clients:
        setting = setting_of(portfolio, client)
        if setting is None or setting.owner is not Owner.PARTNER:
            message = f"the renewal owner of {client.key} is HubSpot"
            message = message if setting else f"no default is set, so {client.key} has no renewal owner"
            problems.append(Problem(message, ("clients", client.spelling)))
    if problems:
        message = "--notify requires --owner unless the partner is the renewal owner"
        raise UsageError(message, hint="add --owner partner or --owner hubspot", problems=problems)
    return Owner.PARTNER


def override_changes(client: Client, wanted: Override) -> Iterator[Change]:
    """Yield the changes that make ``wanted`` the client's override."""
    now = client.override
    if now is None or not is_same_setting(now, wanted) or compose(wanted.note) not in {"", compose(now.note)}:
        path, table = ("clients", client.spelling, "override"), record_table("override", wanted)
        yield from table_changes(path, "override", table, exists=now is not None)


def warn_inactive(portfolio: Portfolio, email: str | None) -> Iterator[str]:
    """Yield a note if the partner user is deactivated."""
    user = portfolio.users.get(address_key(email)) if email else None
    if user and not user.active:
        yield f"{user.email} is deactivated in HubSpot and receives nothing"
