"""Generate an invented portfolio of any size, the same in every run, for ``make bench``.

The same clients are a file of renewctl in TOML or JSON, tables to import, and files of other tools.
"""

import csv
import io
import json as json_
import random
from collections.abc import Iterable, Iterator
from typing import Any

import tomli

PRODUCTS = ("Marketing Hub Professional", "Sales Hub Starter", "Service Hub Enterprise")
USERS = tuple(f"user{number}@agency.example" for number in range(8))
HEAD = """\
version = 1

[defaults]
owner = "hubspot"
notify = "user0@agency.example"

"""
_COLUMNS = (
    "Client domain",
    "Company name",
    "Hub ID",
    "Primary contact",
    "Billing contact(s)",
    "Decision maker",
    "Product",
    "Renewal date",
)


def key(number: int) -> str:
    """Return the domain of a client."""
    return f"client{number:06}.example"


def bare() -> str:
    """Return a TOML file with a default and users, but no clients."""
    return HEAD + "".join(f'[users."{user}"]\nname = "User {n}"\n\n' for n, user in enumerate(USERS))


def toml(clients: int) -> str:
    """Return a TOML file of clients with contacts, renewals and comments, a third with an override."""
    chance = random.Random(clients)  # noqa: S311 (not used for security)
    return bare() + "\n".join("".join(_client(n, chance)) for n in range(clients))


def json(clients: int) -> str:
    """Return the same file in JSON, in the layout of ``renewctl export``."""
    return json_.dumps(tomli.loads(toml(clients)), default=str, indent=2, ensure_ascii=False) + "\n"


def client_list(clients: int) -> str:
    """Return the clients without their overrides in CSV, in the form of an export of HubSpot."""
    data = tomli.loads(toml(clients))["clients"]
    return _csv(_COLUMNS, (row for name, client in data.items() for row in _client_rows(name, client)))


def overrides(rows: int, run: int) -> str:
    """Return a CSV list that gives the first clients an override, a different one in each run."""
    user = USERS[run % len(USERS)]
    lines = ((key(number), "partner", user, f"list {run}") for number in range(rows))
    return _csv(("client", "owner", "notify", "note"), lines)


def _client(number: int, chance: random.Random) -> Iterator[str]:
    domain = key(number)
    if number % 20 == 0:
        yield f"# met at the fair in {2015 + number % 10}\n"
    yield f'[clients."{domain}"]\nname = "Client {number} Ltda"\nhub_id = {4_000_000 + number}\n'
    yield "contacts = [\n"
    yield f'  {{ email = "ana@{domain}", name = "Ana {number}", roles = ["primary", "decision-maker"] }},\n'
    if number % 7:
        yield f'  {{ email = "fin@{domain}", roles = ["billing"] }},\n'
    yield "]\nrenewals = [\n"
    for product in PRODUCTS[: 1 + number % 5 // 4]:
        day = f"2027-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}"
        yield f'  {{ date = {day}, product = "{product}" }},\n'
    yield "]\n"
    if number % 3 == 0:
        yield f'override = {{ owner = "partner", notify = "{USERS[number % 8]}" }}\n'


def _csv(columns: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue()


def _client_rows(name: str, client: dict[str, Any]) -> Iterator[tuple[object, ...]]:
    by_role: dict[str, str] = {}
    for contact in client["contacts"]:
        shown = f"{contact['name']} <{contact['email']}>" if "name" in contact else contact["email"]
        by_role |= dict.fromkeys(contact["roles"], shown)
    people = (by_role.get(role, "") for role in ("primary", "billing", "decision-maker"))
    fixed = (name, client["name"], client["hub_id"], *people)
    for renewal in client["renewals"]:
        yield (*fixed, renewal["product"], renewal["date"])


def records(clients: int) -> str:
    """Return the settings of clients as records of recutils."""
    return "\n".join(f"client: {name}\nowner: {owner}\n" for name, owner in _owners(clients))


def git_config(clients: int) -> str:
    """Return the settings of clients as sections of a git configuration."""
    return "".join(f'[client "{name}"]\n\towner = {owner}\n' for name, owner in _owners(clients))


def routes(clients: int) -> str:
    """Return the settings of clients as routes of an Alertmanager configuration."""
    listed = "".join(
        f"    - receiver: {owner}\n      matchers: ['client=\"{name}\"']\n"
        for name, owner in _owners(clients)
    )
    receivers = "receivers:\n  - name: hubspot\n  - name: partner\n"
    return f"route:\n  receiver: hubspot\n  routes:\n{listed}{receivers}"


def _owners(clients: int) -> Iterator[tuple[str, str]]:
    for number in range(clients):
        yield key(number), "hubspot" if number % 3 else "partner"
