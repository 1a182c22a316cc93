"""Deadlines and renewals as an iCalendar file (RFC 5545), for the calendars people already look at.

The file only informs: it names no organizer and no attendee, so no calendar program can send an
invitation to the people in it. All days are calendar dates, without a time zone.

May import the pure floors, and icalendar, late. Knows neither ``store`` nor ``render``.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from typing import Any

from renewctl.domain.dates import shift_days
from renewctl.domain.report import ReportRow
from renewctl.domain.resolve import Decision
from renewctl.errors import ExitStatus, RenewctlError, UsageError
from renewctl.model import Renewal
from renewctl.text import showable

PRODID = "-//renewctl//renewctl//EN"
"""Without renewctl's version, so that a new version alone changes nothing in the file."""

FARTHEST_REMINDER = 3650
"""Days; ten years before a deadline nobody wants to hear of it."""

_DEADLINE, _RENEWAL = "deadline", "renewal"
_CATEGORY = {_DEADLINE: "Renewal deadline", _RENEWAL: "Renewal"}


class MissingExtra(RenewctlError):
    """What was asked for needs a package that comes with an extra of renewctl."""

    code = "missing-extra"
    exit_status = ExitStatus.USAGE


class _Text(str):
    r"""Text that icalendar writes as RFC 5545, 3.3.11, has it.

    icalendar's own (7.3) takes a backslash and a capital N in the text for a line break: a name
    could break a line, and ``C:\New`` would not arrive.
    """

    __slots__ = ()

    def to_ical(self) -> bytes:
        """Return the escaped text in UTF-8."""
        plain = self.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
        return plain.replace("\n", "\\n").encode()


@dataclass(frozen=True, slots=True, order=True)
class _Event:
    """One all-day event. The order of the fields is the order of the file."""

    day: date
    client: str
    product: str
    kind: str
    summary: str
    description: str


def build_calendar(rows: Sequence[ReportRow], as_of: date, *, remind: Sequence[int] = ()) -> bytes:
    """Return an iCalendar file with two all-day events a dated row: its deadline and its renewal.

    Rows without a date have no place in a calendar and are left out. Renewals whose date is past
    are in, with their note: nobody has said yet what became of them. The same rows, in any order,
    and the same ``as_of`` give the same bytes. An event keeps its UID as long as client key and
    product stay, so that a file imported again moves it instead of adding another.

    Args:
        rows: what ``outlook`` found.
        as_of: calendar date the rows are seen from; its midnight in UTC is every event's DTSTAMP.
        remind: days before the deadline to be reminded, 0 for the day itself. An all-day event
            begins at midnight where the reader is (RFC 5545, 3.8.6.3), so 30 means the midnight
            that begins the day thirty days earlier: up on that day's morning. Deadlines that are
            behind us get no reminders, or a calendar would call them missed at once.

    Raises:
        MissingExtra: icalendar is not installed.
        UsageError: a reminder is negative or farther than ``FARTHEST_REMINDER`` days.
    """
    icalendar = _library()
    days = _reminders(remind)
    calendar = icalendar.Calendar()
    calendar.add("prodid", PRODID)
    calendar.add("version", "2.0")
    for uid, entry in _identified(rows, as_of):
        event = _event(icalendar, uid, entry, as_of)
        if entry.kind == _DEADLINE and entry.day >= as_of:
            for before in days:
                event.add_component(_alarm(icalendar, entry, before))
        calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written


def _library() -> Any:
    try:
        # Typed or not, there or not: the same to the type checker.
        import icalendar  # type: ignore[import-not-found, import-untyped, unused-ignore]
    except ImportError as error:
        hint = "pip install 'renewctl[calendar]'"
        raise MissingExtra(f"a calendar needs the package icalendar: {error}", hint=hint) from error
    return icalendar


def _reminders(remind: Sequence[int]) -> list[int]:
    """Return the days before, the farthest first, each once."""
    for days in remind:
        if not 0 <= days <= FARTHEST_REMINDER:
            message = f"a reminder {days} days before the deadline is not possible"
            raise UsageError(message, hint=f"give from 0 to {FARTHEST_REMINDER} days")
    return sorted(set(remind), reverse=True)


def _identified(rows: Sequence[ReportRow], as_of: date) -> Iterator[tuple[str, _Event]]:
    """Yield every event once, in order, with a UID that no other has."""
    seen: Counter[tuple[str, ...]] = Counter()
    for entry in sorted({entry for row in rows for entry in _entries(row, as_of)}):
        identity = (entry.client, entry.product, entry.kind)
        seen[identity] += 1
        yield _uid(identity, seen[identity]), entry


def _uid(identity: tuple[str, ...], number: int) -> str:
    """Return the UID: of client, product and kind, not of the date.

    A client has one renewal a product; were there two, the later would still not replace the first.
    """
    parts = [*identity, *([number] if number > 1 else [])]
    return sha256(json.dumps(parts).encode()).hexdigest()[:32] + "@renewctl"


def _entries(row: ReportRow, as_of: date) -> Iterator[_Event]:
    if row.renewal is None or row.deadline is None:
        return
    key, product = row.client.key, row.renewal.product
    what = showable(", ".join(filter(None, (row.client.name or key, product))))
    # First, because a month's view shows the first words only.
    shout = "" if row.resolution.to else "NOBODY is notified! "
    text = "\n".join(_lines(row, row.renewal, row.deadline, as_of))
    summary = f"{shout}Deadline: {what}: last day to alter terms"
    yield _Event(row.deadline, key, product, _DEADLINE, summary, text)
    yield _Event(row.renewal.day, key, product, _RENEWAL, f"{shout}Renewal: {what}", text)


def _lines(row: ReportRow, renewal: Renewal, deadline: date, as_of: date) -> Iterator[str]:
    """Yield the description: each value on a line of its own, which it cannot leave."""
    yield _inert(f"Client: {', '.join(filter(None, (row.client.key, row.client.name)))}")
    if renewal.product:
        yield _inert(f"Product: {renewal.product}")
    yield f"Renewal: {renewal.day}"
    yield f"Last day to alter terms: {deadline}"
    yield from _people("To", row.resolution.to, "NOBODY is notified")
    yield from _people("Cc", row.resolution.cc, "nobody")
    yield f"Rule: {row.resolution.rule}"
    for note in row.row_notes:
        yield _inert(f"{note.severity.capitalize()}: {note.message}")
    yield f"By renewctl's file, seen on {as_of}; HubSpot was not asked."


def _people(label: str, decisions: Sequence[Decision], nobody: str) -> Iterator[str]:
    """Yield a line a person, the name last: it is free text and could pretend to be the rest."""
    for decision in decisions:
        name = f", {decision.name}" if decision.name else ""
        yield _inert(f"{label}: {decision.email} ({', '.join(decision.roles)}){name}")
    if not decisions:
        yield f"{label}: {nobody}"


def _inert(text: str) -> str:
    r"""Return showable text without a tag: calendars on the web read a description as HTML."""
    return showable(text).replace("<", "\\x3c")


def _event(icalendar: Any, uid: str, entry: _Event, as_of: date) -> Any:
    event = icalendar.Event()
    event.add("uid", uid)
    event.add("dtstamp", datetime.combine(as_of, time(), UTC))
    event.add("dtstart", entry.day)
    # No day follows the calendar's last; without DTEND an all-day event lasts one day all the same.
    if entry.day < date.max:
        event.add("dtend", shift_days(entry.day, 1))
    event["summary"] = _Text(entry.summary)
    event["description"] = _Text(entry.description)
    event.add("categories", [_CATEGORY[entry.kind]])
    event.add("transp", "TRANSPARENT")
    return event


def _alarm(icalendar: Any, entry: _Event, before: int) -> Any:
    alarm = icalendar.Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", timedelta(days=-before))
    alarm["description"] = _Text(entry.summary)
    return alarm
