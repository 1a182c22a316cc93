"""The filters and sort orders of reports and of client lists."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple, TypeVar

from renewctl.domain.identifiers import address_key, name_key, plain_key
from renewctl.domain.report import Period, ReportRow, period_of
from renewctl.domain.resolve import Source, setting_of, source_of
from renewctl.fields import TABLES
from renewctl.model import EMPTY, Client, Owner, Portfolio, Setting, Value

Item = TypeVar("Item")


class Order(StrEnum):
    """The orders of a list."""

    DEADLINE = "deadline"
    RENEWAL = "renewal"
    CLIENT = "client"
    OWNER = "owner"
    PRODUCT = "product"


class RowSelection(NamedTuple):
    """Which rows are listed, and in which order; each matches every filter.

    Args:
        owner: The renewal owner; None for any.
        user: The address of the setting's partner user, empty for none; None for any.
        sources: Where the setting comes from.
        product: Part of the product's name, ignoring case and accents; None for any row, and for clients
            without a renewal.
        codes: Note codes, of which a row must have at least one; empty for any row.
        no_recipient: Whether only rows without a recipient are listed.
        overdue: Whether only rows are listed whose deadline has passed and whose renewal date has not.
        upcoming: Whether only rows are listed whose renewal date has not passed.
        order: What the rows are sorted by; equal rows keep their order.
        reverse: Whether the order is reversed.
    """

    owner: Owner | None = None
    user: str | None = None
    sources: frozenset[Source] = frozenset(Source)
    product: str | None = None
    codes: frozenset[str] = frozenset()
    no_recipient: bool = False
    overdue: bool = False
    upcoming: bool = False
    order: Order = Order.DEADLINE
    reverse: bool = False


class ClientSelection(NamedTuple):
    """Which clients are listed, and in which order; each matches every filter.

    Args:
        owner, user, sources: As in ``RowSelection``.
        search: Text to find in the client's domain, name or memo, the note of its override, or the names
            or addresses of its contacts, ignoring case and accents.
        values: Values of the client's own fields, by key; text is compared ignoring case.
        order: Client, owner or renewal; None for the order of the file.
        reverse: Whether the order is reversed.
    """

    owner: Owner | None = None
    user: str | None = None
    sources: frozenset[Source] = frozenset(Source)
    search: str = ""
    values: Mapping[str, Value | None] = EMPTY
    order: Order | None = None
    reverse: bool = False


def list_rows(rows: Sequence[ReportRow], selection: RowSelection, today: date) -> tuple[ReportRow, ...]:
    """Return the selected rows, sorted.

    In any order, reversed or not, renewals whose date has passed follow the others, and clients without a
    renewal are last. Within each group, rows without a value to sort by are last.
    """
    found = [row for row in rows if _is_selected(row, selection, today)]
    by_value = _sort(found, _ROW_VALUES[selection.order], reverse=selection.reverse)
    periods = [*Period]
    return tuple(sorted(by_value, key=lambda row: periods.index(period_of(row, today))))


def _is_selected(row: ReportRow, selection: RowSelection, today: date) -> bool:
    renewal, deadline, product = row.renewal, row.deadline, selection.product
    return (
        _has_setting(row.resolution.setting, selection)
        and (product is None or (renewal is not None and plain_key(product) in plain_key(renewal.product)))
        and (not selection.codes or any(note.code in selection.codes for note in row.notes))
        and not (selection.no_recipient and row.resolution.to)
        and not (selection.overdue and not (renewal and deadline and deadline < today <= renewal.day))
        and not (selection.upcoming and not (renewal and today <= renewal.day))
    )


def list_clients(portfolio: Portfolio, selection: ClientSelection, today: date) -> tuple[Client, ...]:
    """Return the selected clients, sorted.

    The renewal order uses a client's next renewal. In any order, reversed or not, clients without a value
    to sort by are last.
    """
    text = plain_key(selection.search)
    found = [
        client
        for client in portfolio.clients.values()
        if _has_setting(setting_of(portfolio, client), selection)
        and _has_values(client, selection.values)
        and any(text in plain_key(recorded) for recorded in _texts(client))
    ]
    if selection.order is None:
        return tuple(found[::-1] if selection.reverse else found)
    values: Mapping[Order, Callable[[Client], Any]] = {
        Order.CLIENT: _sort_name,
        Order.OWNER: lambda client: _owner(setting_of(portfolio, client)),
        Order.RENEWAL: lambda client: min(
            (renewal.day for renewal in client.renewals if renewal.day >= today), default=None
        ),
    }
    return tuple(_sort(found, values[selection.order], reverse=selection.reverse))


def _texts(client: Client) -> Iterator[str]:
    """Yield the texts of a client that a search covers."""
    yield from (client.key, client.spelling, client.name, client.memo)
    if client.override:
        yield client.override.note
    for contact in client.contacts:
        yield from (contact.email, contact.name)


def _has_values(client: Client, values: Mapping[str, Value | None]) -> bool:
    fields = TABLES["clients"]
    return all(_fold(getattr(client, fields[key].attribute)) == _fold(value) for key, value in values.items())


def _fold(value: object) -> object:
    if isinstance(value, list | tuple):
        return sorted(map(address_key, value)) or ""
    return name_key(value or "") if isinstance(value, str | None) else value


def _has_setting(setting: Setting | None, selection: RowSelection | ClientSelection) -> bool:
    """Return whether the setting that applies to a client matches the filters."""
    if source_of(setting) not in selection.sources:
        return False
    if selection.owner is not None and _owner(setting) is not selection.owner:
        return False
    if selection.user is None:
        return True
    return setting is not None and address_key(setting.notify or "") == address_key(selection.user)


def _sort(items: Sequence[Item], value: Callable[[Item], Any], *, reverse: bool) -> list[Item]:
    """Return items sorted by value; those without one last, even in reverse."""
    known = [item for item in items if value(item) is not None]
    unknown = [item for item in items if value(item) is None]
    return sorted(known, key=value, reverse=reverse) + unknown


def _sort_name(client: Client) -> str:
    return plain_key(client.name or client.key)


def _owner(setting: Setting | None) -> Owner | None:
    return setting.owner if setting else None


_ROW_VALUES: Mapping[Order, Callable[[ReportRow], Any]] = {
    Order.DEADLINE: lambda row: row.deadline,
    Order.RENEWAL: lambda row: row.renewal.day if row.renewal else None,
    Order.CLIENT: lambda row: _sort_name(row.client),
    Order.OWNER: lambda row: _owner(row.resolution.setting),
    Order.PRODUCT: lambda row: (plain_key(row.renewal.product) or None) if row.renewal else None,
}
"""The value a row is sorted by; None if it has none."""
