"""The rows: which renewals come up, and who is notified of each. resolve × upcoming, nothing else.

``who``, ``explain`` and every report are views of these rows. Pure: imports the floors below only.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from typing import NamedTuple

from renewctl.domain.dates import Window, deadline_of, plus_months, shift_days
from renewctl.domain.identifiers import address_key
from renewctl.domain.resolve import Decision, Note, Resolution, resolve
from renewctl.model import Client, Owner, Policy, Portfolio, Renewal, Role

FOOTER_CODE = "never-confirmed"
"""The note that is summed under a report instead of standing on each row."""


class ReportRow(NamedTuple):
    """One renewal of one client, or a client without one, and who is notified.

    ``notes`` holds the notes on the dates as well as the resolution's.
    """

    resolution: Resolution
    renewal: Renewal | None
    deadline: date | None
    notes: tuple[Note, ...]

    @property
    def client(self) -> Client:
        """The client whose renewal it is."""
        return self.resolution.client

    @property
    def row_notes(self) -> tuple[Note, ...]:
        """The notes that stand on the row itself."""
        return tuple(note for note in self.notes if note.code != FOOTER_CODE)

    @property
    def recipients(self) -> frozenset[str]:
        """The addresses notified or copied, in the form they are compared in."""
        return frozenset(address_key(d.email) for d in _recipients(self.resolution) if d.email)


class Digest(NamedTuple):
    """One person and the rows they hear of."""

    email: str
    name: str
    rows: tuple[tuple[str, ReportRow], ...]
    """("to" or "cc", row), in the rows' order."""


class Responsibilities(NamedTuple):
    """What one person is responsible for, whatever the dates.

    ``email`` is spelled as the file has it. ``followers`` counts the clients that follow the
    default, if it names the person; ``overrides`` are the clients whose own setting does;
    ``roles`` those where the person is a contact with a role. ``unwritten`` are those of them
    whose contacts are not written to, since the partner owns. Deactivated is the person as a
    partner user (``user_inactive``), or as a contact at the clients ``inactive_at``; ``active`` is
    a partner user who is not, or anybody else who is active at some client.
    """

    email: str
    name: str
    default: bool
    followers: int
    overrides: tuple[str, ...]
    roles: Mapping[str, tuple[Role, ...]]
    not_notified: tuple[str, ...]
    user_inactive: bool
    inactive_at: tuple[str, ...]
    active: bool


def _recipients(resolution: Resolution) -> Iterator[Decision]:
    yield from resolution.to
    yield from resolution.cc


def default_window(policy: Policy, today: date) -> Window:
    """Return the window a report has when none is asked for."""
    return Window(today, shift_days(today, policy.horizon_days))


def twelve_months(today: date) -> Window:
    """Return the days a picture has when no window is asked for: twelve months from this one on."""
    start = today.replace(day=1)
    try:
        return Window(start, plus_months(start, 12) - timedelta(days=1))
    except OverflowError:
        return Window(start, date.max)


def build_rows(
    portfolio: Portfolio, clients: Iterable[Client], window: Window | None, today: date
) -> tuple[ReportRow, ...]:
    """Return the rows of ``clients``: by deadline, then client; those without a date to come last.

    A renewal whose date is past is listed whatever the window, with a note: it has been renewed
    or has ended, and nobody has written down which. So is a client without any renewal.

    Args:
        portfolio: the store's.
        clients: whose renewals.
        window: which dated renewals; None for all of them.
        today: calendar date the notes and the window's meaning count from.
    """
    found: list[ReportRow] = []
    for client in clients:
        found += _rows_of(portfolio, client, window, today)
    return tuple(sorted(found, key=partial(_order, today)))


def _rows_of(portfolio: Portfolio, client: Client, window: Window | None, today: date) -> Iterator[ReportRow]:
    if not client.renewals:
        resolution = resolve(portfolio, client)
        yield ReportRow(resolution, None, None, (*resolution.notes, _no_date(client)))
        return
    decided: Resolution | None = None
    for renewal in client.renewals:
        deadline = deadline_of(renewal, portfolio.policy.deadline_days)
        if window is None or _listed(renewal, deadline, window, today):
            decided = decided or resolve(portfolio, client)  # which nobody asks of most clients
            notes = decided.notes
            if deadline < today or renewal.day < today:
                notes = (*notes, _date_note(client, renewal, deadline, today))
            yield ReportRow(decided, renewal, deadline, notes)


def _no_date(client: Client) -> Note:
    message = f"no renewal date is recorded: renewctl client set-renewal {client.key} DATE"
    return Note("no-renewal-date", message, ("clients", client.spelling))


def _listed(renewal: Renewal, deadline: date, window: Window | None, today: date) -> bool:
    return window is None or window.holds(renewal.day, deadline) or renewal.day < today


def filter_rows(found: Sequence[ReportRow], window: Window | None, today: date) -> tuple[ReportRow, ...]:
    """Return those of the rows of all dates that a report on ``window`` lists."""
    return tuple(
        row
        for row in found
        if row.renewal is None or row.deadline is None or _listed(row.renewal, row.deadline, window, today)
    )


def _date_note(client: Client, renewal: Renewal, deadline: date, today: date) -> Note:
    path = ("clients", client.spelling, "renewals", renewal.product, "date")
    whose = f"{renewal.product}: " if renewal.product and len(client.renewals) > 1 else ""
    if renewal.day < today:
        how = f"once renewed: renewctl client renewed {client.key}"
        return Note("renewal-past", f"{whose}the renewal date {renewal.day} is past; {how}", path)
    return Note("deadline-passed", f"{whose}the last day to alter terms was {deadline}", path)


def _order(today: date, row: ReportRow) -> tuple[bool, date, str, date, str]:
    renewal, key = row.renewal, row.resolution.client.key
    if renewal is None or row.deadline is None:
        return True, date.max, key, date.max, ""
    return renewal.day < today, row.deadline, key, renewal.day, renewal.product


def without_recipient(found: Sequence[ReportRow]) -> tuple[ReportRow, ...]:
    """Return the rows of which nobody is notified."""
    return tuple(row for row in found if not row.resolution.to)


def rows_for_recipient(found: Sequence[ReportRow], email: str) -> tuple[ReportRow, ...]:
    """Return the rows of which this person would hear."""
    return tuple(row for row in found if address_key(email) in row.recipients)


def build_digests(found: Sequence[ReportRow], only: str | None = None) -> tuple[Digest, ...]:
    """Return the same rows by person, in order of address; with ``only``, that person alone."""
    people: dict[str, list[tuple[str, ReportRow]]] = {}
    written: dict[str, str] = {}
    names: dict[str, str] = {}
    for row in found:
        for kind, decisions in (("to", row.resolution.to), ("cc", row.resolution.cc)):
            for decision in decisions:
                key = address_key(decision.email or "")
                written.setdefault(key, decision.email or "")
                names[key] = names.get(key) or decision.name
                people.setdefault(key, []).append((kind, row))
    keys = sorted(people) if only is None else [key for key in (address_key(only),) if key in people]
    return tuple(Digest(written[key], names[key], tuple(people[key])) for key in keys)


def find_responsibilities(portfolio: Portfolio, email: str) -> Responsibilities:
    """Return what this person is responsible for: settings that name them, roles they hold."""
    key, clients, default = address_key(email), portfolio.clients.values(), portfolio.default
    user = portfolio.users.get(key)
    entries = [(c, contact) for c in clients for contact in c.contacts if address_key(contact.email) == key]
    names = (user.name if user else "", *(contact.name for _, contact in entries))
    roles = {client.key: held for client, _ in entries if (held := _roles_of(client, key))}
    spelled = [contact.email for _, contact in entries]
    inactive = tuple(dict.fromkeys(client.key for client, entry in entries if not entry.active))
    at_some = not entries or any(client.key not in inactive for client, _ in entries)
    return Responsibilities(
        email=user.email if user else (spelled or [email])[0],
        name=next(filter(None, names), ""),
        default=default is not None and _names(default.notify, key),
        followers=sum(client.override is None for client in clients),
        overrides=tuple(c.key for c in clients if c.override and _names(c.override.notify, key)),
        roles=roles,
        not_notified=tuple(held for held in roles if _partner_owns(portfolio, portfolio.clients[held])),
        user_inactive=user is not None and not user.active,
        inactive_at=inactive,
        active=user.active if user else at_some,
    )


def _names(notify: str | None, key: str) -> bool:
    return notify is not None and address_key(notify) == key


def _roles_of(client: Client, key: str) -> tuple[Role, ...]:
    held = {
        role for contact in client.contacts if address_key(contact.email) == key for role in contact.roles
    }
    return tuple(role for role in Role if role in held)


def _partner_owns(portfolio: Portfolio, client: Client) -> bool:
    setting = client.override or portfolio.default
    return setting is not None and setting.owner is Owner.PARTNER
