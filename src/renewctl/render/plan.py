"""A change, dry or done: what was there before and what is there after.

Imports the pure floors and its neighbours.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from renewctl.model import Change, Path, Plan, Value
from renewctl.render.answer import Answer, Line, Sheet, line
from renewctl.tree import IDENTITY

SCHEMA = "renewctl.plan/1"
MOST_LINES = 20
ITEM_DEPTH = 4
"""clients, KEY, contacts, ADDRESS: the path of one item of a list."""


def planned(
    plan: Plan, store: str, *, dry_run: bool, written: bool, warnings: tuple[str, ...] = ()
) -> Answer:
    """Return what a command changed in the file ``store``, or would change."""
    document = {
        "schema": SCHEMA,
        "command": plan.command,
        "dry_run": dry_run,
        "changed": bool(plan.changes),
        "changes": [_change(change) for change in plan.changes],
        **({"counts": dict(plan.counts)} if plan.counts else {}),
        **({"remarks": list(plan.said)} if plan.said else {}),
    }
    rows = tuple((change.path, _text(change.before), _text(change.after)) for change in plan.changes)
    return Answer(
        document,
        Sheet(("path", "before", "after"), rows),
        names=tuple(dict.fromkeys(_subject(change) for change in plan.changes)),
        lines=tuple(_lines(plan, store, dry_run=dry_run)),
        warnings=warnings,
        change=True,
        written=written,
    )


def _change(change: Change) -> Mapping[str, Any]:
    found = {"path": list(change.path), "before": change.before, "after": change.after}
    return {**found, "renamed": True} if change.renamed else found


def _subject(change: Change) -> str:
    return change.path[1] if change.path[0] in {"clients", "users"} else change.path[0]


def _lines(plan: Plan, store: str, *, dry_run: bool) -> Iterator[Line]:
    yield line((f"{plan.command}: ", "strong"), _count(plan))
    for change in plan.changes[:MOST_LINES]:
        yield _change_line(change)
    if len(plan.changes) > MOST_LINES:
        yield line((f"  … and {len(plan.changes) - MOST_LINES} more (-o json lists them)", "dim"))
    for said in plan.said[:MOST_LINES]:
        yield line(("  note: ", "warning"), said)
    if len(plan.said) > MOST_LINES:
        yield line(("  note: ", "warning"), f"… and {len(plan.said) - MOST_LINES} more (-o json lists them)")
    if plan.changes:
        yield line(("Nothing written (dry run).", "warning")) if dry_run else line(f"Written to {store}.")


def _count(plan: Plan) -> str:
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
        return line(subject, " renamed to ", (str(change.after), "told"))
    what = " ".join(step or "(no product)" for step in _below(change))
    if change.before is None:
        return line(subject, f" {what}".rstrip(), " + ", (_whole(change, change.after), "told"))
    if change.after is None:
        return line(subject, f" {what}".rstrip(), " − ", (_whole(change, change.before), "dim"))
    values = ((_text(change.before), "dim"), " → ", (_text(change.after), "told"))
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
