"""Text made safe to show: invisible characters escaped, other text unchanged."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from renewctl.text import (
    agree,
    conjugate,
    csv_cell,
    csv_text,
    dotted,
    join_names,
    list_some,
    markdown_cell,
    showable,
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x1b[0m", r"\x1b[31mred\x1b[0m"),
        ("\x1b]8;;http://evil.example\x1b\\link", r"\x1b]8;;http://evil.example\x1b\link"),
        ("\x1b]0;title\x07", r"\x1b]0;title\x07"),
        ("\x9b31m", r"\x9b31m"),
        ("\x9d0;title\x9c", r"\x9d0;title\x9c"),
        ("a\x00b", r"a\x00b"),
        ("a\nb\rc\td\x0b\x0c", r"a\x0ab\x0dc\x09d\x0b\x0c"),
        ("a\x7fb\x85c", r"a\x7fb\x85c"),
        ("a\x08b", r"a\x08b"),
        ("\u202eevil", r"\u202eevil"),
        ("\u2066a\u2069\u061c\u200e\u200f", r"\u2066a\u2069\u061c\u200e\u200f"),
        ("a\u200bb\u200c\u200d\u2060\ufeff", r"a\u200bb\u200c\u200d\u2060\ufeff"),
        ("soft\u00adhyphen", r"soft\xadhyphen"),
        ("\U000e0041\U000e007f", r"\U000e0041\U000e007f"),
        ("\ud800x\udfff", r"\ud800x\udfff"),
        ("a\u2028b\u2029c", r"a\u2028b\u2029c"),
        ("\uffff\U0010ffff", r"\uffff\U0010ffff"),
    ],
    ids=lambda text: text.encode("unicode_escape").decode("ascii"),
)
def test_invisible_characters_are_escaped(text: str, shown: str) -> None:
    assert showable(text) == shown
    assert showable("Ação " + text) == "Ação " + shown


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "Ação & Filhos",
        "José\u0301 Núñez",
        "Łódź",
        "株式会社アクメ",
        "김",
        "Ελλάς",
        "Иван",
        "שלום",
        "سلام",
        "ไทย",
        "🙂🚀",
        "❤\ufe0f",
        "👍🏽",
        "🇧🇷",
        "non\u00a0breaking",
        "\u3000wide",
        'say "x" \\ y',
        "\\x1b",
        "€ ™ – …",
        "\ue000",
    ],
)
def test_ordinary_text_is_not_changed(text: str) -> None:
    assert showable(text) == text


@given(st.text(st.characters(), max_size=30))
def test_any_text_is_printable_when_shown(text: str) -> None:
    shown = showable(text)
    assert not {unicodedata.category(char) for char in shown} & {"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"}
    assert len(shown.splitlines()) <= 1
    assert showable(shown) == shown
    shown.encode("utf-8")


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "  =1",
        "\u00a0=1",
        "\u3000@x",
        "\ttext",
        "\rtext",
        "＝1",
        "＋1",
        "－1",
        "＠x",
        "=",
        '=HYPERLINK("http://evil.example")',
        "=cmd|' /C calc'!A0",
    ],
)
def test_a_cell_that_looks_like_a_formula_is_quoted(text: str) -> None:
    assert csv_cell(text) == "'" + text


@pytest.mark.parametrize(
    "text", ["", "Acme", "a=b", "1-2", "ana@agency.example", "2027-03-01", " a", "'a", "é", "\x1b[2J"]
)
def test_any_other_cell_is_not_changed(text: str) -> None:
    assert csv_cell(text) == text


@given(st.text(st.sampled_from("'=+-@ \t\ra＝"), max_size=6) | st.text())
@example("'=1")
def test_csv_text_reverses_csv_cell(text: str) -> None:
    assert csv_text(csv_cell(text)) == text


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("Acme Ltda", "Acme Ltda"),
        ("a|b", r"a\|b"),
        ("*bold* _it_ `code`", r"\*bold\* \_it\_ \`code\`"),
        ("[x](http://evil.example)", r"\[x\](http\://evil.example)"),
        ("www.evil.example", r"www\.evil.example"),
        ("![x](y)", r"\!\[x\](y)"),
        ("<b>&amp;", r"\<b\>\&amp;"),
        ("a\nb", r"a\\x0ab"),
        ("\\", r"\\"),
        ("# ~~no~~ $x$", r"\# \~\~no\~\~ \$x\$"),
    ],
)
def test_markdown_in_a_cell_is_escaped(text: str, cell: str) -> None:
    assert markdown_cell(text) == cell


@given(st.text(st.characters(), max_size=30))
def test_a_markdown_cell_is_one_line_with_escaped_bars(text: str) -> None:
    cell = markdown_cell(text)
    assert len(cell.splitlines()) <= 1
    assert "|" not in cell.replace("\\\\", "").replace("\\|", "")


@pytest.mark.parametrize(
    ("path", "written"),
    [
        (("defaults", "owner"), "defaults.owner"),
        (("clients", "acme.example", "override"), 'clients."acme.example".override'),
        (("users", "ana@agency.example"), 'users."ana@agency.example"'),
        (("clients", "a_b-1", "in_hubspot"), "clients.a_b-1.in_hubspot"),
        (("clients", "a", "renewals", "", "date"), 'clients.a.renewals."".date'),
        (("clients", "é"), 'clients."é"'),
        ((), ""),
    ],
)
def test_dotted_returns_a_toml_key(path: tuple[str, ...], written: str) -> None:
    assert dotted(path) == written


@pytest.mark.parametrize("step", ['a"b', "a\\b", "a\nb"])
def test_dotted_is_valid_toml_for_any_path(step: str) -> None:
    import tomli

    assert tomli.loads(f"{dotted(('clients', step))} = 1") == {"clients": {step: 1}}


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ([], ""),
        (["Acme"], "Acme"),
        (["Acme", "Borges"], "Acme, Borges"),
        (["C, Ltd", "Borges"], "C, Ltd; Borges"),
    ],
)
def test_names_with_a_comma_are_separated_by_semicolons(names: list[str], expected: str) -> None:
    assert join_names(names) == expected
    assert list_some(names, 5) == expected


@pytest.mark.parametrize(
    ("verb", "past"), [("add", "Added"), ("change", "Changed"), ("set", "Set"), ("undo", "Undid")]
)
def test_the_verb_of_a_change_shows_whether_it_is_saved(verb: str, past: str) -> None:
    assert conjugate(verb, would=False) == past
    assert conjugate(verb, would=True) == f"Would {verb}"


@pytest.mark.parametrize(
    ("verb", "singular"), [("follow", "follows"), ("are", "is"), ("have", "has"), ("match", "matches")]
)
def test_a_verb_agrees_with_a_number(verb: str, singular: str) -> None:
    assert [agree(number, verb) for number in (0, 1, 2)] == [verb, singular, verb]
