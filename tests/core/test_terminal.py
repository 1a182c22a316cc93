"""Lines on a terminal: broken between words only, in columns that keep their places, in rich's colours."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.color import ColorSystem
from rich.style import Style

from renewctl.render.machine import plain_line
from renewctl.render.result import Line, Result, line
from renewctl.render.terminal import (
    GAP,
    STYLES,
    column_widths,
    draw,
    heading_row,
    measure,
    side_by_side,
    total_width,
    wrap_line,
)
from renewctl.text import showable

TEXT = st.text(st.sampled_from("ab  é日e\u0301\ufe0f😀\x1b\u202e\t–"), max_size=12)
STYLE = st.sampled_from(["", "dim", "notified"])
LINE: st.SearchStrategy[Line] = st.lists(st.tuples(TEXT, STYLE), max_size=4).map(tuple)
COLOUR = {"TERM": "xterm"}


def text_of(parts: Line) -> str:
    """Return what is shown, its spaces at the end too."""
    return "".join(showable(text) for text, _ in parts)


def styled_words(lines: Iterator[Line]) -> list[tuple[str, str]]:
    """Return every part between spaces, with its style."""
    return [
        (word, style)
        for parts in lines
        for text, style in parts
        for word in showable(text).split(" ")
        if word
    ]


@given(LINE, st.integers(1, 40), st.none() | st.integers(0, 4))
def test_a_line_is_broken_between_words_only_and_loses_none(
    parts: Line, width: int, hang: int | None
) -> None:
    found = list(wrap_line(parts, width, hang))
    assert styled_words(iter(found)) == styled_words(iter([parts]))
    if cell_len(text_of(parts)) <= width:
        assert [*map(text_of, found)] == [text_of(parts)]
    for broken in found:
        pieces = [piece for piece in broken if piece[0].strip(" ")]
        assert measure(broken) <= width or len(pieces) <= 1


@given(st.lists(st.lists(st.lists(LINE, max_size=3), min_size=3, max_size=3), min_size=1, max_size=4))
def test_each_column_begins_at_its_place_on_every_line(rows: list[list[list[Line]]]) -> None:
    table = [heading_row(("A", "", "CC")), *rows]
    widths = column_widths(table)
    for row in table:
        drawn_lines = list(side_by_side(row, widths))
        assert len(drawn_lines) == max(map(len, row))
        for number, found in enumerate(drawn_lines):
            standing = [text_of(lines[number]) if number < len(lines) else "" for lines in row]
            padded = [
                text + " " * (size - cell_len(text)) for text, size in zip(standing, widths, strict=True)
            ]
            assert text_of(found) == GAP.join([*padded[:-1], standing[-1]])
            assert measure(found) <= total_width(widths)


@given(st.lists(LINE, max_size=3), st.integers(1, 200))
def test_what_is_shown_in_colour_is_what_is_shown_without(lines: list[Line], columns: int) -> None:
    answer = Result({}, lines=tuple(lines))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", str(columns))
        coloured, bare = draw(answer, COLOUR), draw(answer, {"NO_COLOR": "1"})
    for code in (*STYLES.values(), "\x1b[0m"):
        coloured = coloured.replace(code, "")
    assert coloured == bare
    assert "\x1b" not in bare


@pytest.mark.parametrize(
    ("style", "look"),
    [
        ("notified", "bold green"),
        ("copied", "cyan"),
        ("error", "bold red"),
        ("warning", "yellow"),
        ("info", "dim"),
        ("dim", "dim"),
        ("strong", "bold"),
    ],
)
def test_a_style_looks_as_rich_would_have_it(style: str, look: str) -> None:
    shown = draw(Result({}, lines=(line(("word", style)),)), COLOUR)
    assert shown == Style.parse(look).render("word", color_system=ColorSystem.STANDARD) + "\n"
    assert plain_line(line(("word", style))) == "word"
