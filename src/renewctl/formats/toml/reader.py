"""Read TOML text with toml-rs (extra ``fast``), otherwise with tomli.

Both return the same data. toml-rs takes half the time; error messages always come from tomli.
"""

import re
from contextlib import suppress
from typing import Any

DEEPEST = 100
"""The most levels of brackets passed to toml-rs: thousands overflow its stack, and end the process."""
LONGEST = 1000
"""The most bytes of a line without its strings: up to this, no key or number is too long for tomli."""
LONG_HEX = r"0(?<!\w0)[xob][0-9A-Fa-f_]{2500,}"
"""An integer that can be too long for Python to print; tomli itself rejects long decimal ones."""
_TOKEN = re.compile(
    rb'"(?<=[][{}.=, \t\r\n]")(?:""(?s:.*?)"{3,5}|[^"\n]*")'
    rb"|'(?<=[][{}.=, \t\r\n]')(?:''(?s:.*?)'{3,5}|[^'\n]*')"
    rb"|#[^\r\n]*"
)
"""A string, which cannot directly follow a letter, or a comment."""
_NO_BRACKETS = bytes({*range(256)} - set(b"[]{}\"'"))
_LINES = bytes(byte == ord("\n") for byte in range(256))


def loads(text: str) -> dict[str, Any]:
    """Return the data of a TOML text.

    Raises:
        tomli.TOMLDecodeError: If it is not valid TOML.
        ValueError: If an integer has too many digits.
        RecursionError: If it has too many nested levels.
    """
    with suppress(Exception):  # If toml-rs is missing or rejects the text, tomli reads it, for its message.
        import toml_rs  # Lazy import: one parser is enough.

        if _is_flat(text):
            # TOML 1.1 would accept a line break next to the = in an inline table, which tomli rejects.
            return toml_rs.loads(text, toml_version="1.0.0")
    import tomli

    return tomli.loads(text)


def _is_flat(text: str) -> bool:
    """Return whether it is certain that toml-rs can read the text.

    Brackets in strings and comments must not count, because they could hide how deep the others are. A stray
    quote makes it uncertain where strings are. toml-rs skips a byte order mark, which tomli rejects.
    """
    data = b"\n" + text.encode()
    if b"\\" in data:
        data = data.replace(rb"\\", b"\0").replace(rb"\"", b"\0")
    outside = _TOKEN.sub(b"", data)
    brackets = outside.translate(None, _NO_BRACKETS)
    for _ in range(DEEPEST):
        if not brackets:
            break
        brackets = brackets.replace(b"[]", b"").replace(b"{}", b"")
    return not (brackets or bytes(LONGEST) in outside.translate(_LINES) or text.startswith("\ufeff"))
