"""Plans for a roster that comes from a spreadsheet: what is new, what differs, what is gone.

A blank cell changes nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from renewctl.command_line import command_line
from renewctl.domain.edit.clients import ask_about
from renewctl.domain.edit.import_fields import agreed, differs, listed_contact_changes, listed_field_changes
from renewctl.domain.edit.import_remarks import describe_left_out, remark_on_changes, remark_on_contacts
from renewctl.domain.edit.import_renewals import ListedRenewals
from renewctl.domain.edit.import_texts import group_rows
from renewctl.domain.edit.rows import BadRow, ImportRow, place_of
from renewctl.domain.edit.settings import DEFAULT, clear_override, override_changes
from renewctl.domain.identifiers import address_key, client_key, explain_no_client, name_key
from renewctl.domain.lookup import find_user
from renewctl.domain.resolve import setting_of
from renewctl.errors import BadInput, Problem, RenewctlError, UsageError
from renewctl.fields import Kind
from renewctl.model import Change, Client, Override, Owner, Plan, Portfolio
from renewctl.text import count_of, list_some

MOST_NAMED = 3

Groups = Iterable[tuple[str, list[ImportRow]]]
Track = Callable[[Groups], Groups]


class ImportOptions(NamedTuple):
    """How an import is meant; ``deadline_is_date`` derives the renewal date from a deadline without one."""

    prune: bool = False
    with_overrides: bool = False
    skip_invalid: bool = False
    deadline_is_date: bool = False
    allow_odd_text: bool = False


class _Roster:
    """The clients of a portfolio by all that a row may call them: looked up once, not row by row.

    With ``own_settings`` the owner column is each client's own setting; otherwise it is whoever owns
    the renewals, by the default or not, as HubSpot's dashboards print it.
    """

    def __init__(self, portfolio: Portfolio, *, own_settings: bool) -> None:
        self.portfolio = portfolio
        self.own_settings = own_settings
        self._names: dict[str, list[str]] = {}
        self._hub_ids: dict[int, list[str]] = {}
        for key, client in portfolio.clients.items():
            self._names.setdefault(name_key(client.name), []).append(key)
            if client.hub_id is not None:
                self._hub_ids.setdefault(client.hub_id, []).append(key)

    def find_key(self, row: ImportRow) -> str:
        """Return the client of a row: by domain, hub id or unique name, otherwise a new one's domain.

        Raises:
            BadRow: If it is not in the store, and not a domain; or if several clients have the hub id.
        """
        word = row.client.strip()
        key = client_key(word)
        if key in self.portfolio.clients:
            return key or ""
        named = self._hub_ids.get(int(word), []) if word.isascii() and word.isdigit() else []
        if len(named) > 1:
            hint = f"use the domain: {', '.join(named)}"
            raise BadRow(row, "client", f"{row.client!r} is the hub id of several clients", hint)
        if not named and (called := self._names.get(name_key(word), [])):
            named = called
            if key and "." in key and not explain_no_client(key):
                message = f"{row.client!r} is the name of {called[0]}, and can be another client's domain"
                hint = f"write {called[0]}; if it is another client: {command_line('client add', key)}"
                raise BadRow(row, "client", message, hint)
        if len(named) == 1:
            return named[0]
        if key is None or "." not in key:
            hint = "the client column needs the client's domain, as acme.example"
            raise BadRow(row, "client", f"{row.client!r} is not a client's domain", hint)
        if what := explain_no_client(key):
            hint = "the client column needs the client's domain, as acme.example"
            raise BadRow(row, "client", f"{row.client!r} is {what}, not a client's domain", hint)
        return key

    def find_namesakes(self, name: str) -> list[str]:
        """Return the clients of the store that have this name."""
        return self._names.get(name_key(name), []) if name else []

    def claim(self, hub_id: int, key: str, row: ImportRow) -> None:
        """Reserve a hub id for a client.

        Raises:
            BadRow: If it is another client's, of the store or of the rows.
        """
        others = self._hub_ids.setdefault(hub_id, [key])
        if key not in others:
            hint = "look it up in HubSpot's account menu"
            if others[0] in self.portfolio.clients and key not in self.portfolio.clients:
                hint += f"; if the client has a new domain: {command_line('client rename', others[0], key)}"
            raise BadRow(row, "hub_id", f"hub id {hub_id} is {others[0]}'s", hint)


def plan_import(
    portfolio: Portfolio,
    rows: Sequence[ImportRow],
    options: ImportOptions,
    bad: Sequence[Problem] = (),
    track: Track = iter,
) -> Plan:
    """Plan the roster as the rows have it; several rows of one client are its renewals.

    ``bad`` are problems of other rows; ``track`` yields the clients it is given, and may show the progress.

    Raises:
        BadInput: If a row is bad, unless ``skip_invalid`` and one is good; or if all clients would go.
        UsageError: If clients are to be removed, and bad rows left out.
    """
    if options.prune and options.skip_invalid:
        hint = "a client whose row is left out would be removed: mend the rows, or prune later"
        raise UsageError("--prune and --skip-invalid exclude each other", hint=hint)
    if options.prune and not rows and not bad:
        raise BadInput("there are no rows, and --prune would remove every client", hint="look at the file")
    # Where a row has the owner "default", the owners are settings, not whoever owns in the end.
    roster = _Roster(portfolio, own_settings=any(row.values.get("owner") == DEFAULT for row in rows))
    groups, odd = group_rows(
        rows,
        roster.find_key,
        portfolio,
        allow_odd_text=options.allow_odd_text,
        with_overrides=options.with_overrides,
    )
    problems = [*bad, *odd]
    changes: list[Change] = []
    danger = ""
    left_out: list[str] = []
    counts = {"new": 0, "changed": 0, "unchanged": 0, "removed": 0}
    renewals: dict[str, ListedRenewals] = {}
    for key, group in track(groups.items()):
        client = portfolio.clients.get(key) or Client(key, key)
        listed = ListedRenewals(client, group, portfolio.policy, deadline_is_date=options.deadline_is_date)
        wanted, wrong = _client_changes(roster, client, group, listed, options)
        problems += wrong
        bad_places = {(problem.sheet, problem.line) for problem in wrong}
        left_out += (place_of(row) for row in group if wrong and (row.sheet, row.line) not in bad_places)
        if not wrong:
            counts["new" if key not in portfolio.clients else "changed" if wanted else "unchanged"] += 1
            changes += wanted
            renewals[key] = listed
    problems.sort(key=lambda problem: (problem.sheet, problem.line, problem.column))
    _refuse(problems, left_out, options, good=bool(renewals))
    imported = {key: groups[key] for key in renewals}
    notes = [*describe_left_out(problems, left_out)]
    notes += _unused_cells(roster, imported, options)
    notes += _remarks(roster, groups, renewals, options)
    notes += remark_on_changes(portfolio, changes)
    notes += remark_on_contacts(imported, portfolio.users)
    if options.prune:
        removed = [client for key, client in portfolio.clients.items() if key not in groups]
        counts["removed"] = len(removed)
        changes += (Change(("clients", client.spelling), None) for client in removed)
        danger = _ask_about_pruned(portfolio, removed, renewals)
    return Plan("import", tuple(changes), tuple(notes), tuple(counts.items()), danger=danger)


def _refuse(
    problems: Sequence[Problem], left_out: Sequence[str], options: ImportOptions, *, good: bool
) -> None:
    """Raise ``BadInput`` if a row is bad, unless ``skip_invalid`` and another is good."""
    bad = len({(problem.sheet, problem.line) for problem in problems})
    if problems and not options.skip_invalid:
        message = f"{count_of(bad, 'bad row')}; nothing was written"
        raise BadInput(message, hint="--skip-invalid imports the others", problems=problems)
    if problems and not good:
        rows = bad + len(left_out)
        message = (
            f"none of the {rows} rows can be imported" if rows > 1 else "the only row cannot be imported"
        )
        raise BadInput(message, problems=problems)


def _ask_about_pruned(
    portfolio: Portfolio, removed: Sequence[Client], renewals: Mapping[str, ListedRenewals]
) -> str:
    """Return what is to be confirmed of clients and renewals that the rows do not list."""
    unlisted = {key: len(listed.unlisted) for key, listed in renewals.items() if listed.unlisted}
    parts = [f"{len(removed)} of {count_of(len(portfolio.clients), 'client')}"] if removed else []
    parts += [count_of(sum(unlisted.values()), "renewal")] if unlisted else []
    keys = [*(client.key for client in removed), *unlisted]
    return ask_about(portfolio, keys, f"import --prune removes {' and '.join(parts)}") if keys else ""


def _remarks(
    roster: _Roster,
    groups: Mapping[str, Sequence[ImportRow]],
    renewals: Mapping[str, ListedRenewals],
    options: ImportOptions,
) -> Iterator[str]:
    """Yield what the rows mean that a user would hardly see in the changes."""
    for key, listed in renewals.items():
        yield from listed.remarks
        yield from listed.describe_renamed(pruned=options.prune)
        if key in roster.portfolio.clients:
            continue
        names = [row.values["name"] for row in groups[key] if "name" in row.values]
        for other in roster.find_namesakes(names[0] if names else ""):
            if other not in groups:
                command = command_line("client rename", other, key)
                message = f"{key} is new and has the name of {other}, which is not listed"
                hint = "if its domain changed, undo the import if it was saved, and run this first"
                yield f"{message}; {hint}: {command}"
    undated = [f"{product!r} of {key}" for key, listed in renewals.items() for product in listed.undated]
    if undated:
        yield f"no renewal date, not imported: {list_some(undated, MOST_NAMED)}"
    rows = [row for group in groups.values() for row in group]
    if options.prune and any("renewal" in {*row.places, *row.values} for row in rows):
        blank = [key for key, listed in renewals.items() if listed.client.renewals and not listed.dated]
        if blank:
            have, keep = ("has", "keeps its") if len(blank) == 1 else ("have", "keep their")
            clients = f"{count_of(len(blank), 'client')} {have} no renewal date in the list"
            yield f"{clients} and {keep} renewals: {list_some(blank, MOST_NAMED)}"


def _unused_cells(
    roster: _Roster, groups: Mapping[str, Sequence[ImportRow]], options: ImportOptions
) -> Iterator[str]:
    """Yield a note for deadlines, and one for settings, that are not imported without an option."""
    rows = [row for group in groups.values() for row in group]
    undated = [row for row in rows if "deadline" in row.values and "renewal" not in row.values]
    if undated and not options.deadline_is_date:
        number = count_of(len(undated), "row")
        yield f"{number} with a deadline and no renewal date: not used (see --renewal-from-deadline)"
    others: list[str] = []
    without_override: list[str] = []
    for key, group in groups.items():
        client = roster.portfolio.clients.get(key) or Client(key, key)
        try:
            changes = [*_setting_changes(roster, client, group)]
            note, _ = agreed(client, group, "note")
        except BadRow:  # another setting, or one that is not certain
            others.append(key)
            continue
        if changes:
            others.append(key)
        if note and differs(note, _note_after(client, changes), Kind.TEXT):
            without_override.append(key)
    if without_override:
        notes = f"{count_of(len(without_override), 'note')} not used, because no override is set"
        clients = list_some(without_override, MOST_NAMED)
        yield f"{notes}: {clients} (--map memo=note imports notes as memos)"
    if others and not options.with_overrides:
        clients = count_of(len(others), "client")
        yield f"another owner or partner user for {clients}: not used (see --with-overrides)"


def _note_after(client: Client, changes: Iterable[Change]) -> str:
    """Return the note of the client's override after changes to it."""
    note: Any = client.override.note if client.override else ""
    for change in changes:
        if change.path[3:] == ("note",):
            note = change.after
        elif len(change.path) == 3:  # the whole override
            note = change.after.get("note") if isinstance(change.after, dict) else ""
    return note or ""


def _client_changes(
    roster: _Roster,
    client: Client,
    rows: Sequence[ImportRow],
    renewals: ListedRenewals,
    options: ImportOptions,
) -> tuple[list[Change], list[Problem]]:
    """Return what is to change for one client, for a new one in one change; and what is wrong."""
    # Each part on its own: one may be bad, and another too.
    parts = [listed_field_changes(client, rows, roster.claim), listed_contact_changes(client, rows)]
    parts += (renewals.changes(row) for row in rows)
    parts += [renewals.removals()] if options.prune else []
    if options.with_overrides:
        parts.append(_setting_changes(roster, client, rows))
    changes: list[Change] = []
    problems: list[Problem] = []
    for part in parts:
        try:
            changes.extend(part)
        except BadRow as bad:
            problems.append(bad.problem)
    if client.key not in roster.portfolio.clients and not problems:
        table: dict[str, Any] = {}
        for change in changes:
            field, *item = change.path[2:]
            if item:
                table.setdefault(field, []).append(change.after)
            else:
                table[field] = change.after
        changes = [Change(("clients", client.key), table)]
    return changes, problems


def _setting_changes(roster: _Roster, client: Client, rows: Sequence[ImportRow]) -> Iterator[Change]:
    """Yield the override the rows ask for, unless the client has it, or is treated so, already."""
    (owner, owner_row), (notify, notify_row), (note, _) = (
        agreed(client, rows, name) for name in ("owner", "notify", "note")
    )
    if owner == DEFAULT and notify:
        message = f"{client.key} has owner default and a partner user"
        raise BadRow(notify_row, "notify", message, "name hubspot or partner as owner, or no partner user")
    if owner == DEFAULT:
        yield from clear_override([client]).changes
        return
    if owner is None:
        if notify:
            message = f"{client.key} has a partner user but no owner"
            raise BadRow(notify_row, "notify", message, "name the owner too")
        return
    now = client.override if roster.own_settings else setting_of(roster.portfolio, client)

    def applies(user: str | None) -> bool:
        if now is None or now.owner != owner:
            return False
        any_user = user is None and not roster.own_settings
        return any_user or address_key(user or "") == address_key(now.notify or "")

    if not applies(notify):
        user = _find_user(roster.portfolio, notify_row, notify) if notify else None
        if not applies(user):
            if owner == Owner.PARTNER and user is None:
                message = f"{client.key} has owner partner and no partner user: nobody would be notified"
                raise BadRow(owner_row, "notify", message, "fill the column of the partner user")
            yield from override_changes(client, Override(Owner(owner), user, note or ""))
            return
    if client.override and note and differs(note, client.override.note, Kind.TEXT):
        yield Change(("clients", client.spelling, "override", "note"), note)


def _find_user(portfolio: Portfolio, row: ImportRow, word: str) -> str:
    """Return the address of the partner user in a cell: an address, the part before its @, or a name."""
    named = [user.email for user in portfolio.users.values() if name_key(user.name) == name_key(word)]
    if len(named) == 1:
        return named[0]
    try:
        return find_user(portfolio, word).email
    except RenewctlError as error:
        raise BadRow(row, "notify", error.message, error.hint) from None
