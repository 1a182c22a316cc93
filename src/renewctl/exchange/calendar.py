"""Deadlines and renewals as an iCalendar file (RFC 5545), for the calendars people already look at.

It names no organizer and no attendee, so no calendar program can send an invitation to the people in it.
"""

import codecs
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from types import ModuleType
from typing import Any, NamedTuple

from renewctl.domain.dates import shift_days
from renewctl.domain.identifiers import name_key
from renewctl.domain.report import ReportRow
from renewctl.errors import BadInput, MissingExtra, UsageError
from renewctl.installation import install_command
from renewctl.model import EMPTY, Portfolio, Renewal
from renewctl.text import showable

PRODID = "-//renewctl//renewctl//EN"
"""Without renewctl's version, so that a new version alone changes nothing in the file."""
NAME = "Client renewals"
"""What calendar programs call a calendar that they make of the file (X-WR-CALNAME)."""

FARTHEST_REMINDER = 3650
"""Days; ten years."""

_CATEGORY = {"deadline": "Renewal deadline", "renewal": "Renewal"}
_NOBODY, _CANCELLED = "NOBODY is notified! ", "Cancelled: "
_OWN_UID = re.compile(r"[0-9a-f]{32}@renewctl")
_READ = {b"BEGIN", b"END", b"UID", b"DTSTART", b"SUMMARY", b"SEQUENCE", b"STATUS"}
_MOST_BYTES, _MOST_LINES = 64 * 1024 * 1024, 500_000
"""Limits of an earlier export: some seventy thousand events."""
_MOST_SEQUENCE = 2**31 - 2
"""RFC 5545, 3.3.8: an INTEGER ends at 2^31 - 1, and one more has to be possible."""


class PastEvent(NamedTuple):
    """An event of an earlier export."""

    day: date
    summary: str
    cancelled: bool = False


class PastExport(NamedTuple):
    """The events of an earlier export, by UID, and the highest SEQUENCE among them."""

    events: Mapping[str, PastEvent] = EMPTY
    sequence: int = 0

    def find_gone(
        self, rows: Iterable[ReportRow], identities: Mapping[str, str], as_of: date
    ) -> "PastExport":
        """Return the events to cancel: those that none of the rows has any more.

        An event that was cancelled before stays cancelled until its day is past, for a calendar that
        takes in only some of the exports.
        """
        kept = {_uid(row, row.renewal, kind, identities) for row in rows if row.renewal for kind in _CATEGORY}
        events = {
            uid: event
            for uid, event in self.events.items()
            if uid not in kept and (event.day >= as_of or not event.cancelled)
        }
        return self._replace(events=events)


NO_EXPORT = PastExport()


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
    """One all-day event: a deadline, a renewal or one that is cancelled.

    The order of the fields is the order of the file, in which those that are cancelled come last.
    """

    day: date
    client: str
    product: str
    kind: str
    uid: str
    summary: str
    description: str


def identify_clients(portfolio: Portfolio) -> Mapping[str, str]:
    """Return what identifies each client's events, by client key.

    It is the hub ID, which stays when the client gets another domain; or the key, if no hub ID is
    recorded or several clients have the same.
    """
    keys = {key: str(client.hub_id or key) for key, client in portfolio.clients.items()}
    used = Counter(keys.values())
    return {key: identity if used[identity] == 1 else key for key, identity in keys.items()}


def build_calendar(
    rows: Sequence[ReportRow],
    as_of: date,
    identities: Mapping[str, str],
    *,
    remind: Sequence[int] = (),
    gone: PastExport = NO_EXPORT,
) -> bytes:
    """Return an iCalendar file with two all-day events per dated row: its deadline and its renewal.

    The same rows, in any order, and the same other arguments give the same bytes. There is no METHOD: it
    would make the file a message between an organizer and attendees (RFC 5546), and nobody is either.

    Args:
        rows: The rows of a report, each renewal of a client once.
        as_of: The calendar date of the report. Its midnight in UTC is every event's DTSTAMP and
            LAST-MODIFIED, and its number of days since the year 1 the SEQUENCE, so that each day's file
            is a later version of its events than that of the day before.
        identities: What ``identify_clients`` returns.
        remind: Days before the deadline to be reminded, 0 for the day itself. An all-day event
            begins at midnight where the reader is (RFC 5545, 3.8.6.3). Deadlines that are past get
            no reminders, or a calendar would call them missed at once.
        gone: Events of an earlier export to cancel. The SEQUENCE is higher than there.

    Raises:
        MissingExtra: If icalendar is not installed.
        UsageError: If a reminder is negative or farther than ``FARTHEST_REMINDER`` days.
    """
    icalendar = _import_icalendar()
    for days in remind:
        if not 0 <= days <= FARTHEST_REMINDER:
            message = f"a reminder {days} days before the deadline is not possible"
            raise UsageError(message, hint=f"give from 0 to {FARTHEST_REMINDER} days")
    calendar = icalendar.Calendar()
    calendar.add("prodid", PRODID)
    calendar.add("version", "2.0")
    calendar["x-wr-calname"] = _Text(NAME)
    sequence = max(as_of.toordinal(), gone.sequence + 1)
    live = sorted(event for row in rows for event in _events(row, as_of, identities))
    for event in (*live, *_cancelled_events(gone, as_of)):
        calendar.add_component(_build_event(icalendar, event, as_of, sequence, remind))
    content: bytes = calendar.to_ical()
    return content


def _build_event(
    icalendar: ModuleType, event: _Event, as_of: date, sequence: int, remind: Sequence[int]
) -> Any:
    component, stamp = icalendar.Event(), datetime.combine(as_of, time(), UTC)
    component.add("uid", event.uid)
    component.add("dtstamp", stamp)
    component.add("last-modified", stamp)
    component.add("sequence", sequence)
    component.add("dtstart", event.day)
    # No day follows the calendar's last; without DTEND an all-day event lasts one day all the same.
    if event.day < date.max:
        component.add("dtend", shift_days(event.day, 1))
    component["summary"] = _Text(event.summary)
    component["description"] = _Text(event.description)
    component.add("transp", "TRANSPARENT")
    if event.kind == "cancelled":
        component.add("status", "CANCELLED")
    else:
        component.add("categories", [_CATEGORY[event.kind]])
    if event.kind == "deadline" and event.day >= as_of:
        for days in sorted(set(remind), reverse=True):
            alarm = icalendar.Alarm()
            alarm.add("action", "DISPLAY")
            alarm.add("trigger", timedelta(days=-days))
            alarm["description"] = _Text(event.summary)
            component.add_component(alarm)
    return component


def _cancelled_events(gone: PastExport, as_of: date) -> Sequence[_Event]:
    description = f"This event is no longer in renewctl's calendar of {as_of}."
    # The word in the title is for programs that do not show the status.
    return sorted(
        _Event(past.day, "", "", "cancelled", uid, _CANCELLED + past.summary, description)
        for uid, past in gone.events.items()
    )


def read_export(data: bytes, name: str) -> PastExport:
    """Return the events that an earlier export has of renewctl's own; other events are ignored.

    Args:
        data: The file.
        name: Its name in messages.

    Raises:
        MissingExtra: If icalendar is not installed.
        BadInput: If it is not an iCalendar file, has events and none is renewctl's, or is too large.
    """
    icalendar = _import_icalendar()
    hint = "name a file that the command calendar wrote"
    if not data.strip():
        # A shell empties the file of a redirection before it starts the command.
        hint = "write to another file than --since names, then rename it"
        raise BadInput(f"{name} is empty", hint=hint)
    lines = list(_needed_lines(data.removeprefix(codecs.BOM_UTF8))) if len(data) <= _MOST_BYTES else None
    if lines is None or len(lines) > _MOST_LINES:
        raise BadInput(f"{name} is too large for an earlier export", hint=hint)
    try:
        found = icalendar.Calendar.from_ical(b"\r\n".join(lines) + b"\r\n").walk("VEVENT")
    except (ValueError, RecursionError) as error:
        # icalendar quotes the whole file in its message.
        raise BadInput(f"{name} is not an iCalendar file", hint=hint) from error
    own = [event for event in found if _OWN_UID.fullmatch(str(event.get("uid", "")))]
    if found and not own:
        raise BadInput(f"{name} has no event of renewctl's", hint=hint)
    events, sequence = {}, 0
    for event in own:
        try:
            day, number = event["dtstart"].dt, event.get("sequence", 0)
        except (KeyError, AttributeError, ValueError):  # there is none, several, or one that is broken
            day, number = None, None
        if not isinstance(day, date) or not isinstance(number, int) or not 0 <= number <= _MOST_SEQUENCE:
            raise BadInput(f"{name} has a damaged event: {event['uid']}", hint=hint)
        day = day.date() if isinstance(day, datetime) else day
        summary = showable(str(event.get("summary", "")))
        summary = summary.removeprefix(_CANCELLED).removeprefix(_NOBODY)
        events[str(event["uid"])] = PastEvent(day, summary, str(event.get("status", "")) == "CANCELLED")
        sequence = max(sequence, number)
    return PastExport(events, sequence)


def _needed_lines(data: bytes) -> Iterator[bytes]:
    """Yield the lines of the properties that are read, with those that continue them (RFC 5545, 3.1).

    icalendar would parse the others as well, and takes seconds for a list of a million days.
    """
    needed = False
    for line in data.splitlines():
        if not line.startswith((b" ", b"\t")):
            needed = re.split(b"[;:]", line, maxsplit=1)[0].strip().upper() in _READ
        if needed:
            yield line


def _import_icalendar() -> ModuleType:
    try:
        # Typed or not, there or not: the same to the type checker.
        import icalendar  # type: ignore[import-not-found, import-untyped, unused-ignore]
    except ImportError as error:
        hint = install_command("icalendar")
        raise MissingExtra(f"a calendar needs the package icalendar: {error}", hint=hint) from error
    module: ModuleType = icalendar
    return module


def _uid(row: ReportRow, renewal: Renewal, kind: str, identities: Mapping[str, str]) -> str:
    """Return the UID of an event. A moved date keeps it, so that a calendar moves the event."""
    product = name_key(renewal.product)
    if sum(name_key(each.product) == product for each in row.client.renewals) > 1:
        product = renewal.product  # two products that look the same are two renewals all the same
    identity = json.dumps([identities[row.client.key], product, kind])
    return sha256(identity.encode()).hexdigest()[:32] + "@renewctl"


def _events(row: ReportRow, as_of: date, identities: Mapping[str, str]) -> Iterator[_Event]:
    if row.renewal is None or row.deadline is None:
        return
    key, product = row.client.key, row.renewal.product
    what = showable(", ".join(filter(None, (row.client.name or key, product))))
    # First, because a month's view shows the first words only.
    alarm = "" if row.resolution.to else _NOBODY
    text = "\n".join(_describe(row, row.renewal, row.deadline, as_of))
    titles = {"deadline": f"Deadline: {what}: last day to alter terms", "renewal": f"Renewal: {what}"}
    for kind, day in (("deadline", row.deadline), ("renewal", row.renewal.day)):
        uid = _uid(row, row.renewal, kind, identities)
        yield _Event(day, key, product, kind, uid, alarm + titles[kind], text)


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
