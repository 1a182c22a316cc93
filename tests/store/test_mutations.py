"""Damaged files: valid ones, changed byte by byte and token by token.

For any damaged file, every command exits with one of its statuses, and reports a line and a hint. If the
status is not 0, no byte changes. If it is 0, the command did what was asked, and nothing else. A failure
names its mutant: ``RENEWCTL_MUTANT=STORE:NUMBER pytest tests/store/test_mutations.py``.
"""

import json
import os
import random
import re
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import tomli

from renewctl.domain.identifiers import client_key

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
REPLAY = os.environ.get("RENEWCTL_MUTANT", "")
SHORT, LONG, LONG_LARGE = 8, 1500, 300
"""Mutants of each store: in every run of the tests; in a long one; of the examples in a long one."""

HEADERS = """\
# the agency's
version = 1

[defaults]
owner = "hubspot"  # theirs
notify = "ana@agency.example"

[policy]
deadline_days = 30
domains = ["agency.example"]

[users."ana@agency.example"]
name = "Ana"

# the first
[clients."acme.example"]
name = "Acme [clients.x]"
hub_id = 4411223
contacts = [
  { email = "p@acme.example", roles = ["primary", "billing"] },  # both
]
renewals = [{ date = 2027-03-01, product = "CMS" }]

# the second
[clients."borges.example"]
override = { owner = "partner", notify = "ana@agency.example" }
in_hubspot = { owner = "default", on = 2026-10-02 }
"""
SUBTABLES = """\
[users."ana@agency.example"]
[defaults]
owner = "hubspot"
[defaults.in_hubspot]
owner = "hubspot"
on = 2026-10-02
[clients.acme-com]
name = 'Acme'
[clients.acme-com.override]
owner = "hubspot"
[[clients.acme-com.contacts]]
email = "p@acme.example"
roles = ["primary"]
[[clients.acme-com.renewals]]
date = "2027-03-01"
[clients."acme.example"]
[clients."acme.example".override]
owner = "partner"
notify = "ana@agency.example"
note = \"\"\"
two
lines\"\"\"
"""
DOTTED = """\
defaults.owner = "hubspot"
defaults.notify = "ana@agency.example"
clients."acme.example".name = "Acme"  # first
clients."acme.example".override.owner = "hubspot"
clients."borges.example".hub_id = 7
users."ana@agency.example".active = true
"""
INLINE = """\
users = { "ana@agency.example" = {} }
defaults = { owner = "hubspot", notify = "ana@agency.example" }
clients = { "acme.example" = { name = "Acme" }, "borges.example" = { contacts = [] } }
"""
SPLIT = """\
[clients."acme.example".override]
owner = "hubspot"
[defaults]
owner = "hubspot"
[users."ana@agency.example"]
[clients."acme.example"]
name = "Acme"
[clients.x.override]
owner = "hubspot"
[clients."acme.example".in_hubspot]
owner = "default"
on = 2026-01-01
"""
JSON = """\
{
    "version": 1,
    "x-mine": [1.50, null, "\\u00e9"],
    "defaults": {"owner": "hubspot", "notify": "ana@agency.example"},
    "users": {"ana@agency.example": {"name": "Ana"}},
    "clients": {
        "acme.example": {"name": "Acme", "hub_id": 4411223,
            "contacts": [{"email": "p@acme.example", "roles": ["primary"]}],
            "renewals": [{"date": "2027-03-01", "product": "CMS"}]},
        "borges.example": {
            "override": {"owner": "partner", "notify": "ana@agency.example"}
        }
    }
}
"""
SMALL: dict[str, bytes] = {
    "headers.toml": HEADERS.encode(),
    "subtables.toml": SUBTABLES.encode(),
    "dotted.toml": DOTTED.encode(),
    "inline.toml": INLINE.encode(),
    "split.toml": SPLIT.encode(),
    "crlf.toml": HEADERS.replace("\n", "\r\n").encode(),
    "bom.toml": ("\ufeff" + HEADERS).encode(),
    "no-final-newline.toml": SUBTABLES.removesuffix('"""\n').encode() + b'"""',
    "plain.json": JSON.encode(),
    "crlf.json": ("\ufeff" + JSON.replace("\n", "\r\n")).encode(),
    "compact.json": json.dumps(json.loads(JSON), separators=(",", ":")).encode(),
}
LARGE = {"agency.toml": "casa-do-fado.example", "agency.json": "casa-do-fado.example"}

BYTES = [
    *(bytes([byte]) for byte in b"\x00\x1b\r\n\t\x7f\"'\\[]{}=,.#:-0"),
    *(b"\xff", b"\xc3", b"\xed\xa0\x80", b"\r\r\n", b'"""', b"'''", b"[[", b"\n[", b"\\u", b"\\", b"//"),
    *("\ufeff".encode(), "\u2028".encode(), "\u202e".encode(), "\x85".encode(), "é".encode()),
    *(b"\n<<<<<<< HEAD\n", b"\n=======\n", b"\n>>>>>>> theirs\n", b"PK\x03\x04", b"\n---\n"),
]
VALUES = [
    *("true", "1", "-1", "0", "1.5", "1e400", "-0", "nan", "-inf", "null", "NaN", "-Infinity", "1_000"),
    *(
        '""',
        '"x"',
        '"hubspot"',
        '"HubSpot "',
        '"hubpsot"',
        '"default"',
        "'partner'",
        '"\\u0000"',
        '"\\ud800"',
    ),
    *('"a\x1b[31m"', '"\\u001b[2J"', '"a\u202eb"', '"""\n[defaults]\n"""', '"' + "a" * 3000 + '"', '"x" * 2'),
    *("[]", "{}", "[[]]", '["primary", "primary"]', "[1, true]", "{ a = 1 }", '{"a": 1}', "[{}]", '[""]'),
    *("2027-02-30", "9999-12-31", "0001-01-01", "0000-01-01", "2027-01-03T10:00:00Z", "10:00:00"),
    *("9" * 19, "9" * 700, "9" * 5000, "0x" + "f" * 5000, "1e" + "9" * 30, "0." + "1" * 400),
    *("[" * 150 + "]" * 150, "[" * 2000 + "]" * 2000, '{"a":' * 300 + "1" + "}" * 300, "{a=" * 300 + "1"),
    *('"acme.example"', '"ACME.example"', '"ana@agency.example"', '"ANA@agency.example"', '"a@b, c@d"'),
    *("version", "defaults", "clients", "users", "owner", "notify", "contacts", "renewals", "override"),
]
LINES = {
    ".toml": [
        *(
            "# a comment [clients.y]",
            "",
            "\t ",
            "[x-mine]",
            "[[x-list]]",
            "x-a.b = 1",
            "x-a = { b.c = 1 }",
            "[odd.x]",
        ),
        *(
            "[clients]",
            "[users]",
            "[defaults]",
            "[policy]",
            '[clients."acme.example".override]',
            '[ clients . "x.y" ]',
        ),
        *('override.owner = "hubspot"', "name = 'x'", "contacts = []", "renewals = [{ date = 2027-01-02 }]"),
        *(
            'override = { owner = "hubspot" } # why',
            "hub_id = 5",
            "active = false",
            '[clients."ACME.example"]',
        ),
        *("renewals = [\n  { date = 2027-01-03 }, # one\n\n  # two\n]", '[clients."acme.example".x-own]'),
        *(
            'name = """\n[clients."acme.example"]\nname = 1"""',
            "in_hubspot = { owner = 'default', on = 2026-01-01 }",
        ),
        *(
            '[[clients."acme.example".contacts]]\nemail = "q@acme.example"',
            '"clients"."acme.example".x-b = 1',
        ),
    ],
    ".json": [
        *(
            " ",
            "\t",
            '"x-a": {"b": [1, {"c": null}]},',
            '"name": "x",',
            '"hub_id": 5,',
            '"override": {"owner": "hubspot"},',
        ),
        *(
            '"clients": {},',
            '"users": {},',
            '"ACME.example": {},',
            '"y.example": {"renewals": []},',
            '"x-b": "}{",',
        ),
        *(
            '"renewals": [{"date": "2027-01-02"}],',
            '"contacts": [],',
            '"n\\u0061me": "y",',
            '"": 1,',
            '"x-c": 1e2,',
        ),
    ],
}
TOKEN = re.compile(
    rb'"""(?:.|\n)*?"""|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|#[^\n]*|[\w.+-]+|\r?\n|[ \t]+|.', re.DOTALL
)

Mutation = Callable[[bytes, random.Random], bytes]


def _spot(data: bytes, rng: random.Random, longest: int = 40) -> tuple[int, int]:
    start = rng.randrange(len(data) + 1)
    return start, min(len(data), start + rng.randint(1, longest))


def flipped(data: bytes, rng: random.Random) -> bytes:
    start, _ = _spot(data, rng)
    return (
        data[:start]
        + bytes(byte ^ (1 << rng.randrange(8)) for byte in data[start : start + 1])
        + data[start + 1 :]
    )


def deleted(data: bytes, rng: random.Random) -> bytes:
    start, end = _spot(data, rng)
    return data[:start] + data[end:]


def doubled(data: bytes, rng: random.Random) -> bytes:
    start, end = _spot(data, rng, 200)
    return data[:end] + data[start:end] + data[end:]


def truncated(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(len(data) + 1)]


def swapped(data: bytes, rng: random.Random) -> bytes:
    a, b, c = sorted(rng.randrange(len(data) + 1) for _ in range(3))
    return data[:a] + data[b:c] + data[a:b] + data[c:]


def infested(data: bytes, rng: random.Random) -> bytes:
    start, _ = _spot(data, rng)
    return data[:start] + rng.choice(BYTES) + data[start:]


def by_token(change: Callable[[list[bytes], random.Random], object]) -> Mutation:
    def mutation(data: bytes, rng: random.Random) -> bytes:
        tokens = TOKEN.findall(data)
        if tokens:
            change(tokens, rng)
        return b"".join(tokens)

    mutation.__name__ = change.__name__
    return mutation


def by_line(change: Callable[[list[bytes], random.Random], object]) -> Mutation:
    def mutation(data: bytes, rng: random.Random) -> bytes:
        lines = data.splitlines(keepends=True)
        if lines:
            change(lines, rng)
        return b"".join(lines)

    mutation.__name__ = f"line_{change.__name__}"
    return mutation


def _words(tokens: list[bytes]) -> list[int]:
    """Return the tokens that are not blank."""
    return [index for index, token in enumerate(tokens) if token.strip()] or [0]


def token_swap(tokens: list[bytes], rng: random.Random) -> None:
    a, b = rng.choice(_words(tokens)), rng.choice(_words(tokens))
    tokens[a], tokens[b] = tokens[b], tokens[a]


def token_double(tokens: list[bytes], rng: random.Random) -> None:
    tokens.insert(rng.choice(_words(tokens)), tokens[rng.choice(_words(tokens))])


def token_delete(tokens: list[bytes], rng: random.Random) -> None:
    del tokens[rng.choice(_words(tokens))]


def token_other(tokens: list[bytes], rng: random.Random) -> None:
    """Replace a word, usually a value or a key, with one of another type or size."""
    places = [index for index in _words(tokens) if len(tokens[index]) > 1]
    tokens[rng.choice(places or [0])] = rng.choice(VALUES).encode()


def token_hostile(tokens: list[bytes], rng: random.Random) -> None:
    """Insert hostile bytes into a text."""
    texts = [index for index in _words(tokens) if tokens[index][:1] in (b'"', b"'")]
    place = rng.choice(texts or [0])
    tokens[place] = infested(tokens[place], rng)


MUTATIONS: list[Mutation] = [
    *(flipped, deleted, doubled, truncated, swapped, infested),
    *map(by_token, (token_swap, token_double, token_delete, token_hostile)),
    *([by_token(token_other)] * 4),  # most of the others leave no valid text
    *map(by_line, (token_swap, token_double, token_delete)),
]


def line_added(lines: list[bytes], rng: random.Random) -> None:
    """Add a line that can be valid elsewhere in the file."""
    kind = ".json" if b"".join(lines).lstrip(b"\xef\xbb\xbf")[:1] == b"{" else ".toml"
    lines.insert(rng.randrange(len(lines) + 1), rng.choice(LINES[kind]).encode() + b"\n")


def line_end(lines: list[bytes], rng: random.Random) -> None:
    """Change the end of a line."""
    place = rng.randrange(len(lines))
    lines[place] = lines[place].rstrip(b"\r\n") + rng.choice((b"\r\n", b"\n", b" \t\n", b"\n\n", b" # c\n"))


ODD: list[Mutation] = [*([by_line(line_added)] * 4), *map(by_line, (line_end, token_swap, token_delete))]
"""Mutations that often leave an unusual file that can be read."""


def original(store: str) -> bytes:
    return SMALL[store] if store in SMALL else (EXAMPLES / store).read_bytes()


def mutant(store: str, number: int) -> bytes:
    """Return a file with one to three defects, always the same for the same arguments."""
    rng, data = random.Random(f"{store}:{number}"), original(store)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        data = rng.choice(ODD if number % 2 else MUTATIONS)(data, rng)
    return data


# ------------------------------------------------------------------ what every command must do

DOCUMENTED = {
    "who": {0, 3},
    "check": {0, 1, 3},
    "diff": {0, 3},
    "explain": {0, 3, 4},
    "override": {0, 3, 4},
    "client": {0, 3, 4},
    "set-default": {0, 3},
}
PLACE = re.compile(r"^  --> (.*)$", re.MULTILINE)


class Store:
    """A damaged file in the current folder, and the expected results of commands."""

    def __init__(self, store: str, number: int, run: Callable) -> None:
        self.name = f"RENEWCTL_MUTANT={store}:{number}"
        self.path, self.data, self.run = Path("damaged" + Path(store).suffix), mutant(store, number), run
        self.before = Path("before" + Path(store).suffix)
        self.before.write_bytes(original(store))
        self.client = LARGE.get(store, "acme.example")

    def check(self) -> None:
        status = self.asked("who", "-o", "json")
        for argv in (("who", "--all"), ("check",), ("diff", str(self.before), str(self.path))):
            assert (self.asked(*argv) == 3) == (status == 3), (self.name, argv)
        assert (self.asked("explain", self.client) == 3) == (status == 3), self.name
        override = ("override", self.client, "--owner", "partner", "--notify", "ana@agency.example")
        self.changed(status, *override, only=("clients", self.client))
        self.changed(status, "client", "remove", self.client, only=("clients", self.client))
        self.changed(status, "set-default", "--owner", "hubspot", "--notify", "none", only=("defaults",))

    def asked(self, *argv: str) -> int:
        self.path.write_bytes(self.data)
        status = self.answered(*argv)
        assert self.path.read_bytes() == self.data, (self.name, argv)
        return status

    def changed(self, readable: int, *argv: str, only: tuple[str, ...]) -> None:
        self.path.write_bytes(self.data)
        status = self.answered(*argv, "--yes")
        if readable == 3:
            assert status == 3, (self.name, argv)
        if status:
            assert self.path.read_bytes() == self.data, (self.name, argv)
            return
        assert self.answered("who", "-o", "json") == 0, (self.name, argv)
        assert self.rest(self.data, only) == self.rest(self.path.read_bytes(), only), (self.name, argv)

    def answered(self, *argv: str) -> int:
        """Run a command, and check what must hold for every answer."""
        store = () if argv[0] == "diff" else ("--store", str(self.path))
        with no_hang():
            status, _, err = self.run(*argv, *store)
        where = (self.name, argv, status, err)
        assert status in DOCUMENTED[argv[0]], where
        assert "Traceback" not in err, where
        assert all(char.isprintable() or char == "\n" for char in err), where
        if status > 1:
            self.complaint(err, "json" in argv, where)
        return int(status)

    def complaint(self, err: str, as_json: bool, where: object) -> None:
        if as_json:
            answer = json.loads(err)
            assert answer["hint"], where
            assert all(problem["line"] and problem["column"] for problem in answer["problems"]), where
            return
        assert err.startswith("error: "), where
        assert "help: " in err, where
        assert all(re.fullmatch(r".+\.(toml|json):\d+:\d+", place) for place in PLACE.findall(err)), where

    def rest(self, data: bytes, only: tuple[str, ...]) -> str:
        """Return the data of the file that the command does not change."""
        written = loaded(self.path.suffix, data)
        table = written
        for step in only[:-1]:
            table = table.get(step, {})
        for key in [key for key in table if key == only[-1] or client_key(key) == only[-1]]:
            del table[key]
        # An empty table can appear or disappear with its content.
        full = {key: value for key, value in written.items() if value != {}}
        return json.dumps(full, default=repr, sort_keys=True)


def loaded(suffix: str, data: bytes) -> dict[str, Any]:
    """Return the data of a file as read by the parsers, without renewctl."""
    text = data.decode().removeprefix("\ufeff")
    if suffix == ".toml":
        return tomli.loads(text)
    return dict(json.loads(text)) if text.strip() else {}


@contextmanager
def no_hang() -> Iterator[None]:
    """Stop a command after a minute, so that it exits with 70 and the test fails."""

    def stop(*_: object) -> None:
        raise AssertionError("it hangs")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(60)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RENEWCTL_AS_OF", "2026-11-23")


# ------------------------------------------------------------------ the tests

UNUSUAL = {"dotted.toml", "inline.toml", "split.toml"}
"""Stores of a layout that is read, and rewritten before it is changed."""


@pytest.mark.parametrize("store", [*SMALL, *LARGE])
def test_every_command_works_on_undamaged_files(store: str, run: Callable) -> None:
    """Otherwise the mutants would prove nothing."""
    path = Path("store" + Path(store).suffix)
    data = original(store)
    client = LARGE.get(store, "acme.example")
    for argv in (
        ("who", "-o", "json"),
        ("explain", client),
        ("override", client, "--owner", "partner", "--notify", "ana@agency.example", "--yes"),
        ("client", "remove", client, "--yes"),
        ("set-default", "--owner", "hubspot", "--notify", "none", "--yes"),
    ):
        path.write_bytes(data)
        if run(*argv, "--store", str(path)).status:
            assert store in UNUSUAL
            assert run("migrate", "--layout", "--store", str(path)).status == 0
            assert run(*argv, "--store", str(path)).status == 0, argv
            Path(f"{path}.layout.bak").unlink()


def test_mutants_are_reproducible() -> None:
    """Most of them differ from the original, and some are still valid."""
    assert mutant("headers.toml", 3) == mutant("headers.toml", 3)
    mutants = {mutant(store, number) for store in SMALL for number in range(20)}
    assert len(mutants) > 15 * len(SMALL)


@pytest.mark.parametrize("store", SMALL)
def test_damaged_stores(store: str, run: Callable) -> None:
    for number in range(SHORT):
        Store(store, number, run).check()


@pytest.mark.soak
@pytest.mark.parametrize("store", [*SMALL, *LARGE])
def test_many_damaged_stores(store: str, run: Callable) -> None:
    for number in range(SHORT, LONG_LARGE if store in LARGE else LONG):
        Store(store, number, run).check()


@pytest.mark.skipif(not REPLAY, reason="no mutant is named by RENEWCTL_MUTANT")
def test_one_mutant(run: Callable) -> None:
    store, number = REPLAY.split(":")
    Store(store, int(number), run).check()
