"""Changes of the file in words, with the values before and after."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from renewctl.domain.paths import IDENTITY
from renewctl.fields import TABLES
from renewctl.model import EMPTY, Change, Owner, Value
from renewctl.render.result import HANG, Line, Segment, join_lines, line
from renewctl.render.wording import OWNERS, ROLES
from renewctl.text import format_value

FOLLOWS = "follows the default"
NO_PRODUCT = "(no product)"
_FILE_SECTIONS = {"clients", "users"}
"""The tables of the file whose entries are what a change is about."""
_LABELS = {"notify": "partner user", "hub_id": "hub ID", "on": "confirmed on", "active": "active in HubSpot"}
"""The labels of the fields that differ from the words of their keys."""
_TEXTS = {"note", "memo"}
"""Fields with sentences, which are quoted."""
_KEYS = {key for fields in TABLES.values() for key in fields}
_SEEN: Segment = ("HubSpot setting: ", "")
_FOLLOWS_IN_HUBSPOT = "default"
"""The owner of a HubSpot setting that follows the default."""


def describe_changes(
    changes: Sequence[Change], names: Mapping[str, str] = EMPTY, *, restored: bool = False
) -> Iterator[Line]:
    """Yield a line for each client, user or table of the file that changes.

    Args:
        changes: The changes.
        names: What to call clients, by key as in the file; one that it lacks is called by the key.
        restored: Whether what is added was in the file before, as with an undo.
    """
    groups: dict[str, list[Change]] = {}
    for change in changes:
        groups.setdefault(_subject(change), []).append(change)
    for subject, group in groups.items():
        # If the name itself changes, the subject is the domain.
        has_name = any(_steps(change) in {(), ("name",)} for change in group)
        name = subject if has_name else names.get(subject, subject)
        yield line((name, "strong"), ": ", HANG, *_join(group, restored=restored))


def describe_alone(changes: Iterable[Change]) -> Line:
    """Return the changes in the client or user that a heading names.

    Empty if the heading is complete.
    """
    return _join(changes, headed=True)


def change_line(change: Change) -> Line:
    """Return a change as one line: what it is about, and its values before and after."""
    return line((_subject(change), "strong"), ": ", HANG, *_describe(change))


def name_changes(changes: Sequence[Change]) -> str:
    """Return the subject of the changes of one client, user or table, and the rest."""
    kinds = {_name_kind(change): None for change in changes}
    what = ", ".join(filter(None, kinds))
    return f"{_subject(changes[0])}: {what}"


def _name_kind(change: Change) -> str:
    """Return which value a change is about, and the kind of change."""
    if _steps(change)[:1] == ("in_hubspot",):
        return "HubSpot setting removed" if change.after is None else "confirmed in HubSpot"
    end = "renamed" if change.renamed else "changed"
    if not change.renamed and (change.before is None or change.after is None):
        end = "added" if change.before is None else "removed"
    return " ".join(filter(None, (_name_fields(change), end)))


def name_subjects(changes: Iterable[Change]) -> tuple[str, ...]:
    """Return the displayed subjects of changes, each once."""
    return tuple(dict.fromkeys(map(_subject, changes)))


def is_about_clients(changes: Iterable[Change]) -> bool:
    """Return whether all changes are about clients."""
    return all(change.path[0] == "clients" for change in changes)


def list_subjects(changes: Iterable[Change]) -> tuple[str, ...]:
    """Return the subjects of changes, each once: clients, users and tables."""
    return tuple(dict.fromkeys(map(_key, changes)))


def flat_value(value: Value | None) -> str:
    """Return a value as text, with the keys of the file, without brackets and quotes."""
    if isinstance(value, dict):
        return ", ".join(f"{key} {flat_value(inner)}" for key, inner in value.items()) or "(empty)"
    if isinstance(value, list):
        return "; ".join(map(_flat_item, value)) or "none"
    return value.isoformat() if isinstance(value, date) else format_value(value)


def _flat_item(value: Value | None) -> str:
    """Return an item of a list; a table has only its values, without keys."""
    if isinstance(value, dict):
        return " ".join(map(_flat_item, value.values()))
    return "+".join(map(flat_value, value)) if isinstance(value, list) else flat_value(value)


def _join(changes: Iterable[Change], *, headed: bool = False, restored: bool = False) -> Line:
    phrases: list[Line] = []
    confirmed: list[Change] = []
    for change in changes:
        if _steps(change)[:-1] == ("in_hubspot",):
            confirmed.append(change)
        else:
            phrases.append(_describe(change, headed=headed, restored=restored))
    phrases += [_describe_confirmed(confirmed)] if confirmed else []
    return join_lines(phrases, ", ")


def _key(change: Change) -> str:
    path = change.path
    return path[1] if path[0] in _FILE_SECTIONS and len(path) > 1 else path[0]


def _subject(change: Change) -> str:
    return "default" if change.path[0] == "defaults" else _key(change)


def _steps(change: Change) -> tuple[str, ...]:
    """Return the path below what a change is about; empty for the whole of it."""
    return change.path[2 if change.path[0] in _FILE_SECTIONS else 1 :]


def _name_fields(change: Change) -> str:
    """Return the field of a change within its subject, in words."""
    steps = _steps(change)
    if len(steps) == 2 and steps[0] in IDENTITY and not change.renamed:
        steps = steps[:1]  # an item of a list is named by its own value
    return _name_label([step or NO_PRODUCT for step in steps])


def _describe(change: Change, *, headed: bool = False, restored: bool = False) -> Line:
    """Return a change in words, without its subject.

    Args:
        change: The change.
        headed: Whether a heading shows that the subject was added, removed or renamed.
        restored: Whether a subject that is added was in the file before.
    """
    steps = _steps(change)
    if change.renamed and not steps:
        return () if headed else line("renamed to ", _new(str(change.after)))
    if not steps and not any(isinstance(value, dict) for value in (change.before, change.after)):
        return _describe_value("value", change.path[-1], change)
    if not steps or steps == ("override",):
        return _describe_whole(change, headed=headed, restored=restored)
    if describe := _PARTS.get(steps[0]):
        return describe(change, steps[1:])
    if steps == ("active",):
        return line(_new(_name_activity(change.after)))
    steps = steps[1:] if steps[0] == "override" else steps
    return _describe_value(_name_label(steps), steps[-1], change)


def _describe_whole(change: Change, *, headed: bool, restored: bool) -> Line:
    """Describe a client, a user, the default or an override that is added or removed."""
    section, before, after = change.path[0], _list_fields(change.before), _list_fields(change.after)
    if len(change.path) > 2:  # an override
        return line(_new(after or FOLLOWS), _was(before or FOLLOWS))
    if headed and (change.before is None or change.after is None):
        return line(_new(after) if after else (before, "dim"))
    if change.before is None and section in _FILE_SECTIONS:
        new = "new client" if section == "clients" else "new partner user"
        return line(_new(", ".join(filter(None, ("restored" if restored else new, after)))))
    return line("removed" if change.after is None else _new(after), _was(before))


def _describe_contact(change: Change, steps: Sequence[str]) -> Line:
    if not steps:
        return _describe_value("contacts", "contacts", change)
    email, *field = steps
    if not field:
        return _describe_item("contact", change)
    head = f"{email} "
    if field == ["roles"]:
        before, after = _list_roles(change.before), _list_roles(change.after)
        parts = [f"now {role}" for role in after if role not in before]
        parts += [f"no longer {role}" for role in before if role not in after]
        return line(head, _new(", ".join(parts) or "another order of roles"))
    if field == ["active"]:
        return line(head, _new(_name_activity(change.after)))
    return line(head, *_describe_value(_name_label(field), field[-1], change))


def _describe_renewal(change: Change, steps: Sequence[str]) -> Line:
    if not steps:
        return _describe_value("renewals", "renewals", change)
    product, *field = steps
    if change.renamed:
        return line(f"renewal {product or NO_PRODUCT} renamed to ", _new(str(change.after) or NO_PRODUCT))
    if not field:
        return _describe_item("renewal", change)
    label = {"date": "renewal date"}.get(field[0], _name_label(field))
    return _describe_value(f"{label} of {product}" if product else label, field[-1], change)


def _describe_item(noun: str, change: Change) -> Line:
    """Describe a contact or a renewal that is added or removed."""
    if change.after is None:
        return line(f"removed {noun} ", (_item_words(f"{noun}s", change.before), "dim"))
    return line(f"added {noun} ", _new(_item_words(f"{noun}s", change.after)))


def _describe_seen(change: Change, steps: Sequence[str]) -> Line:
    """Describe a confirmed HubSpot setting."""
    if steps:
        return (_SEEN, *_describe_value(_name_label(steps), steps[-1], change))
    before, after = (_list_fields(value) for value in (change.before, change.after))
    if change.after is None:
        return line(_SEEN, f"removed (was: {before})")
    return line(_SEEN, _new(after), _was(before))


def _describe_confirmed(changes: Sequence[Change]) -> Line:
    """Describe the fields of a confirmed HubSpot setting that change, as one."""
    fields = {change.path[-1]: change for change in changes}
    phrases: list[Line] = []
    if "owner" in fields:
        setting = [fields.pop(key) for key in ("owner", "notify") if key in fields]
        before, after = (
            _list_fields({change.path[-1]: value for change in setting if (value := getattr(change, end))})
            for end in ("before", "after")
        )
        phrases.append(line(_new(after), _was(before)))
        # The day of the other setting does not matter.
        fields = {key: change._replace(before=None) for key, change in fields.items()}
    phrases += (_describe_value(_name_label([key]), key, change) for key, change in fields.items())
    return (_SEEN, *join_lines(phrases, ", "))


_PARTS: Mapping[str, Callable[[Change, Sequence[str]], Line]] = {
    "contacts": _describe_contact,
    "renewals": _describe_renewal,
    "in_hubspot": _describe_seen,
}


def _describe_value(label: str, key: str, change: Change) -> Line:
    before, after = (_name_value(key, value) for value in (change.before, change.after))
    if key in {"owner", "notify"} or (change.before is not None and change.after is not None):
        nothing = "not set" if key == "owner" else "none"
        return line(f"{label} ", (before or nothing, "dim"), " → ", _new(after or nothing))
    if change.after is None:
        return line(f"{label} removed", (f" (was: {before})", "dim"))
    return line(f"{label} ", _new(after))


def _new(text: str) -> Segment:
    return text, "notified"


def _was(text: str) -> Segment:
    return f" (was: {text})" if text else "", "dim"


def _name_label(steps: Sequence[str]) -> str:
    """Return the words for keys of the file; the user's own keys stay as they are."""
    return " ".join(_LABELS.get(step, step.replace("_", " ") if step in _KEYS else step) for step in steps)


def _name_value(key: str, value: Value | None) -> str:
    if value is None:
        return ""
    if key == "owner":
        return OWNERS[Owner(value)] if isinstance(value, str) and value in {*Owner} else str(value)
    return repr(value) if key in _TEXTS else flat_value(value)


def _name_activity(value: Value | None) -> str:
    return f"recorded as {'deactivated' if value is False else 'active again'} in HubSpot"


def _list_fields(value: Value | None) -> str:
    """Return the fields of a table in words; empty if there are none."""
    fields = value.items() if isinstance(value, dict) else ()
    return ", ".join(_describe_field(key, field) for key, field in fields)


def _describe_field(key: str, value: Value | None) -> str:
    if key in IDENTITY and isinstance(value, list):
        items = ", ".join(_item_words(key, item) for item in value)
        return f"{key if len(value) > 1 else key[:-1]} {items}" if items else f"no {key}"
    if key in {"override", "in_hubspot"} and isinstance(value, dict):
        return f"{'override' if key == 'override' else 'HubSpot setting'}: {_list_fields(value)}"
    if key == "active":
        return _name_activity(value)
    if key == "owner" and value == _FOLLOWS_IN_HUBSPOT:
        return FOLLOWS
    return f"{_name_label([key])} {_name_value(key, value)}"


def _item_words(key: str, item: Any) -> str:
    """Return a contact or a renewal in words."""
    if not isinstance(item, dict):
        return flat_value(item)
    if key == "renewals":
        words = " ".join(flat_value(item[name]) for name in _RENEWAL if item.get(name))
        about = [f"{_name_label([each])} {flat_value(item[each])}" for each in item if each not in _RENEWAL]
    else:
        words = str(item.get("email", ""))
        about = [str(item.get("name") or ""), " and ".join(_list_roles(item.get("roles")))]
        about += ["deactivated"] if item.get("active") is False else []
        about += (f"{_name_label([each])} {flat_value(item[each])}" for each in item if each not in _CONTACT)
    details = ", ".join(filter(None, about))
    return f"{words} ({details})" if details else words


_RENEWAL = ("product", "date")
_CONTACT = {"email", "name", "roles", "active"}


def _list_roles(value: Any) -> list[str]:
    return [ROLES.get(str(role), str(role)) for role in value] if isinstance(value, list) else []
