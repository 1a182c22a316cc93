"""The report by recipient, and the messages that can be sent to them."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from renewctl.domain.report import Digest, ReportRow, build_digests, without_recipient
from renewctl.render.result import HANG, Block, Column, Grid, Line, Result, line, separate, table_of
from renewctl.render.who import describe_report, point_on, report_item, summarize
from renewctl.render.who_columns import COLUMNS as REPORT_COLUMNS
from renewctl.render.who_report import Report
from renewctl.render.wording import NOBODY as NOBODY_MARK
from renewctl.render.wording import in_days, name_columns
from renewctl.text import count_of, markdown_cell, showable

COLUMNS = ("email", "name", "as", "client", "product", "renewal", "deadline", "rule")
DAYS = ("days_to_renewal", "days_to_deadline")
RENEWAL_KEYS = ("client", "name", "product", "renewal", "deadline", *DAYS, "rule")
NOTHING = "No renewals."
NOBODY = "NOBODY"
"""The name for renewals about which nobody is notified."""
WORDS = {"to": "notified about", "cc": "copied on the notices for"}
MARKS = {
    "to": line(("notified", "notified")),
    "cc": line(("copied", "copied")),
}
_PAST = line((" (past)", "warning"))
_LAYOUTS = (
    ("deadline", "days_to_deadline", "renewal", "bare name", "domain", "product", "as"),
    ("deadline", "days_to_deadline", "renewal", "name", "product", "as"),
    ("deadline", "days_to_deadline", "renewal", "name", "as"),
    ("deadline", "days_to_deadline", "name", "as"),
    ("deadline", "name", "as"),
)
"""The columns of the tables, from the widest to the narrowest."""


class Delivery(NamedTuple):
    """Rows of one kind for one recipient.

    ``kind`` is "to" if the recipient will be notified, "cc" if copied, and "past" if the renewal date has
    passed, so that no notice is expected.
    """

    kind: str
    rows: Sequence[ReportRow]

    @property
    def summary(self) -> str:
        """The kind and the number of rows, as a part of a sentence."""
        if self.kind == "past":
            return f"also {count_of(len(self.rows), 'renewal')} with a past date"
        if self.kind == "to":
            return f"{WORDS['to']} {count_rows(self.rows)}"
        return f"copied {count_rows(self.rows, ('on', 'for'))}"

    def write_sentence(self, digest: Digest, you: str = "You are") -> str:
        """Return a sentence to the recipient, or about NOBODY, without a full stop."""
        if self.kind in WORDS:
            return f"{you if digest.email else f'{NOBODY} is'} {WORDS[self.kind]} {count_rows(self.rows)}"
        they = "it was" if len(self.rows) == 1 else "they were"
        return f"The date of {count_rows(self.rows)} has passed. Check whether {they} renewed"


def render_by_recipient(report: Report) -> Result:
    """Return the report with an item for each recipient, and the renewals of each."""
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
    keys = ", ".join(dict.fromkeys(row.client.key for row in nobody))
    # A list of recipients cannot show the rows without one.
    warning = f"nobody is notified about {count_rows(nobody)}: {keys}"
    digests = (*digest_nobody(report.rows), *digests)
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
    """Return a table or a message for each recipient, and for NOBODY."""
    if report.long:
        return separate(_draw_message(digest, report.as_of) for digest in digests)
    grids = _make_grids(digests, report.as_of)
    return separate([_head(digest, report.as_of), grid] for digest, grid in zip(digests, grids, strict=True))


def _head(digest: Digest, today: date) -> Line:
    """Return the recipient, and the number of renewals of each kind."""
    deliveries = [*list_deliveries(digest, today)]
    counts = "; ".join(delivery.summary for delivery in deliveries).removeprefix("also ")
    if digest.email:
        address = f" <{digest.email}>" if digest.name else ""
        return line((digest.name or digest.email, "strong"), f"{address}: {counts}")
    return line(*NOBODY_MARK, f"{' is' if deliveries[0].kind in WORDS else ':'} {counts}")


def _make_grids(digests: Sequence[Digest], today: date) -> Iterator[Grid]:
    """Yield a table for each recipient, with the same widths of columns."""
    from renewctl.render.terminal import GAP, measure_columns  # Lazy import: only a terminal needs rich.

    rows = [row for digest in digests for each in list_deliveries(digest, today) for row in each.rows]
    columns = {"as": Column("AS", [mark for digest in digests for mark in _mark_rows(digest, today)])}
    for key in ("deadline", "days_to_deadline", "renewal", "product"):
        column = REPORT_COLUMNS[key]
        cells = [column.show_on_one_line(row, today) for row in rows]
        columns[key] = Column(column.heading.upper(), cells, right=column.right)
    columns |= name_columns([row.client for row in rows])
    widths = {key: max(0, measure_columns([column]) - GAP) for key, column in columns.items()}
    start = 0
    for digest in digests:
        end = start + len(digest.rows)
        own = {
            key: column._replace(cells=column.cells[start:end], least=widths[key])
            for key, column in columns.items()
        }
        start = end
        yield Grid([[own[key] for key in layout] for layout in _LAYOUTS])


def _mark_rows(digest: Digest, today: date) -> Iterator[Line]:
    """Yield the mark of each row, in the order of deliveries."""
    kinds = {id(row): kind for kind, row in digest.rows}
    for delivery in list_deliveries(digest, today):
        for row in delivery.rows:
            mark = MARKS[kinds[id(row)]] if digest.email else NOBODY_MARK
            yield line(*mark, *_PAST) if delivery.kind == "past" else mark


def _draw_message(digest: Digest, today: date) -> Iterator[Line]:
    for text in build_message(digest, today).splitlines():
        yield line(text[:2], HANG, text[2:]) if text.startswith(("- ", "  ")) else line(text)


def _write_messages(digests: Sequence[Digest], report: Report) -> str:
    """Return the messages to all recipients as one text."""
    messages = [build_message(digest, report.as_of) for digest in digests]
    return "\n".join([*(messages or [f"{NOTHING}\n"]), f"{describe_source(report)}\n"])


def digest_nobody(rows: Sequence[ReportRow]) -> Sequence[Digest]:
    """Return the rows without a recipient as those of NOBODY; empty if there are none."""
    found = without_recipient(rows)
    return [Digest("", NOBODY, tuple(("to", row) for row in found))] if found else []


def list_deliveries(digest: Digest, today: date) -> Iterator[Delivery]:
    """Yield the rows of a recipient by kind: notified, copied, past.

    Every format for people has these groups.
    """
    groups: dict[str, list[ReportRow]] = {kind: [] for kind in (*WORDS, "past")}
    for delivery, row in digest.rows:
        groups["past" if row.is_past(today) else delivery].append(row)
    for kind, rows in groups.items():
        if rows:
            yield Delivery(kind, rows)


def build_message(digest: Digest, today: date) -> str:
    """Return the message to a recipient as plain text, for an email or a chat."""
    blocks = [[describe_recipient(digest)]] if digest.email else []
    for delivery in list_deliveries(digest, today):
        blocks.append([f"{delivery.write_sentence(digest)}:"])
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
    """Return the renewal date and the renewal deadline as sentences."""
    if row.renewal is None or row.deadline is None:
        return "No renewal date is recorded."
    day, deadline = row.renewal.day, row.deadline
    if day < today:
        return f"The renewal date was {day} ({in_days((day - today).days)})."
    days, was = in_days((deadline - today).days), "was" if deadline < today else "is"
    return f"Renews on {day}. The renewal deadline {was} {deadline} ({days})."


def describe_source(report: Report) -> str:
    """Return the day of the report, and that HubSpot can differ."""
    return f"As of {report.as_of}, based on the partner's records, not on live HubSpot data."


def count_rows(rows: Sequence[ReportRow], before: tuple[str, str] = ("", "")) -> str:
    """Count the renewals among rows, and the clients without one, in words.

    ``before`` are the prepositions of the two counts.
    """
    dated = sum(row.renewal is not None for row in rows)
    undated = len(rows) - dated
    on, of = before
    counts = [f"{on} {count_of(dated, 'renewal')}"] if dated else []
    counts += [f"{of} {count_of(undated, 'client')} without a renewal date"] if undated else []
    return " and ".join(map(str.strip, counts))


def _markdown(digests: Sequence[Digest], today: date) -> str:
    """Return the messages as Markdown, with a heading for each recipient."""
    blocks = []
    for digest in digests:
        name, email = markdown_cell(digest.name), markdown_cell(digest.email)
        blocks.append(f"### {name} ({email})" if name and email else f"### {name or email}")
        for delivery in list_deliveries(digest, today):
            items = []
            for row in delivery.rows:
                dates = describe_dates(row, today)
                client = markdown_cell(describe_client(row))
                items.append(f"- **{client}:** {dates[0].lower()}{dates[1:]}")
            blocks += [f"{delivery.write_sentence(digest)}:", "\n".join(items)]
    return "\n\n".join(blocks or [NOTHING]) + "\n"
