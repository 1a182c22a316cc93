"""Arbitrary text through every command and every format: no output has characters that act.

Data is shown, never interpreted. What acts instead of showing (controls, escapes, bidi, zero width,
line separators) leaves as a visible escape, except where a format keeps text exactly: csv and exports.
"""

import csv
import io
import json
import re
import shlex
import subprocess
import sys
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import tomli
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from conftest import OF_ONE_COMMAND, PATIENCE, RESET, Ran
from renewctl.render.result import Output
from renewctl.text import csv_cell, csv_text
from workbooks import open_sheet

AS_OF = "2026-11-23"
FORMATS = tuple(sorted({*map(str, Output)} - OF_ONE_COMMAND))
READS = [
    ("who", "--all"),
    ("who", "--by", "recipient", "--all"),
    ("explain", "acme.example"),
    ("contacts",),
    ("client", "list"),
    ("client", "show", "acme.example"),
    ("user", "list"),
    ("set-default",),
    ("calendar", "--all", "--remind", "30d"),
    ("where",),
    ("override", "acme.example", "--owner", "hubspot", "-n"),
    ("clear-override", "acme.example", "-n"),
    ("client", "remove", "acme.example", "-n"),
    ("import", "roster.csv", "-n", "--with-overrides"),
    ("import", "bad.csv", "-n"),
    ("import", "bad.csv", "-n", "--skip-invalid"),
    ("import", "columns.csv", "-n"),
    ("override", "--from-file", "list.csv", "-n"),
    ("override", "--from-file", "bad.csv", "-n"),
    ("override", "--from-file", "bad.jsonl", "-n"),
]
PIECES = [
    *("\x1b[2J", "\x1b]8;;https://evil.example\x1b\\", "\x9b31m", "\x00", "\x07", "\x08", "\x7f", "\x85"),
    *("\n", "\r\n", "\r", "\t", "\u2028", "\u202e", "\u2066", "\u200b", "\u200d", "\ufeff", "\U000e0041"),
    *("|", "||", "\\", "\\|", "`", "```", "<b>", "<script>", "&amp;", "[x](y)", "[red]", "[/]", ":warning:"),
    *("=1+1", "+1", "-1", "@SUM(A1)", "＝1", "'", "''=", '"', ",", ";", "https://a.example", "www.a.example"),
    *(
        "BEGIN:VALARM",
        "\\n",
        "\\N",
        "END:VEVENT\r\n",
        "日本語",
        "Z̀́̂",
        "👩‍👩‍👧",
        "e\u0301",
        "$(id)",
        "%s",
        "{0}",
    ),
]
texts = st.one_of(
    st.lists(st.sampled_from(PIECES) | st.text(st.characters(codec="utf-8"), max_size=3), max_size=6).map(
        "".join
    ),
    st.text(st.characters(codec="utf-8"), max_size=90),
)


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RENEWCTL_AS_OF", AS_OF)


def acting(text: str) -> set[str]:
    """Return the characters that act instead of showing."""
    return {char for char in text if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"}}


def prepare(name: str, product: str, note: str, person: str, user: str) -> None:
    """Write a file with these texts, and lists to import with the same texts."""
    override = {"owner": "partner", "notify": "ana@agency.example", "note": note}
    contact = {"email": "p@acme.example", "name": person, "roles": ["primary"]}
    renewals = [{"date": "2027-01-31", "product": product}]
    data = {
        "version": 1,
        "defaults": {"owner": "hubspot", "notify": "ana@agency.example"},
        "users": {"ana@agency.example": {"name": user}},
        "clients": {
            "acme.example": {"name": name, "contacts": [contact], "renewals": renewals, "override": override},
            "borges.example": {"name": name, "contacts": [], "renewals": renewals},
            "cedro.example": {"name": name},
        },
    }
    Path("renewctl.json").write_text(json.dumps(data), encoding="utf-8")
    name, product, note, person, user = (
        each.replace("\0", "") for each in (name, product, note, person, user)
    )
    write(
        "roster.csv",
        ["client", "name", "product", "renewal", "note"],
        ["new.example", name, product, "2027-01-31", note],
    )
    write(
        "bad.csv",
        ["client", "name", "owner", "primary", "hub id", "renewal", "notify"],
        [name + "?", name, note, person, product, user, note],
    )
    write("columns.csv", ["client", f"x{name}", f"y{note}"], ["acme.example", "", ""])
    write("list.csv", ["client", "owner", "notify", "note"], ["acme.example", "hubspot", "", note])
    lines = [{"client": name, "owner": note}, {"client": "acme.example", product: 1}, {"owner": note}]
    Path("bad.jsonl").write_text("".join(json.dumps(each) + "\n" for each in lines) + "{" + note, "utf-8")


def write(file: str, *rows: list[str]) -> None:
    with Path(file).open("w", encoding="utf-8", newline="") as opened:
        csv.writer(opened).writerows(map(csv_cell, row) for row in rows)


# ------------------------------------------------------------------ what must hold


def unescaped(line: str) -> str:
    """Return a line of Markdown without what a backslash makes plain."""
    return re.sub(r"\\.", "", line)


def check_markdown(out: str, where: object) -> None:
    lines = out.split("\n")[:-1]
    if lines and lines[0] == "```":
        assert lines[-1] == "```", where
        assert not any(re.fullmatch(r" {0,3}```+\s*", line) for line in lines[1:-1]), where
        return
    for block in blocks(lines):
        assert len({unescaped(line).count("|") for line in block}) == 1, (where, block)
        for line in block:
            bare = unescaped(line).replace("<br>", "")
            assert not re.search(r"[<>`&\[\]]|://|www\.", bare), (where, line)


def blocks(lines: list[str]) -> Iterator[list[str]]:
    """Yield the tables: lines that begin with a bar, one after the other."""
    block: list[str] = []
    for line in [*lines, ""]:
        if line.startswith("|"):
            block.append(line)
        elif block:
            yield block
            block = []


def check_calendar(out: str, where: object) -> None:
    assert acting(out) <= {"\r", "\n"}, where
    assert "\n" not in out.replace("\r\n", ""), where
    assert "\r" not in out.replace("\r\n", ""), where
    lines = out.encode().split(b"\r\n")
    assert max(map(len, lines)) <= 75, where
    assert out.count("\r\nBEGIN:VEVENT\r\n") == out.count("\r\nEND:VEVENT\r\n") == 4, where
    assert out.count("\r\nBEGIN:VALARM\r\n") == 2, where


def check(output: str, ran: Ran, where: object) -> None:
    status, out, err = ran
    assert status in {0, 2, 3, 4}, (where, err)
    assert acting(err) <= {"\n"}, (where, err)
    assert "Traceback" not in err, where
    if output in {"json", "jsonl"}:
        assert (out + err).isascii(), where
        for document in out.splitlines() if output == "jsonl" else filter(None, [out]):
            json.loads(document)
        if err:
            json.loads(err)
    elif output == "xlsx":
        assert not out or open_sheet(ran.data), where
    elif where[0] == "calendar":
        check_calendar(out, where)
    elif output == "csv":
        list(csv.reader(io.StringIO(out, newline=""), strict=True))
    else:
        assert acting(out) <= {"\n", "\t"} if output in {"auto", "tsv"} else {"\n"}, (where, out)
    if output == "markdown" and where[0] != "calendar":
        check_markdown(out, where)


def cells(text: str, column: str) -> list[str]:
    header, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    assert {len(row) for row in rows} <= {len(header)}
    return [csv_text(row[header.index(column)]) for row in rows]


# Every field on its own, then the worst together: what one example costs is a hundred runs.
@settings(max_examples=settings().max_examples // 16, suppress_health_check=RESET)
@given(name=texts, product=texts, note=texts, person=texts, user=texts)
@example(
    name="\x1b[2J\u202e|\n", product="\r\nEND:VEVENT\r\n\\N;", note="<b>`|\\", person="a>, <x", user="\x9b\t|"
)
@example(name="=cmd|' /C calc'!A0", product="\t-1", note="'=1", person='"x" <y@z.example>', user="```")
def test_any_text_is_shown_in_every_command_and_format(  # noqa: PLR0913, PLR0917
    name: str, product: str, note: str, person: str, user: str, run: Callable, on_terminal: Callable
) -> None:
    """Law: no text of a file moves the cursor, adds a line or opens a link."""
    prepare(name, product, note, person, user)
    for argv in READS:
        for output in FORMATS:
            ran = run(*argv, "-o", output)
            check(output, ran, (*argv, output))
            no_workbook = output == "xlsx" and (argv[0] == "calendar" or "cannot hold" in ran.err)
            assert ran.status == 0 or argv[0] in {"import", "override"} or no_workbook, argv
        status, out, err = on_terminal(*argv)
        assert status in {0, 2, 3, 4}, (argv, err)
        assert acting(out + err) <= {"\n"}, argv


@settings(max_examples=settings().max_examples // 4, suppress_health_check=RESET)
@given(name=texts, product=texts, note=texts, person=texts, user=texts)
@example(name="'=1", product="''+", note=" @x", person="\t", user="'")
def test_csv_and_exports_keep_any_text_exactly(  # noqa: PLR0913, PLR0917
    name: str, product: str, note: str, person: str, user: str, run: Callable, on_terminal: Callable
) -> None:
    """Law: exact formats keep every character; on a terminal, an export is still safe to show."""
    prepare(name, product, note, person, user)
    assert cells(run("who", "--all", "-o", "csv").out, "name") == [name] * 3
    assert sorted(cells(run("who", "--all", "-o", "csv").out, "product")) == sorted(["", product, product])
    assert cells(run("client", "list", "-o", "csv").out, "note") == [note, "", ""]
    assert cells(run("user", "list", "-o", "csv").out, "name") == [user]
    exported = run("export", "-", "--format", "csv").out
    assert cells(exported, "name") == [name] * 3
    assert cells(exported, "product") == [product, product, ""]
    assert cells(exported, "note") == [note, "", ""]
    raw = run("export", "-", "--format", "csv", "--raw").out
    assert [row[1] for row in csv.reader(io.StringIO(raw, newline=""))] == ["name", *[name] * 3]
    store = json.loads(Path("renewctl.json").read_text("utf-8"))
    assert json.loads(run("export", "-", "--format", "json").out) == store
    toml = run("export", "-", "--format", "toml").out
    assert tomli.loads(toml)["clients"]["acme.example"]["name"] == name
    assert (
        tomli.loads(toml)["clients"]["acme.example"]["override"]
        == store["clients"]["acme.example"]["override"]
    )
    for kind in ("csv", "json", "toml"):
        status, out, err = on_terminal("export", "-", "--format", kind)
        assert status == 0
        assert acting(out + err) <= {"\n"}, kind


@pytest.mark.parametrize("kind", ["json", "toml"])
def test_an_export_has_no_character_that_acts(kind: str, run: Callable) -> None:
    """In a pipe, too: people view files with cat and less."""
    prepare("\x1b[2J\u202e\u2028", "\x9b\x07", "\r", "\ufeff\u200b", "\x7f\U000e0041")
    assert acting(run("export", "-", "--format", kind).out) <= {"\n"}


@settings(
    max_examples=settings().max_examples // 4,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=RESET,
)
@given(name=texts, product=texts, note=texts, person=texts)
def test_an_export_can_be_imported_without_changes(
    name: str, product: str, note: str, person: str, run: Callable
) -> None:
    """Law: export then import is the identity, whatever the texts are."""
    prepare(name, product, note, person, "Ana")
    before = Path("renewctl.json").read_bytes()
    assert run("export", "out.csv", "--force").status == 0
    ran = run("import", "out.csv", "--with-overrides", "--prune")
    if "\0" not in Path("out.csv").read_text("utf-8"):  # a list cannot have a NUL, which is an error
        assert ran.status == 0, ran.err
        assert ran.out == "No changes: 3 clients are already up to date.\n"
    assert Path("renewctl.json").read_bytes() == before


@settings(max_examples=settings().max_examples // 4, suppress_health_check=RESET)
@given(word=texts)
def test_any_argument_is_safe_to_show(word: str, run: Callable) -> None:
    """Law: arguments are data, too, in messages."""
    word = word.replace("\0", "")
    prepare("x", "x", "x", "x", "x")
    for argv in (
        ("import", word),
        ("import", "roster.csv", "-n", "--map", word),
        ("import", "roster.csv", "-n", "--map", "client=" + word),
        ("import", "roster.csv", "-n", "--map", word + "=client"),
        ("import", "roster.csv", "-n", "--encoding", word),
        ("import", "roster.csv", "-n", "--delimiter", word),
        ("import", "roster.csv", "-n", "--date-format", word),
        ("override", "--from-file", "no/" + word),
        ("export", "no/such/" + word),
        ("export", "no/such/" + word, "--format", "csv"),
        ("export", "-", "--format", word),
        ("calendar", word),
        ("calendar", "--remind", word),
        ("calendar", "--recipient", word),
    ):
        for output in ("tsv", "json"):
            status, out, err = run(*argv, "-o", output)
            assert status in {0, 2, 3, 4, 74}, (argv, err)
            assert acting(err) <= {"\n"}, argv
            assert status == 0 or out == "", argv


def test_a_file_name_is_safe_to_show(run: Callable) -> None:
    prepare("x", "x", "x", "x", "x")
    for odd in ("a\x1b[2Jb.csv", "a\u202eb.csv", "a\nb.csv", "a|<b>.csv"):
        Path(odd).write_text("client,renewal\nacme.example,soon\n", "utf-8")
        for argv in (
            ("import", odd),
            ("override", "--from-file", odd),
            ("export", odd),
            ("export", odd, "--force"),
        ):
            for output in FORMATS:
                _, out, err = run(*argv, "-o", output)
                assert acting(err) <= {"\n"}, (argv, output)
                if output not in {"csv", "xlsx"}:
                    assert acting(out) <= {"\n", "\t"}, (argv, output)


# ------------------------------------------------------------------ terminals

PLAIN = [
    {"NO_COLOR": "1"},
    {"FORCE_COLOR": "0"},
    {"CLICOLOR": "0"},
    {"TERM": "dumb"},
    {"NO_COLOR": "1", "FORCE_COLOR": "1"},
]
COLOURED = [{}, {"NO_COLOR": ""}, {"FORCE_COLOR": "1"}]


@pytest.mark.parametrize("env", [*PLAIN, *COLOURED], ids=str)
def test_colour_variables_on_a_terminal(
    env: dict[str, str], agency: Path, on_terminal: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "xterm-256color")
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    coloured = env in COLOURED
    for argv in (
        ("who", "--all"),
        ("explain", "vidros-marinha.example"),
        ("client", "list"),
        ("user", "list"),
    ):
        status, out, err = on_terminal(*argv)
        assert status == 0
        assert ("\x1b[" in out) == (coloured and "\x1b[" in out)
        assert acting(re.sub(r"\x1b\[[0-9;]*m", "", out + err)) <= {"\n"}
        if argv[0] in {"who", "explain"}:
            assert ("\x1b[" in out) == coloured
    for argv in (("calendar", "--all"), ("export", "-", "--format", "csv")):
        assert "\x1b" not in on_terminal(*argv)[1], "a file is not coloured"


@pytest.mark.parametrize(
    "env", [{"FORCE_COLOR": "1"}, {"CLICOLOR_FORCE": "1"}, {"TERM": "xterm-256color"}], ids=str
)
def test_no_colour_goes_into_a_pipe(
    env: dict[str, str], agency: Path, run: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR")
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    for argv in (
        *(("who",), ("calendar",), ("export", "-", "--format", "csv"), ("who", "-o", "json")),
        *(("explain", "vidros-marinha.example"),),
        *(("set-default", "--owner", "hubspot", "-n"), ("import", "none.csv"), ("whoo",)),
    ):
        ran = run(*argv)
        assert "\x1b" not in ran.out + ran.err, argv


@pytest.mark.parametrize("columns", [20, 10_000])
def test_narrow_and_wide_terminals_lose_nothing(
    columns: int, agency: Path, run: Callable, on_terminal: Callable
) -> None:
    run("export", "roster.csv")
    Path("list.csv").write_text(
        "client,owner\n" + "".join(f"{c},hubspot\n" for c in run("client", "list", "-o", "names").out.split())
    )
    for argv in (
        *(("calendar", "--all"), ("export", "-", "--format", "csv"), ("export", "-", "--format", "toml")),
        *(("import", "roster.csv", "-n"), ("override", "--from-file", "list.csv", "-n"), ("client", "list")),
    ):
        status, out, err = on_terminal(*argv, columns=columns)
        assert status == 0, err
        documented = "".join(run(*argv).out.split()) if argv[0] in {"calendar", "export"} else ""
        assert documented == "" or "".join(out.split()) == documented, argv


WIDE = ("日本語株式会社", "株式会社あいう", "Acme Ltda", "Açaí", "한국어", "e\u0301e\u0301")


@pytest.mark.parametrize("argv", [("client", "list"), ("user", "list"), ("who", "--all")], ids=" ".join)
def test_columns_after_wide_names_are_aligned(argv: tuple[str, ...], on_terminal: Callable) -> None:
    clients = {
        f"c{number}.example": {
            "name": name,
            "renewals": [{"date": "2027-01-31", "product": name}],
            "override": {"owner": "hubspot", "note": name},
        }
        for number, name in enumerate(WIDE)
    }
    users = {f"u{number}@agency.example": {"name": name} for number, name in enumerate(WIDE)}
    Path("renewctl.json").write_text(json.dumps({"version": 1, "users": users, "clients": clients}), "utf-8")
    status, out, _ = on_terminal(*argv, columns=200)
    assert status == 0
    starts: dict[str, set[tuple[int, ...]]] = {}
    for line in out.splitlines():
        if re.match(r"\s*\S*(c|u)\d[.@]|.*2027-01-31", line):
            # Where each cell begins: after two spaces or more.
            begins = tuple(cell_len(line[: found.end()]) for found in re.finditer(r" {2,}(?=\S)", line))
            starts.setdefault(str(len(begins)), set()).add(begins)
    assert starts
    for found in starts.values():
        assert len(found) == 1, out


# ------------------------------------------------------------------ standard output that cannot be written


def shell(line: str) -> subprocess.CompletedProcess[bytes]:
    line = line.replace("$R", f"{shlex.quote(sys.executable)} -m renewctl")
    return subprocess.run(["/bin/bash", "-c", line], capture_output=True, timeout=PATIENCE, check=False)


FILES = ["export - --format csv", "export - --format json", "calendar --all"]


@pytest.mark.parametrize("line", FILES)
def test_a_closed_or_full_standard_output_is_74(line: str, small: Path, spawn: Callable) -> None:
    runs = [spawn(*line.split(), closed=[1])]
    if Path("/dev/full").exists():
        with open("/dev/full", "w") as full:
            runs.append(spawn(*line.split(), stdout=full))
    for done in runs:
        assert done.status == 74
        assert done.err.startswith(b"error: ")
        assert len(done.err.splitlines()) <= 2
        assert b"Exception" not in done.err


@pytest.mark.parametrize("line", FILES)
def test_a_pipe_closed_early_is_141_and_silent(line: str) -> None:
    one = '[clients."c{0}.example"]\nname = "Client number {0}"\nrenewals = [{{ date = 2027-01-01 }}]\n'
    clients = 300 if "calendar" in line else 2000  # more than a pipe holds
    Path("renewctl.toml").write_text("".join(one.format(number) for number in range(clients)))
    done = shell(f"$R {line} | head -1; echo ${{PIPESTATUS[0]}}")
    assert done.stdout.splitlines()[-1] == b"141"
    assert done.stderr == b""


def test_an_import_is_saved_even_if_the_answer_cannot_be_shown(small: Path, spawn: Callable) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    with open("/dev/full", "w") as full:
        done = spawn("import", "-", given=b"client\nnew.example\n", stdout=full)
    assert done.status == 0
    assert done.err.startswith(b"warning: ")
    assert b"new.example" in small.read_bytes()
    before = small.read_bytes()
    done = spawn("import", "-", given=b"client\nother.example\n", closed=[1])
    assert done.status == 74
    assert small.read_bytes() == before
