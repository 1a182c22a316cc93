"""Explain what is wrong with JSON text, with places and hints."""

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
"""A string, the colon after a key, a bracket, a number; in invalid text, also an escape outside a string."""
_HALF_ESCAPED = re.compile(r"\\(?:ud[89ab]..\\ud[c-f]..|(ud[89a-f]..)|.)", re.IGNORECASE)
_QUOTES = "put keys and strings in double quotes"
_LAST_COMMA = "remove the comma before the closing bracket"
_COMMA = "add the missing comma or closing bracket here or above, or correct the number"
_HINTS = (
    ("Illegal trailing comma", _LAST_COMMA),  # Python 3.13 and later.
    ("Expecting property name", _QUOTES),
    ("Expecting value", f"add a value; {_QUOTES}, but not true, false and null"),
    ("Expecting ','", _COMMA),
    ("Expecting ':'", 'write "key": value'),
    ("Extra data", "remove the text after the closing bracket"),
    ("Unterminated string", "close the string with double quotes on the same line"),
    ("Invalid control", r"remove the character, or write it as an escape such as \u000a"),
    ("Invalid \\", r"write \\ for a backslash, or \u and four digits for a character"),
)

_TOO_DEEP = "too many nested levels"
_Flaw = tuple[int, str, str]  # The offset in the text, a message and a hint.


def explain_syntax(text: str, error: JSONDecodeError | RecursionError) -> StoreInvalid:
    """Return the error for a text that the parser rejects."""
    if isinstance(error, RecursionError):
        return _invalid(text, [next(flaw for flaw in _find_flaws(text) if flaw[1] == _TOO_DEEP)])
    if text.startswith("\ufeff"):
        message = "the byte order mark U+FEFF appears twice at the start"
        return _invalid(text, [(0, message, "remove one of the two")])
    return _invalid(text, [(error.pos, _reword(error.msg), _find_hint(text, error))])


def _reword(message: str) -> str:
    """Return a message of the parser in the style of renewctl's own."""
    words = message[:1].lower() + message[1:]
    words = words.removesuffix(" at").removesuffix(" starting").replace("\\escape", "escape")
    return words.replace("expecting", "expected")


def explain_flaws(text: str, *, is_object: bool) -> StoreInvalid:
    """Return the error for a text that the parser accepts, but renewctl does not."""
    flaws = [*find_half_characters(text), *_find_flaws(text)]
    if not is_object:
        at = len(text) - len(text.lstrip(BLANK))
        flaws.append((at, "the top level must be an object", "enclose it in { … }"))
    return _invalid(text, flaws)


def _find_flaws(text: str) -> Iterator[_Flaw]:
    """Yield duplicate keys, unsupported numbers and excess levels of a parsed text."""
    opened: list[dict[str, int]] = []
    for token in _TOKEN.finditer(text):
        at, number = token.start(), token[3]
        if token[0] in ("{", "["):
            opened.append({})
            if len(opened) == MAX_DEPTH + 1:
                yield at, _TOO_DEEP, f"use at most {MAX_DEPTH} levels"
        elif token[0] in ("}", "]"):
            opened.pop()
        elif token[2] and (first := opened[-1].setdefault(key := json.loads(token[1]), at)) < at:
            lines = f"lines {place_of(text, first)[0]} and {place_of(text, at)[0]}"
            yield at, f'duplicate key "{key}", {lines}', "remove one of the two"
        elif number and (message := find_number_flaw(number)):
            yield at, *message


def find_number_flaw(number: str) -> tuple[str, str] | None:
    """Return a message and a hint about an unsupported number, otherwise None."""
    if not number[-1].isdigit():
        return f"{number} is not a JSON number", "write a number, or remove the key"
    if not number.lstrip("-").isdigit():
        return ("number too large", "write a smaller number") if isinf(float(number)) else None
    if len(number) > 640:  # Python can show this many, whatever its limit is set to.
        return "integer with more than 640 digits", "write a shorter number"
    return None


def find_half_characters(text: str) -> Iterator[_Flaw]:
    """Yield lone surrogates, which a UTF-8 file cannot contain."""
    hint = "write both surrogates of the pair, or neither"
    for match in _HALF_ESCAPED.finditer(text) if "\\" in text else ():
        if match[1]:
            yield match.start(), f"incomplete character \\{match[1]} (lone surrogate)", hint
    try:
        text.encode()
    except UnicodeEncodeError as error:  # Such text comes from a change, not from a file.
        yield error.start, f"incomplete character \\u{ord(text[error.start]):04x} (lone surrogate)", hint


def _invalid(text: str, flaws: Iterable[_Flaw]) -> StoreInvalid:
    """Return the error for the flaws of a text, with lines and columns."""
    problems = []
    for at, message, hint in sorted(flaws):
        line, column = place_of(text, at)
        problems.append(Problem(message, hint=hint, line=line, column=column))
    return StoreInvalid("the file is not valid JSON", problems=problems)


def _find_hint(text: str, error: JSONDecodeError) -> str:
    pos, (_, first) = error.pos, first_line(text)
    if not first.startswith("{"):
        return guess_format(text, "json")
    before, after = text[:pos].rstrip(BLANK), text[pos : pos + 2]
    if before.endswith(",") and after[:1] in ("}", "]"):
        return _LAST_COMMA
    if after[:1] == "#" or after in ("//", "/*"):
        return "remove the comment; JSON does not support comments"
    if text[pos : pos + 7] in ("=" * 7, ">" * 7, "|" * 7):
        return "resolve the merge conflict, then remove its markers"
    if pos >= len(text):
        return "close the brackets, or restore the file from git or a backup; its end is missing"
    return next((hint for message, hint in _HINTS if error.msg.startswith(message)), "")
