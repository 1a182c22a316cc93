"""The only place that decides who is notified about a client's renewal, and why.

Source of the rules: HubSpot's article "Set renewal owners for partner clients", 28 June 2023;
what it leaves open is decided here once, and each decision shows as a note. Pure.
"""

from renewctl.model import AnySetting, Client, Owner, Portfolio
from renewctl.resolve.candidates import decided, setting_path
from renewctl.resolve.notes import noted
from renewctl.resolve.record import (
    ARTICLE,
    PARTNER_USER,
    SEVERITY,
    Decision,
    Note,
    Outcome,
    Reason,
    Resolution,
    Rule,
    Severity,
    Source,
)

__all__ = [
    "ARTICLE",
    "PARTNER_USER",
    "SEVERITY",
    "Decision",
    "Note",
    "Outcome",
    "Reason",
    "Resolution",
    "Rule",
    "Severity",
    "Source",
    "resolve",
    "setting_path",
]


_RULES = {
    (source, owner): Rule(f"{source}-{owner}")
    for source in (Source.DEFAULT, Source.OVERRIDE)
    for owner in Owner
}


def resolve(portfolio: Portfolio, client: Client) -> Resolution:
    """Decide who is notified about ``client``'s renewals.

    An override replaces the default completely; nothing is inherited field by field. Dates play
    no part. Never raises: what is missing or wrong becomes a note.
    """
    setting: AnySetting | None = client.override or portfolio.default
    source = Source.OVERRIDE if client.override else Source.DEFAULT if setting else Source.NONE
    rule = _RULES[source, setting.owner] if setting else Rule.NO_DEFAULT
    decisions = tuple(decided(portfolio, client, setting))
    notes = tuple(noted(portfolio, client, setting, decisions))
    to = tuple(d for d in decisions if d.outcome is Outcome.NOTIFIED)
    cc = tuple(d for d in decisions if d.outcome is Outcome.COPIED)
    return Resolution(client, rule, source, setting, decisions, notes, to, cc)
