"""What ``init`` puts beside a store for editors and for git, and that a store goes on naming its schema."""

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
    """Make the current folder a work tree of git."""
    git("init", "-q", "-b", "main", ".")
    return Path()


def contents() -> dict[str, bytes]:
    """Return every file here but git's own."""
    found = (path for path in Path().rglob("*") if path.is_file() and path.parts[0] != ".git")
    return {str(path): path.read_bytes() for path in found}


def done(ran: Any) -> dict[str, str]:
    """Return what became of each file beside the store."""
    assert ran.status == 0, ran.err
    return {item["path"]: item["done"] for item in json.loads(ran.out)["beside"]}


# ------------------------------------------------------------------ the schema


def test_schema_prints_it_and_init_writes_the_same(run: Callable) -> None:
    ran = run("schema")
    assert (ran.status, ran.err) == (0, "")
    assert json.loads(ran.out) == json_schema(CURRENT)
    assert run("init").status == 0
    assert SCHEMA.read_text() == ran.out
    assert stat.S_IMODE(SCHEMA.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "output", sorted({*Output} - {Output.JSON, Output.JSONL, Output.XLSX} - OF_ONE_COMMAND)
)
def test_it_is_the_same_text_in_every_format_for_files(output: str, run: Callable) -> None:
    assert run("schema", "-o", output).out == schema_text()


@pytest.mark.parametrize("output", [Output.JSON, Output.JSONL])
def test_an_answer_in_json_is_a_schema_too(output: str, run: Callable) -> None:
    document = json.loads(run("schema", "-o", output).out)
    assert document == {"schema": "renewctl.schema/1", **json_schema(CURRENT)}
    Draft7Validator.check_schema(document)


def test_it_lies_beside_the_store(run: Callable) -> None:
    Path("team").mkdir()
    assert done(run("init", "--store", "team/mine.json", "-o", "json")) == {
        "team/renewctl.schema.json": "created"
    }
    data = json.loads(Path("team/mine.json").read_text())
    assert list(data) == ["$schema", "version"]
    assert (Path("team") / data["$schema"]).read_text() == schema_text()


def test_an_older_one_is_refreshed_and_one_that_is_the_same_is_kept(run: Callable) -> None:
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
def test_somebody_elses_file_is_left_and_said_to_be(text: str, run: Callable) -> None:
    SCHEMA.write_bytes(text.encode("utf-8", "surrogateescape"))
    ran = run("init")
    assert ran.status == 0
    assert ran.err == (
        "warning: renewctl.schema.json is not renewctl's, so it is left; "
        "renewctl schema prints what belongs there\n"
    )
    assert SCHEMA.read_bytes() == text.encode("utf-8", "surrogateescape")
    assert Path("renewctl.toml").exists()


@pytest.mark.parametrize("kind", ["folder", "dangling", "pipe"])
def test_what_is_no_file_is_left(kind: str, run: Callable) -> None:
    makers: dict[str, Callable] = {
        "folder": SCHEMA.mkdir,
        "dangling": lambda: SCHEMA.symlink_to("nowhere.json"),
        "pipe": lambda: os.mkfifo(SCHEMA),
    }
    makers[kind]()
    assert done(run("init", "-o", "json")) == {str(SCHEMA): "left"}
    assert not Path("nowhere.json").exists()
    assert Path("renewctl.toml").exists()


def test_a_store_cannot_have_its_name(run: Callable) -> None:
    ran = run("init", "--store", "renewctl.schema.json")
    assert (ran.status, contents()) == (2, {})
    assert "schema" in ran.err


def test_a_store_that_is_refused_brings_nothing(small: Path, run: Callable) -> None:
    before = contents()
    assert run("init").status == 2
    assert run("init", "--store", "no/such/folder.toml").status == 74
    assert contents() == before


# ------------------------------------------------------------------ edits keep it first


def one_on(data: dict[str, Any]) -> dict[str, Any]:
    """Return data of a made-up version 0 as version 1 has it: clients have lost their color."""
    clients = data.get("clients", {}).items()
    return {**data, "clients": {key: {k: v for k, v in c.items() if k != "color"} for key, c in clients}}


@pytest.mark.parametrize("name", STORES)
def test_a_new_store_names_its_schema_first_whatever_is_changed(
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


def test_what_init_and_edits_write_is_right_to_an_editor(run: Callable) -> None:
    assert (
        run("init", "--store", "mine.json", "--owner", "partner", "--notify", "ana@agency.example").status
        == 0
    )
    client = ("client", "add", "acme.example", "--primary", "a@acme.example", "--renewal", "2027-01-01")
    assert run(*client, "--store", "mine.json").status == 0
    assert run("confirm", "--all", "-y", "--store", "mine.json").status == 0
    Draft7Validator(json.loads(SCHEMA.read_text())).validate(json.loads(Path("mine.json").read_text()))


def test_a_schema_named_or_not_is_no_difference(run: Callable) -> None:
    assert run("init", "--store", "new.json", "--owner", "hubspot").status == 0
    Path("old.toml").write_text('version = 1\n[defaults]\nowner = "hubspot"\n')
    assert run("diff", "old.toml", "new.json", "--exit-code").status == 0


# ------------------------------------------------------------------ git


def test_git_leaves_out_what_is_each_machines_own(repository: Path, run: Callable) -> None:
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


def test_other_stores_files_are_not_git_s_business(repository: Path, run: Callable) -> None:
    assert run("init", "--git").status == 0
    Path("deep").mkdir()
    for name in ("deep/renewctl.toml.history.jsonl", "renewctl.toml", "renewctl-toml.history.jsonl"):
        Path(name).touch()
        assert git("status", "--porcelain", "-uall", "--", name).startswith("?? "), name


@pytest.mark.parametrize(
    "store", ["renewctl.toml", "renewctl.json", "my [x] *é store.toml", 'a"b\\c?#.json', "!x.toml"]
)
def test_git_is_told_of_the_store_by_its_very_name(store: str, repository: Path, run: Callable) -> None:
    assert run("init", "--git", "--store", store, "--owner", "hubspot").status == 0
    assert run("client", "add", "acme.example", "--store", store).status == 0
    for name in (store, "renewctl.schema.json"):
        told = git("check-attr", "-z", "text", "eol", "--", name).split("\0")
        assert told == [name, "text", "set", name, "eol", "lf", ""]
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
def test_lines_of_others_stay_and_none_comes_twice(
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


def test_beside_a_store_that_is_there_what_is_missing_is_added(
    repository: Path, small: Path, run: Callable
) -> None:
    before = small.read_bytes()
    dry = run("init", "--git", "-n")
    assert (dry.status, list(contents())) == (0, ["renewctl.toml"])
    assert "(would be created)" in dry.out
    ran = run("init", "--git")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out == (
        "renewctl.toml is there already, and stays as it is.\n"
        "Beside it:        .gitattributes, line ends, for git\n"
        "Beside it:        .gitignore, what git leaves out\n"
        "Beside it:        renewctl.schema.json, for your editor\n"
        "For your editor give it a first line, and an empty one, by hand: #:schema ./renewctl.schema.json\n"
    )
    assert small.read_bytes() == before
    small.write_bytes(FIRST + before)
    Path(".gitignore").unlink()
    assert done(run("init", "--git", "-o", "json"))[".gitignore"] == "created"
    assert run("init", "--git").out == (
        "renewctl.toml is there already, and stays as it is.\nNothing is missing beside it.\n"
    )
    assert run("who").status == 0


def test_a_json_store_that_is_there_is_found(repository: Path, run: Callable) -> None:
    Path("renewctl.json").write_text('{"version": 1}')
    ran = run("init", "--git")
    assert ran.status == 0
    assert ran.out.endswith('give it a first key by hand: "$schema": "./renewctl.schema.json",\n')
    assert "/renewctl.json text eol=lf" in Path(".gitattributes").read_text()
    assert not Path("renewctl.toml").exists()


def test_a_store_that_is_a_link_has_them_where_it_is(repository: Path, small: Path, run: Callable) -> None:
    Path("real").mkdir()
    small.rename("real/data.toml")
    small.symlink_to("real/data.toml")
    assert run("init", "--git").status == 0
    assert run("client", "remove", "acme.example", "-y").status == 0
    assert git("check-ignore", "real/.data.toml.lock", "real/data.toml.history.jsonl").count("\n") == 2
    assert Path("real/renewctl.schema.json").exists()


def test_a_default_is_not_set_beside_a_store_that_is_there(
    repository: Path, small: Path, run: Callable
) -> None:
    before = contents()
    ran = run("init", "--git", "--owner", "hubspot")
    assert (ran.status, contents()) == (2, before)
    assert "set-default" in ran.err


@pytest.mark.parametrize("where", ["outside", ".git", "without git"])
def test_without_a_work_tree_nothing_is_written(
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
        assert "leave out --git" in ran.err
        assert sorted(os.listdir()) == before


def test_in_a_folder_below_the_root(repository: Path, run: Callable) -> None:
    Path("team").mkdir()
    assert run("init", "--git", "--store", "team/renewctl.toml").status == 0
    assert sorted(contents()) == [
        f"team/{name}" for name in (".gitattributes", ".gitignore", "renewctl.schema.json", "renewctl.toml")
    ]
    assert run("client", "add", "acme.example", "--store", "team/renewctl.toml").status == 0
    assert git("check-ignore", "team/.renewctl.toml.lock").strip() == "team/.renewctl.toml.lock"


@pytest.mark.parametrize("name", [".gitignore", ".gitattributes"])
def test_what_cannot_be_extended_stops_it_before_there_is_a_store(
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
