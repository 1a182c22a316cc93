"""The files that ``init`` writes for editors and git, and the line for the schema."""

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from conftest import OF_ONE_COMMAND, git
from renewctl.domain import versions
from renewctl.domain.json_schema import json_schema
from renewctl.domain.versions import CURRENT
from renewctl.render.result import Output
from renewctl.workspace.companion_files import schema_text

SCHEMA = Path("renewctl.schema.json")
FIRST = b"#:schema ./renewctl.schema.json\n\n"
STORES = ("renewctl.toml", "renewctl.json")


@pytest.fixture
def repository() -> Path:
    """Make the current folder a git repository."""
    git("init", "-q", "-b", "main", ".")
    return Path()


def contents() -> dict[str, bytes]:
    """Return every file here except those of git."""
    found = (path for path in Path().rglob("*") if path.is_file() and path.parts[0] != ".git")
    return {str(path): path.read_bytes() for path in found}


def done(ran: Any) -> dict[str, str]:
    """Return the status of each file next to the data file."""
    assert ran.status == 0, ran.err
    return {item["path"]: item["done"] for item in json.loads(ran.out)["beside"]}


# ------------------------------------------------------------------ the schema


def test_schema_prints_what_init_writes(run: Callable) -> None:
    ran = run("schema")
    assert (ran.status, ran.err) == (0, "")
    assert json.loads(ran.out) == json_schema(CURRENT)
    assert run("init").status == 0
    assert SCHEMA.read_text() == ran.out
    assert stat.S_IMODE(SCHEMA.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "output", sorted({*Output} - {Output.JSON, Output.JSONL, Output.XLSX} - OF_ONE_COMMAND)
)
def test_the_schema_is_the_same_text_in_every_text_format(output: str, run: Callable) -> None:
    assert run("schema", "-o", output).out == schema_text()


@pytest.mark.parametrize("output", [Output.JSON, Output.JSONL])
def test_json_output_is_a_valid_schema(output: str, run: Callable) -> None:
    document = json.loads(run("schema", "-o", output).out)
    assert document == {"schema": "renewctl.schema/1", **json_schema(CURRENT)}
    Draft7Validator.check_schema(document)


def test_the_schema_is_written_next_to_the_data_file(run: Callable) -> None:
    Path("team").mkdir()
    assert done(run("init", "--store", "team/mine.json", "-o", "json")) == {
        "team/renewctl.schema.json": "created"
    }
    data = json.loads(Path("team/mine.json").read_text())
    assert list(data) == ["$schema", "version"]
    assert (Path("team") / data["$schema"]).read_text() == schema_text()


def test_an_older_schema_is_updated_and_a_current_one_is_kept(run: Callable) -> None:
    SCHEMA.write_text('{"$id": "urn:renewctl:store:0", "title": "of old"}')
    SCHEMA.chmod(0o644)
    assert done(run("init", "-n", "-o", "json")) == {str(SCHEMA): "refreshed"}
    assert "of old" in SCHEMA.read_text()
    assert done(run("init", "-o", "json")) == {str(SCHEMA): "refreshed"}
    assert SCHEMA.read_text() == schema_text()
    assert stat.S_IMODE(SCHEMA.stat().st_mode) == 0o644
    before = SCHEMA.stat()
    assert done(run("init", "--store", "other.toml", "-o", "json")) == {str(SCHEMA): "kept"}
    assert SCHEMA.stat() == before


@pytest.mark.parametrize(
    "text", ["{}", '{"$id": "https://example.com/x"}', "[]", "no JSON", "[" * 9999, "\udcff"]
)
def test_a_schema_of_others_is_kept_with_a_warning(text: str, run: Callable) -> None:
    SCHEMA.write_bytes(text.encode("utf-8", "surrogateescape"))
    ran = run("init")
    assert ran.status == 0
    assert ran.err == (
        "warning: renewctl.schema.json is not a schema of renewctl, so it was not changed; "
        "to print the schema: renewctl schema\n"
    )
    assert SCHEMA.read_bytes() == text.encode("utf-8", "surrogateescape")
    assert Path("renewctl.toml").exists()


@pytest.mark.parametrize("kind", ["folder", "dangling", "pipe"])
def test_a_schema_path_that_is_not_a_file_is_left(kind: str, run: Callable) -> None:
    makers: dict[str, Callable] = {
        "folder": SCHEMA.mkdir,
        "dangling": lambda: SCHEMA.symlink_to("nowhere.json"),
        "pipe": lambda: os.mkfifo(SCHEMA),
    }
    makers[kind]()
    assert done(run("init", "-o", "json")) == {str(SCHEMA): "left"}
    assert not Path("nowhere.json").exists()
    assert Path("renewctl.toml").exists()


def test_the_data_file_cannot_have_the_name_of_the_schema(run: Callable) -> None:
    ran = run("init", "--store", "renewctl.schema.json")
    assert (ran.status, contents()) == (2, {})
    assert "schema" in ran.err


def test_a_refused_init_writes_nothing(small: Path, run: Callable) -> None:
    before = contents()
    assert run("init").status == 2
    assert run("init", "--store", "no/such/folder.toml").status == 74
    assert contents() == before


# ------------------------------------------------------------------ edits keep it first


def one_on(data: dict[str, Any]) -> dict[str, Any]:
    """Return data of an invented version 0 upgraded to version 1, without colors."""
    clients = data.get("clients", {}).items()
    return {**data, "clients": {key: {k: v for k, v in c.items() if k != "color"} for key, c in clients}}


@pytest.mark.parametrize("name", STORES)
def test_a_new_file_keeps_the_schema_on_its_first_line(
    name: str, run: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = FIRST if name == "renewctl.toml" else b'{\n  "$schema": "./renewctl.schema.json",\n'
    store = Path(name)
    Path("roster.csv").write_text("domain,name\nimported.example,Imported\nacme.example,Acme & Co\n")
    changes = [
        ("set-default", "--owner", "hubspot"),
        ("user", "add", "ana@agency.example", "--name", "Ana"),
        ("set-default", "--owner", "partner", "--notify", "ana"),
        ("client", "add", "acme.example", "--primary", "a@acme.example", "--renewal", "2027-01-01"),
        ("override", "acme.example", "--owner", "hubspot"),
        ("import", "roster.csv"),
        ("client", "rename", "imported.example", "other.example"),
        ("clear-override", "acme.example"),
        ("undo",),
        ("confirm", "--all", "-y"),
        ("user", "add", "rui@agency.example"),
        ("user", "replace", "ana", "rui", "-y"),
        ("client", "remove", "other.example", "-y"),
        ("client", "remove", "acme.example", "-y"),
        ("undo",),
    ]
    assert run("init", "--store", name).status == 0
    assert store.read_bytes().startswith(first)
    for change in changes:
        before = store.read_bytes()
        ran = run(*change)
        assert ran.status == 0, (change, ran.err)
        assert store.read_bytes() != before, change
        assert store.read_bytes().startswith(first), change
    assert "unknown-key" not in run("check").out
    text = store.read_text().replace("version = 1", "version = 0").replace('"version": 1', '"version": 0')
    store.write_text(text)
    monkeypatch.setitem(versions.STEPS, 0, one_on)
    assert run("migrate").status == 0
    assert store.read_bytes().startswith(first)
    assert "acme.example\n" in run("client", "list", "-o", "names").out


def test_what_init_and_edits_write_is_valid_by_the_schema(run: Callable) -> None:
    assert (
        run("init", "--store", "mine.json", "--owner", "partner", "--notify", "ana@agency.example").status
        == 0
    )
    client = ("client", "add", "acme.example", "--primary", "a@acme.example", "--renewal", "2027-01-01")
    assert run(*client, "--store", "mine.json").status == 0
    assert run("confirm", "--all", "-y", "--store", "mine.json").status == 0
    Draft7Validator(json.loads(SCHEMA.read_text())).validate(json.loads(Path("mine.json").read_text()))


def test_diff_ignores_the_schema_key(run: Callable) -> None:
    assert run("init", "--store", "new.json", "--owner", "hubspot").status == 0
    Path("old.toml").write_text('version = 1\n[defaults]\nowner = "hubspot"\n')
    assert run("diff", "old.toml", "new.json", "--exit-code").status == 0


# ------------------------------------------------------------------ git


def test_git_ignores_the_files_of_a_single_machine(repository: Path, run: Callable) -> None:
    assert run("init", "--git", "--owner", "hubspot").status == 0
    assert run("client", "add", "acme.example").status == 0
    for name in (
        ".renewctl.toml.abc.tmp",
        ".renewctl.schema.json.abc.tmp",
        ".renewctl.toml.history.jsonl.x.tmp",
    ):
        Path(name).touch()
    git("add", ".")
    assert git("ls-files").split() == [
        ".gitattributes",
        ".gitignore",
        "renewctl.schema.json",
        "renewctl.toml",
    ]
    ignored = sorted(name for name in contents() if name not in git("ls-files").split())
    assert {".renewctl.toml.lock", "renewctl.toml.history.jsonl"} < set(ignored)
    assert git("check-ignore", *ignored).split() == ignored


def test_git_does_not_ignore_files_of_other_data_files(repository: Path, run: Callable) -> None:
    assert run("init", "--git").status == 0
    Path("deep").mkdir()
    for name in ("deep/renewctl.toml.history.jsonl", "renewctl.toml", "renewctl-toml.history.jsonl"):
        Path(name).touch()
        assert git("status", "--porcelain", "-uall", "--", name).startswith("?? "), name


@pytest.mark.parametrize(
    "store", ["renewctl.toml", "renewctl.json", "my [x] *é store.toml", 'a"b\\c?#.json', "!x.toml"]
)
def test_git_patterns_match_any_file_name(store: str, repository: Path, run: Callable) -> None:
    assert run("init", "--git", "--store", store, "--owner", "hubspot").status == 0
    assert run("client", "add", "acme.example", "--store", store).status == 0
    for name in (store, "renewctl.schema.json"):
        attributes = git("check-attr", "-z", "text", "eol", "--", name).split("\0")
        assert attributes == [name, "text", "set", name, "eol", "lf", ""]
    own = [f".{store}.lock", f"{store}.history.jsonl"]
    assert all(map(os.path.exists, own))
    assert git("check-ignore", "-z", "--stdin", stdin="\0".join(own)).split("\0") == [*own, ""]
    assert git("check-attr", "-z", "text", "--", "other.toml").split("\0")[2] == "unspecified"


def test_line_ends_survive_a_checkout_on_windows(repository: Path, run: Callable) -> None:
    git("config", "core.autocrlf", "true")
    assert run("init", "--git", "--owner", "hubspot").status == 0
    before = contents()
    git("add", ".")
    git("commit", "-qm", "new")
    for name in ("renewctl.toml", "renewctl.schema.json"):
        Path(name).unlink()
        git("checkout", "--", name)
        assert Path(name).read_bytes() == before[name]


@pytest.mark.parametrize("end", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("last", [True, False], ids=["ended", "not ended"])
def test_other_lines_are_kept_and_none_is_added_twice(
    end: bytes, last: bool, repository: Path, run: Callable
) -> None:
    own = end.join([b"# mine", b"*.log", b"", b"/renewctl.toml.history.jsonl", b"caf\xe9"]) + (
        end if last else b""
    )
    Path(".gitignore").write_bytes(own)
    assert done(run("init", "--git", "-o", "json")) == {
        ".gitattributes": "created",
        ".gitignore": "extended",
        "renewctl.schema.json": "created",
    }
    text = Path(".gitignore").read_bytes()
    assert text.startswith(own)
    lines = text.split(end)
    assert len(lines) == len({*lines}) + 1  # the empty one, and after the last end
    assert text.count(b"\n") == text.count(end)
    assert git("check-ignore", ".renewctl.toml.lock", "renewctl.toml.history.jsonl", "a.log").count("\n") == 3
    before = contents()
    stats = {name: os.stat(name) for name in before}
    assert set(done(run("init", "--git", "-o", "json")).values()) == {"kept"}
    assert (contents(), {name: os.stat(name) for name in before}) == (before, stats)


def test_another_comment_above_the_patterns_is_kept(repository: Path, run: Callable) -> None:
    assert run("init", "--git", "-q").status == 0
    ignore = Path(".gitignore")
    ignore.write_bytes(ignore.read_bytes().replace(b"# renewctl: ", b"# ours: "))
    before = ignore.read_bytes()
    assert set(done(run("init", "--git", "-o", "json")).values()) == {"kept"}
    assert ignore.read_bytes() == before


def test_init_git_adds_missing_files_to_an_existing_data_file(
    repository: Path, small: Path, run: Callable
) -> None:
    before = small.read_bytes()
    dry = run("init", "--git", "-n")
    assert (dry.status, list(contents())) == (0, ["renewctl.toml"])
    assert "Would create .gitignore" in dry.out
    ran = run("init", "--git")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out == (
        "renewctl.toml already exists\n"
        "Created .gitattributes (line endings for git)\n"
        "Created .gitignore (files for git to ignore)\n"
        "Created renewctl.schema.json (schema for your editor)\n"
        "For your editor, add this line and a blank line at the top: #:schema ./renewctl.schema.json\n"
    )
    assert small.read_bytes() == before
    small.write_bytes(FIRST + before)
    Path(".gitignore").unlink()
    assert done(run("init", "--git", "-o", "json"))[".gitignore"] == "created"
    assert run("init", "--git").out == (
        "renewctl.toml already exists\nNo changes: the files for editors and git are up to date.\n"
    )
    assert run("who").status == 0


def test_init_git_finds_an_existing_json_file(repository: Path, run: Callable) -> None:
    Path("renewctl.json").write_text('{"version": 1}')
    ran = run("init", "--git")
    assert ran.status == 0
    assert ran.out.endswith('add this key at the top: "$schema": "./renewctl.schema.json",\n')
    assert "/renewctl.json text eol=lf" in Path(".gitattributes").read_text()
    assert not Path("renewctl.toml").exists()


def test_the_files_for_git_are_next_to_the_target_of_a_link(
    repository: Path, small: Path, run: Callable
) -> None:
    Path("real").mkdir()
    small.rename("real/data.toml")
    small.symlink_to("real/data.toml")
    assert run("init", "--git").status == 0
    assert run("client", "remove", "acme.example", "-y").status == 0
    assert git("check-ignore", "real/.data.toml.lock", "real/data.toml.history.jsonl").count("\n") == 2
    assert Path("real/renewctl.schema.json").exists()


def test_init_does_not_set_a_default_in_an_existing_file(
    repository: Path, small: Path, run: Callable
) -> None:
    before = contents()
    ran = run("init", "--git", "--owner", "hubspot")
    assert (ran.status, contents()) == (2, before)
    assert "set-default" in ran.err


@pytest.mark.parametrize("where", ["outside", ".git", "without git"])
def test_init_git_writes_nothing_outside_a_repository(
    where: str, run: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    if where == ".git":
        git("init", "-q", ".")
        monkeypatch.chdir(".git")
    if where == "without git":
        monkeypatch.setenv("PATH", "/nowhere")
    before = sorted(os.listdir())
    for store in ((), ("--store", "x.json")):
        ran = run("init", "--git", *store)
        assert (ran.status, ran.out) == (2, "")
        assert ran.err.startswith("error: ")
        assert ("install git" if where == "without git" else "remove --git") in ran.err
        assert sorted(os.listdir()) == before


def test_init_git_works_in_a_subfolder(repository: Path, run: Callable) -> None:
    Path("team").mkdir()
    assert run("init", "--git", "--store", "team/renewctl.toml").status == 0
    assert sorted(contents()) == [
        f"team/{name}" for name in (".gitattributes", ".gitignore", "renewctl.schema.json", "renewctl.toml")
    ]
    assert run("client", "add", "acme.example", "--store", "team/renewctl.toml").status == 0
    assert git("check-ignore", "team/.renewctl.toml.lock").strip() == "team/.renewctl.toml.lock"


@pytest.mark.parametrize("name", [".gitignore", ".gitattributes"])
def test_a_file_that_cannot_be_extended_stops_init_before_it_creates_the_data_file(
    name: str, repository: Path, run: Callable
) -> None:
    Path(name).mkdir()
    ran = run("init", "--git")
    assert (ran.status, contents()) == (3, {})
    assert name in ran.err
    Path(name).rmdir()
    Path(name).write_text("# read-only\n")
    Path(name).chmod(0o444)
    assert run("init", "--git").status == 74
    assert not Path("renewctl.toml").exists()
    assert not list(Path().glob(".*.tmp"))
