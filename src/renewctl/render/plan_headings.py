"""The first line of a change: what was done, to how many of what."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from renewctl.model import Plan, Reversal
from renewctl.render.change_words import list_subjects
from renewctl.text import count_of


class _Action(NamedTuple):
    """The words for the action of a command.

    Args:
        done: The verb in the past tense.
        do: The verb in the infinitive.
        noun: The object.
        rest: The rest of the line.
        named: Whether a single object is named instead of counted.
    """

    done: str
    do: str
    noun: str
    rest: str = ""
    named: bool = False


_ACTIONS: Mapping[str, _Action] = {
    "client add": _Action("Added", "add", "client", named=True),
    "client set": _Action("Changed", "change", "client", named=True),
    "client remove": _Action("Removed", "remove", "client", named=True),
    "client rename": _Action("Renamed", "rename", "client", named=True),
    "client assign": _Action("Assigned", "assign", "role"),
    "client unassign": _Action("Unassigned", "unassign", "role"),
    "client set-renewal": _Action("Set", "set", "renewal"),
    "client remove-renewal": _Action("Removed", "remove", "renewal"),
    "client renew": _Action("Moved", "move", "renewal", " by a year"),
    "confirm": _Action("Confirmed", "confirm", "HubSpot setting"),
    "user add": _Action("Added", "add", "partner user", named=True),
    "user set": _Action("Changed", "change", "partner user", named=True),
    "user remove": _Action("Removed", "remove", "partner user", named=True),
}
_OTHER = _Action("Changed", "change", "value")
_UNDO, _REDO = _Action("Undid", "undo", "change"), _Action("Redid", "redo", "change")
_SET, _CLEARED = _Action("Set", "set", "override"), _Action("Cleared", "clear", "override")
_OVERRIDE_DEPTH = len(("clients", "KEY", "override"))
_IMPORTED: Mapping[str, _Action] = {
    "new": _Action("Added", "add", "client"),
    "changed": _Action("Changed", "change", "client"),
    "removed": _Action("Removed", "remove", "client"),
}


def names_subject(plan: Plan) -> bool:
    """Return whether the first line of a plan names the one thing it changes."""
    if plan.reverses or len(list_subjects(plan.changes)) != 1:
        return False
    return plan.command == "set-default" or _find_action(plan).named


def describe_plan(plan: Plan, *, would: bool) -> str:
    """Return the heading of a plan; ``would``: whether it is only shown."""
    subjects, action = list_subjects(plan.changes), _find_action(plan)
    verb = _verb(action, would=would)
    if plan.reverses:
        return _describe_reversal(plan.reverses, would=would)
    if describe := _DESCRIBED.get(plan.command):
        return describe(plan, would)
    if names_subject(plan):
        new = f" to {plan.changes[0].after}" if plan.changes[0].renamed else ""
        return f"{verb} {action.noun} {subjects[0]}{new}"
    if plan.command == "confirm" and all(change.path[-1] == "contacts_checked" for change in plan.changes):
        return f"{verb} the contacts of {count_of(len(subjects), 'client')}"
    number = len(plan.changes) if action is _OTHER else len(subjects)
    return _list_actions([(action, number)], would=would)


def _describe_reversal(reverses: Reversal, *, would: bool) -> str:
    verb = _verb(_REDO if reverses.redo else _UNDO, would=would)
    when = reverses.at.replace("T", " ")[: len("2027-03-01 12:00")]
    return f"{verb} {reverses.command} {reverses.id} ({when} UTC)"


def _find_action(plan: Plan) -> _Action:
    return _ACTIONS.get(plan.command, _OTHER)


def _describe_default(_plan: Plan, would: bool) -> str:
    return f"{'Would set' if would else 'Set'} the default"


def _describe_overrides(plan: Plan, would: bool) -> str:
    cleared = sum(change.after is None for change in plan.changes if len(change.path) == _OVERRIDE_DEPTH)
    number = len(list_subjects(plan.changes)) - cleared
    return _list_actions([(_SET, number), (_CLEARED, cleared)], would=would)


def _describe_replacement(plan: Plan, would: bool) -> str:
    """Return the first line of ``user replace``."""
    changes = plan.changes
    places = [change for change in changes if change.path[-1] == "notify"]
    lists = [change for change in changes if change.path[-1] == "must_notify"]
    replaced = "Would replace" if would else "Replaced"
    if places:
        old, new = places[0].before, places[0].after
        return f"{replaced} {old} with {new} in {count_of(len(places), 'setting')}"
    if lists:
        return f"{replaced} a required recipient of {count_of(len(lists), 'client')}"
    return f"{'Would record' if would else 'Recorded'} {changes[0].path[1]} as deactivated in HubSpot"


def _describe_import(plan: Plan, would: bool) -> str:
    counts = dict(plan.counts)
    unchanged = counts.get("unchanged", 0)
    end = f"; {unchanged} unchanged" if unchanged else ""
    return (
        _list_actions([(action, counts.get(key, 0)) for key, action in _IMPORTED.items()], would=would) + end
    )


def _list_actions(actions: Sequence[tuple[_Action, int]], *, would: bool) -> str:
    """Return the actions with their counts: ``Set 2 overrides, cleared 1``."""
    words: list[str] = []
    noun = ""
    for action, number in actions:
        if not number:
            continue
        verb = _verb(action, would=would) if not words else action.do if would else action.done.lower()
        what = count_of(number, action.noun) if action.noun != noun else str(number)
        words.append(f"{verb} {what}{action.rest}")
        noun = action.noun
    return ", ".join(words)


_DESCRIBED: Mapping[str, Callable[[Plan, bool], str]] = {
    "set-default": _describe_default,
    "override": _describe_overrides,
    "clear-override": _describe_overrides,
    "import": _describe_import,
    "user replace": _describe_replacement,
}
"""The first lines that are more than a verb and a number."""


def _verb(action: _Action, *, would: bool) -> str:
    return f"Would {action.do}" if would else action.done
