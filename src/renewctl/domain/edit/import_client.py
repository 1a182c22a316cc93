"""What the rows of a spreadsheet change about one client, new or known. A blank changes nothing."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from renewctl.domain.columns import PLAIN_COLUMNS
from renewctl.domain.dates import shift_days
from renewctl.domain.edit.clients import field_changes
from renewctl.domain.edit.contacts import join_roles
from renewctl.domain.edit.override_list import DEFAULT
from renewctl.domain.edit.renewals import renewal_table
from renewctl.domain.edit.settings import clear_override, override_changes
from renewctl.domain.edit.tables import record_table, role_list
from renewctl.domain.identifiers import address_key, client_key
from renewctl.domain.lookup import find_user
from renewctl.domain.resolve import setting_of
from renewctl.errors import Problem, RenewctlError, UsageError
from renewctl.fields import Kind
from renewctl.model import EMPTY, Change, Client, Contact, Override, Owner, Portfolio, Renewal, Role, Scalar

_SAME = "say the same in each row of a client, or leave it blank"


class ImportRow(NamedTuple):
    """A row about a client. Blank cells are empty or None, or not in the mappings.

    ``values`` has the single values of the client, ``holders`` contacts without roles of their own,
    ``places`` the column of each field, from 1.
    """

    file: str
    line: int
    client: str
    values: Mapping[str, Scalar] = EMPTY
    holders: Mapping[Role, tuple[Contact, ...]] = EMPTY
    renewal: date | None = None
    product: str = ""
    deadline: date | None = None
    owner: str = ""
    notify: str = ""
    note: str = ""
    places: Mapping[str, int] = EMPTY


class ImportOptions(NamedTuple):
    """How an import is meant.

    ``deadline_is_date`` derives the renewal date from a deadline without one. With ``settings`` the
    owner column is each client's own setting; otherwise it is whoever owns the renewals, by the
    default or not, as HubSpot's dashboards print it.
    """

    prune: bool = False
    with_overrides: bool = False
    partial: bool = False
    deadline_is_date: bool = False
    settings: bool = False


class BadRow(Exception):
    """A row that cannot be used; ``problem`` has the reason, and the cell."""

    def __init__(self, row: ImportRow, name: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        column = row.places.get(name, 0)
        self.problem = Problem(message, hint=hint, file=row.file, line=row.line, column=column)


class ClientIndex:
    """The clients of a portfolio by all that a row may call them: looked up once, not row by row."""

    def __init__(self, portfolio: Portfolio) -> None:
        self.portfolio = portfolio
        self._names: dict[str, list[str]] = {}
        self._hub_ids: dict[int, str] = {}
        for key, client in portfolio.clients.items():
            self._names.setdefault(client.name.strip().casefold(), []).append(key)
            if client.hub_id is not None:
                self._hub_ids[client.hub_id] = key

    def find_key(self, row: ImportRow) -> str:
        """Return the client of a row: by domain, hub id or unique name, otherwise a new one's domain.

        Raises:
            BadRow: If it is not in the store, and not a domain.
        """
        word = row.client.strip()
        key = client_key(word)
        if key in self.portfolio.clients:
            return key or ""
        if word.isascii() and word.isdigit() and int(word) in self._hub_ids:
            return self._hub_ids[int(word)]
        named = self._names.get(word.casefold(), [])
        if len(named) == 1:
            return named[0]
        if key is None or "." not in key:
            hint = "the client column needs the client's domain, as acme.example"
            raise BadRow(row, "client", f"{row.client!r} is not a client's domain", hint)
        return key

    def claim(self, hub_id: int, key: str, row: ImportRow) -> None:
        """Reserve a hub id for a client.

        Raises:
            BadRow: If it is another client's, of the store or of the rows.
        """
        other = self._hub_ids.setdefault(hub_id, key)
        if other != key:
            hint = "look it up in HubSpot's account menu"
            raise BadRow(row, "hub_id", f"hub id {hub_id} is {other}'s", hint)


def client_changes(
    index: ClientIndex, key: str, rows: Sequence[ImportRow], options: ImportOptions
) -> tuple[list[Change], list[Problem]]:
    """Return what is to change for one client, for a new one in one change; and what is wrong."""
    known = index.portfolio.clients.get(key)
    client = known or Client(key, key)
    first_of: dict[str, tuple[ImportRow, Renewal]] = {}
    # Each part on its own: one may be bad, and another too.
    parts = [_field_changes(index, client, rows), _contact_changes(client, rows)]
    parts += (_renewal_changes(index.portfolio, client, row, options, first_of) for row in rows)
    if options.with_overrides:
        parts.append(_setting_changes(index.portfolio, client, rows, settings=options.settings))
    changes: list[Change] = []
    problems: list[Problem] = []
    for part in parts:
        try:
            changes.extend(part)
        except BadRow as bad:
            problems.append(bad.problem)
    if known is None and not problems:
        table: dict[str, Any] = {}
        for change in changes:
            field, *item = change.path[2:]
            if item:
                table.setdefault(field, []).append(change.after)
            else:
                table[field] = change.after
        changes = [Change(("clients", key), table)]
    return changes, problems


def has_other_setting(
    index: ClientIndex, key: str, rows: Sequence[ImportRow], options: ImportOptions
) -> bool:
    """Return whether rows name another owner or partner user than apply, or one that is not certain."""
    if not any(row.owner for row in rows):
        return False
    client = index.portfolio.clients.get(key) or Client(key, key)
    try:
        return any(_setting_changes(index.portfolio, client, rows, settings=options.settings))
    except BadRow:
        return True


def _agreed(rows: Sequence[ImportRow], name: str) -> tuple[Any, ImportRow]:
    """Return the value that the rows have for a field, or None, and the row that has it."""
    value, first = None, rows[0]
    for row in rows:
        other = row.values.get(name) if name in PLAIN_COLUMNS else getattr(row, name) or None
        if value is None:
            value, first = other, row if other is not None else first
        elif other is not None and other != value:
            message = f"{row.client} has another {name.replace('_', ' ')} in line {first.line}"
            raise BadRow(row, name, message, _SAME)
    return value, first


def _differs(value: object, known: object) -> bool:
    """Return whether a cell has another value than the one known; text may have lost space in it."""
    if isinstance(value, str) and isinstance(known, str):
        return value != "" and value.split() != known.split()
    return value != known


def _field_changes(index: ClientIndex, client: Client, rows: Sequence[ImportRow]) -> Iterator[Change]:
    agreed = {name: _agreed(rows, name) for name in PLAIN_COLUMNS}
    for name, field in PLAIN_COLUMNS.items():
        value, row = agreed[name]
        if value is None or not _differs(value, getattr(client, field.attribute)):
            continue
        if field.kind is Kind.HUB_ID:
            index.claim(value, client.key, row)
        yield from field_changes(("clients", client.spelling), {field.key: value})


def _contact_changes(client: Client, rows: Sequence[ImportRow]) -> Iterator[Change]:
    """Yield the changes that make just the people named the holders of the roles that are named."""
    holders = _agreed_holders(rows)
    wanted = join_roles((role, contact) for role, people in holders.items() for contact in people)
    known: set[str] = set()
    path = ("clients", client.spelling, "contacts")
    for contact in client.contacts:
        key = address_key(contact.email)
        if key in known and wanted:
            message = f"{client.key} lists {contact.email} twice in the store"
            hint = "make one contact of them in the file, with all the roles"
            raise BadRow(rows[0], "client", message, hint)
        known.add(key)
        new = wanted.get(key, Contact(contact.email))
        roles = {*contact.roles} - {*holders} | {*new.roles}
        if _differs(new.name, contact.name):
            yield Change((*path, contact.email, "name"), new.name)
        if roles != {*contact.roles}:
            yield Change((*path, contact.email, "roles"), role_list(roles))
    for key, new in wanted.items():
        if key not in known:
            yield Change((*path, new.email), record_table("contacts", new))


def _agreed_holders(rows: Sequence[ImportRow]) -> dict[Role, tuple[Contact, ...]]:
    holders: dict[Role, tuple[Contact, ...]] = {}
    for row in rows:
        for role, people in row.holders.items():
            if holders.setdefault(role, people) != people:
                message = f"{row.client} has another {role} in another row"
                raise BadRow(row, role.replace("-", "_"), message, _SAME)
    return holders


def _renewal_changes(
    portfolio: Portfolio,
    client: Client,
    row: ImportRow,
    options: ImportOptions,
    first_of: dict[str, tuple[ImportRow, Renewal]],
) -> Iterator[Change]:
    """Yield what one row changes about a renewal; ``first_of`` has those of the rows before it."""
    day, deadline = row.renewal, row.deadline
    if day is None and deadline is not None and options.deadline_is_date:
        day, deadline = shift_days(deadline, portfolio.policy.deadline_days), None
    if day is None:
        return
    old = _find_renewal(client, row)
    new = Renewal(day, old.product if old else row.product, deadline)
    first, before = first_of.setdefault(new.product if old else new.product.casefold(), (row, new))
    if first is not row:
        if (before.day, before.deadline) != (day, deadline):
            message = f"{row.client} renews {new.product or 'without a product'} in line {first.line} too"
            hint = "give each renewal its own product, or keep one of the rows"
            raise BadRow(row, "renewal", message, hint)
        return
    path = ("clients", client.spelling, "renewals", new.product)
    kept = old.deadline if old and new.deadline is None and new.day != old.day else new.deadline
    try:
        table = renewal_table(Renewal(new.day, new.product, kept))
    except UsageError as error:
        raise BadRow(row, "deadline", error.message, error.hint) from None
    if old is None:
        yield Change(path, table)
        return
    if new.day != old.day:
        yield Change((*path, "date"), new.day)
    if new.deadline and new.deadline != old.deadline:
        yield Change((*path, "deadline"), new.deadline)


def _find_renewal(client: Client, row: ImportRow) -> Renewal | None:
    if not row.product and len(client.renewals) == 1:
        return client.renewals[0]
    product = row.product.strip()
    exact = [renewal for renewal in client.renewals if renewal.product.strip() == product]
    alike = [r for r in client.renewals if r.product.strip().casefold() == product.casefold()]
    if exact or alike:
        return (exact or alike)[0]
    if not product and client.renewals:
        products = ", ".join(repr(renewal.product) for renewal in client.renewals)
        hint = f"name the product: {products}"
        raise BadRow(row, "product", f"{client.key} has several renewals", hint)
    return None


def _setting_changes(
    portfolio: Portfolio, client: Client, rows: Sequence[ImportRow], *, settings: bool
) -> Iterator[Change]:
    """Yield the override the rows ask for, unless the client has it, or is treated so, already."""
    (owner, owner_row), (notify, notify_row), (note, _) = (
        _agreed(rows, name) for name in ("owner", "notify", "note")
    )
    if owner == DEFAULT:
        yield from clear_override([client]).changes
        return
    if owner is None:
        if notify:
            message = f"{client.key} has a partner user but no owner"
            raise BadRow(notify_row, "notify", message, "name the owner too")
        return
    now = client.override if settings else setting_of(portfolio, client)

    def applies(user: str | None) -> bool:
        if now is None or now.owner != owner:
            return False
        any_user = user is None and not settings
        return any_user or address_key(user or "") == address_key(now.notify or "")

    if not applies(notify):
        user = _find_user(portfolio, notify_row, notify) if notify else None
        if not applies(user):
            if owner == Owner.PARTNER and user is None:
                message = f"{client.key} has owner partner and no partner user: nobody would be notified"
                raise BadRow(owner_row, "notify", message, "fill the point-of-contact column")
            yield from override_changes(client, Override(Owner(owner), user, note or ""))
            return
    if client.override and note and note.strip() != client.override.note.strip():
        yield Change(("clients", client.spelling, "override", "note"), note)


def _find_user(portfolio: Portfolio, row: ImportRow, word: str) -> str:
    """Return the address of the partner user in a cell: an address, the part before its @, or a name."""
    name = word.casefold()
    named = [
        user.email for user in portfolio.users.values() if " ".join(user.name.split()).casefold() == name
    ]
    if len(named) == 1:
        return named[0]
    try:
        return find_user(portfolio, word).email
    except RenewctlError as error:
        raise BadRow(row, "notify", error.message, error.hint) from None
