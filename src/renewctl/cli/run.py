"""One run of one command: what its common options mean, and the way to the store.

Reading is load → one pure function → answer; for changing see ``changing``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from renewctl import lookup
from renewctl.cli.world import World
from renewctl.errors import UsageError
from renewctl.model import Client, PartnerUser, Portfolio
from renewctl.render.answer import Output
from renewctl.store import place as places
from renewctl.store.snapshot import Snapshot, load
from renewctl.upcoming import parse_day

AS_OF = "RENEWCTL_AS_OF"


@dataclass
class Run:
    """The common options of a command, and what they lead to."""

    world: World
    store: str | None
    output: Output
    as_of: str | None
    quiet: bool
    dry_run: bool = False
    yes: bool = False
    lock_timeout: float = 10.0
    note: str = ""
    remarks: list[str] = field(default_factory=list)

    @cached_property
    def today(self) -> date:
        """The day windows and notes count from: ``--as-of``, the variable, or the local date."""
        text, option = self.as_of, "--as-of"
        if text is None:
            text, option = self.world.environment.get(AS_OF) or None, AS_OF
        today = self.world.today()
        return today if text is None else parse_day(text, today, option=option)

    @cached_property
    def place(self) -> places.Place:
        """Where the store is."""
        return places.find(self.store, self.world.environment, self.world.here())

    def read(self) -> Snapshot:
        """Read the store, for a command that itself tells what is odd in it."""
        return load(self.place)

    def load(self) -> Snapshot:
        """Read the store; what is odd in it is kept to be told."""
        snapshot = self.read()
        for remark in snapshot.remarks:
            self.remarks.append(f"{remark.file}:{remark.line}: {remark.message} ({remark.hint})")
        return snapshot


def clients(portfolio: Portfolio, words: Sequence[str]) -> tuple[Client, ...]:
    """Return the clients named, all of them where none is."""
    return lookup.find_clients(portfolio, words) if words else tuple(portfolio.clients.values())


def some(words: Sequence[str] | None, example: str) -> Sequence[str]:
    """Return the words, of which there must be one.

    Raises:
        UsageError: there is none.
    """
    if not words:
        raise UsageError("name at least one client", hint=example)
    return words


def user(portfolio: Portfolio, word: str | None) -> PartnerUser | None:
    """Return the partner user named; None where none is named or ``none`` is."""
    return None if word is None or word.lower() == "none" else lookup.find_user(portfolio, word)
