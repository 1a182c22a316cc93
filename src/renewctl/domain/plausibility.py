"""Implausible values: near duplicates, duplicate hub IDs, dates far off."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date

from renewctl.domain.identifiers import address_key, name_key
from renewctl.errors import Problem
from renewctl.model import Client, Path, Portfolio

EARLIEST = date(2006, 1, 1)
"""HubSpot was founded in 2006, so no date in the file can be earlier."""
YEARS_AHEAD = 10
FAR_OFF = f"before {EARLIEST.year}, or more than ten years ahead"


def describe_far_off(day: date, today: date) -> str:
    """Return why a date is implausible; empty if it is plausible."""
    if day < EARLIEST:
        return f"before {EARLIEST.year}"
    ahead = (day.year - YEARS_AHEAD, day.month, day.day) > (today.year, today.month, today.day)
    return "more than ten years ahead" if ahead else ""


def find_implausible(portfolio: Portfolio, today: date) -> Iterator[Problem]:
    """Yield implausible values in a portfolio; ``code`` is the code of the finding."""
    default = portfolio.default
    dates: list[tuple[str, date, Path]] = []
    if default and default.confirmed:
        dates.append(
            (
                "date on which the default was confirmed",
                default.confirmed.on,
                ("defaults", "in_hubspot", "on"),
            )
        )
    first_of: dict[int, str] = {}
    for client in portfolio.clients.values():
        path = ("clients", client.spelling)
        dates += _dates(client, path)
        if client.hub_id is not None:
            first = first_of.setdefault(client.hub_id, client.key)
            if first != client.key:
                message = f"{first} already has the hub ID {client.hub_id}"
                hint = "look up both hub IDs in HubSpot's account menu, then correct the file"
                yield Problem(message, (*path, "hub_id"), hint, code="duplicate-hub-id")
        emails = [contact.email for contact in client.contacts]
        for same in _group(emails, address_key):
            message = f"{len(same)} contacts have the same email address: {', '.join(dict.fromkeys(same))}"
            hint = "combine them into one contact with all the roles"
            yield Problem(message, (*path, "contacts", same[1]), hint, code="look-alike")
        for same in _group([renewal.product for renewal in client.renewals], name_key):
            message = f"{len(same)} renewals are for the same product: {', '.join(map(repr, same))}"
            hint = "keep the right one, or give each a distinct product name"
            yield Problem(message, (*path, "renewals", same[1]), hint, code="look-alike")
    for what, day, place in dates:
        if when := describe_far_off(day, today):
            message = f"the {what} is implausible: {day} is {when}"
            yield Problem(message, place, "look up the date, then correct the file", code="implausible-date")


def _group(spellings: Iterable[str], key_of: Callable[[str], str]) -> list[list[str]]:
    """Return the groups of two or more spellings that have the same key."""
    groups: dict[str, list[str]] = {}
    for spelling in spellings:
        groups.setdefault(key_of(spelling), []).append(spelling)
    return [group for group in groups.values() if len(group) > 1]


def _dates(client: Client, path: Path) -> Iterator[tuple[str, date, Path]]:
    """Yield each date of a client: its name, the day and its path."""
    if client.contacts_checked:
        yield "date on which the contacts were checked", client.contacts_checked, (*path, "contacts_checked")
    if client.confirmed:
        yield "date on which the setting was confirmed", client.confirmed.on, (*path, "in_hubspot", "on")
    for renewal in client.renewals:
        product, place = renewal.product and f" of {renewal.product}", (*path, "renewals", renewal.product)
        yield f"renewal date{product}", renewal.day, (*place, "date")
        if renewal.deadline:
            yield f"renewal deadline{product}", renewal.deadline, (*place, "deadline")
