"""Plans that record confirmed HubSpot settings; they change no recipients."""

from collections.abc import Sequence
from datetime import date

from renewctl.command_line import command_line
from renewctl.domain.edit.settings import describe_lacking_user
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
    """Plan a record that HubSpot shows the settings in the file.

    A client without an override is recorded as following the default in HubSpot.

    Args:
        portfolio: The settings.
        clients: The clients whose settings were confirmed.
        on: The day on which they were.
        default: Whether the default was confirmed, too.
        entered_as_override: Whether the values of the default were entered in HubSpot for clients without an
            override, because HubSpot offered no way back to the default.

    Raises:
        UsageError: If the default is needed and not set, or the partner is a client's renewal owner without
            a partner user, which HubSpot cannot show.
    """
    changes: list[Change] = []
    unchanged: list[str] = []
    newer: list[str] = []

    def record(subject: str, path: Path, wanted: Confirmation, now: Confirmation | None) -> None:
        if now and is_same_setting(now, wanted) and now.on == on:
            unchanged.append(f"{subject} is already confirmed on {on}")
        else:
            table: Table = {"owner": "default", **record_table("clients.in_hubspot", wanted)}
            changes.extend(table_changes(path, "clients.in_hubspot", table, exists=now is not None))
        if now and now.on > on:
            newer.append(f"{subject} was already confirmed later, on {now.on}")

    if default:
        setting = _require_default(portfolio)
        wanted = Confirmation(setting.owner, setting.notify, on)
        record("the default", ("defaults", "in_hubspot"), wanted, setting.confirmed)
    for client in clients:
        shown = client.override or (_require_default(portfolio) if entered_as_override else None)
        if lacks_user(shown):
            message = f"{describe_lacking_user(client.key)}, so there is nothing to confirm"
            command = command_line("override", client.key, owner="partner", notify="USER")
            raise UsageError(message, hint=f"set a partner user first: {command}")
        wanted = Confirmation(shown.owner, shown.notify, on) if shown else Confirmation(None, None, on)
        record(client.key, ("clients", client.spelling, "in_hubspot"), wanted, client.confirmed)
    if not default and not clients:
        unchanged.append("no step in HubSpot is left to confirm")
    return Plan("confirm", tuple(changes), tuple(newer), unchanged=tuple(unchanged))


def confirm_contacts(clients: Sequence[Client], on: date) -> Plan:
    """Plan a record of the day on which contacts were checked in HubSpot."""
    changes: list[Change] = []
    unchanged: list[str] = []
    for client in clients:
        if client.contacts_checked == on:
            unchanged.append(f"the contacts of {client.key} are already confirmed on {on}")
        else:
            changes.append(Change(("clients", client.spelling, "contacts_checked"), on))
    return Plan("confirm", tuple(changes), unchanged=tuple(unchanged))


def _require_default(portfolio: Portfolio) -> Default:
    if portfolio.default is None:
        command = command_line("set-default", owner="hubspot", notify="USER")
        raise UsageError("no default is set", hint=f"set it first: {command}")
    return portfolio.default
