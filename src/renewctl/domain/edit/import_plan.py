"""Plan an import from a spreadsheet: clients to add, to update and to remove.

A blank cell changes nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from renewctl.command_line import command_line
from renewctl.domain.edit.clients import ask_about
from renewctl.domain.edit.import_fields import (
    agreed_value,
    differs,
    listed_contact_changes,
    listed_field_changes,
)
from renewctl.domain.edit.import_notes import describe_skipped, note_contacts, note_inactive
from renewctl.domain.edit.import_renewals import ListedRenewals
from renewctl.domain.edit.import_texts import group_rows
from renewctl.domain.edit.rows import (
    DEFAULT,
    NO_USER,
    OVERRIDE_KEYS,
    BadRow,
    ImportOptions,
    ImportRow,
    find_listed_user,
    place_of,
    with_notes,
)
from renewctl.domain.edit.settings import clear_override, describe_lacking_user, override_changes
from renewctl.domain.identifiers import (
    LONGEST_ADDRESS,
    address_key,
    client_key,
    explain_no_client,
    name_key,
)
from renewctl.domain.resolve import setting_of
from renewctl.errors import BadInput, Problem, RenewctlError, UsageError
from renewctl.fields import Kind
from renewctl.model import Change, Client, Override, Owner, Plan, Portfolio
from renewctl.text import count_of, list_some, quote_text

MOST_NAMED = 3

Groups = Iterable[tuple[str, list[ImportRow]]]
Track = Callable[[Groups], Groups]


class _ClientIndex:
    """An index of the clients by domain, name and hub ID.

    With ``owner_is_override``, the owner column has the clients' overrides. Otherwise it has the owner in
    effect, from the override or the default, as HubSpot's dashboards show it.
    """

    def __init__(self, portfolio: Portfolio, *, owner_is_override: bool) -> None:
        self.portfolio = portfolio
        self.owner_is_override = owner_is_override
        self._names: dict[str, list[str]] = {}
        self._hub_ids: dict[int, list[str]] = {}
        for key, client in portfolio.clients.items():
            self._names.setdefault(name_key(client.name), []).append(key)
            if client.hub_id is not None:
                self._hub_ids.setdefault(client.hub_id, []).append(key)

    def find_key(self, row: ImportRow) -> str:
        """Return the key of a known client, or of a new one.

        Known clients are found by domain, hub ID or unique name. A new client needs a domain.

        Raises:
            BadRow: If the text is neither a known client nor a domain, or is ambiguous.
        """
        word = row.client.strip()
        key = client_key(word)
        if key in self.portfolio.clients:
            return key or ""
        named = self._hub_ids.get(int(word), []) if word.isascii() and word.isdigit() else []
        if len(named) > 1:
            hint = f"use one of the domains: {', '.join(named)}"
            raise BadRow(row, "client", f"{row.client!r} is the hub ID of several clients", hint)
        if not named and (called := self._names.get(name_key(word), [])):
            named = called
            if key and "." in key and not explain_no_client(key):
                message = f"{row.client!r} is the name of {called[0]}, but can be another client's domain"
                hint = f"use {called[0]}, or add the other client: {command_line('client add', key)}"
                raise BadRow(row, "client", message, hint)
        if len(named) == 1:
            return named[0]
        hint = "use the client's domain, for example acme.example"
        client = quote_text(row.client, LONGEST_ADDRESS)
        if key is None or "." not in key:
            raise BadRow(row, "client", f"{client} is not a valid domain", hint)
        if what := explain_no_client(key):
            raise BadRow(row, "client", f"{client} is {what}, not a client's domain", hint)
        return key

    def find_namesakes(self, name: str) -> list[str]:
        """Return the clients in the file with this name."""
        return self._names.get(name_key(name), []) if name else []

    def claim(self, hub_id: int, key: str, row: ImportRow) -> None:
        """Reserve a hub ID for a client.

        Raises:
            BadRow: If another client in the file or the list has it.
        """
        others = self._hub_ids.setdefault(hub_id, [key])
        if key not in others:
            hint = "look up the hub ID in HubSpot's account menu"
            if others[0] in self.portfolio.clients and key not in self.portfolio.clients:
                rename = command_line("client rename", others[0], key)
                hint = f"check the hub ID, or whether the domain of {others[0]} changed ({rename})"
            raise BadRow(row, "hub_id", f"{others[0]} already has the hub ID {hub_id}", hint)


def plan_import(
    portfolio: Portfolio,
    rows: Sequence[ImportRow],
    options: ImportOptions,
    bad: Sequence[Problem] = (),
    track: Track = iter,
) -> Plan:
    """Plan an import. Several rows of one client are its renewals.

    ``bad`` are problems of other rows. ``track`` yields the clients with their rows, and shows the progress.

    Raises:
        BadInput: If a row is invalid without ``skip_invalid``, no row is valid, or all clients would be
            removed.
        UsageError: If ``prune`` and ``skip_invalid`` are combined.
    """
    if options.prune:
        _check_prune(options, empty=not rows and not bad)
    # If a row has the owner "default", the column has overrides, not the owners in effect.
    index = _ClientIndex(portfolio, owner_is_override=any(row.values.get("owner") == DEFAULT for row in rows))
    groups, doubtful = group_rows(rows, index.find_key, portfolio, options)
    problems = [*bad, *doubtful]
    changes: list[Change] = []
    skipped: list[str] = []
    counts = {"new": 0, "changed": 0, "unchanged": 0, "removed": 0}
    renewals: dict[str, ListedRenewals] = {}
    for key, group in track(groups.items()):
        client = portfolio.clients.get(key) or Client(key, key)
        listed = ListedRenewals(client, group, portfolio.policy, options)
        wanted, wrong = _client_changes(index, client, group, listed, options)
        problems += wrong
        bad_places = {(problem.sheet, problem.line) for problem in wrong}
        skipped += (place_of(row) for row in group if wrong and (row.sheet, row.line) not in bad_places)
        if not wrong:
            counts["new" if key not in portfolio.clients else "changed" if wanted else "unchanged"] += 1
            changes += wanted
            renewals[key] = listed
    problems.sort(key=lambda problem: (problem.sheet, problem.line, problem.column))
    _refuse(problems, skipped, options, good=bool(renewals))
    imported = {key: groups[key] for key in renewals}
    unused = [*_unused_cells(index, imported, options)]
    notes = [
        *describe_skipped(problems, skipped),
        *unused,
        *_notes(index, groups, renewals, options),
        *note_inactive(portfolio, changes),
        *note_contacts(imported, portfolio.users),
    ]
    removed = [client for key, client in portfolio.clients.items() if options.prune and key not in groups]
    counts["removed"] = len(removed)
    changes += (Change(("clients", client.spelling), None) for client in removed)
    danger, affected = _ask_about_pruned(portfolio, removed, renewals) if options.prune else ("", ())
    unchanged = ("all imported values are already up to date",) if unused and not changes else ()
    plan = Plan("import", tuple(changes), tuple(notes), tuple(counts.items()), unchanged=unchanged)
    return plan._replace(danger=danger, affected=affected)


def _check_prune(options: ImportOptions, *, empty: bool) -> None:
    """Raise an error if ``prune`` would remove clients that may be in the list."""
    if options.skip_invalid:
        hint = "remove --prune or --skip-invalid"
        raise UsageError("--prune and --skip-invalid can't be used together", hint=hint)
    if empty:
        raise BadInput("no rows to import, so --prune would remove every client", hint="check the file")


def _refuse(
    problems: Sequence[Problem], skipped: Sequence[str], options: ImportOptions, *, good: bool
) -> None:
    """Raise BadInput if a row is invalid and cannot be skipped."""
    bad = len({(problem.sheet, problem.line) for problem in problems})
    if problems and not options.skip_invalid:
        message = f"{count_of(bad, 'invalid row')}; nothing was saved"
        hint = "correct the rows, or add --skip-invalid to import the others"
        raise BadInput(message, hint=hint, problems=with_notes(problems))
    if problems and not good:
        rows = bad + len(skipped)
        message = (
            f"none of the {rows} rows can be imported" if rows > 1 else "the only row cannot be imported"
        )
        raise BadInput(message, problems=with_notes(problems))


def _ask_about_pruned(
    portfolio: Portfolio, removed: Sequence[Client], renewals: Mapping[str, ListedRenewals]
) -> tuple[str, tuple[str, ...]]:
    """Return why a removal must be confirmed, or "", and the affected clients."""
    unlisted = {key: len(listed.unlisted) for key, listed in renewals.items() if listed.unlisted}
    parts = [f"{len(removed)} of {count_of(len(portfolio.clients), 'client')}"] if removed else []
    parts += [count_of(sum(unlisted.values()), "renewal")] if unlisted else []
    keys = [*(client.key for client in removed), *unlisted]
    danger = ask_about(portfolio, keys, f"import --prune removes {' and '.join(parts)}") if keys else ""
    affected = [client.key for client in removed]
    affected += (f"{key}: {count_of(number, 'renewal')}" for key, number in unlisted.items())
    return danger, tuple(affected) if danger else ()


def _notes(
    index: _ClientIndex,
    groups: Mapping[str, Sequence[ImportRow]],
    renewals: Mapping[str, ListedRenewals],
    options: ImportOptions,
) -> Iterator[str]:
    """Yield notes on the rows that are easily missed in the changes."""
    for key, listed in renewals.items():
        yield from listed.notes
        yield from listed.describe_renamed()
        if key in index.portfolio.clients:
            continue
        names = [row.values["name"] for row in groups[key] if "name" in row.values]
        for other in index.find_namesakes(names[0] if names else ""):
            if other not in groups:
                message = f"{key} has the same name as {other}, which is not listed"
                rename = command_line("client rename", other, key)
                yield f"{message}; check whether only the domain changed ({rename})"
    undated = [f"{product!r} of {key}" for key, listed in renewals.items() for product in listed.undated]
    if undated:
        yield f"not imported, because there is no renewal date: {list_some(undated, MOST_NAMED)}"
    rows = [row for group in groups.values() for row in group]
    if options.prune and any("renewal" in {*row.places, *row.values} for row in rows):
        blank = [key for key, listed in renewals.items() if listed.client.renewals and not listed.dated]
        if blank:
            have, keep = ("has", "keeps its") if len(blank) == 1 else ("have", "keep their")
            clients = f"{count_of(len(blank), 'client')} {have} no renewal date in the list"
            yield f"{clients} and {keep} renewals: {list_some(blank, MOST_NAMED)}"


def _unused_cells(
    index: _ClientIndex, groups: Mapping[str, Sequence[ImportRow]], options: ImportOptions
) -> Iterator[str]:
    """Yield notes on cells that are not imported without an option."""
    rows = [row for group in groups.values() for row in group]
    undated = [row for row in rows if "deadline" in row.values and "renewal" not in row.values]
    if undated and not options.renewal_from_deadline:
        number = count_of(len(undated), "row")
        have, them = ("has", "it") if len(undated) == 1 else ("have", "them")
        what = f"{number} {have} a deadline but no renewal date"
        yield f"{what}; to compute {them}, add --renewal-from-deadline"
    others: list[str] = []
    without_override: list[str] = []
    for key, group in groups.items():
        if all(row.values.keys().isdisjoint(OVERRIDE_KEYS) for row in group):
            continue
        client = index.portfolio.clients.get(key) or Client(key, key)
        try:
            changes = [*_setting_changes(index, client, group)]
            note, _ = agreed_value(client, group, "note")
        except BadRow:  # a different or ambiguous setting
            others.append(key)
            continue
        if changes:
            others.append(key)
        if note and differs(note, _note_after(client, changes), Kind.TEXT):
            without_override.append(key)
    if without_override:
        number = count_of(len(without_override), "note")
        clients = list_some(without_override, MOST_NAMED)
        hint = "to import notes as memos: --map memo=note"
        yield f"{number} not imported, because no override is set: {clients} ({hint})"
    if others and not options.with_overrides:
        have, them = ("has", "it") if len(others) == 1 else ("have", "them")
        number = count_of(len(others), "client")
        what = f"{number} {have} a different owner or partner user in {rows[0].file}"
        yield f"{what}; to import {them}, add --with-overrides"


def _note_after(client: Client, changes: Iterable[Change]) -> str:
    """Return the note of the client's override after the changes."""
    note: Any = client.override.note if client.override else ""
    for change in changes:
        if change.path[3:] == ("note",):
            note = change.after
        elif len(change.path) == 3:  # the whole override
            note = change.after.get("note") if isinstance(change.after, dict) else ""
    return note or ""


def _client_changes(
    index: _ClientIndex,
    client: Client,
    rows: Sequence[ImportRow],
    renewals: ListedRenewals,
    options: ImportOptions,
) -> tuple[list[Change], list[Problem]]:
    """Return the changes to one client, and the problems of its rows.

    A new client is one change.
    """
    # Each part separately, so that the problems of all parts are listed.
    parts = [listed_field_changes(client, rows, index.claim), listed_contact_changes(client, rows)]
    parts += (renewals.changes(row) for row in rows)
    parts.append(renewals.removals())
    if options.with_overrides:
        parts.append(_setting_changes(index, client, rows))
    changes: list[Change] = []
    problems: list[Problem] = []
    for part in parts:
        try:
            changes.extend(part)
        except BadRow as bad:
            problems.append(bad.problem)
    if client.key not in index.portfolio.clients and not problems:
        table: dict[str, Any] = {}
        for change in changes:
            field, *item = change.path[2:]
            if item:
                table.setdefault(field, []).append(change.after)
            else:
                table[field] = change.after
        changes = [Change(("clients", client.key), table)]
    return changes, problems


def _setting_changes(index: _ClientIndex, client: Client, rows: Sequence[ImportRow]) -> Iterator[Change]:
    """Yield the changes to a client's override, if it is not already in effect."""
    (owner, owner_row), (notify, notify_row), (note, _) = (
        agreed_value(client, rows, name) for name in ("owner", "notify", "note")
    )
    if owner == DEFAULT and notify:
        message = f"{client.key} has a partner user but the owner 'default'"
        raise BadRow(notify_row, "notify", message, "set the owner to hubspot or partner")
    if owner == DEFAULT:
        yield from clear_override([client]).changes
        return
    if owner is None:
        if notify:
            message = f"{client.key} has a partner user but no owner"
            raise BadRow(notify_row, "notify", message, "set the owner to hubspot or partner")
        return
    notify = "" if notify is not None and notify.lower() == NO_USER else notify  # None: any user
    now = client.override if index.owner_is_override else setting_of(index.portfolio, client)

    def applies(user: str | None) -> bool:
        if now is None or now.owner != owner:
            return False
        any_user = user is None and not index.owner_is_override
        return any_user or address_key(user or "") == address_key(now.notify or "")

    if not applies(notify):
        try:
            user = find_listed_user(index.portfolio, notify) if notify else notify
        except RenewctlError as error:
            raise BadRow(notify_row, "notify", error.message, error.hint) from None
        if not applies(user):
            if owner == Owner.PARTNER and not user:
                message = describe_lacking_user(client.key)
                raise BadRow(owner_row, "notify", message, "add the partner user")
            yield from override_changes(client, Override(Owner(owner), user or None, note or ""))
            return
    if client.override and note and differs(note, client.override.note, Kind.TEXT):
        yield Change(("clients", client.spelling, "override", "note"), note)
