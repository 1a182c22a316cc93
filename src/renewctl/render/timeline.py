"""The months to come: drawn on a terminal, as plain counts for everything else.

What is drawn differs by glyph as well as by colour. Imports the pure floors and its neighbours in
``render``; is itself imported late, as most reports have no picture.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import cycle
from typing import Any

from renewctl.domain.report import ReportRow, without_recipient
from renewctl.domain.timeline import Month, Timeline
from renewctl.render.columns import Cells, beside, block, headed, total, widths_of
from renewctl.render.result import DataTable, Line, Result, Segment, line
from renewctl.render.who import Report, below_the_person, footer, person_of

SCHEMA = "renewctl.timeline/1"
HEADINGS = ("Month", "Renewals", "Deadlines")
COLUMNS = ("month", "renewals", "hubspot", "partner", "no_owner", "without_recipient", "deadlines")
OWNERS = (
    ("█", "hubspot", "copied", "HubSpot owns"),
    ("▒", "partner", "notified", "the partner owns"),
    ("?", "no_owner", "warning", "nobody owns: there is no default"),
)
DEADLINE, PASSED = "▪", "▫"
JUMP = "⋮"
MOST_NAMED = 5


def render_timeline(found: Timeline, report: Report) -> Result:
    """Return the picture; the report is of the rows that it tells of."""
    items = [_item(month) for month in found.months]
    rows = tuple(tuple(item[column] for column in COLUMNS) for item in items)
    head = {"schema": SCHEMA, **report.heading, **person_of(report)}
    return Result(
        {**head, "items": items, "summary": _summary(found)},
        DataTable(COLUMNS, rows),
        names=tuple(month.name for month in found.months),
        screen=lambda width: below_the_person(report, drawn(found, report.as_of, width)),
        footer=(_counts(found), *footer(report)),
        warnings=tuple(_missing(found)),
    )


def _item(month: Month) -> dict[str, Any]:
    counts = {column: getattr(month, column) for column in COLUMNS[1:]}
    return {"month": month.name, **counts}


def _summary(found: Timeline) -> dict[str, int]:
    return {
        "renewals": sum(month.renewals for month in found.months),
        "past": len(found.past),
        "undated": len(found.undated),
        "outside": len(found.outside),
        "without_recipient": len(without_recipient(found.rows)),
        "deadlines": sum(month.deadlines for month in found.months),
    }


def drawn(found: Timeline, today: date, width: int) -> Iterator[Line]:
    """Yield a line a month, as long as there is room, and what the glyphs mean."""
    if not found.months:
        yield line(("No renewals and no deadlines.", "dim"))
        return
    scale = _scale(found.months, width)
    rows = [_cells(month, scale, today) for month in found.months]
    widths = widths_of(HEADINGS, rows)
    yield from headed(HEADINGS, widths)
    for before, month, cells in zip([None, *found.months], found.months, rows, strict=False):
        if before and month.number - before.number > 1:
            yield line((f"  {JUMP}", "dim"))
        yield from beside(cells, widths)
    if legend := _legend(found.months):
        yield line()
        yield legend
    if scale > 1:
        yield line((f"One sign stands for up to {scale}.", "dim"))


def _scale(months: Sequence[Month], width: int) -> int:
    """Return how many a sign must stand for, so that the bars fit: 1, 2, 5, 10, 20 and so on."""
    most = max(max(month.renewals, month.deadlines) for month in months)
    scale, steps = 1, cycle((2, 5, 10))
    power = 1
    while scale < most and _width(months, scale) > width:
        step = next(steps)
        scale = power * step
        power *= 10 if step == 10 else 1
    return scale


def _width(months: Sequence[Month], scale: int) -> int:
    return total(widths_of(HEADINGS, [_cells(month, scale, None) for month in months]))


def _cells(month: Month, scale: int, today: date | None) -> Cells:
    this = today is not None and month.first == today.replace(day=1)
    name = line((month.name, "strong" if this else ""))
    return [block(name), block(_renewals(month, scale)), block(_deadlines(month, scale))]


def _renewals(month: Month, scale: int) -> Line:
    if not month.renewals:
        return line()
    bar = [(glyph * -(-getattr(month, owner) // scale), style) for glyph, owner, style, _ in OWNERS]
    gap = (f"  ✗ {month.without_recipient} with nobody", "error") if month.without_recipient else ("", "")
    return (*bar, (f" {month.renewals}", ""), gap)


def _deadlines(month: Month, scale: int) -> Line:
    if not month.deadlines:
        return line()
    ahead = month.deadlines - month.passed
    bar = [(PASSED * -(-month.passed // scale), "dim"), (DEADLINE * -(-ahead // scale), "warning")]
    return (*bar, (f" {month.deadlines}", ""), (_passed(month), "dim"))


def _passed(month: Month) -> str:
    if not month.passed:
        return ""
    return " passed" if month.passed == month.deadlines else f", {month.passed} passed"


def _legend(months: Sequence[Month]) -> Line:
    """Say what the glyphs that were drawn mean."""
    found: list[Segment] = []
    for glyph, owner, style, meaning in OWNERS:
        if any(getattr(month, owner) for month in months):
            found += [(glyph, style), (f" {meaning}  ", "dim")]
    if any(month.deadlines > month.passed for month in months):
        found += [(DEADLINE, "warning"), (" last day to alter terms  ", "dim")]
    if any(month.passed for month in months):
        found += [(PASSED, "dim"), (" one that has passed  ", "dim")]
    return tuple(found)


def _counts(found: Timeline) -> str:
    renewals = _count(sum(month.renewals for month in found.months), "renewal")
    deadlines = _count(sum(month.deadlines for month in found.months), "deadline")
    more = f"; {_count(len(found.outside), 'more renewal')} outside these days" if found.outside else ""
    return f"{renewals} and {deadlines} {_days(found)}{more}"


def _days(found: Timeline) -> str:
    if found.window is None:
        return "whatever the date"
    end = "on" if found.window.end == date.max else f"to {found.window.end}"
    return f"from {found.window.start} {end}"


def _missing(found: Timeline) -> Iterator[str]:
    """Say which rows stand in no month: in every format, as nobody may be left out in silence."""
    if found.past:
        what = "renewal whose date is past" if len(found.past) == 1 else "renewals whose dates are past"
        yield f"not counted: {len(found.past)} {what} ({_keys(found.past)})"
    if found.undated:
        clients = _count(len(found.undated), "client")
        yield f"not counted: {clients} without a renewal date ({_keys(found.undated)})"


def _keys(rows: Sequence[ReportRow]) -> str:
    keys = list(dict.fromkeys(row.client.key for row in rows))
    more = f" and {len(keys) - MOST_NAMED} more" if len(keys) > MOST_NAMED else ""
    nobody = len(without_recipient(rows))
    of_them = f" for {nobody} of them" if nobody < len(rows) else ""
    gap = f"; nobody is notified{of_them}" if nobody else ""
    return ", ".join(keys[:MOST_NAMED]) + more + gap


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
