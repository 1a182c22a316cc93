"""The report on a terminal: a table with a legend, or a block for each row."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import get_args

from renewctl.domain.notes import SEVERITY
from renewctl.domain.report import ReportRow
from renewctl.package_data import read_texts
from renewctl.render.result import HANG, Block, Column, Grid, Line, Segment, line, separate
from renewctl.render.users import name_users
from renewctl.render.who_columns import COLUMNS, OVERRIDDEN, Detail, count_recipients
from renewctl.render.who_report import Report
from renewctl.render.wording import ROLES, in_days, name_clients, name_columns
from renewctl.text import count_of

_DROPPED = ("product", "renewal", "owner", "days_to_deadline")
"""The columns that are dropped on a narrow terminal, in this order, after the domain and new columns."""
_WIDEST = {"client": "bare name", "recipients": "address"}
_WORDINGS: Sequence[Mapping[str, str]] = (
    {"client": "name", "recipients": "address"},
    {"client": "name", "recipients": "user"},
    {"client": "name", "recipients": "user", "product": "short"},
    {"client": "short name", "recipients": "user", "product": "short"},
    {"client": "short name", "recipients": "brief", "product": "short"},
    {"client": "cut domain", "recipients": "brief", "product": "short"},
)
"""How columns are worded, from the longest to the shortest: the kinds of their variants."""
_NARROWEST = {"client": "cut domain", "recipients": "number", "product": "short"}
MOST_EXPLAINED = 5
"""The most kinds of notes whose clients the legend lists, the most severe first. The others share a line."""
_SHORT = 24
"""The width of a product where there is little room."""
GAP = "  "


def draw_report(report: Report, width: int) -> Iterator[Block]:
    """Yield a line for each row and a legend, or a block for each row."""
    if not report.rows:
        return  # The footer has the period and the filters.
    blocks = separate(_draw_block(row, report.as_of) for row in report.rows)
    if report.long and not report.columns:
        yield from blocks
    else:
        codes = {code for row in report.rows for code in _row_codes(row)}
        codes_by_severity = [code for code in SEVERITY if code in codes]
        marks = {code: chr(ord("a") + number) for number, code in enumerate(codes_by_severity)}
        yield Grid(
            [*_choose_layouts(report, marks)],
            long=None if report.columns else lambda: blocks,
            legend=lambda columns: _explain_marks(report, marks, columns, width),
        )


def _choose_layouts(report: Report, marks: Mapping[str, str]) -> Iterator[list[Column]]:
    """Yield the tables for terminals of all widths, the widest first.

    A set of columns is tried in all wordings before another column is dropped.
    """
    from renewctl.render.terminal import shorten  # Lazy import: only a terminal needs rich.

    rows, today, users = report.rows, report.as_of, name_users(report.portfolio)
    names = name_columns([row.client for row in rows])
    products = [row.renewal.product if row.renewal else "" for row in rows]
    variants: Mapping[str, Mapping[str, Column]] = {
        "client": names,
        "product": {"short": Column("PRODUCT", [line(shorten(product, _SHORT)) for product in products])},
        "recipients": {
            detail: Column("RECIPIENTS", [count_recipients(row, detail, users) for row in rows])
            for detail in get_args(Detail)
        },
    }
    columns = {}
    for column in report.columns or [column for column in COLUMNS.values() if column.screen]:
        cells = [column.show_on_one_line(row, today) for row in rows]
        columns[column.key] = Column(column.heading.upper(), cells, right=column.right)
        if column.key == "client" and not report.columns:
            columns["domain"] = names["domain"]
    row_marks = ["".join(marks[code] for code in _row_codes(row)) for row in rows]
    columns["marks"] = Column("", [line((letters, "dim")) for letters in row_marks])

    def lay_out(dropped: Sequence[str], wording: Mapping[str, str]) -> list[Column]:
        return [
            variants.get(key, {}).get(wording.get(key, ""), column)
            for key, column in columns.items()
            if key not in dropped
        ]

    if report.columns:
        yield lay_out((), {})
        yield from (lay_out((), wording) for wording in (*_WORDINGS, _NARROWEST))
        cells_of = ([column.show(row, today) for row in rows] for column in report.columns)
        pairs = zip(report.columns, cells_of, strict=True)
        yield [Column(column.heading.upper(), cells, wraps=True) for column, cells in pairs]
        return
    yield lay_out((), _WIDEST)
    new = [key for key in columns if key not in (*_DROPPED, *variants, "deadline", "domain", "marks")]
    order = ("domain", *new, *_DROPPED)
    for number in range(1, len(order) + 1):
        yield from (lay_out(order[:number], wording) for wording in _WORDINGS)
    yield lay_out(order, _NARROWEST)
    yield lay_out((*order, "marks"), _NARROWEST)


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
        details: dict[str, str] = {}
        for row in report.rows:
            if notes := [note for note in row.row_notes if note.code == code]:
                subjects = dict.fromkeys(ROLES.get(note.subject, note.subject) for note in notes)
                words = ", ".join(filter(None, subjects))
                details[row.client.key] = f" ({words})" if words else ""
        extent = count_of(len(details), "client") if number < most else len(details)
        title = f"{texts[code]['title']} ({extent})"
        heading = line((f"{mark}  ", "dim"), HANG, (title, str(SEVERITY[code])))
        if number >= most:
            others += [*heading, ("   ", "")]
            continue
        room = width - measure(heading) - len(": ")
        names = list_fitting([clients[key] + detail for key, detail in details.items()], room)
        if measure(line(names)) > room:
            names = list_fitting([clients[key] for key in details], room)
        yield line(*heading, ": ", names)
    owners = [cell for column in columns if column.heading == "OWNER" for cell in column.cells]
    if any(OVERRIDDEN in cell for cell in owners):
        others += line("*  override")
    if others:
        yield tuple(others)


def _draw_block(row: ReportRow, today: date) -> Iterator[Line]:
    """Yield a row with every address and note."""
    cells = {key: column.show(row, today) for key, column in COLUMNS.items()}
    yield cells["client"][0]
    memo = [line(text) for text in row.client.memo.splitlines()]
    deadline, renewal = (
        line(*cells[key][0], (f"  {in_days((day - today).days)}" if day else "", "dim"))
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
