"""Who would be notified of each renewal, as JSON, columns and a screen; what a person is responsible for."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple, get_args

from renewctl.command_line import command_line, repeat_command
from renewctl.domain.dates import Window
from renewctl.domain.lookup import suggest_first_client
from renewctl.domain.report import FOOTER_CODE, ReportRow, default_window, without_recipient
from renewctl.domain.resolve import SEVERITY, Decision, Note
from renewctl.domain.responsibilities import Responsibilities
from renewctl.model import Portfolio, Role
from renewctl.package_data import read_texts
from renewctl.render.machine import markdown_table, plain_line
from renewctl.render.result import HANG, Block, Cell, Column, DataTable, Grid, Line, Result, Segment, line
from renewctl.render.users import name_users
from renewctl.render.who_columns import (
    COLUMNS,
    Detail,
    ReportColumn,
    count_recipients,
    machine_columns,
)
from renewctl.render.wording import ROLES, in_days, name_clients, name_columns
from renewctl.text import count_of, list_some

MOST_NAMED = 5
"""So many clients are named; the JSON form has all of them."""
_SINGLE_VALUES = (
    *("client", "name", "product", "renewal", "deadline", "days_to_renewal", "days_to_deadline"),
    *("owner", "source", "rule"),
)
"""The columns that are keys of JSON, too."""
_DROPPED = ("domain", "product", "renewal", "owner", "days_to_deadline")
"""The columns that a narrow terminal goes without, in the order in which they are left out."""
MOST_EXPLAINED = 5
"""So many kinds of notes are listed with their clients; of more, the gravest, and the others share a line.

The marks of the others are beside the clients in the table.
"""
_SHORT = 24
"""Columns of a product where there is little room."""
GAP = "  "


class Report(NamedTuple):
    """What is reported, and how.

    With ``person``, of that person alone. ``filters`` are the options that leave out rows of the window.
    ``columns`` are those chosen, or none for the usual ones; with ``long``, people see all that is known of
    each row. ``portfolio`` is all that the store has.
    """

    rows: Sequence[ReportRow]
    as_of: date
    window: Window | None
    store: Mapping[str, Any]
    portfolio: Portfolio
    person: Responsibilities | None = None
    filters: tuple[str, ...] = ()
    columns: Sequence[ReportColumn] = ()
    long: bool = False

    @property
    def heading(self) -> Mapping[str, Any]:
        """What every JSON form of the report begins with."""
        person = {"person": _person_document(self.person)} if self.person else {}
        return {"as_of": self.as_of.isoformat(), "store": dict(self.store), **person}

    @property
    def restriction(self) -> str:
        """What the rows have in common because of filters, as the end of a clause."""
        return f", only {', '.join(self.filters)}" if self.filters else ""

    @property
    def wider(self) -> str:
        """What to leave out or widen so that more is listed; empty if all is."""
        ways = [f"leave out {' or '.join(self.filters)}"] if self.filters else []
        ways += ["widen the window"] if self.window else []
        return ", or ".join(ways)

    @property
    def person_lines(self) -> Sequence[Line]:
        """What every screen of the report begins with."""
        return [*_person_lines(self.person), line()] if self.person else []


def render_by_client(report: Report) -> Result:
    """Return a row for each renewal."""
    rows, today = report.rows, report.as_of
    columns = report.columns or machine_columns()
    values = (tuple([column.value(row, today) for column in columns]) for row in rows)
    return Result(
        {
            "schema": "renewctl.who/1",
            **report.heading,
            "items": lambda: [report_item(row, today) for row in rows],
            "summary": lambda: summarize(rows),
        },
        DataTable(tuple(column.key for column in columns), values, "Renewals", _find_alarm(columns)),
        names=tuple(dict.fromkeys(row.client.key for row in rows)),
        screen=lambda width: (*report.person_lines, *_draw(report, width)),
        footer=(*describe_report(report), *point_on(report)),
        markdown=lambda: markdown_table(_make_page_table(report)),
    )


def _find_alarm(columns: Sequence[ReportColumn]) -> str:
    return "to" if COLUMNS["to"] in columns else ""


def _make_page_table(report: Report) -> DataTable:
    """Return what Markdown has."""
    columns = report.columns or [column for column in COLUMNS.values() if column.page]
    rows: list[tuple[Cell, ...]] = []
    for row in report.rows:
        cells = [column.show(row, report.as_of) for column in columns]
        rows.append(tuple([plain_line(parts) for parts in lines] for lines in cells))
    return DataTable(tuple(column.heading for column in columns), rows)


def report_item(row: ReportRow, today: date) -> dict[str, Any]:
    """Return a row as JSON has it; names are a contract."""
    return {
        **{key: COLUMNS[key].value(row, today) for key in _SINGLE_VALUES},
        "renewal": row.renewal.day.isoformat() if row.renewal else None,
        "deadline": row.deadline.isoformat() if row.deadline else None,
        "to": _recipients(row.resolution.to),
        "cc": _recipients(row.resolution.cc),
        "notes": [note_item(note) for note in row.row_notes],
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


def _draw(report: Report, width: int) -> Iterator[Block]:
    """Yield a line for each row, and what its marks mean; or a block for each row."""
    if not report.rows:
        yield line(("No renewals.", "dim"))
    elif report.long and not report.columns:
        yield from _draw_blocks(report)
    else:
        codes = {code for row in report.rows for code in _row_codes(row)}
        codes_by_severity = [code for code in SEVERITY if code in codes]
        marks = {code: chr(ord("a") + number) for number, code in enumerate(codes_by_severity)}
        yield Grid(
            [*_choose_layouts(report, marks)],
            long=None if report.columns else lambda: _draw_blocks(report),
            legend=lambda columns: _explain_marks(report, marks, columns, width),
        )


def _choose_layouts(report: Report, marks: Mapping[str, str]) -> Iterator[list[Column]]:
    """Yield the tables for terminals of every width, the widest first."""
    rows, users = report.rows, name_users(report.portfolio)
    shown = report.columns or [column for column in COLUMNS.values() if column.screen]
    columns = {column.key: _show_column(column, report) for column in shown}
    row_marks = ["".join(marks[code] for code in _row_codes(row)) for row in rows]
    columns["marks"] = Column("", [line((letters, "dim")) for letters in row_marks])
    variants: dict[str, Mapping[str, Column]] = {
        "client": name_columns([row.client for row in rows]),
        "product": {"short product": _shorten(columns["product"])} if "product" in columns else {},
        "recipients": {
            detail: Column("RECIPIENTS", [count_recipients(row, detail, users) for row in rows])
            for detail in get_args(Detail)
        },
    }

    def lay_out(dropped: Sequence[str], *chosen: str) -> list[Column]:
        if "domain" in columns and "domain" not in dropped:
            chosen = ("bare name", *chosen)
        columns_now = {
            key: next((each[name] for name in chosen if name in (each := variants.get(key, {}))), column)
            for key, column in columns.items()
        }
        return [column for key, column in columns_now.items() if key not in dropped]

    if report.columns:
        yield lay_out(())
        yield lay_out((), "name", "address")
        order: Sequence[str] = ()
    else:
        domains = [row.client.key if row.client.name else "" for row in rows]
        domain = Column("DOMAIN", [line((text, "dim")) for text in domains])
        places = [*columns]
        place = places.index("client") + 1
        columns = {key: columns.get(key, domain) for key in [*places[:place], "domain", *places[place:]]}
        yield lay_out((), "name", "address")
        newer = [key for key in columns if key not in (*_DROPPED, *variants, "deadline", "marks")]
        order = (*newer, *_DROPPED)
    for number in range(min(1, len(order)), len(order) + 1):
        yield lay_out(order[:number], "name", "address")
        yield lay_out(order[:number], "name", "user")
        yield lay_out(order[:number], "name", "user", "short product")
        yield lay_out(order[:number], "short name", "user", "short product")
        yield lay_out(order[:number], "short name", "brief", "short product")
    yield lay_out(order, "short name", "number", "short product")
    if report.columns:
        cells = [[column.show(row, report.as_of) for row in rows] for column in report.columns]
        pairs = zip(report.columns, cells, strict=True)
        yield [Column(column.heading.upper(), found, wraps=True) for column, found in pairs]
    else:
        yield lay_out((*order, "marks"), "short name", "number")


def _show_column(column: ReportColumn, report: Report) -> Column:
    """Return a column of one line for each row."""
    shown = column.brief or column.shown
    cells = [_join(column._replace(shown=shown).show(row, report.as_of)) for row in report.rows]
    return Column(column.heading.upper(), cells, right=column.right)


def _join(lines: Sequence[Line]) -> Line:
    """Return several lines as one, with commas."""
    joined: Line = ()
    for parts in lines:
        joined = (*joined, (", ", ""), *parts) if joined else parts
    return joined


def _shorten(column: Column) -> Column:
    from renewctl.render.terminal import shorten  # Lazy import: a pipe does not wait for rich.

    texts = ["".join(text for text, _ in cell) for cell in column.cells if isinstance(cell, tuple)]
    return column._replace(cells=[line(shorten(text, _SHORT)) for text in texts])


def _row_codes(row: ReportRow) -> list[str]:
    """Return the codes of a row's notes, each once, by severity."""
    found = {note.code for note in row.row_notes}
    return [code for code in SEVERITY if code in found]


def _explain_marks(
    report: Report, marks: Mapping[str, str], columns: Sequence[Column], width: int
) -> Iterator[Line]:
    """Yield what the marks mean: the gravest in lines of their own, with their clients; others in one."""
    # Lazy import: a pipe does not wait for rich.
    from renewctl.render.terminal import list_fitting, measure

    texts, headings = read_texts("codes")["codes"], {column.heading for column in columns}
    clients = name_clients(row.client for row in report.rows)
    others: list[Segment] = []
    most = MOST_EXPLAINED if len(marks) <= MOST_EXPLAINED else MOST_EXPLAINED - 1
    for number, (code, mark) in enumerate(marks.items() if "" in headings else ()):
        found: dict[str, tuple[str, str]] = {}
        for row in report.rows:
            notes = [note for note in row.row_notes if note.code == code]
            subjects = ", ".join(dict.fromkeys(filter(None, map(_describe_subject, notes))))
            if notes:
                found[row.client.key] = clients[row.client.key], f" ({subjects})" if subjects else ""
        title = "NOBODY is notified" if code == "no-recipient" else texts[code]["title"]
        extent = len(found) if number >= most else count_of(len(found), "client")
        heading = line((f"{mark}  ", "dim"), HANG, (f"{title} ({extent})", str(SEVERITY[code])))
        room = width - measure(heading) - len(": ")
        if number >= most:
            others += [*heading, ("   ", "")]
        else:
            names = list_fitting([name + subject for name, subject in found.values()], room)
            if measure(line(names)) > room:
                names = list_fitting([name for name, _ in found.values()], room)
            yield line(*heading, ": ", names)
    if "OWNER" in headings and any(row.overridden for row in report.rows):
        others += line("*  override")
    if others:
        yield tuple(others)


def _describe_subject(note: Note) -> str:
    return ROLES.get(note.subject, note.subject)


def _draw_blocks(report: Report) -> Iterator[Line]:
    """Yield a block for each row, with every address and note."""
    for number, row in enumerate(report.rows):
        if number:
            yield line()
        cells = {key: column.show(row, report.as_of) for key, column in COLUMNS.items()}
        yield cells["client"][0]
        memo = [line(text) for text in row.client.memo.splitlines()]
        deadline, renewal = (
            line(*cells[key][0], (f"  {in_days((day - report.as_of).days)}" if day else "", "dim"))
            for key, day in (("deadline", row.deadline), ("renewal", row.renewal and row.renewal.day))
        )
        values = {
            "product": cells["product"],
            "deadline": [deadline],
            "renewal": [renewal],
            "owner": [line(*cells["owner"][0], (f"  {row.resolution.rule}", "dim"))],
            "notified": cells["to"],
            "copied": cells["cc"],
            "memo": memo,
        }
        for label, lines in values.items():
            for index, parts in enumerate(lines):
                if any(text for text, _ in parts):
                    yield line(GAP, (f"{'' if index else label:<10}", "dim"), HANG, *parts)
        yield from (line(GAP, parts[0], HANG, *parts[1:]) for parts in cells["notes"])


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


def describe_report(report: Report) -> tuple[Line, ...]:
    """Return the footer: what is listed, and on what it is based."""
    window, today = report.window, report.as_of
    past = sum(row.is_past(today) for row in report.rows)
    undated = sum(row.renewal is None for row in report.rows)
    number = len(report.rows) - past - undated
    what = count_of(number, "renewal") if number else "No renewals"
    if window is None:
        what += f", all dates, as of {today}"
    else:
        what += f"{'' if window.on == 'renewal' else ' with deadlines'} from {window.start}"
        what += "" if window.end == date.max else f" to {window.end}"
    more = [count_of(past, "past renewal")] if past else []
    more += [f"{count_of(undated, 'client')} without a date"] if undated else []
    what += f"; also {' and '.join(more)}" if more else ""
    return line(f"{what}{report.restriction}."), describe_basis(report)


def describe_basis(report: Report) -> Line:
    """Return how many clients were never confirmed, and what the report is based on."""
    never = {row.client.key for row in report.rows for note in row.notes if note.code == FOOTER_CODE}
    confirmed = f"Never confirmed in HubSpot: {count_of(len(never), 'client')}. " if never else ""
    return line(f"{confirmed}Based on {report.store['path']}, not on live HubSpot data.")


def suggest_more(report: Report) -> Iterator[Line]:
    """Yield how to list more, if nothing is listed."""
    if report.rows:
        return
    if not report.portfolio.clients:
        yield line(suggest_first_client())
    elif report.filters:
        yield line(f"To list more: {report.wider}")
    elif report.window and report.window == default_window(report.portfolio.policy, report.as_of):
        yield line(f"All dates: {repeat_command(all=True)}")
    elif report.window:
        yield line("To list more: widen the window")


def point_on(report: Report) -> Iterator[Line]:
    """Yield where to read more and what to do, or how to list more."""
    if report.rows:
        details = [] if report.long or report.columns else [repeat_command(long=True)]
        details.append(command_line("explain CLIENT"))
        remedies = f"; what to do: {command_line('check')}" if without_recipient(report.rows) else ""
        yield line(f"Details: {', '.join(details)}{remedies}")
    if report.rows and report.portfolio.default is None:
        yield line(f"No default is set: {command_line('set-default', owner='hubspot', notify='USER')}")
    yield from suggest_more(report)
