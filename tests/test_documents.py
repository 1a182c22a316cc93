"""The documents show the present output of their commands, are short, and link to what exists."""

import io
import re
import sys
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import documents as shown
from conftest import Terminal, arguments_of
from renewctl.main import main

REPOSITORY = shown.REPOSITORY
PAGES = sorted(
    [*REPOSITORY.glob("*.md"), *REPOSITORY.glob("docs/**/*.md"), *REPOSITORY.glob("examples/*.md")]
)
GUIDES = [
    path
    for path in shown.documents()
    if path.parent.name in ("how-to", "examples")
    or path.name in ("README.md", "index.md", "installation.md", "tutorial.md", "troubleshooting.md")
]
NOT_RUN = re.compile(
    r"(uv tool (un)?install|pipx (un)?install|python -m pip (un)?install|make|git clone|cd) ?.*"
)
CODE = re.compile(r"(?ms)^ *```.*?^ *```$|`[^`\n]*`")


def named(paths: list[Path]) -> dict:
    """Return the arguments that run a test once for each page, under the page's name."""
    return {
        "argnames": "path",
        "argvalues": paths,
        "ids": [str(path.relative_to(REPOSITORY)) for path in paths],
    }


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> shown.Answer:
    """Return a function that runs a command of a document: in this process, unless it needs a shell."""
    for name, value in {"TERM": "xterm", "RENEWCTL_AS_OF": "2026-11-23"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("COLUMNS", str(shown.WIDTH))

    def run(command: str, work: Path) -> str:
        words = arguments_of(command)
        if words is None:
            return shown.run_in_terminal(command, work)
        screen = Terminal()
        # Keep the wrappers: a wrapper that is deleted closes its stream.
        out, err = (io.TextIOWrapper(screen, encoding="utf-8", write_through=True) for _ in range(2))
        with monkeypatch.context() as patch:
            patch.chdir(work)
            patch.setenv("HOME", str(work.parent))
            patch.setattr(sys, "stdout", out)
            patch.setattr(sys, "stderr", err)
            status = main(words)
        return shown.format_output(screen.getvalue().decode(), status)

    return run


@pytest.mark.parametrize(**named(shown.documents()))
def test_each_command_has_its_present_output(path: Path, answer: shown.Answer) -> None:
    text = path.read_text(encoding="utf-8")
    assert shown.refreshed(text, answer) == text, "run: make docs"


@pytest.mark.parametrize(**named(shown.documents()))
def test_only_commands_that_install_are_not_run(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for block in re.findall(r"(?ms)^```sh\n(.*?)^```$", text):
        for line in block.splitlines():
            assert NOT_RUN.fullmatch(line.split("#")[0].strip()), line


@pytest.mark.parametrize(**named(GUIDES))
def test_outputs_in_guides_are_short(path: Path) -> None:
    limit = 10 if path.name == "tutorial.md" else 15
    text = path.read_text(encoding="utf-8")
    assert {command: len(lines) for command, lines in shown.outputs(text) if len(lines) > limit} == {}


@pytest.mark.parametrize(**named(sorted(REPOSITORY.glob("docs/how-to/*.md"))))
def test_each_guide_ends_with_the_result_and_the_next_step(path: Path) -> None:
    headings = re.findall(r"(?m)^## (.*)$", path.read_text("utf-8"))
    assert "Result" in headings
    assert headings[-1] == "Next"


def test_the_readme_is_short() -> None:
    assert len((REPOSITORY / "README.md").read_text("utf-8").splitlines()) <= 150


# ------------------------------------------------------------------ links


def github_anchor(heading: str) -> str:
    """Return the anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def mkdocs_anchor(heading: str) -> str:
    """Return the anchor that Python-Markdown gives a heading."""
    ascii_only = unicodedata.normalize("NFKD", heading).encode("ascii", "ignore").decode()
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", ascii_only).strip().lower())


def anchors(path: Path, of: Callable[[str], str]) -> set[str]:
    """Return the anchors of a page."""
    text = re.sub(r"(?ms)^ *```.*?^ *```$", "", path.read_text("utf-8"))
    headings = re.findall(r"(?m)^#+ +(.*?) *$", text)
    return {of(re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading).replace("`", "")) for heading in headings}


def links(path: Path) -> Iterator[tuple[Path, str]]:
    """Yield the file and the anchor of each link of a page to a file of the repository."""
    text = CODE.sub("", path.read_text("utf-8"))
    found = re.findall(r"\]\(([^()\s]+(?:\([^()]*\))?)\)", text) + re.findall(
        r'(?:src|srcset|href)="([^"]+)"', text
    )
    for target in found:
        if not re.match(r"[a-z]+:", target):
            name, _, anchor = target.partition("#")
            yield (path.parent / name).resolve() if name else path, anchor


@pytest.mark.parametrize(**named(PAGES))
def test_links_lead_to_files_and_headings_that_exist(path: Path) -> None:
    for target, anchor in links(path):
        assert target.exists(), target
        assert target.is_relative_to(REPOSITORY), target
        if anchor:
            assert anchor in anchors(target, github_anchor), (target, anchor)
            if target.is_relative_to(REPOSITORY / "docs"):
                assert anchor in anchors(target, mkdocs_anchor), (target, anchor)


@pytest.mark.parametrize(**named(sorted(REPOSITORY.glob("docs/**/*.md"))))
def test_lists_are_lists_in_every_renderer(path: Path) -> None:
    """Python-Markdown needs a blank line above a list, and GitHub does not."""
    text = re.sub(r"(?ms)^ *```.*?^ *```$", "", path.read_text("utf-8"))
    item = r"(?:[-*]|\d+\.) "
    assert re.findall(rf"(?m)^(?!{item}|[ #>|]|$).+\n{item}.*", text) == []


def test_every_page_for_users_can_be_reached_from_the_readme() -> None:
    reached, queue = set(), [REPOSITORY / "README.md"]
    while queue:
        page = queue.pop()
        if page not in reached and page.suffix == ".md" and page.exists():
            reached.add(page)
            queue += [target for target, _ in links(page)]
    assert {path for path in REPOSITORY.glob("docs/**/*.md") if path not in reached} == set()
