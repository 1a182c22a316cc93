"""What each recipient will be notified about or copied on, as a text that can be sent to them."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import zip_longest
from typing import Any, NamedTuple

from renewctl.domain.report import Digest, ReportRow, build_digests, without_recipient
from renewctl.render.result import HANG, Block, Column, Grid, Line, Result, line, table_of
from renewctl.render.who import Report, describe_report, point_on, report_item, summarize
from renewctl.render.who_columns import COLUMNS as REPORT_COLUMNS
from renewctl.render.wording import in_days, name_client
from renewctl.text import count_of, markdown_cell, showable

COLUMNS = ("email", "name", "as", "client", "product", "renewal", "deadline", "rule")
DAYS = ("days_to_renewal", "days_to_deadline")
RENEWAL_KEYS = ("client", "name", "product", "renewal", "deadline", *DAYS, "rule")
NOTHING = "No renewals."
NOBODY = "NOBODY"
"""In place of the address, where nobody is notified."""
DELIVERIES = {"to": "notified about", "cc": "copied on"}
MARKS = {"to": line(("notified", "notified")), "cc": line(("copied", "copied"))}
NOBODY_MARK = line((NOBODY, "error"))
_SCREEN = ("deadline", "days_to_deadline", "renewal", "client", "domain", "product", "as")
_DROPPED = ("domain", "product", "renewal", "days_to_deadline")
"""The columns that a narrow terminal goes without, in the order in which they are left out."""


class Delivery(NamedTuple):
    """What one recipient is notified about, or copied on: ``heading`` says so and counts the ``rows``."""

    heading: str
    rows: Sequence[ReportRow]


def render_by_recipient(report: Report) -> Result:
    """Return an item for each recipient, with what they will be notified about or copied on."""
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
    warning = f"nobody is notified about {_count_rows(nobody)}: {keys}"
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
        screen=lambda _width: (*report.person_lines, *_draw(digests, report)),
        message=lambda: _write_messages(digests, report),
        footer=(*describe_report(report), *point_on(report)),
        markdown=lambda: _markdown(digests, today),
    )


def _draw(digests: Sequence[Digest], report: Report) -> Iterator[Block]:
    """Yield a table for each recipient, and one for the rows that notify nobody; or their messages."""
    if not digests:
        yield line((NOTHING, "dim"))
    grids = () if report.long else _make_grids(digests, report.as_of)
    for number, (digest, grid) in enumerate(zip_longest(digests, grids)):
        if number:
            yield line()
        if grid is None:
            yield from _draw_message(digest, report.as_of)
            continue
        counts = ", ".join(f"{words} {_count_rows(rows)}" for words, rows in _by_delivery(digest))
        if digest.email == NOBODY:
            yield line((NOBODY, "error"), f" is {counts}")
        else:
            name = f" <{digest.email}>" if digest.name else ""
            yield line((digest.name or digest.email, "strong"), f"{name}: {counts}")
        yield grid


def _make_grids(digests: Sequence[Digest], today: date) -> Iterator[Grid]:
    """Yield a table for each recipient. Their columns are aligned, and the first table has the headings."""
    rows = [row for digest in digests for _, row in digest.rows]
    columns = {}
    for key in ("deadline", "days_to_deadline", "renewal", "product"):
        column = REPORT_COLUMNS[key]
        cells = [column.show(row, today)[0] for row in rows]
        columns[key] = _align(column.heading.upper(), cells, right=column.right)
    names = [line((name_client(row.client), "strong")) for row in rows]
    columns["client"] = _align("CLIENT", names)
    domains = [line((row.client.key if row.client.name else "", "dim")) for row in rows]
    columns["domain"] = _align("DOMAIN", domains)
    marks = [
        NOBODY_MARK if digest.email == NOBODY else MARKS[delivery]
        for digest in digests
        for delivery, _ in digest.rows
    ]
    columns["as"] = _align("AS", marks)
    start = 0
    for digest in digests:
        end = start + len(digest.rows)
        own = {
            key: column._replace(heading="" if start else column.heading, cells=column.cells[start:end])
            for key, column in columns.items()
        }
        start = end
        yield Grid(
            [
                [own[key] for key in _SCREEN if key not in _DROPPED[:number]]
                for number in range(len(_DROPPED) + 1)
            ]
        )


def _align(heading: str, cells: Sequence[Line], *, right: bool = False) -> Column:
    """Return a column of which every part is as wide as the whole; nothing is in it if no cell has text."""
    from renewctl.render.terminal import measure  # Lazy import: a pipe does not wait for rich.

    widest = max(map(measure, cells), default=0)
    return Column(heading, cells, right=right, least=max(widest, len(heading)) if widest else 0)


def _draw_message(digest: Digest, today: date) -> Iterator[Line]:
    for text in build_message(digest, today).splitlines():
        yield line(text[:2], HANG, text[2:]) if text.startswith(("- ", "  ")) else line(text)


def _write_messages(digests: Sequence[Digest], report: Report) -> str:
    """Return the messages to recipients, one below the other."""
    messages = [build_message(digest, report.as_of) for digest in digests]
    return "\n".join([*(messages or [f"{NOTHING}\n"]), f"{describe_source(report)}\n"])


def _by_delivery(digest: Digest) -> Iterator[tuple[str, list[ReportRow]]]:
    """Yield what a recipient is notified about, then what they are copied on, with the word for it."""
    for delivery, words in DELIVERIES.items():
        if rows := [row for kind, row in digest.rows if kind == delivery]:
            yield words, rows


def list_deliveries(digest: Digest) -> Iterator[Delivery]:
    """Yield what a recipient is notified about, then what they are copied on, as it is told to them."""
    who = NOBODY if digest.email == NOBODY else "You"
    for words, rows in _by_delivery(digest):
        yield Delivery(f"{who} will be {words} {_count_rows(rows)}", rows)


def build_message(digest: Digest, today: date) -> str:
    """Return what a recipient will be notified about as plain text, for a mail or a chat."""
    blocks = [] if digest.email == NOBODY else [[describe_recipient(digest)]]
    for delivery in list_deliveries(digest):
        blocks.append([f"{delivery.heading}:"])
        blocks.append(
            [
                each
                for row in delivery.rows
                for each in (f"- {describe_client(row)}", f"  {describe_dates(row, today)}")
            ]
        )
    return "\n\n".join("\n".join(map(showable, block)) for block in blocks) + "\n"


def describe_recipient(digest: Digest) -> str:
    """Return the name and the address of a recipient."""
    return f"{digest.name} ({digest.email})" if digest.name else digest.email


def describe_client(row: ReportRow) -> str:
    """Return the name, the domain and the product of a renewal."""
    client, product = row.client, row.renewal.product if row.renewal else ""
    name = f"{client.name} ({client.key})" if client.name else client.key
    return f"{name}, {product}" if product else name


def describe_dates(row: ReportRow, today: date) -> str:
    """Return when it renews and until when its terms can be changed, as sentences."""
    if row.renewal is None or row.deadline is None:
        return "No renewal date is recorded."
    day, deadline = row.renewal.day, row.deadline
    if day < today:
        return f"The renewal date was {day} ({in_days((day - today).days)})."
    days = in_days((deadline - today).days)
    if deadline < today:
        return f"Renews {day}. The renewal deadline was {deadline} ({days})."
    return f"Renews {day}. Terms can be changed until {deadline} ({days})."


def describe_source(report: Report) -> str:
    """Return as of when messages to recipients hold, and that HubSpot may differ."""
    return f"As of {report.as_of}, based on the partner's records, not on live HubSpot data."


def _count_rows(rows: Sequence[ReportRow]) -> str:
    dated = sum(row.renewal is not None for row in rows)
    undated = len(rows) - dated
    counts = [count_of(dated, "renewal")] if dated else []
    counts += [f"{count_of(undated, 'client')} without a renewal date"] if undated else []
    return " and ".join(counts)


def _markdown(digests: Sequence[Digest], today: date) -> str:
    """Return a heading for each recipient, and an item for each renewal."""
    blocks = []
    for digest in digests:
        email = markdown_cell(digest.email)
        blocks.append(f"### {markdown_cell(digest.name)} ({email})" if digest.name else f"### {email}")
        for delivery in list_deliveries(digest):
            items = [
                f"- **{markdown_cell(describe_client(row))}** {describe_dates(row, today)}"
                for row in delivery.rows
            ]
            blocks += [f"{delivery.heading}:", "\n".join(items)]
    return "\n\n".join(blocks or [NOTHING]) + "\n"
