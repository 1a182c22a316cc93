"""TOML text → plain data, by toml-rs where the extra ``fast`` is installed, otherwise by tomli.

Both give the same data. toml-rs takes half the time; the messages are tomli's.
"""

import re
from contextlib import suppress
from typing import Any

DEEPEST = 100
"""Levels of brackets that toml-rs is given: some thousands overflow the stack and end the process."""
LONGEST = 1000
"""Bytes of a line without its strings. On a shorter one is no key or number so long that tomli refuses it."""
_TOKEN = re.compile(
    rb'"(?<=[][{}.=, \t\r\n]")(?:""(?s:.*?)"{3,5}|[^"\n]*")'
    rb"|'(?<=[][{}.=, \t\r\n]')(?:''(?s:.*?)'{3,5}|[^'\n]*')"
    rb"|#[^\r\n]*"
)
"""A string, which cannot follow a letter, or a comment."""
_NO_BRACKETS = bytes({*range(256)} - set(b"[]{}\"'"))
_LINES = bytes(byte == ord("\n") for byte in range(256))


def loads(text: str) -> dict[str, Any]:
    """Return the data of a TOML text.

    Raises:
        tomli.TOMLDecodeError: If it is not TOML.
        ValueError: If an integer in it has too many digits.
        RecursionError: If it is nested too deeply.
    """
    with suppress(Exception):  # not installed, or it refuses the text: the message is tomli's
        import toml_rs  # Lazy import: one parser is enough.

        if _is_flat(text):
            # As TOML 1.1 it would take a line break next to the = in an inline table, which tomli does not.
            return toml_rs.loads(text, toml_version="1.0.0")
    import tomli

    return tomli.loads(text)


def _is_flat(text: str) -> bool:
    """Return whether toml-rs can be given the text; False where that is not certain.

    A bracket in a string or comment must not count: it could hide how deep the others are.
    A quote that is no string's leaves open where strings are, and toml-rs skips a byte order mark.
    """
    data = b"\n" + text.encode()
    if b"\\" in data:
        data = data.replace(rb"\\", b"\0").replace(rb"\"", b"\0")
    outside = _TOKEN.sub(b"", data)
    brackets = outside.translate(None, _NO_BRACKETS)
    for _ in range(DEEPEST):
        brackets = brackets.replace(b"[]", b"").replace(b"{}", b"")
    return not (brackets or bytes(LONGEST) in outside.translate(_LINES) or text.startswith("\ufeff"))
