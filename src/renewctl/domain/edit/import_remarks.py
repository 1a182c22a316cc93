"""Remarks on rows that are imported as they are, though they can hardly be meant."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from renewctl.command_line import command_line
from renewctl.domain.edit.contacts import warn_too_many
from renewctl.domain.edit.import_renewals import ListedRenewals
from renewctl.domain.edit.rows import ImportRow, place_of
from renewctl.domain.edit.settings import warn_inactive
from renewctl.domain.identifiers import name_key
from renewctl.domain.plausibility import FAR_OFF, describe_far_off
from renewctl.model import Change, Portfolio, Role
from renewctl.text import count_of, list_some

MOST_REMARKS = 3
MOST_NAMED = 3
"""So many clients are named in a remark on several."""


def remark_on_rows(rows: Sequence[ImportRow], today: date) -> Iterator[str]:
    """Yield a note for the dates that are far off, and for the first clients with too many in a role."""
    days = [
        f"{value} in {place_of(row)}"
        for row in rows
        for value in row.values.values()
        if isinstance(value, date) and describe_far_off(value, today)
    ]
    if days:
        some = ", ".join([*days[:MOST_REMARKS], *(["…"] if len(days) > MOST_REMARKS else [])])
        yield f"{count_of(len(days), 'date')} that cannot be meant ({FAR_OFF}): {some}"
    crowded: dict[str, None] = {}
    for row in rows:
        for role in Role:
            people = row.values.get(role.replace("-", "_"), ())
            crowded |= dict.fromkeys(warn_too_many(row.client, role, len(people)))
    yield from [*crowded][:MOST_REMARKS]
    if len(crowded) > MOST_REMARKS:
        yield f"and {len(crowded) - MOST_REMARKS} more roles with more contacts than HubSpot takes"


def remark_on_clients(
    portfolio: Portfolio,
    groups: Mapping[str, Sequence[ImportRow]],
    renewals: Mapping[str, ListedRenewals],
    *,
    prune: bool,
) -> Iterator[str]:
    """Yield a note for what rows mean that a user would hardly see in the changes.

    Args:
        portfolio: The store.
        groups: The rows of each client.
        renewals: The renewals of each client that the rows list.
        prune: Whether renewals that are not listed are removed.
    """
    unlisted = {name_key(client.name): key for key, client in portfolio.clients.items() if key not in groups}
    for key, listed in renewals.items():
        yield from listed.remarks
        yield from listed.describe_renamed(pruned=prune)
        name = next((row.values["name"] for row in groups[key] if "name" in row.values), "")
        if name and key not in portfolio.clients and (other := unlisted.get(name_key(name))):
            command = command_line("client rename", other, key)
            message = f"{key} is new and has the name of {other}, which is not listed"
            yield f"{message}; if its domain changed, run this before the import: {command}"
    rows = [row for group in groups.values() for row in group]
    blank = [key for key, listed in renewals.items() if listed.client.renewals and not listed.dated]
    if prune and blank and any("renewal" in {*row.places, *row.values} for row in rows):
        have, keep = ("has", "keeps its") if len(blank) == 1 else ("have", "keep their")
        clients = f"{count_of(len(blank), 'client')} {have} no renewal date in the list"
        yield f"{clients} and {keep} renewals: {list_some(blank, MOST_NAMED)}"


def remark_on_changes(portfolio: Portfolio, changes: Iterable[Change]) -> Iterator[str]:
    """Yield a note for each person who is given a role, or a setting, and is deactivated in HubSpot."""
    clients = {client.spelling: client for client in portfolio.clients.values()}
    users: dict[str, None] = {}
    for change in changes:
        key, field, *rest = *change.path[1:], ""
        new: Any = change.after
        if field == "override":
            user = new.get("notify") if isinstance(new, dict) else new if rest[0] == "notify" else None
            users |= dict.fromkeys(warn_inactive(portfolio, user))
        elif field == "contacts" and rest[1:2] == ["roles"] and key in clients:
            contact = next(each for each in clients[key].contacts if each.email == rest[0])
            if not contact.active and {*new} - {*contact.roles}:
                command = command_line("client set", clients[key].key, reactivate=contact.email)
                message = f"{contact.email} gets a role and is deactivated in HubSpot, so receives nothing"
                yield f"{message}; if active again: {command}"
        elif not field and isinstance(new, dict):  # a new client
            users |= dict.fromkeys(warn_inactive(portfolio, new.get("override", {}).get("notify")))
    yield from users
