r"""Hostile text in the file and on the command line is shown, never interpreted.

No output of renewctl has a byte that moves the cursor, opens a link, reverses a line or adds one. The only
control characters are its own newlines, tabs in tsv and carriage returns in csv.
"""

import csv
import io
import json
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import OF_ONE_COMMAND, Ran
from renewctl.domain.identifiers import compose, tidy_name
from renewctl.render.result import Output
from renewctl.text import csv_text
from workbooks import open_sheet, read_back

HOSTILE = {
    "CSI": "\x1b[2J\x1b[31mred",
    "OSC 8": "\x1b]8;;https://evil.example\x1b\\click\x1b]8;;\x1b\\",
    "OSC 52": "\x1b]52;c;cm0gLXJm\x07",
    "C1": "\x9b31mred\x9d",
    "NUL": "a\x00b",
    "DEL": "a\x7f\x08b",
    "bidi": "\u202egnp.exe\u202c \u2066x\u2069",
    "zero width": "a\u200bb\u200d\ufeff",
    "tags": "a\U000e0041\U000e007f",
    "line ends": "one\ntwo\rthree\x85four\u2028five",
    "tab": "a\tb",
    "rich": "[red]x[/red] [/] [link=https://evil.example]y[/link] [@click=app.quit]z :warning: \\",
    "cells": "a|b;c,d\"e'f`g",
    "html": "<script>alert(1)</script> &amp; <b>",
    "formula": "=cmd|' /C calc'!A0",
    "shell": "$(touch F) `touch F` ; touch F",
    "percent": "%s %(name)s {0} {name} %n",
    "unassigned": "a\u0378b\ue000c",
    "combining": "Z̀́̂̃̄̅̆̇",
    "wide": "日本 🇵🇹 👩‍👩‍👧",
}
TOGETHER = {
    "escapes": ("CSI", "OSC 8", "OSC 52", "C1", "DEL", "NUL"),
    "invisible": ("bidi", "zero width", "tags", "unassigned"),
    "line ends": ("line ends", "tab"),
    "markup": ("rich", "cells", "html"),
    "formula": ("formula", "shell", "percent"),
    "many-codepoint": ("wide", "combining"),
}
"""The same texts joined, for what would take too long with each of them alone."""
FORMATS = tuple(sorted({*map(str, Output)} - OF_ONE_COMMAND))
READS = [
    ("who", "--all"),
    ("who", "--by", "recipient"),
    ("explain", "acme.example"),
    ("contacts",),
    ("client", "list"),
    ("client", "show", "acme.example"),
    ("user", "list"),
    ("set-default",),
    ("where",),
    (),
]
CHANGES = [
    ("override", "acme.example", "--owner", "hubspot"),
    ("clear-override", "acme.example"),
    ("client", "remove", "acme.example"),
    ("client", "rename", "acme.example", "acme.com"),
    ("client", "remove-renewal", "acme.example"),
    ("client", "unassign", "acme.example", "primary"),
    ("user", "set", "ana", "--name", "Ana"),
]


def toml(text: str) -> str:
    """Return ``text`` as a TOML string with all unusual characters escaped."""
    inner = "".join(char if char.isalnum() else f"\\U{ord(char):08x}" for char in text)
    return f'"{inner}"'


def store_of(text: str, local: str = "paula") -> str:
    """Return a file with ``text`` wherever any text is allowed."""
    word = toml(text)
    user = toml(local + "@agency.example")
    return f"""\
version = 1
x-note = {word}
{word} = {word}
[defaults]
owner = "hubspot"
notify = "ana@agency.example"
{word} = 1
[users."ana@agency.example"]
name = {word}
[users.{user}]
name = {word}
[clients."acme.example"]
name = {word}
contacts = [{{ email = {toml(local + "@acme.example")}, name = {word}, roles = ["primary", "billing"] }}]
renewals = [{{ date = 2027-01-31, product = {word} }}]
override = {{ owner = "partner", notify = {user}, note = {word} }}
[clients."borges.example"]
contacts = [{{ email = {toml(local + "@borges.example")}, name = {word}, roles = ["primary"] }}]
"""


def acting(text: str) -> set[str]:
    """Return the control, format and surrogate characters of ``text``."""
    hidden = {"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"}
    return {char for char in text if unicodedata.category(char) in hidden}


def allowed(output: str) -> set[str]:
    """Return the control characters that a format itself needs."""
    return {"tsv": {"\n", "\t"}, "auto": {"\n", "\t"}, "csv": {"\n", "\r"}}.get(output, {"\n"})


def check(ran: Ran, output: str, where: object) -> None:
    status, out, err = ran
    assert status in {0, 1, 2, 3, 4}, (where, err)
    assert acting(err) <= {"\n"}, (where, err)
    if output == "xlsx":
        assert not out or open_sheet(ran.data), where
    elif output != "csv":
        assert acting(out) <= allowed(output), (where, out)
    if output == "json" and out:
        json.loads(out)
    if output == "json" and err:
        json.loads(err)
    if output == "jsonl":
        for line in out.splitlines():
            json.loads(line)


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RENEWCTL_AS_OF", "2026-11-23")


def joined(name: str) -> str:
    return " ".join(HOSTILE[part] for part in TOGETHER[name])


def test_the_joined_text_contains_all_texts() -> None:
    assert sorted(part for parts in TOGETHER.values() for part in parts) == sorted(HOSTILE)


@pytest.mark.parametrize("name", TOGETHER)
def test_text_in_the_file_is_shown_safely(name: str, run: Callable, on_terminal: Callable) -> None:
    """Every command, in every format, in a pipe and on a terminal."""
    text, path = joined(name), Path("renewctl.toml")
    path.write_text(store_of(text), encoding="utf-8")
    for argv in READS:
        for output in FORMATS if argv else ("auto",):
            check(run(*argv, *(("-o", output) if argv else ())), output, (argv, output))
        for columns in (40, 160):
            status, out, err = on_terminal(*argv, columns=columns)
            assert status == 0
            assert acting(out + err) <= {"\n"}, (argv, columns)
        coloured = on_terminal(*argv, colour=True)[1]
        assert acting(re.sub(r"\x1b\[[0-9;]*m", "", coloured)) <= {"\n"}, argv
    for argv in CHANGES:
        for output in FORMATS:
            check(run(*argv, "-n", "-o", output), output, (argv, output))


@pytest.mark.parametrize("name", TOGETHER)
def test_text_in_findings_changes_and_diffs_is_shown_safely(
    name: str, run: Callable, on_terminal: Callable
) -> None:
    """Notes of changes and values before and after can be written by anybody, too."""
    text, path = joined(name), Path("renewctl.toml")
    path.write_text(store_of(text), encoding="utf-8")
    Path("before.toml").write_text(store_of("before"), encoding="utf-8")
    for argv in CHANGES:
        assert run(*argv, "-y", "-q", "--note", text.replace("\x00", "")).status == 0, argv
        assert run("undo", "-y", "-q").status == 0, argv
    path.write_text(path.read_text("utf-8") + "\n", "utf-8")
    for argv in (
        ("check",),
        ("check", "--long"),
        ("history",),
        ("history", "--long"),
        ("diff", "before.toml"),
    ):
        for output in FORMATS:
            check(run(*argv, "-o", output), output, (argv, output))
        for columns in (40, 100, 200):
            status, out, err = on_terminal(*argv, columns=columns)
            assert status == 0, err
            assert acting(out + err) <= {"\n"}, (argv, columns)
        coloured = on_terminal(*argv, colour=True)[1]
        plain = re.sub(r"\x1b\[[0-9;]*m", "", coloured)
        assert plain == on_terminal(*argv)[1], argv


@pytest.mark.parametrize("name", HOSTILE)
def test_json_csv_and_xlsx_contain_the_exact_text(name: str, run: Callable) -> None:
    text = HOSTILE[name]
    Path("renewctl.toml").write_text(store_of(text), encoding="utf-8")
    (item, *_) = json.loads(run("who", "acme.example", "-o", "json").out)["items"]
    assert (item["name"], item["product"], item["to"][0]["name"]) == (text, text, text)
    header, row = read_back(run("who", "acme.example", "-o", "xlsx").data)
    assert csv_text(row[header.index("name")]) == text
    ran = run("who", "acme.example", "-o", "csv")
    if "\r" in text or "\n" in text or text.isprintable():
        header, row = csv.reader(io.StringIO(ran.out, newline=""), strict=True)
        assert row[header.index("name")].removeprefix("'") == text.removeprefix("'")


def test_markup_is_shown_on_a_terminal(on_terminal: Callable) -> None:
    text = "[red]x[/red] [/] [bold] :warning: [link=x]y[/link]"
    Path("renewctl.toml").write_text(store_of(text), encoding="utf-8")
    for argv in (
        ("who", "--all"),
        ("explain", "acme.example"),
        ("client", "list"),
        ("contacts",),
        ("user", "list"),
    ):
        out = on_terminal(*argv, columns=240)[1]
        if argv != ("contacts",):
            assert text in out, argv
        coloured = on_terminal(*argv, columns=240, colour=True)[1]
        plain = re.sub(r"\x1b\[[0-9;]*m", "", coloured)
        assert plain == out, argv


@pytest.mark.parametrize("name", TOGETHER)
def test_typed_text_is_shown_safely(name: str, run: Callable) -> None:
    """This covers words that are refused and words that are accepted."""
    text = joined(name).replace("\x00", "\x01")  # no process is given a NUL
    argvs = [
        ("who", text),
        ("explain", text),
        (text,),
        ("client", text),
        ("who", "--" + text),
        ("who", "--within", text),
        ("who", "--from", text),
        ("who", "--as-of", text),
        ("who", "--recipient", text),
        ("who", "--expect", text),
        ("who", "--expect", "a@b.example," + text),
        ("who", "--by", text),
        ("who", "--store", text),
        ("who", "--store", text + ".toml"),
        ("where", "--store", text + ".toml"),
        ("set-default", "--owner", text),
        ("set-default", "--notify", text),
        ("set-default", "--lock-timeout", text),
        ("override", text, "--owner", "hubspot"),
        ("override", "acme.example", "--owner", "hubspot", "--note", text, "-n"),
        ("client", "add", text),
        ("client", "add", "x.example", "--name", text, "-n"),
        ("client", "add", "x.example", "--primary", text),
        ("client", "add", "x.example", "--renewal", "2027-01-01", "--product", text, "-n"),
        ("client", "set", "acme.example", "--name", text, "-n"),
        ("client", "set", "acme.example", "--hub-id", text),
        ("client", "assign", "acme.example", text, "a@b.example"),
        ("client", "assign", "acme.example", "primary", text),
        ("client", "remove-renewal", "acme.example", "--product", text),
        ("client", "rename", "acme.example", text),
        ("user", "add", text),
        ("user", "add", "x@agency.example", "--name", text, "-n"),
        ("user", "set", text, "--active"),
        ("init", "--store", text),
    ]
    for argv in argvs:
        Path("renewctl.toml").write_text(store_of("plain"), encoding="utf-8")
        check(run(*argv), "", argv)
        for output in ("json", "csv"):
            check(run(*argv, "-o", output), output, (argv, output))


@pytest.mark.parametrize("name", HOSTILE)
def test_typed_text_is_the_same_when_read_from_the_file(name: str, run: Callable) -> None:
    text = HOSTILE[name].replace("\x00", "\x01")
    for store in ("renewctl.toml", "renewctl.json"):
        assert run("init", "--store", store).status == 0
        argv = ("client", "add", "acme.example", "--name", text, "--renewal", "2027-01-01", "--product", text)
        assert run(*argv, "--store", store).status == 0
        assert (
            run("override", "acme.example", "--owner", "hubspot", "--note", text, "--store", store).status
            == 0
        )
        assert run("client", "set", "acme.example", "--memo", text, "--store", store).status == 0
        written = Path(store).read_bytes()
        assert b"\x1b" not in written
        assert b"\r" not in written
        shown = json.loads(run("client", "show", "acme.example", "-o", "json", "--store", store).out)
        name = tidy_name(text)
        assert (shown["name"], shown["renewals"][0]["product"]) == (name, name)
        assert (shown["note"], shown["memo"]) == (compose(text), compose(text))


IDS = [
    "../../etc/passwd",
    "-rf",
    "--",
    "$(id)",
    "a;b",
    "\x1b[2J",
    "a\u202eb",
    "a|b",
    "=1+1",
    "a b",
    "\u202e",
    "a" * 300,
]


@pytest.mark.parametrize("word", IDS, ids=ascii)
def test_an_invalid_client_key_in_the_file_is_refused_and_shown_safely(word: str, run: Callable) -> None:
    for table in ("clients", "users"):
        Path("renewctl.toml").write_text(f"[{table}.{toml(word)}]\n", encoding="utf-8")
        for output in ("table", "json"):
            ran = run("who", "-o", output)
            assert ran.status == 3, table
            check(ran, output, (table, output))


ADDRESSES = [
    "a\x1b[2J@b.example",
    "a\u202e@b.example",
    "=1+1@b.example",
    "a[red]@b.example",
    "a|b@b.example",
    "аna@b.example",
]


@pytest.mark.parametrize("address", ADDRESSES, ids=ascii)
def test_an_address_in_the_file_is_refused_or_shown_safely(
    address: str, run: Callable, on_terminal: Callable
) -> None:
    Path("renewctl.toml").write_text(
        f'[defaults]\nowner = "hubspot"\nnotify = {toml(address)}\n[clients."acme.example"]\n'
        f'contacts = [{{ email = {toml("x" + address)}, roles = ["primary"] }}]\n'
        f'override = {{ owner = "partner", notify = {toml(address)} }}\n',
        encoding="utf-8",
    )
    for argv in READS:
        for output in FORMATS if argv else ("auto",):
            check(run(*argv, *(("-o", output) if argv else ())), output, (argv, output))
        out = on_terminal(*argv)[1]
        assert acting(out) <= {"\n"}


def test_a_path_is_shown_safely(run: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name of a folder is data, too."""
    folder = Path("a\x1b[31mb\nc\u202ed[red]")
    folder.mkdir()
    monkeypatch.chdir(folder)
    for argv in (
        ("where",),
        ("init", "--owner", "hubspot"),
        ("where",),
        ("who",),
        ("init",),
        ("who", "--store", "x.toml"),
    ):
        for output in ("table", "json"):
            check(run(*argv, "-o", output), output, argv)
    Path("below").mkdir()
    monkeypatch.chdir("below")
    for argv in (("where",), ("who", "-o", "json"), ("set-default", "--owner", "hubspot"), ("explain", "x")):
        check(run(*argv), argv[-1], argv)
    Path("../renewctl.toml").write_text("x")
    for output in ("table", "json"):
        check(run("who", "-o", output), output, "an error with the path in it")


def test_a_tab_or_newline_in_a_name_adds_no_row_or_cell(run: Callable, on_terminal: Callable) -> None:
    plain, odd = store_of("ab"), store_of("a\tb\nc\r\nd|e")
    for argv in READS[:7]:
        for output in sorted({*FORMATS} - {"json", "csv", "xlsx", "table"}):  # where a cell may have lines
            shapes = []
            for text in (plain, odd):
                Path("renewctl.toml").write_text(text, encoding="utf-8")
                lines = run(*argv, "-o", output).out.split("\n")
                shapes.append([line.count("\t") for line in lines])
            assert shapes[0] == shapes[1], (argv, output)
