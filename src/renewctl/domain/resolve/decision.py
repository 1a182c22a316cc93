"""The record of a decision: rule, source, one ``Decision`` per candidate, notes.

Every explanation and every report is a view of this record.
"""

from enum import StrEnum
from typing import NamedTuple

from renewctl.domain.identifiers import address_key
from renewctl.model import AnySetting, Client, Confirmation, Path

ARTICLE = 'HubSpot, "Set renewal owners for partner clients", 28 June 2023'
PARTNER_USER = "partner-user"


class Rule(StrEnum):
    """The row of the rule table that applies to a client."""

    DEFAULT_HUBSPOT = "default-hubspot"
    DEFAULT_PARTNER = "default-partner"
    OVERRIDE_HUBSPOT = "override-hubspot"
    OVERRIDE_PARTNER = "override-partner"
    NO_DEFAULT = "no-default"


class Source(StrEnum):
    """The level a setting comes from."""

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
"""The members by names of their own: Python 3.11 looks up a member of an enum slowly, which takes 3.5 %
of ``who --all -o tsv`` at 1,000 clients. Superfluous from Python 3.12 on."""


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
    """An annotation on an answer; ``path`` is the place in the file that causes it."""

    code: str
    message: str
    path: Path = ()

    @property
    def severity(self) -> Severity:
        """The severity of its code."""
        return SEVERITY[self.code]


class Decision(NamedTuple):
    """What becomes of one candidate. ``email`` is None for an unassigned role."""

    email: str | None
    name: str
    roles: tuple[str, ...]
    outcome: Outcome
    reason: Reason
    path: Path

    @property
    def key(self) -> str:
        """The address in the form it is compared in; empty for an unassigned role."""
        return address_key(self.email or "")


class Resolution(NamedTuple):
    """Who is notified about one client's renewals, by which rule, and what becomes of each candidate.

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


def setting_path(client: Client) -> Path:
    """Return where the file has the setting that applies to ``client``."""
    return ("clients", client.spelling, "override") if client.override else ("defaults",)


def is_same_setting(one: AnySetting | Confirmation, other: AnySetting) -> bool:
    """Return whether owner and partner user are the same."""
    return one.owner is other.owner and address_key(one.notify or "") == address_key(other.notify or "")
