"""Values that can be read and can hardly be meant: look-alikes, a hub ID twice, dates far off."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date

from renewctl.domain.identifiers import address_key, name_key
from renewctl.errors import Problem
from renewctl.model import Client, Path, Portfolio

EARLIEST = date(2006, 1, 1)
"""HubSpot was founded in 2006: no renewal, and no look at it, can be older."""
YEARS_AHEAD = 10
FAR_OFF = f"before {EARLIEST.year}, or more than ten years ahead"


def describe_far_off(day: date, today: date) -> str:
    """Return how far off a date is that cannot be meant, as a spreadsheet's zero; "" if it can be."""
    if day < EARLIEST:
        return f"before {EARLIEST.year}"
    ahead = (day.year - YEARS_AHEAD, day.month, day.day) > (today.year, today.month, today.day)
    return "more than ten years ahead" if ahead else ""


def find_implausible(portfolio: Portfolio, today: date) -> Iterator[Problem]:
    """Yield what is odd in a portfolio though it can be read; ``code`` is that of the finding."""
    default = portfolio.default
    dates: list[tuple[str, date, Path]] = []
    if default and default.confirmed:
        dates.append(("confirmation of the default", default.confirmed.on, ("defaults", "in_hubspot", "on")))
    first_of: dict[int, str] = {}
    for client in portfolio.clients.values():
        path = ("clients", client.spelling)
        dates += _dates(client, path)
        if client.hub_id is not None:
            first = first_of.setdefault(client.hub_id, client.key)
            if first != client.key:
                message = f"hub id {client.hub_id} is {first}'s, too"
                hint = "look both up in HubSpot's account menu, and correct the wrong one"
                yield Problem(message, (*path, "hub_id"), hint, code="duplicate-hub-id")
        emails = [contact.email for contact in client.contacts]
        for same in _group(emails, address_key):
            message = f"{len(same)} contacts have one address: {', '.join(dict.fromkeys(same))}"
            hint = "make one contact of them, with all the roles"
            yield Problem(message, (*path, "contacts", same[1]), hint, code="look-alike")
        for same in _group([renewal.product for renewal in client.renewals], name_key):
            message = f"{len(same)} renewals are of one product: {', '.join(map(repr, same))}"
            hint = "keep the right one, or call them what tells them apart"
            yield Problem(message, (*path, "renewals", same[1]), hint, code="look-alike")
    for what, day, place in dates:
        if when := describe_far_off(day, today):
            message = f"the {what} cannot be meant: {day} is {when}"
            yield Problem(message, place, "look the date up, and correct it", code="implausible-date")


def _group(spellings: Iterable[str], key_of: Callable[[str], str]) -> list[list[str]]:
    """Return the spellings that have the same key, those with more than one."""
    groups: dict[str, list[str]] = {}
    for spelling in spellings:
        groups.setdefault(key_of(spelling), []).append(spelling)
    return [group for group in groups.values() if len(group) > 1]


def _dates(client: Client, path: Path) -> Iterator[tuple[str, date, Path]]:
    """Yield each date of a client: what it is, the day, and its place."""
    if client.contacts_checked:
        yield "last look at the contacts", client.contacts_checked, (*path, "contacts_checked")
    if client.confirmed:
        yield "last confirmation", client.confirmed.on, (*path, "in_hubspot", "on")
    for renewal in client.renewals:
        product, place = renewal.product and f" of {renewal.product}", (*path, "renewals", renewal.product)
        yield f"renewal date{product}", renewal.day, (*place, "date")
        if renewal.deadline:
            yield f"deadline{product}", renewal.deadline, (*place, "deadline")
