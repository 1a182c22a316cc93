"""Plans for the default and the overrides, one or a list of them: who owns renewal communication."""

from collections.abc import Iterable, Iterator, Sequence

from renewctl.domain.edit.rows import BadRow, OverrideRow, place_of
from renewctl.domain.edit.tables import record_table, table_changes
from renewctl.domain.identifiers import address_key, compose
from renewctl.domain.lookup import MOST_NEAREST, find_client, find_user
from renewctl.domain.resolve import is_same_setting, setting_of
from renewctl.errors import BadInput, Problem, RenewctlError, UsageError
from renewctl.model import Change, Client, Override, Owner, Plan, Portfolio
from renewctl.text import count_of

DEFAULT = "default"
"""In place of an owner: the client follows the default."""


def set_default(portfolio: Portfolio, owner: Owner | None, notify: str | None) -> Plan:
    """Plan the partner's default; what is None stays as it is, an empty ``notify`` takes the user away.

    Raises:
        UsageError: If the partner would own renewal communication without a partner user, or there
            is no default yet and no owner is named.
    """
    default = portfolio.default
    owner = owner or (default.owner if default else None)
    if owner is None:
        raise UsageError("there is no default yet", hint="add --owner hubspot or --owner partner")
    email = notify if notify is not None or default is None else default.notify
    if owner is Owner.PARTNER and not email:
        message = "the default cannot be owner partner without a partner user: nobody would be notified"
        raise UsageError(message, hint="add --notify USER")
    changes = [Change(("defaults", "owner"), str(owner))]
    if notify is not None:
        changes.append(Change(("defaults", "notify"), notify or None))
    return Plan("set-default", tuple(changes), tuple(warn_inactive(portfolio, email)))


def override(
    portfolio: Portfolio, clients: Sequence[Client], owner: Owner | None, notify: str | None, note: str = ""
) -> Plan:
    """Plan the same override for each of ``clients``; it is written whole, no ``notify`` means no user.

    Raises:
        UsageError: If neither owner nor user is named; the owner is partner and no user is named; or
            only a user is, where the owner now in effect is not the partner.
    """
    owner = owner or _partner_in_effect(portfolio, clients, notify)
    if owner is Owner.PARTNER and not notify:
        message = "an override with owner partner needs a partner user: nobody would be notified"
        raise UsageError(message, hint="add --notify USER")
    wanted = Override(owner, notify or None, note)
    changes: list[Change] = []
    notes = [*warn_inactive(portfolio, wanted.notify)]
    for client in clients:
        new = [*override_changes(client, wanted)]
        changes += new
        if not new:
            notes.append(f"{client.key} has this override already")
    return Plan("override", tuple(changes), tuple(notes))


def clear_override(clients: Iterable[Client]) -> Plan:
    """Plan the return of clients to the default, with a note for those that follow it already."""
    changes: list[Change] = []
    notes: list[str] = []
    for client in clients:
        if client.override:
            changes.append(Change(("clients", client.spelling, "override"), None))
        else:
            notes.append(f"{client.key} follows the default already")
    return Plan("clear-override", tuple(changes), tuple(notes))


def plan_override_list(
    portfolio: Portfolio, rows: Iterable[OverrideRow], bad: Sequence[Problem] = ()
) -> Plan:
    """Plan the overrides of a list; a row with a blank owner changes nothing.

    ``bad`` are the problems of rows that could not be read.

    Raises:
        BadInput: If a row names an unknown client or user, contradicts itself, or repeats a client;
            all such rows are listed.
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
                message = f"{row.client} stands in {place_of(first)} too"
                raise BadRow(row, "client", message, "keep one of the two rows")
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
    """Return the clients of a list that has no settings of its own, once each.

    ``bad`` are the problems of rows that could not be read.

    Raises:
        BadInput: If there are no rows, or a row names an unknown client or has a setting; all such rows
            are listed.
    """
    clients: dict[str, Client] = {}
    problems = [*bad]
    for row in rows:
        try:
            client = _find_listed(portfolio, row, nearest=len(problems) < MOST_NEAREST)
            for name in ("owner", "notify", "note"):
                if getattr(row, name).strip():
                    message = f"{row.client} has its own {name} in the list"
                    raise BadRow(row, name, message, "leave the column out, or --owner and --notify")
        except BadRow as error:
            problems.append(error.problem)
            continue
        clients[client.key] = client
    _refuse_bad_rows(problems)
    if not clients:
        raise BadInput("the list names no client", hint="write one client per line")
    return [*clients.values()]


def _find_listed(portfolio: Portfolio, row: OverrideRow, *, nearest: bool) -> Client:
    try:
        return find_client(portfolio, row.client, nearest=nearest)
    except RenewctlError as error:
        raise BadRow(row, "client", error.message, error.hint) from None


def _refuse_bad_rows(problems: Iterable[Problem]) -> None:
    if problems := sorted(problems, key=lambda problem: (problem.line, problem.column)):
        message = f"{count_of(len({problem.line for problem in problems}), 'bad row')}; nothing was written"
        raise BadInput(message, hint="mend the rows and try again", problems=problems)


def _plan_row(portfolio: Portfolio, client: Client, row: OverrideRow) -> Plan:
    """Plan one of many: that it is so already is not worth a note."""
    owner, notify, note = row.owner.strip().lower(), row.notify.strip(), row.note.strip()
    now = client.override
    same_user = now and address_key(notify) == address_key(now.notify or "")
    if now and same_user and (owner, compose(note)) == (now.owner, compose(now.note.strip())):
        return Plan("override")  # feeding a list back changes nothing, however odd the setting is
    if owner not in {"", DEFAULT, *Owner}:
        hint = "write hubspot, partner or default, or leave it blank for no change"
        raise BadRow(row, "owner", f"{row.owner!r} is no owner", hint)
    if owner in {"", DEFAULT} and notify:
        what = "owner default and a partner user" if owner else "a partner user but no owner"
        raise BadRow(row, "notify", f"{row.client} has {what}", "name hubspot or partner as owner")
    if owner == Owner.PARTNER and not notify:
        message = f"{row.client} has owner partner and no partner user: nobody would be notified"
        raise BadRow(row, "notify", message, "fill the notify column")
    if not owner:
        return Plan("override")
    if owner == DEFAULT:
        return clear_override([client])._replace(notes=())
    try:
        email = find_user(portfolio, notify).email if notify else None
    except RenewctlError as error:
        raise BadRow(row, "notify", error.message, error.hint) from None
    changes = override_changes(client, Override(Owner(owner), email, note))
    return Plan("override", tuple(changes), tuple(warn_inactive(portfolio, email)))


def find_matching_default(portfolio: Portfolio) -> tuple[Client, ...]:
    """Return the clients whose override matches the default."""
    default, clients = portfolio.default, portfolio.clients.values()
    return tuple(client for client in clients if default and is_same_setting(client.override, default))


def _partner_in_effect(portfolio: Portfolio, clients: Sequence[Client], notify: str | None) -> Owner:
    if not notify:
        raise UsageError("override needs to be told what to set", hint="add --owner hubspot or partner")
    problems = []
    for client in clients:
        setting = setting_of(portfolio, client)
        if setting is None or setting.owner is not Owner.PARTNER:
            now = f"owner {setting.owner} now" if setting else "no owner: there is no default"
            problems.append(Problem(f"{client.key} has {now}", ("clients", client.spelling)))
    if problems:
        message = "--notify alone changes the partner user only where the partner owns renewals"
        raise UsageError(message, hint="add --owner partner, or --owner hubspot", problems=problems)
    return Owner.PARTNER


def override_changes(client: Client, wanted: Override) -> Iterator[Change]:
    """Yield what makes ``wanted`` the client's override, if it is not already."""
    now = client.override
    if now is None or not is_same_setting(now, wanted) or compose(wanted.note) not in {"", compose(now.note)}:
        path, table = ("clients", client.spelling, "override"), record_table("override", wanted)
        yield from table_changes(path, "override", table, exists=now is not None)


def warn_inactive(portfolio: Portfolio, email: str | None) -> Iterator[str]:
    """Yield a note if the partner user is deactivated."""
    user = portfolio.users.get(address_key(email)) if email else None
    if user and not user.active:
        yield f"{user.email} is deactivated in HubSpot and receives nothing"
