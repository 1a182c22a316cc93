"""What is wrong with a text that is not TOML, with lines and ways out.

Imports ``errors``, the store's ``conflicts``, ``entries`` and ``foreign``, and its neighbours.
"""

import re
from collections.abc import Callable, Sequence

import tomli

from renewctl.errors import Problem, StoreInvalid
from renewctl.formats.entries import MAX_DEPTH, Entry, Steps
from renewctl.formats.foreign import first_line, looks_like
from renewctl.formats.merge_conflicts import SETTLE, find_unresolved
from renewctl.formats.toml.scan import LONG_HEX, ScanError, scan
from renewctl.formats.toml.text import key_text

_LONE_CR = re.compile(r"\r(?!\n)")
_TOKEN = re.compile(
    r"#[^\n]*"
    r'|"""(?:[^\\]|\\.)*?"{3,5}|"(?!"")(?:[^"\\\n]|\\.)*"'
    r"|'''.*?'{3,5}|'(?!'')[^'\n]*'"
    r"|(?P<open>\"\"\"|'''|')"
    rf"|(?P<long>[0-9][0-9_]{{4000,}}|{LONG_HEX})",
    re.DOTALL,
)
"""Comments and closed texts, passed over; and what is looked for: an open text, a long integer."""
_DAY = re.compile(r"(?<![0-9])[0-9]+[-/][0-9]+[-/][-/0-9:.+TZtz]*")
_WORDS = {
    "Illegal character '\\n'": "a quoted text is not closed on its line",
    "Illegal character '\\r'": "a lone carriage return",
}
_CLOSE = "close it with the quotes that it begins with"
_WAYS_OUT = (
    (r".*\n(={7}|>{7}|\|{7})", SETTLE),
    (r"Invalid value\n.*= *\n[“”„‘’«]", 'write straight quotes: "hubspot"'),
    (r"Invalid value\n.*= *\n[A-Za-z]", 'put text in quotes: "hubspot"'),
    (r"Invalid value\n.*= *\n$", "write a value after the ="),
    (r"Invalid value|Unclosed array", "look above, too: a list may not be closed, or a comma missing"),
    (r"Expected '='.*\n.*\n:", "write = in place of the colon"),
    (r"Expected '='", "write KEY = VALUE; a key with dots or @ in it stands in quotes"),
    (r"Expected '\]", 'close the bracket; a name with dots or @ in it stands in quotes: ["acme.example"]'),
    (r"Invalid date", "write a day of the calendar, as 2027-03-01"),
    (r"Unclosed inline table", "close it with }, and put commas between its keys"),
    (r"Illegal character|Found invalid", r"remove it, or write it as an escape such as \u001b"),
    (r'Unterminated string|Expected "|a quoted text', _CLOSE),
    (r"Duplicate inline|Cannot ", "keep one of the two"),
    (r"Escaped character|Invalid hex", "write the character itself"),
    (r"Unescaped", r"write \\ for a backslash"),
)
"""Ways out, by the message, the text of its line up to the place, and the text from there."""


def invalid(text: str, error: Exception, entries: Callable[[str], Sequence[Entry]]) -> StoreInvalid:
    """Return what is wrong with a text that could not be read: every unresolved merge, if there are any.

    Args:
        text: the text.
        error: what the parser raised.
        entries: takes a text apart.
    """
    if merges := find_unresolved(text, entries):
        return merges
    finding = _finding(text, error)
    return StoreInvalid("the store is not valid TOML", hint=finding.hint, problems=[finding])


def _finding(text: str, error: Exception) -> Problem:
    if isinstance(error, RecursionError):
        line = max(enumerate(text.split("\n"), 1), key=lambda n: sum(map(n[1].count, ".[{")))[0]
        return Problem("nested too deeply", hint=f"keep to {MAX_DEPTH} levels", line=line, column=1)
    if not isinstance(error, tomli.TOMLDecodeError):
        line, column = _first(text, "long") or (1, 1)
        hint = "write a shorter number, or put it in quotes"
        return Problem("an integer has too many digits", hint=hint, line=line, column=column)
    first, _ = first_line(text)
    return _misspelt(text, error, looks_like(text, "toml") if error.lineno <= first else "")


def _misspelt(text: str, error: tomli.TOMLDecodeError, looks: str) -> Problem:
    """Say what the parser stumbled over, and what the text looks like if it looks like no TOML."""
    line, column, message = error.lineno, error.colno, _WORDS.get(error.msg, error.msg)
    if error.msg.startswith("Cannot ") and (twice := _twice(text, line)):
        return twice
    here = text.split("\n", line)[line - 1]
    stray = _LONE_CR.search(here + "\n")
    day = next((day for day in _DAY.finditer(here) if day.start() < column <= day.end() + 1), None)
    if stray:
        message = "a lone carriage return (an old line ending): save the file with LF or CRLF"
        column = stray.start() + 1
    elif day:
        message, column = f"Invalid date: {day[0][:40]}", day.start() + 1
    elif error.pos >= len(text) and (opened := _first(text, "open")):
        message, (line, column) = "a quoted text is not closed", opened
    hint = looks or _way_out(message, here, column)
    return Problem(message, hint=hint, line=line, column=column)


def _way_out(message: str, line: str, column: int) -> str:
    char = line[column - 1 : column]
    if ord(char or " ") > 0x9F and not char.isprintable():
        return f"remove the character U+{ord(char):04X}, which does not show"
    said = "\n".join((message, line[: column - 1], line[column - 1 :].rstrip()))
    return next((hint for pattern, hint in _WAYS_OUT if re.match(pattern, said, re.DOTALL)), "")


def _first(text: str, kind: str) -> tuple[int, int] | None:
    """Return the place of the first open text or long integer outside comments and closed texts."""
    found = next((match for match in _TOKEN.finditer(text) if match[kind]), None)
    return _place(text, found.start()) if found else None


def _twice(text: str, line: int) -> Problem | None:
    """Name both lines of a key or table that is given twice, the second one on ``line``."""
    seen: dict[Steps, int] = {}
    here, pos = 1, 0
    try:
        for item in scan(text):
            here, pos = here + text.count("\n", pos, item.at), item.at
            paths = [item.path[:depth] for depth in range(1, len(item.path) + 1)]
            first = next((seen[path] for path in reversed(paths) if path in seen), 0)
            if here >= line:
                name = ".".join(key_text(step) for step in item.path if isinstance(step, str))
                kind = "key" if item.value else "table"
                message = f"the {kind} {name} is given twice: lines {first} and {here}"
                hint = "keep one of the two"
                column = pos - text.rfind("\n", 0, pos)
                return Problem(message, hint=hint, line=here, column=column) if first else None
            if item.value or item.path not in seen:
                seen[item.path] = here
    except ScanError:
        pass
    return None


def _place(text: str, pos: int) -> tuple[int, int]:
    return text.count("\n", 0, pos) + 1, pos - text.rfind("\n", 0, pos)
