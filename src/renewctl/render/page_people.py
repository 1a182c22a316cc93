"""What each person will be notified about, as a section of a page that can be sent."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from renewctl.domain.identifiers import address_key
from renewctl.domain.report import Digest, ReportRow
from renewctl.files import digest as hash_content
from renewctl.model import EMPTY, Portfolio
from renewctl.render.who_by_recipient import list_deliveries
from renewctl.render.who_columns import SOON
from renewctl.render.who_report import Report
from renewctl.render.wording import in_days, name_day

RenewalKey = tuple[str, str]
"""The client and the product: a client has at most one renewal of each."""
_NOT_IN_ANCHORS = re.compile("[^a-z0-9]+")
_LONGEST_NAME = 12
"""Characters before the @ that an anchor has, so that people recognise it."""


class Item(NamedTuple):
    """A row about which a person is notified or copied.

    ``what`` is its product and its renewal date, ``due`` how far off its deadline is; ``anchor`` its place in
    the page, or empty.
    """

    row: ReportRow
    anchor: str
    what: str
    due: str
    style: str


class Person(NamedTuple):
    """Somebody's heading; without an address, that of the rows about which nobody is notified.

    ``key`` is the address as it is compared, ``anchor`` the place in the page.
    """

    key: str
    anchor: str
    email: str
    name: str


class Group(NamedTuple):
    """A section: people who have the same rows, and these by what they are to them, with a sentence for each.

    ``number`` is how many rows there are.
    """

    people: Sequence[Person]
    deliveries: Sequence[tuple[str, Sequence[Item]]]
    number: int


def renewal_key(row: ReportRow) -> RenewalKey:
    """Return what identifies a row among those of a report."""
    return row.client.key, row.renewal.product if row.renewal else ""


def _name_anchor(key: str) -> str:
    """Return the place of a person, by the address alone: a link to it holds next week."""
    if not key:
        return "to-nobody"
    name = _NOT_IN_ANCHORS.sub("-", key.partition("@")[0])[:_LONGEST_NAME].strip("-")
    return "-".join(filter(None, ["to", name, hash_content(key.encode(errors="surrogatepass"))[:8]]))


def describe_people(
    report: Report, digests: Sequence[Digest], anchors: Mapping[RenewalKey, str] = EMPTY
) -> Sequence[Group]:
    """Return the sections, in the order of their first persons; ``anchors`` are the rows' places."""
    people: dict[tuple[tuple[str, RenewalKey], ...], list[Person]] = {}
    found: dict[tuple[tuple[str, RenewalKey], ...], Digest] = {}
    for digest in digests:
        key = address_key(digest.email)
        same = tuple((delivery, renewal_key(row)) for delivery, row in digest.rows)
        people.setdefault(same, []).append(Person(key, _name_anchor(key), digest.email, digest.name))
        found[same] = digest
    return [_describe_group(people[same], digest, anchors, report.as_of) for same, digest in found.items()]


def _describe_group(
    people: Sequence[Person], digest: Digest, anchors: Mapping[RenewalKey, str], today: date
) -> Group:
    you = "You will each be" if len(people) > 1 else "You will be"
    deliveries = [
        (
            delivery.tell(digest, you),
            [_describe_item(row, anchors.get(renewal_key(row), ""), today) for row in delivery.rows],
        )
        for delivery in list_deliveries(digest, today)
    ]
    return Group(people, deliveries, len(digest.rows))


def order_people(digests: Sequence[Digest], portfolio: Portfolio) -> Sequence[Digest]:
    """Return the partner's own users first, then the clients' contacts."""
    return sorted(digests, key=lambda digest: address_key(digest.email) not in portfolio.users)


def find_users(groups: Sequence[Group], portfolio: Portfolio) -> Sequence[tuple[Person, int]]:
    """Return the partner users who have a section, and how many rows it has."""
    people = ((person, group.number) for group in groups for person in group.people)
    return [(person, number) for person, number in people if person.key in portfolio.users]


def _describe_item(row: ReportRow, anchor: str, today: date) -> Item:
    renewal, past = row.renewal, row.is_past(today)
    if renewal is None or row.deadline is None:
        return Item(row, anchor, "", "no renewal date", "warning")
    ago = f" ({in_days((renewal.day - today).days)})" if past else ""
    what = ", ".join(filter(None, [renewal.product, f"renewal {name_day(renewal.day)}{ago}"]))
    days = (row.deadline - today).days
    style = "dim" if past or days > SOON else "warning" if days >= 0 else "error"
    return Item(row, anchor, what, in_days(days), style)
