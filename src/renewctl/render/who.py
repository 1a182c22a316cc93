"""Who would be notified of each renewal, as JSON, columns and a screen; what a person is responsible for."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from renewctl.command_line import command_line
from renewctl.domain.dates import Window
from renewctl.domain.report import FOOTER_CODE, ReportRow, without_recipient
from renewctl.domain.resolve import Decision, Note, Severity
from renewctl.domain.responsibilities import Responsibilities
from renewctl.model import Role
from renewctl.render.machine import markdown_table
from renewctl.render.result import Cell, DataTable, Line, Result, line, table_of
from renewctl.render.terminal import (
    GAP,
    Row,
    column_widths,
    heading_row,
    side_by_side,
    total_width,
    wrap_line,
)
from renewctl.render.wording import in_days
from renewctl.text import count_of, list_some

COLUMNS = (
    "client",
    "name",
    "product",
    "renewal",
    "deadline",
    "days_to_renewal",
    "days_to_deadline",
    "owner",
    "source",
    "rule",
    "to",
    "cc",
    "notes",
)
MARKDOWN_COLUMNS = ("Deadline", "Renewal", "Client", "Product", "Notified", "Copied", "Rule", "Notes")
HEADINGS = ("Deadline", "Renewal", "Client", "Who hears", "Rule")
MOST_NAMED = 5
"""So many clients are named; the JSON form has all of them."""
SOON = 14
"""Days before a deadline from which it is shown as a warning."""


class Report(NamedTuple):
    """What is reported; with ``person``, of that person alone; ``of_no_clients`` if the store has none."""

    rows: Sequence[ReportRow]
    as_of: date
    window: Window | None
    store: Mapping[str, Any]
    person: Responsibilities | None = None
    of_no_clients: bool = False

    @property
    def heading(self) -> Mapping[str, Any]:
        """What every JSON form of the report begins with."""
        person = {"person": _person_document(self.person)} if self.person else {}
        return {"as_of": self.as_of.isoformat(), "store": dict(self.store), **person}

    @property
    def person_lines(self) -> Sequence[Line]:
        """What every screen of the report begins with."""
        return [*_person_lines(self.person), line()] if self.person else []


def render_by_client(report: Report) -> Result:
    """Return a row for each renewal."""
    rows, today = report.rows, report.as_of
    return Result(
        {
            "schema": "renewctl.who/1",
            **report.heading,
            "items": lambda: [report_item(row, today) for row in rows],
            "summary": lambda: summarize(rows),
        },
        table_of(COLUMNS, (_flat_item(row, today) for row in rows), "Renewals", alarm="to"),
        names=tuple(dict.fromkeys(row.client.key for row in rows)),
        screen=lambda width: (*report.person_lines, *_draw(rows, today, width)),
        footer=describe_report(report),
        markdown=lambda: markdown_table(DataTable(MARKDOWN_COLUMNS, map(_markdown_cells, rows))),
    )


def report_item(row: ReportRow, today: date) -> dict[str, Any]:
    """Return a row as JSON has it; names are a contract."""
    return {
        **_single_values(row, today),
        "renewal": row.renewal.day.isoformat() if row.renewal else None,
        "deadline": row.deadline.isoformat() if row.deadline else None,
        "to": _recipients(row.resolution.to),
        "cc": _recipients(row.resolution.cc),
        "notes": [note_item(note) for note in row.row_notes],
    }


def _single_values(row: ReportRow, today: date) -> dict[str, Any]:
    resolution, renewal, deadline = row.resolution, row.renewal, row.deadline
    setting, day = resolution.setting, renewal.day if renewal else None
    return {
        "client": resolution.client.key,
        "name": resolution.client.name or None,
        "product": (renewal.product or None) if renewal else None,
        "renewal": day,
        "deadline": deadline,
        "days_to_renewal": (day - today).days if day else None,
        "days_to_deadline": (deadline - today).days if deadline else None,
        "owner": setting.owner if setting else None,
        "source": resolution.source,
        "rule": resolution.rule,
    }


def _recipients(decisions: Sequence[Decision]) -> list[dict[str, Any]]:
    return [{"email": each.email, "name": each.name or None, "roles": each.roles} for each in decisions]


def note_item(note: Note) -> dict[str, str]:
    """Return a note as JSON has it."""
    return {"code": note.code, "severity": note.severity, "message": note.message}


def summarize(rows: Sequence[ReportRow]) -> dict[str, int]:
    """Return the counts that the JSON forms end with."""
    return {
        "clients": len({row.client.key for row in rows}),
        "renewals": sum(row.renewal is not None for row in rows),
        "without_recipient": len(without_recipient(rows)),
        "undated": sum(row.renewal is None for row in rows),
    }


def _flat_item(row: ReportRow, today: date) -> dict[str, Any]:
    return {
        **_single_values(row, today),
        "to": [decision.email for decision in row.resolution.to],
        "cc": [decision.email for decision in row.resolution.cc],
        "notes": _note_codes(row.row_notes),
    }


def _note_codes(notes: Sequence[Note]) -> list[str]:
    """Return the codes; those that repeat with the role or the person that each is about."""
    codes = [note.code for note in notes]
    return [
        f"{note.code}:{note.subject}" if note.subject and codes.count(note.code) > 1 else note.code
        for note in notes
    ]


def _markdown_cells(row: ReportRow) -> tuple[Cell, ...]:
    renewal, client = row.renewal, row.client
    return (
        row.deadline.isoformat() if row.deadline else "",
        renewal.day.isoformat() if renewal else "no date",
        (client.key, client.name) if client.name else client.key,
        renewal.product if renewal else "",
        tuple(decision.email or "" for decision in row.resolution.to) or "NOBODY",
        tuple(decision.email or "" for decision in row.resolution.cc),
        str(row.resolution.rule),
        tuple(f"{note.severity}: {note.message}" for note in row.row_notes),
    )


def _draw(rows: Sequence[ReportRow], today: date, width: int) -> Iterator[Line]:
    """Yield a table, with the rule in its own column or below the client; otherwise blocks."""
    if not rows:
        yield line(("No renewals.", "dim"))
        return
    for headings in (HEADINGS, HEADINGS[:-1]):
        heading = heading_row(headings)
        table = [_columns(row, today, len(headings)) for row in rows]
        widths = column_widths([heading, *table])
        if total_width(widths) <= width:
            break
    else:
        yield from _draw_stacked(rows, today, width)
        return
    yield from side_by_side(heading, widths)
    indent = widths[0] + widths[1] + 2 * len(GAP)
    for row, columns in zip(rows, table, strict=True):
        yield line()
        yield from side_by_side(columns, widths)
        yield from _indented_notes(row, indent, width)


def _columns(row: ReportRow, today: date, number: int) -> Row:
    recipients = [*_notified(row), *(line(("cc ", "dim"), *parts) for parts in _copied(row))]
    client, rule = _client(row), [line((str(row.resolution.rule), "dim"))]
    columns = [_deadline(row, today), _renewal(row, today), client, recipients, rule]
    if number < len(columns):
        client += columns.pop()
    return columns


def _draw_stacked(rows: Sequence[ReportRow], today: date, width: int) -> Iterator[Line]:
    for number, row in enumerate(rows):
        if number:
            yield line()
        heading, *details = _client(row)
        yield heading
        yield from (line(GAP, *parts) for parts in details)
        labelled = (
            ("deadline", [_on_one_line(_deadline(row, today))]),
            ("renews", [_on_one_line(_renewal(row, today))]),
            ("notified", _notified(row)),
            ("copied", _copied(row)),
            ("rule", [line(str(row.resolution.rule))]),
        )
        for label, lines in labelled:
            for index, parts in enumerate(lines):
                yield line(GAP, (f"{'' if index else label:<9}", "dim"), *parts)
        yield from _indented_notes(row, len(GAP), width)


def _on_one_line(lines: Sequence[Line]) -> Line:
    return tuple(part for parts in lines for part in (*parts, (" ", "")))


def _client(row: ReportRow) -> list[Line]:
    lines = [line((row.client.key, "strong"))]
    if row.client.name:
        lines.append(line(row.client.name))
    if row.renewal and row.renewal.product:
        lines.append(line((row.renewal.product, "dim")))
    return lines


def _deadline(row: ReportRow, today: date) -> list[Line]:
    if row.deadline is None:
        return [line(("–", "dim"))]
    days = (row.deadline - today).days
    urgency = "error" if days < 0 else "warning" if days <= SOON else "dim"
    return [line(str(row.deadline)), line((in_days(days), urgency))]


def _renewal(row: ReportRow, today: date) -> list[Line]:
    if row.renewal is None:
        return [line(("no date", "warning"))]
    days = (row.renewal.day - today).days
    return [line(str(row.renewal.day)), line((in_days(days), "warning" if days < 0 else "dim"))]


def _notified(row: ReportRow) -> list[Line]:
    emails = [line((decision.email or "", "notified")) for decision in row.resolution.to]
    return emails or [line(("NOBODY", "error"))]


def _copied(row: ReportRow) -> list[Line]:
    return [line((decision.email or "", "copied")) for decision in row.resolution.cc]


def _indented_notes(row: ReportRow, indent: int, width: int) -> Iterator[Line]:
    """Yield the client's memo, then the notes; a further line of the memo cannot look like a note."""
    label = "memo: "
    for number, text in enumerate(row.client.memo.splitlines()):
        start = " " * len(label) if number else label
        for parts in wrap_line(line((start, "dim"), text), width - indent, hang=len(label)):
            yield line(" " * indent, *parts)
    for note in row.row_notes:
        for parts in wrap_line(note_line(note), width - indent, hang=2):
            yield line(" " * indent, *parts)


def note_line(note: Note) -> Line:
    """Return a note as people see it: its severity, code and message."""
    mark = {Severity.ERROR: "✗ ", Severity.WARNING: "! ", Severity.INFO: "· "}[note.severity]
    style = str(note.severity)
    return line((f"{mark}{note.code}: ", style), (note.message, "info" if style == "info" else ""))


def _person_document(person: Responsibilities) -> dict[str, Any]:
    return {
        "email": person.email,
        "name": person.name or None,
        "active": person.active,
        "default": person.default,
        "followers": person.followers if person.default else 0,
        "overrides": person.overrides,
        "roles": dict(person.roles),
        "inactive_at": person.inactive_at,
    }


def _person_lines(person: Responsibilities) -> Iterator[Line]:
    """Yield the person's name, then a line for each kind of responsibility."""
    yield line((person.email, "strong"), f" ({person.name})" if person.name else "")
    if person.user_inactive:
        yield line("  ", ("deactivated in HubSpot, so receives nothing as a partner user", "warning"))
    if person.inactive_at:
        clients = list_some(person.inactive_at, MOST_NAMED)
        yield line("  ", (f"deactivated in HubSpot as a contact at {clients}", "warning"))
    if person.default:
        verb = "follows" if person.followers == 1 else "follow"
        yield line(f"  partner user of the default: {count_of(person.followers, 'client')} {verb} it")
    if person.overrides:
        number, clients = len(person.overrides), list_some(person.overrides, MOST_NAMED)
        yield line(f"  partner user of {count_of(number, 'override')}: {clients}")
    clients_by_roles: dict[tuple[tuple[Role, ...], bool], list[str]] = {}
    for client, roles in person.roles.items():
        clients_by_roles.setdefault((roles, client in person.not_notified), []).append(client)
    for (roles, not_notified), keys in clients_by_roles.items():
        *others, last = roles
        words = f"{', '.join(others)} and {last}" if others else last
        silent = ", where contacts are not written to while the partner owns" if not_notified else ""
        yield line(f"  {words} contact at {list_some(keys, MOST_NAMED)}{silent}")
    if not (person.user_inactive or person.inactive_at or person.default or person.overrides or person.roles):
        yield line("  ", ("no setting names this address, and it holds no role", "dim"))


def describe_report(report: Report) -> tuple[str, ...]:
    """Return the footer: what was looked at, what is missing, and that HubSpot was not asked."""
    window, counts = report.window, summarize(report.rows)
    what = f"{count_of(counts['renewals'], 'renewal')} of {count_of(counts['clients'], 'client')}, "
    if window is None:
        what += f"whatever the date, seen from {report.as_of}"
    else:
        what += f"{window.on}s from {window.start}"
        what += "" if window.end == date.max else f" to {window.end}"
        dated = ((row.renewal.day, row.deadline) for row in report.rows if row.renewal and row.deadline)
        past = sum(not window.holds(*days) for days in dated)
        what += f", {past} of them past" if past else ""
    return what, *describe_gaps(report)


def describe_gaps(report: Report) -> tuple[str, ...]:
    """Return which clients have no recipient, how many were never confirmed, and the source."""
    lines = []
    if nobody := without_recipient(report.rows):
        keys = list_some(list(dict.fromkeys(row.client.key for row in nobody)), MOST_NAMED)
        lines.append(f"Nobody is notified for {keys}: {command_line('explain CLIENT')} says why")
    if never := {row.client.key for row in report.rows for note in row.notes if note.code == FOOTER_CODE}:
        lines.append(f"{count_of(len(never), 'client')} never compared with HubSpot's own screens")
    return (*lines, f"By your file {report.store['path']}; HubSpot was not asked.")
