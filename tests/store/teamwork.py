"""Two people with one data file: random commands, and the expected result.

It reads files with the standard library and tomli, and uses only the command line of renewctl.
"""

import json
from collections.abc import Callable
from pathlib import Path as File
from random import Random
from string import ascii_lowercase
from typing import Any

import tomli

from store.layouts import ROLES, Data, Path

Words = list[str]
Entries = dict[Path, Any]
HOLDERS = ("clients", "users")


def parse_data(text: str, name: str) -> Data:
    """Return the data of a text."""
    return dict(json.loads(text) if name.endswith(".json") else tomli.loads(text.replace("\r\n", "\n")))


def entries(data: Data) -> Entries:
    """Return the clients, the users and the other tables of a file, by path."""
    held = {(top, key): value for top in HOLDERS for key, value in data.get(top, {}).items()}
    return held | {(top,): value for top, value in data.items() if top not in HOLDERS}


def touched(base: Data, changed: Data) -> set[Path]:
    """Return the entries that differ."""
    old, new = entries(base), entries(changed)
    return {path for path in old.keys() | new.keys() if old.get(path) != new.get(path)}


def both(base: Data, ours: Data, theirs: Data) -> Entries:
    """Return the entries with both changes; no entry may be changed by both."""
    changes = [(touched(base, side), entries(side)) for side in (ours, theirs)]
    assert not changes[0][0] & changes[1][0]
    out = entries(base)
    for paths, side in changes:
        for path in paths:
            out.pop(path, None)
            out |= {path: side[path]} if path in side else {}
    return out


def _of_client(key: str, client: Data, user: str, rng: Random) -> list[Words]:
    """Return possible changes of one client."""
    day = f"2028-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
    assigned = ["client", "assign", key, rng.choice(ROLES), f"new{rng.randint(1, 9)}@{key}"]
    found = [
        ["override", key, "--owner", "partner", "--notify", user],
        ["override", key, "--owner", "hubspot", "--note", f"asked on {day}"],
        ["clear-override", key],
        ["client", "set", key, "--name", f"Name {rng.randint(1, 99)}"],
        ["client", "remove", key],
        ["client", "rename", key, f"{rng.choice(ascii_lowercase)}-{key}"],
        assigned,
        ["client", "set-renewal", key, day, "--product", f"New Hub {rng.randint(1, 9)}"],
        ["confirm", key, "--date", "2026-11-20"],
        ["confirm", "--contacts", key],
    ]
    for item in client.get("renewals", ()):
        product = ["--product", item["product"]] if "product" in item else []
        found += [["client", word, key, *product] for word in ("renew", "remove-renewal")]
    for item in client.get("contacts", ()):
        found += [["client", "unassign", key, role, item["email"]] for role in item.get("roles", ())]
    return found


def _of_others(user: str, side: str, rng: Random) -> list[Words]:
    """Return possible changes of other tables, and additions of clients."""
    new = f"{rng.choice(ascii_lowercase)}{rng.randint(1, 9)}.{side}.example"
    return [
        ["set-default", "--notify", user],
        ["set-default", "--owner", "partner", "--notify", user],
        ["confirm", "--default"],
        ["user", "set", user, "--name", f"Name {rng.randint(1, 99)}"],
        ["user", "add", f"{rng.choice(ascii_lowercase)}@{side}.example", "--name", "New"],
        ["client", "add", new, "--name", "New", "--primary", f"p@{new}", "--renewal", "2027-03-01"],
        ["client", "add", new],
        ["import", f"{side}.csv"],
    ]


def commands(rng: Random, data: Data, side: str) -> list[Words]:
    """Return the commands of one person in order; some of them are undone."""
    clients, users = data.get("clients", {}), [*data["users"]]

    def one() -> Words:
        user = rng.choice(users)
        if clients and rng.random() < 0.7:
            key = rng.choice([*clients])
            return rng.choice(_of_client(key, clients[key], user, rng))
        return rng.choice(_of_others(user, side, rng))

    return [one(), one(), ["undo"]] if rng.random() < 0.15 else [one()]


def table(rng: Random, data: Data, side: str) -> str:
    """Return CSV with a new client and, sometimes, an existing one."""
    known = [f"{rng.choice([*data['clients']])},Imported,\n"] if data.get("clients") else []
    new = f"{rng.choice(ascii_lowercase)}.{side}.example,Imported,2027-05-01\n"
    return "domain,name,renewal\n" + new + "".join(rng.sample(known, rng.randint(0, len(known))))


def changed(store: File, rng: Random, side: str, run: Callable[..., Any]) -> Data:
    """Make the changes of one person; return the resulting data."""
    data = parse_data(store.read_text("utf-8-sig"), store.name)
    rows = store.with_name(f"{side}.csv")
    rows.write_text(table(rng, data, side))
    for words in commands(rng, data, side):
        argv = [str(rows) if word == rows.name else word for word in words]
        run(*argv, "--store", str(store), "-y", "-q", "--as-of", "2026-11-23")
    return parse_data(store.read_text("utf-8-sig"), store.name)
