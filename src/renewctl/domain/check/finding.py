"""What a finding is, and what is typed to mend it. Pure: imports the codes, ``model`` and ``resolve``."""

from shlex import quote
from typing import NamedTuple

from renewctl.domain.check.codes import CODES
from renewctl.domain.resolve import Severity
from renewctl.model import Path


class Finding(NamedTuple):
    """One thing wrong, doubtful or old.

    ``path`` is where the store gives rise to it, ``file`` the other file it is about, if it is
    about another. ``client`` is the key of the one client it concerns. ``mend`` is what to type,
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
        """How much it matters: fixed for each code."""
        return CODES[self.code].severity


def command_line(*words: str, data: tuple[str, ...] = ()) -> str:
    """Return the command line of renewctl with these words, then ``data`` from the store.

    People paste it into a shell, so that data is quoted, and never an option.
    """
    if not data:
        return " ".join(("renewctl", *words))
    ended = ["--"] if any(word.startswith("-") for word in data) else []
    return " ".join(["renewctl", *words, *ended, *map(quote, data)])
