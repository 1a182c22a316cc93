"""Clients, contacts, partner users and the default as answers."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from renewctl.domain.resolve import resolve
from renewctl.fields import TABLES, Field, Shown
from renewctl.model import AnySetting, Client, PartnerUser, Portfolio, Role
from renewctl.render.result import Cell, DataTable, Result, line
from renewctl.text import count_of, format_value

_CLIENT_FIELDS = TABLES["clients"].values()
_COLUMNS = tuple(field for field in _CLIENT_FIELDS if field.shown >= Shown.COLUMN)


def render_client_list(portfolio: Portfolio, clients: Sequence[Client]) -> Result:
    """Return the roster; the fixed columns are those that overrides are read from in bulk."""
    keys = tuple(field.key for field in _COLUMNS)
    headings = tuple(key.replace("_", " ").capitalize() for key in keys)
    return Result(
        {
            "schema": "renewctl.client-list/1",
            "items": lambda: [_client_item(portfolio, each) for each in clients],
        },
        DataTable(("client", "owner", "notify", "note", *keys), map(_setting_cells, clients)),
        names=tuple(client.key for client in clients),
        grid=DataTable(
            ("Client", "Setting", "Partner user", "Note", *headings),
            (_grid_cells(portfolio, client) for client in clients),
        ),
    )


def _setting_cells(client: Client) -> tuple[Cell, ...]:
    own = client.override
    setting = (str(own.owner), own.notify or "", own.note) if own else ("default", "", "")
    return client.key, *setting, *_column_cells(client)


def _grid_cells(portfolio: Portfolio, client: Client) -> tuple[Cell, ...]:
    setting: AnySetting | None = client.override or portfolio.default
    named = (client.key, client.name) if client.name else client.key
    note = client.override.note if client.override else ""
    words, user = "no default", "–"
    if setting:
        words = f"{setting.owner} ({'override' if client.override else 'default'})"
        user = setting.notify or "–"
    return named, words, user, note, *_column_cells(client)


def _column_cells(client: Client) -> tuple[str, ...]:
    return tuple([format_value(getattr(client, field.attribute)) for field in _COLUMNS])


def _client_item(portfolio: Portfolio, client: Client, place: Shown = Shown.LIST) -> dict[str, Any]:
    setting: AnySetting | None = client.override or portfolio.default
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
    """Return everything recorded of one client."""
    item = _client_item(portfolio, client, Shown.CLIENT)
    rows = tuple((key, _cell(value)) for key, value in item.items())
    document = {"schema": "renewctl.client/1", **item}
    return Result(document, DataTable(("field", "value"), rows), names=(client.key,))


def _cell(value: Any) -> Cell:
    if isinstance(value, list):
        return tuple(", ".join(_words(key, inner) for key, inner in item.items() if inner) for item in value)
    return format_value(value)


def _words(key: str, value: Any) -> str:
    if isinstance(value, list):
        return "+".join(value)
    if key == "deadline":
        return f"deadline {value}"
    return str(value) if value is not True else key


def render_contacts(portfolio: Portfolio, clients: Sequence[Client]) -> Result:
    """Return who has which role at each client, unassigned roles too, and the partner user."""
    items = [_contacts_item(portfolio, client) for client in clients]
    columns = ("client", *(str(role) for role in Role), "partner-user")
    return Result(
        {"schema": "renewctl.contacts/1", "items": items},
        DataTable(columns, map(_contacts_cells, items)),
        names=tuple(client.key for client in clients),
        grid=DataTable(
            ("Client", "Primary", "Billing", "Decision-maker", "Partner user"),
            map(_contacts_grid, items),
        ),
    )


def _contacts_item(portfolio: Portfolio, client: Client) -> dict[str, Any]:
    setting: AnySetting | None = client.override or portfolio.default
    fields = TABLES["contacts"].values()
    roles: dict[str, list[Any]] = {}
    for role in Role:
        roles[str(role)] = [_values(contact, fields) for contact in client.contacts if role in contact.roles]
    return {
        "client": client.key,
        "name": client.name or None,
        "roles": roles,
        "vacant": [role for role, contacts in roles.items() if not contacts],
        "partner_user": setting.notify if setting else None,
        "contacts_checked": client.contacts_checked,
    }


def _contacts_cells(item: Mapping[str, Any]) -> tuple[Cell, ...]:
    cells = [tuple(contact["email"] for contact in contacts) for contacts in item["roles"].values()]
    return item["client"], *cells, item["partner_user"]


def _contacts_grid(item: Mapping[str, Any]) -> tuple[Cell, ...]:
    cells = [tuple(map(_name_of, contacts)) or "vacant" for contacts in item["roles"].values()]
    return item["client"], *cells, item["partner_user"] or "none"


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
    extra = () if default else ("To set one: renewctl set-default --owner hubspot --notify USER",)
    return fields("renewctl.default/1", values, extra)


def render_users(portfolio: Portfolio) -> Result:
    """Return the partner users, and for how many settings each is the partner user."""
    default = portfolio.default
    overrides = [client.override for client in portfolio.clients.values() if client.override]
    items: list[dict[str, Any]] = []
    grid: list[tuple[Cell, ...]] = []
    for user in sorted(portfolio.users.values(), key=lambda user: user.email):
        number = sum(_is_user(user, override.notify) for override in overrides)
        item = {
            **_values(user, TABLES["users"].values()),
            "default": default is not None and _is_user(user, default.notify),
            "overrides": number,
        }
        items.append({"email": user.email, **item})
        settings = ["the default"] if item["default"] else []
        settings += [count_of(number, "override")] if number else []
        grid.append((_name_of(items[-1]), item["name"], " and ".join(settings) or "nothing"))
    columns = ("email", *TABLES["users"], "default", "overrides")
    rows = tuple(tuple(format_value(item[column]) for column in columns) for item in items)
    return Result(
        {"schema": "renewctl.user-list/1", "items": items},
        DataTable(columns, rows),
        names=tuple(item["email"] for item in items),
        grid=DataTable(("Partner user", "Name", "Set for"), grid),
    )


def _is_user(user: PartnerUser, email: str | None) -> bool:
    return (email or "").lower() == user.email.lower()


def fields(schema: str, values: Mapping[str, Any], extra: Iterable[str] = ()) -> Result:
    """Return a few named values: ``name  value`` for people, an object for programs."""
    width = max(map(len, values))
    lines = []
    for key, value in values.items():
        words = {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
        lines.append(line((f"{key:<{width}}  ", "dim"), "–" if value is None else words))
    lines += [line(text) for text in extra]
    rows = tuple((key, "" if value is None else str(value)) for key, value in values.items())
    document = {"schema": schema, **{key.replace(" ", "_"): value for key, value in values.items()}}
    return Result(document, DataTable(("field", "value"), rows), lines=lines)
