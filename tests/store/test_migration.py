"""Files of an invented version 0: they can be read, not changed, and upgraded.

In version 0, clients have ``title`` instead of ``name``, and the defaults are called ``default``.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from renewctl.domain import versions

OLD = """\
# ours
version = 0

[default]
owner = "hubspot"

# the first one
[clients."a.example"]   # by phone
title = "A"
contacts = [{ email = "x@a.example", roles = ["primary"] }]  # only one

[clients."b.example"]
title = "B"
"""


def one_on(data: dict[str, Any]) -> dict[str, Any]:
    """Return data of version 0 upgraded to version 1."""
    new = {("defaults" if key == "default" else key): value for key, value in data.items()}
    clients = data.get("clients", {}).items()
    return {
        **new,
        "clients": {
            key: {"name": c["title"]} | {k: v for k, v in c.items() if k != "title"} for key, c in clients
        },
    }


@pytest.fixture
def old(monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a file of version 0, for which there is a step."""
    monkeypatch.setitem(versions.STEPS, 0, one_on)  # type: ignore[arg-type]
    path = Path("renewctl.toml")
    path.write_text(OLD, encoding="utf-8")
    path.chmod(0o640)
    return path


def test_reading_commands_work_with_an_older_file(old: Path, run: Callable) -> None:
    ran = run("client", "list", "-o", "json")
    assert ran.status == 0
    assert [item["name"] for item in json.loads(ran.out)["items"]] == ["A", "B"]
    assert run("explain", "a.example").status == 0
    assert old.read_text() == OLD


@pytest.mark.parametrize(
    "argv",
    [
        ("set-default", "--owner", "hubspot"),
        ("override", "a.example", "--owner", "hubspot"),
        ("client", "remove", "a.example"),
        ("override", "a.example", "--owner", "hubspot", "-n"),
        ("undo",),
    ],
    ids=" ".join,
)
def test_a_change_of_an_older_file_is_refused(old: Path, argv: tuple[str, ...], run: Callable) -> None:
    ran = run(*argv)
    assert ran.status == 3
    assert ran.err == (
        "error: renewctl.toml has the old version 0; only 1 can be changed\n"
        "help: upgrade it: renewctl migrate\n"
    )
    assert sorted(path.name for path in Path().iterdir()) == ["renewctl.toml"]
    assert old.read_text() == OLD


def test_migrate_upgrades_the_file_and_keeps_a_copy(old: Path, run: Callable) -> None:
    ran = run("migrate", "-n")
    assert ran.status == 0
    assert old.read_text() == OLD
    assert "version 0 → 1; the old file is saved as renewctl.toml.v0.bak" in ran.out

    assert run("migrate").status == 0
    copy = Path("renewctl.toml.v0.bak")
    assert copy.read_text() == OLD
    assert (copy.stat().st_mode & 0o777, old.stat().st_mode & 0o777) == (0o600, 0o640)
    text = old.read_text()
    assert "version = 1" in text
    for kept in ("# ours", "# the first one", "# by phone", "# only one"):
        assert kept in text
    assert run("override", "a.example", "--owner", "hubspot", "-q").status == 0
    ran = run("client", "list", "-o", "json")
    assert ran.status == 0
    items = json.loads(ran.out)["items"]
    assert [(item["name"], item["owner"]) for item in items] == [("A", "hubspot"), ("B", "hubspot")]


def test_migrate_upgrades_a_json_file(monkeypatch: pytest.MonkeyPatch, run: Callable) -> None:
    monkeypatch.setitem(versions.STEPS, 0, one_on)  # type: ignore[arg-type]
    path = Path("renewctl.json")
    path.write_text(
        '{"version": 0, "x-ours": 1,\n "clients": {"a.example": {"title": "A"}}}', encoding="utf-8"
    )
    assert run("migrate", "-q").status == 0
    assert json.loads(path.read_text()) == {
        "version": 1,
        "x-ours": 1,
        "clients": {"a.example": {"name": "A"}},
    }


def test_migrate_does_not_overwrite_another_file(old: Path, run: Callable) -> None:
    copy = Path("renewctl.toml.v0.bak")
    copy.write_text("mine")
    ran = run("migrate")
    assert ran.status == 74
    assert "already exists with other content" in ran.err
    assert (copy.read_text(), old.read_text()) == ("mine", OLD)
    copy.write_text(OLD)
    assert run("migrate").status == 0


def test_migrate_does_not_change_a_current_file(run: Callable) -> None:
    path = Path("renewctl.toml")
    path.write_text("version = 1\n")
    ran = run("migrate")
    assert ran.status == 0
    assert ran.out == "No changes: renewctl.toml already has version 1.\n"
    assert sorted(found.name for found in Path().iterdir()) == ["renewctl.toml"]


def test_migrate_refuses_a_newer_file(run: Callable) -> None:
    path = Path("renewctl.toml")
    path.write_text("version = 2\n")
    ran = run("migrate")
    assert ran.status == 3
    assert "install a newer version of renewctl" in ran.err
    assert path.read_text() == "version = 2\n"


def test_a_version_without_an_upgrade_step_is_refused(run: Callable) -> None:
    Path("renewctl.toml").write_text("version = 0\n")
    ran = run("migrate")
    assert ran.status == 3
    assert "version 0 does not exist" in ran.err


ODD = """\
[clients]
"a.example" = { name = "A" } # by phone
"""


def test_undo_restores_the_exact_layout_or_is_refused(run: Callable) -> None:
    path, copy = Path("renewctl.toml"), Path("renewctl.toml.layout.bak")
    path.write_text(ODD)
    assert run("migrate", "--layout", "-q").status == 0
    assert (copy.read_text(), copy.stat().st_mode & 0o777) == (ODD, 0o600)
    assert run("undo", "-q").status == 0
    assert path.read_text() == ODD

    assert run("migrate", "--layout", "-q").status == 0
    path.write_text(path.read_text().replace('"A"', '"B"'))
    ran = run("history", "-o", "json")
    assert ran.status == 0
    newest = json.loads(ran.out)["items"]
    number = next(item["id"] for item in newest if item.get("command") == "migrate")
    ran = run("undo", number)
    assert ran.status == 5
    assert "the file was changed later" in ran.err
    assert '"B"' in path.read_text()


def test_migrate_layout_does_not_overwrite_another_file(run: Callable) -> None:
    Path("renewctl.toml").write_text(ODD)
    Path("renewctl.toml.layout.bak").write_text("mine")
    assert run("migrate", "--layout").status == 74
    assert Path("renewctl.toml").read_text() == ODD
    assert Path("renewctl.toml.layout.bak").read_text() == "mine"
