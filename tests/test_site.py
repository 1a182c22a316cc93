"""The documents make a site without a warning, and every page is in its navigation."""

import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

REPOSITORY = Path(__file__).resolve().parent.parent
PAGES = sorted((REPOSITORY / "docs").rglob("*.md"))
LIST = re.compile(r"(?m)^(?![-*] |\d+\. |\||#| |<!-- ).+\n(?:[-*] |1\. )")
"""A line of text with a list directly below it, which only GitHub shows as a list."""


def listed(entry: object) -> list[str]:
    """Return the pages of an entry of the navigation and of all entries below it."""
    if isinstance(entry, str):
        return [entry]
    below = entry.values() if isinstance(entry, dict) else entry
    return [page for each in below for page in listed(each)]


def test_every_page_is_in_the_navigation_once() -> None:
    nav = listed(yaml.safe_load((REPOSITORY / "mkdocs.yml").read_text("utf-8"))["nav"])
    assert sorted(nav) == sorted(path.relative_to(REPOSITORY / "docs").as_posix() for path in PAGES)


class Built(NamedTuple):
    """The site, and what MkDocs printed and returned."""

    folder: Path
    status: int
    output: str


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Return the site, built strictly."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    ran = subprocess.run(command, cwd=REPOSITORY, capture_output=True, encoding="utf-8", check=False)
    return Built(folder, ran.returncode, ran.stdout + ran.stderr)


def test_the_site_is_built_without_a_warning(site: Built) -> None:
    assert (site.status, site.output) == (0, "")


def test_the_site_loads_nothing_from_another_host(site: Built) -> None:
    loaded = re.compile(r"""<(?:script|img|link)\b[^>]*?(?:src|href)=["'](?:https?:)?//""")
    pages = {path.name: path.read_text("utf-8") for path in site.folder.rglob("*.html")}
    assert len(pages) > len(PAGES)
    assert [name for name, text in pages.items() if loaded.search(text)] == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_a_list_begins_below_an_empty_line(path: Path) -> None:
    text = re.sub(r"(?ms)^```.*?^```$", "", path.read_text("utf-8"))
    assert LIST.findall(text) == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_paragraphs_of_a_list_item_are_indented_by_four(path: Path) -> None:
    """With fewer spaces, only GitHub shows them as a part of the item."""
    text = re.sub(r"(?ms)^```.*?^```$", "", path.read_text("utf-8"))
    assert re.findall(r"(?m)^\n {1,3}\S.*", text) == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_no_code_in_a_table_has_an_escaped_bar(path: Path) -> None:
    """MkDocs shows the backslash."""
    assert re.findall(r"(?m)^\|.*`[^`|]*\\\|.*", path.read_text("utf-8")) == []
