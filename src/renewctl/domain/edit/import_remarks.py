"""Remarks on rows that are imported as they are, though they can hardly be meant."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from renewctl.command_line import command_line
from renewctl.domain.edit.contacts import ROLE_LABELS, warn_too_many
from renewctl.domain.edit.rows import ImportRow, place_of
from renewctl.domain.edit.settings import warn_inactive
from renewctl.domain.identifiers import address_key
from renewctl.domain.plausibility import FAR_OFF, describe_far_off
from renewctl.errors import MOST_ALIKE, Problem, group_alike
from renewctl.model import Change, PartnerUser, Portfolio, Role
from renewctl.text import cell_reference, count_of, list_some

MOST_REMARKS, MOST_LISTED = 3, 20


def describe_left_out(problems: Sequence[Problem], with_them: Sequence[str]) -> Iterator[str]:
    """Yield a note for the bad rows of each kind, which are left out, and one for good rows with them."""
    for group in group_alike(problems):
        first = group[0]
        if len(group) == 1:
            yield f"left out: {place_of(first)}: {first.message}"
            continue
        alike = all(each.message == first.message for each in group)
        lines = [*dict.fromkeys(str(each.line) for each in group)]
        where = f"{cell_reference(first.sheet, 0)}, rows" if first.sheet else "lines"
        message = first.message if alike else f"{first.message}, or similar"
        yield f"left out: {count_of(len(lines), 'row')}: {message}: {where} {list_some(lines, MOST_ALIKE)}"
    if with_them:
        yield f"left out with them, as rows of the same clients: {list_some(with_them, MOST_LISTED)}"


def remark_on_dates(rows: Sequence[ImportRow], today: date) -> Iterator[str]:
    """Yield a note for the dates that are far off."""
    days = [
        f"{value} in {place_of(row)}"
        for row in rows
        for value in row.values.values()
        if isinstance(value, date) and describe_far_off(value, today)
    ]
    if days:
        some = ", ".join([*days[:MOST_REMARKS], *(["…"] if len(days) > MOST_REMARKS else [])])
        yield f"{count_of(len(days), 'date')} that cannot be meant ({FAR_OFF}): {some}"


def remark_on_contacts(
    groups: Mapping[str, Sequence[ImportRow]], users: Mapping[str, PartnerUser]
) -> Iterator[str]:
    """Yield a note for the first clients with too many in a role, and for partner users who are listed.

    ``groups`` are the rows by client; ``users`` are the partner's, by address in lower case.
    """
    crowded: list[str] = []
    own: dict[tuple[str, Role], dict[str, None]] = {}
    for key, rows in groups.items():
        for role in Role:
            people = [person for row in rows for person in row.values.get(role.replace("-", "_"), ())]
            addresses = dict.fromkeys(address_key(person.email) for person in people)
            crowded += warn_too_many(key, role, len(addresses))
            for address in addresses:
                if address in users:
                    own.setdefault((address, role), {})[key] = None
    yield from crowded[:MOST_REMARKS]
    if len(crowded) > MOST_REMARKS:
        yield f"and {len(crowded) - MOST_REMARKS} more roles with more contacts than HubSpot allows"
    for (address, role), keys in [*own.items()][:MOST_LISTED]:
        clients = list_some([*keys], MOST_REMARKS)
        yield f"{users[address].email} is a partner user, and is listed as {ROLE_LABELS[role]} of {clients}"
    if len(own) > MOST_LISTED:
        yield f"and {len(own) - MOST_LISTED} more roles with a partner user"


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
