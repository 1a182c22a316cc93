"""``history`` on a terminal: a line for each change, with the columns that fit."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.cells import cell_len

WIDTHS = (60, 70, 80, 90, 100, 120, 140, 200)
HEADINGS = ["ID", "WHEN (UTC)", "USER", "COMMAND", "CHANGE", "NOTE"]


@pytest.fixture(autouse=True)
def changed(small: Path, run: Callable, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Change the small file in several ways. Return the IDs, newest first."""
    monkeypatch.setenv("LOGNAME", "ana")
    monkeypatch.setattr("platform.node", lambda: "desk")
    run(
        "client", "add", "a-client-with-a-long-domain.example", "--primary", "p@x.example", "--note", "signed"
    )
    run("override", "acme.example", "borges.example", "--owner", "partner", "--notify", "ana", "-y")
    run("client", "remove", "acme.example", "-y", "--note", "日本語のメモ, e\u0301crit")
    run("undo", "-y")
    small.write_text(small.read_text("utf-8") + "\n# by hand\n", "utf-8")
    items = json.loads(run("history", "-o", "json").out)["items"]
    return [item["id"] for item in items if item["id"]]


def headings(out: str) -> list[str]:
    return re.split(r" {2,}", out.splitlines()[0].strip())


@pytest.mark.parametrize("columns", WIDTHS)
def test_each_change_has_one_line_with_its_full_id(
    columns: int, changed: list[str], on_terminal: Callable
) -> None:
    _, out, _ = on_terminal("history", columns=columns)
    table, footer = out.split("\n\n")
    head, outside, *lines = table.splitlines()
    assert head.startswith("ID  ")
    assert outside.strip() == "changed outside renewctl"
    assert [line.split(" ")[0] for line in lines] == changed
    assert len(changed) == 4
    assert all(cell_len(line) <= columns for line in out.splitlines())
    assert footer == "Show every value: renewctl history --long\nUndo a change: renewctl undo ID\n"


def test_columns_are_dropped_in_order(on_terminal: Callable) -> None:
    shown = [headings(on_terminal("history", columns=columns)[1]) for columns in range(200, 59, -1)]
    order = [each for number, each in enumerate(shown) if number == 0 or each != shown[number - 1]]
    assert order == [
        HEADINGS,
        ["ID", "WHEN (UTC)", "USER", "COMMAND", "CHANGE"],
        ["ID", "WHEN (UTC)", "COMMAND", "CHANGE"],
        ["ID", "DATE (UTC)", "COMMAND", "CHANGE"],
        ["ID", "COMMAND", "CHANGE"],
    ]


def test_changes_are_shown_in_as_much_detail_as_fits(on_terminal: Callable) -> None:
    wide, narrow = (on_terminal("history", columns=columns)[1] for columns in (200, 72))
    assert re.search(r"override +\d clients: acme\.example, borges\.example\n", wide)
    assert re.search(r"client remove +acme\.example: removed +日本語のメモ, e\u0301crit\n", wide)
    assert re.search(
        r"client add +a-client-with-a-long-domain\.example: new client, contact .*  signed\n", wide
    )
    assert re.search(r"client add +1 client\n", narrow)


def test_changes_use_the_remaining_width(on_terminal: Callable) -> None:
    _, out, _ = on_terminal("history", columns=99)
    assert re.search(
        r"^\S+  \S+ \S+  ana at desk  override +\d clients: acme\.example, borges", out, re.MULTILINE
    )


def test_the_long_form_has_every_value_and_note(on_terminal: Callable) -> None:
    _, out, _ = on_terminal("history", "--long", columns=100)
    assert "  reason: signed\n" in out
    assert "changed outside renewctl\n" in out
    assert "  a-client-with-a-long-domain.example: new client, contact p@x.example" in out
    assert out.endswith("\n\nUndo a change: renewctl undo ID\n")


def test_a_change_of_unknown_outcome_is_marked(
    small: Path, changed: list[str], on_terminal: Callable
) -> None:
    """The writer was killed, and the file differs from both the old and the new one."""
    journal = Path(f"{small}.history.jsonl")
    lines = [line for line in journal.read_text("utf-8").splitlines() if '"id"' in line]
    journal.write_text("\n".join(lines) + "\n", "utf-8")
    _, out, _ = on_terminal("history", columns=140)
    assert "interrupted, possibly not saved" in out


def test_an_empty_history(on_terminal: Callable, small: Path) -> None:
    Path(f"{small}.history.jsonl").unlink()
    assert on_terminal("history") == (0, "No changes recorded.\n", "")
