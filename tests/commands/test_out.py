"""``--out FILE``: renewctl writes its answer itself, with the bytes that a pipe would get."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from renewctl.cli.runtime import SUFFIXES

pytestmark = pytest.mark.usefixtures("small")
READING = [
    "who --all",
    "client list",
    "contacts",
    "user list",
    "check",
    "history",
    "todo",
    "where",
    "explain",
]


@pytest.mark.parametrize("suffix", sorted(SUFFIXES.keys() - {".txt"}))
def test_the_suffix_sets_the_format(suffix: str, run: Callable) -> None:
    piped = run("who", "--all", "-o", str(SUFFIXES[suffix]))
    ran = run("who", "--all", "--out", f"report{suffix}")
    assert (ran.status, ran.out, ran.err) == (0, f"Wrote report{suffix}\n", "")
    assert Path(f"report{suffix}").read_bytes() == piped.data


def test_a_table_is_as_wide_and_plain_as_in_a_pipe(run: Callable) -> None:
    piped = run("who", "--all", "-o", "table")
    run("who", "--all", "-o", "table", "--out", "report.txt")
    assert Path("report.txt").read_bytes() == piped.data
    run("who", "--all", "--out", "auto.txt")
    assert Path("auto.txt").read_text("utf-8") == piped.out.replace(" -o table", "")


def test_a_terminal_makes_no_difference_to_the_file(run: Callable, on_terminal: Callable) -> None:
    run("who", "--all", "--out", "a.txt", "-q")
    on_terminal("who", "--all", "--out", "b.txt", "-q")
    on_terminal("who", "--all", "--out", "b.xlsx", "-q")
    assert Path("a.txt").read_bytes() == Path("b.txt").read_bytes()
    assert Path("b.xlsx").read_bytes().startswith(b"PK")


def test_a_format_named_by_an_option_wins(run: Callable) -> None:
    run("who", "--out", "report.txt", "-o", "json")
    assert json.loads(Path("report.txt").read_text("utf-8"))["schema"] == "renewctl.who/1"


@pytest.mark.parametrize("words", READING)
def test_every_reading_command_has_it(words: str, run: Callable) -> None:
    command = [*words.split(), *(["acme.example"] if words == "explain" else [])]
    piped = run(*command, "-o", "json")
    ran = run(*command, "--out", "answer.json", "-q")
    assert (ran.status, ran.out, ran.err) == (piped.status, "", piped.err)
    assert Path("answer.json").read_bytes() == piped.data


@pytest.mark.parametrize(
    ("words", "name"), [("schema", "x.json"), ("completion zsh", "_renewctl"), ("calendar", "x.ics")]
)
def test_a_text_is_written_as_it_is(words: str, name: str, run: Callable) -> None:
    piped = run(*words.split())
    run(*words.split(), "--out", name)
    assert Path(name).read_bytes() == piped.data


@pytest.mark.parametrize(
    ("words", "name", "hint"),
    [
        ("schema", "x.xlsx", "ends in .json"),
        ("completion zsh", "x.csv", "another suffix"),
        ("calendar", "x.json", "ends in .ics"),
        ("contacts", "x.html", "ends in .csv, .json"),
        ("contacts", "x.ics", "ends in .csv, .json"),
    ],
)
def test_a_suffix_of_a_format_that_the_command_does_not_have_is_refused(
    words: str, name: str, hint: str, run: Callable
) -> None:
    ran = run(*words.split(), "--out", name)
    assert ran.status == 2
    assert hint in ran.err
    assert not Path(name).exists()


def test_a_new_file_is_its_owners_alone_and_an_old_one_keeps_its_mode(run: Callable) -> None:
    Path("old.csv").write_text("old")
    Path("old.csv").chmod(0o640)
    for name, mode in (("new.csv", 0o600), ("old.csv", 0o640)):
        assert run("who", "--out", name).status == 0
        assert Path(name).stat().st_mode & 0o777 == mode
        assert Path(name).read_text("utf-8").startswith("client,")
    assert not [*Path().glob(".*.tmp")]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("report", "suffix"),
        ("report.doc", "no format .doc"),
        ("renewctl.toml", "no format .toml"),
        ("-", "name of a file"),
        ("missing/report.csv", "missing"),
    ],
)
def test_a_name_that_does_not_do_is_refused_and_nothing_is_written(
    name: str, reason: str, run: Callable
) -> None:
    before = sorted(Path().rglob("*"))
    ran = run("who", "--out", name)
    assert ran.status in {2, 74}
    assert reason in ran.err
    assert sorted(Path().rglob("*")) == before


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("renewctl.toml", ""),
        ("renewctl.toml.history.jsonl", ""),
        (".renewctl.toml.lock", ""),
        ("other.toml", 'version = 1\n[users."a@b.example"]\n'),
        ("other.toml.history.jsonl", "{}\n"),
        ("OTHER.toml.History.jsonl", "{}\n"),
        (".other.toml.lock", "process 1\n"),
        ("damaged.toml", "<<<<<<< HEAD\n"),
        ("damaged.json", '{"version": 1,}'),
        ("newer.json", '{"version": 2, "clients": {}}'),
        ("unlike.json", "[1]"),
    ],
)
def test_a_data_file_and_its_companions_are_never_written_over(name: str, text: str, run: Callable) -> None:
    run("override", "acme.example", "--owner", "hubspot")
    if text:
        Path(name).write_text(text, "utf-8")
    Path("link.csv").symlink_to(name)
    before = Path(name).read_bytes()
    assert run("who", "-o", "json", "--out", name).status == 2
    assert run("who", "--out", "link.csv").status == 2
    assert Path(name).read_bytes() == before


def test_an_export_replaces_a_copy_but_no_data_file_in_use(run: Callable) -> None:
    run("export", "copy.toml")
    assert run("export", "copy.toml", "--force").status == 0
    Path("other.toml").write_text('version = 1\n[clients."b.example"]\n')
    run("client", "set", "b.example", "--name", "B", "--store", "other.toml")
    Path("link.csv").symlink_to("other.toml")
    before = Path("other.toml").read_bytes()
    for name in ("other.toml", "link.csv"):
        assert run("export", name, "--force").status == 2
    assert Path("other.toml").read_bytes() == before


def test_pages_do_not_replace_a_data_file_behind_a_link(run: Callable) -> None:
    assert run("who", "--all", "--by", "recipient", "-o", "html", "--split", "pages").status == 0
    page = min(Path("pages").iterdir())
    Path("other.toml").write_text("version = 1\n")
    page.unlink()
    page.symlink_to(Path("other.toml").absolute())
    ran = run("who", "--all", "--by", "recipient", "-o", "html", "--split", "pages", "--force")
    assert ran.status == 2
    assert Path("other.toml").read_text() == "version = 1\n"


@pytest.mark.parametrize("command", ["who", "schema"])
def test_the_output_of_last_week_is_replaced(command: str, run: Callable) -> None:
    for _ in range(2):
        assert run(command, "--out", "report.json").status == 0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no /dev")
def test_a_device_is_not_an_output_file(run: Callable) -> None:
    ran = run("who", "-o", "csv", "--out", "/dev/stdout")
    assert (ran.status, ran.out) == (2, "")


def test_the_tilde_is_the_home_folder(run: Callable) -> None:
    assert run("who", "--out", "~/who.csv").status == 0
    assert (Path.home() / "who.csv").is_file()


def test_the_calendar_does_not_replace_the_earlier_export_it_reads(run: Callable) -> None:
    assert run("calendar", "--out", "old.ics").status == 0
    before = Path("old.ics").read_bytes()
    assert run("calendar", "--since", "old.ics", "--out", "./old.ics").status == 2
    assert Path("old.ics").read_bytes() == before


def test_the_exit_status_and_the_warnings_stay(run: Callable) -> None:
    Path("renewctl.toml").write_text(Path("renewctl.toml").read_text() + "[x-mine]\n[typo]\na = 1\n")
    piped = run("check", "--strict", "-o", "csv")
    ran = run("check", "--strict", "--out", "check.csv")
    assert ran.status == piped.status == 1
    assert ran.err == piped.err
    warned = run("who", "--out", "who.csv")
    assert "typo" in warned.err


def test_a_change_has_no_such_option(run: Callable) -> None:
    before = Path("renewctl.toml").read_bytes()
    ran = run("override", "acme.example", "--owner", "hubspot", "--out", "x.csv")
    assert ran.status == 2
    assert "help: remove --out" in ran.err
    assert "help: name the file: renewctl export FILE" in run("export", "--out", "x.csv").err
    assert Path("renewctl.toml").read_bytes() == before


def test_split_and_out_exclude_each_other(run: Callable) -> None:
    ran = run("who", "--by", "recipient", "-o", "html", "--split", "pages", "--out", "x.html")
    assert ran.status == 2
    assert not Path("pages").exists()
