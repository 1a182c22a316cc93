"""Plain data → portfolio, with everything that is wrong or remarkable on the way, all at once.

Paths name the places; whoever has the text turns them into lines. Imports ``model``, ``domains``,
``errors`` and ``tree`` only.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeVar

from renewctl.domains import address_key, client_key, is_address
from renewctl.errors import Problem
from renewctl.model import (
    Client,
    Confirmation,
    Contact,
    Default,
    Override,
    PartnerUser,
    Path,
    Policy,
    Portfolio,
    Renewal,
)
from renewctl.schema.fields import EDITORS, OWN_KEYS, TABLES, TOP_LEVEL, Field, Kind
from renewctl.schema.kinds import READ, Bad, nearest, shown
from renewctl.schema.plain import plain_client
from renewctl.text import dotted
from renewctl.tree import IDENTITY

T = TypeVar("T")
_BUILD: Mapping[str, Callable[..., Any]] = {
    "defaults": lambda in_hubspot=None, **rest: Default(confirmed=in_hubspot, **rest),
    "defaults.in_hubspot": lambda on, owner, notify=None: Confirmation(owner, notify, on),
    "clients.in_hubspot": lambda on, owner, notify=None: Confirmation(owner, notify, on),
    "policy": Policy,
    "contacts": Contact,
    "renewals": lambda date, product="", deadline=None: Renewal(date, product, deadline),
    "override": Override,
}


class Reading(NamedTuple):
    """What the data of a store says: the portfolio, what is wrong, and what is merely odd.

    With ``problems`` the portfolio is not to be used. ``remarks`` change no answer by themselves:
    unknown keys, unusual spellings. Where ``familiar``, all of the data is of known keys and kinds;
    what is not may be of any depth and size.
    """

    portfolio: Portfolio
    problems: tuple[Problem, ...]
    remarks: tuple[Problem, ...]
    familiar: bool = True


def read(data: Mapping[str, Any]) -> Reading:
    """Read the plain data of a store of the current version; never raises."""
    reader = _Reader()
    for key in data:
        if key not in TOP_LEVEL and not (key == EDITORS and isinstance(data[key], str)):
            reader.unknown(key, TOP_LEVEL, ())
    portfolio = Portfolio(
        reader.top(data, "defaults", None),
        reader.top(data, "policy", Policy()),
        reader.users(data.get("users", {})),
        reader.clients(data.get("clients", {})),
    )
    familiar = not reader.problems and not reader.strange
    return Reading(portfolio, tuple(reader.problems), tuple(reader.remarks), familiar)


class _Reader:
    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.remarks: list[Problem] = []
        self.strange = False

    def problem(self, path: Path, message: str, hint: str = "") -> None:
        self.problems.append(Problem(f"{dotted(path)} {message}", path, hint))

    def remark(self, code: str, path: Path, message: str, hint: str) -> None:
        self.remarks.append(Problem(message, path, hint, code=code))

    def unknown(self, key: str, known: Any, path: Path, guess: str = "") -> None:
        self.strange = True
        if key.startswith(OWN_KEYS):
            return
        hint = nearest(key, known) or guess or f"keys of your own begin with {OWN_KEYS}"
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
            fields = self.fields(value, "users", path)
            users[key] = PartnerUser(written, **fields) if fields is not None else PartnerUser(written)
        return users

    def clients(self, table: Any) -> dict[str, Client]:
        clients: dict[str, Client] = {}
        for written, value in self.entries(table, "clients"):
            client = plain_client(written, value) if written not in clients else None
            client = client or self.client(written, value, clients)
            clients[client.key] = client
        return clients

    def client(self, written: str, value: Any, others: Mapping[str, Client]) -> Client:
        """Return a client about which there may be something to say."""
        path, key = ("clients", written), client_key(written)
        if key is None:
            self.problem(path, "is not a client's domain", 'write [clients."acme.example"]')
            key = written
        elif key in others:
            other = dotted(("clients", others[key].written))
            self.problem(path, f"is the same client as {other}", "keep one of the two")
        elif key != written:
            message = f"{dotted(path)} is read as the client {key}"
            self.remark("unusual-spelling", path, message, f'write [clients."{key}"]')
        fields = self.fields(value, "clients", path) or {}
        confirmed = fields.pop("in_hubspot", None)
        return Client(key, written, confirmed=confirmed, **fields)

    def entries(self, table: Any, name: str) -> list[tuple[str, Any]]:
        if isinstance(table, dict):
            return list(table.items())
        form = '[clients."acme.example"]' if name == "clients" else '[users."ana@agency.example"]'
        self.problem((name,), f"must be tables by name, not {shown(table)}", f"write {form}")
        return []

    def table(self, value: Any, name: str, path: Path, otherwise: Any = None) -> Any:
        """Return what the table says, or ``otherwise`` where it says nothing usable."""
        before = len(self.problems)
        fields = self.fields(value, name, path)
        return otherwise if fields is None or len(self.problems) > before else _BUILD[name](**fields)

    def fields(self, value: Any, name: str, path: Path) -> dict[str, Any] | None:
        """Return the fields of the table ``name`` by key, or None where it is no table."""
        if not isinstance(value, dict):
            self.problem(path, f"must be a table, not {shown(value)}", _as_table(name, path))
            return None
        known = TABLES[name]
        found = {}
        for key, raw in value.items():
            if field := known.get(key):
                found[key] = self.value(raw, field, path)
            else:
                whole = _split(path[-1], key, raw) if name == "clients" else ""
                self.unknown(key, known, path, whole and f'did you mean [clients."{whole}"], in quotes?')
        for field in known.values():
            if field.required and field.key not in value:
                self.problem(path, f"needs {field.key}", f"add {field.key}: {field.doc}")
        return found

    def value(self, raw: Any, field: Field, path: Path) -> Any:
        if field.kind is Kind.TABLE:
            return self.table(raw, field.table, (*path, field.key))
        if field.kind is Kind.ITEMS:
            return self.items(raw, field, (*path, field.key))
        try:
            value = READ[field.kind](raw)
        except Bad as bad:
            self.problem((*path, field.key), bad.message, bad.hint)
            return None
        if field.kind in _SPELLED:
            self.spelling((*path, field.key), raw, value)
        return value

    def spelling(self, path: Path, raw: Any, value: Any) -> None:
        """Remark on words that are written otherwise than they are read."""
        read = zip(raw, value, strict=True) if isinstance(raw, list) else [(raw, value or "default")]
        for was, word in read:
            if was != word:
                message = f"{dotted(path)} is spelled {shown(was)}"
                self.remark("unusual-spelling", path, message, f'write "{word}"')

    def items(self, raw: Any, field: Field, path: Path) -> tuple[Any, ...]:
        if not isinstance(raw, list):
            self.problem(path, f"must be a list, not {shown(raw)}", f"write {field.key} = [ {{ … }} ]")
            return ()
        found = []
        seen: set[str] = set()
        for index, item in enumerate(raw):
            name = _identity(item, field.key)
            place = (*path, name if name is not None and name not in seen else str(index))
            found.append(self.table(item, field.table, place))
            if field.table == "renewals" and name in seen:
                self.problem(place, _twice(name), "give each renewal its own product, or keep one")
            if name is not None:
                seen.add(name)
        return tuple(found)


_SPELLED = {Kind.OWNER, Kind.OWNER_SEEN, Kind.COPIES, Kind.ROLES, Kind.DOMAINS}


def _identity(item: Any, list_key: str) -> str | None:
    name = item.get(IDENTITY[list_key], "") if isinstance(item, dict) else None
    return name if isinstance(name, str) else None


def _as_table(name: str, path: Path) -> str:
    """Return what to write for a table that is none: as its own block, or among others."""
    if len(path) <= 2:
        return f"write [{dotted(path)}] and its keys below, in JSON {{ … }}"
    needed = next((field.key for field in TABLES[name].values() if field.required), "…")
    return f'write {{ {needed} = … }}, in JSON {{ "{needed}": … }}' if name in path[:-1] else ""


def _split(client: str, key: str, value: Any) -> str:
    """Return the domain that TOML split at its dots, as in ``[clients.acme.com]``; nothing if none was."""
    parts = [client, key]
    while isinstance(value, dict) and len(value) == 1:
        inner, below = next(iter(value.items()))
        if inner in TABLES["clients"] or not isinstance(below, dict):
            break
        parts, value = [*parts, inner], below
    whole = ".".join(parts)
    return whole if isinstance(value, dict) and "." not in client and client_key(whole) else ""


def _twice(product: str | None) -> str:
    return f"is a second renewal of {product}" if product else "is a second renewal without a product"
