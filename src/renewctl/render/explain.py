"""One decision, shown: each value and the layer it comes from, each candidate, the rule in words.

A view of the ``Resolution``; it decides nothing. Imports the pure floors and its neighbours.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from renewctl.domain.report import ReportRow
from renewctl.domain.resolve import (
    ARTICLE,
    Decision,
    Outcome,
    Reason,
    Resolution,
    Rule,
    Severity,
    setting_path,
)
from renewctl.model import AnySetting, Client, Default, Path, Policy
from renewctl.render.result import Cell, DataTable, Line, Result, line
from renewctl.render.who_table import decision_style, note_line

SCHEMA = "renewctl.explain/1"
RULES = {
    Rule.DEFAULT_HUBSPOT: "HubSpot owns renewals by default: it writes to the client's primary contact, "
    "billing contacts and decision-maker, and copies the partner user, if one is set",
    Rule.DEFAULT_PARTNER: "the partner owns renewals by default: only the partner user set is notified",
    Rule.OVERRIDE_HUBSPOT: "this client's own setting gives renewals to HubSpot: it writes to the client's "
    "primary contact, billing contacts and decision-maker",
    Rule.OVERRIDE_PARTNER: "this client's own setting gives renewals to the partner: only its partner user "
    "is notified",
    Rule.NO_DEFAULT: "there is neither a default nor an override, so the article has no answer",
}
REASONS = {
    Reason.HOLDS_ROLE: "HubSpot writes to this role",
    Reason.POINT_OF_CONTACT: "point of contact, sole recipient",
    Reason.COPY_BY_DEFAULT: "set by the default",
    Reason.COPY_BY_OVERRIDE: "set by the override; not assured",
    Reason.COPY_BY_POLICY: "the default's, by policy; not assured",
    Reason.PARTNER_OWNS: "not written to, as the partner owns",
    Reason.REPLACED: "the default's, replaced by the override",
    Reason.NO_MESSAGE: "no message, so no copy",
    Reason.NO_ROLE: "holds no role",
    Reason.VACANT: "nobody holds this role",
    Reason.INACTIVE: "deactivated in HubSpot, so receives nothing",
    Reason.NO_SETTING: "there is no setting to go by",
}
Where = Callable[[Path], str | None]


def render_explanation(
    rows: tuple[ReportRow, ...], default: Default | None, policy: Policy, where: Where
) -> Result:
    """Return the decision about one client.

    Args:
        rows: the client's rows; all share one resolution.
        default: the partner's default, to say what an override shadows.
        policy: for what it decides about copies.
        where: from a path in the data to its place in the file.
    """
    resolution = rows[0].resolution
    values = _values(resolution.client, default, policy, where)
    return Result(
        _document(rows, values),
        DataTable(_COLUMNS, tuple(_cells(decision) for decision in resolution.decisions)),
        names=(resolution.client.key,),
        lines=tuple(_lines(rows, values)),
    )


_COLUMNS = ("email", "name", "roles", "outcome", "reason", "why")


def _cells(decision: Decision) -> tuple[Cell, ...]:
    why = REASONS[decision.reason]
    return (
        decision.email,
        decision.name or None,
        decision.roles,
        str(decision.outcome),
        str(decision.reason),
        why,
    )


def _values(client: Client, default: Default | None, policy: Policy, where: Where) -> list[dict[str, Any]]:
    """Return each value with the layer it comes from and what it shadows there."""
    setting: AnySetting | None = client.override or default
    if setting is None:
        return []
    shadowed = default if client.override else None
    values = []
    for field in ("owner", "notify"):
        path = (*setting_path(client), field)
        value = getattr(setting, field)
        values.append(
            {
                "field": field,
                "value": str(value) if value else None,
                "layer": "override" if client.override else "default",
                "at": where(path) or where(path[:-1]),
                "shadows": _shadow(shadowed, field, where),
            }
        )
    if client.override and setting.owner == "hubspot" and not setting.notify:
        values.append(_policy_value(policy, where))
    return values


def _shadow(default: Default | None, field: str, where: Where) -> Mapping[str, Any] | None:
    if default is None:
        return None
    value = getattr(default, field)
    return {
        "layer": "default",
        "value": str(value) if value else None,
        "at": where(("defaults", field)) or where(("defaults",)),
    }


def _policy_value(policy: Policy, where: Where) -> dict[str, Any]:
    value = str(policy.hubspot_override_copies)
    path = ("policy", "hubspot_override_copies")
    return {"field": path[1], "value": value, "layer": "policy", "at": where(path), "shadows": None}


def _document(rows: tuple[ReportRow, ...], values: list[dict[str, Any]]) -> dict[str, Any]:
    resolution = rows[0].resolution
    return {
        "schema": SCHEMA,
        "client": resolution.client.key,
        "name": resolution.client.name or None,
        "rule": str(resolution.rule),
        "source": str(resolution.source),
        "values": values,
        "decisions": [dict(zip(_COLUMNS, _cells(found), strict=True)) for found in resolution.decisions],
        "notes": [
            {"code": note.code, "severity": str(note.severity), "message": note.message}
            for note in _all_notes(rows)
        ],
        "article": ARTICLE,
    }


_GRAVITY = {severity: place for place, severity in enumerate(Severity)}


def _all_notes(rows: tuple[ReportRow, ...]) -> list[Any]:
    """Return the notes, each once, the gravest first."""
    found = dict.fromkeys(note for row in rows for note in row.notes)
    return sorted(found, key=lambda note: _GRAVITY[note.severity])


def _lines(rows: tuple[ReportRow, ...], values: list[dict[str, Any]]) -> Iterator[Line]:
    resolution = rows[0].resolution
    name = f"  {resolution.client.name}" if resolution.client.name else ""
    yield line((resolution.client.key, "strong"), name)
    yield from _value_lines(values)
    yield line()
    yield from _decision_lines(resolution)
    yield line()
    yield line((f"{resolution.rule}", "strong"), f": {RULES[resolution.rule]}.")
    yield line((f"Source: {ARTICLE}.", "dim"))
    notes = _all_notes(rows)
    if notes:
        yield line()
        yield from map(note_line, notes)


def _value_lines(values: list[dict[str, Any]]) -> Iterator[Line]:
    if not values:
        yield line(("  no default and no override: nobody is known to be notified", "error"))
    for value in values:
        shown = value["value"] or "nobody"
        layer = f"{value['layer']} ({value['at'] or 'not written: what holds without it'})"
        yield line(f"  {value['field']:<7} ", (shown, "strong"), f" ← {layer}", (_shadowed(value), "dim"))


def _shadowed(value: dict[str, Any]) -> str:
    shadow = value["shadows"]
    if shadow is None:
        return ""
    verb = "says" if value["field"] == "owner" else "names"
    return f"; default ({shadow['at']}) {verb} {shadow['value'] or 'nobody'}, overridden"


def _decision_lines(resolution: Resolution) -> Iterator[Line]:
    if not resolution.to:
        yield line("  ", ("NOBODY is notified", "error"))
    width = max((len(_who(decision)) for decision in resolution.decisions), default=0)
    for decision in sorted(resolution.decisions, key=lambda found: list(Outcome).index(found.outcome)):
        style = decision_style(decision)
        roles = ", ".join(decision.roles) or "no role"
        yield line(
            "  ",
            (f"{decision.outcome:<8}", style),
            f"  {_who(decision):<{width}}  ",
            (f"{roles}: {REASONS[decision.reason]}", "dim" if style == "dim" else ""),
        )


def _who(decision: Decision) -> str:
    if decision.email is None:
        return "(vacant)"
    return f"{decision.email} ({decision.name})" if decision.name else decision.email
