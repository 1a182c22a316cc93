"""Clients as answers: the list, and everything recorded of one."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from renewctl.command_line import command_line, repeat_command
from renewctl.domain.dates import deadline_of
from renewctl.domain.lookup import suggest_first_client
from renewctl.domain.resolve import resolve, setting_of
from renewctl.fields import TABLES, Field, Shown
from renewctl.model import Client, Contact, Default, Owner, Portfolio, Renewal
from renewctl.render.machine import markdown_columns
from renewctl.render.result import Block, Cell, Column, DataTable, Grid, Line, Result, line
from renewctl.render.users import DEACTIVATED, describe_setting, explain_mark, name_users
from renewctl.render.values import align, label_values
from renewctl.render.who_columns import OWNERS
from renewctl.render.wording import ROLES, name_columns, show_client
from renewctl.text import count_of, format_value, showable

_FIELDS = TABLES["clients"]
_COLUMNS = tuple(field for field in _FIELDS.values() if field.shown >= Shown.COLUMN)
_KEY = "Domain"
"""The label of what identifies a client."""


class _Roster(NamedTuple):
    """Clients to look at, as of a day."""

    portfolio: Portfolio
    clients: Sequence[Client]
    today: date


def render_client_list(
    portfolio: Portfolio, clients: Sequence[Client], today: date, *, long: bool = False
) -> Result:
    """Return clients, each with its setting; the fixed columns are those that are read as overrides in bulk.

    Args:
        portfolio: all there is.
        clients: those that are listed.
        today: the day from which a client's next renewal counts.
        long: whether people see a block for each client instead of a line.
    """
    keys = tuple(field.key for field in _COLUMNS)
    roster = _Roster(portfolio, clients, today)
    return Result(
        {
            "schema": "renewctl.client-list/1",
            "items": lambda: [_client_item(portfolio, each) for each in clients],
        },
        DataTable(("client", "owner", "notify", "note", *keys), map(_override_row, clients), "Clients"),
        names=tuple(client.key for client in clients),
        screen=lambda width: _draw_list(roster, width, long=long),
        footer=_describe_list(roster, long=long),
        markdown=lambda: markdown_columns([*_choose_page_columns(roster)]),
    )


def _override_row(client: Client) -> tuple[Cell, ...]:
    override = client.override
    own = (override.owner, override.notify or "", override.note) if override else ("default", "", "")
    return (client.key, *own, *(getattr(client, field.attribute) for field in _COLUMNS))


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
        **record_values(client, [field for field in _FIELDS.values() if field.shown >= place]),
    }


def record_values(record: Any, fields: Iterable[Field]) -> dict[str, Any]:
    """Return fields of a record of the model as JSON has them; empty text is null."""
    values: dict[str, Any] = {}
    for field in fields:
        value = getattr(record, field.attribute)
        if isinstance(value, tuple):  # roles, or the items of another table
            inner = TABLES[field.table].values() if field.table else ()
            value = [record_values(item, inner) if inner else item for item in value]
        values[field.key] = None if value == "" else value
    return values


def _choose_page_columns(roster: _Roster) -> Iterator[Column]:
    yield from _make_columns(roster)
    for heading, texts in _collect_texts(roster).items():
        yield Column(heading, [[*map(line, text.splitlines())] for text in texts])
    yield from _make_field_columns(roster, format_value)


def _draw_list(roster: _Roster, width: int, *, long: bool) -> Iterator[Block]:
    """Yield a line for each client, or a block."""
    if not roster.clients:
        yield line(("No clients.", "dim"))
    elif long:
        yield from _draw_blocks(roster)
    else:
        yield Grid([*_choose_layouts(roster, width)], lambda: _draw_blocks(roster), explain_mark)


def _choose_layouts(roster: _Roster, width: int) -> Iterator[list[Column]]:
    """Yield the tables for terminals of every width, the widest first."""
    name, *others = _make_columns(roster, name_users(roster.portfolio))
    (_, setting, renews), fields = others, _make_field_columns(roster, _say)
    names = name_columns(roster.clients)
    layouts = [[each, *others, *fields] for each in (name, names["cut name"])]
    layouts += [[name, *others, *fields[:number]] for number in reversed(range(len(fields)))]
    layouts += [[each, setting, renews] for each in (name, names["short name"])]
    texts = [(heading, cells) for heading, cells in _collect_texts(roster).items() if any(cells)]
    for layout in layouts:
        room = width - _measure_columns(layout)
        for number in range(len(texts), 0, -1):
            if cut := _cut_texts(texts[:number], room):
                yield [*layout, *cut]
        yield layout
    yield [names["short name"], setting]


def _make_columns(roster: _Roster, users: Mapping[str, str] | None = None) -> tuple[Column, ...]:
    """Return client, domain, setting and next renewal; ``users`` have short names by address, if any."""
    portfolio, clients, today = roster
    domains = [line((client.key if client.name else "", "dim")) for client in clients]
    default = line(("default", "dim")) if portfolio.default else describe_setting(portfolio, None)
    overrides = (client.override for client in clients)
    return (
        name_columns(clients)["name"],
        Column("DOMAIN", domains),
        Column("SETTING", [describe_setting(portfolio, own, users) if own else default for own in overrides]),
        Column("RENEWS", [_show_next_renewal(client, today) for client in clients]),
    )


def _make_field_columns(roster: _Roster, say: Callable[[Any], str]) -> list[Column]:
    """Return columns of those fields of clients that are marked as such."""
    columns = []
    for field in _COLUMNS:
        cells = [line(say(getattr(client, field.attribute))) for client in roster.clients]
        columns.append(Column(field.label.upper(), cells))
    return columns


def _collect_texts(roster: _Roster) -> Mapping[str, Sequence[str]]:
    """Return the columns of free text, which can be cut."""
    return {
        "MEMO": [client.memo for client in roster.clients],
        "NOTE": [client.override.note if client.override else "" for client in roster.clients],
    }


def _cut_texts(texts: Sequence[tuple[str, Sequence[str]]], room: int) -> list[Column]:
    """Return a column for each of the texts, which share this room, gaps included; none if it is small."""
    # Lazy import: a pipe does not wait for rich.
    from renewctl.render.terminal import GAP, LEAST_TEXT

    columns: list[Column] = []
    for number, (heading, cells) in enumerate(texts):
        share = room // (len(texts) - number) - GAP
        if share < LEAST_TEXT:
            return []
        columns.append(Column(heading, [line((_take_words(cell, share), "dim")) for cell in cells]))
        room -= _measure_columns(columns[-1:])
    return columns


def _take_words(text: str, room: int) -> str:
    """Return the first words of a text, in at most ``room`` columns; none is cut: it can be an address."""
    from renewctl.render.terminal import shorten  # Lazy import: a pipe does not wait for rich.

    text = showable(" ".join(text.split()))
    if shorten(text, room) == text:
        return text
    words, _, _ = shorten(text, room - 1).rpartition(" ")
    return f"{words} …".lstrip()


def _measure_columns(columns: Iterable[Column]) -> int:
    """Return how wide columns are, each with a gap."""
    from renewctl.render.terminal import GAP, measure  # Lazy import: a pipe does not wait for rich.

    widths = []
    for column in columns:
        lines = (parts for cell in column.cells for parts in (cell if isinstance(cell, list) else [cell]))
        widths.append(GAP + max([len(column.heading), *map(measure, lines)]))
    return sum(widths)


def _show_next_renewal(client: Client, today: date) -> Line:
    days = sorted(renewal.day for renewal in client.renewals)
    if not days:
        return line(("no date", "warning"))
    coming = [day for day in days if day >= today]
    return line(str(coming[0])) if coming else line((f"{days[-1]} past", "warning"))


def _say(value: Any) -> str:
    """Return a single value in words: nothing for what is empty or does not hold."""
    return "yes" if value is True else "" if value is False else format_value(value)


def _describe_list(roster: _Roster, *, long: bool) -> tuple[Line, ...]:
    """Return the footer: how many clients follow the default, and what that is."""
    portfolio, clients, _ = roster
    if not clients:
        return (line("To list more: leave out a filter" if portfolio.clients else suggest_first_client()),)
    overridden = sum(client.override is not None for client in clients)
    following = len(clients) - overridden
    default = _describe_default(portfolio.default)
    follow = f"{'follows' if following == 1 else 'follow'} the default ({default})"
    have = "has an override" if overridden == 1 else "have an override"
    number = count_of(len(clients), "client")
    what = f"{number}: {following} {follow}, {overridden} {have}"
    if not following or not overridden:
        what = f"{number} {follow if following else have}"
    details = "" if long else f"{repeat_command(long=True)}, "
    return line(f"{what}."), line(f"Details: {details}{command_line('client show CLIENT')}")


def _describe_default(default: Default | None) -> str:
    if default is None:
        return "not set"
    owner, user = OWNERS[default.owner], default.notify
    if default.owner is Owner.PARTNER:
        return f"{owner}: {user or 'NOBODY'}"
    return f"{owner}, copy to {user}" if user else f"{owner}, no copy"


def _draw_blocks(roster: _Roster) -> Iterator[Line]:
    """Yield a block for each client, with whole addresses, notes and all renewals, but without contacts."""
    left_out = {_KEY, *(_FIELDS[key].label for key in ("name", "contacts", "contacts_checked"))}
    for number, client in enumerate(roster.clients):
        if number:
            yield line()
        yield show_client(client)
        values = describe_client(roster.portfolio, client, roster.today)
        yield from label_values({name: each for name, each in values.items() if name not in left_out}, "  ")


def render_client(portfolio: Portfolio, client: Client, today: date) -> Result:
    """Return everything recorded of one client; people see what there is, in words, as of ``today``."""
    item = _client_item(portfolio, client, Shown.CLIENT)
    rows: list[tuple[Cell, ...]] = []
    for key, value in item.items():
        rows.append((key, [*map(_join_values, value)] if isinstance(value, list) else value))
    return Result(
        {"schema": "renewctl.client/1", **item},
        DataTable(("field", "value"), rows),
        names=(client.key,),
        screen=lambda _: label_values(describe_client(portfolio, client, today)),
        footer=(line(f"Recipients: {command_line('explain', client.key)}"),),
    )


def _join_values(item: Mapping[str, Any]) -> str:
    """Return a contact or a renewal in a cell for programs."""
    words = []
    for key, value in item.items():
        if isinstance(value, list):
            words.append("+".join(value))
        elif value:
            text = key if value is True else str(value)
            words.append(f"deadline {text}" if key == "deadline" else text)
    return ", ".join(words)


def describe_client(portfolio: Portfolio, client: Client, today: date) -> Mapping[str, Sequence[Line]]:
    """Return what is recorded of a client, in words by label; what is empty has no lines."""
    setting, override, confirmed = setting_of(portfolio, client), client.override, client.confirmed
    source = (f"  {'override' if override else 'default'}" if setting else "", "dim")
    tables = {
        "contacts": _show_contacts(client.contacts),
        "renewals": _show_renewals(client.renewals, portfolio.policy.deadline_days, today),
    }
    values: dict[str, Sequence[Line]] = {
        # Named here for the order; the values of fields are below.
        _FIELDS["name"].label: [],
        _KEY: [line(client.key)],
        _FIELDS["hub_id"].label: [],
        "Setting": [line(*describe_setting(portfolio, setting), source)],
        TABLES["override"]["note"].label: _show_value(override.note if override else ""),
    }
    for field in _FIELDS.values():
        if field.shown:
            value = getattr(client, field.attribute)
            values[field.label] = tables[field.table] if field.table else _show_value(value)
    if confirmed:
        seen = line("default")
        if confirmed.owner:
            seen = describe_setting(portfolio, Default(confirmed.owner, confirmed.notify))
        values[_FIELDS["in_hubspot"].label] = [line(*seen, f", on {confirmed.on}")]
    return values


def _show_value(value: Any) -> list[Line]:
    return [line(text) for text in _say(value).splitlines()]


def _show_contacts(contacts: Sequence[Contact]) -> list[Line]:
    rows = []
    for contact in contacts:
        roles = ", ".join(ROLES[role] for role in contact.roles)
        last = line(roles or ("no role", "dim"), "" if contact.active else DEACTIVATED)
        rows.append((line(contact.email), line(contact.name), last))
    return align(rows)


def _show_renewals(renewals: Sequence[Renewal], usual: int, today: date) -> list[Line]:
    """Return a line for each renewal; the deadline is ``usual`` days before unless one is recorded."""
    rows = []
    for renewal in renewals:
        deadline = f"deadline {deadline_of(renewal, usual)}"
        deadline += "" if renewal.deadline else " (usual)"
        passed = (" past", "warning") if renewal.day < today else ""
        rows.append((line(str(renewal.day), passed), line(renewal.product), line(deadline)))
    return align(rows)
