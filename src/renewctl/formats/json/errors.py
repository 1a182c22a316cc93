"""What is wrong with a text that is not a store in JSON, with places and hints."""

import json
import re
from collections.abc import Iterable, Iterator
from json import JSONDecodeError
from math import isinf

from renewctl.errors import Problem, StoreInvalid
from renewctl.formats.entries import MAX_DEPTH, place_of
from renewctl.formats.foreign import first_line, guess_format

BLANK = " \t\r\n"
_TOKEN = re.compile(
    r'("[^"\\]*(?:\\.[^"\\]*)*")([ \t\r\n]*:)?|[\[\]{}]|(-?Infinity|NaN|-?\d[-+.\deE]*)|\\.', re.DOTALL
)
"""A string, the colon after a key, a bracket, a number; in a broken text, also an escape outside a string."""
_HALF_ESCAPED = re.compile(r"\\(?:ud[89ab]..\\ud[c-f]..|(ud[89a-f]..)|.)", re.IGNORECASE)
_QUOTES = 'strings and keys stand in double quotes, "…"'
_LAST_COMMA = "remove the comma before the closing bracket"
_COMMA = "look here and above: a comma or a closing bracket is missing, or a number is misspelt"
_HINTS = (
    ("Illegal trailing comma", _LAST_COMMA),  # from Python 3.13 on
    ("Expecting property name", _QUOTES),
    ("Expecting value", f"write a value: {_QUOTES}; other words are true, false and null"),
    ("Expecting ','", _COMMA),
    ("Expecting ':'", 'write "key": value'),
    ("Extra data", "remove what follows the end of the store"),
    ("Unterminated string", "close it with double quotes on its own line"),
    ("Invalid control", r"remove it, or write it as an escape such as \u000a"),
    ("Invalid \\", r"write \\ for a backslash, \u and four digits for a character"),
)

_Flaw = tuple[int, str, str]  # offset in the text, message, hint


def explain_syntax(text: str, error: JSONDecodeError | RecursionError) -> StoreInvalid:
    """Return the error for a text that the parser does not take."""
    if isinstance(error, RecursionError):
        return _invalid(text, [next(flaw for flaw in _find_flaws(text) if "too deeply" in flaw[1])])
    if text.startswith("\ufeff"):
        message = "not valid JSON: the mark U+FEFF stands twice at the start"
        return _invalid(text, [(0, message, "remove one of the two")])
    reason = error.msg[:1].lower() + error.msg[1:].removesuffix(" at")
    return _invalid(text, [(error.pos, f"not valid JSON: {reason}", _find_hint(text, error))])


def explain_flaws(text: str, *, is_object: bool) -> StoreInvalid:
    """Return all that is wrong with a text that the parser takes."""
    flaws = [*find_half_characters(text), *_find_flaws(text)]
    if not is_object:
        at = len(text) - len(text.lstrip(BLANK))
        flaws.append((at, "the top level must be an object", "write { … } around it"))
    return _invalid(text, flaws)


def _find_flaws(text: str) -> Iterator[_Flaw]:
    """Yield every duplicate key, unusable number and level too many of a text that the parser takes."""
    opened: list[dict[str, int]] = []
    for token in _TOKEN.finditer(text):
        at, number = token.start(), token[3]
        if token[0] in ("{", "["):
            opened.append({})
            if len(opened) == MAX_DEPTH + 1:
                yield at, "nested too deeply", f"keep to {MAX_DEPTH} levels"
        elif token[0] in ("}", "]"):
            opened.pop()
        elif token[2] and (first := opened[-1].setdefault(key := json.loads(token[1]), at)) < at:
            lines = f"lines {place_of(text, first)[0]} and {place_of(text, at)[0]}"
            yield at, f'duplicate key "{key}", {lines}', "keep one of the two"
        elif number and (message := find_number_flaw(number)):
            yield at, *message


def find_number_flaw(number: str) -> tuple[str, str] | None:
    """Return what is wrong with a number, and the way out, if anything is."""
    if not number[-1].isdigit():
        return f"{number} is not a JSON number", "write a number, or remove the key"
    if not number.lstrip("-").isdigit():
        return ("a number too large to be kept", "write a smaller number") if isinf(float(number)) else None
    if len(number) > 640:  # Python can show so many whatever its own limit is set to.
        return "an integer of more than 640 digits", "write a shorter number"
    return None


def find_half_characters(text: str) -> Iterator[_Flaw]:
    """Yield halves of characters, which no UTF-8 file can hold."""
    hint = "write both halves of the pair, or neither"
    for match in _HALF_ESCAPED.finditer(text) if "\\" in text else ():
        if match[1]:
            yield match.start(), f"half a character: \\{match[1]}", hint
    try:
        text.encode()
    except UnicodeEncodeError as error:  # not from a file, but from a change
        yield error.start, f"half a character: \\u{ord(text[error.start]):04x}", hint


def _invalid(text: str, flaws: Iterable[_Flaw]) -> StoreInvalid:
    """Return the error for the flaws of a text, with line and column."""
    problems = []
    for at, message, hint in sorted(flaws):
        line, column = place_of(text, at)
        problems.append(Problem(message, hint=hint, line=line, column=column))
    message = problems[0].message if len(problems) == 1 else f"{len(problems)} problems in the JSON text"
    return StoreInvalid(message, hint=problems[0].hint, problems=problems)


def _find_hint(text: str, error: JSONDecodeError) -> str:
    pos, (_, first) = error.pos, first_line(text)
    if not first.startswith("{"):
        return guess_format(text, "json")
    before, after = text[:pos].rstrip(BLANK), text[pos : pos + 2]
    if before.endswith(",") and after[:1] in ("}", "]"):
        return _LAST_COMMA
    if after[:1] == "#" or after in ("//", "/*"):
        return "JSON has no comments; remove it"
    if text[pos : pos + 7] in ("=" * 7, ">" * 7, "|" * 7):
        return "settle the merge, then remove its markers"
    if pos >= len(text):
        return "the end of the file is missing: take it from git or a backup, or close its brackets"
    return next((hint for message, hint in _HINTS if error.msg.startswith(message)), "")
