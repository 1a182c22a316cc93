"""The first line of a change: what was done, to how many of what."""

from collections.abc import Mapping

from renewctl.model import Plan
from renewctl.render.change_words import list_subjects
from renewctl.text import conjugate, count_of

_ACTIONS: Mapping[str, tuple[str, str]] = {
    "client add": ("add", "client"),
    "client set": ("change", "client"),
    "client remove": ("remove", "client"),
    "client rename": ("rename", "client"),
    "client assign": ("assign", "role"),
    "client unassign": ("unassign", "role"),
    "client set-renewal": ("set", "renewal"),
    "client remove-renewal": ("remove", "renewal"),
    "client renew": ("move", "renewal"),
    "confirm": ("confirm", "HubSpot setting"),
    "user add": ("add", "partner user"),
    "user set": ("change", "partner user"),
    "user remove": ("remove", "partner user"),
}
"""The verb and the object of each command."""
_OTHER = ("change", "value")
_NAMED = {"client", "partner user"}
"""The objects of which a single one is named instead of counted."""
_OVERRIDE_DEPTH = len(("clients", "KEY", "override"))
_IMPORTED = {"new": "add", "changed": "change", "removed": "remove"}


def names_subject(plan: Plan) -> bool:
    """Return whether the first line of a plan names the one thing it changes."""
    if plan.reverses or len(list_subjects(plan.changes)) != 1:
        return False
    return plan.command == "set-default" or _find_action(plan)[1] in _NAMED


def describe_plan(plan: Plan, *, would: bool) -> str:
    """Return the heading of a plan; ``would``: whether it is only shown."""
    changes, subjects, (verb, noun) = plan.changes, list_subjects(plan.changes), _find_action(plan)
    if reverses := plan.reverses:
        verb = "redo" if reverses.redo else "undo"
        when = reverses.at.replace("T", " ")[: len("2027-03-01 12:00")]
        what = f"{reverses.command} {reverses.id} ({when} UTC)"
    elif plan.command == "set-default":
        verb, what = "set", "the default"
    elif plan.command in {"override", "clear-override"}:
        cleared = sum(change.after is None for change in changes if len(change.path) == _OVERRIDE_DEPTH)
        return _count_actions("override", {"set": len(subjects) - cleared, "clear": cleared}, would=would)
    elif plan.command == "import":
        counts = dict(plan.counts)
        actions = {verb: counts.get(key, 0) for key, verb in _IMPORTED.items()}
        end = f"; {counts['unchanged']} unchanged" if counts.get("unchanged") else ""
        return _count_actions("client", actions, would=would) + end
    elif plan.command == "user replace":
        verb, what = _describe_replacement(plan)
    elif names_subject(plan):
        what = f"{noun} {subjects[0]}{f' to {changes[0].after}' if changes[0].renamed else ''}"
    elif plan.command == "confirm" and all(change.path[-1] == "contacts_checked" for change in changes):
        what = f"the contacts of {count_of(len(subjects), 'client')}"
    else:
        number = len(subjects) if plan.command in _ACTIONS else len(changes)
        what = count_of(number, noun) + (" by a year" if plan.command == "client renew" else "")
    return f"{conjugate(verb, would=would)} {what}"


def _find_action(plan: Plan) -> tuple[str, str]:
    return _ACTIONS.get(plan.command, _OTHER)


def _describe_replacement(plan: Plan) -> tuple[str, str]:
    """Return the verb of ``user replace``, and what it changes."""
    if places := [change for change in plan.changes if change.path[-1] == "notify"]:
        old, new = places[0].before, places[0].after
        return "replace", f"{old} with {new} in {count_of(len(places), 'setting')}"
    if lists := [change for change in plan.changes if change.path[-1] == "must_notify"]:
        return "replace", f"a required recipient of {count_of(len(lists), 'client')}"
    return "record", f"{plan.changes[0].path[1]} as deactivated in HubSpot"


def _count_actions(noun: str, actions: Mapping[str, int], *, would: bool) -> str:
    """Return actions on the same kind of object: ``Set 2 overrides, cleared 1``."""
    (verb, number), *others = [action for action in actions.items() if action[1]] or [("", 0)]
    if not number:
        return ""
    more = [f", {each if would else conjugate(each, would=False).lower()} {count}" for each, count in others]
    return f"{conjugate(verb, would=would)} {count_of(number, noun)}{''.join(more)}"
