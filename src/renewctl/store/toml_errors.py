"""What is wrong with a text that is not TOML, said with its lines and a way out.

May import ``errors`` and its neighbours ``blocks`` and ``toml_text``.
"""

import re
from collections.abc import Iterator
from typing import Any

import tomli

from renewctl.errors import Problem, StoreInvalid
from renewctl.store.blocks import ScanError, Steps, scan
from renewctl.store.toml_text import key_text

MAX_DEPTH = 100
"""Levels of tables and lists within each other; renewctl's own data has five."""
LONG_BITS = 10_000
"""Python does not write integers of 4,300 digits."""
_CONFLICT = re.compile(r"^<{7}(?![^ \r\n])", re.MULTILINE)
_CONFLICT_END = re.compile(r"^>{7}(?![^ \r\n])", re.MULTILINE)
_LONE_CR = re.compile(r"\r(?!\n)")
_LONG_HEX = re.compile(r"0[xob][0-9A-Fa-f_]{2500,}")
_LONG_INTEGER = re.compile(r"[0-9][0-9_]{4000,}|" + _LONG_HEX.pattern)
_CONTAINERS = frozenset((dict, list))
_LOOKS = (
    (r"PK\x03\x04", "it looks like a zip file, such as an Excel workbook: `renewctl import` reads .xlsx"),
    (r"\s*<[!?a-zA-Z]", "it looks like a page of HTML or XML, perhaps saved in place of the file itself"),
    (r"\s*(\{|\[\s*[{\[]\s*[\"{])", "it looks like JSON: name it .json"),
    (r"\s*(#.*\s*)*(---\s|%YAML|[\w.@-]+:(\s|$))", "it looks like YAML; renewctl keeps TOML or JSON"),
)
_WORDS = {
    "Illegal character '\\n'": "a quoted text is not closed on its line",
    "Illegal character '\\r'": "a lone carriage return",
}


def invalid(text: str, error: Exception) -> StoreInvalid:
    """Return what is wrong with a text that could not be read, every unresolved merge if there are any."""
    problems = list(_conflicts(text)) or [_finding(text, error)]
    return StoreInvalid("the store is not valid TOML", hint=problems[0].hint, problems=problems)


def _conflicts(text: str) -> Iterator[Problem]:
    for match in _CONFLICT.finditer(text):
        line, _ = _place(text, match.start())
        end = _CONFLICT_END.search(text, match.end())
        last = _place(text, end.start())[0] if end else text.rstrip("\n").count("\n") + 1
        hint = "settle the merge: keep one side, delete the lines with <<<<<<<, ======= and >>>>>>>"
        yield Problem(f"unresolved merge, lines {line}-{last}", hint=hint, line=line, column=1)


def _finding(text: str, error: Exception) -> Problem:
    hint = next((hint for pattern, hint in _LOOKS if re.match(pattern, text)), "")
    if isinstance(error, RecursionError):
        line = max(enumerate(text.split("\n"), 1), key=lambda n: sum(map(n[1].count, ".[{")))[0]
        return Problem("nested too deeply", hint=hint, line=line, column=1)
    if not isinstance(error, tomli.TOMLDecodeError):
        long = _LONG_INTEGER.search(text)
        line, column = _place(text, long.start()) if long else (0, 0)
        return Problem(
            "an integer has too many digits" if long else str(error), hint=hint, line=line, column=column
        )
    line, column = error.lineno, error.colno
    stray = _LONE_CR.search(text)
    if stray and _place(text, stray.start())[0] == line:
        message = "a lone carriage return (an old line ending): save the file with LF or CRLF"
        return Problem(message, hint=hint, line=line, column=_place(text, stray.start())[1])
    if error.msg.startswith("Cannot "):
        return _twice(text, line) or Problem(error.msg, hint=hint, line=line, column=column)
    return Problem(_WORDS.get(error.msg, error.msg), hint=hint, line=line, column=column)


def _twice(text: str, line: int) -> Problem | None:
    """Name both lines of a key or table that is given twice, the second one on ``line``."""
    seen: dict[Steps, int] = {}
    try:
        for item in scan(text):
            here, column = _place(text, item.at)
            paths = [item.path[:depth] for depth in range(1, len(item.path) + 1)]
            first = next((seen[path] for path in reversed(paths) if path in seen), 0)
            if here >= line:
                name = ".".join(map(key_text, map(str, item.path)))
                kind = "key" if item.value else "table"
                message = f"the {kind} {name} is given twice: lines {first} and {here}"
                return Problem(message, line=here, column=column) if first else None
            if item.value or item.path not in seen:
                seen[item.path] = here
    except ScanError:
        pass
    return None


def check_sizes(text: str, data: dict[str, Any]) -> None:
    """Refuse what would break whoever walks or shows the data: depth, and integers beyond text."""
    if _LONG_HEX.search(text) and any(type(v) is int and v.bit_length() > LONG_BITS for v in _values(data)):
        raise ValueError
    level: list[Any] = [data]
    for _ in range(MAX_DEPTH):
        level = [v for c in level for v in (c.values() if type(c) is dict else c) if type(v) in _CONTAINERS]
    if level:
        raise RecursionError


def _values(data: dict[str, Any]) -> Iterator[Any]:
    left: list[Any] = [data]
    while left:
        value = left.pop()
        yield value
        if type(value) in _CONTAINERS:
            left += value.values() if isinstance(value, dict) else value


def _place(text: str, pos: int) -> tuple[int, int]:
    return text.count("\n", 0, pos) + 1, pos - text.rfind("\n", 0, pos)
