"""The impact of a change: how the recipients of two portfolios differ.

Recipients do not depend on dates, so the impact of a change is by client.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, NamedTuple

from renewctl.domain.identifiers import address_key, client_key, name_key
from renewctl.domain.resolve import PARTNER_USER, Resolution, Rule, resolve
from renewctl.model import EMPTY, Change, Client, Portfolio, Renewal

Delivery = Literal["to", "cc"]
"""``to``: notified; ``cc``: copied."""


class Recipient(NamedTuple):
    """A recipient of a client's notices.

    Args:
        email: The address.
        client: The key of the client.
        delivery: Whether the recipient is notified or copied.
        rule: The rule that applies to the client.
        partner: Whether the recipient is the partner user.
        uncertain: Whether the copy is not documented by HubSpot.
    """

    email: str
    client: str
    delivery: Delivery
    rule: Rule
    partner: bool
    uncertain: bool = False


class DeliveryChange(NamedTuple):
    """A recipient who is notified instead of copied, or the reverse."""

    before: Recipient
    after: Recipient


class EndedRenewal(NamedTuple):
    """A renewal that a client no longer has, and who was notified about it."""

    client: str
    renewal: Renewal
    recipients: tuple[Recipient, ...]


class Missing(NamedTuple):
    """A person who must be notified about a client's renewals, and is not.

    ``uncertain`` is whether they are copied, but HubSpot does not document the copy.
    """

    client: str
    email: str
    uncertain: bool


class Impact(NamedTuple):
    """The recipients that a change adds, removes or switches, by client.

    Args:
        added: Who is notified or copied and was neither before.
        removed: Who was notified or copied and is neither now.
        switched: Who is notified instead of copied, or the reverse.
        lost_all: The clients that lose their last notified recipient.
        new_without: The new clients without a notified recipient.
        lost_required: Who must be notified about a client and is not, while before, someone was as required.
        new_required: Who must be notified about a client by the change itself, and is not.
        renamed: The clients with a new domain (old key, new key); each counts as the same client.
        ended: The renewals that clients in both portfolios lose. Their recipients are still notified about
            other renewals of the client.
    """

    added: tuple[Recipient, ...] = ()
    removed: tuple[Recipient, ...] = ()
    switched: tuple[DeliveryChange, ...] = ()
    lost_all: tuple[str, ...] = ()
    new_without: tuple[str, ...] = ()
    lost_required: tuple[Missing, ...] = ()
    new_required: tuple[Missing, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    ended: tuple[EndedRenewal, ...] = ()

    @property
    def clients(self) -> tuple[str, ...]:
        """The clients whose recipients change."""
        recipients = (*self.added, *self.removed, *(change.after for change in self.switched))
        return tuple(sorted({recipient.client for recipient in recipients}))


def compare_recipients(before: Portfolio, after: Portfolio, changes: Iterable[Change] = ()) -> Impact:
    """Return how the recipients change when ``before`` becomes ``after``.

    ``changes`` are those between the two, if they are known: by them, a renewal is the same under its new
    product, even with another date.
    """
    renamed = _find_renames(before, after)
    new_keys = dict(renamed)
    products = _find_renamed_products(changes)
    old_clients = {new_keys.get(key, key): old for key, old in before.clients.items()}
    same_context = before._replace(clients={}) == after._replace(clients={})
    added: list[Recipient] = []
    removed: list[Recipient] = []
    switched: list[DeliveryChange] = []
    lost_all: list[str] = []
    new_without: list[str] = []
    lost_required: list[Missing] = []
    new_required: list[Missing] = []
    ended: list[EndedRenewal] = []
    for key in sorted(old_clients.keys() | after.clients.keys()):
        old, new = old_clients.get(key), after.clients.get(key)
        if same_context and old == new:
            continue  # The same client under the same default has the same recipients.
        old_answer = resolve(before, old) if old else None
        answer = resolve(after, new) if new else None
        was, now = _recipients(old_answer, key), _recipients(answer, key)
        notified = tuple(was[email] for email in sorted(was) if was[email].delivery == "to")
        ended += (
            EndedRenewal(key, renewal, notified)
            for renewal in _find_ended(old, new, products.get(key, EMPTY))
        )
        added += (now[email] for email in sorted(now.keys() - was.keys()))
        removed += (was[email] for email in sorted(was.keys() - now.keys()))
        for email in sorted(was.keys() & now.keys()):
            if was[email].delivery != now[email].delivery:
                switched.append(DeliveryChange(was[email], now[email]))
        if new and not _has_notified(now):
            if old is None:
                new_without.append(key)
            elif _has_notified(was):
                lost_all.append(key)
        was_missing, missing = _find_missing(old_answer), _find_missing(answer)
        kept, required = _required(old) - was_missing.keys(), _required(new)
        for email in missing.keys() - was_missing.keys():
            uncertain = email in now and now[email].uncertain
            found = Missing(key, missing[email], uncertain)
            # Someone who takes the place of a person who was notified is lost, too.
            (lost_required if email in kept or kept - required else new_required).append(found)
    return Impact(
        tuple(added),
        tuple(removed),
        tuple(switched),
        tuple(lost_all),
        tuple(new_without),
        tuple(sorted(lost_required)),
        tuple(sorted(new_required)),
        renamed,
        tuple(ended),
    )


def _required(client: Client | None) -> set[str]:
    """Return the keys of the addresses that a client requires."""
    return {address_key(email) for email in client.must_notify} if client else set()


def _find_missing(resolution: Resolution | None) -> dict[str, str]:
    """Return the required recipients that are missing, by the key of their address."""
    notes = resolution.notes if resolution else ()
    return {address_key(note.subject): note.subject for note in notes if note.code == "must-notify-missing"}


def _find_renamed_products(changes: Iterable[Change]) -> Mapping[str, Mapping[str, str]]:
    """Return the renamed products by client: the old and the new name."""
    products: dict[str, dict[str, str]] = {}
    for change in changes:
        if change.renamed and change.path[2:3] == ("renewals",):
            _, client, _, product = change.path
            new_names = products.setdefault(client_key(client) or client, {})
            new_names[name_key(product)] = name_key(str(change.after))
    return products


def _find_ended(old: Client | None, new: Client | None, new_names: Mapping[str, str]) -> Iterator[Renewal]:
    """Yield the renewals that a client no longer has.

    One with a new product counts as the same renewal if ``new_names`` has its product, or if its day is the
    same.
    """
    if not old or not new or old.renewals == new.renewals:
        return
    before = {name_key(renewal.product) for renewal in old.renewals}
    after = {name_key(renewal.product) for renewal in new.renewals}
    known = before | {*new_names.values()}
    new_days = [renewal.day for renewal in new.renewals if name_key(renewal.product) not in known]
    for renewal in old.renewals:
        product = name_key(renewal.product)
        if new_names.get(product, product) in after:
            continue
        if renewal.day in new_days:
            new_days.remove(renewal.day)
        else:
            yield renewal


def _find_renames(before: Portfolio, after: Portfolio) -> tuple[tuple[str, str], ...]:
    """Return the clients that differ in nothing but the key: (old key, new key).

    If several clients are alike, none of them counts as renamed.
    """
    removed = _by_content(client for key, client in before.clients.items() if key not in after.clients)
    if not removed:
        return ()
    added = _by_content(client for key, client in after.clients.items() if key not in before.clients)
    renames = []
    for content, old_keys in removed.items():
        new_keys = added.get(content, [])
        if len(old_keys) == len(new_keys) == 1:
            renames.append((old_keys[0], new_keys[0]))
    return tuple(renames)


def _by_content(clients: Iterable[Client]) -> dict[Client, list[str]]:
    keys: dict[Client, list[str]] = {}
    for client in clients:
        keys.setdefault(client._replace(key="", spelling=""), []).append(client.key)
    return keys


def _recipients(resolution: Resolution | None, key: str) -> dict[str, Recipient]:
    """Return the recipients of a client, by the key of their address."""
    if resolution is None:
        return {}
    recipients: dict[str, Recipient] = {}
    for decision in (*resolution.to, *resolution.cc):
        delivery: Delivery = "to" if decision.outcome == "notified" else "cc"
        recipients[decision.key] = Recipient(
            decision.email or "",
            key,
            delivery,
            resolution.rule,
            PARTNER_USER in decision.roles,
            decision.is_uncertain,
        )
    return recipients


def _has_notified(recipients: Mapping[str, Recipient]) -> bool:
    return any(recipient.delivery == "to" for recipient in recipients.values())
