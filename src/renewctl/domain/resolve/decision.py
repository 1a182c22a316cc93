"""The record of a decision: rule, source, one ``Decision`` per candidate, notes. Values only.

Every explanation and every report is a view of this record. Pure: imports ``model`` only.
"""

from enum import StrEnum
from typing import NamedTuple

from renewctl.model import AnySetting, Client, Path

ARTICLE = 'HubSpot, "Set renewal owners for partner clients", 28 June 2023'
PARTNER_USER = "partner-user"


class Rule(StrEnum):
    """Which row of the rule table answers for a client."""

    DEFAULT_HUBSPOT = "default-hubspot"
    DEFAULT_PARTNER = "default-partner"
    OVERRIDE_HUBSPOT = "override-hubspot"
    OVERRIDE_PARTNER = "override-partner"
    NO_DEFAULT = "no-default"


class Source(StrEnum):
    """Which of the two levels the setting comes from."""

    DEFAULT = "default"
    OVERRIDE = "override"
    NONE = "none"


class Outcome(StrEnum):
    """What becomes of one candidate."""

    NOTIFIED = "notified"
    COPIED = "copied"
    SKIPPED = "skipped"


class Reason(StrEnum):
    """Why a candidate has its outcome."""

    HOLDS_ROLE = "holds-role"
    POINT_OF_CONTACT = "point-of-contact"
    COPY_BY_DEFAULT = "copy-by-default"
    COPY_BY_OVERRIDE = "copy-by-override"
    COPY_BY_POLICY = "copy-by-policy"
    PARTNER_OWNS = "partner-owns"
    REPLACED = "replaced-by-override"
    NO_MESSAGE = "no-message"
    NO_ROLE = "no-role"
    VACANT = "vacant"
    INACTIVE = "inactive"
    NO_SETTING = "no-setting"


NOTIFIED, COPIED, SKIPPED = Outcome
(
    HOLDS_ROLE,
    POINT_OF_CONTACT,
    COPY_BY_DEFAULT,
    COPY_BY_OVERRIDE,
    COPY_BY_POLICY,
    PARTNER_OWNS,
    REPLACED,
    NO_MESSAGE,
    NO_ROLE,
    VACANT,
    INACTIVE,
    NO_SETTING,
) = Reason
"""The members by names of their own: until Python 3.12 to ask a class for one takes a tenth of a microsecond,
and a decision on a client asks some thirty times."""


class Severity(StrEnum):
    """How much a note matters."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


SEVERITY = {
    "no-recipient": Severity.ERROR,
    "unknown-user": Severity.ERROR,
    "inactive-user": Severity.WARNING,
    "inactive-contact": Severity.WARNING,
    "vacant-role": Severity.WARNING,
    "not-in-hubspot": Severity.WARNING,
    "renewal-past": Severity.WARNING,
    "no-renewal-date": Severity.WARNING,
    "copy-not-assured": Severity.INFO,
    "no-copy": Severity.INFO,
    "deadline-passed": Severity.INFO,
    "pinned-same-as-default": Severity.INFO,
    "never-confirmed": Severity.INFO,
}


class Note(NamedTuple):
    """Something to know about an answer; ``path`` is where the file gives rise to it."""

    code: str
    message: str
    path: Path = ()

    @property
    def severity(self) -> Severity:
        """How much it matters: fixed for each code."""
        return SEVERITY[self.code]


class Decision(NamedTuple):
    """What becomes of one candidate. ``email`` is None for a role that nobody holds."""

    email: str | None
    name: str
    roles: tuple[str, ...]
    outcome: Outcome
    reason: Reason
    path: Path


class Resolution(NamedTuple):
    """Who is notified about one client's renewals, by which rule, and every candidate's fate.

    ``to`` are the decisions notified, in the order primary, billing, decision-maker, partner user;
    ``cc`` those copied.
    """

    client: Client
    rule: Rule
    source: Source
    setting: AnySetting | None
    decisions: tuple[Decision, ...]
    notes: tuple[Note, ...]
    to: tuple[Decision, ...]
    cc: tuple[Decision, ...]


class Recipients(NamedTuple):
    """Who is notified and who is copied about one client, and by which rule; as in a ``Resolution``."""

    rule: Rule
    to: tuple[Decision, ...]
    cc: tuple[Decision, ...]
