"""What a finding is, and the command lines that fix one."""

from collections.abc import Mapping
from shlex import quote
from typing import NamedTuple

from renewctl.domain.resolve import SEVERITY, Severity
from renewctl.model import Client, Path

CODES: Mapping[str, Severity] = {
    **SEVERITY,
    "too-many-billing": Severity.WARNING,
    "several-holders": Severity.WARNING,
    "one-person": Severity.INFO,
    "foreign-address": Severity.WARNING,
    "unknown-key": Severity.WARNING,
    "unusual-spelling": Severity.INFO,
    "contacts-never-checked": Severity.INFO,
    "stale-setting": Severity.WARNING,
    "stale-contacts": Severity.WARNING,
    "conflict-copy": Severity.WARNING,
}
"""Every code that a finding can have: those of the notes on answers, and those of ``check`` alone."""


class Finding(NamedTuple):
    """One thing wrong, doubtful or old.

    ``path`` is the place in the file that causes it, ``file`` the other file it is about, if it is
    about another. ``client`` is the key of the one client it concerns. ``fix`` is what to type, with
    placeholders in capitals, or what to do by hand.
    """

    code: str
    message: str
    path: Path
    fix: str
    client: str | None = None
    file: str = ""

    @property
    def severity(self) -> Severity:
        """The severity of its code."""
        return CODES[self.code]


def command_line(*words: str, data: tuple[str, ...] = ()) -> str:
    """Return the command line of renewctl with these words, then ``data`` from the file.

    People paste it into a shell, so that data is quoted, and never an option.
    """
    if not data:
        return " ".join(("renewctl", *words))
    ended = ["--"] if any(word.startswith("-") for word in data) else []
    return " ".join(["renewctl", *words, *ended, *map(quote, data)])


def confirm_setting(client: Client | None) -> str:
    """Return the command that records a look at HubSpot's setting; the default's without a client."""
    return command_line("done", client.key) if client else command_line("done", "--default")
