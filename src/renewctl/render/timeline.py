"""The timeline of renewals: bars on a terminal, counts in every other form."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import count
from math import ceil

from renewctl.domain.report import ReportRow, without_recipient
from renewctl.domain.timeline import Month, Timeline
from renewctl.render.result import Block, Column, Grid, Line, Result, Segment, line, table_of
from renewctl.render.who import describe_basis, suggest_more
from renewctl.render.who_report import Report
from renewctl.text import agree, count_of, list_some

COLUMNS = ("month", "renewals", "hubspot", "partner", "no_owner", "without_recipient", "deadlines")
OWNERS = (
    ("█", "hubspot", "copied", "owner HubSpot"),
    ("▒", "partner", "notified", "owner Partner"),
    ("?", "no_owner", "warning", "owner not set"),
)
DEADLINE, PASSED = "▪", "▫"
JUMP = "⋮"
MOST_NAMED = 5
_Row = tuple[Line, Line, Line]


def render_timeline(timeline: Timeline, report: Report) -> Result:
    """Return the timeline in every form; ``report`` is the report on its rows."""
    months = timeline.months
    items = [
        {"month": month.name, **{column: getattr(month, column) for column in COLUMNS[1:]}}
        for month in months
    ]
    summary = {
        "renewals": sum(month.renewals for month in months),
        "past": len(timeline.past),
        "undated": len(timeline.undated),
        "outside": len(timeline.outside),
        "without_recipient": len(without_recipient(timeline.rows)),
        "deadlines": sum(month.deadlines for month in months),
    }
    return Result(
        {"schema": "renewctl.timeline/1", **report.heading, "items": items, "summary": summary},
        table_of(COLUMNS, items),
        names=tuple(month.name for month in months),
        screen=lambda width: (*report.person_lines, *draw_months(months, report.as_of, width)),
        footer=(
            line(f"{_describe_counts(timeline, summary, report.restriction)}."),
            describe_basis(report),
            *suggest_more(report),
        ),
        warnings=tuple(_describe_not_counted(timeline)),
    )


def draw_months(months: Sequence[Month], today: date, width: int) -> Iterator[Block]:
    """Yield a row for each month, marks for omitted months, and a legend."""
    if not months:
        return  # The footer has the period and the filters.
    scale = _find_scale(months, width)
    rows: list[_Row] = []
    for before, month in zip([None, *months], months, strict=False):
        if before and month.number - before.number > 1:
            rows.append((line((f"  {JUMP}", "dim")), line(), line()))
        rows.append(_row(month, scale, today))
    yield Grid([_make_columns(rows)])
    legend: list[Segment] = []
    for glyph, owner, style, meaning in OWNERS:
        if any(getattr(month, owner) for month in months):
            legend += [(glyph, style), (f" {meaning}  ", "dim")]
    if any(month.without_recipient for month in months):
        legend += [("✗ NOBODY", "error"), (" is notified  ", "dim")]
    if any(month.deadlines > month.passed for month in months):
        legend += [(DEADLINE, "warning"), (" renewal deadline  ", "dim")]
    if any(month.passed for month in months):
        legend += [(PASSED, "dim"), (" deadline passed  ", "dim")]
    if legend:
        yield line()
        yield tuple(legend)
    if scale > 1:
        yield line((f"Each symbol is up to {scale} renewals or deadlines.", "dim"))


def _make_columns(rows: Sequence[_Row]) -> list[Column]:
    headings = ("MONTH", "RENEWALS", "DEADLINES")
    return [Column(*column) for column in zip(headings, zip(*rows, strict=True), strict=True)]


def _find_scale(months: Sequence[Month], width: int) -> int:
    """Return how many items a symbol represents: 1, 2, 5, 10, 20 and so on."""
    from renewctl.render.terminal import GAP, measure_columns  # Lazy import: a pipe does not wait for rich.

    most = max(max(month.renewals, month.deadlines) for month in months)
    scale, larger = 1, (step * 10**power for power in count() for step in (2, 5, 10))
    while scale < most:
        if measure_columns(_make_columns([_row(month, scale, None) for month in months])) <= width + GAP:
            break
        scale = next(larger)
    return scale


def _row(month: Month, scale: int, today: date | None) -> _Row:
    style = "strong" if today is not None and month.first == today.replace(day=1) else ""
    renewals: list[Segment] = []
    if month.renewals:
        for glyph, owner, owner_style, _ in OWNERS:
            renewals.append((glyph * ceil(getattr(month, owner) / scale), owner_style))
        renewals.append((f" {month.renewals}", ""))
    if month.without_recipient:
        renewals.append((f"  ✗ NOBODY: {month.without_recipient}", "error"))
    deadlines: list[Segment] = []
    if month.deadlines:
        ahead = month.deadlines - month.passed
        deadlines.append((PASSED * ceil(month.passed / scale), "dim"))
        deadlines.append((DEADLINE * ceil(ahead / scale), "warning"))
        deadlines.append((f" {month.deadlines}", ""))
        passed = f", {month.passed} passed" if ahead else " passed"
        deadlines.append((passed if month.passed else "", "dim"))
    return line((month.name, style)), tuple(renewals), tuple(deadlines)


def _describe_counts(timeline: Timeline, summary: Mapping[str, int], restriction: str) -> str:
    renewals, deadlines = summary["renewals"], summary["deadlines"]
    counts = f"{count_of(renewals, 'renewal')} and {count_of(deadlines, 'deadline')}"
    counts = counts if renewals + deadlines else "No renewals and no deadlines"
    days, window = "on any date", timeline.window
    if window is not None:
        days = f"from {window.start} {'onwards' if window.end == date.max else f'to {window.end}'}"
    outside = summary["outside"]
    more = f"; {count_of(outside, 'more renewal')} outside this period" if outside else ""
    return f"{counts} {days}{restriction}{more}"


def _describe_not_counted(timeline: Timeline) -> Iterator[str]:
    """Yield warnings on rows in no month, so that none is omitted silently."""
    groups = (
        (timeline.past, "renewal", "with a past date"),
        (timeline.undated, "client", "without a renewal date"),
    )
    for rows, noun, what in groups:
        if rows:
            are = agree(len(rows), "are")
            yield f"{count_of(len(rows), noun)} {what} {are} not counted: {_name_clients(rows)}"


def _name_clients(rows: Sequence[ReportRow]) -> str:
    keys = list_some(list(dict.fromkeys(row.client.key for row in rows)), MOST_NAMED)
    nobody = len(without_recipient(rows))
    if not nobody:
        return keys
    return f"{keys}; nobody is notified{f' for {nobody} of them' if nobody < len(rows) else ''}"
