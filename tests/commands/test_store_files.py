"""Data files as users have them: invalid, unusual, not files, or changed by others.

For any content, renewctl reports the line, and leaves every byte unchanged unless it exits with 0.
"""

import getpass
import json
import os
import pwd
import re
import signal
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from renewctl import files
from renewctl.errors import StoreChanged
from renewctl.signals import restore_signals

CLIENT = '[clients."acme.example"]\n'
DEFAULT = '[defaults]\nowner = "partner"\nnotify = "ana@agency.example"\n'
ANYWHERE = ""


class Case(NamedTuple):
    """The content of a file, the answer of ``who``, and the result of a change."""

    name: str
    data: bytes
    status: int = 3
    at: str = ANYWHERE
    message: str = ""
    changed: tuple[bytes, bytes] | None = None
    """For a file that can be changed: the old bytes, and the new ones."""
    file: str = "renewctl.toml"


def bad(name: str, text: str | bytes, at: str, message: str, file: str = "renewctl.toml") -> Case:
    return Case(name, text if isinstance(text, bytes) else text.encode(), 3, at, message, None, file)


def good(name: str, text: str | bytes, old: str, new: str, file: str = "renewctl.toml") -> Case:
    data = text if isinstance(text, bytes) else text.encode()
    return Case(name, data, 0, changed=(old.encode(), new.encode()), file=file)


P, H = 'owner = "partner"', 'owner = "hubspot"'
DEEP = "[" * 600 + "]" * 600
JSON = '{"defaults": {"owner": "partner", "notify": "a@b.example"}}'
USUAL = json.dumps({**json.loads(JSON), "clients": {"b.example": {}}}, indent=2)
NUL = '[clients."a.example"]\nname = "a\\u0000b"\n'

CASES = [
    # ---- not the text of a data file
    bad("UTF-16", "version = 1\n".encode("utf-16"), "1:1", "not UTF-8"),
    bad("lone CR", 'version = 1\r[defaults]\nowner = "hubspot"\n', "1:", "carriage return"),
    bad("NUL, raw", b'version = 1\n[users."a@b.example"]\nname = "a\0b"\n', "3:", ""),
    bad("control character, raw", b'version = 1\n[users."a@b.example"]\nname = "a\x1b[31mb"\n', "3:", ""),
    bad("JSON", '{"version": 1}\n', "1:1", "JSON"),
    bad("JSON, a list", '[{"version": 1}]\n', "1:", "JSON"),
    bad("YAML, documents", "# c\n---\nversion: 1\n", "2:", "YAML"),
    bad("YAML", "version: 1\ndefaults:\n  owner: hubspot\n", "1:", "YAML"),
    bad("HTML", "<!DOCTYPE html>\n<html></html>\n", "1:1", "HTML"),
    bad("zip", b"PK\x03\x04" + b"A" * 40 + b"\n", "1:", "zip"),
    bad("an invalid escape", '[users."a@b.example"]\nname = "\\ud800"\n', "2:", ""),
    # ---- invalid values
    bad("clients is text", 'clients = "x"\n', "1:1", "must contain tables"),
    bad("clients is a list", '[[clients]]\nname = "x"\n', "1:", '[clients."acme.example"]'),
    bad("users is a list", '[[users]]\nname = "x"\n', "1:", '[users."ana@agency.example"]'),
    bad("a client is text", 'version = 1\n[clients]\n"acme.example" = "x"\n', "3:1", "must be a table"),
    bad("an empty key", '[clients.""]\n', "1:", "is not a valid domain"),
    bad("a key that is no domain", '[clients."../../etc/passwd"]\n', "1:", "is not a valid domain"),
    bad("the same client twice", CLIENT + '[clients."WWW.Acme.example"]\n', "2:", "the same client"),
    bad("the same user twice", '[users."a@b.example"]\n[users."A@B.example"]\n', "2:", "the same address"),
    bad("a user without address", '[users.ana]\nname = "Ana"\n', "1:", "not an email address"),
    bad("no owner", "version = 1\n[defaults]\n", "2:", "has no owner"),
    bad("owner misspelt", '[defaults]\nowner = "hubpsot"\n', "2:1", "did you mean hubspot?"),
    bad("owner is a flag", "[defaults]\nowner = true\n", "2:1", "not true"),
    bad("owner is a number", "[defaults]\nowner = 1\n", "2:1", "not 1"),
    bad("owner is a table", '[defaults.owner]\nis = "hubspot"\n', "1:", "not a table"),
    bad("notify is empty", DEFAULT.replace("ana@agency.example", ""), "3:1", "email address"),
    bad("two addresses in one", DEFAULT.replace("ana@", "ana@x.example, ana@"), "3:1", "email address"),
    bad(
        "an override without owner", CLIENT + 'override = { notify = "a@b.example" }\n', "2:1", "has no owner"
    ),
    bad("a datetime", CLIENT + "renewals = [{ date = 2027-01-03T10:00:00 }]\n", "2:15", "without a time"),
    bad(
        "a time zone",
        CLIENT + "renewals = [{ date = 2027-01-03T10:00:00+02:00 }]\n",
        "2:15",
        "without a time",
    ),
    bad(
        "30 February in quotes",
        CLIENT + 'renewals = [{ date = "2027-02-30" }]\n',
        "2:15",
        "must be a valid date",
    ),
    bad("a day by words", CLIENT + 'renewals = [{ date = "03/04/2027" }]\n', "2:15", "must be a date"),
    bad("a day as number", CLIENT + "renewals = [{ date = 20270103 }]\n", "2:15", "must be a date"),
    bad("a renewal without date", CLIENT + 'renewals = [{ product = "x" }]\n', "2:", "has no date"),
    bad(
        "the same product twice",
        CLIENT + "renewals = [\n  { date = 2027-01-03 },\n  { date = 2027-02-03 },\n]\n",
        "4:",
        "second renewal",
    ),
    bad("not a number", "[policy]\ndeadline_days = nan\n", "2:1", "number of days"),
    bad("infinitely many", "[policy]\nhorizon_days = inf\n", "2:1", "number of days"),
    bad("negative days", "[policy]\ndeadline_days = -1\n", "2:1", "number of days"),
    bad(
        "roles are text",
        CLIENT + 'contacts = [{ email = "a@b.example", roles = "primary" }]\n',
        "2:",
        "list of roles",
    ),
    bad(
        "a role misspelt",
        CLIENT + 'contacts = [{ email = "a@b.example", roles = ["decision maker"] }]\n',
        "2:",
        "did you mean decision-maker?",
    ),
    bad("contacts are a table", CLIENT + 'contacts = { email = "a@b.example" }\n', "2:1", "must be a list"),
    bad("a contact is text", CLIENT + 'contacts = ["a@b.example"]\n', "2:", "must be a table"),
    bad("hub id in quotes", CLIENT + 'hub_id = "4411223"\n', "2:1", "without quotes"),
    bad("a huge hub id", CLIENT + f"hub_id = {10**30}\n", "2:1", "more than 18 digits"),
    bad("active in quotes", '[users."a@b.example"]\nactive = "no"\n', "2:1", "true or false"),
    bad("version 99", "version = 99\n" + DEFAULT, "1:1", "version 99"),
    bad("version -1", "version = -1\n", "1:1", "whole number"),
    bad("version 0", "version = 0\n", "1:1", "version 0 does not exist"),
    bad("version 1.0", "version = 1.0\n", "1:1", "whole number"),
    bad("version true", "version = true\n", "1:1", "whole number"),
    bad("version of a thousand digits", f"version = {'9' * 1000}\n", "1:1", "newer"),
    # ---- JSON
    bad("JSON, a list", "[]\n", "1:1", "object", "renewctl.json"),
    bad("JSON, TOML in it", "version = 1\n", "1:1", "TOML", "renewctl.json"),
    bad("JSON, a comment", '{\n // why\n "version": 1}\n', "2:2", "comments", "renewctl.json"),
    bad(
        "JSON, half a character",
        '{"clients": {"a.example": {\n "name": "\\ud800"}}}',
        "2:11",
        "incomplete character",
        "renewctl.json",
    ),
    bad(
        "JSON, a semantic error",
        '{"defaults":\n {"owner": "hubpsot"}}',
        "2:3",
        "did you mean hubspot?",
        "renewctl.json",
    ),
    # ---- unusual, but valid
    good("empty", "", "", '[defaults]\nowner = "hubspot"\n'),
    good("comments only", "# nothing\n\n", "# nothing\n\n", '# nothing\n\n[defaults]\nowner = "hubspot"\n'),
    good("no version", DEFAULT, P, H),
    good("BOM", "\ufeff" + DEFAULT, P, H),
    good("CRLF", DEFAULT.replace("\n", "\r\n"), P, H),
    good("mixed line ends", "version = 1\r\n" + DEFAULT, P, H),
    good("no final newline", DEFAULT[:-1], P, H),
    good("no final newline, the key last", '[defaults]\nowner = "partner"', P, H),
    good(
        "comments everywhere",
        "# a\n" + DEFAULT.replace('er"\n', 'er"   # why\n') + "\n# b\n" + CLIENT + "# c",
        P,
        H,
    ),
    good(
        "owner in capitals",
        '[defaults]\nowner = "Partner "\nnotify = "ana@agency.example"\n',
        'owner = "Partner "',
        H,
    ),
    good("dates in quotes", DEFAULT + CLIENT + 'renewals = [{ date = "2027-01-03" }]\n', P, H),
    good("the last day", DEFAULT + CLIENT + "renewals = [{ date = 9999-12-31 }]\n", P, H),
    good("the first day", DEFAULT + CLIENT + "renewals = [{ date = 0001-01-01 }]\n", P, H),
    good(
        "unknown keys", DEFAULT + "x-mine = [1, { a = 2 }]\nodd = 1\n[odd]\n" + CLIENT + "z.y = nan\n", P, H
    ),
    good("TOML 1.1", DEFAULT + CLIENT + "override = {\n  owner = 'hubspot',\n}\nname = \"\\e\"\n", P, H),
    good("NUL escaped", DEFAULT + NUL, P, H),
    good("a header in a string", DEFAULT + CLIENT + 'name = """\n[defaults]\nowner = "hubspot"\n"""\n', P, H),
    good(
        "out of order",
        '[clients."a.example".override]\nowner = "hubspot"\n' + DEFAULT + '[clients."a.example"]\n',
        P,
        H,
    ),
    good(
        "dotted keys",
        'defaults.owner = "partner"\ndefaults.notify = "ana@agency.example"\n',
        '= "partner"',
        '= "hubspot"',
    ),
    good("an inline table", 'defaults = { owner = "partner", notify = "ana@agency.example" }\n', P, H),
    good(
        "quoted keys",
        '["defaults"]\n"owner" = "partner"\nnotify = "ana@agency.example"\n',
        '"partner"',
        '"hubspot"',
    ),
    good(
        "literal strings",
        "[defaults]\nowner = 'partner'\nnotify = 'ana@agency.example'\n",
        "owner = 'partner'",
        H,
    ),
    good("JSON", USUAL.replace("{", '{\n  "x-a": 1.50,', 1), '"partner"', '"hubspot"', "renewctl.json"),
    good(
        "JSON, BOM, CRLF and tabs",
        "\ufeff" + USUAL.replace("\n", "\r\n").replace("  ", "\t"),
        '"partner"',
        '"hubspot"',
        "renewctl.json",
    ),
    good(
        "JSON, rows within a client",
        USUAL.replace('": {}', '": {"hub_id": 1, "x-b": [1,  2]}'),
        '"partner"',
        '"hubspot"',
        "renewctl.json",
    ),
    good("JSON, blank", "\n", "\n", '{\n  "defaults": {\n    "owner": "hubspot"\n  }\n}\n', "renewctl.json"),
    good(
        "JSON, NUL escaped",
        USUAL.replace('": {}', '": {\n      "name": "a\\u0000b"\n    }'),
        '"partner"',
        '"hubspot"',
        "renewctl.json",
    ),
]
BAD = [case for case in CASES if case.status]
GOOD = [case for case in CASES if not case.status]


@pytest.mark.parametrize("case", BAD, ids=lambda case: case.name)
@pytest.mark.parametrize("argv", [("who",), ("set-default", "--owner", "hubspot")], ids=" ".join)
def test_an_invalid_file_is_reported_with_its_line_and_not_changed(
    case: Case, argv: tuple[str, ...], run: Callable
) -> None:
    path = Path(case.file)
    path.write_bytes(case.data)
    ran = run(*argv)
    assert (ran.status, ran.out) == (case.status, ""), ran.err
    assert ran.err.startswith("error: ")
    assert re.search(rf"^  --> {re.escape(case.file)}:{case.at}(\d+)?$", ran.err, re.MULTILINE), ran.err
    assert re.search(r"^  --> .+:\d+:\d+$", ran.err, re.MULTILINE), "a line without its column"
    assert "\nhelp: " in ran.err or "\n      help: " in ran.err
    assert case.message in ran.err
    assert ran.err.isprintable() or all(char.isprintable() or char == "\n" for char in ran.err)
    assert len(ran.err) < 2000
    assert path.read_bytes() == case.data


VAGUE = {
    "owner is a flag",  # The message itself contains the valid values.
    "owner is a number",
    "owner is a table",
}
"""The cases without a better hint than an editor."""


def test_every_problem_has_a_hint(run: Callable) -> None:
    """Design §5.10; only the cases in ``VAGUE`` have no specific hint."""
    vague = set()
    for case in BAD:
        Path(case.file).write_bytes(case.data)
        helps = re.findall("help: (.+)", run("who").err)
        assert helps, case.name
        if set(helps) == {"correct the file in an editor"}:
            vague.add(case.name)
        Path(case.file).unlink()
    assert vague == VAGUE


class Exact(NamedTuple):
    """The content of a file, and the expected place, message and hint."""

    data: str | bytes
    at: str
    message: str
    way_out: str
    file: str = "renewctl.toml"


BY_HAND = "correct the file in an editor"
RESOLVE = (
    "keep one side of each conflict, or both if they are different clients, "
    "then delete the lines with <<<<<<<, ======= and >>>>>>>"
)
CLOSE = "close the string with the same quotes it starts with"
TWICE = "remove one of the two"
DAYS = "write an existing date, for example 2027-03-01"
ESCAPE = r"remove the character, or write it as an escape such as \u001b"
WORKBOOK = "import it with `renewctl import` if it is an Excel workbook; it looks like a zip file"
QUOTED = 'close the bracket; put a name with a dot or @ in quotes: ["acme.example"]'
DIGITS = "integer with too many digits"
SHORTER = "write a shorter number, or put it in quotes"
CRASH = "restore it from git or a backup; it contains zero bytes, for example after a crash"
SAVE = "save the file as UTF-8"
J = "renewctl.json"
ENDED = "close the brackets, or restore the file from git or a backup; its end is missing"
EXACT = {
    "UTF-16, no mark": Exact("version = 1\n".encode("utf-16-le"), "1:1", "the text looks like UTF-16", SAVE),
    "UTF-32": Exact("version = 1\n".encode("utf-32"), "1:1", "the text looks like UTF-32", SAVE),
    "latin-1": Exact(b'# \xe9\xa9\n"\xfc" = 1\n', "1:3", "byte 0xe9 is not valid UTF-8", SAVE),
    "latin-1, behind other signs": Exact(
        "# ç\r\n# é ".encode() + b"\xfc", "2:5", "byte 0xfc is not valid UTF-8", SAVE
    ),
    "UTF-8, cut within a character": Exact(b"# \xc3", "1:3", "byte 0xc3 is not valid UTF-8", SAVE),
    "a surrogate": Exact(b"\xef\xbb\xbf# \xed\xa0\x80", "1:3", "byte 0xed is not valid UTF-8", SAVE),
    "a real workbook": Exact(b"PK\x03\x04\x14\0\6\0\xff", "1:9", "byte 0xff is not valid UTF-8", WORKBOOK),
    "zero bytes": Exact(bytes(64), "1:1", "invalid statement", CRASH),
    "two BOMs": Exact(
        "\ufeff\ufeffversion = 1",
        "1:1",
        "invalid statement",
        "remove the invisible character U+FEFF",
    ),
    "control character": Exact('x-a = "\x7f"', "1:8", r"illegal character '\x7f'", ESCAPE),
    "half a merge": Exact("version = 1\n=======\n>>>>>>> b\n", "2:1", "invalid statement", RESOLVE),
    "merge in three parts": Exact(
        "<<<<<<< a\n||||||| b\n=======\n>>>>>>> c\n", "1:1", "merge conflict, lines 1-4", RESOLVE
    ),
    "merge, CRLF": Exact(
        "\r\n<<<<<<< a\r\n=======\r\n>>>>>>> c\r\n", "2:1", "merge conflict, lines 2-4", RESOLVE
    ),
    "an open text": Exact('[defaults]\nowner = "hub', "2:13", "unterminated string", CLOSE),
    "an open long text": Exact('x-a = """\nb\n\n', "1:7", "string not closed", CLOSE),
    "an open literal": Exact("x-a = 'b\nc = 1\n", "1:7", "string not closed", CLOSE),
    "an open list": Exact(
        CLIENT + "contacts = [\nname = 1\n",
        "3:1",
        "invalid value",
        "add the missing comma or closing bracket here or above",
    ),
    "an open table": Exact(
        "x-a = { b = 1\n[policy]\n",
        "2:1",
        "unclosed inline table",
        "close it with }, and put commas between its keys",
    ),
    "an open header": Exact("[policy\n", "1:8", "expected ']' at the end of a table declaration", QUOTED),
    "an address without quotes": Exact(
        "[users.ana@agency.example]\n", "1:11", "expected ']' at the end of a table declaration", QUOTED
    ),
    "no value": Exact("x-a =\n", "1:6", "invalid value", "add a value after the ="),
    "no quotes": Exact("x-a = b\n", "1:7", "invalid value", 'put text in quotes: "hubspot"'),
    "curly quotes": Exact("x-a = “b”\n", "1:7", "invalid value", 'use straight quotes: "hubspot"'),
    "a colon": Exact(
        '[defaults]\nowner: "hubspot"\n',
        "2:6",
        "expected '=' after a key in a key/value pair",
        "write = instead of the colon",
    ),
    "CSV": Exact(
        "client,name\na.example,A\n",
        "1:7",
        "expected '=' after a key in a key/value pair",
        "import it with `renewctl import`; it looks like a CSV table",
    ),
    "PDF": Exact("%PDF-1.7\n", "1:1", "invalid statement", "choose another file; it looks like a PDF"),
    "a key twice": Exact(
        'defaults.owner = "x"\n# c\ndefaults.owner = "x"\n',
        "3:1",
        "key defaults.owner appears twice, on lines 1 and 3",
        TWICE,
    ),
    "a key twice, quoted once": Exact(
        '[users]\nx-a = 1\n"x-a" = 2\n', "3:1", "key users.x-a appears twice, on lines 2 and 3", TWICE
    ),
    "a table and a list": Exact(
        "[x-a]\n[[x-a]]\n", "2:1", "table x-a appears twice, on lines 1 and 2", TWICE
    ),
    "a key twice, inline": Exact("x-a = { b = 1, b = 2 }\n", "1:21", "duplicate inline table key 'b'", TWICE),
    "13th month": Exact("\nx-a = [2027-13-01]\n", "2:8", "invalid date: 2027-13-01", DAYS),
    "30 February": Exact("x-a = 2027-02-30 # c\n", "1:7", "invalid date: 2027-02-30", DAYS),
    "year 0": Exact("x-a = 0000-01-01\n", "1:7", "invalid date: 0000-01-01", DAYS),
    "leap second": Exact("x-a = 2027-06-30T23:59:60Z\n", "1:7", "invalid date: 2027-06-30T23:59:60Z", DAYS),
    "slashes": Exact("x-a = 03/04/2027\n", "1:7", "invalid date: 03/04/2027", DAYS),
    "many digits": Exact(f"# {'8' * 4400}\nx-a = -{'9' * 4301}\n", "2:8", DIGITS, SHORTER),
    "many digits, hex": Exact(f'x-b = "0x{"f" * 5000}"\nx-a = 0x{"f" * 5000}\n', "2:7", DIGITS, SHORTER),
    "nested": Exact(f"x-b = 1\nx-a = {DEEP}\n", "2:1", "too many nested levels", "use at most 100 levels"),
    "nested, and Python bears it": Exact(
        f"x-a = {'[' * 150}{']' * 150}", "1:1", "too many nested levels", "use at most 100 levels"
    ),
    "a long header": Exact(
        f"[x-a{'.a' * 3000}]\n", "1:1", "too many nested levels", "use at most 100 levels"
    ),
    "tables as lists": Exact(
        '[[clients."a.b"]]\n',
        "1:1",
        'clients."a.b" must be a table, not a list',
        'write [clients."a.b"] with its keys below; in JSON { … }',
    ),
    "a setting that is no table": Exact(
        'defaults = "hubspot"\n',
        "1:1",
        "defaults must be a table, not 'hubspot'",
        "write [defaults] with its keys below; in JSON { … }",
    ),
    "a contact that is no table": Exact(
        CLIENT + 'contacts = [\n  "p@a.b",\n]\n',
        "3:3",
        "clients.\"acme.example\".contacts.0 must be a table, not 'p@a.b'",
        'write { email = … }; in JSON { "email": … }',
    ),
    "version": Exact('\nversion = "1"\n', "2:1", "version must be a whole number", "write version = 1"),
    "JSON, version": Exact(
        '{"version": null}', "1:2", "version must be a whole number", "write version = 1", J
    ),
    "JSON, zero bytes": Exact(
        bytes(9),
        "1:1",
        "expected value",
        CRASH,
        J,
    ),
    "JSON, two BOMs": Exact(
        "\ufeff\ufeff{}",
        "1:1",
        "the byte order mark U+FEFF appears twice at the start",
        "remove one of the two",
        J,
    ),
    "JSON, cut after a value": Exact('{"a": 1', "1:8", "expected ',' delimiter", ENDED, J),
    "JSON, cut after a key": Exact('{"a":\n', "2:1", "expected value", ENDED, J),
    "JSON, half a merge": Exact(
        "{}\n=======\n", "2:1", "extra data", "resolve the merge conflict, then remove its markers", J
    ),
    "JSON, two stores": Exact(
        '{"a": 1}\n{"a": 2}',
        "2:1",
        "extra data",
        "remove the text after the closing bracket",
        J,
    ),
    "JSON, control character": Exact(
        '{"a": "\x1b"}',
        "1:8",
        "invalid control character",
        r"remove the character, or write it as an escape such as \u000a",
        J,
    ),
    "JSON, a backslash": Exact(
        r'{"a": "C:\x"}',
        "1:10",
        "invalid escape",
        r"write \\ for a backslash, or \u and four digits for a character",
        J,
    ),
    "JSON, curly quotes": Exact(
        "{“a”: 1}",
        "1:2",
        "expected property name enclosed in double quotes",
        "put keys and strings in double quotes",
        J,
    ),
    "JSON, a key twice": Exact(
        '{"clients": {\n"a.b": {},\n"\\u0061.b": {}}}',
        "3:1",
        'duplicate key "a.b", lines 2 and 3',
        TWICE,
        J,
    ),
    "JSON, Infinity": Exact(
        '{"x-a": [1,\n-Infinity]}',
        "2:1",
        "-Infinity is not a JSON number",
        "write a number, or remove the key",
        J,
    ),
    "JSON, CSV in it": Exact(
        "client;name\na;b\n",
        "1:1",
        "expected value",
        "import it with `renewctl import`; it looks like a CSV table",
        J,
    ),
}


def test_json_in_another_layout_is_rewritten_by_the_first_change_and_restored_by_undo(
    run: Callable,
) -> None:
    path = Path("renewctl.json")
    path.write_text(JSON)
    ran = run("set-default", "--owner", "hubspot")
    assert "renewctl.json is rewritten with one member per line" in ran.out
    data = json.loads(JSON)
    data["defaults"]["owner"] = "hubspot"
    assert path.read_text() == json.dumps(data, indent=2)
    ran = run("set-default", "--owner", "partner")
    assert "layout" not in ran.out
    assert run("undo").status == 0
    first = json.loads(run("history", "-o", "json").out)["items"][-1]
    assert run("undo", first["id"]).status == 0
    assert path.read_text() == JSON


LONG = 100_000
LONG_LINES = {
    "a rule of hash signs": "#" * LONG + "\n= 1\n",
    "rules of hash signs": ("#" * 40 + "\n") * (LONG // 40) + "= 1\n",
    "hash signs and blanks": "# " * LONG + "\nversion: 1\n",
    "commas": "," * LONG,
    "a table without an end": "a," * LONG,
    "brackets": "[" * LONG,
    "closed brackets": "[a" * LONG + "]",
    "braces": "{" * LONG,
    "digits": "x = " + "9" * LONG + "-",
    "dates": "x = " + "9-" * LONG,
    "colons": "a:" * LONG,
    "equals signs": "a= " * LONG,
    "quotes": 'x = "' * LONG,
    "long quotes": 'x = """' + '\\"""' * LONG,
    "quotes and many digits": f"x = {'9' * 5000}\n" + 'y = """' + '\\"""' * LONG,
    "backslashes": 'x = "' + "\\" * LONG,
    "blanks": " " * LONG + "=",
    "line ends": "\n" * LONG + "=",
    "carriage returns": "\r" * LONG + "=",
    "merge marks": "<<<<<<< a\n" * (LONG // 10),
    "merge and headers": "<<<<<<< a\n" + "[a.b] # c\n" * (LONG // 10) + "=======\n",
    "dots": "[" + "a." * LONG + "]",
    "a JSON key, many times": "{" + ",\n".join(['"a": 1'] * LONG) + "}",
    "JSON numbers": '{"a": [' + ",\n".join(["NaN"] * LONG) + "]}",
    "half characters": '{"a": "' + "\\ud800" * LONG + '"}',
    "blanks in JSON": '{"a"' + " " * LONG + '"',
    "brackets in a merge": "<<<<<<< a\n" + "[" * LONG,
    "an open string in a merge": '<<<<<<< a\n"' + '\\"' * LONG,
    "quotes in a merge": "<<<<<<< a\n" + '"' * LONG,
}
"""Lines for which a careless regular expression takes very long."""


@pytest.mark.parametrize("suffix", ["toml", "json"])
@pytest.mark.parametrize("name", LONG_LINES)
def test_no_line_takes_a_regular_expression_very_long(name: str, suffix: str, run: Callable) -> None:
    Path(f"renewctl.{suffix}").write_text(LONG_LINES[name])
    before = signal.signal(signal.SIGALRM, _too_long)
    signal.alarm(20)  # a hang takes hours, and an answer a part of a second
    try:
        assert run("who").status == 3
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _too_long(*_: object) -> None:
    raise AssertionError("no answer in 20 s")


@pytest.mark.parametrize("name", EXACT)
def test_place_message_and_hint(name: str, run: Callable) -> None:
    case = EXACT[name]
    data = case.data if isinstance(case.data, bytes) else case.data.encode()
    Path(case.file).write_bytes(data)
    line, column = map(int, case.at.split(":"))
    for argv in (("check",), ("explain", "acme.example"), ("client", "remove", "acme.example", "--yes")):
        ran = run(*argv)
        assert (ran.status, ran.out) == (3, ""), ran.err
        assert f"\n  --> {case.file}:{case.at}\n      {case.message}\n" in ran.err
        assert re.findall("help: (.*)", ran.err)[0] == case.way_out
        answer = json.loads(run(*argv, "-o", "json").err)
        assert answer["hint"]
        [problem] = answer["problems"]
        assert {**problem, "hint": None} == {
            "file": case.file,
            "sheet": None,
            "line": line,
            "column": column,
            "message": case.message,
            "hint": None,
        }
        assert case.way_out in {problem["hint"], answer["hint"]}
    assert Path(case.file).read_bytes() == data


def test_all_problems_are_reported_in_the_order_of_the_file(run: Callable) -> None:
    text = CLIENT + 'hub_id = "x"\n[clients."no domain"]\n[policy]\nstale_days = -1\n[defaults]\nowner = 1\n'
    Path("renewctl.toml").write_text(text)
    places = re.findall(r"--> renewctl.toml:(\d+:\d+)", run("who").err)
    assert places == ["2:1", "3:1", "5:1", "7:1"]


def test_many_similar_problems_are_grouped_and_json_has_all(run: Callable) -> None:
    Path("renewctl.toml").write_text("".join(f'[clients."no {number}"]\n' for number in range(50)))
    ran = run("who")
    assert ran.err.count("  --> ") == 1
    assert "50 lines like this: 1, 2, 3 and 47 more" in ran.err
    assert len(json.loads(run("who", "-o", "json").err)["problems"]) == 50


@pytest.mark.parametrize("header", ["clients.acme.co.uk", "clients.acme.co.uk.override"])
def test_a_domain_without_quotes_gets_a_hint(header: str, run: Callable) -> None:
    """TOML splits it at its dots; in quotes, it is one client."""
    Path("renewctl.toml").write_text(f'[{header}]\nowner = "hubspot"\n')
    assert 'did you mean [clients."acme.co.uk"] with quotes?' in run("who").err
    Path("renewctl.toml").write_text('[clients."acme.co.uk"]\n[clients.123]\nname = "numbers"\n')
    ran = run("who", "--all", "-o", "names")
    assert (sorted(ran.out.split()), ran.err) == (["123", "acme.co.uk"], "")


def test_an_unknown_key_of_a_client_is_not_taken_for_a_domain(run: Callable) -> None:
    Path("renewctl.toml").write_text(
        CLIENT + '[clients.acme.nmae]\n[clients.acme.x-own.y]\n[clients."acme.example".z]\na=1\n'
    )
    assert "did you mean [" not in run("who").err


@pytest.mark.parametrize("eol", ["\n", "\r\n"])
def test_one_line_is_changed_in_five_megabytes(eol: str, run: Callable) -> None:
    line = "# " + "x" * 998 + eol
    text = (DEFAULT.replace("\n", eol) + line * 5_000).encode()
    Path("renewctl.toml").write_bytes(text)
    assert run("set-default", "--owner", "hubspot", "--yes").status == 0
    assert Path("renewctl.toml").read_bytes() == text.replace(P.encode(), H.encode(), 1)


@pytest.mark.parametrize("case", GOOD, ids=lambda case: case.name)
def test_unusual_files_are_read_and_changed_in_place(case: Case, run: Callable) -> None:
    path = Path(case.file)
    path.write_bytes(case.data)
    assert run("who", "--all", "-q", "-o", "json").status == 0
    assert path.read_bytes() == case.data
    ran = run("set-default", "--owner", "hubspot", "--yes")
    assert ran.status == 0, ran.err
    old, new = case.changed
    if old:
        assert case.data.count(old) >= 1
    assert path.read_bytes() == (case.data.replace(old, new, 1) if old else new)
    assert run("set-default", "-o", "json").out.count('"hubspot"') == 1


def test_reading_creates_no_file(small: Path, run: Callable) -> None:
    for argv in (
        ("who",),
        ("explain", "acme.example"),
        ("where",),
        ("set-default", "--notify", "none", "-n"),
    ):
        assert run(*argv).status == 0
    assert os.listdir() == ["renewctl.toml"]


# ------------------------------------------------------------------ not a regular file

READERS = [
    ("who", "--store", "odd.toml"),
    ("set-default", "--owner", "partner", "--store", "odd.toml"),
    ("check", "--store", "odd.toml"),
    ("explain", "acme.example", "--store", "odd.toml"),
    ("export", "-", "--format", "json", "--store", "odd.toml"),
    ("calendar", "--store", "odd.toml"),
    ("todo", "--store", "odd.toml"),
    ("diff", "odd.toml", "renewctl.toml"),
    ("diff", "renewctl.toml", "odd.toml"),
    ("import", "odd.toml"),
    ("override", "--from-file", "odd.toml"),
]


@pytest.mark.parametrize("argv", READERS, ids=" ".join)
def test_every_reading_command_refuses_what_is_not_a_file(
    argv: tuple[str, ...], small: Path, run: Callable
) -> None:
    odd, before = Path("odd.toml"), small.read_bytes()
    for kind, word in {"folder": "folder", "dangling": "gone.toml", "loop": "", "large": "64 MiB"}.items():
        if kind == "folder":
            odd.mkdir()
        elif kind == "large":
            with odd.open("wb") as file:
                file.truncate(64 * 2**20 + 1)
        else:
            odd.symlink_to("gone.toml" if kind == "dangling" else "odd.toml")
        ran = run(*argv)
        assert (ran.status, ran.out) == (74 if kind == "loop" else 3, ""), (kind, ran.err)
        assert ran.err.startswith("error: "), kind
        assert word in ran.err, kind
        assert "help: " in ran.err, kind
        odd.rmdir() if kind == "folder" else odd.unlink()
    assert small.read_bytes() == before


@pytest.mark.parametrize(
    ("argv", "kind", "word"),
    [
        (argv, *(("/dev/zero", b"a device") if number % 2 else ("fifo", b"a pipe")))
        for number, argv in enumerate(READERS)
    ],
)
def test_no_reading_command_hangs(
    argv: tuple[str, ...], kind: str, word: bytes, small: Path, spawn: Callable
) -> None:
    if kind == "fifo":
        os.mkfifo("odd.toml")
    else:
        Path("odd.toml").symlink_to(kind)
    done = spawn(*argv)
    assert (done.status, done.out) == (3, b""), done.err
    assert word in done.err
    assert b"help: " in done.err


WHO_AND_CHANGE = pytest.mark.parametrize(
    "argv", [("who",), ("set-default", "--owner", "hubspot")], ids=" ".join
)


@WHO_AND_CHANGE
def test_a_broken_link_in_the_current_folder_is_not_skipped(argv: tuple[str, ...], run: Callable) -> None:
    """Otherwise another file in a parent folder would be read or changed."""
    Path("renewctl.toml").write_text("version = 1\n")
    Path("below").mkdir()
    os.chdir("below")
    Path("renewctl.toml").symlink_to("gone.toml")
    ran = run(*argv)
    assert ran.status == 3
    assert "gone.toml" in ran.err


@WHO_AND_CHANGE
def test_without_a_data_file_the_hint_is_init(argv: tuple[str, ...], run: Callable) -> None:
    ran = run(*argv)
    assert (ran.status, ran.out) == (3, "")
    assert "renewctl init" in ran.err
    assert os.listdir() == []


@WHO_AND_CHANGE
def test_invalid_paths_are_errors(argv: tuple[str, ...], run: Callable) -> None:
    for name in ("x" * 300 + ".toml", "\udcff.toml", "a/b/c.toml", "~nobody-here/x.toml"):
        ran = run(*argv, "--store", name)
        assert ran.status in {2, 3, 74}, name
        assert ran.err.startswith("error: "), name
        assert "bug" not in ran.err, name


# ------------------------------------------------------------------ names and places


def test_init_never_overwrites_a_file(small: Path, run: Callable) -> None:
    before = small.read_bytes()
    Path("link.toml").symlink_to("nowhere.toml")
    for argv in ((), ("--store", "renewctl.toml"), ("--store", "link.toml"), ("--yes",)):
        assert run("init", *argv).status == 2
    assert small.read_bytes() == before
    assert not Path("nowhere.toml").exists()


def test_a_toml_and_a_json_file_in_one_folder_is_an_error(small: Path, run: Callable) -> None:
    Path("renewctl.json").write_text("{}")
    ran = run("who")
    assert ran.status == 3
    assert "renewctl.toml" in ran.err
    assert "renewctl.json" in ran.err
    assert run("who", "--store", "renewctl.toml").status == 0
    assert run("who", "--store", "renewctl.json").status == 0


def test_the_search_goes_up_to_the_root_of_the_repository(small: Path, run: Callable) -> None:
    Path("a/b/c").mkdir(parents=True)
    os.chdir("a/b/c")
    assert run("who", "-o", "names").out == "borges.example\nacme.example\n"
    before = Path("../../../renewctl.toml").read_text()
    assert run("set-default", "--owner", "partner").status == 0
    assert Path("../../../renewctl.toml").read_text() != before
    Path("../.git").mkdir()
    assert run("who").status == 3


def test_the_search_does_not_go_above_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Callable
) -> None:
    Path("renewctl.toml").write_text("")
    Path("home/work").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(Path("home").absolute()))
    monkeypatch.chdir("home/work")
    assert run("who").status == 3


def test_the_option_takes_precedence_over_the_variable_and_the_search(
    small: Path, monkeypatch: pytest.MonkeyPatch, run: Callable
) -> None:
    for name in ("variable", "option"):
        Path(f"{name}.toml").write_text(f'[clients."{name}.example"]\n')
    assert "acme.example" in run("who", "-o", "names").out
    monkeypatch.setenv("RENEWCTL_STORE", "variable.toml")
    assert run("who", "-o", "names").out == "variable.example\n"
    assert run("who", "-o", "names", "--store", "option.toml").out == "option.example\n"
    monkeypatch.setenv("RENEWCTL_STORE", "")
    assert "acme.example" in run("who", "-o", "names").out, "an empty variable names nothing"
    monkeypatch.setenv("RENEWCTL_STORE", "gone.toml")
    ran = run("who")
    assert ran.status == 3
    assert "RENEWCTL_STORE" in ran.err


def test_a_tilde_is_the_home_folder(run: Callable) -> None:
    (Path.home() / "mine.toml").write_text('[clients."home.example"]\n')
    assert run("who", "-o", "names", "--store", "~/mine.toml").out == "home.example\n"


@pytest.mark.parametrize("home", [None, ""])
def test_home_can_be_unset(
    home: str | None, small: Path, monkeypatch: pytest.MonkeyPatch, run: Callable
) -> None:
    monkeypatch.delenv("HOME")
    if home is not None:
        monkeypatch.setenv("HOME", home)
    assert run("who").status == 0
    assert run("set-default", "--owner", "partner").status == 0


def test_the_data_folder_of_the_user_is_searched_last(monkeypatch: pytest.MonkeyPatch, run: Callable) -> None:
    Path("xdg/renewctl").mkdir(parents=True)
    Path("xdg/renewctl/renewctl.toml").write_text('[clients."own.example"]\n')
    Path("empty").mkdir()
    monkeypatch.setenv("XDG_DATA_HOME", str(Path("xdg").absolute()))
    monkeypatch.chdir("empty")
    assert run("who", "-o", "names").out == "own.example\n"


def test_a_relative_xdg_folder_is_ignored(monkeypatch: pytest.MonkeyPatch, run: Callable) -> None:
    """The XDG specification requires it: the current folder must not matter."""
    Path("xdg/renewctl").mkdir(parents=True)
    Path("xdg/renewctl/renewctl.toml").write_text('[clients."own.example"]\n')
    monkeypatch.setenv("XDG_DATA_HOME", "xdg")
    assert run("who").status == 3


# ------------------------------------------------------------------ changes by others


@pytest.mark.parametrize("act", ["changed", "renamed over", "deleted", "a folder"])
def test_a_file_that_changed_after_reading_is_not_replaced(act: str, small: Path) -> None:
    """Editors ignore the lock; what they save between reading and writing is kept."""
    expected = files.digest(small.read_bytes())
    theirs = small.read_bytes() + b"# theirs\n"
    if act == "changed":
        small.write_bytes(theirs)
    elif act == "renamed over":
        Path("new").write_bytes(theirs)
        Path("new").rename(small)
    else:
        small.unlink()
        if act == "a folder":
            small.mkdir()
    with restore_signals(), pytest.raises(StoreChanged, match="changed on disk; nothing was saved"):
        files.replace(small, b"ours", expected)
    if act in {"changed", "renamed over"}:
        assert small.read_bytes() == theirs
    assert set(os.listdir()) <= {"renewctl.toml"}, "something was left lying about"


@pytest.mark.parametrize("error", [KeyError("uid not found"), OSError("no user"), ImportError("no pwd")])
def test_a_process_without_a_user_can_make_a_change(
    error: Exception, small: Path, run: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_user() -> str:
        raise error

    monkeypatch.setattr(getpass, "getuser", no_user)
    assert run("client", "set", "acme.example", "--name", "Acme").status == 0
    assert json.loads(run("history", "-o", "json").out)["items"][0]["user"] == "unknown"


@pytest.mark.parametrize("argv", [("who",), ("where",), ("check", "-o", "json")], ids=" ".join)
def test_a_process_without_a_home_folder_gets_a_hint(
    argv: tuple[str, ...], run: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For example in a container with a user who is not in its list of users."""

    def unknown(_number: int) -> None:
        raise KeyError("getpwuid(): uid not found")

    monkeypatch.delenv("HOME")
    monkeypatch.setattr(pwd, "getpwuid", unknown)
    ran = run(*argv)
    assert ran.status == (0 if argv == ("where",) else 3), ran
    assert "renewctl init" in ran.out + ran.err
