"""Who would be notified, on a terminal: a table where there is room, else a block a renewal.

Who is told stands out; that nobody is cannot be overlooked; colours repeat what words say.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cache

from renewctl.domain.report import ReportRow
from renewctl.domain.resolve import Decision, Note, Rule, Severity
from renewctl.render.columns import GAP, Block, Cells, beside, block, headed, total, widths_of, wrapped
from renewctl.render.result import Line, line

HEADINGS = ("Deadline", "Renewal", "Client", "Who hears", "Rule")
_ALARM = "error"


def row_lines(rows: Sequence[ReportRow], as_of: date, width: int) -> Iterator[Line]:
    """Yield the report for a terminal of ``width`` columns: a table if nothing has to be cut."""
    if not rows:
        yield line(("No renewals.", "dim"))
        return
    cells: list[Cells] = [_cells(row, as_of) for row in rows]
    for table in (cells, map(_rule_below, cells)):
        found = list(table)
        widths = widths_of(HEADINGS[: len(found[0])], found)
        if total(widths) <= width:
            yield from _table(rows, found, widths, width)
            return
    yield from _stack(rows, as_of, width)


def _cells(row: ReportRow, as_of: date) -> Cells:
    copied = (line(("cc ", "dim"), *found) for found in _cc(row))
    return [
        _deadline(row.deadline, as_of),
        _renewal(row.renewal.day if row.renewal else None, as_of),
        block(*_client(row)),
        block(*_to(row), *copied),
        _rule(row.resolution.rule),
    ]


def _rule_below(cells: Cells) -> Cells:
    """Return the cells with the rule below the client, for where it has no room beside it."""
    deadline, renewal, client, hearing, rule = cells
    return [deadline, renewal, [*client, *rule], hearing]


@cache
def _rule(rule: Rule) -> Block:
    return block(line((str(rule), "dim")))


def _table(
    rows: Sequence[ReportRow], cells: Sequence[Cells], widths: Sequence[int], width: int
) -> Iterator[Line]:
    yield from headed(HEADINGS[: len(widths)], widths)
    indent = widths[0] + widths[1] + 2 * len(GAP)
    for row, found in zip(rows, cells, strict=True):
        yield line()
        yield from beside(found, widths)
        for note in row.row_notes:
            yield from _indented(note_line(note), indent, width)


def _indented(parts: Line, indent: int, width: int) -> Iterator[Line]:
    for found in wrapped(parts, width - indent, hang=2):
        yield line(" " * indent, *found)


def _stack(rows: Iterable[ReportRow], as_of: date, width: int) -> Iterator[Line]:
    for number, row in enumerate(rows):
        if number:
            yield line()
        heading, *below = _client(row)
        labelled = (
            ("", below),
            ("deadline", [_on_one_line(_deadline(row.deadline, as_of))]),
            ("renews", [_on_one_line(_renewal(row.renewal.day if row.renewal else None, as_of))]),
            ("notified", _to(row)),
            ("copied", _cc(row)),
            ("rule", [line(str(row.resolution.rule))]),
        )
        yield heading
        for label, lines in labelled:
            yield from (line(GAP, *found) for found in _labelled(label, lines))
        for note in row.row_notes:
            yield from _indented(note_line(note), len(GAP), width)


def _on_one_line(lines: Block) -> Line:
    return tuple(part for found, _ in lines for part in (*found, (" ", "")))


def _labelled(label: str, lines: Sequence[Line]) -> Iterator[Line]:
    for index, found in enumerate(lines):
        yield ((f"{label if index == 0 else '':<9}" if label else "", "dim"), *found)


def _client(row: ReportRow) -> list[Line]:
    found = [line((row.client.key, "strong"))]
    if row.client.name:
        found.append(line(row.client.name))
    if row.renewal and row.renewal.product:
        found.append(line((row.renewal.product, "dim")))
    return found


@cache
def _deadline(day: date | None, as_of: date) -> Block:
    if day is None:
        return block(line(("–", "dim")))
    days = (day - as_of).days
    return block(line(str(day)), line((in_days(days), _urgency(days))))


@cache
def _renewal(day: date | None, as_of: date) -> Block:
    if day is None:
        return block(line(("no date", "warning")))
    days = (day - as_of).days
    return block(line(str(day)), line((in_days(days), "warning" if days < 0 else "dim")))


def in_days(days: int) -> str:
    """Return how far off a day is, in words."""
    if days == 0:
        return "today"
    unit = "day" if abs(days) == 1 else "days"
    return f"in {days} {unit}" if days > 0 else f"{-days} {unit} ago"


def _urgency(days: int) -> str:
    return "error" if days < 0 else "warning" if days <= 14 else "dim"


def _to(row: ReportRow) -> list[Line]:
    if not row.resolution.to:
        return [line(("NOBODY", _ALARM))]
    return [line((decision.email or "", "notified")) for decision in row.resolution.to]


def _cc(row: ReportRow) -> list[Line]:
    return [line((decision.email or "", "copied")) for decision in row.resolution.cc]


def note_line(note: Note) -> Line:
    """Return a note as people see it: how grave, which code, what it says."""
    style = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "info"}[note.severity]
    mark = {Severity.ERROR: "✗ ", Severity.WARNING: "! ", Severity.INFO: "· "}[note.severity]
    return line((f"{mark}{note.code}: ", style), (note.message, "info" if style == "info" else ""))


def decision_style(decision: Decision) -> str:
    """Return the style of a candidate's outcome."""
    return {"notified": "notified", "copied": "copied"}.get(str(decision.outcome), "dim")
