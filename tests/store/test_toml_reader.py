"""The reader with and without toml-rs: the same data and errors, and no crash."""

import json
import random
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import toml_rs
import tomli

from conftest import EXAMPLES, PATIENCE
from renewctl.formats.toml.reader import loads

VALUES = {
    "integers": "[0, -0, 42, 1_000, 0xDEAD_beef, 0o17, 0b101, 9223372036854775808, -9223372036854775809]",
    "an integer of many digits": "9" * 4300,
    "hexadecimals beyond 64 bits": "[0xffffffffffffffff, 0x1ffffffffffffffff]",
    "floats": "[1.0, -0.0, 6.626e-34, 1e400, -1E400, 1e-400, 0.1, 3.141592653589793238, 1_0.5]",
    "what is no number": "[inf, +inf, -inf, nan, +nan, -nan]",
    "truth": "[true, false]",
    "dates": "[2027-03-01, 0001-01-01, 9999-12-31, 2024-02-29]",
    "times": "[07:32:00, 00:00:00.5, 23:59:59.123456, 23:59:59.123456789]",
    "local date-times": "[2027-03-01T07:32:00, 2027-03-01 07:32:00.000001]",
    "offset date-times": "[2027-03-01T07:32:00Z, 2027-03-01 07:32:00-03:00, 2027-03-01t07:32:00+23:59]",
    "basic strings": r'["", "é\u00e9\U0001F600", "a\"b\\c\td", "[#\"]{"]',
    "literal strings": r"""['', '\x[#"]{', 'é']""",
    "strings of lines": '["""\r\na\\\r\n  b\n\n""x\\"""""", \'\'\'\n\'\'x\\\r\n\'\'\'\'\']',
    "lists": "[[], [[]], [1, 'a', { }], [\n1, # one\n2,\n]]",
    "tables": "{ b.c = 1, b.d = 2, 'e f' = { }, \"g\" = [{ h = 1 }] }",
    "tables in several lines": "{\n  b = 1, # TOML 1.1\n}",
    "escapes of TOML 1.1": r'"\e\x41"',
    "a time without seconds": "07:32",
}
LAYOUTS = {
    "a header within": "[a.b.c]\nx = 1\n[a]\ny = 2\n[a.b]\nz = 3\n",
    "tables of a list": "[[a]]\nx = 1\n[[a]]\n[a.b]\n[[a.c]]\n[[a.c]]\n",
    "dotted keys": 'a.b = 1\na.\'c d\'."e" = 2\n"".b = 3\n',
    "Windows line ends": '[a]\r\nb = "c" # d\r\n',
    "nothing": "",
    "a mark that has to be taken off": "\ufeffa = 1",
    "half a character": 'a = "\ud800"',
}
PIECES = (
    *("[", "]", "[[", "]]", "[]", "{", "}", "{}", ",", ".", "=", "#", "# x", "'", '"', "'''", '"""', "\\"),
    *("\n", "\r\n", "\r", "\t", " ", ",\n", "\n,", "=\n", "\n=", "= # x\n", "\x85", "\0", "\ufeff", "\ud800"),
    *("\\u00e9", "\\ud800", "\\e", "é", "\xa0", "a", "x-a = 1", "0", "-1", "1_0", "0x", "1e5", ".5", "nan"),
    *("inf", "true", "2027-03-01", "T07:32", ":00Z", "+01:00"),
)
"""Text that disturbs a reader, and the line breaks that toml-rs takes as TOML 1.1."""
LINES, BRACKETS = 100_000, "[" * 100_000
HOSTILE = {
    "open lists": "a = " + BRACKETS,
    "lists": "a = " + BRACKETS + "]" * 100_000,
    "open tables": "a = " + "{ a = " * LINES,
    "tables": "a = " + "{ a = " * LINES + "1" + " }" * LINES,
    "lists that end in comments": "a = [\n" + "[ # ]\n" * LINES + "]",
    "lists that end in strings": "a = [\n" + '[ "]",\n' * LINES + "]",
    "lists that end in literal strings": "a = [\n" + "[ ']',\n" * LINES + "]",
    "lists that end in strings of lines": "a = [\n" + '[ """]""""",\n' * LINES + "]",
    "lists that end in strings after escapes": "a = [\n" + (r'["\\","]","\\",' + "\n") * LINES + "]",
    "lists that end in open strings": "a = [\n" + '[ "]\n' * LINES + "]",
    "lists that begin after a quote in a word": "a = [\n" + 'b"["\n' * LINES + "]",
    "lists that begin after an apostrophe in a word": "a = [\n" + "b'['\n" * LINES + "]",
    "lists that begin after a lone carriage return": "a = [\n" + "[#\r[\n]" * LINES + "]",
    "tables that end with another bracket": "a = { a = ]\n" * LINES,
    "a dotted key": ".".join("a" * LINES) + " = 1",
    "a dotted header": "[" + ".".join("a" * LINES) + "]",
    "dotted keys in tables": "a = " + ("{\n" + "a." * 480 + "a = ") * 99 + "1" + "}" * 99,
    "many tables of a list": "[[a]]\n" * LINES,
    "a long string": f'a = "{"x" * 10**6}"',
    "an open string": 'a = "' + "x" * 10**6,
    "quotes": "a = " + '"' * LINES,
    "escaped quotes": 'a = "' + r"\"" * 10**5,
    "a long integer": "a = " + "9" * LINES,
    "a long integer of pieces": "a = 9" + "_9" * LINES,
    "a long hexadecimal": "a = 0x" + "f" * LINES,
    "a long exponent": "a = 1e" + "9" * LINES,
    "NULs": "a = '" + "\0" * LINES,
    "lone carriage returns": "a = 1\r" * LINES,
    "errors": "= \n" * LINES,
}
COMPARE_IN_FORKS = """
import json, os, sys
import tomli
from renewctl.formats.toml.reader import loads
def outcome(loads, text):
    try:
        return True, loads(text)
    except Exception as error:
        return type(error), *map(str, error.args[:1])
def compare(text):
    got, wanted = outcome(loads, text), outcome(tomli.loads, text)
    assert got[0] == wanted[0], (got[0], wanted[0])
    try:
        assert got == wanted
    except RecursionError:  # too deep to be compared
        pass
for name, text in json.load(sys.stdin).items():
    process = os.fork()
    if not process:
        compare(text)
        os._exit(0)
    print(name, os.waitpid(process, 0)[1], flush=True)
"""


def outcome(read: Callable[[str], Any], text: str) -> Any:
    """Return the data of the text with the types of all values, or the error."""
    try:
        return typed(read(text))
    except (ValueError, RecursionError) as error:
        return type(error), str(error)


def typed(value: Any) -> Any:
    """Return data that is equal only for the same types and order; NaN equals itself."""
    if isinstance(value, dict):
        return [(key, typed(inner)) for key, inner in value.items()]
    return list(map(typed, value)) if isinstance(value, list) else repr(value)


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_values_are_the_same_as_with_tomli(value: str) -> None:
    text = f"a = {value}"
    wanted = typed(tomli.loads(text))
    assert typed(loads(text)) == wanted
    assert typed(toml_rs.loads(text)) == wanted


@pytest.mark.parametrize("text", LAYOUTS.values(), ids=LAYOUTS)
def test_layouts_are_read_or_refused_as_by_tomli(text: str) -> None:
    assert outcome(loads, text) == outcome(tomli.loads, text)


def mutations(text: str, chance: random.Random) -> Iterator[str]:
    """Yield parts of a text with a few pieces inserted, replaced or removed."""
    blocks = re.split(r"\n(?=\[)", text)
    while True:
        mutated = "\n".join(chance.sample(blocks, 2))
        for _ in range(chance.choice([1, 1, 2, 4])):
            places = [0, len(mutated), *(found.start() for found in re.finditer(r"[^\w ]", mutated))]
            start = chance.choice([*places, chance.randrange(len(mutated) + 1)])
            piece = chance.choice([*PIECES, mutated[start : start + chance.randrange(30)]])
            mutated = mutated[:start] + piece + mutated[start + chance.choice([0, 0, 1, 2, 9]) :]
        yield mutated


def test_mutations_of_the_example_give_the_same_result_as_with_tomli() -> None:
    texts = mutations((EXAMPLES / "agency.toml").read_text("utf-8"), random.Random(1))
    read = 0
    for text in islice(texts, 2000):
        wanted = outcome(tomli.loads, text)
        assert outcome(loads, text) == wanted, text
        read += isinstance(wanted, list)
    assert read > 150


def in_a_process(code: str, stdin: str = "") -> subprocess.CompletedProcess[bytes]:
    """Run the code in a separate process."""
    return subprocess.run(
        [sys.executable, "-c", code],
        input=stdin.encode("utf-8", "surrogatepass"),
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )


def test_no_text_crashes_the_process() -> None:
    """Some of these texts crash a process that passes them to toml-rs."""
    ran = in_a_process(COMPARE_IN_FORKS, stdin=json.dumps(HOSTILE))
    assert ran.stdout.decode().splitlines() == [f"{name} 0" for name in HOSTILE], ran.stderr.decode()


STRINGS = (
    r'''
a = ["]", '[', "\"]", "\\", """]"\"""""]  # [ it's "
b = { "]" = "'", '}' = '"' }
'''
    + r"c = ''']'''''"
)


@pytest.mark.parametrize(
    "text", [(EXAMPLES / "agency.toml").read_text("utf-8"), STRINGS], ids=["agency", "strings"]
)
def test_toml_rs_alone_reads_the_text(text: str) -> None:
    code = (
        "import sys; from renewctl.formats.toml.reader import loads;"
        "loads(sys.stdin.buffer.read().decode()); print('tomli' in sys.modules)"
    )
    assert in_a_process(code, stdin=text).stdout == b"False\n"


WHO = (
    "from renewctl.main import main; sys.exit(main(['who', '--all', '-o', 'json', '--as-of', '2026-11-23']))"
)


def test_without_toml_rs_the_report_is_the_same(agency: Path) -> None:
    with_it = in_a_process(f"import sys; {WHO}")
    without = in_a_process(f"import sys; sys.modules['toml_rs'] = None; {WHO}")
    assert (with_it.returncode, len(with_it.stdout) > 10_000) == (0, True)
    assert (without.returncode, without.stdout, without.stderr) == (0, with_it.stdout, with_it.stderr)
