"""Read plain data into a portfolio, and collect all problems and findings.

Paths name the places; the store, which has the text, adds line numbers.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NamedTuple

from renewctl.domain.identifiers import address_key, client_key, is_address
from renewctl.domain.paths import IDENTITY
from renewctl.domain.values import FORMS, Form, describe_value, suggest
from renewctl.errors import BadInput, Problem
from renewctl.fields import EDITORS, OWN_KEYS, TABLES, TOP_LEVEL
from renewctl.model import (
    EMPTY,
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
from renewctl.text import dotted

_NOTHING = Portfolio()
_BUILD: Mapping[str, Callable[..., Any]] = {
    "defaults": Default,
    "defaults.in_hubspot": partial(Confirmation, notify=None),
    "policy": Policy,
    "users": dict,  # The key, which is the address or domain, is not in the table.
    "clients": dict,
    "clients.in_hubspot": partial(Confirmation, notify=None),
    "contacts": Contact,
    "renewals": Renewal,
    "override": Override,
}
"""The constructor of the model's value for each table."""
# Looked up once: that makes reading a seventh faster, and a report on 1,000 clients 2 % faster.
_FIELDS: Mapping[str, Mapping[str, tuple[str, Form | None, str]]] = {
    name: {key: (field.attribute, FORMS.get(field.kind), field.table) for key, field in fields.items()}
    for name, fields in TABLES.items()
}
"""The attribute, the form (None: a table) and the table of each field."""


class Reading(NamedTuple):
    """The portfolio in the data of a file, and the problems and findings of the data.

    If there are ``problems``, the portfolio must not be used. ``remarks`` are findings that change no
    answer: unknown keys, nonstandard spellings.
    """

    portfolio: Portfolio
    problems: tuple[Problem, ...]
    remarks: tuple[Problem, ...]


def read_portfolio(
    data: Mapping[str, Any], known: Mapping[str, Any] = EMPTY, portfolio: Portfolio = _NOTHING
) -> Reading:
    """Read the plain data of a file of the current version; never raise an error.

    Args:
        data: The data.
        known: Data that was read before, without problems. A client whose table is the same object there is
            not read again, and its findings are not repeated.
        portfolio: The portfolio of ``known``.
    """
    reader = _Reader()
    for key in data:
        if key not in TOP_LEVEL and not (key == EDITORS and isinstance(data[key], str)):
            reader.add_unknown_key(key, TOP_LEVEL, ())
    new = Portfolio(
        reader.read_table(data["defaults"], "defaults", ("defaults",)) if "defaults" in data else None,
        reader.read_table(data["policy"], "policy", ("policy",), Policy()) if "policy" in data else Policy(),
        reader.read_users(data.get("users", {})),
        reader.read_clients(data.get("clients", {}), known.get("clients", EMPTY), portfolio),
    )
    return Reading(new, tuple(reader.problems), tuple(reader.remarks))


class _Reader:
    """Reads the data, and collects problems and findings."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.remarks: list[Problem] = []

    def add_problem(self, path: Path, message: str, hint: str = "") -> None:
        self.problems.append(Problem(f"{dotted(path)} {message}", path, hint))

    def add_finding(self, code: str, path: Path, message: str, hint: str) -> None:
        self.remarks.append(Problem(message, path, hint, code=code))

    def add_unknown_key(self, key: str, known: Any, path: Path, guess: str = "") -> None:
        if key.startswith(OWN_KEYS):
            return
        hint = (
            suggest(key, known) or guess or f"correct the key, or start it with {OWN_KEYS} if it is your own"
        )
        self.add_finding("unknown-key", (*path, key), f"unknown key '{dotted((*path, key))}'", hint)

    def add_spelling(self, path: Path, raw: Any, value: Any) -> None:
        """Add a finding for each word whose spelling differs from the standard one."""
        words = zip(raw, value, strict=True) if isinstance(raw, list) else [(raw, value or "default")]
        for written, word in words:
            if written != word:
                message = f"{dotted(path)} has the nonstandard spelling {describe_value(written)}"
                self.add_finding("nonstandard-spelling", path, message, f'write "{word}"')

    def read_users(self, table: Any) -> dict[str, PartnerUser]:
        users: dict[str, PartnerUser] = {}
        for written, value in self.read_entries(table, "users", '[users."ana@agency.example"]'):
            path, key = ("users", written), address_key(written)
            if not is_address(written):
                self.add_problem(
                    path,
                    "is not an email address",
                    'use an address, for example [users."ana@agency.example"]',
                )
            user = PartnerUser(written, **self.read_table(value, "users", path, {}))
            if first := users.get(key):
                if written.lower() == first.email.lower():
                    self.add_problem(path, f"is the same address as {first.email}", "remove one of the two")
                else:
                    message = f"{dotted(path)} appears twice, with the same letters encoded in two ways"
                    self.add_finding("look-alike", path, message, "remove one of the two")
                user = first._replace(name=first.name or user.name, active=first.active and user.active)
            users[key] = user
        return users

    def read_clients(self, table: Any, known: Mapping[str, Any], portfolio: Portfolio) -> dict[str, Client]:
        before = {client.spelling: client for client in portfolio.clients.values()}
        clients: dict[str, Client] = {}
        for written, value in self.read_entries(table, "clients", '[clients."acme.example"]'):
            client = before.get(written) if value is known.get(written) else None
            if client is None or client.key in clients:
                client = self.read_client(written, value, clients)
            clients[client.key] = client
        return clients

    def read_client(self, written: str, value: Any, others: Mapping[str, Client]) -> Client:
        path, key = ("clients", written), client_key(written)
        if key is None:
            self.add_problem(
                path, "is not a valid domain", 'use a domain, for example [clients."acme.example"]'
            )
            key = written
        elif key in others:
            other = dotted(("clients", others[key].spelling))
            self.add_problem(path, f"is the same client as {other}", "remove one of the two")
        elif key != written:
            message = f"{dotted(path)} is a nonstandard spelling of {key}"
            self.add_finding("nonstandard-spelling", path, message, f'write [clients."{key}"]')
        return Client(key, written, **self.read_table(value, "clients", path, {}))

    def read_entries(self, table: Any, name: str, example: str) -> list[tuple[str, Any]]:
        if isinstance(table, dict):
            return list(table.items())
        message = f"must contain tables, not {describe_value(table)}"
        self.add_problem((name,), message, f"write tables, for example {example}")
        return []

    def read_table(self, value: Any, name: str, path: Path, otherwise: Any = None) -> Any:
        """Return the model's value for a table; ``otherwise`` if the table has problems."""
        if not isinstance(value, dict):
            self.add_problem(path, f"must be a table, not {describe_value(value)}", _table_hint(name, path))
            return otherwise
        before, fields, attributes = len(self.problems), _FIELDS[name], {}
        for key, raw in value.items():
            if key not in fields:
                guess = _split_domain_hint(path[-1], key, raw) if name == "clients" else ""
                self.add_unknown_key(key, fields, path, guess)
                continue
            attribute, form, table = fields[key]
            if form is None:
                read_inner = self.read_items if table in IDENTITY else self.read_table
                attributes[attribute] = read_inner(raw, table, (*path, key))
                continue
            try:
                attributes[attribute] = read = form.read(raw)
            except BadInput as bad:
                self.add_problem((*path, key), bad.message, bad.hint)
                continue
            if form.spellings and read != (tuple(raw) if type(raw) is list else raw):
                self.add_spelling((*path, key), raw, read)
        for field in TABLES[name].values():
            if field.required and field.key not in value:
                choices = f" ({field.kind})" if " or " in field.kind else ""
                self.add_problem(path, f"has no {field.key}", f"add {field.key}: {field.doc}{choices}")
        return otherwise if len(self.problems) > before else _BUILD[name](**attributes)

    def read_items(self, raw: Any, name: str, path: Path) -> tuple[Any, ...]:
        """Return the values of a list of tables.

        The path of each ends with its identity or index.
        """
        if not isinstance(raw, list):
            message = f"must be a list, not {describe_value(raw)}"
            self.add_problem(path, message, f"write {name} = [ {{ … }} ]")
            return ()
        items = []
        seen: set[str] = set()
        for index, item in enumerate(raw):
            identity = item.get(IDENTITY[name], "") if isinstance(item, dict) else None
            if isinstance(identity, str) and identity not in seen:
                seen.add(identity)
                items.append(self.read_table(item, name, (*path, identity)))
                continue
            place = (*path, str(index))
            items.append(self.read_table(item, name, place))
            if name == "renewals" and isinstance(identity, str):
                message = f"is a second renewal {f'for {identity!r}' if identity else 'without a product'}"
                self.add_problem(place, message, "give each renewal a product of its own")
        return tuple(items)


def _table_hint(name: str, path: Path) -> str:
    """Return the hint for a value that is not a table."""
    if len(path) <= 2:
        return f"write [{dotted(path)}] with its keys below; in JSON {{ … }}"
    needed = next((field.key for field in TABLES[name].values() if field.required), "…")
    return f'write {{ {needed} = … }}; in JSON {{ "{needed}": … }}' if name in path[:-1] else ""


def _split_domain_hint(client: str, key: str, value: Any) -> str:
    """Return a hint if TOML split a domain, such as in ``[clients.acme.com]``."""
    parts = [client, key]
    while isinstance(value, dict) and len(value) == 1:
        inner, below = next(iter(value.items()))
        if inner in TABLES["clients"] or not isinstance(below, dict):
            break
        parts, value = [*parts, inner], below
    whole = ".".join(parts)
    split = isinstance(value, dict) and "." not in client and client_key(whole)
    return f'did you mean [clients."{whole}"] with quotes?' if split else ""
