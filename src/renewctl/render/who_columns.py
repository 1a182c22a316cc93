"""The table of the report's columns, for every format."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Literal, NamedTuple

from renewctl.domain.notes import Note, Severity
from renewctl.domain.report import ReportRow
from renewctl.domain.resolve import PARTNER_USER, Decision
from renewctl.render.result import Cell, Line, cell_lines, join_lines, line
from renewctl.render.wording import NOBODY, OWNERS, show_client
from renewctl.text import count_of

OVERRIDDEN = ("*", "")
"""The mark of an override, which the legend explains."""
SOON = 14
"""The days before a deadline in which it is shown as a warning."""
_MARKS = {Severity.ERROR: "✗ ", Severity.WARNING: "! ", Severity.INFO: "· "}
_MOST = {"address": 1000, "user": 1000, "brief": 24, "number": 0}
"""The most characters of recipients; if there are more, those who are copied are only counted."""
_LONG = len("1 partner user")
"""The same for the names of notified partner users."""
Detail = Literal["address", "user", "brief", "number"]
"""How recipients are named in a single line."""


class ReportColumn(NamedTuple):
    """A column of the report.

    Args:
        key: The name in tsv, csv and workbooks, and for ``--columns``.
        heading: The heading for people.
        value: Returns the exact value of a row on a day.
        shown: Returns the value for people, as one or more lines; None means the value as text.
        brief: Returns the value for the table on a terminal; None means the same as ``shown``.
        machine: Whether it is in tsv, csv and workbooks by default.
        page: Whether it is in Markdown and on the HTML page by default.
        screen: Whether it is on a terminal by default, if there is room.
        right: Whether it is aligned to the right.
    """

    key: str
    heading: str
    value: Callable[[ReportRow, date], Cell]
    shown: Callable[[ReportRow, date], Line | list[Line]] | None = None
    brief: Callable[[ReportRow, date], Line] | None = None
    machine: bool = True
    page: bool = False
    screen: bool = False
    right: bool = False

    def show(self, row: ReportRow, today: date) -> list[Line]:
        """Return the cell of a row for people, line by line."""
        if self.shown:
            found = self.shown(row, today)
            return found if isinstance(found, list) else [found]
        return [*map(line, cell_lines(self.value(row, today)))]

    def show_on_one_line(self, row: ReportRow, today: date) -> Line:
        """Return the cell of a row for a table on a terminal."""
        return self.brief(row, today) if self.brief else join_lines(self.show(row, today), ", ")


def _show_deadline(row: ReportRow, _today: date) -> Line:
    return line(str(row.deadline)) if row.deadline else line(("–", "dim"))


def _days_to_deadline(row: ReportRow, today: date) -> int | None:
    return (row.deadline - today).days if row.deadline else None


def urgency_of(days: int) -> str:
    """Return the style of a deadline."""
    return "error" if days < 0 else "warning" if days <= SOON else "dim"


def _show_days(row: ReportRow, today: date) -> Line:
    days = _days_to_deadline(row, today)
    return line() if days is None else line((str(days), urgency_of(days)))


def _mark_past(row: ReportRow, today: date) -> Line:
    """Return the days to the deadline, or that the renewal date has passed."""
    return line(("past", "warning")) if row.is_past(today) else _show_days(row, today)


def _show_renewal(row: ReportRow, today: date) -> Line:
    if row.renewal is None:
        return line(("no date", "warning"))
    return line((str(row.renewal.day), "warning" if row.is_past(today) else ""))


def _show_owner(row: ReportRow, _today: date) -> Line:
    setting = row.resolution.setting
    if setting is None:
        return line(("not set", "error"))
    return line(OWNERS[setting.owner], (" (override)" if row.overridden else "", "dim"))


def _mark_owner(row: ReportRow, today: date) -> Line:
    """Return the owner, with a mark for an override."""
    return line(_show_owner(row, today)[0], *([OVERRIDDEN] if row.overridden else []))


def _list_emails(decisions: Iterable[Decision]) -> list[str]:
    return [decision.email or "" for decision in decisions]


def _show_notified(row: ReportRow, _today: date) -> list[Line]:
    return [line((email, "notified")) for email in _list_emails(row.resolution.to)] or [NOBODY]


def _show_copied(row: ReportRow, _today: date) -> list[Line]:
    return [line((email, "copied")) for email in _list_emails(row.resolution.cc)]


def _list_recipients(row: ReportRow, _today: date) -> list[str]:
    copied = _list_emails(row.resolution.cc)
    return [*_list_emails(row.resolution.to), *(f"cc {email}" for email in copied)]


def _show_recipients(row: ReportRow, today: date) -> list[Line]:
    copied = _list_emails(row.resolution.cc)
    return [*_show_notified(row, today), *(line((f"cc {email}", "copied")) for email in copied)]


def count_recipients(row: ReportRow, detail: Detail, names: Mapping[str, str]) -> Line:
    """Return the recipients in a few words.

    Args:
        row: The row.
        detail: How much is shown: the address of a single recipient; the short names of partner users; these
            only if they are short; or only numbers.
        names: The short names of partner users, by address; a user without one is shown by address.
    """
    to, cc = row.resolution.to, row.resolution.cc
    if not to:
        return NOBODY
    users, copied = (", ".join(names.get(each.key, each.email or "") for each in found) for found in (to, cc))
    copied = f" + cc {copied}" if cc else ""
    who = count_of(len(to), "contact")
    if all(each.roles == (PARTNER_USER,) for each in to):
        is_long = len(users) > max(_LONG, _MOST[detail])
        who = count_of(len(to), "partner user") if is_long else users
    if detail == "address" and len(to) == 1:
        who = to[0].email or ""
    if copied and len(who + copied) > _MOST[detail]:
        copied = f" + {len(cc)} cc"
    return line((who, "notified"), (copied, "copied"))


def _list_codes(row: ReportRow, _today: date) -> list[str]:
    """Return the codes of the notes; repeated ones have the role or the address."""
    notes = row.row_notes
    codes = [note.code for note in notes]
    if len({*codes}) == len(codes):
        return codes
    return [
        f"{note.code}:{note.subject}" if note.subject and codes.count(note.code) > 1 else note.code
        for note in notes
    ]


def note_line(note: Note) -> Line:
    """Return a note for people: its severity, code and message."""
    style = str(note.severity)
    mark = _MARKS[note.severity]
    return line((f"{mark}{note.code}: ", style), (note.message, "info" if style == "info" else ""))


_COLUMNS = (
    ReportColumn("deadline", "Deadline", lambda row, _: row.deadline, _show_deadline, page=True, screen=True),
    ReportColumn(
        "days_to_deadline", "Days", _days_to_deadline, _show_days, _mark_past, screen=True, right=True
    ),
    ReportColumn(
        "renewal",
        "Renewal",
        lambda row, _: row.renewal.day if row.renewal else None,
        _show_renewal,
        page=True,
        screen=True,
    ),
    ReportColumn(
        "days_to_renewal",
        "Days to renewal",
        lambda row, today: (row.renewal.day - today).days if row.renewal else None,
        right=True,
    ),
    ReportColumn(
        "client",
        "Client",
        lambda row, _: row.client.key,
        lambda row, _: show_client(row.client),
        page=True,
        screen=True,
    ),
    ReportColumn("name", "Name", lambda row, _: row.client.name or None),
    ReportColumn(
        "product",
        "Product",
        lambda row, _: (row.renewal.product or None) if row.renewal else None,
        page=True,
        screen=True,
    ),
    ReportColumn(
        "owner",
        "Owner",
        lambda row, _: row.resolution.setting.owner if row.resolution.setting else None,
        _show_owner,
        _mark_owner,
        page=True,
        screen=True,
    ),
    ReportColumn("source", "Source", lambda row, _: row.resolution.source),
    ReportColumn("rule", "Rule", lambda row, _: row.resolution.rule),
    ReportColumn("recipients", "Recipients", _list_recipients, _show_recipients, machine=False, screen=True),
    ReportColumn("to", "Notified", lambda row, _: _list_emails(row.resolution.to), _show_notified, page=True),
    ReportColumn("cc", "Copied", lambda row, _: _list_emails(row.resolution.cc), _show_copied, page=True),
    ReportColumn(
        "notes", "Notes", _list_codes, lambda row, _: [note_line(note) for note in row.row_notes], page=True
    ),
)
"""The columns in their order for people."""
_ORDER = (
    *("client", "name", "product", "renewal", "deadline", "days_to_renewal", "days_to_deadline"),
    *("owner", "source", "rule", "to", "cc", "notes"),
)
"""The first columns of tsv and csv. Their order is a contract; new columns follow."""
COLUMNS: Mapping[str, ReportColumn] = {column.key: column for column in _COLUMNS}


def machine_columns() -> Sequence[ReportColumn]:
    """Return the columns of tsv, csv and workbooks."""
    others = [key for key, column in COLUMNS.items() if column.machine and key not in _ORDER]
    return [COLUMNS[key] for key in (*_ORDER, *others)]
