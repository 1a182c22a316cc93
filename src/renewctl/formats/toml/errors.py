"""Explain what is wrong with text that is not valid TOML, with places and hints."""

import re
from contextlib import suppress

import tomli

from renewctl.errors import Problem, StoreInvalid
from renewctl.formats.entries import MAX_DEPTH, Steps, place_of
from renewctl.formats.foreign import first_line, guess_format
from renewctl.formats.merge_conflicts import RESOLVE
from renewctl.formats.toml.reader import LONG_HEX
from renewctl.formats.toml.scan import ScanError, scan
from renewctl.formats.toml.writer import format_path

_LONE_CR = re.compile(r"\r(?!\n)")
_TOKEN = re.compile(
    r"#[^\n]*"
    r'|"""(?:[^\\]|\\.)*?"{3,5}|"(?!"")[^"\\\n]*+(?:\\.[^"\\\n]*+)*"?'
    r"|'''.*?'{3,5}|'(?!'')[^'\n]*'"
    r"|(?P<open>\"\"\".*|'''.*|')"
    rf"|(?P<long>(?<!\w)[0-9][0-9_]{{4000,}}|{LONG_HEX})",
    re.DOTALL,
)
"""Comments and strings, which are skipped; and the wanted tokens: an unclosed string, a long integer.

An unclosed string is one token up to the end of its line or of the file, because trying each quote in it
again would take very long.
"""
_DAY = re.compile(r"(?<![0-9])[0-9]+[-/][0-9]+[-/][-/0-9:.+TZtz]*")
_WORDS = {
    "Illegal character '\\n'": "string not closed on its line",
    "Illegal character '\\r'": "lone carriage return",
}
_CLOSE = "close the string with the same quotes it starts with"
_HINTS = (
    (r".*\n(={7}|>{7}|\|{7})", RESOLVE),
    (r"Invalid value\n.*= *\n[“”„‘’«]", 'use straight quotes: "hubspot"'),
    (r"Invalid value\n.*= *\n[A-Za-z]", 'put text in quotes: "hubspot"'),
    (r"Invalid value\n.*= *\n$", "add a value after the ="),
    (r"Invalid value|Unclosed array", "add the missing comma or closing bracket here or above"),
    (r"Expected '='.*\n.*\n:", "write = instead of the colon"),
    (r"Expected '='", "write KEY = VALUE, with the key in quotes if it contains a dot or @"),
    (r"Expected '\]", 'close the bracket; put a name with a dot or @ in quotes: ["acme.example"]'),
    (r"Invalid date", "write an existing date, for example 2027-03-01"),
    (r"Unclosed inline table", "close it with }, and put commas between its keys"),
    (r"Illegal character|Found invalid", r"remove the character, or write it as an escape such as \u001b"),
    (r'Unterminated string|Expected "|string not closed', _CLOSE),
    (r"lone carriage", "save the file with LF or CRLF line endings"),
    (r"Duplicate inline|Cannot ", "remove one of the two"),
    (r"Escaped character|Invalid hex", "write the character itself"),
    (r"Unescaped", r"write \\ for a backslash"),
)
"""Hints, by a pattern for the message, the text of the line before the place, and the text from there."""


def explain_invalid(text: str, error: Exception) -> StoreInvalid:
    """Return the error for a text that the parser rejects."""
    if isinstance(error, RecursionError):
        line = max(enumerate(text.split("\n"), 1), key=lambda n: sum(map(n[1].count, ".[{")))[0]
        hint = f"use at most {MAX_DEPTH} levels"
        problem = Problem("too many nested levels", hint=hint, line=line, column=1)
    elif isinstance(error, tomli.TOMLDecodeError):
        problem = _explain_syntax(text, error)
    else:
        line, column = _find_token(text, "long") or (1, 1)
        hint = "write a shorter number, or put it in quotes"
        problem = Problem("integer with too many digits", hint=hint, line=line, column=column)
    return StoreInvalid("the file is not valid TOML", problems=[problem])


def _explain_syntax(text: str, error: tomli.TOMLDecodeError) -> Problem:
    """Return the problem that the parser found, with a clearer message and a hint."""
    line, column, message = error.lineno, error.colno, _WORDS.get(error.msg, error.msg)
    if error.msg.startswith("Cannot ") and (duplicate := _find_duplicate(text, line)):
        return duplicate
    here = text.split("\n", line)[line - 1]
    stray = _LONE_CR.search(here + "\n")
    day = next((day for day in _DAY.finditer(here) if day.start() < column <= day.end() + 1), None)
    if stray:
        message, column = "lone carriage return", stray.start() + 1
    elif day:
        message, column = f"Invalid date: {day[0][:40]}", day.start() + 1
    elif error.pos >= len(text) and (opening := _find_token(text, "open")):
        message, (line, column) = "string not closed", opening
    hint = guess_format(text, "toml") if error.lineno <= first_line(text)[0] else ""
    hint = hint or _find_hint(message, here, column)
    return Problem(message[:1].lower() + message[1:], hint=hint, line=line, column=column)


def _find_hint(message: str, line: str, column: int) -> str:
    char = line[column - 1 : column]
    if ord(char or " ") > 0x9F and not char.isprintable():
        return f"remove the invisible character U+{ord(char):04X}"
    context = "\n".join((message, line[: column - 1], line[column - 1 :].rstrip()))
    return next((hint for pattern, hint in _HINTS if re.match(pattern, context, re.DOTALL)), "")


def _find_token(text: str, kind: str) -> tuple[int, int] | None:
    """Return the place of the first unclosed string or long integer, or None."""
    token = next((token for token in _TOKEN.finditer(text) if token[kind]), None)
    return place_of(text, token.start()) if token else None


def _find_duplicate(text: str, line: int) -> Problem | None:
    """Return the problem of a key or table that appears a second time on ``line``."""
    seen: dict[Steps, int] = {}
    with suppress(ScanError):
        for item in scan(text):
            here, column = place_of(text, item.at)
            paths = [item.path[:depth] for depth in range(1, len(item.path) + 1)]
            first = next((seen[path] for path in reversed(paths) if path in seen), 0)
            if here >= line:
                kind = "key" if item.value else "table"
                message = f"{kind} {format_path(item.path)} appears twice, on lines {first} and {here}"
                hint = "remove one of the two"
                return Problem(message, hint=hint, line=here, column=column) if first else None
            if item.value or item.path not in seen:
                seen[item.path] = here
    return None
