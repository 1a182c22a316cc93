"""One decision explained: each value and where it comes from, each candidate, the rule in words."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, get_args

from renewctl.domain.identifiers import address_key
from renewctl.domain.report import ReportRow
from renewctl.domain.resolve import (
    ARTICLE,
    Decision,
    Note,
    Outcome,
    Resolution,
    Severity,
    decisions_about,
    setting_path,
)
from renewctl.model import Default, PartnerUser, Path, Policy, Portfolio
from renewctl.package_data import read_texts
from renewctl.render.result import Line, Result, line, table_of
from renewctl.render.who import note_item
from renewctl.render.who_columns import note_line

COLUMNS = ("email", "name", "roles", "outcome", "reason", "why")
PlaceOf = Callable[[Path], str | None]
"""Returns where in the file a path is, as FILE:LINE; None if it is not in the file."""


def render_explanation(
    rows: tuple[ReportRow, ...],
    portfolio: Portfolio,
    place_of: PlaceOf,
    recipient: PartnerUser | None = None,
) -> Result:
    """Return the decision about the one client of the rows, or about that ``recipient`` alone."""
    resolution = rows[0].resolution
    client = resolution.client
    values = _values(resolution, portfolio.default, portfolio.policy, place_of)
    notes = list(dict.fromkeys(note for row in rows for note in row.notes))
    if recipient:
        key = address_key(recipient.email)
        resolution = resolution._replace(decisions=decisions_about(resolution, recipient))
        notes = [note for note in notes if address_key(note.subject) == key]
    notes.sort(key=lambda note: list(Severity).index(note.severity))
    reasons = read_texts("explain")["reasons"]
    decisions = [
        {
            "email": decision.email,
            "name": decision.name or None,
            "roles": decision.roles,
            "outcome": decision.outcome,
            "reason": decision.reason,
            "why": reasons[decision.reason],
        }
        for decision in resolution.decisions
    ]
    document = {
        "schema": "renewctl.explain/1",
        "client": client.key,
        "name": client.name or None,
        "rule": resolution.rule,
        "source": resolution.source,
        "recipient": recipient.email if recipient else None,
        "values": values,
        "decisions": decisions,
        "notes": [note_item(note) for note in notes],
        "article": ARTICLE,
    }
    return Result(
        document,
        table_of(COLUMNS, decisions),
        names=(client.key,),
        lines=tuple(_lines(resolution, values, notes, alone=recipient is not None)),
    )


def _values(
    resolution: Resolution, default: Default | None, policy: Policy, place_of: PlaceOf
) -> list[dict[str, Any]]:
    """Return each value with the layer it comes from, and the default's that an override hides."""
    client, setting = resolution.client, resolution.setting
    if setting is None:
        return []
    values = []
    for field in ("owner", "notify"):
        path = setting_path(client)
        hidden: Mapping[str, Any] | None = None
        if client.override and default:
            at = place_of(("defaults", field)) or place_of(("defaults",))
            hidden = {"layer": "default", "value": getattr(default, field) or None, "at": at}
        values.append(
            {
                "field": field,
                "value": getattr(setting, field) or None,
                "layer": "override" if client.override else "default",
                "at": place_of((*path, field)) or place_of(path),
                "shadows": hidden,
            }
        )
    if client.override and setting.owner == "hubspot" and not setting.notify:
        field = "hubspot_override_copies"
        value, at = str(policy.hubspot_override_copies), place_of(("policy", field))
        values.append({"field": field, "value": value, "layer": "policy", "at": at, "shadows": None})
    return values


def _lines(
    resolution: Resolution, values: Sequence[Mapping[str, Any]], notes: Sequence[Note], *, alone: bool
) -> Iterator[Line]:
    client = resolution.client
    yield line((client.key, "strong"), f"  {client.name}" if client.name else "")
    if not values:
        yield line(("  no default and no override: nobody is known to be notified", "error"))
    for value in values:
        hidden, overridden = value["shadows"], ""
        if hidden:
            verb = "says" if value["field"] == "owner" else "names"
            overridden = f"; default ({hidden['at']}) {verb} {hidden['value'] or 'nobody'}, overridden"
        yield line(
            f"  {value['field']:<7} ",
            (value["value"] or "nobody", "strong"),
            f" ← {value['layer']} ({value['at'] or 'not written: what holds without it'})",
            (overridden, "dim"),
        )
    yield line()
    if not resolution.to and not alone:
        yield line("  ", ("NOBODY is notified", "error"))
    yield from _decision_lines(resolution)
    yield line()
    yield line((resolution.rule, "strong"), f": {read_texts('explain')['rules'][resolution.rule]}.")
    yield line((f"Source: {ARTICLE}.", "dim"))
    if notes:
        yield line()
        yield from map(note_line, notes)


def _decision_lines(resolution: Resolution) -> Iterator[Line]:
    width = max((len(_candidate(decision)) for decision in resolution.decisions), default=0)
    for decision in sorted(resolution.decisions, key=lambda found: get_args(Outcome).index(found.outcome)):
        style = decision.outcome if decision.outcome in {"notified", "copied"} else "dim"
        reason = read_texts("explain")["reasons"][decision.reason]
        if decision.reason != "no-candidate":
            reason = f"{', '.join(decision.roles) or 'no role'}: {reason}"
        yield line(
            "  ",
            (f"{decision.outcome:<8}", style),
            f"  {_candidate(decision):<{width}}  ",
            (reason, "dim" if style == "dim" else ""),
        )


def _candidate(decision: Decision) -> str:
    if decision.email is None:
        return "(vacant)"
    return f"{decision.email} ({decision.name})" if decision.name else decision.email
