"""Write and read renewal deadlines and dates as iCalendar files (RFC 5545).

The file names no organizer and no attendee, so no calendar program sends invitations because of it.
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
from renewctl.domain.hubspot import ROLE_LABELS
from renewctl.domain.identifiers import name_key
from renewctl.domain.report import ReportRow
from renewctl.domain.resolve import PARTNER_USER
from renewctl.errors import BadInput, MissingExtra, UsageError
from renewctl.installation import install_command
from renewctl.model import EMPTY, Portfolio, Renewal
from renewctl.text import showable

PRODID = "-//renewctl//renewctl//EN"
"""The producer, without a version number: upgrading renewctl alone does not change the file."""
NAME = "Client renewals"
"""The name of the calendar in calendar programs (X-WR-CALNAME)."""

FARTHEST_REMINDER = 3650
"""The longest time before a deadline, in days: ten years."""

_CATEGORY = {"deadline": "Renewal deadline", "renewal": "Renewal"}
_ROLES = {**{str(role): label for role, label in ROLE_LABELS.items()}, PARTNER_USER: "partner user"}
_NOBODY, _CANCELED = "NOBODY is notified: ", "Canceled: "
_OLD_CANCELED = "Cancelled: "
"""The same in files of earlier versions."""
_OWN_UID = re.compile(r"[0-9a-f]{32}@renewctl")
_READ = {b"BEGIN", b"END", b"UID", b"DTSTART", b"SUMMARY", b"SEQUENCE", b"STATUS"}
_MOST_BYTES, _MOST_LINES = 64 * 1024 * 1024, 500_000
"""The largest earlier export that is read: about 70,000 events."""
_MOST_SEQUENCE = 2**31 - 2
"""RFC 5545, 3.3.8: an INTEGER is at most 2^31 - 1, and the next file needs one more."""


class PastEvent(NamedTuple):
    """An event of an earlier export."""

    day: date
    summary: str
    cancelled: bool = False


class PastExport(NamedTuple):
    """The events of an earlier export by UID, and their highest SEQUENCE."""

    events: Mapping[str, PastEvent] = EMPTY
    sequence: int = 0

    def find_cancelled(
        self, rows: Iterable[ReportRow], identities: Mapping[str, str], as_of: date
    ) -> "PastExport":
        """Return the events to cancel: those that belong to none of the rows.

        An event that is already canceled is canceled again until its day has passed, because a
        calendar may import only some of the files.

        Args:
            rows: The current report, with all clients and dates.
            identities: What ``identify_clients`` returns.
            as_of: The calendar date of the new file.
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
    r"""A text value that icalendar writes as RFC 5545, 3.3.11, requires.

    icalendar's own class (7.3) reads a backslash followed by a capital N as a line break: a name could
    break a line, and ``C:\New`` would be changed.
    """

    __slots__ = ()

    def to_ical(self) -> bytes:
        """Return the escaped text in UTF-8."""
        plain = self.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
        return plain.replace("\n", "\\n").encode()


class _Event(NamedTuple):
    """An all-day event: a renewal deadline, a renewal date or a canceled event.

    Events are sorted by these fields in the file. Canceled events come last.
    """

    day: date
    client: str
    product: str
    kind: str
    uid: str
    summary: str
    description: str


def identify_clients(portfolio: Portfolio) -> Mapping[str, str]:
    """Return the identifier of each client in UIDs, by client key.

    The identifier is the hub ID, which does not change with the client's domain. It is the key if no hub
    ID is recorded, or if several clients have the same one.
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
    cancelled: PastExport = NO_EXPORT,
) -> bytes:
    """Return an iCalendar file with two all-day events for each dated row.

    The events are the renewal deadline and the renewal date.

    The same rows, in any order, and the same other arguments give the same bytes. The file has no METHOD,
    which would make it a message between an organizer and attendees (RFC 5546).

    Args:
        rows: The rows of a report. Each renewal of a client appears once.
        as_of: The calendar date of the report. Its midnight in UTC is the DTSTAMP and LAST-MODIFIED of
            every event. The number of days since the year 1 is the SEQUENCE, so each day's file has
            a later version of the events than the file of the day before.
        identities: What ``identify_clients`` returns.
        remind: Days before the deadline on which to remind; 0 is the day itself. An all-day event
            begins at midnight in the reader's time zone (RFC 5545, 3.8.6.3). Past deadlines get no
            reminders: a calendar would show them as missed at once.
        cancelled: Events of an earlier export to cancel. The new SEQUENCE is higher than theirs.

    Raises:
        MissingExtra: If icalendar is not installed.
        UsageError: If a reminder is negative or more than ``FARTHEST_REMINDER`` days ahead.
    """
    icalendar = _import_icalendar()
    for days in remind:
        if not 0 <= days <= FARTHEST_REMINDER:
            message = f"a reminder {days} days before the deadline is out of range"
            raise UsageError(message, hint=f"use 0 to {FARTHEST_REMINDER} days")
    calendar = icalendar.Calendar()
    calendar.add("prodid", PRODID)
    calendar.add("version", "2.0")
    calendar["x-wr-calname"] = _Text(NAME)
    sequence = max(as_of.toordinal(), cancelled.sequence + 1)
    live = sorted(event for row in rows for event in _events(row, as_of, identities))
    for event in (*live, *_cancelled_events(cancelled, as_of)):
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
    # The last day of the calendar has no next day. Without DTEND, an all-day event lasts one day as well.
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


def _cancelled_events(cancelled: PastExport, as_of: date) -> Sequence[_Event]:
    description = f"No longer in renewctl's calendar as of {as_of}"
    # The title has it as well, because some programs do not show the status.
    return sorted(
        _Event(past.day, "", "", "cancelled", uid, _CANCELED + past.summary, description)
        for uid, past in cancelled.events.items()
    )


def read_export(data: bytes, name: str) -> PastExport:
    """Return renewctl's events in an earlier export. Ignore events of other programs.

    Args:
        data: The content of the file.
        name: The name of the file in messages.

    Raises:
        MissingExtra: If icalendar is not installed.
        BadInput: If the file is empty, too large or not an iCalendar file, or has only events of
            other programs.
    """
    icalendar = _import_icalendar()
    hint = "use a file written by the calendar command"
    if not data.strip():
        # A shell empties the target of a redirection before it starts the command.
        hint = "write the new calendar to a different file, then rename it"
        raise BadInput(f"{name} is empty", hint=hint)
    lines = list(_needed_lines(data.removeprefix(codecs.BOM_UTF8))) if len(data) <= _MOST_BYTES else None
    if lines is None or len(lines) > _MOST_LINES:
        raise BadInput(f"{name} is too large to be an earlier export", hint=hint)
    try:
        found = icalendar.Calendar.from_ical(b"\r\n".join(lines) + b"\r\n").walk("VEVENT")
    except (ValueError, RecursionError) as error:
        # Not icalendar's own message, which quotes the whole file.
        raise BadInput(f"{name} is not an iCalendar file", hint=hint) from error
    own = [event for event in found if _OWN_UID.fullmatch(str(event.get("uid", "")))]
    if found and not own:
        raise BadInput(f"{name} has no renewctl events", hint=hint)
    events, sequence = {}, 0
    for event in own:
        try:
            day, number = event["dtstart"].dt, event.get("sequence", 0)
        except (KeyError, AttributeError, ValueError):  # missing, repeated or invalid
            day, number = None, None
        if not isinstance(day, date) or not isinstance(number, int) or not 0 <= number <= _MOST_SEQUENCE:
            raise BadInput(f"{name} has a damaged event: {event['uid']}", hint=hint)
        day = day.date() if isinstance(day, datetime) else day
        summary = showable(str(event.get("summary", "")))
        events[str(event["uid"])] = PastEvent(
            day, _name_event(summary), str(event.get("status", "")) == "CANCELLED"
        )
        sequence = max(sequence, number)
    return PastExport(events, sequence)


def _name_event(summary: str) -> str:
    """Return the name of an earlier event: ``Acme (renewal deadline)``."""
    if summary.startswith(_CANCELED):
        return summary.removeprefix(_CANCELED)
    summary = summary.removeprefix(_OLD_CANCELED).removeprefix(_NOBODY)
    for category in _CATEGORY.values():
        if summary.startswith(f"{category}: "):
            return f"{summary.removeprefix(f'{category}: ')} ({category.lower()})"
    return summary


def _needed_lines(data: bytes) -> Iterator[bytes]:
    """Yield the lines of the properties that are read (RFC 5545, 3.1).

    icalendar would also parse the others, and takes seconds for a list of a million days.
    """
    needed = False
    for line in data.splitlines():
        if not line.startswith((b" ", b"\t")):
            needed = re.split(b"[;:]", line, maxsplit=1)[0].strip().upper() in _READ
        if needed:
            yield line


def _import_icalendar() -> ModuleType:
    try:
        # Whether it is installed or typed makes no difference to the type checker.
        import icalendar  # type: ignore[import-not-found, import-untyped, unused-ignore]
    except ImportError as error:
        hint = install_command("icalendar")
        raise MissingExtra(f"a calendar requires the icalendar package: {error}", hint=hint) from error
    module: ModuleType = icalendar
    return module


def _uid(row: ReportRow, renewal: Renewal, kind: str, identities: Mapping[str, str]) -> str:
    """Return the UID of an event.

    It does not depend on the date, so that calendars move the event if the date changes.
    """
    product = name_key(renewal.product)
    if sum(name_key(each.product) == product for each in row.client.renewals) > 1:
        product = renewal.product  # products that differ only in case are still two renewals
    identity = json.dumps([identities[row.client.key], product, kind])
    return sha256(identity.encode()).hexdigest()[:32] + "@renewctl"


def _events(row: ReportRow, as_of: date, identities: Mapping[str, str]) -> Iterator[_Event]:
    if row.renewal is None or row.deadline is None:
        return
    key, product = row.client.key, row.renewal.product
    what = showable(", ".join(filter(None, (row.client.name or key, product))))
    # First in the title, because a month view shows only the first words.
    alarm = "" if row.resolution.to else _NOBODY
    text = "\n".join(_describe(row, row.renewal, row.deadline, as_of))
    for kind, day in (("deadline", row.deadline), ("renewal", row.renewal.day)):
        uid = _uid(row, row.renewal, kind, identities)
        yield _Event(day, key, product, kind, uid, f"{alarm}{_CATEGORY[kind]}: {what}", text)


def _describe(row: ReportRow, renewal: Renewal, deadline: date, as_of: date) -> Iterator[str]:
    """Yield the lines of the description. No value can break out of its line."""
    yield _plain(f"Client: {', '.join(filter(None, (row.client.key, row.client.name)))}")
    if renewal.product:
        yield _plain(f"Product: {renewal.product}")
    yield f"Renewal date: {renewal.day}"
    yield f"Renewal deadline: {deadline}"
    recipients = ("Notified", row.resolution.to, "NOBODY"), ("Copied", row.resolution.cc, "nobody")
    for label, decisions, nobody in recipients:
        for decision in decisions:
            # The name comes last: it is free text and could imitate the other values.
            name = f", {decision.name}" if decision.name else ""
            roles = ", ".join(_ROLES.get(role, role) for role in decision.roles)
            yield _plain(f"{label}: {decision.email} ({roles}){name}")
        if not decisions:
            yield f"{label}: {nobody}"
    yield f"Rule: {row.resolution.rule}"
    for note in row.row_notes:
        yield _plain(f"{note.severity.capitalize()}: {note.message}")
    yield f"As of {as_of}, based on renewctl's data file, not on live HubSpot data"


def _plain(text: str) -> str:
    r"""Return showable text without tags: web calendars read descriptions as HTML."""
    return showable(text).replace("<", "\\x3c")
