"""Every regular expression in the source takes linear time, whatever its input.

The tests find patterns in the source, with the methods that are called on them, and try each on long runs of
characters that patterns contain, followed by a character that ends no match. On one of these, a pattern that
takes quadratic time needs minutes, a linear one milliseconds.
"""

import ast
import re
import signal
from collections.abc import Iterator
from importlib import import_module
from itertools import permutations
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import renewctl

ROOT = Path(renewctl.__file__).parent
METHODS = {"match", "search", "fullmatch", "findall", "finditer", "sub", "subn", "split"}
LOCAL = {
    "formats/toml/errors.py": {"pattern": "[pattern for pattern, _ in _HINTS]"},
    "exchange/spreadsheet.py": {"pattern": "[pattern for pattern, _ in _TEXTUAL]", "part": "','"},
}
"""The values of local names, as expressions of the names of their module."""
LONG = 40_000
SECONDS = 5
"""Limit of processor time; a linear pattern takes some hundredths of a second."""
RUNS = (
    *"a0 \t\n\r\"'\\#=,;:.-_/@[]{}<>&!é\u2028\0\ud800Aex+%?|*`$~",
    *map("".join, permutations('a0\n"\\', 2)),
    *("\r\n", '"""', "'''", '\\"""', "<<<<<<< a\n", "=======\n", "[a]\n", "# \n", "--- ", "sep=", "'a': "),
    *("0x" + "f" * 2499 + "\n", "9" * 3999 + "\n", "0x0", "1,234", "1e1", "2026-01-01", "31.12.", "+1d"),
    *("a@a.", "<a@a> ", "www.", "://", "\\ud800", "xl/workbook", ' r="A1"', "false", " or "),
)
FIRST = {' r="A1"': "<c ", '\\"': '"', "\\": '"', '\\"""': '"""'}
"""The text before a run that lets a pattern begin."""
Use = tuple[re.Pattern[Any], str]


def find_uses(path: Path) -> Iterator[Use]:
    """Yield the patterns in a file, each with a method that is called on it."""
    place = path.relative_to(ROOT).as_posix()
    words = (ROOT.name, *path.relative_to(ROOT).with_suffix("").parts)
    names = {**vars(import_module(".".join(words).removesuffix(".__init__")))}
    names |= {name: eval(text, names) for name, text in LOCAL.get(place, {}).items()}
    tree = ast.parse(path.read_text(encoding="utf-8"))

    def value_of(node: ast.expr) -> Any:
        return eval(ast.unparse(node), names)

    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and ast.unparse(node.value).startswith("re.compile("):
            names[ast.unparse(node.targets[0])] = value_of(node.value)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).removeprefix("re.") in METHODS:
            found, method = value_of(node.args[0]), ast.unparse(node.func).removeprefix("re.")
        elif isinstance(node, ast.Attribute) and node.attr in METHODS and ast.unparse(node.value) != "re":
            found, method = names.get(ast.unparse(node.value)), node.attr
            if isinstance(node.value, ast.Call) and ast.unparse(node.value.func) == "re.compile":
                found = value_of(node.value)
        else:
            continue
        for each in found if isinstance(found, list) else [found]:
            if isinstance(each, str | bytes | re.Pattern):
                yield re.compile(each), method


MODULES = sorted(ROOT.rglob("*.py"))


def test_every_pattern_in_the_source_is_found() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in ROOT.rglob("*.py"))
    found = {pattern for path in MODULES for pattern, _ in find_uses(path)}
    assert len(found) >= source.count("re.compile(") > 40


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_the_patterns_of_a_module_take_linear_time(path: Path) -> None:
    for pattern, method in dict.fromkeys(find_uses(path)):
        _try_long_runs(pattern, method)


def _try_long_runs(pattern: re.Pattern[Any], method: str) -> None:
    call = getattr(pattern, method)
    before = signal.signal(signal.SIGVTALRM, _give_up)
    try:
        for run in RUNS:
            text: Any = FIRST.get(run, "") + run * (LONG // len(run)) + "\0"
            text = text.encode(errors="surrogatepass") if isinstance(pattern.pattern, bytes) else text
            signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
            found = call(text[:0], text) if method.startswith("sub") else call(text)
            for _ in found if method == "finditer" else ():
                pass
    except TimeoutError:
        pytest.fail(f"more than {SECONDS} s for {pattern.pattern!r}.{method} on many {run!r}")
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _give_up(_number: int, _frame: FrameType | None) -> None:
    raise TimeoutError
