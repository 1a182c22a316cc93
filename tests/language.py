"""The words and patterns that the project's English avoids, and a search for them.

``python tests/language.py [PATH ...]`` prints every place, and a count of each pattern.
The patterns are in ``language.toml``; test_language.py asks that nothing is found.
"""

import ast
import io
import re
import sys
import tokenize
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

TESTS = Path(__file__).resolve().parent
REPOSITORY = TESTS.parent
ROOTS = (
    "src",
    "tests",
    "bench",
    "docs",
    "examples",
    "README.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "CHANGELOG.md",
)
SUFFIXES = {".py", ".toml", ".md", ".j2", ".js", ".css", ".sh", ".yml"}
NOT_READ = {
    "language.toml": "the patterns themselves",
    "headers.toml": "what people call columns, in seven languages",
    "agency.toml": "invented data",
    "demo.toml": "invented data",
    "resolve.toml": "invented data",
    "report.toml": "invented data",
    "decisions.md": "history: entries stay as they were written",
}
"""Files that are not read, each with the reason."""
_CODE = re.compile(r"`[^`]*`|https?://\S+|\]\([^)]*\)")
_QUOTE = re.compile(r'"[^"]*"|“[^”]*”')
_FENCE = re.compile(r"\s*(```|~~~)")
_JINJA = re.compile(r"\{[{%#].*?[}%#]\}|<[^>]*>")


class Passage(NamedTuple):
    """A piece of English: its file, its line, counted from 1, what kind of text it is, and the text."""

    path: str
    line: int
    kind: str
    text: str


class Pattern(NamedTuple):
    """A pattern to avoid: its name, its expression, what to write, where it applies, and its exceptions."""

    name: str
    expression: re.Pattern[str]
    instead: str
    kinds: frozenset[str]
    allowed: tuple[str, ...]
    allowed_whole: tuple[str, ...]

    def is_allowed(self, text: str, match: re.Match[str]) -> bool:
        """Return whether a match is one of the exceptions: as a whole text, or by the text around it."""
        around = text[max(0, match.start() - 40) : match.end() + 40]
        return text in self.allowed_whole or any(allowed in around for allowed in self.allowed)


class Match(NamedTuple):
    """A pattern that was found in a passage."""

    passage: Passage
    pattern: Pattern
    found: str

    def __str__(self) -> str:
        where = f"{self.passage.path}:{self.passage.line} ({self.passage.kind})"
        return f"{where}: {self.found!r}: {self.pattern.instead}\n    {self.passage.text[:160]!r}"


@cache
def read_patterns() -> tuple[Pattern, ...]:
    """Read ``language.toml``."""
    table = tomllib.loads((TESTS / "language.toml").read_text("utf-8"))
    return tuple(
        Pattern(
            name,
            re.compile(entry["match"], re.IGNORECASE if entry.get("any_case", True) else 0),
            entry["instead"],
            frozenset(entry.get("kinds", table["kinds"])),
            *(
                tuple(each[kind] for each in entry.get("allowed", ()) if kind in each)
                for kind in ("text", "whole")
            ),
        )
        for name, entry in table["patterns"].items()
    )


def find_files(roots: Iterable[str] = ROOTS) -> Iterator[Path]:
    """Yield the files with the project's English, below some files and folders of the repository."""
    for root in roots:
        path = REPOSITORY / root
        for each in sorted(path.rglob("*")) if path.is_dir() else [path]:
            foreign = each.name in NOT_READ or "node_modules" in each.parts
            if each.suffix in SUFFIXES and not foreign and each.is_file():
                yield each


def read_passages(path: Path) -> Iterator[Passage]:
    """Yield the passages of a file."""
    text = path.read_text("utf-8")
    name = path.relative_to(REPOSITORY).as_posix()
    match path.suffix:
        case ".py":
            yield from _read_python(name, text)
        case ".toml":
            yield from _read_toml(name, text)
        case ".md":
            yield from _read_markdown(name, text)
        case _:
            for number, line in enumerate(text.splitlines(), 1):
                yield Passage(name, number, "text", _JINJA.sub(" ", line))


def _read_python(name: str, text: str) -> Iterator[Passage]:
    nodes = list(ast.walk(ast.parse(text)))
    docstrings = {}
    inside_fstrings = set()
    for node in nodes:
        match node:
            case ast.Expr(value=ast.Constant(value=str() as words) as constant):
                docstrings[constant] = words
            case ast.JoinedStr(values=values):
                inside_fstrings.update(value for value in values if isinstance(value, ast.Constant))
    # The strings of a test are input as often as English; only what documents it counts.
    strings = "text" if name.startswith("src") else ""
    for node in nodes:
        match node:
            case ast.Constant(value=str() as words) if node in docstrings:
                yield Passage(name, node.lineno, "docstring", words)
            case ast.Constant(value=str() as words) if strings and node not in inside_fstrings:
                yield Passage(name, node.lineno, strings, words)
            case ast.JoinedStr(values=values) if strings:
                parts = [str(value.value) if isinstance(value, ast.Constant) else "…" for value in values]
                yield Passage(name, node.lineno, strings, "".join(parts))
    for word, line in _find_names(nodes).items():
        yield Passage(name, line, "name", _split_name(word))
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield Passage(name, token.start[0], "comment", token.string.lstrip("# "))


def _find_names(nodes: Iterable[ast.AST]) -> dict[str, int]:
    """Return the names that are defined, and their first lines."""
    names: dict[str, int] = {}
    for node in nodes:
        match node:
            case ast.FunctionDef(name=word) | ast.AsyncFunctionDef(name=word) | ast.ClassDef(name=word):
                names.setdefault(word, node.lineno)
            case ast.arg(arg=word) | ast.Name(id=word, ctx=ast.Store()):
                names.setdefault(word, node.lineno)
    return names


def _split_name(word: str) -> str:
    """Return the words of a name in code, as prose."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", word).replace("_", " ").strip()


def _read_toml(name: str, text: str) -> Iterator[Passage]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("#"):
            yield Passage(name, number, "comment", line.lstrip("# "))
        elif name.startswith("src"):
            yield Passage(name, number, "text", line.partition(" = ")[2].strip("\"'"))


def _read_markdown(name: str, text: str) -> Iterator[Passage]:
    """Yield a passage for each paragraph, list item, table row, and line of a code block."""
    fenced, first, paragraph = False, 0, ""
    for number, line in enumerate([*text.splitlines(), ""], 1):
        if _FENCE.match(line):
            fenced = not fenced
        starts = not line.strip() or fenced or re.match(r"\s*([-*#|>]|\d+\.|```)", line) is not None
        if starts and paragraph:
            yield Passage(name, first, "document", _CODE.sub("`code`", paragraph))
            paragraph = ""
        if fenced or _FENCE.match(line):
            continue
        first = first if paragraph else number
        paragraph = f"{paragraph} {line.strip(' -*#|>')}".strip()


def find_matches(passages: Iterable[Passage]) -> Iterator[Match]:
    """Yield every pattern in some passages, but for the exceptions of the pattern."""
    for passage in passages:
        text = _QUOTE.sub("“…”", passage.text) if passage.kind in {"docstring", "comment"} else passage.text
        for pattern in read_patterns():
            if passage.kind not in pattern.kinds:
                continue
            for match in pattern.expression.finditer(text):
                if not pattern.is_allowed(text, match):
                    yield Match(passage, pattern, match[0].strip())


def main(roots: list[str]) -> None:
    """Print every match below some paths, then the number of each pattern."""
    counts: Counter[str] = Counter()
    for path in find_files(roots or ROOTS):
        for match in find_matches(read_passages(path)):
            print(match)
            counts[match.pattern.name] += 1
    for name, number in counts.most_common():
        print(f"{number:5}  {name}")
    print(f"{counts.total():5}  in all")


if __name__ == "__main__":
    main(sys.argv[1:])
