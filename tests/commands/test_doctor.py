"""``doctor`` finds what is wrong around the file, and shows nothing personal unless asked."""

import fcntl
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.usefixtures("small")


@pytest.fixture
def find(run: Callable) -> Callable:
    """Return a function that finds a fact by its name, with the exit status."""

    def find(name: str, *options: str) -> tuple[dict, int]:
        ran = run("doctor", "-o", "json", *options)
        (fact,) = [item for item in json.loads(ran.out)["items"] if item["name"] == name]
        return fact, ran.status

    return find


def test_all_is_well_in_a_folder_of_ones_own(run: Callable) -> None:
    Path("renewctl.toml").chmod(0o600)
    ran = run("doctor", "-o", "json")
    document = json.loads(ran.out)
    assert ran.status == 0
    assert document["ok"] is True
    assert {item["status"] for item in document["items"]} == {"ok"}


def break_text() -> None:
    Path("renewctl.toml").write_text("version = ")


def remove() -> None:
    Path("renewctl.toml").unlink()


def write_protect() -> None:
    Path("renewctl.toml").chmod(0o400)


def link() -> None:
    Path("other.toml").hardlink_to("renewctl.toml")


@pytest.mark.parametrize(
    ("spoil", "name", "fix"),
    [
        (remove, "Content", "renewctl init"),
        (break_text, "Content", "renewctl check"),
        (write_protect, "Rights", "chmod u+w renewctl.toml"),
        (link, "Hard links", "keep one name"),
    ],
)
def test_a_problem_has_exit_status_1_and_a_fix(spoil: Callable, name: str, fix: str, find: Callable) -> None:
    spoil()
    fact, status = find(name)
    assert (fact["status"], status) == ("problem", 1)
    assert fix in fact["fix"]


def read_by_all() -> None:
    Path("renewctl.toml").chmod(0o644)


def add_copy() -> None:
    Path("renewctl (conflict).toml").write_bytes(Path("renewctl.toml").read_bytes())


def spoil_history() -> None:
    Path("renewctl.toml.history.jsonl").write_text("{\n")


@pytest.mark.parametrize(
    ("spoil", "name"), [(read_by_all, "Rights"), (add_copy, "Conflict copies"), (spoil_history, "History")]
)
def test_a_warning_leaves_the_exit_status_0(spoil: Callable, name: str, find: Callable) -> None:
    spoil()
    fact, status = find(name)
    assert (fact["status"], status) == ("warning", 0)


def test_a_held_lock_is_found(find: Callable) -> None:
    with Path(".renewctl.toml.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        fact, status = find("Lock")
    assert (fact["status"], status) == ("warning", 0)
    assert find("Lock")[0]["status"] == "ok"


def test_a_folder_of_a_sync_program_is_recognised(
    find: Callable, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "OneDrive - Agency" / "renewals"
    folder.mkdir(parents=True)
    (folder / "renewctl.toml").write_bytes(Path("renewctl.toml").read_bytes())
    monkeypatch.chdir(folder)
    assert find("Folder")[0]["status"] == "warning"


def test_git_has_the_file_or_not(find: Callable) -> None:
    assert find("git")[0]["value"] == "not in a repository"
    subprocess.run(["git", "init", "-q"], check=True)
    assert find("git")[0]["value"] == "not tracked"
    subprocess.run(["git", "add", "renewctl.toml"], check=True)
    assert "changed" in find("git")[0]["value"]


def test_nothing_personal_is_shown_unless_asked(run: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RENEWCTL_PAGER", "pager-of-ana")
    folder = Path.cwd()
    (folder / "below").mkdir()
    monkeypatch.chdir(folder / "below")
    for form in ("json", "tsv", "table"):
        out = run("doctor", "-o", form).out
        assert str(folder) not in out
        assert "pager-of-ana" not in out
        assert "acme" not in out
    full = run("doctor", "--full", "-o", "json").out
    assert str(folder) in full
    assert "pager-of-ana" in full


@pytest.mark.parametrize(("name", "extra"), [("typer", ""), ("jinja2", " (extra html)")])
def test_a_package_that_is_too_old_is_a_problem(
    name: str, extra: str, find: Callable, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The metadata of an older version is found first; the specifier of Typer has an upper bound too."""
    metadata = tmp_path / "older" / f"{name}-0.1.dist-info" / "METADATA"
    metadata.parent.mkdir(parents=True)
    metadata.write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 0.1\n")
    monkeypatch.syspath_prepend(tmp_path / "older")
    fact, status = find(name)
    assert (fact["status"], status) == ("problem", 1)
    assert fact["value"].startswith(f"0.1{extra}, needs ")
    assert f"'{name}>=" in fact["fix"]


def test_the_folder_of_a_named_file_is_not_shown(find: Callable) -> None:
    Path("client").mkdir()
    Path("renewctl.toml").rename("client/renewctl.toml")
    value = find("Path", "--store", "client/renewctl.toml")[0]["value"]
    assert value == "renewctl.toml (set by --store)"


def test_a_path_in_an_error_is_not_shown(find: Callable) -> None:
    folder = Path.cwd()
    Path("renewctl.toml").unlink()
    Path("renewctl.toml").mkdir()
    fact, status = find("Content", "--store", str(folder / "renewctl.toml"))
    assert (fact["status"], status) == ("problem", 1)
    assert str(folder) not in fact["value"]


def test_the_tables_show_every_fact(run: Callable) -> None:
    names = [item["name"] for item in json.loads(run("doctor", "-o", "json").out)["items"]]
    out = run("doctor").out
    assert [name for name in names if name not in out] == []
