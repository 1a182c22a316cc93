"""The history is read from its end, as far as needed, and shortened only by name."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from renewctl.cli.commands import history as commands
from renewctl.files import digest
from renewctl.store import history

STORE, JOURNAL = Path("renewctl.toml"), Path("renewctl.toml.history.jsonl")
NUMBER = 30


@pytest.fixture
def changed(run: Callable) -> list[str]:
    """Return the IDs of many changes, newest first."""
    STORE.write_text('version = 1\n[clients."a.example"]\nname = "0"\n')
    for number in range(1, NUMBER + 1):
        assert run("client", "set", "a.example", "--name", str(number), "-q").status == 0
    return list_ids()


def list_ids() -> list[str]:
    return [record.id for record in history.read(STORE, digest(STORE.read_bytes()))]


@pytest.mark.parametrize("block", [1, 7, 100, 2**16])
def test_records_are_the_same_whatever_the_size_of_a_block(
    block: int, changed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "_BLOCK", block)
    assert list_ids() == changed


def test_only_the_end_is_read_for_the_last_change(
    changed: list[str], monkeypatch: pytest.MonkeyPatch, run: Callable
) -> None:
    """Lines before it can be damaged: they are not read."""
    lines = JOURNAL.read_bytes().splitlines(keepends=True)
    JOURNAL.write_bytes(b"\xff torn\n" * 20_000 + b"".join(lines))
    newest = run("history", "--limit", "1", "-o", "json")
    assert [item["id"] for item in json.loads(newest.out)["items"]] == changed[:1]
    assert newest.err == ""
    assert run("undo", "-n").err == ""


def test_an_unreadable_line_is_named_by_its_number(changed: list[str], run: Callable) -> None:
    lines = JOURNAL.read_bytes().splitlines(keepends=True)
    lines[10:10] = [b"{\n"]
    JOURNAL.write_bytes(b"".join(lines))
    assert run("history", "-o", "tsv").err.endswith(": 11\n")
    assert list_ids() == changed


def test_prune_keeps_the_newest_changes_and_undo_goes_on(changed: list[str], run: Callable) -> None:
    ran = run("history", "--prune", "--keep", "5", "-o", "json", "--yes")
    assert json.loads(ran.out)["removed"] == NUMBER - 5
    assert list_ids() == changed[:5]
    assert run("undo", "-q").status == 0
    assert f'name = "{NUMBER - 1}"' in STORE.read_text()
    assert run("undo", changed[9]).status == 2


def test_prune_leaves_a_shorter_history_as_it_is(changed: list[str], run: Callable) -> None:
    before = JOURNAL.read_bytes()
    ran = run("history", "--prune", "--keep", str(NUMBER))
    assert (ran.status, ran.err) == (0, "")
    assert JOURNAL.read_bytes() == before


def test_prune_must_be_confirmed_and_has_a_dry_run(changed: list[str], run: Callable) -> None:
    before = JOURNAL.read_bytes()
    ran = run("history", "--prune", "--keep", "5")
    assert (ran.status, ran.out) == (6, "")
    assert f"{NUMBER - 5} older changes" in ran.err
    shown = run("history", "--prune", "--keep", "5", "--dry-run")
    assert (shown.status, shown.err) == (0, "")
    assert shown.out.startswith(f"Would remove {NUMBER - 5} older changes")
    assert JOURNAL.read_bytes() == before
    assert run("history", "--dry-run").status == 2


def test_prune_removes_no_more_than_was_confirmed(
    changed: list[str], run: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process changes the file after the question."""
    shown = json.loads(run("history", "--prune", "--keep", "5", "-n", "-o", "json").out)
    assert shown == {"schema": "renewctl.history-prune/1", "dry_run": True, "removed": NUMBER - 5, "kept": 5}
    lock = commands.lock_store

    @contextmanager
    def lock_late(*arguments: Any) -> Iterator[None]:
        monkeypatch.setattr(commands, "lock_store", lock)
        run("client", "set", "a.example", "--name", "late", "-q")
        with lock(*arguments):
            yield

    monkeypatch.setattr(commands, "lock_store", lock_late)
    ran = run("history", "--prune", "--keep", "5", "--yes")
    assert ran.status == 5
    assert len(list_ids()) == NUMBER + 1


def test_prune_counts_only_changes_that_were_made(changed: list[str], run: Callable) -> None:
    last = JOURNAL.read_text("utf-8").splitlines()[-2]
    assert changed[0] in last
    with JOURNAL.open("a", encoding="utf-8") as journal:
        for number in range(8):
            journal.write(
                last.replace(changed[0], f"dropped{number}") + f'\n{{"dropped":"dropped{number}"}}\n'
            )
        # A writer was killed before this change was made, which the data file shows.
        before, after = (json.loads(last)[key] for key in ("before", "after"))
        journal.write(last.replace(changed[0], "open").replace(after, "f" * 64).replace(before, after) + "\n")
    assert list_ids() == changed
    assert run("history", "--prune", "--keep", "5", "--yes").status == 0
    assert list_ids() == changed[:5]


def test_a_change_that_was_removed_is_not_found_with_the_reason(changed: list[str], run: Callable) -> None:
    assert "removed" not in run("undo", "ffffffff").err
    run("history", "--prune", "--keep", "5", "--yes")
    assert "older changes were removed from the history" in run("undo", changed[9]).err


def test_a_file_that_does_not_exist_has_no_history(run: Callable) -> None:
    for options in ((), ("--prune", "--keep", "5")):
        assert run("history", "--store", "missing.toml", *options).status == 3
    assert not Path(".missing.toml.lock").exists()


@pytest.mark.parametrize("options", [["--prune"], ["--keep", "5"]])
def test_prune_and_keep_need_each_other(options: list[str], changed: list[str], run: Callable) -> None:
    before = JOURNAL.read_bytes()
    assert run("history", *options).status == 2
    assert JOURNAL.read_bytes() == before


@pytest.mark.parametrize("other", ["a.example", "--limit=3", "--all", "--long", "--out=x.csv"])
def test_prune_is_refused_with_options_that_choose_changes(
    other: str, changed: list[str], run: Callable
) -> None:
    before = JOURNAL.read_bytes()
    assert run("history", other, "--prune", "--keep", "5").status == 2
    assert JOURNAL.read_bytes() == before


def test_nothing_shortens_the_history_by_itself(changed: list[str], run: Callable) -> None:
    before = JOURNAL.read_bytes()
    run("history")
    run("check")
    run("client", "set", "a.example", "--name", "new", "-q")
    assert JOURNAL.read_bytes().startswith(before)


def test_a_terminal_shows_the_newest_and_how_to_see_all(changed: list[str], on_terminal: Callable) -> None:
    _, short, _ = on_terminal("history")
    assert changed[0] in short
    assert changed[-1] not in short
    assert "renewctl history --all" in short
    assert changed[-1] in on_terminal("history", "--all")[1]
