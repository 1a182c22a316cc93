"""The list of clients, and everything recorded about one, in every form."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from renewctl.command_line import command_line, repeat_command
from renewctl.domain.dates import deadline_of
from renewctl.domain.identifiers import plain_key
from renewctl.domain.lookup import suggest_first_client
from renewctl.domain.resolve import resolve, setting_of, source_of
from renewctl.fields import TABLES, Shown
from renewctl.model import Client, Contact, Default, Owner, Portfolio, Renewal, Role
from renewctl.render.result import Block, Cell, Column, DataTable, Grid, Line, Result, line, separate
from renewctl.render.users import DEACTIVATED, describe_setting, explain_mark, name_users
from renewctl.render.values import Rows, label_values, record_values
from renewctl.render.wording import NOBODY, OWNERS, ROLES, name_client, name_columns, show_client
from renewctl.text import agree, count_of, format_value, showable

_FIELDS = TABLES["clients"]
_COLUMNS = tuple(field for field in _FIELDS.values() if field.shown >= Shown.COLUMN)
_KEY = "Domain"
"""The label of a client's key."""
_WIDE = (("bare name", "domain"), ("name",), ("long name",))
"""How wide tables name clients. A shorter form is tried before a text is dropped."""
_NARROW = (
    ("cut name", "setting", "renews"),
    ("short name", "setting", "renews"),
    ("short name", "setting"),
    ("short name", "owner", "renews"),
    ("short name", "owner"),
    ("short name",),
    ("cut domain", "setting", "renews"),
    ("cut domain", "owner", "renews"),
    ("cut domain", "owner"),
)
"""The columns of the other tables, from wide to narrow."""


class ClientListing(NamedTuple):
    """Clients to list.

    Args:
        portfolio: The data of the file.
        clients: The clients to list.
        today: The day from which a client's next renewal counts.
        search: The text that was searched for; empty if there was no search.
        filters: The options that filter clients, as they are typed.
    """

    portfolio: Portfolio
    clients: Sequence[Client]
    today: date
    search: str = ""
    filters: Sequence[str] = ()


def render_client_list(listing: ClientListing, *, long: bool = False) -> Result:
    """Return clients and their settings, in every form.

    ``override --from-file`` reads the fixed columns. If ``long``, people see a block for each client.
    """
    portfolio, clients, *_ = listing
    keys = tuple(field.key for field in _COLUMNS)
    return Result(
        {
            "schema": "renewctl.client-list/1",
            "items": lambda: [_client_item(portfolio, each) for each in clients],
        },
        DataTable(("client", "owner", "notify", "note", *keys), map(_override_row, clients), "Clients"),
        names=tuple(client.key for client in clients),
        screen=lambda width: _draw_list(listing, width, long=long),
        footer=_describe_list(listing, long=long),
        columns=lambda: _choose_page_columns(listing),
    )


def _override_row(client: Client) -> tuple[Cell, ...]:
    override = client.override
    own = (override.owner, override.notify or "", override.note) if override else ("default", "", "")
    return (client.key, *own, *(getattr(client, field.attribute) for field in _COLUMNS))


def _client_item(portfolio: Portfolio, client: Client, place: Shown = Shown.LIST) -> dict[str, Any]:
    setting = setting_of(portfolio, client)
    record = record_values(client, [field for field in _FIELDS.values() if field.shown >= place])
    return {
        "client": client.key,
        "name": record.pop("name"),
        "hub_id": record.pop("hub_id"),
        "source": str(resolve(portfolio, client).source),
        "owner": str(setting.owner) if setting else None,
        "notify": setting.notify if setting else None,
        "note": (client.override.note or None) if client.override else None,
        **record,
    }


def _choose_page_columns(listing: ClientListing) -> Iterator[Column]:
    yield Column("CLIENT", [line(name_client(client)) for client in listing.clients])
    yield Column("DOMAIN", [line(client.key if client.name else "") for client in listing.clients])
    yield from _make_columns(listing).values()
    for heading, texts in _collect_texts(listing).items():
        yield Column(heading, [[*map(line, text.splitlines())] for text in texts])
    yield from _make_field_columns(listing, format_value)


def _draw_list(listing: ClientListing, width: int, *, long: bool) -> Iterable[Block]:
    """Return a line or a block for each client."""
    blocks = separate(_draw_block(listing, client) for client in listing.clients)
    if not listing.clients:
        return [line(("No clients.", "dim"))]
    return blocks if long else [Grid([*_choose_layouts(listing, width)], lambda: blocks, explain_mark)]


def _choose_layouts(listing: ClientListing, width: int) -> Iterator[list[Column]]:
    """Yield tables from wide to narrow; first those with the text a search found."""
    from renewctl.render.terminal import measure_columns  # Lazy import: a pipe does not wait for rich.

    columns = {
        **name_columns(listing.clients),
        **_make_columns(listing, name_users(listing.portfolio)),
        "owner": Column("SETTING", [_show_owner(listing.portfolio, client) for client in listing.clients]),
    }
    fields = _make_field_columns(listing, _format_plainly)
    values = [columns["setting"], columns["renews"]]
    families = [
        [[*map(columns.__getitem__, names), *values, *fields[:number]] for names in _WIDE]
        for number in range(len(fields), -1, -1)
    ]
    families += [[[*map(columns.__getitem__, layout)]] for layout in _NARROW]
    texts = {heading: cells for heading, cells in _collect_texts(listing).items() if any(cells)}
    found = [heading for heading, cells in texts.items() if any(_is_found(listing, cell) for cell in cells)]
    for needed in (found, []) if found else ([],):
        order = sorted(texts.items(), key=lambda text: text[0] not in needed)
        for family in families:
            for number in range(len(order), len(needed) - 1, -1):
                for layout in family:
                    cut = _cut_texts(listing, order[:number], width - measure_columns(layout))
                    if len(cut) == number and (needed or len(layout) > 1):
                        yield [*layout, *cut]


def _is_found(listing: ClientListing, text: str) -> bool:
    """Return whether a text contains the text that was searched for."""
    return bool(listing.search) and plain_key(listing.search) in plain_key(text)


def _make_columns(listing: ClientListing, users: Mapping[str, str] | None = None) -> dict[str, Column]:
    """Return the columns of the setting and the next renewal."""
    settings = [_show_setting(listing.portfolio, client, users) for client in listing.clients]
    renewals = [_show_next_renewal(client, listing.today) for client in listing.clients]
    return {"setting": Column("SETTING", settings), "renews": Column("RENEWS", renewals)}


def _show_setting(portfolio: Portfolio, client: Client, users: Mapping[str, str] | None) -> Line:
    """Return the setting in a few words, after the alarm if nobody is notified."""
    setting, shown = client.override, line(("default", "dim"))
    alarm = not resolve(portfolio, client).to
    if setting and alarm and setting.owner is Owner.HUBSPOT:
        shown = line(OWNERS[setting.owner])  # If nobody is notified, nobody is copied.
    elif setting or not portfolio.default:
        shown = describe_setting(portfolio, setting, users)
    return line(*NOBODY, " (", *shown, ")") if alarm else shown


def _show_owner(portfolio: Portfolio, client: Client) -> Line:
    """Return the alarm, or the owner of an override."""
    if not resolve(portfolio, client).to:
        return NOBODY
    return line(OWNERS[client.override.owner]) if client.override else line(("default", "dim"))


def _make_field_columns(listing: ClientListing, write: Callable[[Any], str]) -> list[Column]:
    """Return the columns of the client fields that are shown in lists."""
    columns = []
    for field in _COLUMNS:
        cells = [line(write(getattr(client, field.attribute))) for client in listing.clients]
        columns.append(Column(field.label.upper(), cells))
    return columns


def _collect_texts(listing: ClientListing) -> Mapping[str, Sequence[str]]:
    """Return the columns of free text, which can be shortened."""
    return {
        "MEMO": [client.memo for client in listing.clients],
        "NOTE": [client.override.note if client.override else "" for client in listing.clients],
    }


def _cut_texts(listing: ClientListing, texts: Sequence[tuple[str, Sequence[str]]], room: int) -> list[Column]:
    """Return columns of texts that share ``room``; none if it is too little."""
    # Lazy import: a pipe does not wait for rich.
    from renewctl.render.terminal import GAP, LEAST_TEXT, measure_columns

    columns: list[Column] = []
    for number, (heading, cells) in enumerate(texts):
        share = room // (len(texts) - number) - GAP
        if share < LEAST_TEXT:
            return []
        columns.append(Column(heading, [line((_excerpt(listing, cell, share), "dim")) for cell in cells]))
        room -= measure_columns(columns[-1:])
    return columns


def _excerpt(listing: ClientListing, text: str, room: int) -> str:
    """Return the first words that fit, or those around what a search found."""
    text = showable(" ".join(text.split()))
    first = _take_words(text, room)
    if _is_found(listing, first) or not _is_found(listing, text):
        return first
    words = text.split(" ")
    tails = (_take_words(" ".join(words[place:]), room - len("… ")) for place in range(1, len(words)))
    return next((f"… {tail}" for tail in tails if _is_found(listing, tail)), first)


def _take_words(text: str, room: int) -> str:
    """Return the words that fit. No word is cut, because it can be an address."""
    from renewctl.render.terminal import shorten  # Lazy import: a pipe does not wait for rich.

    if shorten(text, room) == text:
        return text
    words, _, _ = shorten(text, room - 1).rpartition(" ")
    return f"{words} …".lstrip()


def _show_next_renewal(client: Client, today: date) -> Line:
    days = sorted(renewal.day for renewal in client.renewals)
    if not days:
        return line(("no date", "warning"))
    coming = [day for day in days if day >= today]
    return line(str(coming[0])) if coming else line((f"{days[-1]} past", "warning"))


def _format_plainly(value: Any) -> str:
    """Return a single value in words: an empty text for an empty or a false value."""
    return "yes" if value is True else "" if value is False else format_value(value)


def _describe_list(listing: ClientListing, *, long: bool) -> tuple[Line, ...]:
    """Return the footer: clients by setting, and clients without a recipient."""
    portfolio, clients, *_ = listing
    if not clients:
        wider = f"To list more, remove {' or '.join(listing.filters)}"
        return (line(wider if portfolio.clients else f"To start, {suggest_first_client()}"),)
    lines = [line(f"{_describe_numbers(listing)}.")]
    if number_without := sum(not resolve(portfolio, client).to for client in clients):
        details = command_line("who --all --no-recipient")
        about = f" is notified about {count_of(number_without, 'client')}: {details}"
        lines.append(line(*NOBODY, about))
    details = "" if long else f"{repeat_command(long=True)}, "
    return (*lines, line(f"Details: {details}{command_line('client show CLIENT')}"))


def _describe_numbers(listing: ClientListing) -> str:
    """Return how many clients follow the default, and how many have an override."""
    clients, default = listing.clients, listing.portfolio.default
    overridden = sum(client.override is not None for client in clients)
    following = len(clients) - overridden
    follow = f"{agree(following, 'have')} no override, and no default is set"
    if default:
        follow = f"{agree(following, 'follow')} the default ({_describe_default(default)})"
    have = f"{agree(overridden, 'have')} an override"
    number = count_of(len(clients), "client")
    if not following or not overridden:
        return f"{number} {follow if following else have}"
    if default is None:
        return f"{number}: {overridden} {have}, {following} {follow}"
    return f"{number}: {following} {follow}, {overridden} {have}"


def _describe_default(default: Default) -> str:
    owner, user = OWNERS[default.owner], default.notify
    if default.owner is Owner.PARTNER:
        return f"{owner}: {user or 'NOBODY'}"
    return f"{owner}, copy to {user}" if user else f"{owner}, no copy"


def _draw_block(listing: ClientListing, client: Client) -> Iterator[Block]:
    """Yield a client without its contacts."""
    left_out = {_KEY, *(_FIELDS[key].label for key in ("name", "contacts", "contacts_checked"))}
    values = describe_client(listing.portfolio, client, listing.today)
    yield show_client(client)
    yield from label_values({name: each for name, each in values.items() if name not in left_out}, "  ")


def render_client(portfolio: Portfolio, client: Client, today: date) -> Result:
    """Return everything recorded about one client, in every form."""
    item = _client_item(portfolio, client, Shown.CLIENT)
    rows: list[tuple[Cell, ...]] = []
    for key, value in item.items():
        rows.append((key, [*map(_join_values, value)] if isinstance(value, list) else value))
    return Result(
        {"schema": "renewctl.client/1", **item},
        DataTable(("field", "value"), rows),
        names=(client.key,),
        screen=lambda _: label_values(describe_client(portfolio, client, today)),
        footer=(line(f"Who is notified: {command_line('explain', client.key)}"),),
    )


def _join_values(item: Mapping[str, Any] | str) -> str:
    """Return a contact, a renewal or an address as the text of a cell for programs."""
    if isinstance(item, str):
        return item
    words = []
    for key, value in item.items():
        if isinstance(value, list):
            words.append("+".join(value))
        elif value:
            text = key if value is True else str(value)
            words.append(f"deadline {text}" if key == "deadline" else text)
    return ", ".join(words)


def describe_client(portfolio: Portfolio, client: Client, today: date) -> Mapping[str, Sequence[Line] | Rows]:
    """Return the record of a client, by label; empty values have no lines."""
    override, confirmed = client.override, client.confirmed
    missing = [ROLES[role] for role in Role if not any(role in each.roles for each in client.contacts)]
    tables = {
        "contacts": _show_contacts(client.contacts),
        "renewals": _show_renewals(client.renewals, portfolio.policy.deadline_days, today),
    }
    after: Mapping[str, Mapping[str, Sequence[Line]]] = {
        "name": {_KEY: [line(client.key)]},
        "hub_id": {
            "Setting": [_describe_source(portfolio, client)],
            "Recipients": [] if resolve(portfolio, client).to else [NOBODY],
            TABLES["override"]["note"].label: _show_value(override.note if override else ""),
        },
        "contacts": {"Not assigned": [line((", ".join(missing), "warning"))] if missing else []},
    }
    values: dict[str, Sequence[Line] | Rows] = {}
    for key, field in _FIELDS.items():
        if field.shown:
            value = getattr(client, field.attribute)
            values[field.label] = tables[field.table] if field.table else _show_value(value)
        values |= after.get(key, {})
    if confirmed:
        setting = line("default")
        if confirmed.owner:
            setting = describe_setting(portfolio, Default(confirmed.owner, confirmed.notify))
        values[_FIELDS["in_hubspot"].label] = [line(*setting, f", confirmed on {confirmed.on}")]
    return values


def _describe_source(portfolio: Portfolio, client: Client) -> Line:
    """Return the setting that applies to a client, and where it comes from."""
    setting, override = setting_of(portfolio, client), client.override
    if setting is None:
        return describe_setting(portfolio, None)
    uncertain = " (uncertain)" if override and override.owner is Owner.HUBSPOT and override.notify else ""
    source = (f"  {source_of(setting)}", "dim")
    return line(*describe_setting(portfolio, setting), uncertain, source)


def _show_value(value: Any) -> list[Line]:
    return [line(text) for text in _format_plainly(value).splitlines()]


def _show_contacts(contacts: Sequence[Contact]) -> Rows:
    rows = []
    for contact in contacts:
        roles = ", ".join(ROLES[role] for role in contact.roles)
        last = line(roles or ("no role", "dim"), "" if contact.active else DEACTIVATED)
        rows.append((line(contact.email), line(contact.name), last))
    return Rows(rows)


def _show_renewals(renewals: Sequence[Renewal], usual: int, today: date) -> Rows:
    """Return a row for each renewal; ``usual`` is the days to an unrecorded deadline."""
    rows = []
    for renewal in renewals:
        deadline = f"deadline {deadline_of(renewal, usual)}"
        deadline += " (recorded)" if renewal.deadline else ""
        passed = (" past", "warning") if renewal.day < today else ""
        rows.append((line(str(renewal.day), passed), line(deadline), line(renewal.product)))
    return Rows(rows, below=2)
