"""The project's English: no text, document, docstring, comment or name has a pattern that it avoids."""

import ast
import tomllib

import pytest

import language
from language import Passage, find_files, find_matches, read_passages, read_patterns

LONGEST_SUMMARY = 80
EXAMPLES = [
    (name, kind, text)
    for name, entry in tomllib.loads((language.TESTS / "language.toml").read_text("utf-8"))[
        "patterns"
    ].items()
    for text in entry["bad"]
    for kind in entry.get("kinds", ["text"])
]


@pytest.fixture(scope="module")
def passages() -> list[Passage]:
    """Return every passage of the project, read once."""
    return [passage for path in find_files() for passage in read_passages(path)]


def test_no_passage_has_a_pattern_to_avoid(passages: list[Passage]) -> None:
    assert [str(match) for match in find_matches(passages)] == []


def test_each_exception_is_needed(passages: list[Passage]) -> None:
    """An exception that nothing needs any more hides the next match."""
    needless = []
    for pattern in read_patterns():
        if pattern.allowed or pattern.allowed_whole:
            found = [passage.text for passage in passages if pattern.expression.search(passage.text)]
            needless += [each for each in pattern.allowed if not any(each in text for text in found)]
            needless += [each for each in pattern.allowed_whole if each not in found]
    assert needless == []


def test_the_summary_of_a_docstring_fits_80_characters() -> None:
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    long = []
    for path in find_files(["src"]):
        nodes = ast.walk(ast.parse(path.read_text("utf-8"))) if path.suffix == ".py" else ()
        for node in nodes:
            summary = (ast.get_docstring(node) or "").partition("\n")[0] if isinstance(node, kinds) else ""
            long += [f"{path}: {summary}"] if len(summary) > LONGEST_SUMMARY else []
    assert long == []


@pytest.mark.parametrize(("name", "kind", "text"), EXAMPLES)
def test_each_pattern_finds_its_example(name: str, kind: str, text: str) -> None:
    found = {match.pattern.name for match in find_matches([Passage("x", 1, kind, text)])}
    assert name in found
