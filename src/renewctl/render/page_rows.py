"""The rows of the page: their cells, what needs attention, and the explanations."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from renewctl.domain.notes import Note
from renewctl.domain.report import Period, ReportRow, period_of
from renewctl.model import Owner, Path
from renewctl.package_data import read_texts
from renewctl.render.explain import ASSUMPTION, render_explanation
from renewctl.render.result import Line
from renewctl.render.who_columns import SOON, ReportColumn, urgency_of
from renewctl.render.who_report import Report
from renewctl.render.wording import OWNERS, ROLES_AND_USER, SETTING_LABELS, in_days, name_day

LONGEST_WHOLE = 24
"""The most characters of a word, or of a part of an address, that are kept on one line."""
MOST_WHOLE = 90
"""The sum of the longest addresses of all columns, in characters, for which a usual screen has room."""
_ADDRESSES = {"notified", "copied", "domain"}
"""Styles of addresses and domains."""
_PARTS = re.compile(r"[\s@.]")
OUTCOMES = ("notified", "copied", "skipped")


class Status(NamedTuple):
    """A status by which rows can be filtered.

    Args:
        key: Its key in the page.
        label: What people read.
        style: The style of its alarm.
        code: The code of the note on rows with the status, if there is one.
        urgent: Whether the status has a tile.
    """

    key: str
    label: str
    style: str
    code: str = ""
    urgent: bool = True


STATUSES = (
    Status("nobody", "No recipient", "error", "no-recipient"),
    Status("required", "Required recipient missing", "error", "must-notify-missing"),
    Status("passed", "Deadline passed", "error", "deadline-passed"),
    Status("soon", f"Deadline within {SOON} days", "warning"),
    Status("differs", "Differs from HubSpot", "warning", "differs-from-hubspot"),
    Status("past", "Renewal date passed", "warning", "renewal-past", urgent=False),
    Status("undated", "No renewal date", "warning", "no-renewal-date", urgent=False),
)
_STATUS_OF_CODE = {status.code: status for status in STATUSES if status.code}
PERIODS = {Period.UPCOMING: "", Period.PAST: "Renewal date passed", Period.UNDATED: "No renewal date"}
"""The headings of the periods. The rows of a period stay together in any order."""


class CellLine(NamedTuple):
    """A line of a cell, and its day, if it shows one."""

    text: str
    style: str = ""
    day: date | None = None


class Cell(NamedTuple):
    """A cell of the table: its lines, and a style for all of them.

    ``sort`` is the value to sort by, if it is not the text.
    """

    lines: Sequence[CellLine]
    sort: str | None = None
    style: str = ""


class Explanation(NamedTuple):
    """Why a client has these recipients.

    ``values`` are the values of the setting with their places in the file. ``candidates`` are grouped by
    outcome and reason.
    """

    values: Sequence[Mapping[str, str]]
    candidates: Sequence[tuple[str, str, Sequence[Mapping[str, Any]]]]


class RowView(NamedTuple):
    """A row of the page; ``anchor`` is its place, ``owner`` the value of the owner."""

    anchor: str
    row: ReportRow
    period: Period
    cells: Sequence[Cell]
    statuses: Sequence[str]
    owner: str
    explanation: Explanation

    @property
    def codes(self) -> frozenset[str]:
        """The codes of all notes on the row."""
        return frozenset(note.code for note in self.row.notes)


class Attention(NamedTuple):
    """A row that needs attention.

    Args:
        view: The row.
        statuses: Its urgent statuses, the most urgent first.
        product: The product, if the client has several rows; otherwise empty.
        due: How far away the deadline is.
        what: The note on the first status; empty if there is none.
    """

    view: RowView
    statuses: Sequence[Status]
    product: str
    due: str
    what: str


def name_owner(owner: str) -> str:
    """Return the label of an owner."""
    return OWNERS[Owner(owner)] if owner else "not set"


def describe_rows(report: Report, place_of: Callable[[Path], str | None]) -> Sequence[RowView]:
    """Return the rows of the page in their order."""
    columns, today = report.page_columns, report.as_of
    by_client: dict[str, list[ReportRow]] = {}
    for row in report.rows:
        by_client.setdefault(row.client.key, []).append(row)
    explanations = {
        key: _explain(render_explanation(tuple(rows), report.portfolio, place_of).document)
        for key, rows in by_client.items()
    }
    views = []
    for number, row in enumerate(report.rows, 1):
        setting = row.resolution.setting
        views.append(
            RowView(
                f"r{number}",
                row,
                period_of(row, today),
                [_show(column, row, today) for column in columns],
                [*_find_statuses(row, today)],
                str(setting.owner) if setting else "",
                explanations[row.client.key],
            )
        )
    return views


def _find_statuses(row: ReportRow, today: date) -> Iterable[str]:
    codes = {note.code for note in row.notes}
    for status in STATUSES:
        if status.code in codes:
            yield status.key
    if row.deadline and period_of(row, today) is Period.UPCOMING and 0 <= (row.deadline - today).days <= SOON:
        yield "soon"


def find_order(report: Report) -> str:
    """Return ``deadline`` if the rows are sorted by it, otherwise empty."""
    days: dict[Period, list[date]] = {}
    for row in report.rows:
        days.setdefault(period_of(row, report.as_of), []).append(row.deadline or date.max)
    return "deadline" if all(found == sorted(found) for found in days.values()) else ""


def is_crowded(views: Sequence[RowView]) -> bool:
    """Return whether the table fits a screen only if its addresses are broken."""
    widest: Counter[int] = Counter()
    for view in views:
        for number, cell in enumerate(view.cells):
            for text, style, _ in cell.lines:
                if not _ADDRESSES.isdisjoint([*cell.style.split(), *style.split()]):
                    widest[number] = max(widest[number], len(text))
    return widest.total() > MOST_WHOLE


def describe_attention(report: Report, views: Sequence[RowView]) -> Sequence[Attention]:
    """Return the rows with an urgent status, by severity, then by deadline."""
    urgent = [status for status in STATUSES if status.urgent]
    counts = Counter(view.row.client.key for view in views)
    found = []
    for view in views:
        row, statuses = view.row, [status for status in urgent if status.key in view.statuses]
        if statuses:
            product = row.renewal.product if row.renewal and counts[row.client.key] > 1 else ""
            due = in_days((row.deadline - report.as_of).days) if row.deadline else ""
            code = statuses[0].code if statuses[0].key != "passed" else ""  # the deadline shows it
            what = next((note.message for note in row.notes if note.code == code), "")
            found.append(Attention(view, statuses, product, due, what))
    return sorted(
        found, key=lambda each: (urgent.index(each.statuses[0]), each.view.row.deadline or date.max)
    )


def _show(column: ReportColumn, row: ReportRow, today: date) -> Cell:
    """Return a cell of the page; by default it looks as on a terminal."""
    if column.key in _SHOWN:
        return _SHOWN[column.key](row, today)
    value = column.value(row, today)
    if isinstance(value, date):
        return Cell([CellLine(name_day(value), "", value)])
    lines = [*filter(None, map(_join_segments, column.show(row, today)))]
    styles = {line.style for line in lines}
    if len(styles) == 1:
        return Cell([line._replace(style="") for line in lines], style=styles.pop())
    return Cell(lines)


def _join_segments(parts: Line) -> CellLine | None:
    """Return a line with the first of its styles; None if it is blank."""
    text = "".join(text for text, _ in parts)
    style = next((style for _, style in parts if style), "")
    return CellLine(text, allow_breaks(text, style)) if text.strip() else None


def allow_breaks(text: str, style: str) -> str:
    """Return the style of a text, with ``long`` if it can be broken anywhere."""
    return f"{style} long" if max(map(len, _PARTS.split(text))) > LONGEST_WHOLE else style


def _show_deadline(row: ReportRow, today: date) -> Cell:
    if row.deadline is None or row.renewal is None:
        return Cell([])
    days = (row.deadline - today).days
    style = "dim" if row.is_past(today) else urgency_of(days)
    return Cell([CellLine(name_day(row.deadline), "", row.deadline), CellLine(in_days(days), style)])


def _show_renewal(row: ReportRow, today: date) -> Cell:
    if row.renewal is None:
        return Cell([CellLine("no date", "warning")], "")
    day = row.renewal.day
    past = [CellLine(in_days((day - today).days), "warning")] if day < today else []
    return Cell([CellLine(name_day(day), "", day), *past])


def _show_client(row: ReportRow, _today: date) -> Cell:
    key, name = row.client.key, row.client.name
    if not name:
        return Cell([CellLine(key, allow_breaks(key, "strong domain"))])
    return Cell(
        [CellLine(name, allow_breaks(name, "strong")), CellLine(key, allow_breaks(key, "dim domain"))]
    )


def _show_owner(row: ReportRow, _today: date) -> Cell:
    setting = row.resolution.setting
    if setting is None:
        return Cell([CellLine("not set", "error")])
    override = [CellLine("override", "dim")] if row.overridden else []
    return Cell([CellLine(OWNERS[setting.owner]), *override])


def _show_notes(row: ReportRow, _today: date) -> Cell:
    chips = dict.fromkeys(map(_title, row.row_notes))
    return Cell([CellLine(title, f"note {style}") for title, style in chips])


def _title(note: Note) -> tuple[str, str]:
    """Return the title of a note, and its style."""
    if status := _STATUS_OF_CODE.get(note.code):
        return status.label, status.style
    return str(read_texts("codes")["codes"][note.code]["title"]), str(note.severity)


_SHOWN: Mapping[str, Callable[[ReportRow, date], Cell]] = {
    "deadline": _show_deadline,
    "renewal": _show_renewal,
    "client": _show_client,
    "owner": _show_owner,
    "notes": _show_notes,
}


def _explain(document: Mapping[str, Any]) -> Explanation:
    """Return the explanation of a client."""
    values = []
    for value in document["values"]:
        field, source, hidden = value["field"], value["source"] + _name_line(value["at"]), ""
        if default := value["overrides"]:
            hidden = f"default: {_name_value(field, default['value'])}{_name_line(default['at'])}"
        values.append(
            {
                "label": SETTING_LABELS[field],
                "value": _name_value(field, value["value"]),
                "source": ASSUMPTION if source == "policy" else source,
                "hidden": hidden,
            }
        )
    groups: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    unassigned: list[Mapping[str, Any]] = []
    for decision in sorted(document["decisions"], key=lambda each: OUTCOMES.index(each["outcome"])):
        roles = ", ".join(ROLES_AND_USER[role] for role in decision["roles"])
        if decision["email"]:
            groups.setdefault((decision["outcome"], decision["why"]), []).append({**decision, "roles": roles})
        else:
            unassigned.append({"email": roles, "name": "", "roles": ""})
    if unassigned:
        groups["not assigned", ""] = unassigned
    return Explanation(values, [(*key, candidates) for key, candidates in groups.items()])


def _name_value(field: str, value: str | None) -> str:
    if field == "owner":
        return name_owner(value or "")
    return value or "none"


def _name_line(place: str | None) -> str:
    """Return a place in the file without its name, which is at the top of the page."""
    return f", line {place.rpartition(':')[2]}" if place else ""
