"""Between planning and writing: the change is planned again if the file changed."""

from pathlib import Path

import pytest

from renewctl.errors import FileError, StoreChanged, StoreMissing
from renewctl.model import Change, Plan, Portfolio
from renewctl.store.journal import Author
from renewctl.store.location import Location
from renewctl.store.write import Approve, Draft, WriteOptions, WriteResult, draft_edit, write_change

STORE = 'version = 1\n\n[clients."a.example"]\nname = "A"\n'


@pytest.fixture
def place() -> Location:
    """Return the place of a file with one client."""
    Path("renewctl.toml").write_text(STORE, encoding="utf-8")
    return Location(Path("renewctl.toml"), "renewctl.toml", "named by the test")


def with_count(book: Portfolio) -> Plan:
    """Plan a name with the number of clients at that time."""
    return Plan("test", (Change(("clients", "a.example", "name"), f"one of {len(book.clients)}"),))


def author() -> Author:
    """Return an author."""
    return Author("ana", "desk", "2026-11-23T12:00:00Z")


def made(place: Location, agree: Approve, *, dry_run: bool = False) -> WriteResult:
    """Make the change of ``with_count``."""
    return write_change(place, draft_edit(with_count), WriteOptions(agree, author, dry_run=dry_run))


def add_client() -> None:
    """Add a client like an editor, without the lock."""
    path = Path("renewctl.toml")
    path.write_text(path.read_text() + '\n[clients."b.example"]\n', encoding="utf-8")


def test_the_change_is_planned_again_if_the_file_changed_before_the_lock(place: Location) -> None:
    seen = []

    def agree(draft: Draft, may_ask: bool) -> bool:
        seen.append((len(draft.before.portfolio.clients), may_ask))
        if may_ask:
            add_client()
        return False

    done = made(place, agree)
    assert seen == [(1, True), (2, False)]
    assert done.written
    assert done.draft.plan.changes[0].after == "one of 2"
    assert 'name = "one of 2"' in place.path.read_text()
    assert "b.example" in place.path.read_text()


@pytest.mark.parametrize("asked_at", [True, False], ids=["before", "only by then"])
def test_nothing_is_saved_if_the_user_confirmed_or_must_confirm_a_changed_plan(
    place: Location, asked_at: bool
) -> None:
    def agree(draft: Draft, may_ask: bool) -> bool:
        if may_ask:
            add_client()
        return may_ask is asked_at

    with pytest.raises(StoreChanged, match="changed on disk; nothing was saved"):
        made(place, agree)
    assert "one of" not in place.path.read_text()


def test_a_file_removed_before_the_lock_is_missing(place: Location) -> None:
    def agree(draft: Draft, may_ask: bool) -> bool:
        place.path.unlink()
        return False

    with pytest.raises((StoreMissing, FileError), match="renewctl"):
        made(place, agree)
    assert not place.path.exists()


def test_nothing_is_saved_if_another_writer_made_the_same_change(place: Location) -> None:
    def agree(draft: Draft, may_ask: bool) -> bool:
        place.path.write_text(STORE.replace('"A"', '"one of 1"'), encoding="utf-8")
        return False

    done = made(place, agree)
    assert not done.written
    assert not done.draft.plan.changes


def test_a_dry_run_and_a_plan_without_changes_need_no_confirmation(place: Location) -> None:
    def never(draft: Draft, may_ask: bool) -> bool:
        raise AssertionError("asked")

    assert not made(place, never, dry_run=True).written
    assert not write_change(place, draft_edit(lambda book: Plan("test")), WriteOptions(never, author)).written
    assert place.path.read_text() == STORE
    assert sorted(p.name for p in Path().iterdir()) == ["renewctl.toml"]  # no lock either
