"""Who would be notified, on a terminal: a table where there is room, else a block a renewal.

Who is told stands out; that nobody is cannot be overlooked; colours repeat what words say.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from renewctl.outlook import Row
from renewctl.render.answer import Line, line
from renewctl.render.columns import GAP, Cells, beside, total, widths_of, wrapped
from renewctl.resolve import Decision, Note, Severity

HEADINGS = ("Deadline", "Renewal", "Client", "Who hears", "Rule")
_ALARM = "error"


def rows_drawn(rows: Sequence[Row], as_of: date, width: int) -> Iterator[Line]:
    """Yield the report for a terminal of ``width`` columns: a table if nothing has to be cut."""
    if not rows:
        yield line(("No renewals.", "dim"))
        return
    for cells_of in (_cells_with_rule, _cells):
        cells = [cells_of(row, as_of) for row in rows]
        widths = widths_of(HEADINGS[: len(cells[0])], cells)
        if total(widths) <= width:
            yield from _table(rows, cells, widths, width)
            return
    yield from _stack(rows, as_of, width)


def _cells(row: Row, as_of: date) -> Cells:
    client = [*_client(row), line((str(row.resolution.rule), "dim"))]
    return [_deadline(row, as_of), _renewal(row, as_of), client, _hearing(row)]


def _cells_with_rule(row: Row, as_of: date) -> Cells:
    rule = [line((str(row.resolution.rule), "dim"))]
    return [_deadline(row, as_of), _renewal(row, as_of), _client(row), _hearing(row), rule]


def _hearing(row: Row) -> list[Line]:
    copied = [line(("cc ", "dim"), *found) for found in _cc(row)]
    return [*_to(row), *copied]


def _table(rows: Sequence[Row], cells: Sequence[Cells], widths: Sequence[int], width: int) -> Iterator[Line]:
    yield from beside([[line((title, "strong"))] for title in HEADINGS[: len(widths)]], widths)
    indent = widths[0] + widths[1] + 2 * len(GAP)
    for row, found in zip(rows, cells, strict=True):
        yield line()
        yield from beside(found, widths)
        for note in row.listed_notes:
            yield from _indented(note_line(note), indent, width)


def _indented(parts: Line, indent: int, width: int) -> Iterator[Line]:
    for found in wrapped(parts, width - indent, hang=2):
        yield line(" " * indent, *found)


def _stack(rows: Iterable[Row], as_of: date, width: int) -> Iterator[Line]:
    for number, row in enumerate(rows):
        if number:
            yield line()
        heading, *below = _client(row)
        labelled = (
            ("", below),
            ("deadline", [_on_one_line(_deadline(row, as_of))]),
            ("renews", [_on_one_line(_renewal(row, as_of))]),
            ("notified", _to(row)),
            ("copied", _cc(row)),
            ("rule", [line(str(row.resolution.rule))]),
        )
        yield heading
        for label, lines in labelled:
            yield from (line(GAP, *found) for found in _labelled(label, lines))
        for note in row.listed_notes:
            yield from _indented(note_line(note), len(GAP), width)


def _on_one_line(lines: Sequence[Line]) -> Line:
    return tuple(part for found in lines for part in (*found, (" ", "")))


def _labelled(label: str, lines: Sequence[Line]) -> Iterator[Line]:
    for index, found in enumerate(lines):
        yield ((f"{label if index == 0 else '':<9}" if label else "", "dim"), *found)


def _client(row: Row) -> list[Line]:
    found = [line((row.client.key, "strong"))]
    if row.client.name:
        found.append(line(row.client.name))
    if row.renewal and row.renewal.product:
        found.append(line((row.renewal.product, "dim")))
    return found


def _deadline(row: Row, as_of: date) -> list[Line]:
    if row.deadline is None:
        return [line(("–", "dim"))]
    days = (row.deadline - as_of).days
    return [line(str(row.deadline)), line((in_days(days), _urgency(days)))]


def _renewal(row: Row, as_of: date) -> list[Line]:
    if row.renewal is None:
        return [line(("no date", "warning"))]
    days = (row.renewal.day - as_of).days
    return [line(str(row.renewal.day)), line((in_days(days), "warning" if days < 0 else "dim"))]


def in_days(days: int) -> str:
    """Return how far off a day is, in words."""
    if days == 0:
        return "today"
    unit = "day" if abs(days) == 1 else "days"
    return f"in {days} {unit}" if days > 0 else f"{-days} {unit} ago"


def _urgency(days: int) -> str:
    return "error" if days < 0 else "warning" if days <= 14 else "dim"


def _to(row: Row) -> list[Line]:
    if not row.resolution.to:
        return [line(("NOBODY", _ALARM))]
    return [line((decision.email or "", "told")) for decision in row.resolution.to]


def _cc(row: Row) -> list[Line]:
    return [line((decision.email or "", "copied")) for decision in row.resolution.cc]


def note_line(note: Note) -> Line:
    """Return a note as people see it: how grave, which code, what it says."""
    style = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "info"}[note.severity]
    mark = {Severity.ERROR: "✗ ", Severity.WARNING: "! ", Severity.INFO: "· "}[note.severity]
    return line((f"{mark}{note.code}: ", style), (note.message, "info" if style == "info" else ""))


def decision_style(decision: Decision) -> str:
    """Return the style of a candidate's outcome."""
    return {"notified": "told", "copied": "copied"}.get(str(decision.outcome), "dim")
