"""One run of one command: what its common options mean, and the way to the store.

Reading is load → one pure function → answer; for changing see ``changing``. What only some runs
need is imported late: a help, a mistyped option and a completed word have this module too.
"""

from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from renewctl.cli.environment import Environment
from renewctl.errors import UsageError
from renewctl.render.result import Output
from renewctl.store import location as places

if TYPE_CHECKING:
    from renewctl.model import Client, PartnerUser, Portfolio
    from renewctl.store.snapshot import Snapshot

AS_OF = "RENEWCTL_AS_OF"


class Run:
    """The common options of a command, and what they lead to."""

    def __init__(
        self,
        environment: Environment,
        store: str | None,
        output: Output,
        as_of: str | None,
        *,
        quiet: bool,
        dry_run: bool = False,
        yes: bool = False,
        lock_timeout: float = 10.0,
        note: str = "",
    ) -> None:
        self.environment, self.store, self.output, self.as_of, self.quiet = (
            environment,
            store,
            output,
            as_of,
            quiet,
        )
        self.dry_run, self.yes, self.lock_timeout, self.note = dry_run, yes, lock_timeout, note
        self.remarks: list[str] = []
        self.snapshot: Snapshot | None = None

    @cached_property
    def today(self) -> date:
        """The day windows and notes count from: ``--as-of``, the variable, or the local date."""
        text, option = self.as_of, "--as-of"
        if text is None:
            text, option = self.environment.variables.get(AS_OF) or None, AS_OF
        today = self.environment.today()
        if text is None:
            return today
        from renewctl.domain.dates import parse_day

        return parse_day(text, today, option=option)

    @cached_property
    def place(self) -> places.Location:
        """Where the store is."""
        return places.find_store(self.store, self.environment.variables, self.environment.current_folder())

    def read(self) -> "Snapshot":
        """Read the store, for a command that itself tells what is odd in it."""
        from renewctl.store.snapshot import load

        self.snapshot = load(self.place)
        return self.snapshot

    def load(self) -> "Snapshot":
        """Read the store; what is odd in it is kept to be told."""
        snapshot = self.read()
        for remark in snapshot.remarks:
            self.remarks.append(f"{remark.file}:{remark.line}: {remark.message} ({remark.hint})")
        return snapshot


def select_clients(portfolio: "Portfolio", words: Sequence[str]) -> "tuple[Client, ...]":
    """Return the clients named, all of them where none is."""
    if not words:
        return tuple(portfolio.clients.values())
    from renewctl.domain import lookup

    return lookup.find_clients(portfolio, words)


def require_clients(words: Sequence[str] | None, example: str) -> Sequence[str]:
    """Return the words, of which there must be one.

    Raises:
        UsageError: there is none.
    """
    if not words:
        raise UsageError("name at least one client", hint=example)
    return words


def select_user(portfolio: "Portfolio", word: str | None) -> "PartnerUser | None":
    """Return the partner user named; None where none is named or ``none`` is."""
    if word is None or word.lower() == "none":
        return None
    from renewctl.domain import lookup

    return lookup.find_user(portfolio, word)
