"""The rows: which renewals come up, and who is notified of each. resolve × upcoming, nothing else.

``who``, ``explain`` and every report are views of these rows. Pure: imports the floors below only.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from renewctl.domains import address_key
from renewctl.model import Client, Policy, Portfolio, Renewal
from renewctl.resolve import Decision, Note, Resolution, resolve
from renewctl.upcoming import Window, deadline_of, shifted

FOOTER_ONLY = "never-confirmed"
"""The note that is summed under a report instead of standing on each row."""


@dataclass(frozen=True, slots=True)
class Row:
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
    def listed_notes(self) -> tuple[Note, ...]:
        """The notes that stand on the row itself."""
        return tuple(note for note in self.notes if note.code != FOOTER_ONLY)

    @property
    def heard_by(self) -> frozenset[str]:
        """The addresses notified or copied, in the form they are compared in."""
        return frozenset(address_key(d.email) for d in _hearing(self.resolution) if d.email)


@dataclass(frozen=True, slots=True)
class Digest:
    """One person and the rows they hear of."""

    email: str
    name: str
    rows: tuple[tuple[str, Row], ...]
    """("to" or "cc", row), in the rows' order."""


def _hearing(resolution: Resolution) -> Iterator[Decision]:
    yield from resolution.to
    yield from resolution.cc


def horizon(policy: Policy, today: date) -> Window:
    """Return the window a report has when none is asked for."""
    return Window(today, shifted(today, policy.horizon_days))


def rows(
    portfolio: Portfolio, clients: Iterable[Client], window: Window | None, today: date
) -> tuple[Row, ...]:
    """Return the rows of ``clients``: by deadline, then client; those without a date to come last.

    A renewal whose date is past is listed whatever the window, with a note: it has been renewed
    or has ended, and nobody has written down which. So is a client without any renewal.

    Args:
        portfolio: the store's.
        clients: whose renewals.
        window: which dated renewals; None for all of them.
        today: calendar date the notes and the window's meaning count from.
    """
    found = [row for client in clients for row in _rows_of(portfolio, client, window, today)]
    return tuple(sorted(found, key=lambda row: _order(row, today)))


def _rows_of(portfolio: Portfolio, client: Client, window: Window | None, today: date) -> Iterator[Row]:
    resolution = resolve(portfolio, client)
    if not client.renewals:
        note = Note(
            "no-renewal-date",
            f"no renewal date is recorded: renewctl client set-renewal {client.key} DATE",
            ("clients", client.written),
        )
        yield Row(resolution, None, None, (*resolution.notes, note))
    for renewal in client.renewals:
        deadline = deadline_of(renewal, portfolio.policy.deadline_days)
        if window is None or window.holds(renewal.day, deadline) or renewal.day < today:
            notes = _date_notes(client, renewal, deadline, today)
            yield Row(resolution, renewal, deadline, (*resolution.notes, *notes))


def _date_notes(client: Client, renewal: Renewal, deadline: date, today: date) -> Iterator[Note]:
    path = ("clients", client.written, "renewals", renewal.product, "date")
    whose = f"{renewal.product}: " if renewal.product and len(client.renewals) > 1 else ""
    if renewal.day < today:
        how = f"once renewed: renewctl client renewed {client.key}"
        yield Note("renewal-past", f"{whose}the renewal date {renewal.day} is past; {how}", path)
    elif deadline < today:
        yield Note("deadline-passed", f"{whose}the last day to alter terms was {deadline}", path)


def _order(row: Row, today: date) -> tuple[bool, date, str, date, str]:
    if row.renewal is None or row.deadline is None:
        return True, date.max, row.client.key, date.max, ""
    past = row.renewal.day < today
    return past, row.deadline, row.client.key, row.renewal.day, row.renewal.product


def without_recipient(found: Sequence[Row]) -> tuple[Row, ...]:
    """Return the rows of which nobody is notified."""
    return tuple(row for row in found if not row.resolution.to)


def heard_by(found: Sequence[Row], email: str) -> tuple[Row, ...]:
    """Return the rows of which this person would hear."""
    return tuple(row for row in found if address_key(email) in row.heard_by)


def digests(found: Sequence[Row], only: str | None = None) -> tuple[Digest, ...]:
    """Return the same rows by person, in order of address; with ``only``, that person alone."""
    people: dict[str, list[tuple[str, Row]]] = {}
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
