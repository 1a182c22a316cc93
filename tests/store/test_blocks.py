"""The scanner: what is a header, a statement, a comment or a string, and where a block begins and ends."""

from contextlib import suppress

import pytest
import tomli
from hypothesis import given
from hypothesis import strategies as st

from renewctl.store.entries import entry_of
from renewctl.store.toml.blocks import Layout, ScanError, decoded, lead_of, parts, scan, value_end

SCANS = [
    ("", []),
    ("# only\n\n  # comments", []),
    ("a = 1", ["a"]),
    ("a.b . 'c d' = 1 # x\n", ["a.b.c d"]),
    ('[a]\nb = 1\n[ a . "c" ] # [x]\nd = 2\n', ["[a]", "a.b", "[a.c]", "a.c.d"]),
    ("[[a]]\nb=1\n[[a]]\n[a.c]\nd=1\n", ["[a.0]", "a.0.b", "[a.1]", "[a.1.c]", "a.1.c.d"]),
    ("s = \"[x] # no\"\nt = '[y]'\n", ["s", "t"]),
    ('s = """\n[x]\n"quoted"" # no\n\\""""\nt = 1\n', ["s", "t"]),
    ('s = """a"""""\nt = 1\n', ["s", "t"]),
    ("s = '''\n[x]\n''it'''''\nt = 1\n", ["s", "t"]),
    ('s = [ # ]\n  "]", \']\', """]""", { a = "}" },\n]\nt = 1\n', ["s", "t"]),
    ("s = 2027-01-01 10:00:00 # x\r\nt = 1\r\n", ["s", "t"]),
    ('"\\u0061\\"" = \'\'\n', ['a"']),
]


@pytest.mark.parametrize(("text", "wanted"), SCANS)
def test_headers_and_statements_are_found(text: str, wanted: list[str]) -> None:
    tomli.loads(text)
    items = list(scan(text))
    names = [".".join(map(str, item.path)) for item in items]
    assert [f"[{n}]" if i.value is None else n for n, i in zip(names, items, strict=True)] == wanted


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2027-01-01 10:00:00 # x", "2027-01-01 10:00:00"),
        ("true, 1", "true"),
        ("-1.5e3 }", "-1.5e3"),
        ('"a\\"b" # "', '"a\\"b"'),
        ("'a\\' # '", "'a\\'"),
        ("[[1], { a = ']' }] # ]", "[[1], { a = ']' }]"),
        ('""""a"" """ # ', '""""a"" """'),
        ("'''''', 1", "''''''"),
    ],
)
def test_a_value_ends_where_it_ends(text: str, value: str) -> None:
    assert text[: value_end(text, 0)] == value


@pytest.mark.parametrize("text", ["a", "a =", "= 1", "[", "a = [1", 'a = "x', "a = 'x", "a.", "a = \n", "]"])
def test_what_is_not_toml_ends_the_scan(text: str) -> None:
    with pytest.raises(ScanError):
        list(scan(text))


def test_parts_of_an_array_take_the_comments_beside_them_along() -> None:
    text = "[ # all\n  1, # one\n  # above\n  2 # two\n  ,\n  3 ]"
    found = parts(text, 0)
    assert [text[part.start : part.end] for part in found] == ["1", "2", "3"]
    assert [text[part.begin : part.stop] for part in found] == [
        "  1, # one\n",
        "  # above\n  2 # two\n  ,\n",
        "  3",
    ]


def test_parts_of_an_inline_table_have_keys() -> None:
    text = "{ a.b = 1, 'c' = { d = 2 } }"
    assert [(part.keys, text[part.value : part.end]) for part in parts(text, 0)] == [
        (("a", "b"), "1"),
        (("c",), "{ d = 2 }"),
    ]


TEXT = """\
version = 1
# detached

# heading 1
  # heading 2
[clients.'a']  # beside
x = 1

[clients.a.sub]
y = 2 # last
# of b
[clients.b]
[users.u]
"""


def test_a_block_is_its_heading_comment_to_its_last_key() -> None:
    layout = Layout(TEXT)
    block = layout.block(("clients", "a"))
    assert block is not None
    assert TEXT[block.lead : block.end] == TEXT[TEXT.index("# heading 1") : TEXT.index("# of b")]
    last = layout.block(("clients", "b"))
    assert last is not None
    assert TEXT[last.lead : last.end] == "# of b\n[clients.b]\n"


def test_an_entry_without_a_block_or_with_two_has_none() -> None:
    layout = Layout(TEXT + "[clients.b.sub]\n")
    assert layout.block(("clients", "b")) is None
    assert layout.block(("clients", "c")) is None
    assert len(layout.runs["clients", "b"]) == 2


def test_the_end_of_a_long_string_is_no_heading_comment() -> None:
    text = 'a = """\n# x"""\n[b]\n'
    block = Layout(text).block(("b",))
    assert block is not None
    assert text[block.lead :] == "[b]\n"


@pytest.mark.parametrize(
    "line", ['["clients"]', "[1.5]", "[2027-01-01]", "[true]", "[-1]", "['x'],", "[[1, 2]],"]
)
def test_a_line_of_an_array_is_no_header(line: str) -> None:
    text = f"[a]\nx = [\n{line}\n]\n[b]\n"
    tomli.loads(text)
    assert list(Layout(text).runs) == [("a",), ("b",)]


@pytest.mark.parametrize("filler", ["", 'z = """\n[no]\n"""\n', "z = [\n['a']\n]\n"])
def test_headers_are_found_however_written(filler: str) -> None:
    text = (
        f'{filler}[ clients . "a.b" ]\n  [clients.\'c\'] # x\n[[clients."\\u0064".x]]\n["clients".e]\r\n[f]'
    )
    tomli.loads(text)
    wanted = [("clients", "a.b"), ("clients", "c"), ("clients", "d"), ("clients", "e"), ("f",)]
    assert list(Layout(text).runs) == wanted


def test_keys_and_entries() -> None:
    assert [decoded(key) for key in ("a-1", "'a\\'", '"a"', '"\\u00e9\\t"')] == ["a-1", "a\\", "a", "é\t"]
    assert entry_of(("clients", "a", "contacts", 0)) == ("clients", "a")
    assert entry_of(("policy", "domains")) == ("policy",)
    assert entry_of(("clients",)) == ("clients",)


def test_comment_lines_above_are_taken_up_to_the_floor() -> None:
    text = "# a\n# b\n[x]\n"
    assert lead_of(text, 8) == 0
    assert lead_of(text, 8, 4) == 4
    assert lead_of(text, 8, 8) == 8


@given(st.text(alphabet=st.sampled_from("[]{}=.,\"'#\\\r\n ab1"), max_size=40))
def test_the_scanner_agrees_with_the_parser(text: str) -> None:
    try:
        data = tomli.loads(text)
    except (ValueError, RecursionError):
        with suppress(ScanError):
            list(scan(text))
        return
    assert {item.path[0] for item in scan(text)} == set(data)
