"""The contacts of each client, by role, in every form."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any, NamedTuple

from renewctl.command_line import repeat_command
from renewctl.domain.identifiers import address_key
from renewctl.domain.lookup import suggest_first_client
from renewctl.domain.resolve import setting_of
from renewctl.fields import TABLES
from renewctl.model import Client, Contact, Portfolio, Role
from renewctl.render.result import Block, Column, DataTable, Grid, Line, Result, join_lines, line, separate
from renewctl.render.users import DEACTIVATED, INACTIVE, explain_mark, is_inactive, name_users
from renewctl.render.values import label_values, record_values
from renewctl.render.wording import ROLES, name_clients, name_columns, show_client
from renewctl.text import count_of

NOT_ASSIGNED = ("not assigned", "warning")
_HEADINGS = {Role.PRIMARY: "PRIMARY", Role.BILLING: "BILLING", Role.DECISION_MAKER: "DECISION MAKER"}
_USER = "PARTNER USER"
_COUNTED = "dim"
"""The style of contacts that are counted instead of named."""
_MOST = (None, 32, 24, 20, 18, 16, 14, len("not assigned"))
"""Widths of a cell; contacts that need more room are counted instead of named."""
_LONGEST = (None, 32, 24)
"""Widths of a domain; if it needs more room, the client's name is shown instead."""


class _Entry(NamedTuple):
    """A client with its contacts by role, and the address of its partner user, if any."""

    client: Client
    contacts: Mapping[Role, Sequence[Contact]]
    user: str | None


def render_contacts(portfolio: Portfolio, clients: Sequence[Client], *, long: bool = False) -> Result:
    """Return clients' contacts by role and their partner users, in every form."""
    entries, rows = [], []
    for client in clients:
        setting = setting_of(portfolio, client)
        roles = {role: [each for each in client.contacts if role in each.roles] for role in Role}
        entries.append(_Entry(client, roles, setting.notify if setting else None))
        emails = [[contact.email for contact in contacts] for contacts in roles.values()]
        rows.append((client.key, *emails, entries[-1].user))
    return Result(
        {"schema": "renewctl.contacts/1", "items": lambda: [*map(_item, entries)]},
        DataTable(("client", *map(str, Role), "partner-user"), rows, "Contacts"),
        names=tuple(client.key for client in clients),
        screen=lambda width: _draw(portfolio, entries, width, long=long),
        footer=_describe(entries, long=long),
        columns=lambda: _choose_page_columns(portfolio, entries),
    )


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


def _draw(portfolio: Portfolio, entries: Sequence[_Entry], width: int, *, long: bool) -> Iterable[Block]:
    """Return a line or a block for each client."""
    blocks = separate(
        [show_client(entry.client), *label_values(_list_people(portfolio, entry), "  ")] for entry in entries
    )
    if not entries:
        return [line(("No clients.", "dim"))]
    if long:
        return blocks
    return [Grid(_choose_layouts(portfolio, entries, width), lambda: blocks, _explain_names)]


def _choose_layouts(portfolio: Portfolio, entries: Sequence[_Entry], width: int) -> list[list[Column]]:
    """Return tables with a line for each client, first with whole addresses."""
    clients = [entry.client for entry in entries]
    names, keys = name_columns(clients), {client.key for client in clients}
    whole = [_show_role(entries, role, ()) for role in Role]
    users = _show_users(portfolio, entries, name_users(portfolio))
    return [
        [names["name"], *whole, _show_users(portfolio, entries, {})],
        *([names[kind], *whole, users] for kind in ("name", "long name")),
        [names["bare name"], names["domain"], *(_show_role(entries, role, keys) for role in Role), users],
        *_choose_short_layout(entries, names["cut name"], users, width),
        *_choose_short_layout(entries, names["cut domain"], users, width),
    ]


def _explain_names(columns: Sequence[Column]) -> Iterator[Line]:
    """Yield the meaning of the mark in a table, and of names that are not addresses."""
    yield from explain_mark(columns)
    short = {column.heading for column in columns[1:] if _has_short_names(column)}
    meanings = ["partner users"] if _USER in short else []
    meanings += ["contacts at the client's domain"] if short.intersection(_HEADINGS.values()) else []
    if meanings:
        yield line((f"Names without @ are {' or '.join(meanings)}.", "dim"))


def _has_short_names(column: Column) -> bool:
    parts = [part for lines in column.lines_of_cells for each in lines for part in each]
    return any("@" not in text for text, style in parts if not style and text.strip(", "))


def _choose_short_layout(
    entries: Sequence[_Entry], names: Column, users: Column, width: int
) -> Iterator[list[Column]]:
    """Yield the table that fits and counts the fewest contacts, if one fits.

    It shows domains instead of names, if they are not too long. The column of partner users is dropped
    rather than many contacts counted, because `client list` also has it.
    """
    from renewctl.render.terminal import GAP, measure_columns  # Lazy import: a pipe does not wait for rich.

    cost_without_users, room = 1 + len(entries) // 6, width + GAP
    found: list[tuple[int, list[Column]]] = []
    cut = {
        entry.client.key
        for entry, name in zip(entries, names.cells, strict=True)
        if not entry.client.name and name != line((entry.client.key, "strong"))
    }
    for keys in dict.fromkeys(_choose_domains(entries, longest) - cut for longest in _LONGEST):
        named = [
            line((entry.client.key, "strong")) if entry.client.key in keys else name
            for entry, name in zip(entries, names.cells, strict=True)
        ]
        choices = []
        for role in Role:
            columns = [_show_role(entries, role, keys, most) for most in _MOST]
            choices.append([(measure_columns([each]), _count_counted(each), each) for each in columns])
        for last, cost in (([users], 0), ([], cost_without_users)):
            ends = [Column("CLIENT", named), *last]
            left = room - measure_columns(ends)
            for sizes, counts, roles in (zip(*each, strict=True) for each in product(*choices)):
                if sum(sizes) <= left:
                    found.append((cost + sum(counts), [ends[0], *roles, *last]))
    if found:
        yield min(found, key=lambda each: each[0])[1]


def _choose_domains(entries: Sequence[_Entry], longest: int | None) -> frozenset[str]:
    """Return the clients that are shown by domain instead of name."""
    clients = [entry.client for entry in entries]
    return frozenset(
        each.key for each in clients if not each.name or longest is None or len(each.key) <= longest
    )


def _count_counted(roles: Column) -> int:
    return sum(cell[0][1] == _COUNTED for cell in roles.cells)


def _show_role(
    entries: Sequence[_Entry], role: Role, domains: Collection[str], most: int | None = None
) -> Column:
    """Return the column of the contacts with a role.

    Args:
        entries: The clients.
        role: The role.
        domains: The clients whose domain is in the table; addresses at it are shown without it.
        most: The width of a cell; contacts that need more room are counted. None for no limit.
    """
    cells = [_show_contacts(entry, role, most, local=entry.client.key in domains) for entry in entries]
    return Column(_HEADINGS[role], cells)


def _show_contacts(entry: _Entry, role: Role, most: int | None, *, local: bool) -> Line:
    from renewctl.render.terminal import measure  # Lazy import: a pipe does not wait for rich.

    contacts = entry.contacts[role]
    if not contacts:
        return line(NOT_ASSIGNED)
    people = []
    for contact in contacts:
        name = contact.email
        if local and address_key(name).endswith(f"@{entry.client.key}"):
            name = name.rpartition("@")[0]
        people.append(line(name, "" if contact.active else INACTIVE))
    shown = join_lines(people, ", ")
    if most is None or measure(shown) <= most:
        return shown
    active = all(contact.active for contact in contacts)
    return line((count_of(len(contacts), "contact"), _COUNTED), "" if active else INACTIVE)


def _show_users(portfolio: Portfolio, entries: Sequence[_Entry], names: Mapping[str, str]) -> Column:
    """Return the column of partner users, by short name if ``names`` has one."""
    cells = []
    for entry in entries:
        if email := entry.user:
            mark = INACTIVE if is_inactive(portfolio, email) else ""
            cells.append(line(names.get(address_key(email), email), mark))
        else:
            cells.append(line(("none", "dim")))
    return Column(_USER, cells)


def _describe(entries: Sequence[_Entry], *, long: bool) -> tuple[Line, ...]:
    """Return the footer: the number of clients, and the roles that are not assigned."""
    if not entries:
        return (line(f"To start, {suggest_first_client()}"),)
    what = count_of(len(entries), "client")
    missing = [(ROLES[role], sum(not entry.contacts[role] for entry in entries)) for role in Role]
    if roles := [f"{role} ({number})" for role, number in missing if number]:
        what += f". Role not assigned: {', '.join(roles)}"
    details = () if long else (line(f"Details: {repeat_command(long=True)}"),)
    return line(f"{what}."), *details


def _choose_page_columns(portfolio: Portfolio, entries: Sequence[_Entry]) -> Iterator[Column]:
    """Yield the columns of the Markdown table, whose cells can have several lines."""
    names = name_clients(entry.client for entry in entries)
    yield Column("CLIENT", [line((names[entry.client.key], "strong")) for entry in entries])
    yield Column("DOMAIN", [line(entry.client.key if entry.client.name else "") for entry in entries])
    people = [_list_people(portfolio, entry) for entry in entries]
    for label in people[0] if people else ():
        yield Column(label.upper(), [each[label] for each in people])


def _list_people(portfolio: Portfolio, entry: _Entry) -> Mapping[str, list[Line]]:
    """Return the contacts of each role and the partner user, by label."""
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
