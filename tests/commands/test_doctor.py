"""``doctor`` finds what is wrong around the file, and shows nothing personal unless asked."""

import json
import os
import platform
import re
import sys
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from conftest import REPOSITORY, git
from store.faulty import held

pytestmark = pytest.mark.usefixtures("small")
STORE, LOCK, HISTORY = (
    Path(name) for name in ("renewctl.toml", ".renewctl.toml.lock", "renewctl.toml.history.jsonl")
)
HIDDEN = "add --full to see the command"


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


def copy(name: str) -> None:
    Path(name).write_bytes(STORE.read_bytes())


def replace_text(old: str, new: str) -> None:
    STORE.write_text(STORE.read_text().replace(old, new))


def link_to_nothing() -> None:
    STORE.unlink()
    STORE.symlink_to("gone.toml")


def make_folder() -> None:
    STORE.unlink()
    STORE.mkdir()


def make_readable(mode: int, of_history: int) -> None:
    STORE.chmod(mode)
    HISTORY.touch()
    HISTORY.chmod(of_history)


def commit_history() -> None:
    HISTORY.write_text("{}\n")
    git("init", "-q")
    git("add", HISTORY.name)
    git("commit", "-qm", "by mistake")


def break_index() -> None:
    git("init", "-q")
    Path(".git/index").write_text("x")


OPEN = "every user of the machine can"
PROBLEMS: dict[str, tuple[Callable[[], Any], str, str, str]] = {
    "no file": (STORE.unlink, "Content", "not found", "create one: renewctl init"),
    "no TOML": (lambda: STORE.write_text("version = "), "Content", "", "renewctl check shows where"),
    "no owner": (
        lambda: replace_text('owner = "', 'owner = "x'),
        "Content", "renewctl.toml has", "renewctl check shows where",
    ),
    "not UTF-8": (lambda: STORE.write_bytes(b"\xff"), "Content", "not UTF-8", "save the file as UTF-8"),
    "too new": (
        lambda: replace_text("version = 1", "version = 9"),
        "Content", "newer version", "install a newer version of renewctl",
    ),
    "a folder": (make_folder, "Content", "is a folder", "give the path of a file"),
    "a link to nothing": (link_to_nothing, "Content", ", which does not exist", "correct the link"),
    "two files": (lambda: copy("renewctl.json"), "Path", "has both", "choose one with --store"),
    "read-only": (lambda: STORE.chmod(0o400), "Rights", "you cannot write it", "chmod u+w renewctl.toml"),
    "two names": (lambda: Path("b.toml").hardlink_to(STORE), "Hard links", "2", "keep one name"),
    "a lock to nothing": (lambda: LOCK.symlink_to("gone"), "Lock", "is not a lock file", "move it away"),
    "no history": (lambda: HISTORY.symlink_to("gone"), "History", "does not exist", "correct the link"),
    "history a folder": (HISTORY.mkdir, "History", "is not a regular file", "move it away"),
}  # fmt: skip
WARNINGS: dict[str, tuple[Callable[[], Any], str, str, str]] = {
    "644": (lambda: STORE.chmod(0o644), "Rights", f"{OPEN} read it", "chmod o-rwx renewctl.toml"),
    "602": (lambda: STORE.chmod(0o602), "Rights", f"{OPEN} change it", "chmod o-rwx renewctl.toml"),
    "666": (lambda: STORE.chmod(0o666), "Rights", f"{OPEN} read and change it", "chmod o-rwx renewctl.toml"),
    "history 644": (
        lambda: make_readable(0o600, 0o644),
        "History rights", "more users can use it than the data file", f"chmod 600 {HISTORY}",
    ),
    "both 644": (
        lambda: make_readable(0o644, 0o644), "History rights", f"{OPEN} read it", f"chmod o-rwx {HISTORY}"
    ),
    "history of a team": (
        lambda: make_readable(0o640, 0o660), "History rights", "more users", f"chmod 640 {HISTORY}"
    ),
    "a copy": (lambda: copy("renewctl (conflict).toml"), "Conflict copies", "1 file", "renewctl check"),
    "half a line": (lambda: HISTORY.write_text("{\n"), "History", "1 line that", "renewctl history"),
    "no repository": (Path(".git").mkdir, "git", "git cannot read the repository", "git status"),
    "a broken index": (break_index, "git", "git cannot read the repository", "git status"),
    "history in git": (
        commit_history, "History in git", "tracked", f"stop tracking it: git rm --cached -- {HISTORY}"
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("situation", "severity", "exit_status"),
    [*((each, "problem", 1) for each in PROBLEMS), *((each, "warning", 0) for each in WARNINGS)],
)
def test_a_problem_has_exit_status_1_a_warning_0_and_each_a_fix(
    situation: str, severity: str, exit_status: int, find: Callable
) -> None:
    spoil, name, value, fix = (PROBLEMS if severity == "problem" else WARNINGS)[situation]
    spoil()
    fact, status = find(name)
    assert (fact["status"], status) == (severity, exit_status)
    assert value in fact["value"]
    assert fix in fact["fix"]


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o660])
def test_a_history_with_the_rights_of_the_data_file_is_fine(mode: int, find: Callable) -> None:
    make_readable(mode, mode)
    assert find("History rights")[0]["status"] == "ok"


def test_a_report_without_a_file_has_the_rest(run: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file with another suffix, and a current folder that was removed, are one fact each."""
    monkeypatch.setenv("RENEWCTL_STORE", "/home/paula/clients.csv")
    assert "paula" not in find_path(run)["value"]
    assert find_path(run)["fix"] == "use a file name that ends in .toml or .json"
    monkeypatch.setenv("RENEWCTL_STORE", "clients.csv")
    assert find_path(run)["value"] == "'clients.csv' is not a TOML or JSON file"
    monkeypatch.delenv("RENEWCTL_STORE")
    folder = Path("gone").absolute()
    folder.mkdir()
    monkeypatch.chdir(folder)
    folder.rmdir()
    assert find_path(run)["value"] == "the current folder does not exist any more"


def find_path(run: Callable) -> dict:
    """Return the only problem of the report, which is the path."""
    ran = run("doctor", "-o", "json")
    assert (ran.status, ran.err) == (1, "")
    items = json.loads(ran.out)["items"]
    assert {item["section"] for item in items} == {"Program", "Terminal", "Data file", "Packages"}
    (fact,) = [item for item in items if item["status"] == "problem"]
    assert fact["name"] == "Path"
    return fact


def test_the_holder_of_the_lock_is_named_without_the_machine(find: Callable) -> None:
    with held(STORE) as process:
        fact, status = find("Lock")
        assert (fact["status"], status) == ("warning", 0)
        assert fact["value"].startswith(f"held by process {process}, for ")
        assert f"{process} on {platform.node()}, for " in find("Lock", "--full")[0]["value"]
    assert find("Lock")[0]["status"] == "ok"


def test_a_long_history_is_not_read(find: Callable) -> None:
    HISTORY.touch(0o600)
    os.truncate(HISTORY, 9_000_000)
    assert find("History")[0]["value"] == "too long to count, 9,000,000 bytes"


@pytest.mark.parametrize(
    ("folder", "status"),
    [
        *(
            (name, "warning")
            for name in (
                *("OneDrive", "OneDrive - Agency", "OneDrive-Agency", "Dropbox", "Dropbox (Agency)", "MEGA"),
                *("My Drive", "Meu Drive", "Mi unidad", "Mon Drive", "Meine Ablage", "GoogleDrive-a@b.c"),
                *("Proton Drive", "Creative Cloud Files", "pCloudDrive", "Nextcloud", "iCloudDrive", "Box"),
                *("SynologyDrive", "CloudStorage", "Mobile Documents", "Box Sync", "sync"),
            )
        ),
        *((name, "ok") for name in ("Box of contracts", "Box-files", "sync-tests", "Omega", "My Drives")),
    ],
)
def test_a_folder_of_a_sync_program_is_recognised_by_its_whole_name(
    folder: str, status: str, find: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    within = Path(folder, "renewals")
    within.mkdir(parents=True)
    STORE.rename(within / STORE)
    monkeypatch.chdir(within)
    assert find("Folder")[0]["status"] == status


def test_git_has_the_file_or_not(find: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    assert find("git")[0]["value"] == "not in a repository"
    git("init", "-q")
    assert find("git")[0]["value"] == "not tracked"
    git("add", "renewctl.toml")
    assert "changed" in find("git")[0]["value"]
    git("commit", "-qm", "new")
    assert find("git")[0]["value"] == "committed"
    with monkeypatch.context() as patch:
        patch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
        fact, _ = find("git", "--full")
        assert (fact["status"], fact["fix"][:11]) == ("warning", "trust it, i")
        assert f"git config --global --add safe.directory {Path.cwd()}" in fact["fix"]
        assert find("git")[0]["fix"] == HIDDEN
    monkeypatch.setenv("PATH", "")
    assert find("git")[0]["value"] == "not installed"


def documented_variables() -> Iterator[str]:
    """Yield the variables that the reference documents; ``TERM`` is a part of the output."""
    text = Path(REPOSITORY, "docs/reference/environment.md").read_text()
    for cell in re.findall(r"(?m)^\| (`.*?) \|", text):
        yield from (name for name in re.findall(r"`(\w+)`", cell) if name != "TERM")


def test_every_variable_that_renewctl_reads_is_listed(
    find: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = sorted(documented_variables())
    assert len(names) > 7
    for name in names:
        monkeypatch.setenv(name, "2026-11-23" if name == "RENEWCTL_AS_OF" else "renewctl.toml")
    assert find("Variables")[0]["value"] == ", ".join(names)
    assert "RENEWCTL_STORE=renewctl.toml" in find("Variables", "--full")[0]["value"]


def test_a_variable_with_an_invalid_date_is_a_problem(
    find: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RENEWCTL_AS_OF", "paula")
    fact, status = find("Date")
    assert (fact["value"], fact["status"], status) == ("RENEWCTL_AS_OF is not a valid date", "problem", 1)
    assert "'paula'" in find("Date", "--full")[0]["value"]


@pytest.mark.parametrize("way", ["inside", "relative", "absolute", "variable"])
@pytest.mark.parametrize("situation", [*PROBLEMS, *WARNINGS])
def test_no_folder_is_named_unless_asked(
    situation: str, way: str, run: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path("Paula Souza's").absolute()
    folder.mkdir()
    STORE.rename(folder / STORE)
    with monkeypatch.context() as patch:
        patch.chdir(folder)
        {**PROBLEMS, **WARNINGS}[situation][0]()
    options = []
    if way == "inside":
        monkeypatch.chdir(folder)
    elif way == "variable":
        monkeypatch.setenv("RENEWCTL_STORE", str(folder / STORE))
    else:
        options = ["--store", str((folder if way == "absolute" else Path(folder.name)) / STORE)]
    items = json.loads(run("doctor", "-o", "json", *options).out)["items"]
    for text in chain.from_iterable((item["value"], item["fix"] or "") for item in items):
        assert "cannot be used" not in text
        assert not re.search(r"Paula|Souza|[\w.~]/|/[\w.~]", text.replace("…/renewctl.toml", "")), text
    if way != "inside":
        assert str(folder) in run("doctor", "--full", "-o", "json", *options).out


@pytest.mark.parametrize("text", ["~/renewctl.toml", "a/renewctl.toml"])
def test_a_fix_can_be_pasted_anywhere_with_full(
    text: str, find: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path("a").absolute()
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    STORE.rename(folder / STORE)
    (folder / STORE).chmod(0o644)
    option = f"--store={text}"
    assert find("Rights", option)[0]["fix"] == HIDDEN
    assert find("Rights", option, "--full")[0]["fix"] == f"chmod o-rwx {folder / STORE}"
    assert find("Shell", option)[0] == find("Shell")[0]


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
    assert f"'{name}>=" in find(name, "--full")[0]["fix"]


@pytest.mark.parametrize("name", ["ftfy", "xlrd", "python-calamine"])
def test_a_package_without_its_module_is_a_problem(
    name: str, find: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, name.replace("-", "_"), None)
    fact, status = find(name)
    assert (fact["status"], status) == ("problem", 1)
    assert "but its files are missing" in fact["value"]
    assert "--force-reinstall" in find(name, "--full")[0]["fix"]


def test_the_folder_of_a_named_file_is_not_shown(find: Callable) -> None:
    Path("client").mkdir()
    Path("renewctl.toml").rename("client/renewctl.toml")
    value = find("Path", "--store", "client/renewctl.toml")[0]["value"]
    assert value == "…/renewctl.toml (set by --store)"


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
