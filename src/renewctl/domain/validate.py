"""Plain data → portfolio, with everything that is wrong or remarkable on the way, all at once.

Paths name the places; whoever has the text turns them into lines.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, NamedTuple, TypeVar

from renewctl.domain.identifiers import address_key, client_key, is_address
from renewctl.domain.paths import IDENTITY
from renewctl.domain.values import READ, Bad, describe_value, suggest
from renewctl.errors import Problem
from renewctl.fields import EDITORS, OWN_KEYS, TABLES, TOP_LEVEL, Kind
from renewctl.model import (
    EMPTY,
    Client,
    Confirmation,
    Contact,
    Default,
    Override,
    Owner,
    PartnerUser,
    Path,
    Policy,
    Portfolio,
    Renewal,
)
from renewctl.text import dotted

T = TypeVar("T")
_NOTHING = Portfolio()


def _confirmation(on: date, owner: Owner | None, notify: str | None = None) -> Confirmation:
    return Confirmation(owner, notify, on)


_BUILD: Mapping[str, Callable[..., Any]] = {
    "defaults": Default,
    "defaults.in_hubspot": _confirmation,
    "policy": Policy,
    "users": dict,  # a user's address and a client's domain are not in the table
    "clients": dict,
    "clients.in_hubspot": _confirmation,
    "contacts": Contact,
    "renewals": Renewal,
    "override": Override,
}
_SPELLED = {Kind.OWNER, Kind.OWNER_SEEN, Kind.COPIES, Kind.ROLES, Kind.DOMAINS}

# Looked up once: a store has tens of thousands of values.
_FIELDS: Mapping[str, Mapping[str, tuple[str, Callable[[Any], Any] | None, bool, str]]] = {
    name: {
        key: (field.attribute, READ.get(field.kind), field.kind in _SPELLED, field.table)
        for key, field in fields.items()
    }
    for name, fields in TABLES.items()
}
"""For each field: its attribute, what reads it (None: a table), whether spellings vary, its table."""
_REQUIRED = {name: {key for key in fields if fields[key].required} for name, fields in TABLES.items()}


class Reading(NamedTuple):
    """What the data of a store says: the portfolio, what is wrong, and what is merely odd.

    With ``problems`` the portfolio is not to be used. ``remarks`` change no answer by themselves:
    unknown keys, unusual spellings.
    """

    portfolio: Portfolio
    problems: tuple[Problem, ...]
    remarks: tuple[Problem, ...]


def read_portfolio(
    data: Mapping[str, Any], known: Mapping[str, Any] = EMPTY, portfolio: Portfolio = _NOTHING
) -> Reading:
    """Read the plain data of a store of the current version; never raises.

    A client whose table is the same object as in ``known`` is taken from ``portfolio``, and its
    remarks are not repeated.

    Args:
        data: the plain data.
        known: data that was read before, without problems; nothing in it has changed since.
        portfolio: what was read from it.
    """
    reader = _Reader()
    for key in data:
        if key not in TOP_LEVEL and not (key == EDITORS and isinstance(data[key], str)):
            reader.unknown(key, TOP_LEVEL, ())
    new = Portfolio(
        reader.top(data, "defaults", None),
        reader.top(data, "policy", Policy()),
        reader.users(data.get("users", {})),
        reader.clients(data.get("clients", {}), known.get("clients", EMPTY), portfolio),
    )
    return Reading(new, tuple(reader.problems), tuple(reader.remarks))


class _Reader:
    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.remarks: list[Problem] = []

    def problem(self, path: Path, message: str, hint: str = "") -> None:
        self.problems.append(Problem(f"{dotted(path)} {message}", path, hint))

    def remark(self, code: str, path: Path, message: str, hint: str) -> None:
        self.remarks.append(Problem(message, path, hint, code=code))

    def unknown(self, key: str, known: Any, path: Path, guess: str = "") -> None:
        if key.startswith(OWN_KEYS):
            return
        hint = suggest(key, known) or guess or f"keys of your own begin with {OWN_KEYS}"
        self.remark("unknown-key", (*path, key), f"unknown key {dotted((*path, key))}", hint)

    def top(self, data: Mapping[str, Any], key: str, otherwise: T) -> T:
        return self.table(data[key], key, (key,), otherwise) if key in data else otherwise

    def users(self, table: Any) -> dict[str, PartnerUser]:
        users: dict[str, PartnerUser] = {}
        for written, value in self.entries(table, "users"):
            path, key = ("users", written), address_key(written)
            if not is_address(written):
                self.problem(path, "is not an e-mail address", 'write [users."ana@agency.example"]')
            elif key in users:
                self.problem(path, f"is the same address as {users[key].email}", "keep one of the two")
            users[key] = PartnerUser(written, **self.table(value, "users", path, {}))
        return users

    def clients(self, table: Any, known: Mapping[str, Any], portfolio: Portfolio) -> dict[str, Client]:
        before = {client.spelling: client for client in portfolio.clients.values()}
        clients: dict[str, Client] = {}
        for written, value in self.entries(table, "clients"):
            client = before.get(written) if value is known.get(written) else None
            if client is None or client.key in clients:
                client = self.client(written, value, clients)
            clients[client.key] = client
        return clients

    def client(self, written: str, value: Any, others: Mapping[str, Client]) -> Client:
        path, key = ("clients", written), client_key(written)
        if key is None:
            self.problem(path, "is not a client's domain", 'write [clients."acme.example"]')
            key = written
        elif key in others:
            other = dotted(("clients", others[key].spelling))
            self.problem(path, f"is the same client as {other}", "keep one of the two")
        elif key != written:
            message = f"{dotted(path)} is read as the client {key}"
            self.remark("unusual-spelling", path, message, f'write [clients."{key}"]')
        return Client(key, written, **self.table(value, "clients", path, {}))

    def entries(self, table: Any, name: str) -> list[tuple[str, Any]]:
        if isinstance(table, dict):
            return list(table.items())
        form = '[clients."acme.example"]' if name == "clients" else '[users."ana@agency.example"]'
        self.problem((name,), f"must be tables by name, not {describe_value(table)}", f"write {form}")
        return []

    def table(self, value: Any, name: str, path: Path, otherwise: Any = None) -> Any:
        """Return what the table says, or ``otherwise`` where it says nothing usable."""
        if not isinstance(value, dict):
            self.problem(path, f"must be a table, not {describe_value(value)}", _as_table(name, path))
            return otherwise
        before, fields, found = len(self.problems), _FIELDS[name], {}
        for key, raw in value.items():
            if key not in fields:
                self.unknown(key, fields, path, _split(path[-1], key, raw) if name == "clients" else "")
                continue
            attribute, read_value, spelled, inside = fields[key]
            if read_value is None:
                inner = self.items if inside in IDENTITY else self.table
                found[attribute] = inner(raw, inside, (*path, key))
                continue
            try:
                found[attribute] = said = read_value(raw)
            except Bad as bad:
                self.problem((*path, key), bad.message, bad.hint)
                continue
            if spelled and said != (tuple(raw) if type(raw) is list else raw):
                self.spelling((*path, key), raw, said)
        if not _REQUIRED[name] <= value.keys():
            self.lacking(value, name, path)
        return otherwise if len(self.problems) > before else _BUILD[name](**found)

    def lacking(self, value: Mapping[str, Any], name: str, path: Path) -> None:
        """Record a problem for each required field that is missing."""
        for field in TABLES[name].values():
            if field.required and field.key not in value:
                self.problem(path, f"needs {field.key}", f"add {field.key}: {field.doc}")

    def spelling(self, path: Path, raw: Any, value: Any) -> None:
        """Remark on words that are written otherwise than they are read."""
        read = zip(raw, value, strict=True) if isinstance(raw, list) else [(raw, value or "default")]
        for was, word in read:
            if was != word:
                message = f"{dotted(path)} is spelled {describe_value(was)}"
                self.remark("unusual-spelling", path, message, f'write "{word}"')

    def items(self, raw: Any, name: str, path: Path) -> tuple[Any, ...]:
        """Return the values of a list of tables; each is named by its identity, or by its index."""
        if not isinstance(raw, list):
            self.problem(path, f"must be a list, not {describe_value(raw)}", f"write {name} = [ {{ … }} ]")
            return ()
        found = []
        seen: set[str] = set()
        for index, item in enumerate(raw):
            identity = item.get(IDENTITY[name], "") if isinstance(item, dict) else None
            if isinstance(identity, str) and identity not in seen:
                seen.add(identity)
                found.append(self.table(item, name, (*path, identity)))
                continue
            place = (*path, str(index))
            found.append(self.table(item, name, place))
            if name == "renewals" and isinstance(identity, str):
                self.problem(place, _twice(identity), "give each renewal its own product, or keep one")
        return tuple(found)


def _as_table(name: str, path: Path) -> str:
    """Return what to write for a table that is none: as its own block, or among others."""
    if len(path) <= 2:
        return f"write [{dotted(path)}] and its keys below, in JSON {{ … }}"
    needed = next((field.key for field in TABLES[name].values() if field.required), "…")
    return f'write {{ {needed} = … }}, in JSON {{ "{needed}": … }}' if name in path[:-1] else ""


def _split(client: str, key: str, value: Any) -> str:
    """Return a hint if TOML split a domain at its dots, as in ``[clients.acme.com]``; otherwise nothing."""
    parts = [client, key]
    while isinstance(value, dict) and len(value) == 1:
        inner, below = next(iter(value.items()))
        if inner in TABLES["clients"] or not isinstance(below, dict):
            break
        parts, value = [*parts, inner], below
    whole = ".".join(parts)
    split = isinstance(value, dict) and "." not in client and client_key(whole)
    return f'did you mean [clients."{whole}"], in quotes?' if split else ""


def _twice(product: str | None) -> str:
    return f"is a second renewal of {product}" if product else "is a second renewal without a product"
