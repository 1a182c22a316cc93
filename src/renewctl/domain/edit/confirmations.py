"""Plans for what somebody saw in HubSpot, and when: they never change who is notified."""

from collections.abc import Sequence
from datetime import date

from renewctl.command_line import command_line
from renewctl.domain.edit.tables import record_table, table_changes
from renewctl.domain.resolve import is_same_setting, lacks_user
from renewctl.errors import UsageError
from renewctl.model import Change, Client, Confirmation, Default, Path, Plan, Portfolio, Table


def confirm_settings(
    portfolio: Portfolio,
    clients: Sequence[Client],
    on: date,
    *,
    default: bool,
    entered_as_override: bool = False,
) -> Plan:
    """Plan the record that HubSpot showed the settings of clients on a day, and perhaps the default.

    A client without an override is recorded as following the default; with ``entered_as_override``, as having
    the default's present values, because HubSpot offered no way back and those values were set there.

    Raises:
        UsageError: If the file has no default, and it is to be recorded; or a client has owner partner
            without a user, which HubSpot cannot show.
    """
    changes: list[Change] = []
    recorded: list[str] = []
    newer: list[str] = []

    def record(whose: str, path: Path, wanted: Confirmation, now: Confirmation | None) -> None:
        if now and is_same_setting(now, wanted) and now.on == on:
            recorded.append(f"{whose} is recorded so already")
        else:
            table: Table = {"owner": "default", **record_table("clients.in_hubspot", wanted)}
            changes.extend(table_changes(path, "clients.in_hubspot", table, exists=now is not None))
        if now and now.on > on:
            newer.append(f"{whose}: the record of {now.on} was newer")

    if default:
        setting = _require_default(portfolio)
        wanted = Confirmation(setting.owner, setting.notify, on)
        record("the default", ("defaults", "in_hubspot"), wanted, setting.confirmed)
    for client in clients:
        shown = client.override or (_require_default(portfolio) if entered_as_override else None)
        if lacks_user(shown):
            message = f"HubSpot cannot show what the file says of {client.key}: owner partner, and no user"
            command = command_line("override", client.key, owner="partner", notify="USER")
            hint = f"set one first: {command}"
            raise UsageError(message, hint=hint)
        wanted = Confirmation(shown.owner, shown.notify, on) if shown else Confirmation(None, None, on)
        record(client.key, ("clients", client.spelling, "in_hubspot"), wanted, client.confirmed)
    notes = (*recorded, *newer) if default or clients else ("no click was due",)
    return Plan("confirm", tuple(changes), notes)


def confirm_contacts(clients: Sequence[Client], on: date) -> Plan:
    """Plan the day somebody looked at the contacts of the clients in HubSpot."""
    changes: list[Change] = []
    notes: list[str] = []
    for client in clients:
        if client.contacts_checked == on:
            notes.append(f"{client.key}: contacts are recorded so already")
        else:
            changes.append(Change(("clients", client.spelling, "contacts_checked"), on))
    return Plan("confirm", tuple(changes), tuple(notes))


def _require_default(portfolio: Portfolio) -> Default:
    if portfolio.default is None:
        message = "the file has no default that HubSpot could show"
        command = command_line("set-default", owner="hubspot", notify="USER")
        raise UsageError(message, hint=f"set it first: {command}")
    return portfolio.default
