"""A change, planned or made: what it changes, and what that means for recipients."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from renewctl.command_line import command_line
from renewctl.domain.edit.settings import find_matching_default
from renewctl.domain.identifiers import client_key
from renewctl.domain.impact import Impact
from renewctl.model import Change, Client, Plan, Portfolio
from renewctl.render.change_words import (
    change_line,
    describe_alone,
    describe_changes,
    flat_value,
    list_subjects,
)
from renewctl.render.impact import WHERE_ALL, impact_document, recipient_lines, without_recipient_lines
from renewctl.render.plan_headings import describe_plan, names_subject
from renewctl.render.result import HANG, DataTable, Line, Result, line
from renewctl.render.wording import name_clients
from renewctl.text import count_of

MOST_LINES = 20
NO_RECIPIENTS_CHANGE = "No recipients change."
LAYOUT_ALONE = "layout only, same values"


class ChangeView(NamedTuple):
    """A change with what describes it.

    ``store`` is the name of the file; ``undoes`` is the id of the change that this one reverses, or empty.
    """

    plan: Plan
    before: Portfolio
    after: Portfolio
    impact: Impact
    store: str
    changed: bool
    undoes: str = ""


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
        view: The change.
        dry_run: Whether it is only shown.
        written: Whether it has been saved.
        warnings: The warnings to print with it.
        brief: Whether the user has read the change already, so that only its end is printed.
    """
    plan = view.plan
    counts = dict(plan.counts) or (_count_settings(view.after) if _changes_default(plan) else {})
    remarks = [*plan.unchanged, *plan.notes]
    document = {
        "schema": "renewctl.plan/1",
        "command": plan.command,
        "dry_run": dry_run,
        "changed": view.changed,
        "changes": change_items(plan.changes),
        "impact": impact_document(view.impact),
        **({"counts": counts} if counts else {}),
        **({"remarks": remarks} if remarks else {}),
    }
    lines = [] if brief else [*describe_change(view, would=dry_run)]
    if view.changed:
        end = line(f"Saved {view.store}. {'Reverse' if view.undoes else 'Undo'} with: {command_line('undo')}")
        lines.append(line(("Dry run: nothing was saved.", "warning")) if dry_run else end)
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
    """Yield a change for people, clients without a recipient first."""
    plan, names = view.plan, _name_clients(view)
    yield from without_recipient_lines(view.impact, names)
    unchanged = plan.unchanged
    if plan.changes:
        yield from _describe_settings(view, names, would=would)
    elif view.changed:
        yield line((f"{'Would change' if would else 'Changed'} the layout of {view.store}", "strong"))
    else:
        yield _explain_no_changes(view)
        unchanged = unchanged if len(unchanged) > 1 else ()
    notes = [*unchanged, *plan.notes]
    for note in notes[:MOST_LINES]:
        yield line(("  note: ", "warning"), HANG, note)
    if len(notes) > MOST_LINES:
        yield line(("  note: ", "warning"), f"… and {len(notes) - MOST_LINES} more {WHERE_ALL}")
    if plan.changes:
        yield from _describe_impact(view, names)


def _name_clients(view: ChangeView) -> Mapping[str, str]:
    """Return what to call the clients of a change, by key in both spellings.

    A name that several clients have is followed by the domain.
    """
    spellings = {change.path[1] for change in view.plan.changes if change.path[0] == "clients"}
    impact = view.impact
    keys = {client_key(spelling) or spelling for spelling in spellings}
    keys |= {*impact.clients, *impact.lost_all, *impact.new_without, *(each.client for each in impact.ended)}
    renamed = {old for old, _ in impact.renamed}
    before = {key: client for key, client in view.before.clients.items() if key not in renamed}
    clients = {**before, **view.after.clients}
    concerned = {clients[key].name: None for key in keys if key in clients}
    alike: list[Client] = [client for client in clients.values() if client.name in concerned]
    names = name_clients(alike)
    by_key = {key: names[key] for key in keys if key in names}
    return {**by_key, **{each: names.get(client_key(each) or each, each) for each in spellings}}


def _describe_settings(view: ChangeView, names: Mapping[str, str], *, would: bool) -> Iterator[Line]:
    """Yield the first line of a plan, and a line for each client or user."""
    plan = view.plan
    yield line((describe_plan(plan, view.undoes, would=would), "strong"))
    if names_subject(plan, view.undoes):
        if alone := describe_alone(plan.changes):
            yield line("  ", HANG, *alone)
        return
    yield from _cut_lines(plan.changes, names, everything=plan.whole and would)


def _cut_lines(changes: tuple[Change, ...], names: Mapping[str, str], *, everything: bool) -> Iterator[Line]:
    subjects = list_subjects(changes)
    most = len(subjects) if everything else MOST_LINES
    shown = {*subjects[:most]}
    for parts in describe_changes(
        [each for each in changes if not shown.isdisjoint(list_subjects([each]))], names
    ):
        yield line("  ", *parts)
    if len(subjects) > most:
        yield line((f"  … and {len(subjects) - most} more {WHERE_ALL}", "dim"))


def _explain_no_changes(view: ChangeView) -> Line:
    plan = view.plan
    counts = dict(plan.counts)
    why = f"{view.store} already has these values"
    if counts.get("unchanged"):
        why = f"{count_of(counts['unchanged'], 'client')} already up to date"
    elif len(plan.unchanged) == 1:
        why = plan.unchanged[0]
    elif plan.unchanged or plan.notes or counts:
        why = ""
    return line(("No changes", "strong"), f": {why}." if why else ".")


def _describe_impact(view: ChangeView, names: Mapping[str, str]) -> Iterator[Line]:
    """Yield for how many clients recipients change, and how."""
    impact, counts = view.impact, _count_settings(view.after)
    number, following = len(impact.clients), counts["following"]
    if not number and not impact.ended:
        yield line((NO_RECIPIENTS_CHANGE, "dim"))
    elif not number:
        yield line(f"Notices stop for {count_of(len(impact.ended), 'renewal')}:")
    elif _changes_default(view.plan):
        of = "" if number == following else f" of {following}"
        clients = "client that follows" if following == 1 else "clients that follow"
        yield line(f"Recipients change for {number}{of} {clients} the default:")
    else:
        yield line(f"Recipients change for {count_of(number, 'client')}:")
    subjects = {client_key(each.path[1]) for each in view.plan.changes if each.path[0] == "clients"}
    yield from recipient_lines(impact, names, named=number == 1 and subjects == {*impact.clients})
    of_default = _changes_default(view.plan)
    with_default = number and any(change.path[0] == "defaults" for change in view.plan.changes)
    if counts["overridden"] and (of_default or with_default):
        yield line(_describe_overridden(counts, affected=not of_default))


def _describe_overridden(counts: Mapping[str, int], *, affected: bool) -> str:
    """Return how many clients have an override, and how many match the default."""
    number, matching = counts["overridden"], counts["pinned"]
    have, are = ("has", "is") if number == 1 else ("have", "are")
    text = f"{count_of(number, 'client')} {have} an override"
    text += "" if affected else f" and {are} not affected"
    if matching:
        them = (
            "it matches" if number == 1 else f"{matching} of them {'matches' if matching == 1 else 'match'}"
        )
        text += f"; {them} the new default"
    return f"{text}."


def _changes_default(plan: Plan) -> bool:
    """Return whether the plan changes the partner's default and nothing else."""
    paths = {change.path for change in plan.changes}
    return bool(paths) and paths <= {("defaults", "owner"), ("defaults", "notify")}


def _count_settings(portfolio: Portfolio) -> dict[str, int]:
    matching = len(find_matching_default(portfolio))
    overridden = sum(client.override is not None for client in portfolio.clients.values())
    following = len(portfolio.clients) - overridden
    return {"following": following, "overridden": overridden, "pinned": matching}


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
    rows = tuple((change.path, flat_value(change.before), flat_value(change.after)) for change in changes)
    return DataTable(("path", "before", "after"), rows)


def change_lines(changes: tuple[Change, ...], most: int = MOST_LINES) -> Iterator[Line]:
    """Yield a line for each change, and how many there are beyond ``most``."""
    for change in changes[:most]:
        yield line("  ", *change_line(change))
    if len(changes) > most:
        yield line((f"  … and {len(changes) - most} more {WHERE_ALL}", "dim"))
