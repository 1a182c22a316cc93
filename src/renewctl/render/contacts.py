"""Who has which role at each client, as an answer."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from renewctl.command_line import repeat_command
from renewctl.domain.identifiers import address_key
from renewctl.domain.lookup import suggest_first_client
from renewctl.domain.resolve import setting_of
from renewctl.fields import TABLES
from renewctl.model import Client, Contact, Portfolio, Role
from renewctl.render.clients import record_values
from renewctl.render.machine import markdown_columns
from renewctl.render.result import Block, Cell, Column, DataTable, Grid, Line, Result, Segment, line
from renewctl.render.users import DEACTIVATED, INACTIVE, explain_mark, is_inactive, name_users
from renewctl.render.values import label_values
from renewctl.render.wording import ROLES, name_columns, show_client
from renewctl.text import count_of

NOT_ASSIGNED = ("not assigned", "warning")
_HEADINGS = {Role.PRIMARY: "PRIMARY", Role.BILLING: "BILLING", Role.DECISION_MAKER: "DECISION MAKER"}
_MOST = (None, 24, 20, 18, 16, 14, len("not assigned"))
"""Columns of a cell above which contacts are counted instead of named, where there is less and less room."""
_LONGEST_DOMAIN = 24
"""Columns of a domain that is shown instead of a name where there is little room."""


class _Entry(NamedTuple):
    """A client with its contacts by role, and the address of its partner user, if it has one."""

    client: Client
    contacts: Mapping[Role, Sequence[Contact]]
    user: str | None


def render_contacts(portfolio: Portfolio, clients: Sequence[Client], *, long: bool = False) -> Result:
    """Return who has which role at each client, and the partner user; if ``long``, in a block for each."""
    entries = []
    for client in clients:
        setting = setting_of(portfolio, client)
        roles = {role: [each for each in client.contacts if role in each.roles] for role in Role}
        entries.append(_Entry(client, roles, setting.notify if setting else None))
    return Result(
        {"schema": "renewctl.contacts/1", "items": lambda: [*map(_item, entries)]},
        DataTable(("client", *map(str, Role), "partner-user"), map(_row, entries), "Contacts"),
        names=tuple(client.key for client in clients),
        screen=lambda _: _draw(portfolio, entries, long=long),
        footer=_describe(entries, long=long),
        markdown=lambda: markdown_columns([*_choose_page_columns(portfolio, entries)]),
    )


def _row(entry: _Entry) -> tuple[Cell, ...]:
    emails = [[contact.email for contact in contacts] for contacts in entry.contacts.values()]
    return (entry.client.key, *emails, entry.user)


def _item(entry: _Entry) -> dict[str, Any]:
    client, fields = entry.client, TABLES["contacts"].values()
    roles = {}
    for role, contacts in entry.contacts.items():
        roles[str(role)] = [record_values(contact, fields) for contact in contacts]
    return {
        "client": client.key,
        "name": client.name or None,
        "roles": roles,
        "vacant": [role for role, found in roles.items() if not found],
        "partner_user": entry.user,
        "contacts_checked": client.contacts_checked,
    }


def _draw(portfolio: Portfolio, entries: Sequence[_Entry], *, long: bool) -> Iterator[Block]:
    if not entries:
        yield line(("No clients.", "dim"))
    elif long:
        yield from _draw_blocks(portfolio, entries)
    else:
        users = _show_users(portfolio, entries, name_users(portfolio))
        layouts = [*_choose_layouts(portfolio, entries, users)]
        whole = {id(column) for column in layouts[0]}

        def explain(columns: Sequence[Column]) -> Iterator[Line]:
            yield from explain_mark(columns)
            if not whole.issuperset(map(id, columns)):
                where = ", or in the last column a partner user" if columns[-1] is users else ""
                yield line((f"Without @: at the client's domain{where}.", "dim"))

        yield Grid(layouts, long=lambda: _draw_blocks(portfolio, entries), legend=explain)


def _choose_layouts(portfolio: Portfolio, entries: Sequence[_Entry], users: Column) -> Iterator[list[Column]]:
    """Yield the tables for terminals of every width, the widest first, with partner users in short."""
    clients = [entry.client for entry in entries]
    names = name_columns(clients)
    whole = [_show_role(entries, role, ()) for role in Role]
    yield [names["name"], *whole, _show_users(portfolio, entries, {})]
    yield [names["name"], *whole, users]
    keys = {client.key for client in clients}
    domains = Column("DOMAIN", [line((client.key if client.name else "", "dim")) for client in clients])
    yield [names["name"], domains, *(_show_role(entries, role, keys) for role in Role), users]
    for shown in (keys, {each.key for each in clients if not each.name or len(each.key) <= _LONGEST_DOMAIN}):
        both = zip(clients, names["cut name"].cells, strict=True)
        named = [line((each.key, "strong")) if each.key in shown else name for each, name in both]
        for most in _MOST:
            layout = [Column("CLIENT", named), *(_show_role(entries, role, shown, most) for role in Role)]
            yield [*layout, users]
        yield layout


def _show_role(
    entries: Sequence[_Entry], role: Role, domains: Collection[str], most: int | None = None
) -> Column:
    """Return who has a role at each client.

    Args:
        entries: the clients.
        role: the role.
        domains: the clients whose domain is in the table; addresses there are named by what is before the @.
        most: the columns of a terminal that a cell can take; contacts that need more are counted.
    """
    cells = [_show_contacts(entry, role, most, local=entry.client.key in domains) for entry in entries]
    return Column(_HEADINGS[role], cells)


def _show_contacts(entry: _Entry, role: Role, most: int | None, *, local: bool) -> Line:
    from renewctl.render.terminal import measure  # Lazy import: a pipe does not wait for rich.

    contacts = entry.contacts[role]
    if not contacts:
        return line(NOT_ASSIGNED)
    parts: list[str | Segment] = []
    for contact in contacts:
        name = contact.email
        if local and address_key(name).endswith(f"@{entry.client.key}"):
            name = name.rpartition("@")[0]
        parts += [", " if parts else "", name, "" if contact.active else INACTIVE]
    shown = line(*parts)
    if most is None or measure(shown) <= most:
        return shown
    active = all(contact.active for contact in contacts)
    return line(count_of(len(contacts), "contact"), "" if active else INACTIVE)


def _show_users(portfolio: Portfolio, entries: Sequence[_Entry], names: Mapping[str, str]) -> Column:
    """Return the partner users, in short where ``names`` has one for them."""
    cells = []
    for entry in entries:
        if email := entry.user:
            mark = INACTIVE if is_inactive(portfolio, email) else ""
            cells.append(line(names.get(address_key(email), email), mark))
        else:
            cells.append(line(("none", "dim")))
    return Column("PARTNER USER", cells)


def _describe(entries: Sequence[_Entry], *, long: bool) -> tuple[Line, ...]:
    """Return the footer: how many clients there are, and which roles are not assigned."""
    if not entries:
        return (line(suggest_first_client()),)
    what = count_of(len(entries), "client")
    missing = {role: sum(not entry.contacts[role] for entry in entries) for role in Role}
    missing = {role: number for role, number in missing.items() if number}
    if missing:
        roles = ", ".join([f"{ROLES[role]} ({number})" for role, number in missing.items()])
        what += f". Role not assigned: {roles}"
    details = () if long else (line(f"Details: {repeat_command(long=True)}"),)
    return line(f"{what}."), *details


def _draw_blocks(portfolio: Portfolio, entries: Sequence[_Entry]) -> Iterator[Line]:
    """Yield a block for each client, with whole addresses and names."""
    for number, entry in enumerate(entries):
        client = entry.client
        if number:
            yield line()
        yield show_client(client)
        yield from label_values(_list_people(portfolio, entry), "  ")


def _choose_page_columns(portfolio: Portfolio, entries: Sequence[_Entry]) -> Iterator[Column]:
    """Yield the columns of Markdown, whose cells have lines."""
    yield name_columns([entry.client for entry in entries])["name"]
    yield Column("DOMAIN", [line(entry.client.key if entry.client.name else "") for entry in entries])
    people = [_list_people(portfolio, entry) for entry in entries]
    for label in people[0] if people else ():
        yield Column(label.upper(), [each[label] for each in people])


def _list_people(portfolio: Portfolio, entry: _Entry) -> Mapping[str, list[Line]]:
    """Return the contacts of each role and the partner user, by label, with whole addresses and names."""
    people = {
        ROLES[role].capitalize(): [*map(_show_contact, contacts)] or [line(NOT_ASSIGNED)]
        for role, contacts in entry.contacts.items()
    }
    user = entry.user
    mark = DEACTIVATED if user and is_inactive(portfolio, user) else ""
    people[TABLES["defaults"]["notify"].label] = [line(user, mark) if user else line(("none", "dim"))]
    return people


def _show_contact(contact: Contact) -> Line:
    name = (f"  {contact.name}" if contact.name else "", "dim")
    return line(contact.email, "" if contact.active else DEACTIVATED, name)
