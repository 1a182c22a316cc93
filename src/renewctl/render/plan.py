"""A change, planned or made: what it changes, and what that means for recipients."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from renewctl.command_line import command_line
from renewctl.domain.edit.settings import find_matching_default, find_settings_to_enter
from renewctl.domain.identifiers import client_key
from renewctl.domain.impact import Impact
from renewctl.model import Change, Plan, Portfolio
from renewctl.render.change_words import (
    change_line,
    describe_alone,
    describe_changes,
    flat_value,
    list_subjects,
)
from renewctl.render.impact import (
    WHERE_ALL,
    count_others,
    impact_document,
    recipient_lines,
    without_recipient_lines,
)
from renewctl.render.plan_headings import describe_plan, names_subject
from renewctl.render.result import HANG, DataTable, Line, Result, line
from renewctl.render.wording import name_clients
from renewctl.text import agree, conjugate, count_of

MOST_LINES = 20
NO_RECIPIENTS_CHANGE = "No recipients change."
LAYOUT_ALONE = "layout only, same values"


class ChangeView(NamedTuple):
    """A change with what describes it; ``store`` is the name of the file."""

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
    """Return the change that a command made, or would make.

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
    if reverses := plan.reverses:
        when = reverses.at.replace("T", " ").removesuffix("Z")
        verb = "redoes" if reverses.redo else "undoes"
        remarks.insert(0, f"{verb} {reverses.command} {reverses.id} of {when} UTC")
    document = {
        "schema": "renewctl.plan/1",
        "command": plan.command,
        "dry_run": dry_run,
        "changed": view.changed,
        "changes": lambda: change_items(plan.changes),
        "impact": lambda: impact_document(view.impact),
        **({"counts": counts} if counts else {}),
        **({"remarks": remarks} if remarks else {}),
    }
    lines = [] if brief else [*describe_change(view, would=dry_run)]
    if view.changed:
        lines += [line(("Dry run: nothing was saved.", "warning"))] if dry_run else _describe_saved(view)
    return Result(
        document,
        change_table(plan.changes),
        names=list_subjects(plan.changes),
        lines=lines,
        warnings=warnings,
        change=True,
        written=written,
    )


def _describe_saved(view: ChangeView) -> Iterator[Line]:
    """Yield how to reverse a saved change, and what to enter in HubSpot, if any."""
    reverses = view.plan.reverses
    verb = "Redo" if reverses and not reverses.redo else "Undo"
    yield line(f"Saved {view.store}. {verb} with: {command_line('undo')}")
    old_keys = {new: old for old, new in view.impact.renamed}
    if to_enter := find_settings_to_enter(view.before, view.after, old_keys):
        [first, *others] = to_enter
        keys = [first.key] if first and not others else []
        yield line(f"HubSpot is unchanged: see what to enter with {command_line('todo', *keys)}")


def describe_change(view: ChangeView, *, would: bool) -> Iterator[Line]:
    """Yield a change for people, clients without a recipient first."""
    plan = view.plan
    names = name_changed_clients(view.before, view.after, plan.changes, view.impact)
    yield from without_recipient_lines(view.impact, names, would=would)
    unchanged = plan.unchanged
    if plan.changes or plan.reverses:
        yield from _describe_settings(view, names, would=would)
    elif view.changed:
        yield line((f"{conjugate('change', would=would)} the layout of {view.store}", "strong"))
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


def name_changed_clients(
    before: Portfolio,
    after: Portfolio,
    changes: Iterable[Change],
    impact: Impact,
) -> Mapping[str, str]:
    """Return the names of the clients of a change, by key in both spellings.

    A name that several clients have is followed by the domain.

    Args:
        before: The settings before the change.
        after: The settings after it.
        changes: The changes.
        impact: Their impact.
    """
    spellings = {change.path[1] for change in changes if change.path[0] == "clients"}
    keys = {client_key(spelling) or spelling for spelling in spellings}
    keys |= {*impact.clients, *impact.lost_all, *impact.new_without, *(each.client for each in impact.ended)}
    renamed = {old for old, _ in impact.renamed}
    kept = {key: client for key, client in before.clients.items() if key not in renamed}
    clients = {**kept, **after.clients}
    concerned = {clients[key].name for key in keys if key in clients}
    names = name_clients(client for client in clients.values() if client.name in concerned)
    by_key = {key: names[key] for key in keys if key in names}
    return {**by_key, **{each: names.get(client_key(each) or each, each) for each in spellings}}


def _describe_settings(view: ChangeView, names: Mapping[str, str], *, would: bool) -> Iterator[Line]:
    """Yield the first line of a plan, and a line for each client or user."""
    plan = view.plan
    yield line((describe_plan(plan, would=would), "strong"))
    if not plan.changes:
        yield line(f"  {LAYOUT_ALONE}")
    if names_subject(plan):
        alone = describe_alone(plan.changes)
        if any(text for text, _ in alone):
            yield line("  ", HANG, *alone)
        return
    everything, restored = plan.whole and would, plan.reverses is not None
    yield from cut_changes(plan.changes, names, everything=everything, restored=restored)


def cut_changes(
    changes: Sequence[Change],
    names: Mapping[str, str],
    *,
    everything: bool = False,
    restored: bool = False,
) -> Iterator[Line]:
    """Yield a line for each client, user or table, and how many others there are.

    Args:
        changes: The changes.
        names: What to call clients, by key as in the file.
        everything: Whether there is no limit.
        restored: Whether what is added was in the file before.
    """
    subjects = list_subjects(changes)
    most = len(subjects) if everything else MOST_LINES
    shown = {*subjects[:most]}
    some = [each for each in changes if not shown.isdisjoint(list_subjects([each]))]
    for parts in describe_changes(some, names, restored=restored):
        yield line("  ", *parts)
    yield from count_others(len(subjects) - most)


def _explain_no_changes(view: ChangeView) -> Line:
    plan = view.plan
    counts = dict(plan.counts)
    why = f"{view.store} already has these values"
    if len(plan.unchanged) == 1:
        why = plan.unchanged[0]
    elif number := counts.get("unchanged"):
        why = f"{count_of(number, 'client')} {agree(number, 'are')} already up to date"
    elif plan.unchanged or plan.notes or counts:
        why = ""
    return line(("No changes", "strong"), f": {why}." if why else ".")


def _describe_impact(view: ChangeView, names: Mapping[str, str]) -> Iterator[Line]:
    """Yield for how many clients recipients change, and how."""
    impact, counts = view.impact, _count_settings(view.after)
    number, following, of_default = len(impact.clients), counts["following"], _changes_default(view.plan)
    ended = sum(bool(each.recipients) for each in impact.ended)
    if not number and not ended:
        yield line((NO_RECIPIENTS_CHANGE, "dim"))
    elif not number:
        yield line(f"Notices stop for {count_of(ended, 'renewal')}:")
    elif of_default:
        of = "" if number == following else f"{number} of "
        clients = f"{of}{count_of(following, 'client')} that {agree(following, 'follow')} the default"
        yield line(f"Recipients change for {clients}:")
    else:
        yield line(f"Recipients change for {count_of(number, 'client')}:")
    subjects = {client_key(each.path[1]) for each in view.plan.changes if each.path[0] == "clients"}
    yield from recipient_lines(impact, names, named=number == 1 and subjects == {*impact.clients})
    with_default = number and any(change.path[0] == "defaults" for change in view.plan.changes)
    if counts["overridden"] and of_default:
        yield line(_describe_overridden(counts))
    elif counts["pinned"] and with_default:
        matching = count_of(counts["pinned"], "override")
        yield line(f"{matching} {agree(counts['pinned'], 'match')} the new default.")


def _describe_overridden(counts: Mapping[str, int]) -> str:
    """Return how many clients have an override, and how many match the default."""
    number, matching = counts["overridden"], counts["pinned"]
    have, are = agree(number, "have"), agree(number, "are")
    text = f"{count_of(number, 'client')} {have} an override and {are} not affected"
    if matching:
        which = "it" if number == 1 else f"{matching} of them"
        text += f"; {which} {agree(matching, 'match')} the new default"
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
    rows = ((change.path, flat_value(change.before), flat_value(change.after)) for change in changes)
    return DataTable(("path", "before", "after"), rows)


def change_lines(changes: tuple[Change, ...], most: int = MOST_LINES) -> Iterator[Line]:
    """Yield a line for each change, and how many there are beyond ``most``."""
    for change in changes[:most]:
        yield line("  ", *change_line(change))
    yield from count_others(len(changes) - most)
