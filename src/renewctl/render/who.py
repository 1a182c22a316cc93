"""The report on recipients by renewal, in every format except HTML."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from renewctl.command_line import command_line, repeat_command
from renewctl.domain.lookup import suggest_first_client
from renewctl.domain.notes import Note
from renewctl.domain.report import FOOTER_CODE, ReportRow, default_window, without_recipient
from renewctl.domain.resolve import Decision
from renewctl.render.result import Block, Column, DataTable, Line, Result, line
from renewctl.render.who_columns import COLUMNS, machine_columns
from renewctl.render.who_report import Report
from renewctl.text import count_of

_SINGLE_VALUES = (
    *("client", "name", "product", "renewal", "deadline", "days_to_renewal", "days_to_deadline"),
    *("owner", "source", "rule"),
)
"""The columns that are also keys in JSON."""


def render_by_client(report: Report) -> Result:
    """Return the report with a row for each renewal."""
    rows, today = report.rows, report.as_of
    columns = report.columns or machine_columns()
    keys = tuple(column.key for column in columns)
    values = (tuple([column.value(row, today) for column in columns]) for row in rows)
    return Result(
        {
            "schema": "renewctl.who/1",
            **report.heading,
            "items": lambda: [report_item(row, today) for row in rows],
            "summary": lambda: summarize(rows),
        },
        DataTable(keys, values, "Renewals", "to" if "to" in keys else ""),
        names=tuple(dict.fromkeys(row.client.key for row in rows)),
        screen=lambda width: _draw(report, width),
        footer=(*describe_report(report), *point_on(report)),
        columns=lambda: _choose_page_columns(report),
    )


def _draw(report: Report, width: int) -> Iterator[Block]:
    from renewctl.render.who_screen import draw_report  # Lazy import: only a terminal needs it.

    yield from report.person_lines
    yield from draw_report(report, width)


def _choose_page_columns(report: Report) -> Iterator[Column]:
    """Yield the columns for Markdown."""
    for column in report.page_columns:
        yield Column(column.heading, [column.show(row, report.as_of) for row in report.rows])


def report_item(row: ReportRow, today: date) -> dict[str, Any]:
    """Return a row for JSON; the keys are a contract."""
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
    """Return a note for JSON."""
    return {"code": note.code, "severity": note.severity, "message": note.message}


def summarize(rows: Sequence[ReportRow]) -> dict[str, int]:
    """Return the counts at the end of the JSON formats."""
    return {
        "clients": len({row.client.key for row in rows}),
        "renewals": sum(row.renewal is not None for row in rows),
        "without_recipient": len(without_recipient(rows)),
        "undated": sum(row.renewal is None for row in rows),
    }


def describe_report(report: Report) -> tuple[Line, ...]:
    """Return the footer: how much is listed, and what it is based on."""
    window, today = report.window, report.as_of
    past = sum(row.is_past(today) for row in report.rows)
    undated = sum(row.renewal is None for row in report.rows)
    number = len(report.rows) - past - undated
    what = count_of(number, "renewal") if number else "No renewals"
    if window is None:
        what += f", all dates, as of {today}"
    else:
        what += " with a deadline" if window.on != "renewal" else " with a renewal date" if number else ""
        what += f" from {window.start}"
        what += "" if window.end == date.max else f" to {window.end}"
    more = [f"{count_of(past, 'renewal')} with a past date"] if past else []
    more += [f"{count_of(undated, 'client')} without a renewal date"] if undated else []
    also = f"; also {' and '.join(more)}" if more else ""
    return line(f"{what}{report.restriction}{also}."), describe_basis(report)


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
        yield line(f"To start, {suggest_first_client()}")
    elif report.filters:
        yield line(f"To list more, {report.wider}")
    elif report.window and report.window == default_window(report.portfolio.policy, report.as_of):
        yield line(f"Show all dates: {repeat_command(all=True)}")
    elif report.window:
        yield line(f"To list more, {report.wider}")


def point_on(report: Report) -> Iterator[Line]:
    """Yield the commands for details and fixes, or how to list more."""
    if report.rows:
        details = [] if report.long or report.columns else [repeat_command(long=True)]
        details.append(command_line("explain CLIENT"))
        fixes = f"; fixes: {command_line('check')}" if without_recipient(report.rows) else ""
        yield line(f"Details: {', '.join(details)}{fixes}")
    if report.rows and report.portfolio.default is None:
        yield line(f"No default is set: {command_line('set-default', owner='hubspot', notify='USER')}")
    yield from suggest_more(report)
