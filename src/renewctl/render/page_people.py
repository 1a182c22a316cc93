"""What each person will be notified about, as a section of a page that can be sent."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from renewctl.domain.identifiers import address_key
from renewctl.domain.report import Digest, ReportRow
from renewctl.model import EMPTY, Portfolio
from renewctl.render.who import Report
from renewctl.render.who_columns import SOON
from renewctl.render.wording import in_days, name_day
from renewctl.text import count_of

RenewalKey = tuple[str, str]
"""The client and the product: a client has at most one renewal of each."""
_NOT_IN_ANCHORS = re.compile("[^a-z0-9]+")


class Item(NamedTuple):
    """A row about which a person is notified or copied.

    ``what`` is its product and its renewal date, ``due`` how far off its deadline is; ``anchor`` its place in
    the page, or empty.
    """

    row: ReportRow
    anchor: str
    copied: bool
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
    """A section: the people who are notified about the same rows and copied on the same."""

    people: Sequence[Person]
    items: Sequence[Item]

    @property
    def summary(self) -> str:
        """How many renewals they are notified about and copied on, as a sentence to them."""
        copied = sum(item.copied for item in self.items)
        notified = len(self.items) - copied
        parts = [f"notified about {count_of(notified, 'renewal')}"] if notified else []
        parts += [f"copied on {copied if parts else count_of(copied, 'renewal')}"] if copied else []
        you = "You will each be" if len(self.people) > 1 else "You will be"
        return f"{you if self.people[0].email else 'NOBODY is'} {' and '.join(parts)}"


def renewal_key(row: ReportRow) -> RenewalKey:
    """Return what identifies a row among those of a report."""
    return row.client.key, row.renewal.product if row.renewal else ""


def describe_people(
    report: Report, digests: Sequence[Digest], anchors: Mapping[RenewalKey, str] = EMPTY
) -> Sequence[Group]:
    """Return the sections, in the order of the first person of each; ``anchors`` are the rows' in the page.

    The anchor of a person depends on the address alone, so that a link to it holds next week.
    """
    taken: set[str] = set()
    people: dict[tuple[tuple[str, RenewalKey], ...], list[Person]] = {}
    items: dict[tuple[tuple[str, RenewalKey], ...], list[Item]] = {}
    for digest in digests:
        key = address_key(digest.email)
        anchor = f"to-{_NOT_IN_ANCHORS.sub('-', key or 'nobody').strip('-')}"
        while anchor in taken:
            anchor += "-2"
        taken.add(anchor)
        same = tuple((delivery, renewal_key(row)) for delivery, row in digest.rows)
        people.setdefault(same, []).append(Person(key, anchor, digest.email, digest.name))
        items[same] = [
            _describe_item(row, delivery, anchors.get(renewal_key(row), ""), report.as_of)
            for delivery, row in digest.rows
        ]
    return [Group(people[same], items[same]) for same in people]


def order_people(digests: Sequence[Digest], portfolio: Portfolio) -> Sequence[Digest]:
    """Return the partner's own users first, then the clients' contacts."""
    return sorted(digests, key=lambda digest: address_key(digest.email) not in portfolio.users)


def find_users(groups: Sequence[Group], portfolio: Portfolio) -> Sequence[tuple[Person, int]]:
    """Return the partner users who have a section, and how many renewals it has."""
    people = ((person, len(group.items)) for group in groups for person in group.people)
    return [(person, number) for person, number in people if person.key in portfolio.users]


def _describe_item(row: ReportRow, delivery: str, anchor: str, today: date) -> Item:
    renewal, copied = row.renewal, delivery == "cc"
    if renewal is None or row.deadline is None:
        return Item(row, anchor, copied, "", "no renewal date", "warning")
    what = ", ".join(filter(None, [renewal.product, f"renewal {name_day(renewal.day)}"]))
    if renewal.day < today:
        return Item(row, anchor, copied, what, "renewal past", "warning")
    days = (row.deadline - today).days
    style = "error" if days < 0 else "warning" if days <= SOON else "dim"
    return Item(row, anchor, copied, what, in_days(days), style)
