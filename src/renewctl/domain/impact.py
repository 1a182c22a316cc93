"""Who starts, stops or goes on hearing otherwise when one portfolio becomes another.

Recipients do not depend on dates, so the impact of a change is by client. Pure: imports the floors
below only.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, NamedTuple

from renewctl.domain.identifiers import address_key
from renewctl.domain.resolve import PARTNER_USER, Decision, Rule, recipients
from renewctl.model import Client, Portfolio

Delivery = Literal["to", "cc"]
"""``to``: notified; ``cc``: copied."""


class Recipient(NamedTuple):
    """One person hears about one client: how, by which rule, and whether as a partner user."""

    email: str
    client: str
    delivery: Delivery
    rule: Rule
    partner: bool


class DeliveryChange(NamedTuple):
    """One person hears about one client as before, but notified instead of copied, or copied instead."""

    before: Recipient
    after: Recipient


class Impact(NamedTuple):
    """What a change means in people; everything in order of client, then address.

    ``silenced`` are the clients of whom somebody was notified and nobody is any more, ``silent``
    the new ones of whom nobody is. A client that is ``renamed`` (old key, new key) stays itself.
    """

    added: tuple[Recipient, ...] = ()
    removed: tuple[Recipient, ...] = ()
    switched: tuple[DeliveryChange, ...] = ()
    lost_all: tuple[str, ...] = ()
    new_without: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()

    @property
    def clients(self) -> tuple[str, ...]:
        """The clients about whom anybody starts, stops or goes on hearing otherwise."""
        hearings = (*self.added, *self.removed, *(move.after for move in self.switched))
        return tuple(sorted({hearing.client for hearing in hearings}))


Recipients = Mapping[str, Recipient]
"""Who hears about one client, by address in normal form."""


def compare_recipients(before: Portfolio, after: Portfolio) -> Impact:
    """Return what it means in people when ``before`` becomes ``after``."""
    renamed = find_renames(before, after)
    same_context = _context(before) == _context(after)
    starts: list[Recipient] = []
    stops: list[Recipient] = []
    moves: list[DeliveryChange] = []
    silenced: list[str] = []
    silent: list[str] = []
    pairs = _pairs(before, after, dict(renamed))
    if same_context:  # the decision sees the same of most clients, so it is the same
        pairs = (pair for pair in pairs if pair[1] is not pair[2] and pair[1] != pair[2])
    for key, old, new in sorted(pairs, key=lambda pair: pair[0]):
        was, now = _heard(before, old, key), _heard(after, new, key)
        if was == now and old and new:
            continue
        starts += (now[email] for email in sorted(now.keys() - was.keys()))
        stops += (was[email] for email in sorted(was.keys() - now.keys()))
        both = sorted(was.keys() & now.keys())
        moves += (DeliveryChange(was[e], now[e]) for e in both if was[e].delivery != now[e].delivery)
        if new and not _notifies(now) and (old is None or _notifies(was)):
            (silent if old is None else silenced).append(key)
    return Impact(tuple(starts), tuple(stops), tuple(moves), tuple(silenced), tuple(silent), renamed)


def find_renames(before: Portfolio, after: Portfolio) -> tuple[tuple[str, str], ...]:
    """Return the clients that are in both, alike in everything but the key: (old key, new key).

    Where several that went, or that came, are alike, none is taken for another.
    """
    gone = _by_content(client for key, client in before.clients.items() if key not in after.clients)
    come = _by_content(client for key, client in after.clients.items() if key not in before.clients)
    twins = ((olds, come.get(content, [])) for content, olds in gone.items())
    return tuple((olds[0], news[0]) for olds, news in twins if len(olds) == len(news) == 1)


def _by_content(clients: Iterable[Client]) -> dict[Client, list[str]]:
    found: dict[Client, list[str]] = {}
    for client in clients:
        found.setdefault(client._replace(key="", spelling=""), []).append(client.key)
    return found


def _context(portfolio: Portfolio) -> object:
    """Return what a decision sees besides the client."""
    return portfolio.default, portfolio.policy, portfolio.users


def _pairs(
    before: Portfolio, after: Portfolio, renamed: Mapping[str, str]
) -> Iterator[tuple[str, Client | None, Client | None]]:
    """Yield each client's key, as it is called now, with what it was and what it is."""
    for key, old in before.clients.items():
        now = renamed.get(key, key)
        yield now, old, after.clients.get(now)
    taken = {*before.clients, *renamed.values()}
    yield from ((key, None, new) for key, new in after.clients.items() if key not in taken)


def _heard(portfolio: Portfolio, client: Client | None, key: str) -> Recipients:
    if client is None:
        return {}
    rule, to, cc = recipients(portfolio, client)
    found: dict[str, Recipient] = {}
    sides: tuple[tuple[Delivery, tuple[Decision, ...]], ...] = (("to", to), ("cc", cc))
    for heard_as, decisions in sides:
        for decision in decisions:
            email = decision.email or ""
            found[address_key(email)] = Recipient(email, key, heard_as, rule, PARTNER_USER in decision.roles)
    return found


def _notifies(heard: Recipients) -> bool:
    return any(hearing.delivery == "to" for hearing in heard.values())
