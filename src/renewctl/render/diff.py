"""Two stores compared: the settings that differ, and the people who start and stop hearing.

Imports the pure floors and its neighbours.
"""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

from renewctl.domain.impact import Impact
from renewctl.errors import ExitStatus
from renewctl.model import Change
from renewctl.render.impact import (
    impact_document,
    impact_table,
    recipient_lines,
    without_recipient_lines,
)
from renewctl.render.plan import change_items, change_lines, change_table
from renewctl.render.result import DataTable, Line, Result, line
from renewctl.render.wording import count_of
from renewctl.text import markdown_cell

SCHEMA = "renewctl.diff/1"
MOST_ROWS = 200
"""So many rows a table has in Markdown; a comment has room for about ten times as many letters."""


class Comparison(NamedTuple):
    """Two stores (path and sha256 each), what differs, and what that means in people."""

    old: Mapping[str, str]
    new: Mapping[str, str]
    changes: tuple[Change, ...]
    impact: Impact


def render_diff(
    found: Comparison, *, recipients_only: bool, exit_code: bool, warnings: tuple[str, ...]
) -> Result:
    """Return the comparison.

    Args:
        found: what was compared.
        recipients_only: leave out the settings, and let only people count as a difference.
        exit_code: answer with status 1 where anything differs.
        warnings: what is to be said besides.
    """
    changes = () if recipients_only else found.changes
    people = impact_table(found.impact)
    differs = bool(changes or people.rows or found.impact.lost_all)
    document = {
        "schema": SCHEMA,
        "old": dict(found.old),
        "new": dict(found.new),
        "differs": differs,
        **({} if recipients_only else {"changes": change_items(changes)}),
        "impact": partial(impact_document, found.impact),
    }
    return Result(
        document,
        people if recipients_only else change_table(changes),
        names=found.impact.clients if recipients_only else _names(changes),
        lines=tuple(_lines(found, changes, recipients_only=recipients_only)) if differs else (),
        markdown=lambda: "".join(text + "\n" for text in _markdown(found, changes, people)),
        warnings=warnings,
        status=ExitStatus.NO if exit_code and differs else ExitStatus.DONE,
    )


def _names(changes: tuple[Change, ...]) -> tuple[str, ...]:
    entries = (change.path[1] if change.path[0] in {"clients", "users"} else "" for change in changes)
    return tuple(dict.fromkeys(filter(None, entries)))


def _lines(found: Comparison, changes: tuple[Change, ...], *, recipients_only: bool) -> Iterator[Line]:
    yield from without_recipient_lines(found.impact, would=True)
    yield line((f"{found.old['path']} → {found.new['path']}", "strong"))
    if not recipients_only:
        yield line(_differing(changes))
        yield from change_lines(changes)
    number = len(found.impact.clients)
    yield line(
        f"{count_of(number, 'client')} change{'s' * (number == 1)} in who hears" if number else _NOBODY
    )
    yield from recipient_lines(found.impact)


_NOBODY = "Nobody starts or stops hearing."


def _differing(changes: tuple[Change, ...]) -> str:
    return f"{count_of(len(changes), 'setting')} differ{'s' * (len(changes) == 1)}"


def _markdown(found: Comparison, changes: tuple[Change, ...], people: DataTable) -> Iterator[str]:
    """Yield a comment for a pull request: people first, the settings folded away."""
    yield f"### Who hears about renewals: {_cell(found.old['path'])} → {_cell(found.new['path'])}"
    yield ""
    for parts in without_recipient_lines(found.impact, would=True):
        yield "**" + _cell("".join(text for text, _ in parts)) + "**"
        yield ""
    yield from _people_table(people)
    if changes:
        yield ""
        yield f"<details><summary>{_differing(changes)}</summary>"
        yield ""
        yield from _table(("Setting", "Before", "After"), change_table(changes))
        yield ""
        yield "</details>"


def _people_table(people: DataTable) -> Iterator[str]:
    if not people.rows:
        yield _NOBODY
        return
    words = {"to": "notified", "cc": "copied", None: "–"}
    rows = tuple(
        (email, client, words[str(before) if before else None], words[str(after) if after else None], rule)
        for _, email, client, before, after, rule in people.rows
    )
    yield from _table(("Who", "Client", "Before", "After", "Rule"), DataTable((), rows))


def _table(headings: tuple[str, ...], sheet: DataTable) -> Iterator[str]:
    yield "| " + " | ".join(headings) + " |"
    yield "|" + " --- |" * len(headings)
    for row in sheet.rows[:MOST_ROWS]:
        yield "| " + " | ".join(_cell(value) for value in row) + " |"
    if len(sheet.rows) > MOST_ROWS:
        yield ""
        yield f"… and {len(sheet.rows) - MOST_ROWS} more"


def _cell(value: Any) -> str:
    return markdown_cell(" ".join(value) if isinstance(value, tuple) else str(value or ""))
