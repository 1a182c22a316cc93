"""Data files in every layout, and a reader that shares no code with renewctl.

Every comment is unique, so that it can be followed through many edits.
"""

import json
import re
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from itertools import count
from random import Random
from typing import Any

import tomli

Data = dict[str, Any]
Path = tuple[str, ...]

PLAIN = ("header", "sub-table", "shuffled", "notes")
ODD = ("dotted", "dotted-above", "inline", "one-line", "split", "mixed")
JSON = ("json-2", "json-4", "json-tab", "json-rows", "json-line", "json-compact")
LAYOUTS = (*PLAIN, *ODD, *JSON)

CLIENTS = ("a.example", "b.example", "c-d.example", "e.f.example", "zz.example")
USERS = ("ana@p.example", "rui@p.example", "eva@p.example")
CONTACTS = ("x@a.example", "y@a.example", "z@a.example", "w@a.example")
PRODUCTS = ("Sales Hub", "CMS [x] # 2", "Ops, { } Hub", "")
ROLES = ("primary", "billing", "decision-maker")
OWNERS = ("hubspot", "partner")
TODAY = date(2026, 11, 23)
IDENTITY = {"contacts": "email", "renewals": "product"}
TABLES = ("contacts", "renewals", "override", "in_hubspot")


# --- data of a file ---------------------------------------------------------------------------


def some_day(rng: Random) -> date:
    """Return a day that exists in every year."""
    month, day, years = rng.randint(1, 12), rng.randint(1, 28), rng.randint(0, 2)
    return date(2026 + years, month, day)


def some_data(rng: Random) -> Data:
    """Return valid data with dates; every name in it is unique."""
    names = (f'N{number}\u2028"[clients.x]" # \'{number}' for number in count(1))
    users = {key: _user(rng, names) for key in rng.sample(USERS, rng.randint(1, 3))}
    data: Data = {"version": 1, "defaults": {"owner": "hubspot", "notify": rng.choice([*users])}}
    if rng.random() < 0.5:
        data["policy"] = {"stale_days": rng.randint(1, 400), "domains": ["p.example"]}
    data["users"] = users
    chosen = rng.sample(CLIENTS, rng.randint(1, 4))
    data["clients"] = {key: _client(rng, names, [*users], at) for at, key in enumerate(chosen)}
    return data


def _user(rng: Random, names: Iterator[str]) -> Data:
    return {"name": next(names), **({"active": False} if rng.random() < 0.2 else {})}


def _client(rng: Random, names: Iterator[str], users: list[str], number: int) -> Data:
    client: Data = {"name": next(names), "hub_id": 4000 + number}
    client["contacts"] = [
        {"email": email, "name": next(names), "roles": rng.sample(ROLES, rng.randint(0, 2))}
        for email in rng.sample(CONTACTS, rng.randint(0, 3))
    ]
    client["contacts_checked"] = some_day(rng)
    client["renewals"] = [
        {"date": some_day(rng), **({"product": product} if product else {})}
        for product in rng.sample(PRODUCTS, rng.randint(0, 3))
    ]
    client["override"] = {"owner": "partner", "notify": rng.choice(users), "x-mine": [1, 2]}
    client["in_hubspot"] = {"owner": "default", "on": some_day(rng)}
    client["x-free"] = rng.choice(["# no", 1.5, True])
    kept = rng.sample([*client], rng.randint(1, len(client)))
    return {key: value for key, value in client.items() if key in kept}


# --- TOML in every layout ------------------------------------------------------------------------


class Writer:
    """Writes data as TOML, with a comment wherever one is allowed.

    The layout ``notes`` has comments on several lines, below items and separate, and lists in every style.
    """

    def __init__(self, rng: Random, layout: str) -> None:
        self.rng, self.layout, self.lines = rng, layout, list[str]()
        self.numbers = count(1)

    def text(self, data: Data) -> str:
        """Return the data in the layout."""
        blocks = [("defaults",), ("policy",), ("users",), ("clients",)]
        if self.layout in {"shuffled", "mixed"}:
            self.rng.shuffle(blocks)
        if self.layout == "dotted-above":
            blocks.sort(key=lambda block: block[0] not in {"users", "clients"})
        self.put("version = 1")
        later: list[tuple[Path, Any]] = []
        for (top,) in blocks:
            if top in {"defaults", "policy"} and top in data:
                self.header_block((top,), data[top])
            elif data.get(top):
                self.entries(top, data[top], later)
        for path, value in later:
            self.sub_table(path, value)
        self.between()
        return "\n".join(self.lines) + "\n"

    def entries(self, top: str, table: Data, later: list[tuple[Path, Any]]) -> None:
        """Write all clients, or all users."""
        plain = {"shuffled": "header", "dotted-above": "dotted", "notes": self.rng.choice(PLAIN[:2])}
        style = plain.get(self.layout, self.layout)
        if style == "one-line":
            # above all headers, below version
            self.lines[1:1] = self.framed(f"{top} = {self.value(table)}")
            return
        styles = {key: self.rng.choice(["inline", "dotted", "header", "sub-table"]) for key in table}
        if style != "mixed":
            styles = dict.fromkeys(table, style)
        loose = [key for key in table if styles[key] in {"inline", "dotted"}]
        if loose and self.layout != "dotted-above":
            self.between()
            self.put(f"[{top}]")
        for key in loose:
            self.loose_entry((top, key), table[key], styles[key])
        for key in table:
            if styles[key] == "header":
                self.header_block((top, key), table[key])
            elif key not in loose:
                self.sub_tables((top, key), table[key], later if styles[key] == "split" else None)

    def loose_entry(self, path: Path, table: Data, style: str) -> None:
        """Write an entry as keys of its parent or at the top level."""
        above = path if self.layout == "dotted-above" else path[1:]
        if style == "inline":
            self.put(f"{self.key(above)} = {self.value(table)}")
        for key, value in table.items() if style == "dotted" else ():
            if isinstance(value, dict) and self.rng.random() < 0.5:
                for inner, one in value.items():
                    self.put(f"{self.key((*above, key, inner))} = {self.value(one)}")
            else:
                self.field((*above, key), value)

    def header_block(self, path: Path, table: Data) -> None:
        """Write one block with everything in it."""
        self.between()
        self.put(f"[{self.key(path)}]")
        for key, value in table.items():
            self.field((key,), value)

    def sub_tables(self, path: Path, table: Data, later: list[tuple[Path, Any]] | None) -> None:
        """Write a block with headers for its tables, adjacent or at the end of the text."""
        tables = [k for k in table if k in TABLES and table[k] and self.rng.random() < 0.8]
        self.header_block(path, {k: v for k, v in table.items() if k not in tables})
        for key in tables:
            if later is not None:
                later.append(((*path, key), table[key]))
            else:
                self.sub_table((*path, key), table[key])

    def sub_table(self, path: Path, value: Any) -> None:
        """Write one table, or a list of tables."""
        for item in value if isinstance(value, list) else [value]:
            if self.rng.random() < 0.5:
                self.lines.append("")
            self.put(f"[[{self.key(path)}]]" if isinstance(value, list) else f"[{self.key(path)}]")
            for key, inner in item.items():
                self.field((key,), inner)

    def field(self, path: Path, value: Any) -> None:
        """Write one key; most lists of tables have one item per line."""
        indent = " " * self.rng.choice([0, 0, 0, 2])
        if self.layout == "notes" and path[-1] in IDENTITY and value:
            self.lines += self.noted_list(path, value)
        elif path[-1] in IDENTITY and value and self.rng.random() < 0.8:
            items = [line for item in value for line in self.framed(f"  {self.value(item)},")]
            self.lines += [f"{self.key(path)} = [{self.trailing()}", *items, f"]{self.trailing()}"]
        else:
            self.put(f"{indent}{self.key(path)} = {self.value(value)}")
        if self.layout == "notes":
            self.lines += self.below()

    def noted_list(self, path: Path, items: list[Data]) -> list[str]:
        """Return a list with commas in front, on separate lines, or after several items."""
        style = self.rng.choice(["front", "own", "shared", "bracket"])
        lines = self.noted(f"{self.key(path)} = [") + self.below()
        for number, item in enumerate(items):
            text, is_last = self.value(item), number == len(items) - 1
            if style == "front":
                in_front = "  " if number == 0 else "  , "
                if number and self.rng.random() < 0.3:
                    lines.append(f"  , # above {next(self.numbers)}")
                    in_front = "  "
                lines += self.noted(in_front + text)
            elif style == "own":
                lines += [*self.noted(f"  {text}"), *([] if is_last and len(items) > 1 else ["  ,"])]
            elif style == "bracket" and number == 0:
                lines = self.noted(f"{self.key(path)} = [ {text},")
            elif number and style == "shared" and self.rng.random() < 0.5 and lines[-1].endswith(","):
                lines[-1] += f" {text},"
            else:
                lines += self.noted(f"  {text},")
            if not lines[-1].endswith(","):
                lines += self.below()
        return [*lines, f"]{self.trailing()}"]

    def noted(self, line: str) -> list[str]:
        """Return a line with comments above it and, on several lines, at its end."""
        *above, text = self.framed(line)
        below = []
        while "  # trailing" in text and self.rng.random() < 0.3:
            below.append(f"{' ' * text.rindex('# trailing')}# more {next(self.numbers)}")
        return [*above, text, *below]

    def below(self) -> list[str]:
        """Return comments directly below something or separate, or nothing."""
        apart = [""] if self.rng.random() < 0.5 else []
        return [*apart, f"# below {next(self.numbers)}", ""] if self.rng.random() < 0.2 else []

    def put(self, line: str) -> None:
        """Write a line with comments above it and at its end."""
        self.lines += self.noted(line) if self.layout == "notes" else self.framed(line)

    def framed(self, line: str) -> list[str]:
        """Return a line with or without comments above it and at its end."""
        above = [f"# above {next(self.numbers)}" for _ in range(self.rng.choice([0, 0, 1, 2]))]
        return [*above, line + self.trailing()]

    def trailing(self) -> str:
        """Return a comment for the end of a line, or nothing."""
        return f"  # trailing {next(self.numbers)}" if self.rng.random() < 0.4 else ""

    def between(self) -> None:
        """Write a separator: free comments, blank lines or nothing."""
        if self.rng.random() < 0.2:
            self.lines.append(f"# [clients.'below'] {next(self.numbers)}")
        if self.rng.random() < 0.8:
            self.lines.append("")
            if self.rng.random() < 0.3:
                self.lines += [f"# between {next(self.numbers)}", ""]

    def key(self, path: Path) -> str:
        """Return a dotted key in one of its spellings."""
        return ".".join(self.word(step) for step in path)

    def word(self, step: str) -> str:
        """Return one key."""
        if re.fullmatch(r"[\w-]+", step, re.ASCII):
            return step
        return self.rng.choice([f'"{step}"', f'"{step}"', f"'{step}'"])

    def value(self, value: Any) -> str:
        """Return a value on one line."""
        if isinstance(value, dict):
            return "{ " + ", ".join(f"{self.word(k)} = {self.value(v)}" for k, v in value.items()) + " }"
        if isinstance(value, list):
            return "[" + ", ".join(map(self.value, value)) + "]"
        return str(value) if isinstance(value, date) else json.dumps(value)


# --- JSON in every indentation -------------------------------------------------------------------


def as_json(value: Any, layout: str, depth: int = 0) -> str:
    """Return data as JSON; ``json-rows`` writes clients on several lines."""
    unit = {"json-2": "  ", "json-4": "    ", "json-tab": "\t", "json-rows": "  "}.get(layout, "")
    comma, colon = (",", ":") if layout == "json-compact" else (", ", ": ")
    spread = bool(unit) and (layout != "json-rows" or depth < 3)
    if not isinstance(value, dict | list) or not value:
        return json.dumps(value)
    if isinstance(value, dict):
        items = [f"{json.dumps(k)}{colon}{as_json(v, layout, depth + 1)}" for k, v in value.items()]
    else:
        items = [as_json(item, layout, depth + 1) for item in value]
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    if not spread:
        return opening + comma.join(items) + closing
    lines = ",".join(f"\n{unit * (depth + 1)}{item}" for item in items)
    return f"{opening}{lines}\n{unit * depth}{closing}"


def dates_as_text(value: Any) -> Any:
    """Return data with dates as text, as in JSON."""
    if isinstance(value, dict):
        return {key: dates_as_text(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [dates_as_text(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


@dataclass(frozen=True, slots=True)
class Made:
    """The text of a file in a layout, and its data."""

    layout: str
    raw: bytes
    data: Data


def made(rng: Random, layout: str) -> Made:
    """Return a file in the layout, with random line endings, BOM and so on."""
    data = some_data(rng)
    if layout in JSON:
        data = dates_as_text(data)
        text = as_json(data, layout) + "\n"
        if rng.random() < 0.5:
            text = text.replace("\\u2028", "\u2028")
    else:
        text = Writer(rng, layout).text(data)
        if rng.random() < 0.2:
            text = text.rstrip("\n")
        assert tomli.loads(text) == data, text
    if rng.random() < 0.3:
        text = text.replace("\n", "\r" if layout in JSON and rng.random() < 0.5 else "\r\n")
    bom = "\ufeff" if rng.random() < 0.2 else ""
    return Made(layout, (bom + text).encode(), deepcopy(data))


# --- an independent reading ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Piece:
    """One header or statement, or comments or blank lines that belong to none."""

    path: Path
    lead: tuple[str, ...]
    lines: tuple[str, ...]
    header: bool = False

    @property
    def entry(self) -> Path:
        """The client, user or top-level table it belongs to."""
        return self.path[: 2 if self.path[:1] in {("clients",), ("users",)} else 1]

    @property
    def blank(self) -> bool:
        """Whether it is empty."""
        return not self.path and not "".join(self.lines).strip()


_NOT_BARE = re.compile(r""""(?:\\.|[^"\\])*"|'[^']*'|#[^\n]*""")
_COMMENT = re.compile(r"""(?:"(?:\\.|[^"\\])*"|'[^']*'|[^"'#])*(#[^\r\n]*)""")


def _bare(line: str) -> str:
    return _NOT_BARE.sub('""', line)


def comment_of(line: str) -> str:
    """Return the comment on a line, or nothing."""
    match = _COMMENT.match(line)
    return match[1].rstrip() if match else ""


def pieces(text: str, data: Data) -> list[Piece]:
    """Return the pieces of a TOML text without multi-line strings and keys."""
    eol = "\r\n" if "\r\n" in text else "\n"
    lines = [line + "\n" for line in text.removesuffix("\n").split("\n")]
    if not text.endswith("\n"):
        lines[-1] = lines[-1][:-1] + eol
    found: list[Piece] = []
    lead: list[str] = []
    section: Path = ()
    seen: dict[Path, int] = {}
    while lines:
        line = lines.pop(0)
        if line.lstrip().startswith("#"):
            lead.append(line)
            continue
        if not line.strip():
            found += [Piece((), (), (one,)) for one in (*lead, line)]
            lead = []
            continue
        whole = [line]
        header = line.lstrip().startswith("[")
        while not header and _depth(whole) > 0:
            whole.append(lines.pop(0))
        while _continues(whole[-1], lines):
            whole.append(lines.pop(0))
        path = _path(whole[0], header=header)
        if header:
            section = path = _identified(path, data, seen, many="[[" in _bare(line))
        else:
            path = (*section, *path)
        found.append(Piece(path, tuple(lead), tuple(whole), header))
        lead = []
    return found + [Piece((), (), (one,)) for one in lead]


def _depth(lines: list[str]) -> int:
    bare = "".join(map(_bare, lines))
    return sum(bare.count(c) for c in "[{") - sum(bare.count(c) for c in "]}")


def _path(line: str, *, header: bool) -> Path:
    key = line if header else _key(line) + "= 0"
    here: Any = tomli.loads(key.rstrip("\r\n"))
    path: Path = ()
    while isinstance(here, dict) and here:
        ((step, here),) = here.items()
        path = (*path, step)
    return path


def _key(line: str) -> str:
    match = re.match(r"""(?:"[^"]*"|'[^']*'|[^"'=])*""", line)
    assert match
    return match[0]


def _identified(path: Path, data: Data, seen: dict[Path, int], *, many: bool) -> Path:
    """Return the path, with the identity of the item in a list of tables."""
    if not many:
        return path
    seen[path] = seen.get(path, -1) + 1
    item = data[path[0]][path[1]][path[2]][seen[path]]
    return (*path, "*", item.get(IDENTITY[path[2]], ""))


@dataclass(frozen=True, slots=True)
class Attachment:
    """The owners of a comment, and its position: ``above``, ``trailing`` and so on.

    Items on the same line are ``owners`` together. ``inside`` is the list that contains the comment, if any.
    """

    kind: str
    owners: frozenset[Path] = frozenset()
    inside: Path = ()


def attachments(found: list[Piece]) -> dict[str, Attachment]:
    """Return the attachment of each comment."""
    places: dict[str, Attachment] = {}
    above: Path = ()
    for piece in found:
        for line in piece.lead:
            places[comment_of(line)] = Attachment("above", frozenset([piece.path]))
        if not piece.path:
            above = () if piece.blank else above
            owner = Attachment("below", frozenset([above])) if above else Attachment("apart")
            places.update({comment_of(line): owner for line in piece.lines if line.strip()})
        else:
            above = piece.path
            _inside(piece, places)
    places.pop("", None)
    return places


def _inside(piece: Piece, places: dict[str, Attachment]) -> None:
    """Find the attachments of the comments in a piece and in the items of a list."""
    depth = 0
    owners = frozenset([piece.path])
    run: list[str] = []
    above_run, is_trailing = frozenset[Path](), False
    for number, line in enumerate(piece.lines):
        comment, bare = comment_of(line), line.strip().removesuffix(comment_of(line)).strip(" ,\r\n\t")
        inside = piece.path if depth and bare != "]" else ()
        depth += _depth([line])
        if line.strip() == ",":
            is_trailing = False
            continue
        if comment and not bare and is_trailing and _continues(piece.lines[number - 1], piece.lines[number:]):
            places[comment] = Attachment("trailing", owners, inside)
            continue
        if comment and not bare:
            above_run = above_run if run else owners
            run.append(comment)
            is_trailing, owners = False, frozenset()
            continue
        items = _items(piece, bare) if inside else []
        for one in run:
            kind = "above" if items else "below" if above_run else "apart"
            places[one] = Attachment(kind, frozenset(items) or above_run, piece.path)
        run = []
        is_end = number == 0 or (bare[-1:] == "]" and not items)
        owners = frozenset([piece.path]) if is_end else frozenset(items)
        is_trailing = bool(comment)
        if comment:
            places[comment] = Attachment("trailing", owners, inside)


def _continues(line: str, below: Sequence[str]) -> bool:
    """Return whether the next line continues the comment of this line."""
    if not comment_of(line) or not below or not below[0].strip().startswith("#"):
        return False
    following = next((other for other in below if not other.strip().startswith("#")), "")
    return _indent(below[0]) > _indent(following) and (
        line.strip()[0] == "#" or _indent(below[0]) > _indent(line)
    )


def _indent(line: str) -> int:
    indent = len(line) - len(line.lstrip()) if line.strip() else 0
    return indent + 2 * (line.strip()[:1] == "]")


def _items(piece: Piece, text: str) -> list[Path]:
    """Return the items of a list that are on a line."""
    found = re.findall(r"""\{(?:"(?:\\.|[^"\\])*"|'[^']*'|[^"'{}])*\}""", text)
    items = [tomli.loads(f"x = {item}")["x"] for item in found]
    return [(*piece.path, "*", item.get(IDENTITY[piece.path[-1]], "")) for item in items]


def value_at(data: Any, path: Path) -> Any:
    """Return the value at the path of a piece; None if there is none."""
    for place, step in enumerate(path):
        if step == "*" and isinstance(data, list):
            continue
        if isinstance(data, list):
            field = IDENTITY[path[place - 2]]
            data = next((item for item in data if item.get(field, "") == step), None)
        else:
            data = data.get(step) if isinstance(data, dict) else None
    return data


def typed(value: Any) -> str:
    """Return a text that is the same for equal values of equal types."""
    return json.dumps(value, sort_keys=True, default=repr)


def json_texts(text: str) -> dict[Path, str]:
    """Return the raw text of every client, user, field and top-level value of JSON."""
    found: dict[Path, str] = {}
    decoder = json.JSONDecoder()

    def walk(path: Path, pos: int) -> None:
        pos += 1
        while True:
            pos = _past(text, pos, " \t\r\n,")
            if text[pos] == "}":
                return
            key, end = decoder.raw_decode(text, pos)
            value = _past(text, end, " \t\r\n:")
            pos = decoder.raw_decode(text, value)[1]
            found[(*path, key)] = text[value:pos]
            if text[value] == "{" and len(path) < 2:
                walk((*path, key), value)

    walk((), text.index("{"))
    return found


def _past(text: str, pos: int, characters: str) -> int:
    while text[pos] in characters:
        pos += 1
    return pos
