"""Findings from the notes on every client's answer: each note once, however many rows repeat it.

What the default gives rise to is one finding, which says how many clients it concerns.
Pure: imports ``outlook``, its neighbours and the floors below only.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from renewctl.domain import report
from renewctl.domain.check.finding import Finding
from renewctl.domain.check.fixes import NotedAnswer, suggest_fix
from renewctl.domain.hubspot import DEFAULT_SETTING, LOOK_AT_CLIENT
from renewctl.domain.report import FOOTER_CODE, ReportRow
from renewctl.domain.resolve import Note, Resolution, resolve
from renewctl.model import Client, Confirmation, Portfolio


def check_recipients(book: Portfolio, today: date) -> Iterator[Finding]:
    """Yield the findings from what there is to know about who is notified, and when."""
    rows = report.build_rows(book, book.clients.values(), None, today)
    answers = {row.resolution.client.key: row.resolution for row in rows}
    of_default = [
        noted for answer in _of_nobody(book, today) for noted in _noted(book, answer) if noted.of_default
    ]
    of_clients: list[Finding] = []
    for answer in answers.values():
        for noted in _noted(book, answer):
            if noted.of_default:
                of_default.append(noted)
            else:
                of_clients.append(_finding(noted))
    yield from _of_default(book, of_default)
    yield from of_clients
    for row in rows:
        yield from _of_dates(book, row)


def _of_default(book: Portfolio, all_noted: Sequence[NotedAnswer]) -> Iterator[Finding]:
    """Yield each note that the default gives rise to once, with the number of clients it concerns."""
    found: dict[Note, NotedAnswer] = {}
    concerned: Counter[Note] = Counter()
    for noted in all_noted:
        found.setdefault(noted.note, noted)
        concerned[noted.note] += noted.client.key in book.clients
    for note, noted in found.items():
        # A client that was never looked at itself does not have the note as well.
        followers = sum(client.override is None for client in book.clients.values())
        count = followers if note.code == FOOTER_CODE else concerned[note]
        yield Finding(note.code, _message(noted) + _concerns(count), note.path, suggest_fix(noted))


def _of_nobody(book: Portfolio, today: date) -> Iterator[Resolution]:
    """Yield the answer for a client just added, so that a default nobody follows yet is looked at."""
    if book.default:
        yield resolve(book, Client("", "", confirmed=Confirmation(None, None, today)))


def _concerns(count: int) -> str:
    return f"; concerns {count} client{'' if count == 1 else 's'}" if count else ""


def _noted(book: Portfolio, answer: Resolution) -> list[NotedAnswer]:
    return [NotedAnswer(book, answer, note) for note in answer.notes]


def _of_dates(book: Portfolio, row: ReportRow) -> Iterator[Finding]:
    for note in row.notes[len(row.resolution.notes) :]:
        yield _finding(NotedAnswer(book, row.resolution, note, row.renewal))


def _finding(noted: NotedAnswer) -> Finding:
    note = noted.note
    return Finding(note.code, _message(noted), note.path, suggest_fix(noted), noted.client.key)


def _message(noted: NotedAnswer) -> str:
    """Return the note's words; without the command that the finding gives as what mends it."""
    note, renewal = noted.note, noted.renewal
    if note.code == FOOTER_CODE:
        place = DEFAULT_SETTING if noted.of_default else LOOK_AT_CLIENT
        return f"{note.message} (look at: {place})"
    if note.code == "no-renewal-date":
        return "no renewal date is recorded"
    if note.code == "renewal-past" and renewal:
        product = f"{renewal.product}: " if renewal.product else ""
        return f"{product}the renewal date {renewal.day} is past"
    return note.message
