"""Two files compared: the settings that differ, and the recipients that change."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from renewctl.domain.impact import Impact
from renewctl.errors import ExitStatus
from renewctl.model import Change
from renewctl.render.impact import impact_document, impact_table, recipient_lines, without_recipient_lines
from renewctl.render.machine import markdown_table
from renewctl.render.plan import NO_RECIPIENTS_CHANGE, change_items, change_table, cut_changes
from renewctl.render.result import Cell, DataTable, Line, Result, line
from renewctl.text import agree, count_of, markdown_cell

MOST_ROWS = 200
"""The most rows of a Markdown table, which fits in a comment of a pull request."""
MARKER = "<!-- renewctl diff -->"
"""The first line in Markdown, which is invisible: a script can find its earlier comment by it."""


class Comparison(NamedTuple):
    """Two files (path and sha256), their differences, and the impact on recipients.

    ``names`` has what to call the clients that differ, by key in both spellings.
    """

    old: Mapping[str, Any]
    new: Mapping[str, Any]
    changes: tuple[Change, ...]
    impact: Impact
    names: Mapping[str, str]


def render_diff(
    comparison: Comparison, *, recipients_only: bool, exit_code: bool, warnings: tuple[str, ...]
) -> Result:
    """Return the comparison; ``recipients_only`` omits the settings."""
    impact = comparison.impact
    changes = () if recipients_only else comparison.changes
    people = impact_table(impact)
    differs = bool(changes or people.rows or impact.lost_all)
    entries = [change.path[1] for change in changes if change.path[0] in {"clients", "users"}]
    document = {
        "schema": "renewctl.diff/1",
        "old": dict(comparison.old),
        "new": dict(comparison.new),
        "differs": differs,
        **({} if recipients_only else {"changes": change_items(changes)}),
        "impact": impact_document(impact),
    }
    return Result(
        document,
        people if recipients_only else change_table(changes),
        names=impact.clients if recipients_only else tuple(dict.fromkeys(filter(None, entries))),
        lines=tuple(_lines(comparison, changes, recipients_only=recipients_only)) if differs else (),
        screen=None if differs else lambda _: [line(("No differences.", "dim"))],
        markdown=lambda: "\n".join(_markdown(comparison, changes, people)) + "\n",
        warnings=warnings,
        status=ExitStatus.NO if exit_code and differs else ExitStatus.DONE,
    )


def _lines(comparison: Comparison, changes: tuple[Change, ...], *, recipients_only: bool) -> Iterator[Line]:
    impact, names = comparison.impact, comparison.names
    yield from without_recipient_lines(impact, names)
    yield line((f"{comparison.old['path']} → {comparison.new['path']}", "strong"))
    if not recipients_only:
        yield line(_count_settings(changes))
        yield from cut_changes(changes, names)
    number = len(impact.clients)
    clients = f"Recipients change for {count_of(number, 'client')}:"
    yield line(clients if number else NO_RECIPIENTS_CHANGE)
    yield from recipient_lines(impact, names)


def _count_settings(changes: tuple[Change, ...]) -> str:
    return f"{count_of(len(changes), 'setting')} {agree(len(changes), 'differ')}"


def _markdown(comparison: Comparison, changes: tuple[Change, ...], people: DataTable) -> Iterator[str]:
    """Yield a comment for a pull request: recipients first, the settings collapsed."""
    old, new = (markdown_cell(store["path"]) for store in (comparison.old, comparison.new))
    yield MARKER
    yield f"### Recipients of renewal notices: {old} → {new}\n"
    for parts in without_recipient_lines(comparison.impact, comparison.names):
        yield "**" + markdown_cell("".join(text for text, _ in parts)) + "**\n"
    if people.rows:
        words: dict[Cell, str] = {"to": "notified", "cc": "copied", None: "–"}
        rows = [
            (email, client, words[before], words[after], rule)
            for _, email, client, before, after, rule in people.rows
        ]
        yield from _markdown_rows(("Recipient", "Client", "Before", "After", "Rule"), rows)
    else:
        yield NO_RECIPIENTS_CHANGE
    if changes:
        yield f"\n<details><summary>{_count_settings(changes)}</summary>\n"
        settings = [
            (" ".join(change.path), before, after)
            for change, (_, before, after) in zip(changes, change_table(changes).rows, strict=True)
        ]
        yield from _markdown_rows(("Setting", "Before", "After"), settings)
        yield "\n</details>"


def _markdown_rows(headings: tuple[str, ...], rows: list[tuple[Any, ...]]) -> Iterator[str]:
    yield markdown_table(DataTable(headings, rows[:MOST_ROWS])).rstrip("\n")
    if len(rows) > MOST_ROWS:
        yield f"\n… and {len(rows) - MOST_ROWS} more"
