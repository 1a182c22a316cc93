"""A change, planned or made: what it changes, and what that means for recipients."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from renewctl.domain.edit.settings import find_matching_default
from renewctl.domain.identifiers import address_key
from renewctl.domain.impact import Impact
from renewctl.domain.paths import IDENTITY
from renewctl.model import Change, Plan, Portfolio, Value
from renewctl.render.impact import WHERE_ALL, impact_document, recipient_lines, without_recipient_lines
from renewctl.render.result import HANG, DataTable, Line, Result, Segment, line
from renewctl.text import count_of, format_value

MOST_LINES = 20
NO_RECIPIENTS_CHANGE = "Nobody starts or stops hearing."
LAYOUT_ALONE = "another layout, the same values"
_NO_PRODUCT = "(no product)"


class ChangeView(NamedTuple):
    """A change with what describes it; ``store`` is the store's name."""

    plan: Plan
    before: Portfolio
    after: Portfolio
    impact: Impact
    store: str
    changed: bool


def render_change(
    view: ChangeView,
    *,
    dry_run: bool,
    written: bool = False,
    warnings: tuple[str, ...] = (),
    brief: bool = False,
) -> Result:
    """Return what a command changed, or would change.

    Args:
        view: the change.
        dry_run: whether it would be made, and is not.
        written: whether it has been saved.
        warnings: to print as well.
        brief: whether the user has read the change already, so that only its end is printed.
    """
    plan = view.plan
    counts = dict(plan.counts) or (_count_followers(view.after) if _changes_default(plan) else {})
    document = {
        "schema": "renewctl.plan/1",
        "command": plan.command,
        "dry_run": dry_run,
        "changed": view.changed,
        "changes": change_items(plan.changes),
        "impact": impact_document(view.impact),
        **({"counts": counts} if counts else {}),
        **({"remarks": list(plan.notes)} if plan.notes else {}),
    }
    lines = [] if brief else [*describe_change(view, would=dry_run)]
    if view.changed:
        end = ("Nothing written (dry run).", "warning") if dry_run else f"Written to {view.store}."
        lines.append(line(end))
    return Result(
        document,
        change_table(plan.changes),
        names=list_subjects(plan.changes),
        lines=lines,
        warnings=warnings,
        change=True,
        written=written,
    )


def describe_change(view: ChangeView, *, would: bool) -> Iterator[Line]:
    """Yield a change for people: clients without recipient, what changes, for whom."""
    plan, changes = view.plan, view.plan.changes
    yield from without_recipient_lines(view.impact, would=would)
    command = (f"{plan.command}: ", "strong")
    if _changes_default(plan):
        before, after = view.before.default, view.after.default
        owner = _transition(str(before.owner) if before else "none", str(after.owner) if after else "none")
        user = _transition((before and before.notify) or "nobody", (after and after.notify) or "nobody")
        yield line(command, HANG, "owner ", *owner, ", ", *user)
    else:
        counts = [f"{number} {noun}" for noun, number in plan.counts if number]
        summary = count_of(len(changes), "change") if changes else "nothing to change"
        if view.changed and not changes:
            summary = LAYOUT_ALONE
        elif plan.counts:
            summary = ", ".join(counts if changes else ["no changes", *counts])
        yield line(command, HANG, summary)
        yield from change_lines(changes, len(changes) if plan.whole and would else MOST_LINES)
    for note in plan.notes[:MOST_LINES]:
        yield line(("  note: ", "warning"), HANG, note)
    if len(plan.notes) > MOST_LINES:
        yield line(("  note: ", "warning"), f"… and {len(plan.notes) - MOST_LINES} more {WHERE_ALL}")
    if changes:
        yield line(*_describe_reach(view))
        yield from recipient_lines(view.impact)


def _changes_default(plan: Plan) -> bool:
    """Return whether the plan changes the partner's default and nothing else."""
    paths = {change.path for change in plan.changes}
    return bool(paths) and paths <= {("defaults", "owner"), ("defaults", "notify")}


def _transition(before: str, after: str) -> Line:
    if address_key(before) == address_key(after):
        return line((after, "notified"))
    return line((before, "dim"), " → ", (after, "notified"))


def _describe_reach(view: ChangeView) -> Iterator[str | Segment]:
    """Yield how many clients are affected; of the default, also how many are not, and why."""
    number = len(view.impact.clients)
    clients_change = "client changes" if number == 1 else "clients change"
    following, overridden, pinned = _count_followers(view.after).values()
    if _changes_default(view.plan):
        yield f"{number} of {following} following " if number != following else f"{number} "
        yield clients_change
        if overridden:
            clients_are = "client is" if overridden == 1 else "clients are"
            yield f" · {overridden} overridden {clients_are} not affected"
    elif not number and view.impact.ended:
        yield f"{count_of(len(view.impact.ended), 'renewal')} removed"
        return
    elif not number:
        yield NO_RECIPIENTS_CHANGE, "dim"
        return
    else:
        yield f"{number} {clients_change}"
        if not any(change.path[0] == "defaults" for change in view.plan.changes):
            return
        yield f" · {following} following the default, {overridden} overridden"
    if pinned:
        yield f" ({pinned} pinned, same as the new default)"


def _count_followers(portfolio: Portfolio) -> dict[str, int]:
    pinned = len(find_matching_default(portfolio))
    overridden = sum(client.override is not None for client in portfolio.clients.values())
    following = len(portfolio.clients) - overridden
    return {"following": following, "overridden": overridden, "pinned": pinned}


def change_items(changes: tuple[Change, ...]) -> list[Mapping[str, Any]]:
    """Return changes as JSON has them."""
    return [
        {
            "path": list(change.path),
            "before": change.before,
            "after": change.after,
            **({"renamed": True} if change.renamed else {}),
        }
        for change in changes
    ]


def change_table(changes: tuple[Change, ...]) -> DataTable:
    """Return a row for each change."""
    rows = tuple((change.path, _value_text(change.before), _value_text(change.after)) for change in changes)
    return DataTable(("path", "before", "after"), rows)


def change_lines(changes: tuple[Change, ...], most: int = MOST_LINES) -> Iterator[Line]:
    """Yield a line for each change, and how many there are beyond ``most``."""
    for change in changes[:most]:
        yield line("  ", *change_line(change))
    if len(changes) > most:
        yield line((f"  … and {len(changes) - most} more {WHERE_ALL}", "dim"))


def change_line(change: Change) -> Line:
    """Return a change as one line: what it is about, and its values before and after."""
    what = _name_fields(change)
    head = line((_subject(change), "strong"), " ", HANG)
    if change.renamed:
        return line(*head, f"{what} ".lstrip(), "renamed to ", (str(change.after) or _NO_PRODUCT, "notified"))
    text = _item_text if _is_item(change) else _value_text
    if change.before is None:
        return line(*head, f"{what} ".lstrip(), "+ ", (text(change.after), "notified"))
    if change.after is None:
        return line(*head, f"{what} ".lstrip(), "− ", (text(change.before), "dim"))
    before, after = (_value_text(change.before), "dim"), (_value_text(change.after), "notified")
    return line(*head, f"{what}: ", before, " → ", after)


def name_change(change: Change) -> str:
    """Return what a change is about, and whether that was added, removed, renamed or changed."""
    end = "renamed" if change.renamed else "changed"
    if not change.renamed and (change.before is None or change.after is None):
        end = "added" if change.before is None else "removed"
    return " ".join(filter(None, (_subject(change), _name_fields(change), end)))


def _name_fields(change: Change) -> str:
    """Return what a change is about within its subject; empty for the whole of it."""
    steps = change.path[1 if change.path[0] == _subject(change) else 2 :]
    if _is_item(change) and not change.renamed:
        steps = steps[:-1]
    return " ".join(step or _NO_PRODUCT for step in steps)


def _is_item(change: Change) -> bool:
    """Return whether a change is about an item of a list: clients, KEY, contacts, ADDRESS.

    Such an item is named by its own value.
    """
    return len(change.path) == 4 and change.path[2] in IDENTITY


def list_subjects(changes: Iterable[Change]) -> tuple[str, ...]:
    """Return what changes are about, each once: clients and users by their keys, or a table of the file."""
    return tuple(dict.fromkeys(map(_subject, changes)))


def _subject(change: Change) -> str:
    return change.path[1] if change.path[0] in {"clients", "users"} else change.path[0]


def _value_text(value: Value | None) -> str:
    """Return a value for people, without brackets and quotes."""
    if isinstance(value, dict):
        texts = [f"{key} {_value_text(inner)}" for key, inner in value.items()]
        return ", ".join(texts) or "(nothing else yet)"
    if isinstance(value, list):
        return "; ".join(map(_item_text, value)) or "none"
    return value.isoformat() if isinstance(value, date) else format_value(value)


def _item_text(value: Value | None) -> str:
    """Return one item of a list; of a table only its values, not the names of its fields."""
    if isinstance(value, dict):
        return " ".join(map(_item_text, value.values()))
    return "+".join(map(_value_text, value)) if isinstance(value, list) else _value_text(value)
