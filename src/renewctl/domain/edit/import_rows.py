"""What the rows of a spreadsheet say of clients, and the clients they may mean.

Imports the floors below only.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from renewctl.domain.edit.override_list import DEFAULT
from renewctl.domain.identifiers import client_key
from renewctl.errors import Problem
from renewctl.model import EMPTY, Portfolio, Role


class Person(NamedTuple):
    """Somebody who holds a role: an address, and a name if one was given."""

    email: str
    name: str = ""


class ImportRow(NamedTuple):
    """What one row says of a client. What is empty or None was blank; ``holders`` has no blank roles.

    ``places`` says in which column, from 1, each field stands.
    """

    file: str
    line: int
    client: str
    name: str = ""
    hub_id: int | None = None
    holders: Mapping[Role, tuple[Person, ...]] = EMPTY
    renewal: date | None = None
    product: str = ""
    deadline: date | None = None
    owner: str = ""
    notify: str = ""
    note: str = ""
    places: Mapping[str, int] = EMPTY


class ImportOptions(NamedTuple):
    """How an import is meant.

    ``prune`` removes the clients that are not listed; ``with_overrides`` lets owner and partner user
    become overrides; ``partial`` leaves clients with bad rows out instead of refusing all;
    ``deadline_is_date`` makes a renewal date of a deadline that stands alone. With ``settings`` the
    owner column is taken to say each client's own setting; else whoever owns its renewals, by the
    default or not, as HubSpot's dashboards print it.
    """

    prune: bool = False
    with_overrides: bool = False
    partial: bool = False
    deadline_is_date: bool = False
    settings: bool = False

    def for_rows(self, entries: Sequence[ImportRow]) -> "ImportOptions":
        """Return the wishes for these rows: where one says ``default``, owners are settings, not outcomes."""
        return self._replace(settings=any(entry.owner == DEFAULT for entry in entries))


class BadRow(Exception):
    """One row cannot be used; ``problem`` says why, and in which cell."""

    def __init__(self, entry: ImportRow, name: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        column = entry.places.get(name, 0)
        self.problem = Problem(message, hint=hint, file=entry.file, line=entry.line, column=column)


class ClientIndex:
    """The clients of a portfolio by all that a row may call them: looked up once, not row by row."""

    def __init__(self, portfolio: Portfolio) -> None:
        self.portfolio = portfolio
        self._names: dict[str, list[str]] = {}
        self._hub_ids: dict[int, str] = {}
        for key, client in portfolio.clients.items():
            self._names.setdefault(client.name.strip().casefold(), []).append(key)
            if client.hub_id is not None:
                self._hub_ids[client.hub_id] = key

    def key(self, entry: ImportRow) -> str:
        """Return the client a row means: by domain, hub id or unique name, else a new one's domain.

        Raises:
            BadRow: it is none of the store's, and no domain.
        """
        word = entry.client.strip()
        key = client_key(word)
        if key in self.portfolio.clients:
            return key or ""
        if word.isascii() and word.isdigit() and int(word) in self._hub_ids:
            return self._hub_ids[int(word)]
        named = self._names.get(word.casefold(), [])
        if len(named) == 1:
            return named[0]
        if key is None or "." not in key:
            hint = "the client column needs the client's domain, as acme.example"
            raise BadRow(entry, "client", f"{entry.client!r} is not a client's domain", hint)
        return key

    def claim(self, hub_id: int, key: str, entry: ImportRow) -> None:
        """Take note of a client's hub id.

        Raises:
            BadRow: it is another client's, of the store or of the rows.
        """
        other = self._hub_ids.setdefault(hub_id, key)
        if other != key:
            hint = "look it up in HubSpot's account menu"
            raise BadRow(entry, "hub_id", f"hub id {hub_id} is {other}'s", hint)
