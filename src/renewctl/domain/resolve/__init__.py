"""The only place that decides who is notified about a client's renewal, and why.

Source of the rules: HubSpot's article "Set renewal owners for partner clients", 28 June 2023;
what it leaves open is decided here once, and each decision shows as a note. Pure.
"""

from collections.abc import Iterable

from renewctl.domain.resolve.candidates import decide, setting_path
from renewctl.domain.resolve.decision import (
    ARTICLE,
    COPIED,
    NOTIFIED,
    PARTNER_USER,
    SEVERITY,
    Decision,
    Note,
    Outcome,
    Reason,
    Recipients,
    Resolution,
    Rule,
    Severity,
    Source,
)
from renewctl.domain.resolve.notes import find_notes
from renewctl.model import AnySetting, Client, Owner, Portfolio

__all__ = [
    "ARTICLE",
    "PARTNER_USER",
    "SEVERITY",
    "Decision",
    "Note",
    "Outcome",
    "Reason",
    "Recipients",
    "Resolution",
    "Rule",
    "Severity",
    "Source",
    "recipients",
    "resolve",
    "setting_path",
]


_ANSWERS = {
    (source is Source.OVERRIDE, owner): (source, Rule(f"{source}-{owner}"))
    for source in (Source.DEFAULT, Source.OVERRIDE)
    for owner in Owner
}
"""Which level and rule answer, by whether the client has its own setting, and by the setting's owner."""


def resolve(portfolio: Portfolio, client: Client) -> Resolution:
    """Decide who is notified about ``client``'s renewals.

    An override replaces the default completely; nothing is inherited field by field. Dates play
    no part. Never raises: what is missing or wrong becomes a note.
    """
    setting: AnySetting | None = client.override or portfolio.default
    source, rule = _which(client, setting)
    decisions = decide(portfolio, client, setting)
    to, cc = _heard(decisions)
    notes = tuple(find_notes(portfolio, client, setting, decisions, to))
    return Resolution(client, rule, source, setting, tuple(decisions), notes, to, cc)


def recipients(portfolio: Portfolio, client: Client) -> Recipients:
    """Return what ``resolve`` decides about who hears, for where nothing else is asked of many clients."""
    setting: AnySetting | None = client.override or portfolio.default
    return Recipients(_which(client, setting)[1], *_heard(decide(portfolio, client, setting)))


def _heard(decisions: Iterable[Decision]) -> tuple[tuple[Decision, ...], tuple[Decision, ...]]:
    to = [decision for decision in decisions if decision.outcome is NOTIFIED]
    cc = [decision for decision in decisions if decision.outcome is COPIED]
    return tuple(to), tuple(cc)


def _which(client: Client, setting: AnySetting | None) -> tuple[Source, Rule]:
    if setting is None:
        return Source.NONE, Rule.NO_DEFAULT
    return _ANSWERS[client.override is not None, setting.owner]
