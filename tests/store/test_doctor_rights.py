"""``doctor`` finds what would keep a change from being saved, and writes nothing to find out.

The superuser can write everywhere, so the command runs in a process without privileges.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from conftest import digests
from store.faulty import Runs
from store.test_write_protocol import EDIT, HISTORY, LOCK, STORE, as_root, given, plain

FILE = Path("renewctl.toml")


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Work in a folder of that user, with a data file and a history."""
    path = Path(tempfile.mkdtemp(dir="/tmp"))
    monkeypatch.chdir(given(path))
    monkeypatch.setenv("HOME", str(path))
    for each, text in ((FILE, STORE), (HISTORY, "")):
        given(each, text).chmod(0o600)
    yield
    monkeypatch.undo()
    path.chmod(0o700)
    shutil.rmtree(path)


def examine(server: Runs, *options: str) -> tuple[int, dict[str, dict[str, Any]]]:
    """Return the exit status, and the problems of the file by their names.

    The packages may be in a folder that only the superuser can read.
    """
    ran = plain(server, "doctor", "-o", "json", *options, watched=False)
    assert ran.err == ""
    items = json.loads(ran.out)["items"]
    found = (item for item in items if (item["section"], item["status"]) == ("Data file", "problem"))
    return ran.status, {item["name"]: item for item in found}


ASK = "ask its owner for write permission"
CHECK = "check the permissions of the file and its folder"
OWN: dict[str, tuple[Callable[[], Any], dict[str, tuple[str, str]]]] = {
    "folder": (lambda: Path().chmod(0o500), {"Folder rights": ("you cannot create files", "chmod u+w .")}),
    "file": (lambda: FILE.chmod(0o400), {"Rights": ("you cannot write it", f"chmod u+w {FILE}")}),
    "unreadable file": (
        lambda: FILE.chmod(0),
        {
            "Content": ("cannot read 'renewctl.toml': Permission denied", CHECK),
            "Rights": ("you cannot read it", f"chmod u+rw {FILE}"),
        },
    ),
    "history": (
        lambda: HISTORY.chmod(0o400),
        {"History rights": ("you cannot write it", f"chmod u+w {HISTORY}")},
    ),
    "unreadable history": (
        lambda: HISTORY.chmod(0),
        {
            "History rights": ("you cannot read it", f"chmod u+rw {HISTORY}"),
            "History": ("cannot read …: Permission denied", CHECK),
        },
    ),
    "lock": (lambda: given(LOCK, "").chmod(0), {"Lock": ("cannot lock …: Permission denied", CHECK)}),
}
OF_OTHERS: dict[str, tuple[Callable[[], Any], dict[str, tuple[str, str]]]] = {
    "folder": (
        lambda: (os.chown(".", 0, 0), Path().chmod(0o755)),
        {"Folder rights": ("you cannot create files in it", ASK)},
    ),
    "history": (
        lambda: (os.chown(HISTORY, 0, 0), HISTORY.chmod(0o644)),
        {"History rights": ("you cannot write it", ASK)},
    ),
}


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        *(pytest.param(*each, id=name) for name, each in OWN.items()),
        *(
            pytest.param(*each, id=f"{name} of another user", marks=as_root)
            for name, each in OF_OTHERS.items()
        ),
    ],
)
def test_what_keeps_a_change_from_being_saved_is_a_problem(
    spoil: Callable, expected: dict[str, tuple[str, str]], server: Runs
) -> None:
    spoil()
    before = digests(Path())
    status, problems = examine(server)
    assert (status, problems.keys()) == (1, expected.keys())
    for name, (value, fix) in expected.items():
        assert value in problems[name]["value"]
        assert problems[name]["fix"] == fix
    assert digests(Path()) == before
    assert plain(server, *EDIT).status == 74


@pytest.mark.parametrize("name", [name for name in OWN if name != "lock"])
def test_the_fixes_are_right(name: str, server: Runs) -> None:
    spoil, expected = OWN[name]
    spoil()
    for _, fix in expected.values():
        if fix.startswith("chmod"):
            assert os.system(fix) == 0
    assert examine(server)[1] == {}
    assert plain(server, *EDIT).status == 0
