"""The README's pictures show what a terminal shows now, are readable on light and dark, and fetch nothing."""

import re
import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest

import pictures

README = (pictures.REPOSITORY / "README.md").read_text("utf-8")
NAMES = sorted(pictures.COMMANDS)
SPACE = "{http://www.w3.org/2000/svg}"
ELEMENTS = {f"{SPACE}{name}" for name in ("svg", "title", "style", "rect", "g", "circle", "text")}
READABLE = 4.5
"""The least contrast of text (WCAG 2.1, AA)."""


def drawn(name: str) -> str:
    """Return the picture that the repository keeps."""
    return (pictures.FOLDER / f"{name}.svg").read_text("utf-8")


def colours(rules: str) -> dict[str, str]:
    """Return the colour of each class in the rules."""
    return dict(re.findall(r"\.renewctl-\w+-(r\d+|ground) \{ fill: (#[0-9a-f]{6})", rules))


def light(colour: str) -> float:
    """Return the relative luminance of a colour, 0 to 1 (WCAG 2.1)."""
    parts = [part / 255 for part in bytes.fromhex(colour[1:])]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, two: str) -> float:
    dark, bright = sorted((light(one), light(two)))
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", NAMES)
def test_the_picture_is_what_a_terminal_shows_now(name):
    assert pictures.picture(name) == drawn(name), "make pictures draws what has changed"


def test_no_picture_is_left_over_and_each_is_in_the_readme_with_words():
    pages = ["page-dark.png", "page-light.png"]
    assert sorted(path.name for path in pictures.FOLDER.iterdir()) == sorted(
        [*pages, *(f"{name}.svg" for name in NAMES)]
    )
    assert sorted(re.findall(r"!\[[^]]{40,}\]\(docs/pictures/(\w+)\.svg\)", README)) == NAMES
    assert sorted(re.findall(r"docs/pictures/(page-\w+\.png)", README)) == pages
    assert re.search(r'<img alt="[^"]{40,}" src="docs/pictures/page-light\.png"', README)


def test_the_page_has_a_picture_on_each_ground():
    """What they show is tests/page/'s to say: each Chromium draws letters a little differently."""
    for ground in ("light", "dark"):
        data = (pictures.FOLDER / f"page-{ground}.png").read_bytes()
        assert data.startswith(b"\x89PNG\r\n\x1a\n")
        assert (data[16:20], len(data) < 300_000) == ((1200).to_bytes(4, "big"), True)


@pytest.mark.parametrize("name", NAMES)
def test_it_can_be_read_on_light_and_on_dark(name):
    rules = re.search(r"(?s)<style>(.*)</style>", drawn(name))[1]
    day, _, night = rules.partition("@media (prefers-color-scheme: dark)")
    used = set(re.findall(r'class="renewctl-\w+-(r\d+|ground)"', drawn(name)))
    for found in (colours(day), colours(night)):
        assert used <= set(found)
        pale = {each: colour for each, colour in found.items() if each != "ground"}
        assert {each for each in pale if contrast(pale[each], found["ground"]) < READABLE} == set()
    assert light(colours(night)["ground"]) < 0.05 < light(colours(day)["ground"])


@pytest.mark.parametrize("name", NAMES)
def test_it_fetches_nothing_and_runs_nothing(name):
    text = drawn(name)
    assert {element.tag for element in ET.fromstring(text).iter()} <= ELEMENTS
    assert re.findall(r"\w+://[^\"]*", text) == ["http://www.w3.org/2000/svg"]
    assert re.findall(r"url\(|@import|@font-face|href|\son\w+=", text) == []


@pytest.mark.parametrize("name", NAMES)
def test_each_word_stands_where_the_terminal_puts_it(name):
    """Whatever the font: a word has its place and its length, touches no other, and is inside."""
    root = ET.fromstring(drawn(name))
    width = float(root.get("viewBox").split()[2])
    lines: dict[str, list[tuple[float, float, str]]] = {}
    for word in root.iter(f"{SPACE}text"):
        assert re.search(r"\s", word.text) is None
        start, length = float(word.get("x")), float(word.get("textLength"))
        assert length == pytest.approx(len(word.text) * 20 * pictures.ADVANCE)
        lines.setdefault(word.get("y"), []).append((start, start + length, word.text))
    for words in lines.values():
        assert [two for one, two in pairwise(words) if two[0] < one[1] - 0.1] == []
        assert words[-1][1] < width - 16
    heard = " ".join(word for words in lines.values() for _, _, word in words)
    assert heard.startswith(f"$ {pictures.COMMANDS[name]} ")
