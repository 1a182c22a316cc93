"""TOML documents: positions, exact edits, refusals and random edits."""

import random
import time
from datetime import UTC, date, datetime
from typing import Any

import pytest
import tomli
import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from renewctl.domain import paths
from renewctl.domain.paths import is_same
from renewctl.errors import InternalError, StoreInvalid, UnsupportedLayout, UsageError
from renewctl.formats.toml import codec
from renewctl.formats.toml import writer as toml_writer
from renewctl.model import Change
from renewctl.store.document import Document


class TomlDocument(Document):
    """A TOML document whose edits are compared as text."""

    def __init__(self, text: str) -> None:
        super().__init__(text, codec)

    def edit(self, changes: list[Change]) -> str:  # type: ignore[override]
        return super().edit(changes).text


# --- random documents ---------------------------------------------------------------------------

LONG = 10_000
LAYOUTS = ("header", "subtable", "aot", "dotted", "inline", "split")
ORDINARY = {"header", "subtable", "aot"}
KEYS = ("acme.example", "b", "c-d.example", 'q"uote', "é.example", "dot.ted.example")
MAILS = ("a@x.example", "b@x.example", "c@x.example", "d@x.example")
ROLES = (["primary"], ["billing", "decision-maker"], [])
TRICKY = ("plain", "[clients.b]", "# no comment", 'say "x"', "tab\tand\nline", "\x00\x1f", "ü€😀", "\\", "'")


def contact(rng: random.Random, mail: str) -> dict[str, Any]:
    item: dict[str, Any] = {"email": mail}
    if rng.random() < 0.5:
        item["name"] = rng.choice(TRICKY)
    if rng.random() < 0.7:
        item["roles"] = list(rng.choice(ROLES))
    if rng.random() < 0.2:
        item["active"] = False
    return item


def renewal(rng: random.Random, product: str) -> dict[str, Any]:
    item: dict[str, Any] = {"date": date(2027, rng.randint(1, 12), rng.randint(1, 28))}
    if product:
        item["product"] = product
    return item


def override(rng: random.Random) -> dict[str, Any]:
    value: dict[str, Any] = {"owner": rng.choice(["hubspot", "partner"])}
    if rng.random() < 0.6:
        value["notify"] = rng.choice(MAILS)
    if rng.random() < 0.3:
        value["note"] = rng.choice(TRICKY)
    return value


def client(rng: random.Random) -> dict[str, Any]:
    value: dict[str, Any] = {}
    if rng.random() < 0.7:
        value["name"] = rng.choice(TRICKY)
    if rng.random() < 0.5:
        value["hub_id"] = rng.randint(0, 9)
    if rng.random() < 0.7:
        value["contacts"] = [contact(rng, mail) for mail in rng.sample(MAILS, rng.randint(0, 3))]
    if rng.random() < 0.6:
        products = rng.sample(["", "Sales Hub", "Ops"], rng.randint(0, 2))
        value["renewals"] = [renewal(rng, product) for product in products]
    if rng.random() < 0.5:
        value["override"] = override(rng)
    if rng.random() < 0.2:
        value["x-odd"] = rng.choice(
            [1, 1.0, True, [1, [2]], {"a": {"b": 1}}, datetime(2027, 1, 2, 3, 4, tzinfo=UTC)]
        )
    return value


class Writer:
    """Writes clients in one layout; comments and strings contain the client's name."""

    def __init__(self, rng: random.Random, eol: str) -> None:
        self.rng, self.eol, self.marks = rng, eol, 0

    def comment(self, owner: str, chance: float = 0.3) -> str:
        if self.rng.random() >= chance:
            return ""
        self.marks += 1
        return f"# {owner} {self.marks} [clients.b] \"quote' = {{"

    def value(self, value: Any, owner: str) -> str:
        tight = self.rng.random() < 0.3
        if isinstance(value, list) and value and self.rng.random() < 0.6:
            lines = []
            for index, item in enumerate(value):
                comma = "," if index + 1 < len(value) or self.rng.random() < 0.7 else ""
                above, neighbor = self.comment(owner), self.comment(owner)
                lines += [f"  {above}"] * bool(above) + [f"    {self.value(item, owner)}{comma} {neighbor}"]
            return "\n".join([f"[ {self.comment(owner)}", *lines, "  ]"])
        if isinstance(value, dict) and value:
            inner = (", ", ",")[tight].join(
                f"{toml_writer.format_key(k)}{('=', ' = ')[not tight]}{self.flat(v)}"
                for k, v in value.items()
            )
            return f"{{{inner}}}" if tight else f"{{ {inner} }}"
        return self.flat(value)

    def flat(self, value: Any) -> str:
        if isinstance(value, str) and "'" not in value and value.isprintable() and self.rng.random() < 0.4:
            return f"'{value}'"
        if isinstance(value, str) and self.rng.random() < 0.08:
            return f'"""\n{toml_writer.quote(value)[1:-1]}"""'
        return toml_writer.format_value(value)

    def pair(self, prefix: str, key: str, value: Any, owner: str) -> list[str]:
        above = self.comment(owner, 0.15)
        line = (
            f"{prefix}{toml_writer.format_key(key)} = {self.value(value, owner)} {self.comment(owner, 0.2)}"
        )
        return [above] * bool(above) + [line.rstrip(" ")]

    def blank(self) -> list[str]:
        return [""] * self.rng.choice([0, 1, 1, 1, 2])

    def key(self, name: str) -> str:
        forms = [toml_writer.quote(name), toml_writer.format_key(name), f"'{name}'"]
        forms.append('"' + "".join(f"\\u{ord(c):04x}" for c in name) + '"')
        return self.rng.choice(forms)

    def tables(self, name: str, data: dict[str, Any], layout: str) -> list[str]:
        key = self.key(name)
        heading = [self.comment(name, 1) for _ in range(self.rng.randint(0, 2))]
        lines = [*heading, f"{self.rng.choice(['', '', '  '])}[clients.{key}]"]
        later: list[str] = []
        for field, value in data.items():
            if layout == "subtable" and isinstance(value, dict):
                later += [*self.blank(), self.comment(name), f"[clients.{key}.{field}]"]
                later += [line for k, v in value.items() for line in self.pair("", k, v, name)]
            elif layout == "aot" and field in paths.IDENTITY and value:
                for item in value:
                    later += [*self.blank(), self.comment(name), f"[[clients.{key}.{field}]]"]
                    later += [line for k, v in item.items() for line in self.pair("", k, v, name)]
            else:
                lines += self.pair("", field, value, name)
        if later and len(lines) == len(heading) + 1 and self.rng.random() < 0.5:
            lines.pop()  # a table that only its sub-tables name
        return [*lines, *later, *self.blank()]

    def document(self, clients: dict[str, dict[str, Any]], layout: str) -> str:
        lines = ["# the store", "", "version = 1", *self.blank()]
        if layout == "inline":
            flat = ", ".join(f"{self.key(k)} = {self.flat(v)}" for k, v in clients.items())
            lines += [f"clients = {{ {flat} }} {self.comment('store')}"]
        elif layout == "dotted":
            lines += ["[clients]"] if (under := self.rng.random() < 0.5) else []
            for name, data in clients.items():
                prefix = f"{'' if under else 'clients.'}{self.key(name)}."
                lines += [line for k, v in data.items() for line in self.pair(prefix, k, v, name)]
                lines += self.blank()
        else:
            if self.rng.random() < 0.7:
                lines += ["# of all", "[defaults]", 'owner = "hubspot" # neighbor', *self.blank()]
            blocks = [self.tables(k, v, layout) for k, v in clients.items()]
            lines += [line for block in blocks for line in block]
            if layout == "split":
                lines += [
                    line
                    for name in clients
                    if self.rng.random() < 0.6
                    for line in (f"[clients.{self.key(name)}.x-more]", "deep = 1", *self.blank())
                ]
        lines += ["# the end"] if self.rng.random() < 0.4 else []
        text = self.eol.join("\n".join(lines).split("\n"))
        return text + self.eol * self.rng.choice([0, 1, 1, 2])


def random_change(rng: random.Random, data: dict[str, Any]) -> Change:
    clients = data.get("clients", {})
    name = rng.choice([*clients, *clients, "new.example"])
    path = ("clients", name)
    if name not in clients:
        return Change(path, client(rng))
    mail, product = rng.choice(MAILS), rng.choice(["", "Sales Hub", "Ops", "New"])
    field, value = rng.choice([("hub_id", 7), ("name", "New"), ("contacts_checked", date(2027, 1, 1))])
    changes = [
        Change(path, client(rng)),
        Change(path, None),
        Change(path, "renamed.example", renamed=True),
        Change((*path, "contacts", mail), contact(rng, mail)),
        Change((*path, "contacts", mail), None),
        Change((*path, "renewals", product), renewal(rng, product)),
        Change((*path, "renewals", product), None),
        Change((*path, "override"), rng.choice([None, override(rng)])),
        Change((*path, "override", rng.choice(["owner", "note"])), rng.choice([None, "x", "partner"])),
        Change((*path, "contacts"), [contact(rng, mail) for mail in rng.sample(MAILS, 2)]),
        Change(("defaults", "owner"), rng.choice(["hubspot", "partner"])),
        Change((*path, field), rng.choice([None, value, value])),
    ]
    if paths.get(data, (*path, "contacts", mail)):
        changes += [Change((*path, "contacts", mail, "roles"), rng.choice([None, ["primary"]]))] * 2
    return rng.choice(changes)


def own_names(changes: list[Change]) -> set[str]:
    names = {change.path[1] for change in changes if change.path[0] == "clients"}
    return names | {"renamed.example"}


def foreign_comments(text: str, names: set[str]) -> list[str]:
    """Return the marked comments of clients that are not in ``names``."""
    found = []
    for line in text.split("\n"):
        at = line.rfind("# ")
        mark = line[at:].rstrip("\r") if at >= 0 and line.rstrip("\r").endswith("= {") else ""
        if mark and mark.split()[1] not in names:
            found.append(mark)
    return found


def one_random_edit(seed: int) -> str:
    """Make a document and an edit, check the result, and return layout and outcome."""
    rng = random.Random(seed)
    layout = rng.choice(LAYOUTS)
    names = rng.sample(KEYS, rng.randint(1, 4))
    writer = Writer(rng, rng.choice(["\n", "\n", "\r\n"]))
    text = writer.document({name: client(rng) for name in names}, layout)
    document = TomlDocument(text)
    changes: list[Change] = []
    for _ in range(rng.choice([1, 1, 2, 4])):
        changes.append(random_change(rng, paths.apply_changes(document.data, changes)))
    try:
        new = document.edit(changes)
    except UnsupportedLayout:
        return f"{layout} refused"
    expected = paths.apply_changes(document.data, changes)
    if layout in ORDINARY:
        assert tomlkit.parse(new).unwrap() == tomli.loads(new), "another parser reads the same"
    assert is_same(*({"clients": {}, **data} for data in (tomli.loads(new), expected))), (
        seed,
        text,
        new,
    )
    touched = own_names(changes)
    assert foreign_comments(text, touched) == foreign_comments(new, touched), (seed, text, new)
    if "\r\n" in text:
        assert new.count("\n") == new.count("\r\n"), seed
    if layout in ORDINARY and all(change.path[0] == "clients" for change in changes):
        pos = 0
        for block in _blocks(text, touched):
            pos = new.index(block, pos) + len(block)
    for path in [("clients", name, field) for name in names for field in ("contacts", "override", "none")]:
        line, column = document.locate(path)
        assert 1 <= line <= text.count("\n") + 1
        assert column >= 1
    return f"{layout} {'unchanged' if new == text else 'made'}"


def _blocks(text: str, touched: set[str]) -> list[str]:
    found = [entry for entry in codec.entries(text) if entry.path and entry.path[-1] not in touched]
    return [entry.text.rstrip("\r\n") for entry in found]


@given(st.integers(min_value=0, max_value=10**9))
def test_random_edits_change_only_what_was_asked(seed: int) -> None:
    outcome = one_random_edit(seed)
    assert outcome.split()[0] not in ORDINARY or not outcome.endswith("refused"), (seed, outcome)


# --- edits to the letter ------------------------------------------------------------------------

STORE = """\
version = 1

[defaults]
owner = "hubspot"                # who owns
notify = "ana@agency.example"

# about Acme
[clients."acme.example"]   # a key partner
name = "Acme [clients.b] # not a comment"
contacts = [
  # the boss
  { email = "paula@acme.example", roles = ["primary"] },  # call first
  { email = "fin@acme.example", roles = ["billing"] },    # on leave
  # nobody else
]
override = { owner = "partner", notify = "ana@agency.example" } # by phone
# loose

# about B
[clients.b]
name = "B"
# the end
"""
ACME = ("clients", "acme.example")
ANA = "ana@agency.example"
OVERRIDE = 'override = { owner = "partner", notify = "ana@agency.example" } # by phone\n'
NOBODY = "  # nobody else\n"
FIN = '  { email = "fin@acme.example", roles = ["billing"] },    # on leave\n'
PAULA = '  { email = "paula@acme.example", roles = ["primary"] },  # call first\n'
EDITS: dict[str, tuple[list[Change], str, str]] = {
    "value": ([Change(("defaults", "owner"), "partner")], 'owner = "hubspot" ', 'owner = "partner" '),
    "top key": ([Change(("version",), 2)], "version = 1", "version = 2"),
    "new top key": ([Change(("x-note",), "n")], "version = 1\n", 'version = 1\nx-note = "n"\n'),
    "override replaced": (
        [Change((*ACME, "override"), {"owner": "hubspot", "note": "n"})],
        OVERRIDE,
        'override = { owner = "hubspot", note = "n" } # by phone\n',
    ),
    "override removed": ([Change((*ACME, "override"), None)], OVERRIDE, "\n"),
    "key in the fields' order": ([Change((*ACME, "hub_id"), 4)], 'comment"\n', 'comment"\nhub_id = 4\n'),
    "key below loose comments": (
        [Change((*ACME, "in_hubspot"), {"owner": "default", "on": date(2026, 10, 2)})],
        "# loose\n",
        '# loose\n\nin_hubspot = { owner = "default", on = 2026-10-02 }\n',
    ),
    "first contacts": (
        [Change(("clients", "b", "contacts", "x@b"), {"email": "x@b", "name": "X"})],
        "# the end\n",
        '# the end\n\ncontacts = [\n  { email = "x@b", name = "X" },\n]\n',
    ),
    "contact added": (
        [Change((*ACME, "contacts", "n@acme"), {"email": "n@acme"})],
        NOBODY,
        NOBODY + '\n  { email = "n@acme" },\n',
    ),
    "contact removed": ([Change((*ACME, "contacts", "fin@acme.example"), None)], FIN, "\n"),
    "first contact removed": (
        [Change((*ACME, "contacts", "paula@acme.example"), None)],
        "  # the boss\n" + PAULA,
        "",
    ),
    "contact changed": (
        [Change((*ACME, "contacts", "fin@acme.example", "roles"), ["billing", "primary"])],
        '"billing"]',
        '"billing", "primary"]',
    ),
    "contact's new key": (
        [Change((*ACME, "contacts", "fin@acme.example", "name"), "F\x1b")],
        'fin@acme.example", roles',
        'fin@acme.example", name = "F\\u001B", roles',
    ),
    "all contacts": (
        [Change((*ACME, "contacts"), [])],
        "  # the boss\n" + PAULA + FIN,
        "",
    ),
    "client removed": (
        [Change(ACME, None)],
        STORE[STORE.index("\n# about Acme") : STORE.index("# loose")],
        "\n",
    ),
    "last client removed": ([Change(("clients", "b"), None)], '# about B\n[clients.b]\nname = "B"\n', ""),
    "renamed": (
        [Change(ACME, "acme", renamed=True)],
        '[clients."acme.example"]   #',
        "[clients.acme]   #",
    ),
    "renamed and changed": (
        [Change(("clients", "b"), "b.example", renamed=True), Change(("clients", "b.example", "name"), "C")],
        '[clients.b]\nname = "B"',
        '[clients."b.example"]\nname = "C"',
    ),
    "new client": (
        [Change(("clients", "c"), {"override": {"notify": ANA, "owner": "partner"}, "name": "C"})],
        "# the end\n",
        f'# the end\n\n[clients.c]\nname = "C"\noverride = {{ owner = "partner", notify = "{ANA}" }}\n',
    ),
    "new user": (
        [Change(("users", ANA), {"name": "Ana", "active": False})],
        f'notify = "{ANA}"\n\n#',
        f'notify = "{ANA}"\n\n[users."{ANA}"]\nname = "Ana"\nactive = false\n\n#',
    ),
    "new policy": (
        [Change(("policy", "deadline_days"), 30)],
        f'notify = "{ANA}"\n\n#',
        f'notify = "{ANA}"\n\n[policy]\ndeadline_days = 30\n\n#',
    ),
    "several": (
        [Change(("clients", "b", "name"), "C"), Change(("clients", "b", "hub_id"), 1)],
        'name = "B"\n# the end\n',
        'name = "C"\n# the end\n\nhub_id = 1\n',
    ),
    "nothing": ([Change(("defaults", "owner"), "hubspot"), Change(("clients", "no"), None)], "", ""),
}


@pytest.mark.parametrize("eol", ["\n", "\r\n"])
@pytest.mark.parametrize("name", EDITS)
def test_an_edit_changes_only_these_characters(name: str, eol: str) -> None:
    changes, old, new = EDITS[name]
    assert not old or STORE.count(old) == 1
    wanted = STORE.replace(old, new, 1) if old else STORE
    got = TomlDocument(STORE.replace("\n", eol)).edit(changes)
    assert got == wanted.replace("\n", eol)


SUB = """\
[clients.a]
name = "A"

# why
[clients.a.override]
owner = "hubspot"  # so it is

# Paula
[[clients.a.contacts]]
email = "p@a"

# Fin
[[clients.a.contacts]]
email = "f@a"
# loose

[clients.b]
"""
NEW_DEFAULTS = [Change(("defaults",), {"notify": ANA, "owner": "partner"})]
DEFAULTS = f'[defaults]\nowner = "partner"\nnotify = "{ANA}"\n'
LAYOUT_EDITS = [
    # a table of its own: keys are merged, its comments stay
    (
        SUB,
        [Change(("clients", "a", "override"), {"owner": "partner", "note": "n"})],
        SUB.replace('"hubspot"  # so it is\n', '"partner"  # so it is\nnote = "n"\n'),
    ),
    (
        SUB,
        [Change(("clients", "a", "override"), None)],
        SUB.replace('\n# why\n[clients.a.override]\nowner = "hubspot"  # so it is\n', ""),
    ),
    (SUB, [Change(("clients", "a", "hub_id"), 1)], SUB.replace('"A"\n', '"A"\nhub_id = 1\n')),
    (
        SUB,
        [Change(("clients", "a", "contacts", "p@a"), None)],
        SUB.replace('\n# Paula\n[[clients.a.contacts]]\nemail = "p@a"\n', ""),
    ),
    (
        SUB,
        [Change(("clients", "a", "contacts", "n@a"), {"email": "n@a"})],
        SUB.replace("# loose\n", '# loose\n\n[[clients.a.contacts]]\nemail = "n@a"\n'),
    ),
    (
        SUB,
        [Change(("clients", "a", "contacts", "f@a", "roles"), ["billing"])],
        SUB.replace("# loose\n", '# loose\n\nroles = ["billing"]\n'),
    ),
    (
        SUB,
        [Change(("clients", "a"), "z z", renamed=True)],
        SUB.replace("clients.a", 'clients."z z"'),
    ),
    # The only sub-table is removed, and the table itself must stay.
    ("[clients.a.override]\nowner = 1\n", [Change(("clients", "a", "override"), None)], "[clients.a]\n"),
    # dotted keys within a block
    (
        "[clients.a]\noverride.owner = 'hubspot' # c\n",
        [Change(("clients", "a", "override", "note"), "n")],
        "[clients.a]\noverride.owner = 'hubspot' # c\noverride.note = \"n\"\n",
    ),
    # no final newline
    ("[clients.a]", [Change(("clients", "a", "name"), "A")], '[clients.a]\nname = "A"'),
    ("[clients.a]", [Change(("clients", "b"), {"name": "B"})], '[clients.a]\n\n[clients.b]\nname = "B"'),
    ("version = 1", NEW_DEFAULTS, "version = 1\n\n" + DEFAULTS.rstrip()),
    ("", NEW_DEFAULTS, DEFAULTS),
    ("# hello\n", NEW_DEFAULTS, "# hello\n\n" + DEFAULTS),
    (
        "#:schema s.json\n\n# of a\n[clients.a]\n",
        NEW_DEFAULTS,
        f"#:schema s.json\n\n{DEFAULTS}\n# of a\n[clients.a]\n",
    ),
    ("version = 1\n# a\n[clients.a]\n", NEW_DEFAULTS, f"version = 1\n\n{DEFAULTS}\n# a\n[clients.a]\n"),
    # a string of several lines that reads like headers and comments
    (
        'a = """\n[clients.b]\n# x"""\n[clients.b]\nname = "B"\n',
        [Change(("clients", "b"), None)],
        'a = """\n[clients.b]\n# x"""\n',
    ),
    # arrays of arrays have lines that read like headers
    (
        '[defaults]\nx = [\n["clients"],\n["y"]\n]\n[y]\nowner = 1\n',
        [Change(("y", "owner"), 2)],
        '[defaults]\nx = [\n["clients"],\n["y"]\n]\n[y]\nowner = 2\n',
    ),
    # one value in three clothes
    ("[policy]\nx = 1\n", [Change(("policy", "x"), True)], "[policy]\nx = true\n"),
    ("[policy]\nx = 1\n", [Change(("policy", "x"), 1.0)], "[policy]\nx = 1.0\n"),
    # lists on one line stay there; brackets without a trailing comma, too
    (
        "[clients.a]\ncontacts = [{email='a'}, {email='b'}]\n",
        [
            Change(("clients", "a", "contacts", "a"), None),
            Change(("clients", "a", "contacts", "c"), {"email": "c"}),
        ],
        "[clients.a]\ncontacts = [{email='b'}, { email = \"c\" }]\n",
    ),
    (
        "[clients.a]\ncontacts = [\n  {email='a'}, # A\n  {email='b'} # B\n]\n",
        [Change(("clients", "a", "contacts", "b"), None)],
        "[clients.a]\ncontacts = [\n  {email='a'} # A\n]\n",
    ),
    (
        "[clients.a]\ncontacts = [\n  {email='a'} # A\n]\n",
        [Change(("clients", "a", "contacts", "b"), {"email": "b"})],
        "[clients.a]\ncontacts = [\n  {email='a'}, # A\n  { email = \"b\" }\n]\n",
    ),
    # A list on several lines that lost its last item is empty, unless a free comment is left.
    (
        "[clients.a]\ncontacts = [\n  {email='a'}, # A\n]\n",
        [Change(("clients", "a", "contacts", "a"), None)],
        "[clients.a]\ncontacts = []\n",
    ),
    (
        "[clients.a]\ncontacts = [\n  # C\n\n  {email='a'}, # A\n]\n",
        [Change(("clients", "a", "contacts", "a"), None)],
        "[clients.a]\ncontacts = [\n  # C\n\n]\n",
    ),
    # Comments left in a list without items are free, and do not end up directly above a new item.
    (
        "[clients.a]\ncontacts = [ # C\n  # A\n]\n",
        [Change(("clients", "a", "contacts", key), {"email": key}) for key in "bc"],
        '[clients.a]\ncontacts = [ # C\n  # A\n\n  { email = "b" },\n  { email = "c" },\n]\n',
    ),
    (
        "[clients.a]\r\nx = [\r\n\r\n# X\r\n# Y\r\n  ]\r\n",
        [Change(("clients", "a", "x"), [1])],
        "[clients.a]\r\nx = [\r\n  1,\r\n\r\n# X\r\n# Y\r\n  ]\r\n",
    ),
    # a new table above the others leaves these as they are
    (
        SUB,
        [Change(("clients", "a", "contacts"), [{"email": "n@a"}, {"email": "p@a"}, {"email": "f@a"}])],
        SUB.replace("# Paula\n", '[[clients.a.contacts]]\nemail = "n@a"\n\n# Paula\n'),
    ),
    # statements that go one by one take the comments above them along
    (
        "[clients.a]\no.x = 1\n# why\no.y = 2\nz = 1\n",
        [Change(("clients", "a", "o"), None)],
        "[clients.a]\nz = 1\n",
    ),
    # items that share a line share its comment
    (
        "[clients.a]\nx = [\n  1, 2, # A\n  3, # B\n]\n",
        [Change(("clients", "a", "x"), [1, 3])],
        "[clients.a]\nx = [\n  1, # A\n  3, # B\n]\n",
    ),
    (
        "[clients.a]\nx = [\n  1, 2, # A\n  3, 4, # B\n]\n",
        [Change(("clients", "a", "x"), [2])],
        "[clients.a]\nx = [\n  2, # A\n]\n",
    ),
    (
        "[clients.a]\nx = [1, # A\n  2,\n]\n",
        [Change(("clients", "a", "x"), [2])],
        "[clients.a]\nx = [ # A\n  2,\n]\n",
    ),
    (
        "[clients.a]\nx = [1,\n  2,\n]\n",
        [Change(("clients", "a", "x"), [0, 1, 2])],
        "[clients.a]\nx = [0, 1,\n  2,\n]\n",
    ),
    (
        "[clients.a]\nx = {\n  a = 1, c = 2, # A\n  # above\n  z = 3,\n}\n",
        [Change(("clients", "a", "x"), {"a": 1, "z": 3, "y": 4})],
        "[clients.a]\nx = {\n  a = 1, # A\n  # above\n  z = 3,\n  y = 4,\n}\n",
    ),
    # the comment at the end of a line is about all items on it
    (
        "[clients.a]\ncontacts = [\n  {email='a'}, {email='b'}, # A and B\n]\n",
        [Change(("clients", "a", "contacts", "b"), None)],
        "[clients.a]\ncontacts = [\n  {email='a'}, # A and B\n]\n",
    ),
    (
        "[clients.a]\ncontacts = [\n  {email='a'}, {email='b'}, # A and B\n]\n",
        [Change(("clients", "a", "contacts", "a"), None)],
        "[clients.a]\ncontacts = [\n  {email='b'}, # A and B\n]\n",
    ),
    (
        "[clients.a]\ncontacts = [\n  {email='a'}, {email='b'} # A and B\n]\n",
        [Change(("clients", "a", "contacts", "b"), None)],
        "[clients.a]\ncontacts = [\n  {email='a'} # A and B\n]\n",
    ),
    (
        "[clients.a]\ncontacts = [\n  {email='a'}, {email='b'}, # A and B\n]\n",
        [Change(("clients", "a", "contacts"), [])],
        "[clients.a]\ncontacts = []\n",
    ),
    # the last one of all
    ("version = 1\n\n[clients.a]\n", [Change(("clients", "a"), None)], "version = 1\n"),
    # mixed line endings: new lines follow the majority
    (
        "version = 1\r\n[clients.a]\r\nx = 1\n",
        [Change(("clients", "a", "y"), 1)],
        "version = 1\r\n[clients.a]\r\nx = 1\ny = 1\r\n",
    ),
    (
        'defaults = { owner = "x" } # c\n',
        [Change(("defaults", "owner"), "y")],
        'defaults = { owner = "y" } # c\n',
    ),
]


@pytest.mark.parametrize(("text", "changes", "wanted"), LAYOUT_EDITS)
def test_an_edit_in_another_layout(text: str, changes: list[Change], wanted: str) -> None:
    assert TomlDocument(text).edit(changes) == wanted


@pytest.mark.parametrize(
    ("place", "there"),
    [
        ("", "e c b"),
        ("d", "b c d e"),
        ("b-x d", "b b-x c d e"),
        ("f g", "b c e f g"),
        ("d a", "d a e c b"),
        ("f k a l m n o p q r", "f k a b c e l m n o p q r"),
    ],
)
def test_new_clients_are_inserted_in_key_order(place: str, there: str) -> None:
    """Otherwise they go to the end. One in ten keys can be out of order."""
    text = "\n".join(f"# of {key}\n[clients.{key}]\n\n# loose" for key in place.split())
    text = text.partition("\n")[2]  # a comment above the first could be the heading of all
    new = TomlDocument(text).edit([Change(("clients", key), {"hub_id": 1}) for key in "ecb"])
    assert [*tomli.loads(new)["clients"]] == there.split()
    assert "\n\n\n" not in new
    for key in "ecb":
        assert f"\n\n[clients.{key}]\nhub_id = 1\n" in f"\n\n{new}"
    for key in place.split()[1:]:
        assert f"# of {key}\n[clients.{key}]\n" in new


@pytest.mark.parametrize(
    "text",
    ["[clients.d]\n\n[clients.e]\n\n[clients.d.override]\nowner = 'hubspot'\n"],
)
def test_new_clients_go_to_the_end_in_an_unusual_layout(text: str) -> None:
    new = TomlDocument(text).edit([Change(("clients", key), {"hub_id": 1}) for key in "cb"])
    assert new == text + "\n[clients.c]\nhub_id = 1\n\n[clients.b]\nhub_id = 1\n"


# --- refusals and guards ------------------------------------------------------------------------

SPLIT = "version = 1\n[clients.a]\nx = 1\n[clients.b]\n[clients.a.c]\ny = 1\n"
REFUSED = {
    "split": SPLIT,
    "dotted": "[clients]\na.x = 1 # A\nb.x = 1 # B\n",
    "dotted at the top": "clients.a.x = 1\nclients.b.x = 2\n",
    "one line": "clients = { a = { x = 1 } } # c\n",
    "a line each": "[clients]\na = { x = 1 } # A\nb = { x = 1 }\n",
    "in two ways": "[clients]\na.x = 1\n\n[clients.a.c]\ny = 1\n",
}


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize(
    "change",
    [
        Change(("clients", "a", "x"), 2),
        Change(("clients", "a"), None),
        Change(("clients", "a"), "z", renamed=True),
    ],
)
def test_an_entry_that_is_not_one_block_is_refused_with_a_hint_that_works(name: str, change: Change) -> None:
    document = TomlDocument(REFUSED[name])
    with pytest.raises(UnsupportedLayout) as refusal:
        document.edit([change])
    (problem,) = refusal.value.problems
    assert problem.path == ("clients", "a")
    assert "migrate --layout" in refusal.value.hint
    usual = TomlDocument(document.reformat().text)
    assert is_same(usual.data, document.data)
    assert usual.edit([change]) != usual.text
    assert usual.reformat().text == usual.text


LAYOUT = """\
# ours

# all of them
[clients] # by name
# about A
"a.example" = { name = "A", x-n = 1.0 } # A
b.name = "B" # B
# why
b.override.owner = "hubspot" # so
b.override.note = "n" # because
# of b
b.contacts = [ # both
  # Paula
  { email = "p@b" }, # first
]

# the default
[defaults]
owner = "hubspot" # who

# free

[[clients.c.contacts]] # C
email = "c@c" # mail
# end
"""
REWRITTEN = """\
# the default
[defaults]
owner = "hubspot" # who

# ours
# all of them
# by name

# about A
[clients."a.example"]  # A
name = "A"
x-n = 1.0

[clients.b]
name = "B"  # B
# of b
contacts = [  # both
  # Paula
  { email = "p@b" },  # first
]
# why
# so
# because
override = { owner = "hubspot", note = "n" }

# free

[[clients.c.contacts]] # C
email = "c@c" # mail

# end
"""


def test_a_rewritten_layout_keeps_free_comments_at_the_keys() -> None:
    new = TomlDocument("clients.a.x = 1\n\n# three\n\nclients.a.y = 1\n").reformat().text
    assert new == "[clients.a]\nx = 1\n# three\ny = 1\n"


def test_a_rewritten_layout_keeps_the_text_of_blocks() -> None:
    block = '[clients.a]\nname = "A" # A\n\n# free\n\n# why\n[clients.a.override]\nowner = "hubspot"\n'
    made = TomlDocument(f'{block}\n[clients]\nb = {{ name = "B" }}\n').reformat().text
    assert made == f'{block}\n[clients.b]\nname = "B"\n'


def test_a_rewritten_layout_keeps_every_comment_at_its_key() -> None:
    assert TomlDocument(LAYOUT).reformat().text == REWRITTEN
    assert tomli.loads(LAYOUT) == tomli.loads(REWRITTEN)


@pytest.mark.parametrize(
    "above",
    [
        'defaults.owner = "hubspot"  # dotted\ndefaults.notify = "a@b.c"\nx-own.n = 1\n',
        'x-own = { n = 1 }  # inline\ndefaults = { owner = "hubspot" }\npolicy = {}\nusers = {}\n',
        '[[x-list]]\nn = 1\n\n# second\n[[x-list]]\n\n[defaults]\nowner = "hubspot"\n\n[x-own]\n',
    ],
)
def test_a_rewritten_layout_keeps_tables_without_headers_and_lists_with_headers(
    above: str,
) -> None:
    text = "version = 1\n" + above + "[clients]\na = { x = 1 } # A\n\n[clients.b]\n"
    document = TomlDocument(text)
    new = TomlDocument(document.reformat().text)
    assert is_same(new.data, document.data)
    assert all(line in new.text for line in above.splitlines())
    assert new.reformat().text == new.text
    assert TomlDocument(new.edit([Change(("clients", "a", "x"), 2)])).data["clients"]["a"] == {"x": 2}


def test_a_layout_with_many_comments_is_rewritten_in_linear_time() -> None:
    items = "".join(f'# above {n}\n{{ email = "{n}@a" }}, # neighbor {n}\n' for n in range(LONG))
    fields = "".join(f"a.x-{n} = 1 # {n}\n" for n in range(LONG))
    document = TomlDocument(f"[clients]\na.contacts = [\n{items}]\n{fields}")
    begun = time.process_time()
    assert document.reformat().text.count("#") == 3 * LONG
    assert time.process_time() - begun < 3  # in quadratic time, half a minute


@pytest.mark.parametrize("eol", ["\n", "\r\n"])
@pytest.mark.parametrize("marker", ["{}", "{ }", "{} # none", "{ } # {}"])
def test_the_first_client_replaces_an_empty_table_and_comments_stay(marker: str, eol: str) -> None:
    text = f"# ours\nclients = {marker}\n\n[defaults]\nowner = 'hubspot'\n".replace("\n", eol)
    new = TomlDocument(text).edit([Change(("clients", "a"), {"hub_id": 1})])
    neighbor = marker[marker.index("}") + 1 :].strip()
    above = "\n".join(filter(None, ["# ours", neighbor]))
    wanted = f"{above}\n\n[defaults]\nowner = 'hubspot'\n\n[clients.a]\nhub_id = 1\n"
    assert new == wanted.replace("\n", eol)


def test_a_lone_surrogate_is_refused() -> None:
    with pytest.raises(UsageError):
        TomlDocument("").edit([Change(("x",), "\ud800")])


@pytest.mark.parametrize("written", ['"wrong"', "= =", "3.0"])
def test_text_with_other_data_is_not_written(written: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(toml_writer, "format_value", lambda value: written)
    with pytest.raises(InternalError, match="the new text"):
        TomlDocument("[clients.a]\nx = 1\n").edit([Change(("clients", "a", "x"), 3)])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1", "true"),
        ("1", "1.0"),
        ("0.0", "-0.0"),
        ("2027-01-01", "2027-01-01T00:00:00"),
        ("2027-01-01T01:00:00+01:00", "2027-01-01T00:00:00+00:00"),
        ("[1]", "[1, 1]"),
        ("{ a = 1 }", "{ b = 1 }"),
    ],
)
def test_values_that_are_equal_in_python_but_not_in_toml_are_distinguished(one: str, other: str) -> None:
    values = [tomli.loads(f"k = {text}")["k"] for text in (one, other, one)]
    assert not is_same(values[0], values[1])
    assert is_same(values[0], values[2])


# --- positions ----------------------------------------------------------------------------------

POSITIONS = [
    (STORE, ("version",), "version"),
    (STORE, ("defaults",), "[defaults]"),
    (STORE, ("defaults", "notify"), "notify ="),
    (STORE, ("defaults", "none"), "[defaults]"),
    (STORE, ACME, '[clients."acme'),
    (STORE, (*ACME, "contacts"), "contacts ="),
    (STORE, (*ACME, "contacts", "fin@acme.example"), '{ email = "fin'),
    (STORE, (*ACME, "contacts", "fin@acme.example", "roles"), 'roles = ["billing"'),
    (STORE, (*ACME, "contacts", "fin@acme.example", "roles", "0"), '"billing"]'),
    (STORE, (*ACME, "contacts", "1", "name"), '{ email = "fin'),
    (STORE, (*ACME, "contacts", "nobody"), "contacts ="),
    (STORE, (*ACME, "override", "notify"), 'notify = "ana@agency.example" }'),
    (STORE, ("clients", "b", "renewals"), "[clients.b]\n"),
    (SUB, ("clients", "a", "override"), "[clients.a.override]"),
    (SUB, ("clients", "a", "contacts"), '[[clients.a.contacts]]\nemail = "p'),
    (SUB, ("clients", "a", "contacts", "f@a"), '[[clients.a.contacts]]\nemail = "f'),
    (SUB, ("clients", "a", "contacts", "f@a", "email"), 'email = "f'),
    ("[clients.\"\\u0061\"]\n'name' = 1", ("clients", "a", "name"), "'name'"),
    ("x = 1\nclients.a.name = 1", ("clients", "a", "name"), "name"),
    ("x = 1\nclients = { b = 1, 'a' = { name = 1 } }", ("clients", "a", "name"), "name"),
    ("x = 1\n[clients]\nb.n = 1\na.name = 1", ("clients", "a", "name"), "name"),
    ("x = 1\n[clients]\nb.n = 1\na.name = 1", ("clients", "c", "name"), "[clients]"),
    ("x = 1\nclients = { b = 1 }", ("clients", "c", "name"), "clients"),
    ("x = 1\nclients.b.n = 1\nclients.a.name = 1", ("clients",), "clients.b"),
    ("x = 1\nclients = { a.b = 1, a.c = { d = 2 } }", ("clients", "a", "c", "d"), "d = 2"),
    ("x = 1\nclients = { a.b = 1, a.c = { d = 2 } }", ("clients", "a"), "clients"),
    (SPLIT, ("clients", "a", "c", "y"), "y = 1"),
    ("\ufeffversion = 1"[1:], ("users", "x"), "version"),
]


@pytest.mark.parametrize(("text", "path", "found"), POSITIONS)
def test_the_position_of_a_path(text: str, path: tuple[str, ...], found: str) -> None:
    for eol in ("\n", "\r\n"):
        line, column = TomlDocument(text.replace("\n", eol)).locate(path)
        rest = text.split("\n", line - 1)[line - 1][column - 1 :]
        assert rest.startswith(found), rest


ERRORS = [
    ("[a]\nx = 1\n[b]\n[a]\n", "table a appears twice, on lines 1 and 4", 4, 1),
    ("[a]\nb = 1\n[a.b]\n", "table a.b appears twice, on lines 2 and 3", 3, 1),
    ('[clients."x.y"]\nb = 1\nb = 1', 'key clients."x.y".b appears twice, on lines 2 and 3', 3, 1),
    ('a = 1\nowner = "hub\nb = 1', "string not closed on its line", 2, 13),
    ("a = 1\n# x\rb\n", "lone carriage return", 2, 4),
    ("a = 1\rb = 2\r", "lone carriage return", 1, 6),
    ("a = 1\nb = " + "[" * 200 + "]" * 200, "too many nested levels", 2, 1),
    ("a = 1\n" + "b." * 300 + "c = 1", "too many nested levels", 2, 1),
    ("a = 1\nb = '\x00'", "found invalid character", 2, 6),
]


def test_many_places_below_one_header_are_found_in_linear_time() -> None:
    document = TomlDocument("[clients]\n" + "".join(f"c{n} = {{ x = 1 }}\n" for n in range(LONG)))
    begun = time.process_time()
    for n in range(LONG):
        assert document.locate(("clients", f"c{n}", "x")) == (n + 2, len(f"c{n} = {{ ") + 1)
    assert time.process_time() - begun < 3  # in quadratic time, minutes


@pytest.mark.parametrize(("text", "message", "line", "column"), ERRORS)
def test_bad_syntax_has_message_line_and_column(text: str, message: str, line: int, column: int) -> None:
    with pytest.raises(StoreInvalid) as error:
        TomlDocument(text)
    (problem,) = error.value.problems
    assert problem.message.startswith(message)
    assert (problem.line, problem.column) == (line, column)


def test_a_duplicate_table_in_a_long_text_is_found_in_linear_time() -> None:
    text = "".join(f"[clients.c{n}]\nname = 'N{n}'\n\n" for n in range(4 * LONG)) + "  [clients.c1]\n"
    begun = time.process_time()
    with pytest.raises(StoreInvalid) as error:
        TomlDocument(text)
    assert time.process_time() - begun < 6  # in quadratic time, half a minute
    (problem,) = error.value.problems
    assert "lines 4 and 120001" in problem.message
    assert (problem.line, problem.column) == (120001, 3)


def test_every_merge_conflict_is_listed() -> None:
    merge = "<<<<<<< HEAD\na = 2\n=======\na = 3\n>>>>>>> main\n"
    with pytest.raises(StoreInvalid) as error:
        TomlDocument(f"x = 1\n{merge}y = 1\n{merge}<<<<<<< HEAD\nz = 1\n")
    assert [problem.message for problem in error.value.problems] == [
        "merge conflict in a, lines 2-6",
        "merge conflict in a, lines 8-12",
        "merge conflict in z, lines 13-14",
    ]
    assert TomlDocument(f"x = '''\n{merge}'''").data


def test_an_integer_of_any_length_in_a_string_is_accepted() -> None:
    digits = "0x" + "f" * 6000
    document = TomlDocument(f"a = '{digits}'")
    assert document.data == {"a": digits}
