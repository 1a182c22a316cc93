"""Write notes on skipped rows, and on imported rows that look wrong."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from renewctl.command_line import command_line
from renewctl.domain.edit.contacts import warn_too_many
from renewctl.domain.edit.import_fields import ROLE_COLUMNS
from renewctl.domain.edit.rows import ImportRow, place_of
from renewctl.domain.edit.settings import warn_inactive
from renewctl.domain.hubspot import ROLE_LABELS
from renewctl.domain.identifiers import address_key
from renewctl.domain.plausibility import FAR_OFF, describe_far_off
from renewctl.errors import MOST_ALIKE, Problem, group_alike
from renewctl.model import Change, PartnerUser, Portfolio, Role
from renewctl.text import cell_reference, count_of, list_some

MOST_NOTES, MOST_LISTED = 3, 20


def describe_skipped(problems: Sequence[Problem], with_them: Sequence[str]) -> Iterator[str]:
    """Yield a note for each kind of invalid rows.

    ``with_them`` are valid rows that are skipped because another row of the client is invalid.
    """
    for group in group_alike(problems):
        first = group[0]
        if len(group) == 1:
            yield f"skipped {place_of(first)}: {first.message}"
            continue
        alike = all(each.message == first.message for each in group)
        lines = [*dict.fromkeys(str(each.line) for each in group)]
        where = f"{cell_reference(first.sheet, 0)}, rows" if first.sheet else "lines"
        message = first.message if alike else f"{first.message}, or similar"
        yield f"skipped {count_of(len(lines), 'row')}: {message}: {where} {list_some(lines, MOST_ALIKE)}"
    if with_them:
        yield f"also skipped, as rows of the same clients: {list_some(with_them, MOST_LISTED)}"


def note_implausible_dates(rows: Sequence[ImportRow], today: date) -> Iterator[str]:
    """Yield a note on implausible dates, if any."""
    days = [
        f"{value} in {place_of(row)}"
        for row in rows
        for value in row.values.values()
        if isinstance(value, date) and describe_far_off(value, today)
    ]
    if days:
        some = ", ".join([*days[:MOST_NOTES], *(["…"] if len(days) > MOST_NOTES else [])])
        yield f"{count_of(len(days), 'implausible date')} ({FAR_OFF}): {some}"


def note_contacts(
    groups: Mapping[str, Sequence[ImportRow]], users: Mapping[str, PartnerUser]
) -> Iterator[str]:
    """Yield notes on roles with too many contacts or a partner user.

    ``groups`` are the rows by client; ``users`` are the partner users by address in lower case.
    """
    crowded: list[str] = []
    own: dict[tuple[str, Role], dict[str, None]] = {}
    for key, rows in groups.items():
        for role, column in ROLE_COLUMNS.items():
            contacts = [contact for row in rows for contact in row.values.get(column, ())]
            addresses = dict.fromkeys(address_key(contact.email) for contact in contacts)
            crowded += warn_too_many(key, role, len(addresses))
            for address in addresses:
                if address in users:
                    own.setdefault((address, role), {})[key] = None
    yield from crowded[:MOST_NOTES]
    if len(crowded) > MOST_NOTES:
        yield f"{len(crowded) - MOST_NOTES} more roles have more contacts than HubSpot allows"
    for (address, role), keys in [*own.items()][:MOST_LISTED]:
        clients = list_some([*keys], MOST_NOTES)
        yield f"{users[address].email} is a partner user but is listed as {ROLE_LABELS[role]} of {clients}"
    if len(own) > MOST_LISTED:
        yield f"{len(own) - MOST_LISTED} more roles have a partner user as contact"


def note_inactive(portfolio: Portfolio, changes: Iterable[Change]) -> Iterator[str]:
    """Yield a note for each deactivated user who gets a role or a setting."""
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
                message = f"{contact.email} gets a role but is deactivated in HubSpot and receives nothing"
                yield f"{message}; check whether it is active again (to record it: {command})"
        elif not field and isinstance(new, dict):  # a new client
            users |= dict.fromkeys(warn_inactive(portfolio, new.get("override", {}).get("notify")))
    yield from users
