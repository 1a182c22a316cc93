"""What the rows of a spreadsheet change about one client, new or known. A blank changes nothing.

Imports the floors below and its neighbours in ``edit`` only.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from renewctl.domain.dates import shift_days
from renewctl.domain.edit.contacts import contact_table, role_list
from renewctl.domain.edit.import_rows import BadRow, ClientIndex, ImportOptions, ImportRow, Person
from renewctl.domain.edit.override_list import DEFAULT
from renewctl.domain.edit.renewals import renewal_table
from renewctl.domain.edit.settings import clear_override, override_changes
from renewctl.domain.identifiers import address_key
from renewctl.domain.lookup import find_user
from renewctl.errors import Problem, RenewctlError, UsageError
from renewctl.model import (
    AnySetting,
    Change,
    Client,
    Contact,
    Override,
    Owner,
    Path,
    Portfolio,
    Renewal,
    Role,
    Table,
)

_SAME = "say the same in each row of a client, or leave it blank"


def client_changes(
    book: ClientIndex, key: str, group: Sequence[ImportRow], wishes: ImportOptions
) -> tuple[list[Change], list[Problem]]:
    """Return what is to change for one client, and what is wrong with its rows.

    For a new client it is a single change, the whole of it.
    """
    known = book.portfolio.clients.get(key)
    client = known or Client(key, key)
    changes: list[Change] = []
    problems: list[Problem] = []
    for part in _parts(book, client, group, wishes):
        try:
            changes.extend(part)
        except BadRow as row:
            problems.append(row.problem)
    if known is None and not problems:
        changes = [Change(("clients", key), _whole(changes))]
    return changes, problems


def has_other_setting(book: ClientIndex, key: str, group: Sequence[ImportRow], wishes: ImportOptions) -> bool:
    """Tell whether rows name another owner or partner user than apply; what cannot be told is one."""
    if not any(entry.owner for entry in group):
        return False
    client = book.portfolio.clients.get(key) or Client(key, key)
    try:
        return any(_setting(book.portfolio, client, group, settings=wishes.settings))
    except BadRow:
        return True


def _whole(changes: Sequence[Change]) -> Table:
    """Return a new client's table, of changes that each set a field or add an item to a list."""
    table: dict[str, Any] = {}
    for change in changes:
        field, *item = change.path[2:]
        if item:
            table.setdefault(field, []).append(change.after)
        else:
            table[field] = change.after
    return table


def _parts(
    book: ClientIndex, client: Client, group: Sequence[ImportRow], wishes: ImportOptions
) -> Iterator[Iterator[Change]]:
    """Yield the parts of a client that rows may change, each on its own: one may be bad, others too."""
    yield _facts(book, client, group)
    yield _contacts(client, group)
    seen: dict[str, tuple[ImportRow, Renewal]] = {}
    for entry in group:
        yield _renewal(book.portfolio, client, entry, wishes, seen)
    if wishes.with_overrides:
        yield _setting(book.portfolio, client, group, settings=wishes.settings)


def _one(group: Sequence[ImportRow], name: str) -> tuple[Any, ImportRow]:
    """Return what the rows say under ``name``, and the row that says it; contradictions are bad."""
    if len(group) == 1:
        return getattr(group[0], name) or None, group[0]
    said = [(getattr(entry, name), entry) for entry in group if getattr(entry, name) not in {"", None}]
    for value, entry in said[1:]:
        if value != said[0][0]:
            other = said[0][1].line
            message = f"{entry.client} has another {name.replace('_', ' ')} in line {other}"
            raise BadRow(entry, name, message, _SAME)
    return said[0] if said else (None, group[0])


def _other(name: str, known: str) -> bool:
    """Tell whether a cell gives another name than the one known, not counting how it is spaced."""
    return name not in {"", known} and _plain(name) != _plain(known)


def _plain(name: str) -> str:
    """Return a name as a spreadsheet has it, which may lose space and line ends."""
    return " ".join(name.split())


def _facts(book: ClientIndex, client: Client, group: Sequence[ImportRow]) -> Iterator[Change]:
    path = ("clients", client.spelling)
    (name, _), (hub_id, entry) = _one(group, "name"), _one(group, "hub_id")
    if name and _other(name, client.name):
        yield Change((*path, "name"), name)
    if hub_id and hub_id != client.hub_id:
        book.claim(hub_id, client.key, entry)
        yield Change((*path, "hub_id"), hub_id)


def _holders(group: Sequence[ImportRow]) -> dict[Role, tuple[Person, ...]]:
    found: dict[Role, tuple[Person, ...]] = {**group[0].holders}
    for entry in group[1:]:
        for role, people in entry.holders.items():
            if found.setdefault(role, people) != people:
                name = role.replace("-", "_")
                raise BadRow(entry, name, f"{entry.client} has another {role} in another row", _SAME)
    return found


def _wanted(holders: Mapping[Role, Sequence[Person]]) -> dict[str, tuple[Person, set[Role]]]:
    """Return who is to hold which roles, by address; a name given once holds for all of them."""
    wanted: dict[str, tuple[Person, set[Role]]] = {}
    for role, people in holders.items():
        for person in people:
            first, roles = wanted.setdefault(address_key(person.email), (person, set()))
            roles.add(role)
            if person.name and not first.name:
                wanted[address_key(person.email)] = (Person(first.email, person.name), roles)
    return wanted


def _contacts(client: Client, group: Sequence[ImportRow]) -> Iterator[Change]:
    """Yield the changes that make just the people named the holders of the roles that are named."""
    holders = _holders(group)
    wanted = _wanted(holders)
    path = ("clients", client.spelling, "contacts")
    known = _by_address(client, group, wanted)
    for key, contact in known.items():
        person, roles = wanted.get(key, (Person(contact.email), set()))
        yield from _contact(path, contact, person.name, {*contact.roles} - {*holders} | roles)
    for key, (person, roles) in wanted.items():
        if key not in known:
            new = Contact(person.email, person.name, tuple(roles))
            yield Change((*path, person.email), contact_table(new))


def _by_address(
    client: Client, group: Sequence[ImportRow], wanted: Mapping[str, object]
) -> dict[str, Contact]:
    known: dict[str, Contact] = {}
    for contact in client.contacts:
        key = address_key(contact.email)
        if key in known and wanted:
            message = f"{client.key} lists {contact.email} twice in the store"
            hint = "make one contact of them in the file, with all the roles"
            raise BadRow(group[0], "client", message, hint)
        known[key] = contact
    return known


def _contact(path: Path, contact: Contact, name: str, roles: set[Role]) -> Iterator[Change]:
    if _other(name, contact.name):
        yield Change((*path, contact.email, "name"), name)
    if roles != set(contact.roles):
        yield Change((*path, contact.email, "roles"), role_list(roles))


def _renewal(
    portfolio: Portfolio,
    client: Client,
    entry: ImportRow,
    wishes: ImportOptions,
    seen: dict[str, tuple[ImportRow, Renewal]],
) -> Iterator[Change]:
    """Yield what one row changes about a renewal; ``seen`` has those of the rows before it."""
    day, deadline = _dates(portfolio, entry, wishes)
    if day is None:
        return
    old = _old(client, entry)
    new = Renewal(day, old.product if old else entry.product, deadline)
    other, before = seen.setdefault(new.product if old else new.product.casefold(), (entry, new))
    if other is entry:
        yield from _dated(client, entry, old, new)
    elif (before.day, before.deadline) != (day, deadline):
        what = f"{entry.client} renews {new.product or 'without a product'} in line {other.line} too"
        hint = "give each renewal its own product, or keep one of the rows"
        raise BadRow(entry, "renewal", what, hint)


def _dates(portfolio: Portfolio, entry: ImportRow, wishes: ImportOptions) -> tuple[date | None, date | None]:
    """Return the renewal date and the deadline of its own that a row means."""
    if entry.renewal is None and entry.deadline is not None and wishes.deadline_is_date:
        return shift_days(entry.deadline, portfolio.policy.deadline_days), None
    return entry.renewal, entry.deadline


def _old(client: Client, entry: ImportRow) -> Renewal | None:
    """Return the client's renewal that a row means, if it is known."""
    if not entry.product and len(client.renewals) == 1:
        return client.renewals[0]
    product = entry.product.strip()
    exact = [renewal for renewal in client.renewals if renewal.product.strip() == product]
    alike = [r for r in client.renewals if r.product.strip().casefold() == product.casefold()]
    if exact or alike:
        return (exact or alike)[0]
    if not product and client.renewals:
        products = ", ".join(repr(renewal.product) for renewal in client.renewals)
        hint = f"name the product: {products}"
        raise BadRow(entry, "product", f"{client.key} has several renewals", hint)
    return None


def _dated(client: Client, entry: ImportRow, old: Renewal | None, new: Renewal) -> Iterator[Change]:
    path = ("clients", client.spelling, "renewals", new.product)
    kept = old.deadline if old and new.deadline is None and new.day != old.day else new.deadline
    try:
        table = renewal_table(Renewal(new.day, new.product, kept))
    except UsageError as error:
        raise BadRow(entry, "deadline", error.message, error.hint) from None
    if old is None:
        yield Change(path, table)
        return
    if new.day != old.day:
        yield Change((*path, "date"), new.day)
    if new.deadline and new.deadline != old.deadline:
        yield Change((*path, "deadline"), new.deadline)


def _setting(
    portfolio: Portfolio, client: Client, group: Sequence[ImportRow], *, settings: bool
) -> Iterator[Change]:
    """Yield the override the rows ask for, unless the client has it, or is treated so, already."""
    (owner, at), (notify, named), (note, _) = (_one(group, name) for name in ("owner", "notify", "note"))
    if owner == DEFAULT:
        yield from clear_override([client]).changes
        return
    if owner is None:
        if notify:
            message = f"{client.key} has a partner user but no owner"
            raise BadRow(named, "notify", message, "name the owner too")
        return
    now = client.override if settings else client.override or portfolio.default
    if _is(now, owner, notify, any_user=not settings):
        yield from _noted(client, note)
        return
    wanted = Override(Owner(owner), _user(portfolio, named, notify), note or "")
    if _is(now, owner, wanted.notify, any_user=not settings):
        yield from _noted(client, note)
        return
    if wanted.owner is Owner.PARTNER and wanted.notify is None:
        message = f"{client.key} has owner partner and no partner user: nobody would be notified"
        raise BadRow(at, "notify", message, "fill the point-of-contact column")
    yield from override_changes(client, wanted)


def _noted(client: Client, note: str | None) -> Iterator[Change]:
    """Yield another note for an override that is otherwise as asked for."""
    if client.override and note and note.strip() != client.override.note.strip():
        yield Change(("clients", client.spelling, "override", "note"), note)


def _is(now: AnySetting | None, owner: str, notify: str | None, *, any_user: bool) -> bool:
    """Tell whether a setting is this one; a blank user may stand for any."""
    if now is None or now.owner != owner:
        return False
    return (any_user and notify is None) or address_key(notify or "") == address_key(now.notify or "")


def _user(portfolio: Portfolio, entry: ImportRow, word: str | None) -> str | None:
    """Return the partner user that a cell names: by address, what is before its @, or name."""
    if not word:
        return None
    named = [
        user.email for user in portfolio.users.values() if _plain(user.name).casefold() == word.casefold()
    ]
    if len(named) == 1:
        return named[0]
    try:
        return find_user(portfolio, word).email
    except RenewctlError as error:
        raise BadRow(entry, "notify", error.message, error.hint) from None
