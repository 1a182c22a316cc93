"""The report on a terminal: a table with a legend, or a block for each row."""

from collections.abc import Iterator, Mapping, Sequence
from typing import get_args

from renewctl.domain.notes import SEVERITY, Note
from renewctl.domain.report import ReportRow
from renewctl.package_data import read_texts
from renewctl.render.result import HANG, Block, Column, Grid, Line, Segment, line
from renewctl.render.users import name_users
from renewctl.render.who_columns import COLUMNS, OVERRIDDEN, Detail, ReportColumn, count_recipients
from renewctl.render.who_report import Report
from renewctl.render.wording import ROLES, in_days, name_clients, name_columns
from renewctl.text import count_of

_DROPPED = ("domain", "product", "renewal", "owner", "days_to_deadline")
"""The columns that are dropped on a narrow terminal, in this order."""
MOST_EXPLAINED = 5
"""The most kinds of notes whose clients the legend lists, the most severe first. The others share a line."""
_SHORT = 24
"""The width of a product where there is little room."""
GAP = "  "


def draw_report(report: Report, width: int) -> Iterator[Block]:
    """Yield a line for each row and a legend, or a block for each row."""
    if not report.rows:
        return  # The footer has the period and the filters.
    if report.long and not report.columns:
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
    """Yield the tables for terminals of all widths, the widest first."""
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
        yield lay_out(order[:number], "cut domain", "brief", "short product")
    yield lay_out(order, "cut domain", "number", "short product")
    if report.columns:
        cells = [[column.show(row, report.as_of) for row in rows] for column in report.columns]
        pairs = zip(report.columns, cells, strict=True)
        yield [Column(column.heading.upper(), found, wraps=True) for column, found in pairs]
    else:
        yield lay_out((*order, "marks"), "cut domain", "number")


def _show_column(column: ReportColumn, report: Report) -> Column:
    """Return a column with one line for each row."""
    shown = column.brief or column.shown
    cells = [_join(column._replace(shown=shown).show(row, report.as_of)) for row in report.rows]
    return Column(column.heading.upper(), cells, right=column.right)


def _join(lines: Sequence[Line]) -> Line:
    """Join lines with commas."""
    joined: Line = ()
    for parts in lines:
        joined = (*joined, (", ", ""), *parts) if joined else parts
    return joined


def _shorten(column: Column) -> Column:
    from renewctl.render.terminal import shorten  # Lazy import: only a terminal needs rich.

    texts = ["".join(text for text, _ in cell) for cell in column.cells if isinstance(cell, tuple)]
    return column._replace(cells=[line(shorten(text, _SHORT)) for text in texts])


def _row_codes(row: ReportRow) -> list[str]:
    """Return the codes of a row's notes, each once, the most severe first."""
    found = {note.code for note in row.row_notes}
    return [code for code in SEVERITY if code in found]


def _explain_marks(
    report: Report, marks: Mapping[str, str], columns: Sequence[Column], width: int
) -> Iterator[Line]:
    """Yield the legend: clients for the most severe notes, then the others."""
    # Lazy import: only a terminal needs rich.
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
        title = texts[code]["title"]
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
    owners = [cell for column in columns if column.heading == "OWNER" for cell in column.cells]
    if any(OVERRIDDEN in cell for cell in owners):
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
