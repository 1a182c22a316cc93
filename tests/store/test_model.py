"""Random commands on files in every layout, compared with a model.

After each step, the data of the file equals the dict, everything that did not change keeps its bytes, and
every comment is still attached to its owner.
"""

import functools
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path as File
from random import Random
from typing import Any

import pytest
import tomli
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from store import layouts
from store.layouts import (
    CLIENTS,
    CONTACTS,
    IDENTITY,
    JSON,
    OWNERS,
    PRODUCTS,
    ROLES,
    TODAY,
    USERS,
    Data,
    Path,
    Piece,
    typed,
    value_at,
)

Meaning = Callable[[Data], None]
DONE, NOTHING, USAGE, INVALID, CHANGED = 0, 1, 2, 3, 5
REFUSED = "a file with this layout can be read, but not edited"
COUNTS: Counter[tuple[str, str]] = Counter()
WANTED = 20_000 // len(layouts.LAYOUTS) + 1
"""So many edits in each layout are twenty thousand."""


class Wrong(Exception):
    """The command is an error by the model; contains the exit status."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


# --- the commands of the model ----------------------------------------------------------------------


def held(roles: set[str]) -> list[str]:
    """Return roles in the order they are written in."""
    return [role for role in ROLES if role in roles]


def put(table: Data, key: str, value: Any) -> None:
    """Set or remove a key."""
    table.pop(key, None)
    if value not in (None, ""):
        table[key] = value


def item(items: list[Data], field: str, name: str) -> Data | None:
    """Return the item of a list by its identity."""
    return next((one for one in items if one.get(field, "") == name), None)


def assign(client: Data, role: str, email: str) -> None:
    """Apply ``client assign`` to the model."""
    contacts = client.setdefault("contacts", [])
    for other in contacts:
        if role != "billing" and other["email"] != email and role in other["roles"]:
            other["roles"] = held({*other["roles"]} - {role})
    found = item(contacts, "email", email)
    if found is None:
        contacts.append({"email": email, "roles": [role]})
    else:
        found["roles"] = held({*found["roles"], role})


def override(client: Data, owner: str, notify: str | None, note: str) -> None:
    """Apply ``override`` to the model: an equal override keeps its note."""
    now = client.get("override")
    same = now and (now["owner"], now.get("notify")) == (owner, notify)
    if same and note in {"", now.get("note")}:
        return
    table = client.setdefault("override", {})
    for key, value in {"owner": owner, "notify": notify, "note": note}.items():
        put(table, key, value)


def confirm(holder: Data, setting: Data | None, day: Any) -> None:
    """Apply ``confirm`` to the model."""
    table = holder.setdefault("in_hubspot", {})
    table["owner"] = setting["owner"] if setting else "default"
    put(table, "notify", setting.get("notify") if setting else None)
    table["on"] = day


def in_use(data: Data, user: str) -> bool:
    """Return whether a setting refers to the user."""
    named = [data["defaults"], *(client.get("override", {}) for client in data["clients"].values())]
    return any(setting.get("notify") == user for setting in named)


def a_year_on(value: Any) -> Any:
    """Return the date a year later; in JSON, dates are text."""
    if isinstance(value, str):
        return f"{int(value[:4]) + 1}{value[4:]}"
    return value.replace(year=value.year + 1)


# --- what an edit must not change ---------------------------------------------------------------


@dataclass(frozen=True)
class State:
    """The file at one moment: its bytes and the data of the model."""

    raw: bytes
    data: Data

    @property
    def text(self) -> str:
        """The text without a BOM."""
        return self.raw.decode().removeprefix("\ufeff")

    @functools.cached_property
    def pieces(self) -> list[Piece]:
        """The headers and statements of a TOML text."""
        return layouts.pieces(self.text, self.data)

    def is_block(self, entry: Path) -> bool:
        """Return whether a client, user or table is absent or one block with a header."""
        places = [at for at, piece in enumerate(self.solid) if piece.entry == entry]
        if not places:
            kin = {piece.entry for piece in self.solid if piece.path[:1] == entry[:1]}
            return all(len(one) == len(entry) and self.is_block(one) for one in kin)
        block = self.solid[places[0] : places[-1] + 1]
        return block[0].header and all(piece.entry == entry for piece in block)

    @functools.cached_property
    def solid(self) -> list[Piece]:
        """The headers and statements."""
        return [piece for piece in self.pieces if piece.path]


def entries_of(data: Data) -> dict[Path, str]:
    """Return the data of each client, user and top-level table."""
    found: dict[Path, str] = {}
    for top, value in data.items():
        if top in {"clients", "users"}:
            found |= {(top, key): typed(inner) for key, inner in value.items()}
        else:
            found[top,] = typed(value)
    return found


def touched(before: Data, after: Data) -> set[Path]:
    """Return the entries that differ."""
    old, new = entries_of(before), entries_of(after)
    return {entry for entry in {*old, *new} if old.get(entry) != new.get(entry)}


def check_frame(before: State, after: State) -> None:
    """Check BOM, line endings and the end of the file."""
    bom = b"\xef\xbb\xbf"
    assert before.raw.startswith(bom) == after.raw.startswith(bom)
    assert after.raw.count(bom) <= 1
    ends = set(re.findall(rb"\r\n|\r|\n", before.raw))
    assert set(re.findall(rb"\r\n|\r|\n", after.raw)) <= (ends or {b"\n"})


def check_toml(before: State, after: State, renamed: dict[Path, Path], *, strict: bool) -> None:
    """Check all that a change of TOML must leave alone."""
    entries = touched(before.data, after.data)
    shared = {entry[:1] for entry in entries}

    def own(piece: Piece) -> bool:
        return piece.entry in entries or (piece.entry in shared and not piece.header)

    orphans = inside_gone(before, after)

    def others(state: State, blank: bool) -> Iterator[str]:
        above: Piece | None = None
        for piece in state.pieces:
            if not (piece.blank and (not blank or (above and own(above)))) and not own(piece):
                yield from (line for line in (*piece.lead, *piece.lines) if line not in orphans)
            above = piece if piece.path else above

    same_entries = entries_of(before.data).keys() == entries_of(after.data).keys()
    blank = strict and same_entries
    assert [*others(before, blank)] == [*others(after, blank)], "lines of others"
    check_comments(before, after, renamed)
    check_fields(before, after)
    check_end(before, after, entries)


def inside_gone(before: State, after: State) -> set[str]:
    """Return the free lines within a removed entry or table, which are removed, too."""
    found: set[str] = set()
    waiting: list[str] = []
    entry: Path = ()
    table: Path = ()
    for piece in before.pieces:
        if not piece.path:
            waiting += piece.lines
            continue
        whole = piece.entry if piece.entry == entry else ()
        inner = table if not piece.header else ()
        if any(path and value_at(after.data, path) is None for path in (whole, inner)):
            found.update(line for line in waiting if line.strip())
        entry, waiting = piece.entry, []
        table = piece.path if piece.header else table
    return found


def check_end(before: State, after: State, entries: set[Path]) -> None:
    """Check that the final line end is kept, unless the last line changed."""
    if before.raw.endswith(b"\n"):
        assert after.raw.endswith(b"\n"), "a final newline went"
    elif before.solid and after.solid:
        last = before.pieces[-1]
        if not last.blank and last == after.pieces[-1] and last.entry not in entries:
            assert not after.raw.endswith(b"\n"), "a final newline came"


def check_comments(
    before: State, after: State, renamed: dict[Path, Path], origin: State | None = None
) -> None:
    """Check that each comment is still attached to its owner, and removed with it."""
    found = layouts.attachments(after.pieces)
    back = layouts.attachments(origin.pieces) if origin else {}
    gone = {layouts.comment_of(line) for line in inside_gone(before, after)}
    for comment, old in layouts.attachments(before.pieces).items():
        new = found.get(comment)
        owners = {(*renamed.get(owner[:2], owner[:2]), *owner[2:]) for owner in old.owners}
        owners = {owner for owner in owners if value_at(after.data, owner) is not None}
        if comment in gone or (old.inside and value_at(after.data, old.inside) is None):
            continue
        if new and new == back.get(comment):
            continue
        if old.kind in {"above", "trailing"}:
            expected = f"{old.kind} {owners}" if owners else "gone with its owner"
            assert (new and new.kind == old.kind and owners <= new.owners) if owners else not new, (
                f"{comment}: {new}, not {expected}"
            )
        else:
            assert new, f"{comment} is lost"
            right = new.kind == old.kind and owners == new.owners
            now_apart = not owners and (new.kind == "apart" or new.owners == {old.inside})
            assert right or now_apart, f"{comment}: {new}, not {old}"


def check_fields(before: State, after: State) -> None:
    """Check that unchanged fields keep their text."""
    was = {piece.path: piece.lines for piece in before.solid if not piece.header}
    for piece in after.solid:
        old, new = value_at(before.data, piece.path), value_at(after.data, piece.path)
        kept = not piece.header and piece.path in was and typed(old) == typed(new)
        # Where tomlkit edits a whole text, white space within the fields of the entry can change.
        if kept and before.is_block(piece.entry):
            assert piece.lines == was[piece.path], "a field that did not change"


def check_json(before: State, after: State, layout: str) -> None:
    """Check that unchanged values in JSON keep their text and indentation.

    A changed entry is written as by ``json.dumps``, and so is a whole file that was on one line.
    """
    old, new = layouts.json_texts(before.text), layouts.json_texts(after.text)
    usual = len(re.findall(r"\r\n|\r|\n", before.text)) > 1
    rows = touched(before.data, after.data) if layout == "json-rows" else set()
    for path, text in new.items():
        same = path in old and typed(value_at(before.data, path)) == typed(value_at(after.data, path))
        if same and usual and path[:1] not in rows and path[:2] not in rows:
            assert text == old[path], path
    eol = next(end for end in ("\r\n", "\r", "\n") if end in before.text)
    if not any(value in ({}, []) for value in _containers(before.data)) and layout != "json-rows":
        check_indentation(after.text, eol, layout)


def comments_of(state: State) -> list[str]:
    """Return all comments of a TOML text."""
    lines = (line for piece in state.pieces for line in (*piece.lead, *piece.lines))
    return [comment for line in lines if (comment := layouts.comment_of(line))]


def _containers(value: Any) -> Iterator[Any]:
    if isinstance(value, dict | list):
        yield value
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _containers(inner)


def check_indentation(text: str, eol: str, layout: str) -> None:
    """Check that every line is indented by its level."""
    unit = {"json-4": "    ", "json-tab": "\t"}.get(layout, "  ")
    depth = 0
    for line in text.rstrip().split(eol):
        bare = re.sub(r'"(?:\\.|[^"\\])*"', "", line)
        inner = bare.strip()
        closing = len(inner) - len(inner.lstrip("]}"))
        indent = line[: len(line) - len(line.lstrip())]
        assert indent == unit * (depth - closing), f"indentation of {line!r}"
        depth += sum(bare.count(c) for c in "[{") - sum(bare.count(c) for c in "]}")


# --- undo ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """A recorded change: the file before and after it, and what was renamed."""

    before: State
    after: State
    renamed: dict[Path, Path]
    id: str

    @property
    def whole(self) -> bool:
        """Whether only the layout of the file changed."""
        return typed(self.before.data) == typed(self.after.data)


ABSENT = "absent"


def differing(old: Any, new: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the paths of values that differ, up to the level where one side has none."""
    if typed(old) == typed(new):
        return
    if path and path[-1] in IDENTITY:  # a list that is not there has no items
        old, new = ([] if side is ABSENT else side for side in (old, new))
    if isinstance(old, dict) and isinstance(new, dict):
        for key in {**old, **new}:
            yield from differing(old.get(key, ABSENT), new.get(key, ABSENT), (*path, key))
    elif isinstance(old, list) and isinstance(new, list) and path[-1] in IDENTITY:
        field = IDENTITY[path[-1]]
        olds, news = ({one.get(field, ""): one for one in items} for items in (old, new))
        for key in {**olds, **news}:
            yield from differing(olds.get(key, ABSENT), news.get(key, ABSENT), (*path, "*", key))
    else:
        yield path


def store_value(data: Data, path: Path, value: Any) -> None:
    """Set the value at a path; None removes it."""
    *way, last = path
    if len(path) > 2 and path[-2] == "*":
        items = value_at(data, tuple(way[:-1]))
        if items is None:
            items = value_at(data, tuple(way[:-2]))[way[-2]] = []
        old = item(items, IDENTITY[path[-3]], last)
        if old is not None:
            items.remove(old)
        items.extend([] if value is None else [value])
        return
    holder = value_at(data, tuple(way))
    holder.pop(last, None)
    if value is not None:
        holder[last] = value


def revert(now: Data, step: Step) -> Data:
    """Return the data with a step undone.

    Raises:
        Wrong: If the values that the step set are not the current ones.
    """
    data = deepcopy(now)
    for old, new in step.renamed.items():
        if value_at(data, new) is None or value_at(data, old) is not None:
            raise Wrong(CHANGED)
        data[old[0]][old[1]] = data[new[0]].pop(new[1])
    if step.renamed:
        return data
    for path in differing(step.before.data, step.after.data):
        if typed(value_at(data, path)) != typed(value_at(step.after.data, path)):
            raise Wrong(CHANGED)
        if len(path) > 2 and value_at(data, path[:2]) is None:
            raise Wrong(CHANGED)  # Its subject was removed or renamed.
        store_value(data, path, deepcopy(value_at(step.before.data, path)))
    if loose_ends(data) - loose_ends(now):
        raise Wrong(CHANGED)  # no command would bring that about
    return data


def loose_ends(data: Data) -> set[str]:
    """Return unknown partner users and duplicate hub IDs."""
    clients = data.get("clients", {})
    settings = {"": data.get("defaults"), **{key: client.get("override") for key, client in clients.items()}}
    users = {key.lower() for key in data.get("users", {})}
    named = ((key, setting["notify"]) for key, setting in settings.items() if setting and "notify" in setting)
    ids = [client["hub_id"] for client in clients.values() if "hub_id" in client]
    found = {f"{key} {email}" for key, email in named if email.lower() not in users}
    return found | {str(number) for number in ids if ids.count(number) > 1}


def unordered(data: Data) -> Data:
    """Return data with lists of items as tables, and without empty lists and tables.

    Clients and users without values are kept.
    """
    entries = {top: {key: _filled(entry) for key, entry in data[top].items()} for top in ("clients", "users")}
    return {**_filled(data), **entries}


def _filled(value: Any) -> Any:
    if isinstance(value, dict):
        inner = {key: _filled(one) for key, one in value.items()}
        return {key: one for key, one in inner.items() if one not in ([], {})}
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return {typed(one): None for one in value}
    return value


# --- the machine ---------------------------------------------------------------------------------

PICK = st.integers(0, 19)
SOME_CLIENT = st.sampled_from(CLIENTS)
SOME_USER = st.sampled_from(USERS)
SOME_CONTACT = st.sampled_from(CONTACTS)
SOME_ROLE = st.sampled_from(ROLES)
SOME_DAY = st.integers(0, 500).map(lambda seed: layouts.some_day(Random(seed)))
SOME_NAME = st.sampled_from(["", "Çelik & Co", 'q"q', "# no", "['a']"])


class Store(RuleBasedStateMachine):
    """A data file, its model, and the commands that change both."""

    run: Callable[..., Any]
    layout: str

    @initialize(seed=st.integers(0, 2**32))
    def begin(self, seed: int) -> None:
        """Create the file."""
        store = layouts.made(Random(seed), self.layout)
        for old in File().iterdir():
            old.unlink()
        self.path = File("renewctl.json" if self.layout in JSON else "renewctl.toml")
        self.path.write_bytes(store.raw)
        self.now = State(store.raw, store.data)
        self.steps: list[Step] = []
        self.fresh = True
        self.marks = 0

    # helpers

    def day(self, day: Any) -> Any:
        return day.isoformat() if self.layout in JSON else day

    def key(self, table: str, pick: int) -> str:
        keys = sorted(self.now.data[table])
        return keys[pick % len(keys)]

    def read_data(self) -> Data:
        text = self.path.read_bytes().decode().removeprefix("\ufeff")
        data: Data = json.loads(text) if self.layout in JSON else tomli.loads(text)
        return {"clients": {}, "users": {}, **data}

    def count(self, what: str) -> None:
        COUNTS[self.layout, what] += 1

    def command(self, *argv: str, means: Meaning, renamed: dict[Path, Path] | None = None) -> None:
        """Run a command that changes the file, and compare the file with the model."""
        before, data = self.now, deepcopy(self.now.data)
        try:
            means(data)
        except Wrong as wrong:
            self.refused(argv, wrong.status)
            return
        ran = self.run(*argv, "--yes", "-q")
        if ran.status == INVALID and REFUSED in ran.err:
            self.check_refusal(data)
            return
        assert ran.status == DONE, (argv, ran)
        self.check(before, data, renamed or {})

    def refused(self, argv: tuple[str, ...], status: int) -> None:
        """Run a command that is an error, and check that nothing is written."""
        ran = self.run(*argv, "--yes", "-q")
        assert ran.status == status, (argv, ran, self.now)
        assert self.path.read_bytes() == self.now.raw
        self.count("errors")

    def check_refusal(self, data: Data) -> None:
        """Check that a refused edit had an unusual layout, and wrote nothing."""
        assert self.path.read_bytes() == self.now.raw
        assert self.layout not in JSON, "JSON refused"
        entries = touched(self.now.data, data)
        assert not all(map(self.now.is_block, entries)), f"refused, and each is a block: {entries}"
        self.count("refused")

    def check(self, before: State, data: Data, renamed: dict[Path, Path]) -> None:
        """Check a change that was made."""
        after = State(self.path.read_bytes(), data)
        assert typed(self.read_data()) == typed({"clients": {}, "users": {}, **data})
        if typed(before.data) == typed(data):
            assert before.raw == after.raw, "nothing changed, but was written"
            self.count("idle")
            return
        check_frame(before, after)
        if self.layout in JSON:
            check_json(before, after, self.layout)
        else:
            strict = all(map(before.is_block, touched(before.data, data)))
            check_toml(before, after, renamed, strict=strict)
        self.record(before, after, renamed)
        self.count("edits")

    def record(self, before: State, after: State, renamed: dict[Path, Path]) -> None:
        """Record a change as the last one."""
        lines = File(f"{self.path}.history.jsonl").read_text().splitlines()
        last = next(line for line in map(json.loads, reversed(lines)) if "id" in line)
        self.steps.append(Step(before, after, renamed, last["id"]))
        self.now, self.fresh = after, True

    def client_command(self, key: str, *argv: str, means: Meaning) -> None:
        self.command(*argv, means=lambda data: means(data["clients"][key]))

    def has_clients(self) -> bool:
        return bool(self.now.data.get("clients"))

    def has_users(self) -> bool:
        return bool(self.now.data.get("users"))

    # clients

    @rule(key=SOME_CLIENT, name=SOME_NAME, email=st.none() | SOME_CONTACT, day=st.none() | SOME_DAY)
    def add_client(self, key: str, name: str, email: str | None, day: Any) -> None:
        table: Data = {"name": name} if name else {}
        argv = ["client", "add", key, "--name", name]
        if email:
            table["contacts"] = [{"email": email, "roles": ["primary", "billing"]}]
            argv += ["--billing", email, "--primary", email]
        if day:
            table["renewals"] = [{"date": self.day(day)}]
            argv += ["--renewal", str(day)]

        def means(data: Data) -> None:
            if key in data.setdefault("clients", {}):
                raise Wrong(USAGE)
            data["clients"][key] = table

        self.command(*argv, means=means)

    @precondition(has_clients)
    @rule(pick=PICK, other=PICK)
    def remove_clients(self, pick: int, other: int) -> None:
        keys = {self.key("clients", pick), self.key("clients", other)}

        def means(data: Data) -> None:
            for key in keys:
                del data["clients"][key]

        self.command("client", "remove", *keys, means=means)

    @precondition(has_clients)
    @rule(pick=PICK, new=SOME_CLIENT)
    def rename_client(self, pick: int, new: str) -> None:
        key = self.key("clients", pick)

        def means(data: Data) -> None:
            clients = data["clients"]
            if new in clients and new != key:
                raise Wrong(USAGE)
            clients[new] = clients.pop(key)

        renamed = {("clients", key): ("clients", new)} if key != new else {}
        self.command("client", "rename", key, new, means=means, renamed=renamed)

    @precondition(has_clients)
    @rule(pick=PICK, name=SOME_NAME, hub_id=st.integers(1, 50))
    def set_client(self, pick: int, name: str, hub_id: int) -> None:
        key = self.key("clients", pick)

        def means(data: Data) -> None:
            taken = {other.get("hub_id") for k, other in data["clients"].items() if k != key}
            if hub_id in taken:
                raise Wrong(USAGE)
            put(data["clients"][key], "name", name)
            data["clients"][key]["hub_id"] = hub_id

        self.command("client", "set", key, "--name", name, "--hub-id", str(hub_id), means=means)

    @precondition(has_clients)
    @rule(pick=PICK, email=SOME_CONTACT, active=st.booleans())
    def set_contact(self, pick: int, email: str, active: bool) -> None:
        key = self.key("clients", pick)

        def means(client: Data) -> None:
            contact = item(client.get("contacts", []), "email", email)
            if contact is None:
                raise Wrong(USAGE)
            put(contact, "active", None if active else False)

        option = "--reactivate" if active else "--deactivate"
        self.client_command(key, "client", "set", key, option, email, means=means)

    @precondition(has_clients)
    @rule(pick=PICK, role=SOME_ROLE, email=SOME_CONTACT)
    def assign_role(self, pick: int, role: str, email: str) -> None:
        key = self.key("clients", pick)
        self.client_command(
            key, "client", "assign", key, role, email, means=lambda client: assign(client, role, email)
        )

    @precondition(has_clients)
    @rule(pick=PICK, role=SOME_ROLE, email=SOME_CONTACT)
    def unassign_role(self, pick: int, role: str, email: str) -> None:
        key = self.key("clients", pick)

        def means(client: Data) -> None:
            contact = item(client.get("contacts", []), "email", email)
            if contact is None:
                raise Wrong(USAGE)
            if role in contact["roles"]:
                contact["roles"] = held({*contact["roles"]} - {role})

        self.client_command(key, "client", "unassign", key, role, email, means=means)

    @precondition(has_clients)
    @rule(pick=PICK, day=SOME_DAY, product=st.sampled_from(PRODUCTS), deadline=st.booleans())
    def set_renewal(self, pick: int, day: Any, product: str, deadline: bool) -> None:
        key = self.key("clients", pick)

        def means(client: Data) -> None:
            renewals = client.setdefault("renewals", [])
            renewal = item(renewals, "product", product)
            if renewal is None:
                renewal = {"product": product} if product else {}
                renewals.append(renewal)
            renewal["date"] = self.day(day)
            put(renewal, "deadline", self.day(day) if deadline else None)

        options = ["--deadline", str(day)] if deadline else []
        argv = ["client", "set-renewal", key, str(day), "--product", product, *options]
        self.client_command(key, *argv, means=means)

    @precondition(has_clients)
    @rule(pick=PICK, which=PICK, drop=st.booleans())
    def end_renewal(self, pick: int, which: int, drop: bool) -> None:
        key = self.key("clients", pick)
        renewals = self.now.data["clients"][key].get("renewals") or [{"product": "none such"}]
        product = renewals[which % len(renewals)].get("product", "")

        def means(client: Data) -> None:
            renewal = item(client.get("renewals", []), "product", product)
            if renewal is None:
                raise Wrong(USAGE)
            if drop:
                client["renewals"].remove(renewal)
            for field in ("date", "deadline"):
                if field in renewal:
                    renewal[field] = a_year_on(renewal[field])

        command = "remove-renewal" if drop else "renew"
        self.client_command(key, "client", command, key, "--product", product, means=means)

    # settings

    @precondition(lambda self: self.has_clients() and self.has_users())
    @rule(pick=PICK, other=PICK, owner=st.sampled_from(OWNERS), user=PICK, note=SOME_NAME)
    def override(self, pick: int, other: int, owner: str, user: int, note: str) -> None:
        keys = {self.key("clients", pick), self.key("clients", other)}
        notify = self.key("users", user)

        def means(data: Data) -> None:
            for key in keys:
                override(data["clients"][key], owner, notify, note)

        self.command("override", *keys, "--owner", owner, "--notify", notify, "--note", note, means=means)

    @precondition(has_clients)
    @rule(pick=PICK, everyone=st.booleans())
    def clear_override(self, pick: int, everyone: bool) -> None:
        keys = self.now.data["clients"] if everyone else [self.key("clients", pick)]

        def means(data: Data) -> None:
            for key in keys:
                data["clients"][key].pop("override", None)

        self.command("clear-override", *(["--all"] if everyone else keys), means=means)

    @precondition(has_users)
    @rule(owner=st.sampled_from(OWNERS), user=PICK)
    def set_default(self, owner: str, user: int) -> None:
        notify = self.key("users", user)
        self.command(
            "set-default",
            *("--owner", owner, "--notify", notify),
            means=lambda data: data["defaults"].update(owner=owner, notify=notify),
        )

    @precondition(has_clients)
    @rule(pick=PICK, day=st.sampled_from(["2026-11-01", "2026-11-02"]), default=st.booleans())
    def confirm(self, pick: int, day: str, default: bool) -> None:
        key, on = self.key("clients", pick), self.day(type(TODAY).fromisoformat(day))

        def means(data: Data) -> None:
            client = data["clients"][key]
            confirm(client, client.get("override"), on)
            if default:
                confirm(data["defaults"], data["defaults"], on)

        options = ["--default"] if default else []
        self.command("confirm", key, *options, "--date", day, means=means)

    @precondition(has_clients)
    @rule(pick=PICK)
    def confirm_contacts(self, pick: int) -> None:
        key = self.key("clients", pick)
        means = functools.partial(put, key="contacts_checked", value=self.day(TODAY))
        self.client_command(key, "confirm", "--contacts", key, means=means)

    # users

    @rule(key=SOME_USER, name=SOME_NAME)
    def add_user(self, key: str, name: str) -> None:
        def means(data: Data) -> None:
            if key in data.setdefault("users", {}):
                raise Wrong(USAGE)
            data["users"][key] = {"name": name} if name else {}

        self.command("user", "add", key, "--name", name, means=means)

    @precondition(has_users)
    @rule(pick=PICK, name=SOME_NAME, active=st.booleans())
    def set_user(self, pick: int, name: str, active: bool) -> None:
        key = self.key("users", pick)

        def means(data: Data) -> None:
            put(data["users"][key], "name", name)
            put(data["users"][key], "active", None if active else False)

        option = "--active" if active else "--inactive"
        self.command("user", "set", key, "--name", name, option, means=means)

    @precondition(has_users)
    @rule(pick=PICK)
    def remove_user(self, pick: int) -> None:
        key = self.key("users", pick)

        def means(data: Data) -> None:
            if in_use(data, key):
                raise Wrong(USAGE)
            del data["users"][key]

        self.command("user", "remove", key, means=means)

    @precondition(lambda self: len(self.now.data.get("users", ())) > 1)
    @rule(pick=PICK, deactivate=st.booleans())
    def replace_user(self, pick: int, deactivate: bool) -> None:
        old, new = self.key("users", pick), self.key("users", pick + 1)

        def means(data: Data) -> None:
            named = [data["defaults"], *(one.get("override", {}) for one in data["clients"].values())]
            for setting in named:
                if setting.get("notify") == old:
                    setting["notify"] = new
            if deactivate:
                data["users"][old]["active"] = False

        options = ["--deactivate"] if deactivate else []
        self.command("user", "replace", old, new, *options, means=means)

    # layout

    @precondition(lambda self: self.layout in layouts.ODD)
    @rule()
    def migrate_layout(self) -> None:
        before = self.now
        ran = self.run("migrate", "--layout", "-q")
        assert ran.status == DONE, ran
        after = State(self.path.read_bytes(), before.data)
        assert typed(self.read_data()) == typed({"clients": {}, "users": {}, **before.data})
        check_frame(before, after)
        assert sorted(comments_of(before)) == sorted(comments_of(after)), "comments lost or doubled"
        assert all(after.is_block(entry) for entry in entries_of(after.data) if len(entry) > 1), "not a block"
        File(f"{self.path}.layout.bak").unlink(missing_ok=True)
        if after.raw != before.raw:
            self.record(before, after, {})
            self.count("rewritten")

    # undo

    @rule()
    def undo(self) -> None:
        if not self.steps:
            self.refused(("undo",), NOTHING)
            return
        self.undo_step(self.steps[-1], "undo")

    @precondition(lambda self: len(self.steps) > 1)
    @rule(pick=PICK)
    def undo_earlier(self, pick: int) -> None:
        at = -2 - pick % (len(self.steps) - 1)
        step = self.steps[at]
        self.undo_step(step, "undo", step.id)

    def undo_step(self, step: Step, *argv: str) -> None:
        """Run undo, and compare the file with the model."""
        before = self.now
        try:
            if step.whole and self.now.raw != step.after.raw:
                raise Wrong(CHANGED)
            data = revert(before.data, step)
        except Wrong as wrong:
            self.refused(argv, wrong.status)
            return
        ran = self.run(*argv, "--yes", "-q")
        if ran.status == INVALID and REFUSED in ran.err:
            assert self.now is not step.after, "nothing happened since, and yet it was refused"
            self.check_refusal(data)
            return
        assert ran.status == DONE, (argv, ran)
        raw = self.path.read_bytes()
        if self.now is step.after:
            assert raw == step.before.raw, "not as it was"
        data_now = self.read_data()
        assert typed(unordered(data_now)) == typed(unordered(data))
        after = State(raw, data_now)
        check_frame(before, after)
        backwards = {new: old for old, new in step.renamed.items()}
        if raw == step.before.raw:
            pass  # word for word
        elif self.layout in JSON:
            check_json(before, after, self.layout)
        else:
            check_comments(before, after, backwards, step.before)
        self.record(before, after, backwards)
        self.count("undone")

    # other writers

    @rule(place=PICK)
    def comment_outside(self, place: int) -> None:
        self.marks += 1
        text, eol = self.now.text, "\r\n" if "\r\n" in self.now.text else "\n"
        data = deepcopy(self.now.data)
        if self.layout in JSON:
            data[f"x-{self.marks}"] = self.marks
            line = re.search(r'([ \t\r\n]*)"version"\s*:\s*1', text)
            assert line
            text = f'{text[: line.end()]},{line[1]}"x-{self.marks}": {self.marks}{text[line.end() :]}'
        elif place < 5 or not (headers := [*re.finditer(r"(?m)^$\r?\n(?=\[)", text)]):
            text += f"{'' if text.endswith(chr(10)) else eol}# outside {self.marks}{eol}"
        else:
            at = headers[place % len(headers)].end()
            text = f"{text[:at]}# outside {self.marks}{eol}{eol * (place % 2)}{text[at:]}"
        self.edited_outside(text, data)

    @precondition(lambda self: re.search(r"\bN\d", self.now.text))
    @rule(place=PICK)
    def value_outside(self, place: int) -> None:
        self.marks += 1
        found = re.findall(r"\bN\d+\b", self.now.text)
        old, new = found[place % len(found)], f"N{1000 + self.marks}"
        text = re.sub(rf"\b{old}\b", new, self.now.text)
        data = json.loads(re.sub(rf"\b{old}\b", new, json.dumps(layouts.dates_as_text(self.now.data))))
        if self.layout not in JSON:
            data = tomli.loads(text)
        self.edited_outside(text, data)

    def edited_outside(self, text: str, data: Data) -> None:
        """Write the text like an editor."""
        bom = "\ufeff" if self.now.raw.startswith(b"\xef\xbb\xbf") else ""
        self.path.write_bytes((bom + text).encode())
        self.now = State(self.path.read_bytes(), {"clients": {}, "users": {}, **data})
        assert typed(self.read_data()) == typed({"clients": {}, "users": {}, **data})
        self.count("outside")


# --- runs ----------------------------------------------------------------------------------------


@pytest.fixture
def machine(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, run: Callable[..., Any]
) -> type[Store]:
    """Return the machine for a layout."""
    monkeypatch.setenv("RENEWCTL_AS_OF", str(TODAY))
    return type("Bound", (Store,), {"run": staticmethod(run), "layout": request.param})


def played(machine: type[Store], examples: int, steps: int, *, derandomize: bool) -> None:
    """Run the machine with hypothesis."""
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            derandomize=derandomize,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],  # shrinking takes minutes; the steps of a failure are printed
        ),
    )


def summary(layout: str) -> str:
    """Return the counts of events in a layout."""
    kinds = ("edits", "undone", "refused", "rewritten", "errors", "idle", "outside")
    return f"{layout:13}" + "".join(f"{COUNTS[layout, kind]:>7} {kind}" for kind in kinds)


def edits(layout: str) -> int:
    """Return the number of saved changes, including undo."""
    return COUNTS[layout, "edits"] + COUNTS[layout, "undone"]


@pytest.mark.parametrize("machine", layouts.LAYOUTS, indirect=True)
def test_commands_change_what_the_model_expects(machine: type[Store]) -> None:
    COUNTS.clear()
    played(machine, 5, 12, derandomize=True)
    assert edits(machine.layout) + COUNTS[machine.layout, "refused"] > 5


@pytest.mark.soak
@pytest.mark.parametrize("machine", layouts.LAYOUTS, indirect=True)
def test_twenty_thousand_edits(machine: type[Store], capsys: pytest.CaptureFixture[str]) -> None:
    COUNTS.clear()
    while edits(machine.layout) < WANTED:
        played(machine, 100, 30, derandomize=False)
    with capsys.disabled():
        print("\n" + summary(machine.layout))
