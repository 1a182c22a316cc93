"""Remarks on rows that are imported as they are, though they can hardly be meant."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from renewctl.command_line import command_line
from renewctl.domain.edit.contacts import warn_too_many
from renewctl.domain.edit.rows import ImportRow, place_of
from renewctl.domain.edit.settings import warn_inactive
from renewctl.domain.plausibility import FAR_OFF, describe_far_off
from renewctl.errors import Problem
from renewctl.model import Change, Portfolio, Role
from renewctl.text import count_of, list_some

MOST_REMARKS, MOST_LISTED = 3, 20


def describe_left_out(problems: Sequence[Problem], with_them: Sequence[str]) -> Iterator[str]:
    """Yield a note for each bad row that is left out, and one for good rows of the same clients."""
    yield from (f"left out: {place_of(problem)}: {problem.message}" for problem in problems)
    if with_them:
        yield f"left out with them, as rows of the same clients: {list_some(with_them, MOST_LISTED)}"


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
