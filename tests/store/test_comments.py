"""The comments of a TOML file: which are removed, and where new text goes.

A comment directly above an item belongs to it, and so does one at the end of its line, with the lines below
that start in the same column. All others stay, and do not become attached to anything else.
"""

from datetime import date
from typing import Any, NamedTuple

import pytest

from renewctl.formats.toml import codec
from renewctl.model import Change
from renewctl.store.document import Document

CLIENT = ("clients", "a")
DAY = date(2028, 1, 1)
LIST = "[clients.a]\nrenewals = [\n{}]\n"


class Case(NamedTuple):
    """A text with marks: removed lines start with ``-``, new ones with ``+``."""

    changes: list[Change]
    diff: str


def drop(*products: str) -> list[Change]:
    return [Change((*CLIENT, "renewals", product), None) for product in products]


def add(product: str = "N") -> list[Change]:
    return [Change((*CLIENT, "renewals", product), {"date": DAY, "product": product})]


def put(*path: str, value: Any = 1) -> list[Change]:
    return [Change((*CLIENT, *path), value)]


def listed(*lines: str) -> str:
    """Return a list of renewals; the lines are its items and comments."""
    return "\n".join([" [clients.a]", " renewals = [", *lines, " ]", ""])


def block(*lines: str) -> str:
    return "\n".join([*lines, ""])


M, S, T = (f"  {{ date = 2027-03-10, product = '{product}' }}" for product in "MST")
ONE, TWO = (" " * (len(M) + 1 + blanks) for blanks in (1, 2))
N = '  { date = 2028-01-01, product = "N" }'
M_TABLE = ("[[clients.a.renewals]] # m", "product = 'M'")
S_TABLE = ("[[clients.a.renewals]] # s", "product = 'S'")
N_TABLE = ("+[[clients.a.renewals]]", "+date = 2028-01-01", '+product = "N"')


def kept(*lines: str) -> list[str]:
    return [f" {line}" for line in lines]


def gone(*lines: str) -> list[str]:
    return [f"-{line}" for line in lines]


CASES = {
    # items of a list
    "above an item": Case(drop("M"), listed("-  # about M", f"-{M},", "   # about S", f" {S},")),
    "above the last item": Case(drop("S"), listed("   # about M", f" {M},", "-  # about S", f"-{S},")),
    "several lines above": Case(drop("S"), listed(f" {M},", "-  # one", "-  # two", f"-{S}, # s", f" {T},")),
    "nobody's above": Case(
        drop("S"), listed(f" {M},", " ", "   # free", " ", "-  # about S", f"-{S},", f" {T},")
    ),
    "nobody's on both sides": Case(
        drop("M"), listed("   # free", " ", "-  # about M", f"-{M},", "-", "   # more", " ", f" {S},")
    ),
    "continued": Case(drop("M"), listed(f"-{M},  # m1", f"-{TWO}# m2", f" {S},")),
    "continued, the next one goes": Case(drop("S"), listed(f" {M},  # m1", f" {TWO}# m2", f"-{S},")),
    "continued, new below": Case(add(), listed(f" {M},  # m1", f" {TWO}# m2", f"+{N},")),
    "continued, and one above the next": Case(
        drop("S"), listed(f" {M}, # 1", f" {ONE}# 2", "-  # about S", f"-{S},", f" {T},")
    ),
    "trailing the bracket, continued": Case(
        drop("M"),
        "\n".join(
            [*kept("[clients.a]", "renewals = [ # 1", "             # 2"), f"-{M},", f" {S},", " ]", ""]
        ),
    ),
    "directly below the last item": Case(drop("S"), listed(f" {M},", f"-{S},", "+", "   # below")),
    "directly below an item": Case(
        drop("M"), listed(f" {T},", f"-{M},", "+", "   # below", " ", "   # about S", f" {S},")
    ),
    "below, and a blank line above": Case(
        drop("S"), listed(f" {M},", " ", f"-{S},", "   # below", " ", f" {T},")
    ),
    "new below a comment": Case(add(), listed(f" {M}, # m", "   # below", "+", f"+{N},")),
    "new between paragraphs": Case(
        add(), listed(f" {M},", "   # below", " ", "   # about S", f" {S},", f"+{N},", " ", "   # free")
    ),
    "a line shared by two, one goes": Case(
        drop("M"), listed("   # both", f"-{M},{S}, # m s", f"+{S}, # m s", f" {T},")
    ),
    "a line shared by two, both go": Case(
        drop("M", "S"), listed("-  # both", f"-{M},{S}, # m s", "   # about T", f" {T},")
    ),
    "the last one": Case(
        drop("M"),
        block(*kept("[clients.a]"), *gone("renewals = [", "  # about M", f"{M}, # m", "]"), "+renewals = []"),
    ),
    "the last one, nobody's above": Case(drop("M"), listed("   # free", " ", "-  # about M", f"-{M},")),
    "the last one, with a comment below": Case(drop("M"), listed(f"-{M},", "   # below")),
    "a list of comments": Case(add(), listed("   # below", "+", f"+{N},")),
    "a list of comments apart": Case(add(), listed(f"+{N},", " ", "   # free")),
    # commas in front
    "commas in front, the first goes": Case(
        drop("M"),
        listed(f"-{M} # m", "-  , # lead s", "+  # lead s", f" {S} # s", f"   ,{T}"),
    ),
    "commas in front, the middle goes": Case(
        drop("S"), listed(f" {M} # m", "-  , # lead s", f"-{S} # s", f"   ,{T}")
    ),
    "commas in front, the last goes": Case(
        drop("T"),
        listed(f" {M} # m", "   , # lead s", f" {S} # s", "-  # about T", f"-  ,{T}", "+", "   # below"),
    ),
    "commas in front, all but one go": Case(
        drop("M", "T"), listed(f"-{M} # m", "-  , # lead s", "+  # lead s", f" {S} # s", f"-  ,{T}")
    ),
    "commas in front, all go": Case(
        drop("M", "S"),
        block(
            *kept("[clients.a]"), *gone("renewals = [", f"{M} # m", "  , # lead s", S, "]"), "+renewals = []"
        ),
    ),
    "commas on lines of their own, the last goes": Case(
        drop("S"), listed(f" {M} # m", "   ,", f"-{S} # s", "-  ,")
    ),
    "commas on lines of their own, the first goes": Case(
        drop("M"), listed(f"-{M} # m", "-  ,", f" {S} # s", "   ,")
    ),
    # keys
    "above a key": Case(
        put("name", value=None),
        block(" [clients.a]", "-# the name", "-name = 'A' # n", " # the number", " hub_id = 5"),
    ),
    "above a key, a paragraph of its own": Case(
        put("name", value=None),
        block(*kept("[clients.a]", "hub_id = 5"), *gone("", "# the name", "name = 'A'"), *kept("", "x = 1")),
    ),
    "above dotted keys": Case(
        put("override", value=None),
        block(" [clients.a]", *gone("override.x = 1 # x", "# why", "override.y = 2"), " z = 1"),
    ),
    "below a key": Case(
        put("hub_id", value=None),
        block(*kept("[clients.a]", "name = 'A'"), "-hub_id = 5 # h", "+", " # end of a"),
    ),
    "trailing a key, continued": Case(
        put("hub_id", value=None),
        block(" [clients.a]", "-hub_id = 5 # h", "-           # i", " x = 1"),
    ),
    "a new key below a comment": Case(
        put("x"),
        block(*kept("[clients.a]", "hub_id = 5 # h", "# end of a"), "+", "+x = 1", *kept("", "# free")),
    ),
    "a new key below a continued comment": Case(
        put("x"),
        block(*kept("[clients.a]", "hub_id = 5 # h", "           # i"), "+x = 1", *kept("[clients.b]")),
    ),
    "a new key below the header's comment": Case(
        put("hub_id"), block(*kept("[clients.a] # a", "# below", ""), "+hub_id = 1", "+", *kept("x = 1"))
    ),
    "an override above the next key's comment": Case(
        put("override", value=None),
        block(" [clients.a]", "-# why", "-override = { x = 1 }", " # when", " in_hubspot = { x = 1 }"),
    ),
    # tables
    "above a table": Case(
        drop("M"),
        block(*kept("[clients.a]"), *gone("", "# about M", *M_TABLE), *kept("", "# about S", *S_TABLE)),
    ),
    "below a table": Case(
        drop("M"),
        block(
            *kept("[clients.a]", "name = 'A'", ""),
            *gone("# about M", *M_TABLE),
            *kept("# below M", "", "# about S", *S_TABLE),
        ),
    ),
    "nobody's between tables": Case(
        put("renewals", value=[]),
        block(
            *kept("[clients.a]"),
            "+renewals = []",
            *gone("", "# about M", *M_TABLE),
            *kept("", "# free"),
            *gone("", "# about S", *S_TABLE),
            *kept("", "[clients.a.override]", "x = 1"),
        ),
    ),
    "a new table below a comment": Case(
        add(), block(*kept("[clients.a]", *S_TABLE, "# below S"), "+", *N_TABLE, *kept("", "[clients.b]"))
    ),
    "a new table at the end of the file": Case(
        add(), block(*kept("[clients.a]", *S_TABLE, "# below S"), "+", *N_TABLE)
    ),
    "a table with a comment below it": Case(
        put("override", value=None),
        block(
            *kept("[clients.a]"),
            *gone("# why", "[clients.a.override]", "x = 1"),
            *("+", " # below", " ", " [b]"),
        ),
    ),
    # entries
    "below a client": Case(
        [Change(CLIENT, None)],
        block(
            *kept("version = 1"),
            *gone("# about a", "[clients.a]"),
            "+",
            *kept("# below a", "", "[clients.b]"),
        ),
    ),
    "below two clients": Case(
        [Change(CLIENT, None), Change(("clients", "b"), None)],
        block(
            *kept("version = 1", ""),
            "-[clients.a]",
            *kept("# below a", ""),
            "-[clients.b]",
            *kept("# below b", "", "[clients.c]"),
        ),
    ),
    "trailing a client, continued": Case(
        [Change(("clients", "b"), None)],
        block(
            *kept("[clients.a] # a", "            # more"),
            *gone("# about b", "[clients.b] # b", "            # more"),
        ),
    ),
    "a new client below a comment": Case(
        [Change(("clients", "b"), {"x": 1})],
        block(*kept("[clients.a]", "# below a"), *("+", "+[clients.b]", "+x = 1"), *kept("", "[clients.c]")),
    ),
    "a new client at the end of the file": Case(
        [Change(("clients", "b"), {"x": 1})],
        block(*kept("[clients.a]", "# below a"), *("+", "+[clients.b]", "+x = 1")),
    ),
    "a new client above the first, which may have the heading of all": Case(
        [Change(CLIENT, {"x": 1})],
        block(
            *kept("# ---- clients", "# about b", "[clients.b]", ""),
            *("+[clients.a]", "+x = 1", "+"),
            *kept("[clients.c]"),
        ),
    ),
    "a new client above the first, below a heading apart": Case(
        [Change(CLIENT, {"x": 1})],
        block(
            *kept("# ---- clients", ""),
            *("+[clients.a]", "+x = 1", "+"),
            *kept("[clients.b]", "", "[clients.c]"),
        ),
    ),
    "a new value below a comment": Case(
        [Change(("x-note",), 1)],
        block(*kept("version = 1 # v", "# below"), "+", "+x-note = 1", *kept("", "[clients.a]")),
    ),
}


@pytest.mark.parametrize("eol", ["\n", "\r\n"])
@pytest.mark.parametrize("name", CASES)
def test_a_comment_moves_with_its_item(name: str, eol: str) -> None:
    changes, diff = CASES[name]
    lines = diff.splitlines()
    before = eol.join([line[1:] for line in lines if line[0] != "+"] + [""])
    wanted = eol.join([line[1:] for line in lines if line[0] != "-"] + [""])
    document = Document(before, codec)
    revision = document.edit(changes)
    assert revision.text == wanted
    restored = Document(revision.text, codec).restore(revision.swaps)
    assert restored is not None
    assert restored.text == before
