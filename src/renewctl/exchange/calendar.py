"""Deadlines and renewals as an iCalendar file (RFC 5545), for the calendars people already look at.

It names no organizer and no attendee, so no calendar program can send an invitation to the people in it.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from typing import NamedTuple

from renewctl.domain.dates import shift_days
from renewctl.domain.report import ReportRow
from renewctl.errors import MissingExtra, UsageError
from renewctl.installation import install_command
from renewctl.model import Renewal
from renewctl.text import showable

PRODID = "-//renewctl//renewctl//EN"
"""Without renewctl's version, so that a new version alone changes nothing in the file."""

FARTHEST_REMINDER = 3650
"""Days; ten years."""

_CATEGORY = {"deadline": "Renewal deadline", "renewal": "Renewal"}


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


class _Event(NamedTuple):
    """One all-day event. The order of the fields is the order of the file."""

    day: date
    client: str
    product: str
    kind: str
    summary: str
    description: str


def build_calendar(rows: Sequence[ReportRow], as_of: date, *, remind: Sequence[int] = ()) -> bytes:
    """Return an iCalendar file with two all-day events per dated row: its deadline and its renewal.

    The same rows, in any order, and the same ``as_of`` give the same bytes.

    Args:
        rows: The rows of a report, each renewal of a client once.
        as_of: The calendar date of the report; its midnight in UTC is every event's DTSTAMP.
        remind: Days before the deadline to be reminded, 0 for the day itself. An all-day event
            begins at midnight where the reader is (RFC 5545, 3.8.6.3). Deadlines that are past get
            no reminders, or a calendar would call them missed at once.

    Raises:
        MissingExtra: If icalendar is not installed.
        UsageError: If a reminder is negative or farther than ``FARTHEST_REMINDER`` days.
    """
    try:
        # Typed or not, there or not: the same to the type checker.
        import icalendar  # type: ignore[import-not-found, import-untyped, unused-ignore]
    except ImportError as error:
        hint = install_command("icalendar")
        raise MissingExtra(f"a calendar needs the package icalendar: {error}", hint=hint) from error
    for days in remind:
        if not 0 <= days <= FARTHEST_REMINDER:
            message = f"a reminder {days} days before the deadline is not possible"
            raise UsageError(message, hint=f"give from 0 to {FARTHEST_REMINDER} days")
    calendar = icalendar.Calendar()
    calendar.add("prodid", PRODID)
    calendar.add("version", "2.0")
    for event in sorted(event for row in rows for event in _events(row, as_of)):
        # Not of the date, so that a calendar moves the event when the date changes.
        identity = json.dumps([event.client, event.product, event.kind])
        component = icalendar.Event()
        component.add("uid", sha256(identity.encode()).hexdigest()[:32] + "@renewctl")
        component.add("dtstamp", datetime.combine(as_of, time(), UTC))
        component.add("dtstart", event.day)
        # No day follows the calendar's last; without DTEND an all-day event lasts one day all the same.
        if event.day < date.max:
            component.add("dtend", shift_days(event.day, 1))
        component["summary"] = _Text(event.summary)
        component["description"] = _Text(event.description)
        component.add("categories", [_CATEGORY[event.kind]])
        component.add("transp", "TRANSPARENT")
        if event.kind == "deadline" and event.day >= as_of:
            for days in sorted(set(remind), reverse=True):
                alarm = icalendar.Alarm()
                alarm.add("action", "DISPLAY")
                alarm.add("trigger", timedelta(days=-days))
                alarm["description"] = _Text(event.summary)
                component.add_component(alarm)
        calendar.add_component(component)
    content: bytes = calendar.to_ical()
    return content


def _events(row: ReportRow, as_of: date) -> Iterator[_Event]:
    if row.renewal is None or row.deadline is None:
        return
    key, product = row.client.key, row.renewal.product
    what = showable(", ".join(filter(None, (row.client.name or key, product))))
    # First, because a month's view shows the first words only.
    alarm = "" if row.resolution.to else "NOBODY is notified! "
    text = "\n".join(_describe(row, row.renewal, row.deadline, as_of))
    summary = f"{alarm}Deadline: {what}: last day to alter terms"
    yield _Event(row.deadline, key, product, "deadline", summary, text)
    yield _Event(row.renewal.day, key, product, "renewal", f"{alarm}Renewal: {what}", text)


def _describe(row: ReportRow, renewal: Renewal, deadline: date, as_of: date) -> Iterator[str]:
    """Yield the description: each value on a line of its own, which it cannot leave."""
    yield _plain(f"Client: {', '.join(filter(None, (row.client.key, row.client.name)))}")
    if renewal.product:
        yield _plain(f"Product: {renewal.product}")
    yield f"Renewal: {renewal.day}"
    yield f"Last day to alter terms: {deadline}"
    people = ("To", row.resolution.to, "NOBODY is notified"), ("Cc", row.resolution.cc, "nobody")
    for label, decisions, nobody in people:
        for decision in decisions:
            # The name is last: it is free text and could pretend to be the rest.
            name = f", {decision.name}" if decision.name else ""
            yield _plain(f"{label}: {decision.email} ({', '.join(decision.roles)}){name}")
        if not decisions:
            yield f"{label}: {nobody}"
    yield f"Rule: {row.resolution.rule}"
    for note in row.row_notes:
        yield _plain(f"{note.severity.capitalize()}: {note.message}")
    yield f"By renewctl's file, seen on {as_of}; HubSpot was not asked."


def _plain(text: str) -> str:
    r"""Return showable text without a tag: calendars on the web read a description as HTML."""
    return showable(text).replace("<", "\\x3c")
