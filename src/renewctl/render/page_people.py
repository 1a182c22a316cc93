"""The sections of a page by recipient, which can be sent to them."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from renewctl.domain.identifiers import address_key
from renewctl.domain.report import Digest, ReportRow
from renewctl.files import digest as hash_content
from renewctl.model import EMPTY, Portfolio
from renewctl.render.who_by_recipient import list_deliveries
from renewctl.render.who_columns import urgency_of
from renewctl.render.who_report import Report
from renewctl.render.wording import in_days, name_day

RenewalKey = tuple[str, str]
"""The client and the product, of which a client has at most one renewal."""
_NOT_IN_ANCHORS = re.compile("[^a-z0-9]+")
_LONGEST_NAME = 12
"""The most characters of an address in an anchor, so that people recognise it."""


class Item(NamedTuple):
    """A row about which a recipient is notified or copied.

    Args:
        row: The row.
        anchor: Its place in the page, or empty.
        what: Its product and renewal date.
        due: How far away its deadline is.
        style: The style of ``due``.
    """

    row: ReportRow
    anchor: str
    what: str
    due: str
    style: str


class Person(NamedTuple):
    """The heading of a recipient, or of NOBODY, which has no address.

    ``key`` is the normal form of the address, ``anchor`` the place in the page.
    """

    key: str
    anchor: str
    email: str
    name: str


class Group(NamedTuple):
    """A section: recipients with the same rows, and these rows by kind.

    ``number`` is the number of rows.
    """

    people: Sequence[Person]
    deliveries: Sequence[tuple[str, Sequence[Item]]]
    number: int


def renewal_key(row: ReportRow) -> RenewalKey:
    """Return the identity of a row in a report."""
    return row.client.key, row.renewal.product if row.renewal else ""


def _name_anchor(key: str) -> str:
    """Return the anchor of an address.

    It does not depend on the report, so that links stay valid.
    """
    if not key:
        return "to-nobody"
    name = _NOT_IN_ANCHORS.sub("-", key.partition("@")[0])[:_LONGEST_NAME].strip("-")
    return "-".join(filter(None, ["to", name, hash_content(key.encode(errors="surrogatepass"))[:8]]))


def describe_people(
    report: Report, digests: Sequence[Digest], anchors: Mapping[RenewalKey, str] = EMPTY
) -> Sequence[Group]:
    """Return the sections; ``anchors`` are the places of the rows in the page."""
    found: dict[tuple[tuple[str, RenewalKey], ...], tuple[Digest, list[Person]]] = {}
    for digest in digests:
        key = address_key(digest.email)
        same = tuple((delivery, renewal_key(row)) for delivery, row in digest.rows)
        _, people = found.setdefault(same, (digest, []))
        people.append(Person(key, _name_anchor(key), digest.email, digest.name))
    groups = []
    for digest, people in found.values():
        you = "You are each" if len(people) > 1 else "You are"
        deliveries = []
        for delivery in list_deliveries(digest, report.as_of):
            items = [
                _describe_item(row, anchors.get(renewal_key(row), ""), report.as_of) for row in delivery.rows
            ]
            deliveries.append((delivery.write_sentence(digest, you), items))
        groups.append(Group(people, deliveries, len(digest.rows)))
    return groups


def order_people(digests: Sequence[Digest], portfolio: Portfolio) -> Sequence[Digest]:
    """Sort recipients: partner users first, then contacts of clients."""
    return sorted(digests, key=lambda digest: address_key(digest.email) not in portfolio.users)


def find_users(groups: Sequence[Group], portfolio: Portfolio) -> Sequence[tuple[Person, int]]:
    """Return the partner users with a section, and the number of its rows."""
    people = ((person, group.number) for group in groups for person in group.people)
    return [(person, number) for person, number in people if person.key in portfolio.users]


def _describe_item(row: ReportRow, anchor: str, today: date) -> Item:
    renewal, past = row.renewal, row.is_past(today)
    if renewal is None or row.deadline is None:
        return Item(row, anchor, "", "no renewal date", "warning")
    ago = f" ({in_days((renewal.day - today).days)})" if past else ""
    what = ", ".join(filter(None, [renewal.product, f"renewal {name_day(renewal.day)}{ago}"]))
    days = (row.deadline - today).days
    return Item(row, anchor, what, in_days(days), "dim" if past else urgency_of(days))
