"""Files that git has checked out with the line ends of Windows (``core.autocrlf``).

There is no ``.gitattributes`` of ``init --git``, which would keep the line ends.
"""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import git

pytestmark = pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")
HISTORY = "{}.history.jsonl"


@pytest.fixture(params=["renewctl.toml", "renewctl.json"])
def store(request: pytest.FixtureRequest, run: Callable) -> Path:
    """Create a data file with a history, and check both out with CRLF."""
    path = Path(request.param)
    git("init", "-q", "-b", "main", ".")
    git("config", "core.autocrlf", "true")
    for argv in (
        ("init", "--owner", "hubspot", "--notify", "ana@agency.example", "--store", str(path)),
        ("client", "add", "acme.example", "--name", "São João", "--primary", "eva@acme.example"),
        ("override", "acme.example", "--owner", "partner", "--notify", "ana", "--note", "asked"),
    ):
        assert run(*argv, "-q").status == 0
    check_out(path)
    return path


def check_out(path: Path) -> None:
    """Commit the data file and its history, and check both out."""
    names = [str(path), HISTORY.format(path)]
    git("add", *names)
    git("commit", "-qm", "new")
    for name in names:
        Path(name).unlink()
        git("checkout", "--", name)
        assert has_crlf(Path(name))


def has_crlf(path: Path) -> bool:
    """Return whether all line ends of a file are CRLF."""
    data = path.read_bytes()
    return data.count(b"\r\n") == data.count(b"\n") > 0


def test_a_checkout_is_no_change(store: Path, run: Callable) -> None:
    before = store.read_bytes()
    for argv in (("check",), ("who", "--all"), ("diff", "--git", "HEAD")):
        assert run(*argv).status == 0
    facts = {fact["name"]: fact for fact in json.loads(run("doctor", "-o", "json").out)["items"]}
    assert facts["git"]["value"] == "committed"
    assert "2 changes" in facts["History"]["value"]
    # Git has changed the bytes, so the newest entry is a change outside renewctl, without values.
    outside, *made = json.loads(run("history", "-o", "json").out)["items"]
    assert (outside["outside"], outside["changes"]) == (True, [])
    assert [each["command"] for each in made] == ["override", "client add"]
    assert store.read_bytes() == before


def test_a_change_keeps_the_line_ends_and_git_sees_its_lines_alone(store: Path, run: Callable) -> None:
    before = store.read_bytes()

    assert run("client", "set", "acme.example", "--name", "Açaí", "-q").status == 0

    assert has_crlf(store)
    assert git("diff", "--numstat", "--", str(store)).split()[:2] == ["1", "1"]
    found = json.loads(run("diff", "--git", "HEAD", "-o", "json").out)
    path = ["clients", "acme.example", "name"]
    assert found["changes"] == [{"path": path, "before": "São João", "after": "Açaí"}]

    assert run("undo", "-q").status == 0
    assert store.read_bytes() == before


def test_the_undo_of_a_change_made_before_the_checkout_restores_the_text(store: Path, run: Callable) -> None:
    # Spaces are in the text, but not in the data.
    own = store.read_bytes().replace(b'name = "', b'name =  "').replace(b'"name": "', b'"name" : "')
    store.write_bytes(own.replace(b"\r\n", b"\n"))
    assert run("client", "remove", "acme.example", "-yq").status == 0
    check_out(store)

    assert run("undo", "-q").status == 0

    assert store.read_bytes() == own
