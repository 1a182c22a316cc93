"""Who would be notified: rows as JSON (a contract), as fixed columns, and for people.

Imports the pure floors and its neighbours in ``render``.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache, partial
from typing import Any, NamedTuple

from renewctl.domain.dates import Window
from renewctl.domain.report import FOOTER_CODE, Digest, ReportRow, without_recipient
from renewctl.domain.report import build_digests as digests_of
from renewctl.domain.resolve import Decision
from renewctl.domain.responsibilities import Responsibilities
from renewctl.render.result import Cell, DataTable, Line, Result, line
from renewctl.render.who_table import row_lines

SCHEMA = "renewctl.who/1"
SCHEMA_BY_RECIPIENT = "renewctl.who-by-recipient/1"
COLUMNS = (
    "client",
    "name",
    "product",
    "renewal",
    "deadline",
    "days_to_renewal",
    "days_to_deadline",
    "owner",
    "source",
    "rule",
    "to",
    "cc",
    "notes",
)


class Report(NamedTuple):
    """What a report is of: the rows, the day they are seen from, the window, the store read.

    ``person`` is what the one person it is narrowed to is responsible for, if it is.
    """

    rows: Sequence[ReportRow]
    as_of: date
    window: Window | None
    store: Mapping[str, str]
    person: Responsibilities | None = None

    @property
    def heading(self) -> Mapping[str, Any]:
        """What every JSON form of the report begins with."""
        return {"as_of": self.as_of.isoformat(), "store": dict(self.store)}


def render_by_client(report: Report) -> Result:
    """Return one row a renewal."""
    document = {
        "schema": SCHEMA,
        **report.heading,
        **person_of(report),
        "items": lambda: [_item(report.as_of, row) for row in report.rows],
        "summary": partial(_summary, report.rows),
    }
    return Result(
        document,
        DataTable(COLUMNS, tuple(_cells(report.as_of, row) for row in report.rows)),
        names=tuple(dict.fromkeys(row.client.key for row in report.rows)),
        grid=DataTable(_PEOPLES_COLUMNS, tuple(map(_peoples_cells, report.rows))),
        screen=lambda width: below_the_person(report, row_lines(report.rows, report.as_of, width)),
        footer=_footer(report),
    )


def render_by_recipient(report: Report) -> Result:
    """Return one item a person, with what they will hear about."""
    # Late: most reports are by client.
    from renewctl.render.digest import digest_lines, markdown

    digests = digests_of(report.rows, report.person.email if report.person else None)
    nobody = without_recipient(report.rows)
    heard = [(digest, kind, row) for digest in digests for kind, row in digest.rows]
    heading = {"schema": SCHEMA_BY_RECIPIENT, **report.heading, **person_of(report)}
    return Result(
        {
            **heading,
            "items": lambda: [_digest(report.as_of, digest) for digest in digests],
            "summary": partial(_summary, report.rows),
        },
        DataTable(
            ("email", "name", "as", "client", "product", "renewal", "deadline", "rule"),
            tuple(map(_digest_cells, heard)),
        ),
        names=tuple(digest.email for digest in digests),
        warnings=_unheard(nobody),
        screen=lambda width: below_the_person(report, digest_lines(digests, nobody, report.as_of, width)),
        footer=_footer(report),
        markdown=partial(markdown, digests, nobody, report.as_of),
    )


def _unheard(rows: Sequence[ReportRow]) -> tuple[str, ...]:
    """Return what a list by person cannot hold: that there is nobody."""
    if not rows:
        return ()
    keys = dict.fromkeys(row.client.key for row in rows)
    return (f"nobody would be notified of {_count(len(rows), 'row')}: {', '.join(keys)}",)


def person_of(report: Report) -> Mapping[str, Any]:
    """Return what the JSON form says of the one person a report is narrowed to, if it is."""
    if report.person is None:
        return {}
    # Late: most reports are not narrowed to one person.
    from renewctl.render.responsibilities import responsibility_lines

    return {"person": responsibility_lines(report.person)}


def below_the_person(report: Report, drawn: Iterator[Line]) -> Iterator[Line]:
    """Yield what is drawn; above it, for one person, what they are responsible for."""
    if report.person is not None:
        from renewctl.render.responsibilities import list_responsibilities

        yield from list_responsibilities(report.person)
        yield line()
    yield from drawn


def _item(as_of: date, row: ReportRow) -> dict[str, Any]:
    resolution, renewal, deadline = row.resolution, row.renewal, row.deadline
    setting, day = resolution.setting, renewal.day if renewal else None
    return {
        "client": resolution.client.key,
        "name": resolution.client.name or None,
        "product": (renewal.product or None) if renewal else None,
        "renewal": day.isoformat() if day else None,
        "deadline": deadline.isoformat() if deadline else None,
        "days_to_renewal": (day - as_of).days if day else None,
        "days_to_deadline": (deadline - as_of).days if deadline else None,
        "owner": setting.owner if setting else None,
        "source": resolution.source,
        "rule": resolution.rule,
        "to": [_recipient(decision) for decision in resolution.to],
        "cc": [_recipient(decision) for decision in resolution.cc],
        "notes": [
            {"code": note.code, "severity": note.severity, "message": note.message}
            for note in row.notes
            if note.code != FOOTER_CODE
        ],
    }


def _recipient(decision: Decision) -> dict[str, Any]:
    return {"email": decision.email, "name": decision.name or None, "roles": decision.roles}


def _summary(rows: Sequence[ReportRow]) -> dict[str, int]:
    return {
        "clients": len({row.client.key for row in rows}),
        "renewals": sum(row.renewal is not None for row in rows),
        "without_recipient": len(without_recipient(rows)),
        "undated": sum(row.renewal is None for row in rows),
    }


def _cells(as_of: date, row: ReportRow) -> tuple[Cell, ...]:
    """Return the fixed columns, as ``_item`` has them, lists by their addresses and codes."""
    resolution, renewal = row.resolution, row.renewal
    setting = resolution.setting
    day, days_to = _day_cells(as_of, renewal.day if renewal else None)
    deadline, days_to_deadline = _day_cells(as_of, row.deadline)
    return (
        resolution.client.key,
        resolution.client.name or None,
        (renewal.product or None) if renewal else None,
        day,
        deadline,
        days_to,
        days_to_deadline,
        setting.owner if setting else None,
        resolution.source,
        resolution.rule,
        tuple([decision.email or "" for decision in resolution.to]),
        tuple([decision.email or "" for decision in resolution.cc]),
        tuple([note.code for note in row.notes if note.code != FOOTER_CODE]),
    )


@lru_cache(maxsize=4096)  # a store's renewals fall on few days
def _day_cells(as_of: date, day: date | None) -> tuple[str | None, int | None]:
    return (day.isoformat(), (day - as_of).days) if day else (None, None)


_PEOPLES_COLUMNS = ("Deadline", "Renewal", "Client", "Product", "Notified", "Copied", "Rule", "Notes")


def _peoples_cells(row: ReportRow) -> tuple[Cell, ...]:
    renewal = row.renewal
    return (
        row.deadline.isoformat() if row.deadline else "",
        renewal.day.isoformat() if renewal else "no date",
        (row.client.key, row.client.name) if row.client.name else row.client.key,
        renewal.product if renewal else "",
        tuple([d.email or "" for d in row.resolution.to]) or "NOBODY",
        tuple([d.email or "" for d in row.resolution.cc]),
        str(row.resolution.rule),
        tuple(f"{note.severity}: {note.message}" for note in row.row_notes),
    )


def _digest(as_of: date, digest: Digest) -> dict[str, Any]:
    items = []
    for kind, row in digest.rows:
        item = _item(as_of, row)
        kept = ("client", "name", "product", "renewal", "deadline", "days_to_renewal", "days_to_deadline")
        items.append({"as": kind, **{key: item[key] for key in (*kept, "rule")}})
    return {"email": digest.email, "name": digest.name or None, "renewals": items}


def _digest_cells(heard: tuple[Digest, str, ReportRow]) -> tuple[Cell, ...]:
    digest, kind, row = heard
    renewal = row.renewal
    return (
        digest.email,
        digest.name,
        kind,
        row.client.key,
        renewal.product if renewal else None,
        renewal.day.isoformat() if renewal else None,
        row.deadline.isoformat() if row.deadline else None,
        str(row.resolution.rule),
    )


def _footer(report: Report) -> tuple[str, ...]:
    """Say what was looked at, what is missing, and that HubSpot was not asked."""
    renewals = sum(row.renewal is not None for row in report.rows)
    clients = len({row.client.key for row in report.rows})
    looked_at = f"{_count(renewals, 'renewal')} of {_count(clients, 'client')}, {_span(report)}"
    return looked_at + _past(report), *footer(report)


def _past(report: Report) -> str:
    """Say how many are listed although they are not in the window, since their date is past."""
    window = report.window
    if window is None:
        return ""
    dated = ((row.renewal.day, row.deadline) for row in report.rows if row.renewal and row.deadline)
    past = sum(not window.holds(*days) for days in dated)
    return f", {past} of them past" if past else ""


def footer(report: Report) -> tuple[str, ...]:
    """Say of whom nobody would hear, what was never confirmed, and that HubSpot was not asked."""
    rows, found = report.rows, []
    if nobody := without_recipient(rows):
        keys = list(dict.fromkeys(row.client.key for row in nobody))
        more = f" and {len(keys) - 5} more" if len(keys) > 5 else ""
        found.append(f"Nobody is notified for {', '.join(keys[:5])}{more}: renewctl explain CLIENT says why")
    if never := {row.client.key for row in rows if any(note.code == FOOTER_CODE for note in row.notes)}:
        found.append(f"{_count(len(never), 'client')} never compared with HubSpot's own screens")
    found.append(f"By your file {report.store['path']}; HubSpot was not asked.")
    return tuple(found)


def _span(report: Report) -> str:
    window = report.window
    if window is None:
        return f"whatever the date, seen from {report.as_of}"
    what = "deadlines" if window.on == "deadline" else "renewals"
    end = "" if window.end == date.max else f" to {window.end}"
    return f"{what} from {window.start}{end}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
