"""Plans for what was confirmed in HubSpot's own screens, and when somebody looked.

They change what is known of HubSpot, never who is notified. Imports ``model``, ``domains`` and
``errors`` only.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from renewctl.domain.identifiers import address_key
from renewctl.errors import UsageError
from renewctl.model import AnySetting, Change, Client, Confirmation, Owner, Path, Plan, Portfolio, Table

COMMAND = "done"


class _Record(NamedTuple):
    """What is to be recorded at ``path``, of whom (for people), and what is recorded there now."""

    whose: str
    path: Path
    wanted: Confirmation
    now: Confirmation | None


def confirm_settings(
    portfolio: Portfolio, clients: Sequence[Client], on: date, *, default: bool, as_override: bool = False
) -> Plan:
    """Plan the record that HubSpot's screens show what the file says.

    Args:
        portfolio: the store's.
        clients: whose screens; one without an override is recorded as following the default.
        on: the day somebody looked.
        default: whether the default's screen is meant too.
        as_override: record the default's present values for clients without an override, because
            their screens offered no way back and those values were set there.

    Raises:
        UsageError: the file has no default, and it is to be recorded; or it names an owner partner
            without a user for a client, which no screen can show.
    """
    records = [_default(portfolio, on)] if default else []
    records += [_client(portfolio, client, on, as_override=as_override) for client in clients]
    changes = tuple(change for record in records for change in _changes(record))
    said = [f"{record.whose} is recorded so already" for record in records if _is_so(record)]
    said += [
        f"{record.whose}: the record of {record.now.on} was newer"
        for record in records
        if record.now and record.now.on > on
    ]
    return Plan(COMMAND, changes, tuple(said) if records else ("no click was due",))


def confirm_contacts(clients: Sequence[Client], on: date) -> Plan:
    """Plan the day somebody looked at who holds which role at ``clients``."""
    changes = (
        Change(("clients", client.spelling, "contacts_checked"), on)
        for client in clients
        if client.contacts_checked != on
    )
    so = (client.key for client in clients if client.contacts_checked == on)
    return Plan(COMMAND, tuple(changes), tuple(f"{key}: contacts are recorded so already" for key in so))


def _default(portfolio: Portfolio, on: date) -> _Record:
    default = _default_of(portfolio)
    wanted = Confirmation(default.owner, default.notify, on)
    now = portfolio.default.confirmed if portfolio.default else None
    return _Record("the default", ("defaults", "in_hubspot"), wanted, now)


def _client(portfolio: Portfolio, client: Client, on: date, *, as_override: bool) -> _Record:
    shown = client.override or (_default_of(portfolio) if as_override else None)
    if shown and shown.owner is Owner.PARTNER and shown.notify is None:
        message = f"HubSpot cannot show what the file says of {client.key}: owner partner, and no user"
        hint = f"set one first: renewctl override {client.key} --owner partner --notify USER"
        raise UsageError(message, hint=hint)
    wanted = Confirmation(shown.owner, shown.notify, on) if shown else Confirmation(None, None, on)
    return _Record(client.key, ("clients", client.spelling, "in_hubspot"), wanted, client.confirmed)


def _default_of(portfolio: Portfolio) -> AnySetting:
    if portfolio.default is None:
        message = "the file has no default that HubSpot could show"
        raise UsageError(message, hint="set it first: renewctl set-default --owner hubspot --notify USER")
    return portfolio.default


def _changes(record: _Record) -> Iterator[Change]:
    table = _table(record.wanted)
    if record.now is None:
        yield Change(record.path, table)
    elif not _is_so(record):
        # Key by key, so that keys of the user's own beside them stay.
        for key in ("owner", "notify", "on"):
            yield Change((*record.path, key), table.get(key))


def _is_so(record: _Record) -> bool:
    now, wanted = record.now, record.wanted
    if now is None or (now.owner, now.on) != (wanted.owner, wanted.on):
        return False
    return address_key(now.notify or "") == address_key(wanted.notify or "")


def _table(wanted: Confirmation) -> Table:
    table: Table = {"owner": str(wanted.owner) if wanted.owner else "default"}
    if wanted.notify:
        table["notify"] = wanted.notify
    table["on"] = wanted.on
    return table
