"""Test calendar files: bytes (RFC 5545), hostile names, cancelled events."""

import re
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import icalendar
import pytest
import tomli
from hypothesis import example, given
from hypothesis import strategies as st

from renewctl.domain.report import ReportRow, build_rows
from renewctl.domain.validate import read_portfolio
from renewctl.errors import BadInput, ExitStatus, MissingExtra, UsageError
from renewctl.exchange.calendar import (
    FARTHEST_REMINDER,
    NAME,
    PRODID,
    PastEvent,
    PastExport,
    build_calendar,
    identify_clients,
    read_export,
)
from renewctl.installation import install_command
from renewctl.model import Client, Contact, Default, Owner, PartnerUser, Portfolio, Renewal, Role
from renewctl.text import showable

TODAY = date(2026, 11, 23)
TEXTS = {"SUMMARY", "DESCRIPTION", "UID", "PRODID", "VERSION", "ACTION", "TRANSP", "X-WR-CALNAME"}
Component = dict[str, Any]

ACME = Client(
    "acme.example",
    "acme.example",
    "Acme Ltda",
    contacts=(
        Contact("paula@acme.example", "Paula Reis", (Role.PRIMARY, Role.BILLING, Role.DECISION_MAKER)),
    ),
    renewals=(Renewal(date(2027, 3, 1), "Marketing Hub"),),
)


# ---------------------------------------------------------------- a reader for RFC 5545


def unfolded(data: bytes) -> list[str]:
    """Return the content lines. Fail if they violate RFC 5545, 3.1."""
    assert data.endswith(b"\r\n")
    assert data.count(b"\r\n") == data.count(b"\n") == data.count(b"\r"), "a line end other than CRLF"
    lines: list[str] = []
    for line in data[:-2].split(b"\r\n"):
        assert 0 < len(line) <= 75, f"{len(line)} octets"
        text = line.decode()  # fails if a line is folded within a character
        assert not re.search(r"[\x00-\x1f\x7f]", text), "a control character"
        if text.startswith(" "):
            lines[-1] += text[1:]
        else:
            lines.append(text)
    return lines


def unescaped(value: str) -> str:
    """Return the text of a TEXT value. Fail if it is not valid (3.3.11)."""
    assert re.fullmatch(r"(?:[^\\;,]|\\[\\;,nN])*", value), f"not a TEXT: {value!r}"
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], value)


def parsed(data: bytes) -> Component:
    """Return the calendar: a dict per component, with its components under "parts"."""
    root: Component = {"parts": []}
    open_ones = [root]
    for line in unfolded(data):
        found = re.fullmatch(r"([A-Z-]+(?:;[A-Z-]+=[A-Z-]+)*):(.*)", line)
        assert found, f"not a content line: {line!r}"
        name, value = found[1], found[2]
        if name == "BEGIN":
            open_ones.append({"type": value, "parts": []})
            open_ones[-2]["parts"].append(open_ones[-1])
        elif name == "END":
            assert open_ones.pop()["type"] == value
        else:
            assert name not in open_ones[-1], f"{name} twice"
            open_ones[-1][name] = unescaped(value) if name in TEXTS else value
    assert open_ones == [root]
    (calendar,) = root["parts"]
    return calendar


def checked(data: bytes) -> list[Component]:
    """Return the events, after checking the file against RFC 5545."""
    calendar = parsed(data)
    assert {key: calendar[key] for key in calendar if key != "parts"} == {
        "type": "VCALENDAR",
        "VERSION": "2.0",
        "PRODID": PRODID,
        "X-WR-CALNAME": NAME,
    }
    events: list[Component] = calendar["parts"]
    for event in events:
        check_event(event)
    uids = [event["UID"] for event in events]
    assert len(set(uids)) == len(uids), "a UID twice"
    return events


def check_event(event: Component) -> None:
    """Fail if an event has wrong or missing properties (RFC 5545, 3.6.1 and 3.6.6)."""
    assert event["type"] == "VEVENT"
    always = "type parts UID DTSTAMP LAST-MODIFIED SEQUENCE DTSTART;VALUE=DATE SUMMARY DESCRIPTION TRANSP"
    either = "STATUS" if event["SUMMARY"].startswith("Canceled: ") else "CATEGORIES"
    assert set(event) - {"DTEND;VALUE=DATE"} == {*always.split(), either}
    assert re.fullmatch(r"[0-9a-f]{32}@renewctl", event["UID"])
    assert re.fullmatch(r"\d{8}T000000Z", event["DTSTAMP"])
    assert event["LAST-MODIFIED"] == event["DTSTAMP"]
    assert 0 < int(event["SEQUENCE"]) < 2**31
    start = day(event["DTSTART;VALUE=DATE"])
    end = event.get("DTEND;VALUE=DATE")
    assert (end is None) == (start == date.max)
    assert end is None or day(end) == start + timedelta(days=1)
    assert event["TRANSP"] == "TRANSPARENT"
    for alarm in event["parts"]:
        assert set(alarm) == {"type", "parts", "ACTION", "TRIGGER", "DESCRIPTION"}
        assert (alarm["type"], alarm["ACTION"], alarm["parts"]) == ("VALARM", "DISPLAY", [])
        assert re.fullmatch(r"-P[1-9]\d*D|P0D", alarm["TRIGGER"])
        assert alarm["DESCRIPTION"] == event["SUMMARY"]


def day(text: str) -> date:
    """Return the date of a DATE value."""
    found = re.fullmatch(r"(\d{4})(\d{2})(\d{2})", text)
    assert found
    return date(int(found[1]), int(found[2]), int(found[3]))


# ---------------------------------------------------------------- the rows


def portfolio(*clients: Client, default: Default | None = None) -> Portfolio:
    """Return a portfolio of the clients. The default is HubSpot with Ana copied."""
    users = {"ana@agency.example": PartnerUser("ana@agency.example", "Ana Souza")}
    default = default or Default(Owner.HUBSPOT, "ana@agency.example")
    return Portfolio(default, users=users, clients={client.key: client for client in clients})


def rows_of(*clients: Client, default: Default | None = None, today: date = TODAY) -> tuple[ReportRow, ...]:
    """Return the rows of the clients on all dates."""
    return build_rows(portfolio(*clients, default=default), clients, None, today)


def build(rows: Sequence[ReportRow], as_of: date, **options: Any) -> bytes:
    """Return the calendar of a file that has only the clients of these rows."""
    return build_calendar(rows, as_of, identities_of(rows), **options)


def identities_of(rows: Sequence[ReportRow]) -> Mapping[str, str]:
    """Return the identifiers of the clients of these rows."""
    return identify_clients(portfolio(*(row.client for row in rows)))


def events_of(*clients: Client, default: Default | None = None, **options: Any) -> list[Component]:
    """Return the checked events of the clients' calendar."""
    return checked(build(rows_of(*clients, default=default), TODAY, **options))


@pytest.fixture
def agency_rows(examples: Path) -> tuple[ReportRow, ...]:
    """Return all rows of the example agency."""
    known = read_portfolio(tomli.loads((examples / "agency.toml").read_text("utf-8"))).portfolio
    return build_rows(known, known.clients.values(), None, TODAY)


# ---------------------------------------------------------------- the content of the file

EXACT = r"""BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//renewctl//renewctl//EN
X-WR-CALNAME:Client renewals
BEGIN:VEVENT
SUMMARY:Renewal deadline: Acme Ltda\, Marketing Hub
DTSTART;VALUE=DATE:20270115
DTEND;VALUE=DATE:20270116
DTSTAMP:20261123T000000Z
UID:2b191af390ee97eb40c1965b050d96bb@renewctl
SEQUENCE:739943
CATEGORIES:Renewal deadline
DESCRIPTION:Client: acme.example\, Acme Ltda\nProduct: Marketing Hub\nRene
 wal date: 2027-03-01\nRenewal deadline: 2027-01-15\nNotified: paula@acme.e
 xample (primary contact\, billing contact\, decision maker)\, Paula Reis\n
 Copied: ana@agency.example (partner user)\, Ana Souza\nRule: default-hubsp
 ot\nAs of 2026-11-23\, based on renewctl's data file\, not on live HubSpot
  data
LAST-MODIFIED:20261123T000000Z
TRANSP:TRANSPARENT
BEGIN:VALARM
ACTION:DISPLAY
DESCRIPTION:Renewal deadline: Acme Ltda\, Marketing Hub
TRIGGER:-P30D
END:VALARM
END:VEVENT
BEGIN:VEVENT
SUMMARY:Renewal: Acme Ltda\, Marketing Hub
DTSTART;VALUE=DATE:20270301
DTEND;VALUE=DATE:20270302
DTSTAMP:20261123T000000Z
UID:afeb36a3b4c9bfa37f9362b86514346f@renewctl
SEQUENCE:739943
CATEGORIES:Renewal
DESCRIPTION:Client: acme.example\, Acme Ltda\nProduct: Marketing Hub\nRene
 wal date: 2027-03-01\nRenewal deadline: 2027-01-15\nNotified: paula@acme.e
 xample (primary contact\, billing contact\, decision maker)\, Paula Reis\n
 Copied: ana@agency.example (partner user)\, Ana Souza\nRule: default-hubsp
 ot\nAs of 2026-11-23\, based on renewctl's data file\, not on live HubSpot
  data
LAST-MODIFIED:20261123T000000Z
TRANSP:TRANSPARENT
END:VEVENT
END:VCALENDAR
"""


def test_a_small_calendar_byte_by_byte() -> None:
    assert build(rows_of(ACME), TODAY, remind=[30]) == EXACT.replace("\n", "\r\n").encode()


def test_icalendar_reads_back_the_same_events(agency_rows: tuple[ReportRow, ...]) -> None:
    data = build(agency_rows, TODAY, remind=[30, 7])
    events = checked(data)
    read_back = icalendar.Calendar.from_ical(data).walk("VEVENT")
    assert len(read_back) == len(events) == 2 * sum(row.renewal is not None for row in agency_rows)
    for event, found in zip(events, read_back, strict=True):
        assert str(found["SUMMARY"]) == event["SUMMARY"]
        assert str(found["DESCRIPTION"]) == event["DESCRIPTION"]
        assert found.decoded("DTSTART") == day(event["DTSTART;VALUE=DATE"])
        assert found.decoded("DTSTAMP") == datetime(2026, 11, 23, tzinfo=UTC)


def test_each_dated_row_has_two_events_and_undated_rows_have_none(agency_rows: tuple[ReportRow, ...]) -> None:
    dated = [row for row in agency_rows if row.renewal and row.deadline]
    assert len(dated) < len(agency_rows)
    expected = [each for row in dated if row.renewal for each in (row.deadline, row.renewal.day)]
    found = [day(event["DTSTART;VALUE=DATE"]) for event in checked(build(agency_rows, TODAY))]
    assert found == sorted(expected)


def test_no_rows_make_an_empty_calendar() -> None:
    assert checked(build((), TODAY, remind=[7])) == []


def test_an_event_without_name_and_product_has_the_domain() -> None:
    plain = ACME._replace(name="", renewals=(Renewal(date(2027, 3, 1)),))
    deadline, renewal = events_of(plain)
    assert deadline["SUMMARY"] == "Renewal deadline: acme.example"
    assert renewal["SUMMARY"] == "Renewal: acme.example"
    assert "Client: acme.example\nRenewal date: 2027-03-01\n" in renewal["DESCRIPTION"]


def test_the_title_begins_with_nobody_if_there_is_no_recipient() -> None:
    for event in events_of(ACME, default=Default(Owner.PARTNER)):
        assert event["SUMMARY"].startswith("NOBODY is notified: ")
        assert "\nNotified: NOBODY\nCopied: nobody\nRule: default-partner\nError: " in event["DESCRIPTION"]


def test_a_past_renewal_has_events_with_its_note() -> None:
    past = ACME._replace(renewals=(Renewal(date(2026, 10, 31)),))
    for event in events_of(past, remind=[7]):
        assert re.search("\nWarning: .*2026-10-31", event["DESCRIPTION"])
        assert event["parts"] == []


def test_notes_for_the_footer_are_not_in_each_event(agency_rows: tuple[ReportRow, ...]) -> None:
    in_rows = {note.message for row in agency_rows for note in row.row_notes}
    in_footer = {note.message for row in agency_rows for note in row.notes} - in_rows
    assert in_footer
    for event in checked(build(agency_rows, TODAY)):
        assert not any(message in event["DESCRIPTION"] for message in in_footer)


# ---------------------------------------------------------------- reminders


def test_only_deadlines_have_reminders_sorted_and_unique() -> None:
    deadline, renewal = events_of(ACME, remind=[7, 30, 0, 7])
    assert [alarm["TRIGGER"] for alarm in deadline["parts"]] == ["-P30D", "-P7D", "P0D"]
    assert renewal["parts"] == []


@pytest.mark.parametrize(("later", "count"), [(0, 1), (1, 0)])
def test_a_past_deadline_has_no_reminders(later: int, count: int) -> None:
    as_of = date(2027, 1, 15) + timedelta(days=later)
    deadline, _ = checked(build(rows_of(ACME, today=as_of), as_of, remind=[30]))
    assert len(deadline["parts"]) == count


@pytest.mark.parametrize("days", [-1, FARTHEST_REMINDER + 1, 10**12])
def test_a_reminder_out_of_range_is_refused(days: int) -> None:
    with pytest.raises(UsageError, match=f"{days} days before") as caught:
        build(rows_of(ACME), TODAY, remind=[7, days])
    assert caught.value.hint == "use 0 to 3650 days"
    assert build(rows_of(ACME), TODAY, remind=[FARTHEST_REMINDER])


# ---------------------------------------------------------------- the same event, the same bytes


def uids(*clients: Client) -> list[str]:
    """Return the UIDs of the clients' events in the order of the file."""
    return [event["UID"] for event in events_of(*clients)]


HUB = ACME._replace(hub_id=4411223)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (ACME, ACME._replace(name="Acme S.A.", renewals=(Renewal(date(2028, 1, 1), "Marketing Hub"),))),
        (ACME, ACME._replace(renewals=(Renewal(date(2027, 3, 1), "marketing  HUB"),))),
        (HUB, HUB._replace(key="acme2.example", spelling="acme2.example")),
        # A client without a known domain has its hub ID as key.
        (HUB, ACME._replace(key="4411223", spelling="4411223")),
    ],
)
def test_a_changed_renewal_keeps_its_events(before: Client, after: Client) -> None:
    assert uids(before) == uids(after)


@pytest.mark.parametrize(
    "other",
    [
        ACME._replace(renewals=(Renewal(date(2027, 3, 1), "Sales Hub"),)),
        ACME._replace(key="acme2.example", spelling="acme2.example"),
        HUB,
    ],
)
def test_another_renewal_has_other_events(other: Client) -> None:
    assert not set(uids(other)) & set(uids(ACME))


def test_similar_clients_and_products_have_separate_events() -> None:
    twin = HUB._replace(key="twin.example", spelling="twin.example")
    products = tuple(Renewal(date(2027, 3, 1), product) for product in ("Hub", "hub", "HUB"))
    known = (HUB._replace(renewals=products), twin, ACME._replace(key="4411223", spelling="4411223"))
    identities = identify_clients(portfolio(*known))

    whole = {event["UID"] for event in checked(build_calendar(rows_of(*known), TODAY, identities))}
    each = [
        {event["UID"] for event in checked(build_calendar(rows_of(client), TODAY, identities))}
        for client in known
    ]
    assert set.union(*each) == whole
    assert sum(map(len, each)) == len(whole) == 10


def test_key_and_product_are_separated_in_uids() -> None:
    one = ACME._replace(key="a", renewals=(Renewal(date(2027, 3, 1), "b c"),))
    two = ACME._replace(key="a b", renewals=(Renewal(date(2027, 3, 1), "c"),))
    assert not set(uids(one)) & set(uids(two))


def test_the_order_of_the_rows_does_not_matter(agency_rows: tuple[ReportRow, ...]) -> None:
    assert build(agency_rows[::-1], TODAY, remind=[7, 30]) == build(agency_rows, TODAY, remind=[30, 7])


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/Sao_Paulo", "Etc/GMT+12"])
def test_the_time_zone_of_the_machine_does_not_matter(
    zone: str, agency_rows: tuple[ReportRow, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = build(agency_rows, TODAY, remind=[7])
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    assert time.timezone != 0
    assert build(agency_rows, TODAY, remind=[7]) == expected


@pytest.mark.parametrize("end", [date.min, date.max])
def test_the_calendars_first_and_last_days(end: date) -> None:
    edge = ACME._replace(renewals=(Renewal(end, deadline=end),))
    events = checked(build(rows_of(edge, today=end), end, remind=[30]))
    assert [day(event["DTSTART;VALUE=DATE"]) for event in events] == [end, end]
    assert events[0]["DTSTAMP"] == f"{end.year:04}{end:%m%d}T000000Z"


# ---------------------------------------------------------------- hostile text

HOSTILE = [
    "\x1b[31mred\x1b]8;;http://evil.example\x07",
    "Acme\nBEGIN:VEVENT\nUID:1",
    "Acme\r\nEND:VEVENT\r\nBEGIN:VEVENT",
    "Acme\rEND:VCALENDAR",
    "Acme\u2028SUMMARY:other\u2029\x85next",
    "\u202egnp.exe\u2066\u200b\U000e0041",
    "a\x00b\x7f\x9b",
    r"C:\New; C:\next, a\;b\,c\\N\\n\\",
    "ends in a backslash\\",
    'quotes "a;b:c,d"',
    "\ud800 alone",
    "<a href='//evil.example'>x</a>",
    "x" * 100_000,
]


def named(text: str) -> Client:
    """Return a client in which all free texts are this text."""
    contact = Contact("p@acme.example", text, (Role.PRIMARY,))
    return Client("acme.example", "acme.example", text, contacts=(contact,), renewals=(Renewal(TODAY, text),))


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_names_are_escaped_and_stay_on_their_lines(text: str) -> None:
    _, renewal = events_of(named(text), remind=[7])
    shown = showable(text)
    inert = shown.replace("<", r"\x3c")
    assert renewal["SUMMARY"] == f"Renewal: {shown}, {shown}"
    lines = renewal["DESCRIPTION"].split("\n")
    assert lines[:2] == [f"Client: acme.example, {inert}", f"Product: {inert}"]
    assert lines[4] == f"Notified: p@acme.example (primary contact), {inert}"


def test_a_name_cannot_add_tags_or_lines_to_the_description() -> None:
    lines = events_of(named("Acme"))[0]["DESCRIPTION"].count("\n")
    for text in HOSTILE:
        for event in events_of(named(text)):
            assert "<" not in event["DESCRIPTION"]
            assert event["DESCRIPTION"].count("\n") == lines


def test_addresses_are_escaped_in_notes_as_well() -> None:
    deadline, _ = events_of(ACME, default=Default(Owner.PARTNER, "a<b>\u202e@agency.example"))
    shown = r"a\x3cb>\u202e@agency.example"
    assert f"\nNotified: {shown} (partner user)\n" in deadline["DESCRIPTION"]
    assert f"\nError: {shown} " in deadline["DESCRIPTION"]


@pytest.mark.parametrize("char", ["\U0001f4c5", "é", "語", "\\", ",", "\n"], ids=ascii)
def test_lines_are_not_folded_within_a_character(char: str) -> None:
    for width in range(80):
        text = "x" * width + char * 40
        _, renewal = events_of(named(text))
        assert renewal["SUMMARY"] == f"Renewal: {showable(text)}, {showable(text)}"


TEXT = st.text(st.characters(exclude_categories=()) | st.sampled_from("\\;,\n\rN\U0001f600"), max_size=120)
RENEWALS = st.lists(
    st.builds(Renewal, st.dates(), TEXT, st.none() | st.dates()),
    max_size=2,
    unique_by=lambda one: one.product,
)


@st.composite
def clients(draw: st.DrawFn) -> Client:
    """Generate a client with any texts and dates."""
    contacts = (Contact("p@acme.example", draw(TEXT), (Role.BILLING,)),) if draw(st.booleans()) else ()
    return Client(
        "acme.example", "acme.example", draw(TEXT), contacts=contacts, renewals=tuple(draw(RENEWALS))
    )


@given(clients(), st.dates(), st.lists(st.integers(0, FARTHEST_REMINDER), max_size=3))
@example(ACME._replace(name="\\N"), TODAY, [0])
def test_any_texts_and_dates_give_a_valid_file(client: Client, as_of: date, remind: list[int]) -> None:
    found = rows_of(client, today=as_of)
    data = build(found, as_of, remind=remind)
    events = checked(data)
    assert len(events) == 2 * len(client.renewals)
    assert {text for row in found for text in summaries(row)} == {event["SUMMARY"] for event in events}
    read_back = icalendar.Calendar.from_ical(data).walk("VEVENT")
    assert [str(event["DESCRIPTION"]) for event in read_back] == [event["DESCRIPTION"] for event in events]
    assert data == build(found[::-1], as_of, remind=remind[::-1])


def summaries(row: ReportRow) -> Iterator[str]:
    """Yield the expected titles of the two events of a row."""
    if row.renewal:
        alarm = "" if row.resolution.to else "NOBODY is notified: "
        what = showable(row.client.name or row.client.key)
        what += f", {showable(row.renewal.product)}" if row.renewal.product else ""
        yield f"{alarm}Renewal deadline: {what}"
        yield f"{alarm}Renewal: {what}"


# ---------------------------------------------------------------- without icalendar


def test_without_icalendar_the_hint_is_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "icalendar", None)
    with pytest.raises(MissingExtra, match="icalendar") as caught:
        build(rows_of(ACME), TODAY)
    assert caught.value.hint == install_command("icalendar")
    assert (caught.value.code, caught.value.exit_status) == ("missing-extra", ExitStatus.USAGE)


# ---------------------------------------------------------------- later versions, cancelled events

GONE = {"a" * 32 + "@renewctl": PastEvent(date(2027, 1, 15), "Acme, Hub (renewal deadline)")}


def test_the_events_of_each_day_are_later_versions() -> None:
    for days, more in ((0, 0), (1, 1), (30, 30)):
        as_of = TODAY + timedelta(days=days)
        (event, _) = checked(build(rows_of(ACME, today=as_of), as_of))
        assert int(event["SEQUENCE"]) == TODAY.toordinal() + more
        assert event["LAST-MODIFIED"] == f"{as_of:%Y%m%d}T000000Z"


def test_a_cancelled_event_has_title_and_status() -> None:
    *_, event = events_of(ACME, cancelled=PastExport(GONE, 7), remind=[7])
    assert event == {
        "type": "VEVENT",
        "parts": [],
        "UID": "a" * 32 + "@renewctl",
        "DTSTAMP": "20261123T000000Z",
        "LAST-MODIFIED": "20261123T000000Z",
        "SEQUENCE": str(TODAY.toordinal()),
        "DTSTART;VALUE=DATE": "20270115",
        "DTEND;VALUE=DATE": "20270116",
        "SUMMARY": "Canceled: Acme, Hub (renewal deadline)",
        "DESCRIPTION": "No longer in renewctl's calendar as of 2026-11-23",
        "TRANSP": "TRANSPARENT",
        "STATUS": "CANCELLED",
    }


def test_a_second_file_on_the_same_day_is_a_later_version() -> None:
    first = build(rows_of(ACME), TODAY)
    second = build(rows_of(ACME), TODAY, cancelled=PastExport({}, read_export(first, "f.ics").sequence))
    assert {event["SEQUENCE"] for event in checked(second)} == {str(TODAY.toordinal() + 1)}


def find_cancelled(data: bytes, *clients: Client, as_of: date = TODAY) -> list[str]:
    """Return the titles of the events to cancel if the file now has these clients."""
    rows = rows_of(*clients, today=as_of)
    gone = read_export(data, "f.ics").find_cancelled(rows, identities_of(rows), as_of)
    return sorted(event.summary for event in gone.events.values())


def test_moved_and_renamed_renewals_are_not_cancelled() -> None:
    data = build(rows_of(HUB), TODAY)
    moved = (Renewal(date(2029, 1, 1), "MARKETING HUB"),)
    assert find_cancelled(data, HUB) == []
    assert find_cancelled(data, HUB._replace(key="new.example", spelling="new.example", renewals=moved)) == []


def test_removed_renewals_are_cancelled_without_the_alarm() -> None:
    data = build(rows_of(HUB, default=Default(Owner.PARTNER)), TODAY)
    what = "Acme Ltda, Marketing Hub"
    titles = [f"{what} (renewal deadline)", f"{what} (renewal)"]
    titles.sort()
    assert find_cancelled(data) == titles
    assert find_cancelled(data, HUB._replace(renewals=(Renewal(date(2027, 3, 1), "Sales Hub"),))) == titles


@pytest.mark.parametrize(
    ("as_of", "count"), [(date(2027, 1, 15), 2), (date(2027, 1, 16), 1), (date(2027, 3, 2), 0)]
)
def test_an_event_stays_cancelled_until_its_day_has_passed(as_of: date, count: int) -> None:
    before = read_export(build(rows_of(ACME), TODAY), "f.ics")
    again = build((), TODAY, cancelled=before.find_cancelled((), {}, TODAY))
    assert len(find_cancelled(again, as_of=as_of)) == count
    assert {*find_cancelled(again, as_of=as_of)} <= {*find_cancelled(build(rows_of(ACME), TODAY))}


@pytest.mark.parametrize(
    "prefix", ["", "NOBODY is notified: ", "Cancelled: ", "Cancelled: NOBODY is notified: "]
)
def test_events_of_earlier_versions_are_named_alike(prefix: str) -> None:
    summary = f"SUMMARY:{prefix}Renewal deadline: Renewal: Acme"
    (event,) = read_export(calendar_of(*EVENT[:3], summary, EVENT[-1]), "f.ics").events.values()
    assert event.summary == "Renewal: Acme (renewal deadline)"
    again = build((), TODAY, cancelled=read_export(build((), TODAY, cancelled=PastExport(GONE)), "f.ics"))
    assert find_cancelled(again) == ["Acme, Hub (renewal deadline)"]


@given(clients(), st.dates())
def test_an_earlier_export_with_any_texts_can_be_read(client: Client, as_of: date) -> None:
    rows = rows_of(client, today=as_of)
    data = build(rows, as_of)
    export = read_export(data, "f.ics")
    events = checked(data)
    assert {*export.events} == {event["UID"] for event in events}
    assert find_cancelled(data, client, as_of=as_of) == []
    assert export.sequence == (as_of.toordinal() if events else 0)
    for event in events:
        found = export.events[event["UID"]]
        assert found.day == day(event["DTSTART;VALUE=DATE"])
        assert showable(found.summary) == found.summary
    checked(build((), as_of, cancelled=export))


def calendar_of(*lines: str) -> bytes:
    """Return an iCalendar file with these lines."""
    return "".join(f"{line}\r\n" for line in ("BEGIN:VCALENDAR", *lines, "END:VCALENDAR")).encode()


OWN = "UID:" + "a" * 32 + "@renewctl"
EVENT = ("BEGIN:VEVENT", OWN, "DTSTART;VALUE=DATE:20270115", "SUMMARY:Renewal deadline: Acme", "END:VEVENT")


@pytest.mark.parametrize(
    "data",
    [
        calendar_of(*EVENT),
        calendar_of(*EVENT).replace(b"\r\n", b"\n"),
        b"\xef\xbb\xbf" + calendar_of(*EVENT),
        calendar_of("X-ODD:1", "rubbish", "BEGIN:VEVENT", "UID:other@example", "END:VEVENT", *EVENT),
        calendar_of(*EVENT[:3], "RRULE:FREQ=SECONDLY", "DTSTAMP:rubbish", "X-A;B:C:D", *EVENT[3:]),
        calendar_of(*EVENT).replace(b"20270115", b"20270115T080000").replace(b";VALUE=DATE", b""),
        calendar_of(*EVENT).replace(b"Acme", b"Ac\r\n me"),
    ],
    ids=range(7),
)
def test_renewctl_events_saved_by_other_programs_are_read(data: bytes) -> None:
    event = PastEvent(date(2027, 1, 15), "Acme (renewal deadline)")
    assert read_export(data, "f.ics") == PastExport({"a" * 32 + "@renewctl": event}, 0)


def test_a_calendar_without_events_is_an_earlier_export() -> None:
    assert read_export(build((), TODAY), "f.ics") == PastExport({}, 0)


NOT_A_CALENDAR = "f.ics is not an iCalendar file"
DAMAGED = f"f.ics has a damaged event: {OWN[4:]}"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "f.ics is empty"),
        (b" \r\n", "f.ics is empty"),
        (b"client,name\nacme.example,Acme\n", NOT_A_CALENDAR),
        (b"\x00\xff" * 1000, NOT_A_CALENDAR),
        (calendar_of(*EVENT)[:-20], NOT_A_CALENDAR),
        (calendar_of(*EVENT) * 2, NOT_A_CALENDAR),
        (calendar_of(EVENT[0], "UID:1@other.example", *EVENT[2:]), "f.ics has no renewctl events"),
        (calendar_of(*EVENT).replace(b"20270115", b"soon"), DAMAGED),
        (calendar_of(*EVENT[:2], *EVENT[3:]), DAMAGED),
        (calendar_of(*EVENT[:2], EVENT[2], *EVENT[2:]), DAMAGED),
        (calendar_of(*EVENT[:2], "SEQUENCE:2147483647", *EVENT[2:]), DAMAGED),
        (calendar_of(*EVENT[:2], "SEQUENCE:-1", *EVENT[2:]), DAMAGED),
        (calendar_of(*EVENT[:2], "SEQUENCE:" + "9" * 5000, *EVENT[2:]), DAMAGED),
        (calendar_of(*["UID:1"] * 500_001), "f.ics is too large to be an earlier export"),
        (b" " * (64 * 1024 * 1024) + b"x", "f.ics is too large to be an earlier export"),
    ],
    ids=range(15),
)
def test_a_file_that_is_not_an_earlier_export_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(BadInput) as caught:
        read_export(data, "f.ics")
    assert caught.value.message == message
    assert caught.value.hint


@pytest.mark.parametrize(
    "lines",
    [
        ["BEGIN:VEVENT"] * 20_000 + ["END:VEVENT"] * 20_000,
        ["BEGIN:VEVENT"] * 20_000,
        ["BEGIN:VEVENT", "CATEGORIES:" + "a," * 500_000, "END:VEVENT"],
        ["BEGIN:VEVENT", "EXDATE:" + "20270101," * 100_000, "END:VEVENT"],
        ["BEGIN:VEVENT", "SUMMARY:" + "\\" * 500_000, *EVENT[1:3], "END:VEVENT"],
        ["BEGIN:VEVENT", "SUMMARY:a", *[" a"] * 100_000, *EVENT[1:3], "END:VEVENT"],
        ['UID;A="' + '"' * 500_000 + ":x"],
        ["X-A:" + "a" * 2_000_000],
    ],
    ids=range(8),
)
def test_a_hostile_file_is_read_or_refused_in_linear_time(lines: list[str]) -> None:
    start = time.process_time()
    with suppress(BadInput):
        read_export(calendar_of(*lines), "f.ics")
    assert time.process_time() - start < 60  # seconds; quadratic time would be much more
