"""If a call fails or the process dies, the file is the old or the new one.

A run exits with 0 if and only if the file is the new one, and the next run needs no cleanup. Every call
is tried, until a run has fewer calls than the number tried; see ``faulty``.
"""

import os
import re
import signal
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from store.faulty import Call, Ran, Runs, Single, held

TOML = """\
version = 1    # kept

[defaults]
owner = "hubspot"

[clients."acme.example"]
name = "Acme"
"""
JSON = """\
{
  "version": 1,
  "defaults": {"owner": "hubspot"},
  "clients": {"acme.example": {"name": "Acme"}}
}
"""
EDIT = ("override", "acme.example", "--owner", "hubspot")
ERRNOS = ["EIO", "ENOSPC", "EACCES", "EINTR", "EBUSY", "ENOENT", "EROFS", "EDQUOT", "EPERM"]
KILLED = {"kill": {-signal.SIGKILL}, "torn": {-signal.SIGKILL}, "SIGTERM": {-signal.SIGTERM}}
MOST_CALLS = 400


class Kind(NamedTuple):
    """A kind of data file in a folder."""

    name: str
    text: str
    link: bool = False


KINDS = [
    Kind("renewctl.toml", TOML),
    Kind("renewctl.json", JSON),
    Kind("renewctl.toml", TOML, link=True),
]


class Sweep:
    """One edit of one store, tried again and again with another fault."""

    def __init__(self, server: Runs | Single, kind: Kind) -> None:
        self.server, self.kind = server, kind
        self.store = Path("elsewhere/data" if kind.link else kind.name).with_suffix(Path(kind.name).suffix)
        self.settled: set[object] = set()
        self.lay()
        whole = server.run(*EDIT)
        assert whole.status == 0, whole.err
        self.old, self.new, self.calls = kind.text.encode(), self.store.read_bytes(), whole.calls
        assert self.old != self.new

    def lay(self) -> None:
        """Restore the folder as it was before any run."""
        for path in sorted(Path().rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
        self.store.parent.mkdir(exist_ok=True)
        self.store.write_text(self.kind.text)
        if self.kind.link:
            Path(self.kind.name).symlink_to(self.store)

    def strike(self, **fault: Any) -> Ran:
        """Run the edit on the old file with the fault, and check the result."""
        self.lay()
        ran = self.server.run(*EDIT, fault=fault)
        context = f"{fault} struck {ran.calls[-1]}: {ran.status} {ran.out} {ran.err}"
        assert self.store.read_bytes() in (self.old, self.new), context
        assert Path(self.kind.name).is_symlink() == self.kind.link, context
        if ran.status != -signal.SIGKILL:
            assert (ran.status == 0) == (self.store.read_bytes() == self.new), context
            assert temporaries() == [], context
        assert "Traceback" not in ran.err, context
        assert ran.status != 70, context
        if ran.status > 0 and ran.status != 130:
            assert ran.err.startswith("error: "), context
            assert "\nhelp: " in ran.err, context
        self._settle(context)
        return ran

    def _settle(self, context: str) -> None:
        """Run the edit again without a fault, unless that was done for the same files."""
        state = frozenset((name(path), path.read_bytes()) for path in files() if not path.match("*.lock"))
        state = frozenset((n, b if "history" not in n else blurred(b)) for n, b in state)
        if state in self.settled:
            return
        for path in temporaries():
            os.utime(path, (0, 0))
        again = self.server.run(*EDIT, "--lock-timeout", "0")
        assert (again.status, again.err) == (0, ""), f"{context}\nthen {again.status} {again.err}"
        assert self.store.read_bytes() == self.new, context
        assert temporaries() == [], context
        self.settled.add(state)

    def _no_write(self, number: int) -> bool:
        """Return whether the run without faults does not write here."""
        return number <= len(self.calls) and self.calls[number - 1].name != "write"

    def every(self, kind: str, step: int = 1, **more: Any) -> list[Ran]:
        """Try a fault at each call in turn, or at every n-th call, until there are no more calls."""
        struck = []
        for number in range(1, MOST_CALLS, step):
            if kind in {"short", "torn"} and self._no_write(number):
                continue
            ran = self.strike(n=number, kind=kind, **more)
            struck += [ran] * ran.struck
            if len(ran.calls) < number:
                assert ran.status == 0
                return struck
        raise AssertionError("there was no end to it")


def files() -> list[Path]:
    return sorted(path for path in Path().rglob("*") if path.is_file())


def temporaries() -> list[Path]:
    return [path for path in files() if path.suffix == ".tmp"]


def name(path: Path) -> str:
    return re.sub(r"\.[^.]+\.tmp$", ".*.tmp", str(path))


def blurred(data: bytes) -> bytes:
    """Return lines of the history without values that differ in each run."""
    return re.sub(rb'"(id|parent|time|at|done|host)": ?"[^"]*"', rb'"\1"', data)


STORES = [
    pytest.param(KINDS[0], id="toml"),
    pytest.param(KINDS[1], id="json"),
    pytest.param(KINDS[2], id="link"),
]
ONE = [
    STORES[0],
    *(
        pytest.param(kind, id=name, marks=pytest.mark.soak)
        for kind, name in zip(KINDS[1:], ("json", "link"), strict=True)
    ),
]


EACH_OR_FOURTH = pytest.mark.parametrize(
    "step", [pytest.param(1, marks=pytest.mark.soak), 4], ids=["every call", "every fourth call"]
)


@pytest.fixture(params=STORES)
def sweep(request: pytest.FixtureRequest, server: Runs) -> Sweep:
    """Return the sweep over a store of each kind."""
    return Sweep(server, request.param)


@pytest.fixture(params=ONE)
def sweep_one(request: pytest.FixtureRequest, server: Runs) -> Sweep:
    """Return the sweep over a TOML store; in the long tests, over the others too."""
    return Sweep(server, request.param)


# ------------------------------------------------------------------ a call fails


@EACH_OR_FOURTH
def test_a_call_that_fails_leaves_the_old_or_the_new(step: int, sweep: Sweep) -> None:
    step = 1 if sweep.kind == KINDS[0] else step
    struck = sweep.every("EIO", step)
    assert len(struck) >= len(sweep.calls) // step
    assert {ran.status for ran in struck} >= {0, 74}, "a fault after the replace is no failure"


def test_a_short_write_is_continued(sweep: Sweep) -> None:
    struck = sweep.every("short")
    assert len(struck) >= 2, "neither the lock's note nor the store was written?"
    assert {ran.status for ran in struck} == {0}


def test_each_error_comes_with_a_hint(server: Runs) -> None:
    """The calls that create and rename the new file fail, each with every error."""
    sweep = Sweep(server, KINDS[0])
    numbers = [n for n, call in enumerate(sweep.calls, 1) if call.temporary or call.name == "replace"]
    for place, kind in enumerate(ERRNOS[1:] * 3):
        assert sweep.strike(n=numbers[place % len(numbers)], kind=kind).struck


@EACH_OR_FOURTH
def test_a_disk_that_fails_permanently_leaves_the_old_or_the_new(step: int, server: Runs) -> None:
    """From the N-th call on, every call fails, including those that tidy up."""
    sweep = Sweep(server, KINDS[0])
    for number in range(1, len(sweep.calls) + 1, step):
        sweep.lay()
        ran = server.run(*EDIT, fault={"n": number, "kind": "EIO", "from": True})
        data = sweep.store.read_bytes()
        assert data in (sweep.old, sweep.new)
        assert (ran.status == 0) == (data == sweep.new), f"{number}: {ran.status} {ran.err}"
        assert "Traceback" not in ran.err


# ------------------------------------------------------------------ the process dies


def test_killed_at_any_call_leaves_the_old_or_the_new(sweep_one: Sweep) -> None:
    sweep = sweep_one
    struck = sweep.every("kill")
    assert {ran.status for ran in struck} == {-signal.SIGKILL}
    assert len(struck) >= len(sweep.calls)


def test_killed_in_the_middle_of_a_write_leaves_the_old(sweep: Sweep) -> None:
    struck = sweep.every("torn")
    assert {ran.status for ran in struck} == {-signal.SIGKILL}
    assert any(ran.calls[-1].temporary for ran in struck)


@pytest.mark.parametrize(
    ("kind", "status", "step"),
    [
        ("SIGINT", 130, 1),
        ("SIGTERM", -signal.SIGTERM, 4),
        pytest.param("SIGTERM", -signal.SIGTERM, 1, marks=pytest.mark.soak),
    ],
)
def test_an_interruption_at_any_call_leaves_the_old_or_the_new(
    kind: str, status: int, step: int, sweep_one: Sweep
) -> None:
    struck = sweep_one.every(kind, step)
    assert {ran.status for ran in struck} == {0, status}
    for ran in struck:
        if any(call.name == "replace" for call in ran.calls):
            assert ran.status == 0, "what is done is reported as done"


@pytest.mark.parametrize(("kind", "status"), [("SIGINT", 130), ("SIGTERM", -signal.SIGTERM)])
def test_an_interruption_while_waiting_for_the_lock_changes_nothing(
    kind: str, status: int, server: Runs
) -> None:
    sweep = Sweep(server, KINDS[0])
    sweep.lay()
    with held(sweep.store):
        # At the third try it is surely waiting.
        ran = server.run(*EDIT, fault={"at": "flock", "n": 3, "kind": kind})
    assert (ran.status, ran.out) == (status, "")
    assert sweep.store.read_bytes() == sweep.old
    assert "Traceback" not in ran.err


# ------------------------------------------------------------------ the order


def positions(calls: list[Call], wanted: Callable[[Call], bool]) -> list[int]:
    found = [n for n, call in enumerate(calls) if wanted(call)]
    assert found
    return found


def test_the_new_file_is_synced_before_the_rename_and_the_folder_after_it(sweep: Sweep) -> None:
    calls, folder = sweep.calls, str(sweep.store.parent)
    written = positions(calls, lambda call: call.name == "write" and call.temporary)
    synced = positions(calls, lambda call: call.name == "fsync" and call.temporary)
    moved = positions(calls, lambda call: call.name == "replace" and call.path == str(sweep.store))
    after = positions(calls, lambda call: call.name == "fsync" and call.path == folder)
    assert max(written) < min(synced) < moved[0] < max(after)
    assert len(moved) == 1
    assert calls[moved[0]].detail.endswith(".tmp")


def test_the_file_is_read_again_between_lock_and_replace(sweep: Sweep) -> None:
    calls, store = sweep.calls, str(sweep.store)
    shown = {store, sweep.kind.name}
    locked = min(positions(calls, lambda call: call.name == "flock"))
    synced = max(positions(calls, lambda call: call.name == "fsync" and call.temporary))
    moved = min(positions(calls, lambda call: call.name == "replace"))
    reads = positions(calls, lambda call: call.name == "read" and call.path in shown)
    assert any(locked < n < synced for n in reads)
    assert any(synced < n < moved for n in reads)


def test_the_data_file_itself_is_never_opened_for_writing_or_locked(sweep: Sweep) -> None:
    for call in sweep.calls:
        if call.path in {str(sweep.store), sweep.kind.name}:
            assert call.name not in {"flock", "write", "unlink", "truncate", "ftruncate"}
            assert call.name != "open" or call.detail in {"rb", "r", "0"}


def test_the_lock_file_is_never_removed_or_replaced(sweep: Sweep) -> None:
    calls = [call for call in sweep.calls if call.path.endswith(".lock")]
    assert calls
    assert not {call.name for call in calls} & {"unlink", "remove", "replace", "rename", "link"}


# ------------------------------------------------------------------ an editor saves at the same time


@EACH_OR_FOURTH
def test_what_an_editor_saves_before_the_last_check_is_kept(step: int, sweep_one: Sweep) -> None:
    """It can be lost only between the last check and the rename, which are adjacent."""
    sweep, kind = sweep_one, sweep_one.kind
    last = max(
        n
        for n, call in enumerate(sweep.calls, 1)
        if call.name == "read" and call.path in {kind.name, str(sweep.store)}
    )
    moved = 1 + min(n for n, call in enumerate(sweep.calls) if call.name == "replace")
    assert moved - last <= 2, "more than closing the file lies between looking and replacing"
    statuses = set()
    for number in range(last, 0, -step):
        sweep.lay()
        fault = {"n": number, "kind": "append", "victim": str(sweep.store)}
        ran = sweep.server.run(*EDIT, fault=fault)
        data = sweep.store.read_bytes()
        statuses.add(ran.status)
        assert b"# theirs" in data or data.endswith(b"\n "), f"{number}: {ran.calls[-1]}"
        assert (ran.status == 0) == (b"override" in data), f"{number}: {ran.status} {ran.err}"
        assert temporaries() == []
    assert statuses == {0, 5}


@EACH_OR_FOURTH
def test_a_file_deleted_at_any_call_is_reported_and_stays_deleted(step: int, server: Runs) -> None:
    sweep = Sweep(server, KINDS[0])
    moved = 1 + min(n for n, call in enumerate(sweep.calls) if call.name == "replace")
    for number in range(moved - 3, 0, -step):
        sweep.lay()
        fault = {"n": number, "kind": "unlink", "victim": sweep.kind.name}
        ran = server.run(*EDIT, fault=fault)
        assert ran.status in {3, 5, 74}, f"{number}: {ran.status} {ran.err}"
        assert ran.err.startswith("error: ")
        assert not sweep.store.exists()
        assert temporaries() == []


# ------------------------------------------------------------------ a new store


def test_init_leaves_no_file_or_a_complete_one(server: Runs) -> None:
    """Otherwise the next ``init`` would find an incomplete file, and refuse."""
    argv = ("init", "--owner", "hubspot")
    whole = server.run(*argv)
    assert whole.status == 0, whole.err
    text = Path("renewctl.toml").read_bytes()
    assert tomllib.loads(text.decode())["defaults"] == {"owner": "hubspot"}
    schema = Path("renewctl.schema.json").read_bytes()
    settled = set()
    for kind in ("kill", "torn", "EIO", "SIGTERM"):
        for number, call in enumerate(whole.calls, 1):
            if kind == "torn" and call.name != "write":
                continue
            for path in files():
                path.unlink()
            ran = server.run(*argv, fault={"n": number, "kind": kind})
            context = f"{kind} {number}: {ran.calls[-1]} {ran.status} {ran.err}"
            made = Path("renewctl.toml").exists()
            assert not made or Path("renewctl.toml").read_bytes() == text, context
            if ran.status != -signal.SIGKILL:
                assert (ran.status == 0) == made, context
                assert made or temporaries() == [], context
            companion = Path("renewctl.schema.json")
            assert companion.read_bytes() == schema if companion.exists() else not made, context
            state = frozenset((name(path), path.read_bytes()) for path in files())
            if state in settled:
                continue
            settled.add(state)
            for path in temporaries() if not made else ():
                os.utime(path, (0, 0))
            again = ("client", "add", "acme.example") if made else argv
            assert server.run(*again).status == 0, context
            assert companion.read_bytes() == schema, context
            assert not [path for path in temporaries() if made or "schema" in path.name], context


# ------------------------------------------------------------------ everything, and for real


@pytest.mark.soak
@pytest.mark.parametrize("fault", ERRNOS)
def test_every_error_at_every_call(fault: str, sweep: Sweep) -> None:
    assert len(sweep.every(fault)) >= len(sweep.calls)


@pytest.mark.soak
@pytest.mark.parametrize("fault", ["EIO", "ENOSPC", "short", "kill", "torn", "SIGINT", "SIGTERM"])
@pytest.mark.parametrize("kind", KINDS, ids=["toml", "json", "link"])
def test_every_call_in_a_process_of_its_own(fault: str, kind: Kind) -> None:
    assert Sweep(Single(), kind).every(fault)
