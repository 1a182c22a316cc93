"""The report as an HTML page, for people who do not use a terminal.

A page is self-contained: it needs no network and no other file. Its Content-Security-Policy allows only its
own style and script, by their hashes. All text passes through ``showable`` and is escaped.
"""

import re
from base64 import b64encode
from collections.abc import Callable, Sequence
from datetime import date
from functools import cache, partial
from hashlib import sha256
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

from renewctl.domain.dates import Window
from renewctl.domain.report import FOOTER_CODE, Digest, ReportRow, build_digests
from renewctl.domain.resolve import ARTICLE
from renewctl.errors import MissingExtra
from renewctl.installation import install_command
from renewctl.model import Path as FilePath
from renewctl.package_data import read_texts
from renewctl.render.page_months import count_months
from renewctl.render.page_people import describe_people, find_users, order_people, renewal_key
from renewctl.render.page_rows import (
    LONGEST_WHOLE,
    PERIODS,
    STATUSES,
    allow_breaks,
    describe_attention,
    describe_rows,
    find_order,
    is_crowded,
    name_owner,
)
from renewctl.render.who_by_recipient import digest_nobody
from renewctl.render.who_report import Report
from renewctl.render.wording import name_day, name_month
from renewctl.text import count_of, showable

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

TEMPLATES = Path(__file__).parent / "templates"
_BREAK, _BREAK_ADDRESS = re.compile(r"(?<=\w[.@])(?=\w)"), re.compile(r"(?<=\w@)(?=\w)")
_LONG = 48
"""The most characters of an address that can be broken only after the @."""


def render_page(
    report: Report,
    all_rows: Sequence[ReportRow],
    place_of: Callable[[FilePath], str | None],
    made_by: str = "",
) -> str:
    """Return the whole report as a page.

    Args:
        report: The report.
        all_rows: The rows of all dates, for the months.
        place_of: Returns the place of a value as FILE:LINE; None if it is not in the file.
        made_by: Who or what created the page; empty if that is not shown.

    Raises:
        MissingExtra: If Jinja2 is not installed.
    """
    views, columns = describe_rows(report, place_of), report.page_columns
    digests = build_digests(report.rows, report.person.email if report.person else None)
    ordered = order_people(digests, report.portfolio)
    groups = describe_people(report, ordered, {renewal_key(view.row): view.anchor for view in views})
    texts = read_texts("explain")["rules"]
    return _fill(
        "page.html.j2",
        {
            "title": "Renewals: who is notified",
            "report": report,
            "made_by": made_by,
            "counted": _count_clients(report.rows),
            "columns": columns,
            "rows": views,
            "crowded": is_crowded(views),
            "periods": [(PERIODS[key], [*found]) for key, found in groupby(views, attrgetter("period"))],
            "sorted_by": find_order(report),
            "statuses": STATUSES,
            "counts": {each.key: sum(each.key in view.statuses for view in views) for each in STATUSES},
            "attention": describe_attention(report, views),
            "months": count_months(report, all_rows),
            "unconfirmed": len({each.row.client.key for each in views if FOOTER_CODE in each.codes}),
            "groups": groups,
            "users": find_users(groups, report.portfolio),
            "owners": dict.fromkeys(view.owner for view in views),
            "rules": {rule: texts[rule] for rule in sorted({view.row.resolution.rule for view in views})},
            "article": ARTICLE,
        },
        [column.heading for column in columns],
    )


def _count_clients(rows: Sequence[ReportRow]) -> str:
    """Count the renewals, their clients, and clients without a renewal, in words."""
    clients = {row.client.key for row in rows if row.renewal}
    undated = sum(row.renewal is None for row in rows)
    renewals = sum(row.renewal is not None for row in rows)
    parts = [f"{count_of(renewals, 'renewal')} of {count_of(len(clients), 'client')}"] if clients else []
    parts += [f"{count_of(undated, 'client')} without a renewal date"] if undated else []
    return ", ".join(parts)


def render_people_page(report: Report, digests: Sequence[Digest], made_by: str = "") -> str:
    """Return a page with the renewals of each recipient, and first those of NOBODY.

    Raises:
        MissingExtra: If Jinja2 is not installed.
    """
    return _fill_people("Renewals by person", report, [*digest_nobody(report.rows), *digests], made_by)


def render_person_page(report: Report, digest: Digest, made_by: str = "") -> str:
    """Return a page with the renewals of one recipient.

    Raises:
        MissingExtra: If Jinja2 is not installed.
    """
    return _fill_people(f"Renewals: {digest.name or digest.email}", report, [digest], made_by)


def _fill_people(title: str, report: Report, digests: Sequence[Digest], made_by: str) -> str:
    groups = describe_people(report, digests)
    return _fill("people.html.j2", {"title": title, "report": report, "made_by": made_by, "groups": groups})


@cache
def open_templates() -> "Environment":
    """Return the templates. All values in them are made showable, then escaped.

    Raises:
        MissingExtra: If Jinja2 is not installed.
    """
    try:
        # Lazy import: only pages need it.
        from jinja2 import Environment, FileSystemLoader, StrictUndefined
    except ImportError as error:
        message = f"HTML requires the package jinja2: {error}"
        raise MissingExtra(message, hint=install_command("jinja2")) from error
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_make_showable,
    )
    environment.filters |= {
        "breakable": _make_breakable,
        "breaks": partial(allow_breaks, style=""),
        "count_of": count_of,
        "day": name_day,
        "long_day": partial(name_day, long=True),
        "month": name_month,
        "owner": name_owner,
        "window": _describe_window,
    }
    return environment


def _make_showable(value: object) -> object:
    """Return a value as it is shown; HTML stays as it is."""
    return showable(value) if isinstance(value, str) and not hasattr(value, "__html__") else value


def _make_breakable(text: str) -> "Markup":
    """Return a text; a long one can be broken after @ and periods within words."""
    from markupsafe import Markup, escape  # Lazy import: it is installed with Jinja2.

    text = showable(text)
    places = _BREAK if len(text) > _LONG else _BREAK_ADDRESS
    parts = places.split(text) if len(text) > LONGEST_WHOLE else [text]
    return Markup("<wbr>").join(map(escape, parts))


def _describe_window(window: Window | None) -> str:
    """Return the period of a report in words."""
    if window is None:
        return "all dates"
    end = "on" if window.end == date.max else f"to {name_day(window.end)}"
    return f"{window.on}s from {name_day(window.start)} {end}"


def _fill(template: str, values: dict[str, object], headings: Sequence[str] = ()) -> str:
    """Return a page; it has a script if there are ``headings`` of a table."""
    found = open_templates().get_template(template)
    from markupsafe import Markup  # Lazy import: it is installed with Jinja2.

    style = (TEMPLATES / "page.css").read_text("utf-8") + _label_cells(headings)
    script = (TEMPLATES / "page.js").read_text("utf-8") if headings else ""
    policy = f"default-src 'none'; style-src '{_digest(style)}'; base-uri 'none'; form-action 'none'"
    policy += f"; script-src '{_digest(script)}'" if script else ""
    own = {"style": style, "script": script, "policy": policy}
    return found.render(values, **{name: Markup(text) for name, text in own.items()})  # noqa: S704 (our own files)


def _label_cells(headings: Sequence[str]) -> str:
    """Return the style that labels the values where rows are cards."""
    rules = [
        f'.rows > tbody > tr:first-child > td:nth-child({number})::before {{ content: "{heading}"; }}\n'
        for number, heading in enumerate(headings, 1)
    ]
    return f"@media screen and (max-width: 1100px) {{\n{''.join(rules)}}}\n" if rules else ""


def _digest(text: str) -> str:
    """Return the hash of a style or a script for the policy.

    Source: Content Security Policy Level 3, 2.3.1 (hash-source).
    """
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"
