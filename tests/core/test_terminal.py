"""Screens drawn by rich: lines break between words, columns are aligned, and nothing is cut."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from renewctl.command_line import command_line
from renewctl.render.result import HANG, Column, Grid, Line, Result, line
from renewctl.render.terminal import GAP, MOST_DRAWN, STYLES, draw, list_fitting, measure, shorten
from renewctl.text import showable

TEXT = st.text(st.sampled_from("ab  é日e\u0301\ufe0f😀\x1b\u202e\t–[]:"), max_size=12)
STYLE = st.sampled_from(["", *STYLES])
LINE: st.SearchStrategy[Line] = st.lists(st.tuples(TEXT, STYLE), max_size=4).map(tuple)
HANGING = st.tuples(LINE, LINE).map(lambda both: (*both[0], (" ", ""), HANG, *both[1]))
CODES = {"bold green": "1;32", "cyan": "36", "bold red": "1;31", "yellow": "33", "dim": "2", "bold": "1"}


def text_of(parts: Line) -> str:
    """Return the text that is shown, with the spaces at its end."""
    return "".join(showable(text) for text, _ in parts)


def shown(*blocks: Line | Grid, width: int = 100, colour: bool = False) -> list[str]:
    return draw(Result({}, screen=lambda _: blocks), width, colour=colour).splitlines()


@given(LINE | HANGING, st.integers(40, 60))
def test_a_line_breaks_between_words_and_keeps_all_of_them(parts: Line, width: int) -> None:
    found = shown(parts, width=width)
    assert [word for text in found for word in text.split()] == text_of(parts).split()
    for text in found:
        assert cell_len(text) <= width or len(text.split()) == 1
    if measure(parts) <= width:
        assert len(found) <= 1


@given(st.lists(st.sampled_from(["word", "日本", "é", "longer-word"]), min_size=1, max_size=60))
def test_a_continued_line_is_indented_to_the_place_of_hang(words: list[str]) -> None:
    first, *others = shown(line("  label: ", HANG, " ".join(words)), width=40)
    assert first.startswith("  label: ")
    for text in others:
        assert text.startswith(" " * 9)
        assert text[9] != " "


# A cell of accents alone has no width, and the selector of a variant changes that of the character before it.
CELL = LINE.filter(lambda parts: not re.search("(?<![abeé日])\u0301|\ufe0f", text_of(parts)))
ROWS = st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=4)


@given(ROWS, st.booleans())
def test_columns_are_aligned(rows: list[tuple[Line, ...]], right: bool) -> None:
    headings = ("A", "BB", "")
    cells = [list(column) for column in zip(*rows, strict=True)]
    columns = [Column(title, found, right=right) for title, found in zip(headings, cells, strict=True)]
    kept = [number for number, found in enumerate(cells) if any(text_of(parts).strip() for parts in found)]
    expected = []
    for texts in (headings, *([text_of(parts).rstrip() for parts in row] for row in rows)):
        chosen = [text for number, text in enumerate(texts) if number in kept]
        widths = [
            max(cell_len(headings[n]), *(cell_len(text_of(parts).rstrip()) for parts in cells[n]))
            for n in kept
        ]
        padded = []
        for text, size in zip(chosen, widths, strict=True):
            blank = " " * (size - cell_len(text))
            padded.append(blank + text if right else text + blank)
        expected.append((" " * GAP).join(padded).rstrip())
    if kept:
        headed = any(headings[number] for number in kept)
        assert shown(Grid([columns]), width=1000) == expected[0 if headed else 1 :]


def words(*texts: str) -> list[Line]:
    return [*map(line, texts)]


WIDE = Column("WIDE", words("a" * 30))
NARROW = Column("NARROW", words("b" * 20))


@pytest.mark.parametrize(
    ("width", "headings"), [(52, ["WIDE", "NARROW"]), (51, ["NARROW"]), (20, ["NARROW"]), (19, [])]
)
def test_the_first_layout_that_fits_is_shown_otherwise_the_long_form(width: int, headings: list[str]) -> None:
    grid = Grid([[WIDE, NARROW], [NARROW]], long=lambda: words("long"), legend=lambda _: words("legend"))
    found = shown(grid, width=width)
    assert found[0].split() == (headings or ["long"])
    assert ("legend" in found) == bool(headings)


def test_a_table_that_does_not_fit_has_a_block_for_each_row() -> None:
    rows = (words("one", "two"), words("x" * 50, ""), words("y", "z"))
    grid = Grid([[Column(title, cells) for title, cells in zip(("A", "BIG", "C"), rows, strict=True)]])
    assert shown(grid, width=40) == ["one", "  big", f"    {'x' * 50}", "  c    y", "", "two", "  c    z"]


def test_a_column_that_wraps_gets_the_remaining_width() -> None:
    grid = Grid([[Column("A", words("a" * 10)), Column("B", words("many words " * 6), wraps=True)]])
    assert shown(grid, width=50) == [
        "A           B",
        "aaaaaaaaaa  many words many words many words many",
        "            words many words many words",
    ]


@given(st.integers(40, 120))
def test_a_command_is_never_broken(width: int) -> None:
    command = command_line("override", "a client with a long name", owner="partner")
    found = shown(line("  note: ", HANG, f"the words before it are many; {command} does it"), width=width)
    assert sum(command in text for text in found) == 1


@given(st.lists(LINE, max_size=3), st.integers(40, 200))
def test_colour_does_not_change_the_text(lines: list[Line], width: int) -> None:
    coloured, bare = ("\n".join(shown(*lines, width=width, colour=colour)) for colour in (True, False))
    for code in (*CODES.values(), "0"):
        coloured = coloured.replace(f"\x1b[{code}m", "")
    assert coloured == bare
    assert "\x1b" not in bare


@pytest.mark.parametrize(("style", "look"), STYLES.items())
def test_each_style_has_its_colour(style: str, look: str) -> None:
    assert shown(line(("word", style)), colour=True) == [f"\x1b[{CODES[look]}mword\x1b[0m"]


@given(st.lists(st.text("abé日", min_size=1, max_size=12), min_size=1, max_size=8), st.integers(0, 60))
def test_as_many_names_are_listed_as_fit(names: list[str], room: int) -> None:
    text = list_fitting(names, room)
    assert text.startswith(names[0])
    assert cell_len(text) <= room or text in {names[0], f"{names[0]} and {len(names) - 1} more"}


@given(TEXT, st.integers(1, 20))
def test_a_shortened_text_ends_in_an_ellipsis(text: str, room: int) -> None:
    found = shorten(text, room)
    assert cell_len(found) <= room
    assert found == showable(text) or (found.endswith("…") and showable(text).startswith(found[:-1].rstrip()))


@pytest.mark.parametrize("cell", [line("some words that are continued"), [line("a"), line("b")]], ids=str)
def test_a_long_table_has_the_columns_of_a_short_one(cell: Line | list[Line]) -> None:
    def table(rows: int) -> Grid:
        columns = [Column("NUMBER", words("7") * rows, right=True), Column("TEXT", [cell] * rows, wraps=True)]
        return Grid([[*columns, Column("END", words("end") * rows)]])

    assert shown(table(2), width=40)[:2] == shown(table(MOST_DRAWN + 1), width=40)[:2]
    plain = Grid([[Column("NUMBER", words("7"), right=True), Column("END", words("end"))]])
    many = plain.layouts[0][0].cells * (MOST_DRAWN + 1)
    long = Grid([[Column("NUMBER", many, right=True), Column("END", [line("end")] * len(many))]])
    assert shown(plain)[:2] == shown(long)[:2]
