"""Clients, contacts, partner users and the default as answers."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from renewctl.command_line import command_line
from renewctl.domain.identifiers import address_key
from renewctl.domain.resolve import resolve, setting_of
from renewctl.fields import TABLES, Field, Shown
from renewctl.model import Client, PartnerUser, Portfolio, Role
from renewctl.render.result import Cell, DataTable, Grid, Result, column, line, table_of
from renewctl.text import count_of

_CLIENT_FIELDS = TABLES["clients"].values()
_COLUMNS = tuple(field for field in _CLIENT_FIELDS if field.shown >= Shown.COLUMN)


def render_client_list(portfolio: Portfolio, clients: Sequence[Client]) -> Result:
    """Return the roster; the fixed columns are those that overrides are read from in bulk."""
    keys = tuple(field.key for field in _COLUMNS)
    headings = tuple(key.replace("_", " ").capitalize() for key in keys)
    rows: list[tuple[Cell, ...]] = []
    grid: list[tuple[Cell, ...]] = []
    for client in clients:
        override, setting = client.override, setting_of(portfolio, client)
        own = (override.owner, override.notify or "", override.note) if override else ("default", "", "")
        layer, user = "override" if override else "default", setting.notify if setting else None
        words = f"{setting.owner} ({layer})" if setting else "no default"
        named = (client.key, client.name) if client.name else client.key
        columns = [getattr(client, field.attribute) for field in _COLUMNS]
        rows.append((client.key, *own, *columns))
        grid.append((named, words, user or "–", override.note if override else "", *columns))
    return Result(
        {
            "schema": "renewctl.client-list/1",
            "items": lambda: [_client_item(portfolio, each) for each in clients],
        },
        DataTable(("client", "owner", "notify", "note", *keys), rows, "Clients"),
        names=tuple(client.key for client in clients),
        grid=_make_grid(("Client", "Setting", "Partner user", "Note", *headings), grid),
    )


def _make_grid(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Grid:
    lists = zip(*rows, strict=True) if rows else [()] * len(headings)
    columns = zip(headings, lists, strict=True)
    return Grid([[column(heading.upper(), cells) for heading, cells in columns]])


def _client_item(portfolio: Portfolio, client: Client, place: Shown = Shown.LIST) -> dict[str, Any]:
    setting = setting_of(portfolio, client)
    return {
        "client": client.key,
        "name": None,  # named here for the order of the keys; their values are below
        "hub_id": None,
        "source": str(resolve(portfolio, client).source),
        "owner": str(setting.owner) if setting else None,
        "notify": setting.notify if setting else None,
        "note": (client.override.note or None) if client.override else None,
        **_values(client, [field for field in _CLIENT_FIELDS if field.shown >= place]),
    }


def _values(record: Any, fields: Iterable[Field]) -> dict[str, Any]:
    """Return fields of a record of the model as JSON has them; empty text is null."""
    values: dict[str, Any] = {}
    for field in fields:
        value = getattr(record, field.attribute)
        if isinstance(value, tuple):  # roles, or the items of another table
            inner = TABLES[field.table].values() if field.table else ()
            value = [_values(item, inner) if inner else item for item in value]
        values[field.key] = None if value == "" else value
    return values


def render_client(portfolio: Portfolio, client: Client) -> Result:
    """Return everything recorded of one client; people see each line of a text on a line of its own."""
    item = _client_item(portfolio, client, Shown.CLIENT)
    rows: list[tuple[Cell, ...]] = []
    grid: list[tuple[Cell, ...]] = []
    for key, value in item.items():
        cell = [*map(_describe, value)] if isinstance(value, list) else value
        rows.append((key, cell))
        grid.append((key, cell.splitlines() if isinstance(cell, str) else cell))
    document = {"schema": "renewctl.client/1", **item}
    columns = ("field", "value")
    return Result(document, DataTable(columns, rows), names=(client.key,), grid=_make_grid(columns, grid))


def _describe(item: Mapping[str, Any]) -> str:
    """Return a contact or a renewal in words."""
    words = []
    for key, value in item.items():
        if isinstance(value, list):
            words.append("+".join(value))
        elif value:
            text = key if value is True else str(value)
            words.append(f"deadline {text}" if key == "deadline" else text)
    return ", ".join(words)


def render_contacts(portfolio: Portfolio, clients: Sequence[Client]) -> Result:
    """Return who has which role at each client, unassigned roles too, and the partner user."""
    fields = TABLES["contacts"].values()
    items: list[dict[str, Any]] = []
    rows: list[tuple[Cell, ...]] = []
    grid: list[tuple[Cell, ...]] = []
    for client in clients:
        setting = setting_of(portfolio, client)
        user = setting.notify if setting else None
        roles: dict[str, list[dict[str, Any]]] = {}
        for role in Role:
            holders = [contact for contact in client.contacts if role in contact.roles]
            roles[str(role)] = [_values(contact, fields) for contact in holders]
        emails = [[contact["email"] for contact in contacts] for contacts in roles.values()]
        names = [[*map(_name_of, contacts)] or "vacant" for contacts in roles.values()]
        rows.append((client.key, *emails, user))
        grid.append((client.key, *names, user or "none"))
        items.append(
            {
                "client": client.key,
                "name": client.name or None,
                "roles": roles,
                "vacant": [role for role, contacts in roles.items() if not contacts],
                "partner_user": user,
                "contacts_checked": client.contacts_checked,
            }
        )
    headings = ("Client", "Primary", "Billing", "Decision-maker", "Partner user")
    return Result(
        {"schema": "renewctl.contacts/1", "items": items},
        DataTable(("client", *map(str, Role), "partner-user"), rows, "Contacts"),
        names=tuple(client.key for client in clients),
        grid=_make_grid(headings, grid),
    )


def _name_of(person: Mapping[str, Any]) -> str:
    return str(person["email"]) + ("" if person["active"] else " (deactivated)")


def render_default(portfolio: Portfolio) -> Result:
    """Return the partner's default, and how many clients follow it."""
    default = portfolio.default
    overridden = sum(client.override is not None for client in portfolio.clients.values())
    values = {
        "owner": str(default.owner) if default else None,
        "notify": default.notify if default else None,
        "following": len(portfolio.clients) - overridden,
        "overridden": overridden,
    }
    command = command_line("set-default", owner="hubspot", notify="USER")
    extra = () if default else (f"To set one: {command}",)
    return render_fields("renewctl.default/1", values, extra)


def render_users(portfolio: Portfolio) -> Result:
    """Return the partner users, and for how many settings each is the partner user."""
    default = portfolio.default
    overrides = [client.override for client in portfolio.clients.values() if client.override]
    items: list[dict[str, Any]] = []
    grid: list[tuple[Cell, ...]] = []
    for user in sorted(portfolio.users.values(), key=lambda user: user.email):
        number = sum(_is_user(user, override.notify) for override in overrides)
        item = {
            "email": user.email,
            **_values(user, TABLES["users"].values()),
            "default": default is not None and _is_user(user, default.notify),
            "overrides": number,
        }
        items.append(item)
        settings = ["the default"] if item["default"] else []
        settings += [count_of(number, "override")] if number else []
        grid.append((_name_of(item), item["name"], " and ".join(settings) or "nothing"))
    columns = ("email", *TABLES["users"], "default", "overrides")
    return Result(
        {"schema": "renewctl.user-list/1", "items": items},
        table_of(columns, items, "Partner users"),
        names=tuple(item["email"] for item in items),
        grid=_make_grid(("Partner user", "Name", "Set for"), grid),
    )


def _is_user(user: PartnerUser, email: str | None) -> bool:
    return address_key(email or "") == address_key(user.email)


def render_fields(schema: str, values: Mapping[str, Any], extra: Iterable[str] = ()) -> Result:
    """Return a few named values: ``name  value`` for people, an object for programs."""
    width = max(map(len, values))
    lines = []
    for key, value in values.items():
        words = {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
        lines.append(line((f"{key:<{width}}  ", "dim"), "–" if value is None else words))
    lines += [line(text) for text in extra]
    document = {"schema": schema, **values}
    return Result(document, DataTable(("field", "value"), tuple(values.items())), lines=lines)
