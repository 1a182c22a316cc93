"""The pictures show the present output, are readable on light and dark backgrounds, and load nothing."""

import re
import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest

import pictures

PAGES = [pictures.REPOSITORY / "README.md", *pictures.REPOSITORY.glob("docs/**/*.md")]
NAMES = sorted(pictures.COMMANDS)
SPACE = "{http://www.w3.org/2000/svg}"
ELEMENTS = {f"{SPACE}{name}" for name in ("svg", "title", "style", "rect", "g", "circle", "text")}
READABLE = 4.5
"""Minimum contrast of text (WCAG 2.1, AA)."""


def drawn(name: str) -> str:
    """Return the picture in the repository."""
    return (pictures.FOLDER / f"{name}.svg").read_text("utf-8")


def colours(rules: str) -> dict[str, str]:
    """Return the colour of each class in the CSS rules."""
    return dict(re.findall(r"\.renewctl-\w+-(r\d+|ground) \{ fill: (#[0-9a-f]{6})", rules))


def light(colour: str) -> float:
    """Return the relative luminance of a colour, 0 to 1 (WCAG 2.1)."""
    parts = [part / 255 for part in bytes.fromhex(colour[1:])]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, two: str) -> float:
    """Return the contrast of two colours (WCAG 2.1)."""
    dark, bright = sorted((light(one), light(two)))
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", NAMES)
def test_the_picture_shows_the_present_output(name):
    assert pictures.picture(name) == drawn(name), "run: make pictures"


def test_every_picture_is_shown_with_a_description():
    kept = {path.name for path in pictures.FOLDER.iterdir()}
    assert kept == {"page-dark.png", "page-light.png", *(f"{name}.svg" for name in NAMES)}
    text = "\n".join(path.read_text("utf-8") for path in PAGES)
    described = set(re.findall(r"!\[[^]]{40,}\]\((?:\.\./|docs/)?pictures/([\w.-]+)\)", text))
    assert described == kept - {"page-dark.png"}
    assert re.search(r'<img alt="[^"]{40,}" src="docs/pictures/page-light\.png"', text)
    assert 'srcset="docs/pictures/page-dark.png"' in text


def test_the_page_has_a_picture_in_each_colour_scheme():
    """The content is tested in tests/page/: each version of Chromium draws text slightly differently."""
    for ground in ("light", "dark"):
        data = (pictures.FOLDER / f"page-{ground}.png").read_bytes()
        assert data.startswith(b"\x89PNG\r\n\x1a\n")
        assert (data[16:20], len(data) < 300_000) == ((1200).to_bytes(4, "big"), True)


@pytest.mark.parametrize("name", NAMES)
def test_the_picture_is_readable_on_light_and_dark(name):
    rules = re.search(r"(?s)<style>(.*)</style>", drawn(name))[1]
    day, _, night = rules.partition("@media (prefers-color-scheme: dark)")
    used = set(re.findall(r'class="renewctl-\w+-(r\d+|ground)"', drawn(name)))
    for found in (colours(day), colours(night)):
        assert used <= set(found)
        pale = {each: colour for each, colour in found.items() if each != "ground"}
        assert {each for each in pale if contrast(pale[each], found["ground"]) < READABLE} == set()
    assert light(colours(night)["ground"]) < 0.05 < light(colours(day)["ground"])


@pytest.mark.parametrize("name", NAMES)
def test_the_picture_loads_nothing_and_runs_nothing(name):
    text = drawn(name)
    assert {element.tag for element in ET.fromstring(text).iter()} <= ELEMENTS
    assert re.findall(r"\w+://[^\"]*", text) == ["http://www.w3.org/2000/svg"]
    assert re.findall(r"url\(|@import|@font-face|href|\son\w+=", text) == []


@pytest.mark.parametrize("name", NAMES)
def test_each_word_has_its_position_in_any_font(name):
    """A word has a position and a length, touches no other word, and is inside the picture."""
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
    words_shown = " ".join(word for words in lines.values() for _, _, word in words)
    assert words_shown.startswith(f"$ {pictures.COMMANDS[name]} ")
