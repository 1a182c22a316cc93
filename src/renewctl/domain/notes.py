"""The notes on an answer: their codes, and how serious each is."""

from enum import StrEnum
from typing import NamedTuple

from renewctl.model import Path


class Severity(StrEnum):
    """How serious a note is."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


SEVERITY = {
    "no-recipient": Severity.ERROR,
    "must-notify-missing": Severity.ERROR,
    "unknown-user": Severity.ERROR,
    "inactive-user": Severity.WARNING,
    "inactive-contact": Severity.WARNING,
    "vacant-role": Severity.WARNING,
    "differs-from-hubspot": Severity.WARNING,
    "renewal-past": Severity.WARNING,
    "no-renewal-date": Severity.WARNING,
    "copy-uncertain": Severity.INFO,
    "no-copy": Severity.INFO,
    "deadline-passed": Severity.INFO,
    "override-matches-default": Severity.INFO,
    "never-confirmed": Severity.INFO,
}


class Note(NamedTuple):
    """An annotation on an answer; ``path`` is the place in the file that causes it.

    ``subject`` is the address or the role that the note concerns, if there is one.
    """

    code: str
    message: str
    path: Path
    subject: str = ""

    @property
    def severity(self) -> Severity:
        """The severity of the note's code."""
        return SEVERITY[self.code]
