"""A change, dry or done: what was there before and what is there after, and what it means in people.

Imports the pure floors and its neighbours.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial
from typing import Any, NamedTuple

from renewctl.domain.edit.settings import find_matching_default, find_overridden
from renewctl.domain.identifiers import address_key
from renewctl.domain.impact import Impact
from renewctl.domain.paths import IDENTITY
from renewctl.model import Change, Default, Path, Plan, Portfolio, Value
from renewctl.render.impact import count_of, impact_document, recipient_lines, without_recipient_lines
from renewctl.render.result import DataTable, Line, Result, line

SCHEMA = "renewctl.plan/1"
MOST_LINES = 20
LAYOUT_ALONE = "another layout, the same values"
ITEM_DEPTH = 4
"""clients, KEY, contacts, ADDRESS: the path of one item of a list."""


class ChangeView(NamedTuple):
    """A change and what it is told with: the portfolios, the people, the store as it is shown."""

    plan: Plan
    before: Portfolio
    after: Portfolio
    impact: Impact
    store: str
    changed: bool


def render_change(
    told: ChangeView,
    *,
    dry_run: bool,
    written: bool = False,
    warnings: tuple[str, ...] = (),
    brief: bool = False,
) -> Result:
    """Return what a command changed, or would change.

    With ``brief``, people have read the change already, and only hear that it is written.
    """
    plan = told.plan
    counts = dict(plan.counts) or (_default_counts(told) if _of_default(plan) else {})
    document = {
        "schema": SCHEMA,
        "command": plan.command,
        "dry_run": dry_run,
        "changed": told.changed,
        "changes": change_items(plan.changes),
        "impact": partial(impact_document, told.impact),
        **({"counts": counts} if counts else {}),
        **({"remarks": list(plan.notices)} if plan.notices else {}),
    }
    end = [_end(told, dry_run=dry_run)] if told.changed else []
    lines = tuple(end) if brief else (*describe_change(told, would=dry_run), *end)
    return Result(
        document,
        change_sheet(plan.changes),
        names=tuple(dict.fromkeys(_subject(change) for change in plan.changes)),
        lines=lines,
        warnings=warnings,
        change=True,
        written=written,
    )


def _end(told: ChangeView, *, dry_run: bool) -> Line:
    return line(("Nothing written (dry run).", "warning")) if dry_run else line(f"Written to {told.store}.")


def describe_change(told: ChangeView, *, would: bool) -> Iterator[Line]:
    """Yield a change for people: who is left out, what changes, and who hears what because of it."""
    plan = told.plan
    yield from without_recipient_lines(told.impact, would=would)
    if _of_default(plan):
        yield line(
            (f"{plan.command}: ", "strong"), *_default_heading(told.before.default, told.after.default)
        )
    else:
        yield line((f"{plan.command}: ", "strong"), _count(told))
        yield from change_lines(plan.changes, len(plan.changes) if plan.whole and would else MOST_LINES)
    for said in plan.notices[:MOST_LINES]:
        yield line(("  note: ", "warning"), said)
    if len(plan.notices) > MOST_LINES:
        yield line(
            ("  note: ", "warning"), f"… and {len(plan.notices) - MOST_LINES} more (-o json lists them)"
        )
    if plan.changes:
        yield line(*_reach(told))
        yield from recipient_lines(told.impact)


def _of_default(plan: Plan) -> bool:
    return bool(plan.changes) and all(
        change.path in {("defaults", "owner"), ("defaults", "notify")} for change in plan.changes
    )


def _default_heading(before: Default | None, after: Default | None) -> Iterator[str | tuple[str, str]]:
    """Yield ``owner hubspot → partner, ana@agency.example``: what changes, and what stays."""
    yield "owner "
    yield from _values(str(before.owner) if before else "none", str(after.owner) if after else "none")
    yield ", "
    yield from _values(_user(before), _user(after))


def _user(default: Default | None) -> str:
    return (default and default.notify) or "nobody"


def _values(before: str, after: str) -> Iterator[str | tuple[str, str]]:
    if address_key(before) != address_key(after):
        yield from ((before, "dim"), " → ")
    yield after, "notified"


def _default_counts(told: ChangeView) -> dict[str, int]:
    following = len(told.after.clients) - len(find_overridden(told.after))
    pinned = len(find_matching_default(told.after))
    return {"following": following, "overridden": len(find_overridden(told.after)), "pinned": pinned}


def _reach(told: ChangeView) -> Iterator[str | tuple[str, str]]:
    """Yield how many clients are affected; of the default, also how many are not, and why."""
    number = len(told.impact.clients)
    if not _of_default(told.plan):
        words = f"{count_of(number, 'client')} change{'s' * (number == 1)}"
        yield words if number else ("Nobody starts or stops hearing.", "dim")
        if any(change.path[0] == "defaults" for change in told.plan.changes) and number:
            counts = _default_counts(told)
            yield f" · {counts['following']} following the default, {counts['overridden']} overridden"
            yield f" ({counts['pinned']} pinned, same as the new default)" if counts["pinned"] else ""
        return
    counts = _default_counts(told)
    of = f"{number} of {counts['following']} following" if number != counts["following"] else str(number)
    yield f"{of} client{'s' * (number != 1)} change{'s' * (number == 1)}"
    if counts["overridden"]:
        are = "client is" if counts["overridden"] == 1 else "clients are"
        yield f" · {counts['overridden']} overridden {are} not affected"
    if counts["pinned"]:
        yield f" ({counts['pinned']} pinned, same as the new default)"


def change_items(changes: tuple[Change, ...]) -> list[Mapping[str, Any]]:
    """Return changes as JSON has them."""
    return [_change(change) for change in changes]


def change_sheet(changes: tuple[Change, ...]) -> DataTable:
    """Return one row a change."""
    rows = tuple((change.path, _text(change.before), _text(change.after)) for change in changes)
    return DataTable(("path", "before", "after"), rows)


def _change(change: Change) -> Mapping[str, Any]:
    found = {"path": list(change.path), "before": change.before, "after": change.after}
    return {**found, "renamed": True} if change.renamed else found


def _subject(change: Change) -> str:
    return change.path[1] if change.path[0] in {"clients", "users"} else change.path[0]


def change_lines(changes: tuple[Change, ...], most: int = MOST_LINES) -> Iterator[Line]:
    """Yield a line a change, and of more than ``most`` how many there are."""
    for change in changes[:most]:
        yield _change_line(change)
    if len(changes) > most:
        yield line((f"  … and {len(changes) - most} more (-o json lists them)", "dim"))


def _count(told: ChangeView) -> str:
    plan = told.plan
    if told.changed and not plan.changes:
        return LAYOUT_ALONE
    if plan.counts:
        counted = [f"{number} {what}" for what, number in plan.counts if number]
        return ", ".join(counted if plan.changes else ["no changes", *counted])
    if not plan.changes:
        return "nothing to change"
    number = len(plan.changes)
    return f"{number} change{'' if number == 1 else 's'}"


def _change_line(change: Change) -> Line:
    subject = ("  " + _subject(change), "strong")
    if change.renamed:
        return line(subject, " renamed to ", (str(change.after), "notified"))
    what = " ".join(step or "(no product)" for step in _below(change))
    if change.before is None:
        return line(subject, f" {what}".rstrip(), " + ", (_whole(change, change.after), "notified"))
    if change.after is None:
        return line(subject, f" {what}".rstrip(), " − ", (_whole(change, change.before), "dim"))
    values = ((_text(change.before), "dim"), " → ", (_text(change.after), "notified"))
    return line(subject, f" {what}: ", *values)


def _below(change: Change) -> Path:
    """Return the steps below the subject; an item of a list is named by its own value."""
    depth = 1 if change.path[0] == _subject(change) else 2
    return change.path[depth:-1] if _is_item(change) else change.path[depth:]


def _is_item(change: Change) -> bool:
    return len(change.path) == ITEM_DEPTH and change.path[2] in IDENTITY


def _whole(change: Change, value: Value | None) -> str:
    return _item(value) if _is_item(change) and value is not None else _text(value)


def _text(value: Value | None) -> str:
    """Return a value for people: what it says, without brackets and quotes."""
    if value is None:
        return ""
    if isinstance(value, dict):
        return ", ".join(f"{key} {_text(inner)}" for key, inner in value.items()) or "(nothing else yet)"
    if isinstance(value, list):
        return "; ".join(map(_item, value)) or "none"
    if isinstance(value, date):
        return value.isoformat()
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def _item(value: Value) -> str:
    """Return one item of a list: of a table only what it says, not the names of its fields."""
    if isinstance(value, dict):
        return " ".join(map(_item, value.values()))
    return "+".join(map(_text, value)) if isinstance(value, list) else _text(value)
