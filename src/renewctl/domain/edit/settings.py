"""Plans for the default and the overrides, single ones or a list."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from renewctl.command_line import command_line
from renewctl.domain.edit.import_texts import Doubtful, settle_texts
from renewctl.domain.edit.rows import BadRow, OverrideRow, place_of, with_notes
from renewctl.domain.edit.tables import record_table, table_changes
from renewctl.domain.identifiers import address_key, compose
from renewctl.domain.lookup import MOST_NEAREST, find_client, find_user
from renewctl.domain.resolve import is_same_setting, setting_of
from renewctl.errors import BadInput, Problem, RenewctlError, UsageError
from renewctl.model import Change, Client, Override, Owner, Plan, Portfolio
from renewctl.text import count_of

_NO_USER = "a partner user is required if the partner is the renewal owner"
_COLUMN_LABELS = {"owner": "owner", "notify": "partner user", "note": "note"}
_ACCEPT_ODD_NOTE = "to accept an odd note as it is, set it with the command override CLIENT --note TEXT"
DEFAULT = "default"
"""The value in place of an owner by which a client follows the default."""


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


def plan_override_list(
    portfolio: Portfolio, rows: Iterable[OverrideRow], bad: Sequence[Problem] = ()
) -> Plan:
    """Plan the overrides of a list; a row with a blank owner changes nothing.

    Args:
        portfolio: The settings so far.
        rows: The rows of the list.
        bad: The problems of rows that could not be read.

    Raises:
        BadInput: If a row names an unknown client or user, contradicts itself, or repeats a client; its
            problems name all such rows.
    """
    changes: list[Change] = []
    notes: dict[str, None] = {}
    problems = [*bad]
    first_of: dict[str, OverrideRow] = {}
    for row in rows:
        try:
            client = _find_listed(portfolio, row, nearest=len(problems) < MOST_NEAREST)
            first = first_of.setdefault(client.key, row)
            if first is not row:
                message = f"{row.client} is already in {place_of(first)}"
                raise BadRow(row, "client", message, "remove one of the two rows")
            plan = _plan_row(portfolio, client, row)
        except BadRow as error:
            problems.append(error.problem)
            continue
        changes += plan.changes
        notes |= dict.fromkeys(plan.notes)
    _refuse_bad_rows(problems)
    return Plan("override", tuple(changes), tuple(notes))


def find_listed_clients(
    portfolio: Portfolio, rows: Iterable[OverrideRow], bad: Sequence[Problem] = ()
) -> list[Client]:
    """Return the clients of a list without settings, each once.

    Args:
        portfolio: The clients.
        rows: The rows of the list.
        bad: The problems of rows that could not be read.

    Raises:
        BadInput: If there are no rows, or a row names an unknown client or has a setting; its problems name
            all such rows.
    """
    clients: dict[str, Client] = {}
    problems = [*bad]
    for row in rows:
        try:
            client = _find_listed(portfolio, row, nearest=len(problems) < MOST_NEAREST)
            for name in ("owner", "notify", "note"):
                if getattr(row, name).strip():
                    message = f"the row of {row.client} also sets the {_COLUMN_LABELS[name]}"
                    raise BadRow(row, name, message, "remove the column from the list")
        except BadRow as error:
            problems.append(error.problem)
            continue
        clients[client.key] = client
    _refuse_bad_rows(problems)
    if not clients:
        raise BadInput("the list has no clients", hint="list one client per line")
    return [*clients.values()]


def _find_listed(portfolio: Portfolio, row: OverrideRow, *, nearest: bool) -> Client:
    if not row.client.strip():
        raise BadRow(row, "client", "the row has no client", "add the client's domain, or remove the row")
    try:
        return find_client(portfolio, row.client, nearest=nearest)
    except RenewctlError as error:
        raise BadRow(row, "client", *row.odd.get("client", (error.message, error.hint))) from None


def _refuse_bad_rows(problems: Iterable[Problem]) -> None:
    if problems := sorted(problems, key=lambda problem: (problem.line, problem.column)):
        message = f"{count_of(len({problem.line for problem in problems}), 'invalid row')}; nothing was saved"
        raise BadInput(message, hint="correct the rows and try again", problems=with_notes(problems))


def _plan_row(portfolio: Portfolio, client: Client, row: OverrideRow) -> Plan:
    """Plan one row of many. A client that already has the setting is not worth a note."""
    owner, notify, note = row.owner.strip().lower(), row.notify.strip(), row.note.strip()
    now = client.override
    same_user = now and address_key(notify) == address_key(now.notify or "")
    if now and same_user and (owner, compose(note)) == (now.owner, compose(now.note.strip())):
        return Plan("override")  # An exported list, imported again, changes nothing, however odd the setting.
    if owner not in {"", DEFAULT, *Owner}:
        hint = "use hubspot, partner or default, or clear the cell to change nothing"
        raise BadRow(row, "owner", f"{row.owner!r} is not a valid owner", hint)
    if owner in {"", DEFAULT} and notify:
        what = "the owner 'default'" if owner else "no owner"
        message = f"{row.client} has a partner user but {what}"
        raise BadRow(row, "notify", message, "set the owner to hubspot or partner")
    if owner == Owner.PARTNER and not notify:
        message = describe_lacking_user(row.client)
        raise BadRow(row, "notify", message, "fill the notify column")
    if not owner:
        return Plan("override")
    if owner == DEFAULT:
        return clear_override([client])._replace(unchanged=())
    try:
        email = find_user(portfolio, notify, can_add=True).email if notify else None
    except RenewctlError as error:
        raise BadRow(row, "notify", *row.odd.get("notify", (error.message, error.hint))) from None
    _, odd = settle_texts(client, {"note": Doubtful(note, *row.odd.get("note", ()))}, allow_odd=False)
    if odd:
        raise BadRow(row, *odd[0], _ACCEPT_ODD_NOTE)
    changes = override_changes(client, Override(Owner(owner), email, note))
    return Plan("override", tuple(changes), tuple(warn_inactive(portfolio, email)))


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
