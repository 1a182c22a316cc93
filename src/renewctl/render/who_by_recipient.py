"""What each person would be notified of or copied on, as a message that could be sent to them."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from renewctl.domain.report import Digest, ReportRow, build_digests, without_recipient
from renewctl.render.result import HANG, Line, Result, line, table_of
from renewctl.render.who import Report, describe_report, report_item, suggest_more, summarize
from renewctl.render.wording import in_days
from renewctl.text import count_of, markdown_cell

COLUMNS = ("email", "name", "as", "client", "product", "renewal", "deadline", "rule")
DAYS = ("days_to_renewal", "days_to_deadline")
RENEWAL_KEYS = ("client", "name", "product", "renewal", "deadline", *DAYS, "rule")
NOTHING = "Nobody hears of anything here."
NOBODY = "Nobody"
INDENT = 14
"""Where the words begin, behind the date."""
WOULD_BE = {"to": "would be notified of", "cc": "would be copied on"}
STYLES = {"to": "notified", "cc": "copied"}


def render_by_recipient(report: Report) -> Result:
    """Return an item for each person, with what they would be notified of or copied on."""
    today = report.as_of
    digests = build_digests(report.rows, report.person.email if report.person else None)
    items: list[dict[str, Any]] = []
    rows: list[dict[str, Any]] = []
    for digest in digests:
        person = {"email": digest.email, "name": digest.name or None}
        renewals = []
        for delivery, row in digest.rows:
            item = report_item(row, today)
            renewals.append({"as": delivery, **{key: item[key] for key in RENEWAL_KEYS}})
        items.append({**person, "renewals": renewals})
        rows += ({**renewal, **person} for renewal in renewals)
    nobody = without_recipient(report.rows)
    if nobody:
        digests = (*digests, Digest(NOBODY, "", tuple(("to", row) for row in nobody)))
    keys = ", ".join(dict.fromkeys(row.client.key for row in nobody))
    # A list by person has no place for a row that notifies nobody.
    warning = f"nobody would be notified of {count_of(len(nobody), 'row')}: {keys}"
    return Result(
        {
            "schema": "renewctl.who-by-recipient/1",
            **report.heading,
            "items": items,
            "summary": summarize(report.rows),
        },
        table_of(COLUMNS, rows),
        names=tuple(item["email"] for item in items),
        warnings=(warning,) if nobody else (),
        screen=lambda _width: (*report.person_lines, *_draw(digests, today)),
        footer=(*describe_report(report), *suggest_more(report)),
        markdown=lambda: _markdown(digests, today),
    )


def _draw(digests: Sequence[Digest], today: date) -> Iterator[Line]:
    """Yield a block for each person, and one for the rows that notify nobody."""
    if not digests:
        yield line((NOTHING, "dim"))
    for number, digest in enumerate(digests):
        if number:
            yield line()
        alarm = "error" if digest.email == NOBODY else ""
        name = (digest.name, "strong")
        yield line(name, f" <{digest.email}>") if digest.name else line((digest.email, alarm or "strong"))
        for delivery, rows in _by_delivery(digest):
            yield line((WOULD_BE[delivery], alarm or STYLES[delivery]), f" {_count_rows(rows)}:")
            for row in rows:
                day = str(row.renewal.day) if row.renewal else "no date"
                yield line(f"  {day:<{INDENT - 2}}", HANG, *_describe_client(row))
                yield line(" " * INDENT, HANG, _describe_dates(row, today))


def _by_delivery(digest: Digest) -> Iterator[tuple[str, list[ReportRow]]]:
    for delivery in WOULD_BE:
        if rows := [row for kind, row in digest.rows if kind == delivery]:
            yield delivery, rows


def _markdown(digests: Sequence[Digest], today: date) -> str:
    """Return a heading for each person, and an item for each renewal."""
    blocks = []
    for digest in digests:
        email = markdown_cell(digest.email)
        blocks.append(f"### {markdown_cell(digest.name)} ({email})" if digest.name else f"### {email}")
        for delivery, rows in _by_delivery(digest):
            items = []
            for row in rows:
                day = f"**{row.renewal.day}** " if row.renewal else ""
                client = "".join(markdown_cell(text) for text, _ in _describe_client(row))
                items.append(f"- {day}{client}; {_describe_dates(row, today)[0]}")
            words = WOULD_BE[delivery]
            blocks += [f"{words[0].upper()}{words[1:]} {_count_rows(rows)}:", "\n".join(items)]
    return "\n\n".join(blocks or [NOTHING]) + "\n"


def _count_rows(rows: Sequence[ReportRow]) -> str:
    dated = sum(row.renewal is not None for row in rows)
    undated = len(rows) - dated
    counts = [count_of(dated, "renewal")] if dated else []
    counts += [f"{count_of(undated, 'client')} without a renewal date"] if undated else []
    return " and ".join(counts)


def _describe_client(row: ReportRow) -> Line:
    client, product = row.client, row.renewal.product if row.renewal else ""
    name = line((client.name, "strong"), f" ({client.key})") if client.name else line((client.key, "strong"))
    return (*name, (f", {product}", "")) if product else name


def _describe_dates(row: ReportRow, today: date) -> tuple[str, str]:
    """Return until when the terms can be changed, or what is wrong with the date; and its style."""
    if row.renewal is None or row.deadline is None:
        return "no renewal date is recorded", "warning"
    if row.renewal.day < today:
        return f"the renewal date {row.renewal.day} is past", "warning"
    days = in_days((row.deadline - today).days)
    if row.deadline < today:
        return f"the last day to change the terms was {row.deadline}, {days}", "error"
    return f"the terms can be changed until {row.deadline}, {days}", "dim"
