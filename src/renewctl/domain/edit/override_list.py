"""Plans for a list of overrides."""

from collections.abc import Iterable, Sequence

from renewctl.domain.edit.import_texts import Doubtful, settle_texts
from renewctl.domain.edit.rows import (
    DEFAULT,
    NO_USER,
    BadRow,
    OverrideRow,
    find_listed_user,
    place_of,
    with_notes,
)
from renewctl.domain.edit.settings import (
    clear_override,
    describe_lacking_user,
    override_changes,
    warn_inactive,
)
from renewctl.domain.identifiers import address_key, compose
from renewctl.domain.lookup import MOST_NEAREST, find_client
from renewctl.errors import BadInput, Problem, RenewctlError
from renewctl.model import Change, Client, Override, Owner, Plan, Portfolio
from renewctl.text import count_of, quote_text

_COLUMN_LABELS = {"owner": "owner", "notify": "partner user", "note": "note"}
_ACCEPT_ODD_NOTE = "to accept an odd note as it is, set it with the command override CLIENT --note TEXT"


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
    notify = "" if notify.lower() == NO_USER else notify
    now = client.override
    same_user = now and address_key(notify) == address_key(now.notify or "")
    if now and same_user and (owner, compose(note)) == (now.owner, compose(now.note.strip())):
        return Plan("override")  # An exported list, imported again, changes nothing, however odd the setting.
    if owner not in {"", DEFAULT, *Owner}:
        hint = "use hubspot, partner or default, or clear the cell to change nothing"
        raise BadRow(row, "owner", f"{quote_text(row.owner)} is not a valid owner", hint)
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
        email = find_listed_user(portfolio, notify) if notify else None
    except RenewctlError as error:
        raise BadRow(row, "notify", *row.odd.get("notify", (error.message, error.hint))) from None
    _, bad = settle_texts(client, {"note": Doubtful(note, *row.odd.get("note", ()))}, allow_odd=False)
    if "note" in bad:
        raise BadRow(row, "note", bad["note"].message, bad["note"].hint, _ACCEPT_ODD_NOTE)
    changes = override_changes(client, Override(Owner(owner), email, note))
    return Plan("override", tuple(changes), tuple(warn_inactive(portfolio, email)))
