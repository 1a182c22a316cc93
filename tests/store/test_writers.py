"""Many writers and readers of one file at once, and writers that are killed.

No change is lost, every exit status is right, and no reader sees an incomplete file.
"""

import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from store.faulty import Runs

END = "# the end\n"
ANA = "ana@agency.example"


def keys(count: int) -> list[str]:
    return [f"c{number}.example" for number in range(count)]


def store_of(count: int) -> Path:
    """Return a file with that many clients without overrides, and a last line."""
    blocks = "".join(f'\n[clients."{key}"]\nname = "{key}"\n' for key in keys(count))
    path = Path("renewctl.toml")
    path.write_text(f'version = 1\n\n[users."{ANA}"]\nname = "Ana"\n{blocks}\n{END}', encoding="utf-8")
    return path


def override(key: str) -> list[str]:
    words = ["override", key, "--owner", "partner", "--notify", ANA, "--note", f"of {key}"]
    return [*words, "--lock-timeout", "300"]


def overridden(data: bytes) -> set[str]:
    """Return the clients with the expected override; the file must be complete."""
    assert data.endswith(END.encode()), data[-200:]
    clients = tomllib.loads(data.decode())["clients"]
    wanted = {key: {"owner": "partner", "notify": ANA, "note": f"of {key}"} for key in clients}
    found = {key for key, client in clients.items() if "override" in client}
    assert all(clients[key]["override"] == wanted[key] for key in found)
    return found


@pytest.mark.parametrize("writers", [40, pytest.param(100, marks=pytest.mark.soak)])
def test_many_writers_at_once_lose_no_change_and_readers_see_complete_files(
    writers: int, server: Runs
) -> None:
    store = store_of(writers)
    jobs = [{"argv": override(key), "watched": False} for key in keys(writers)]
    reading = [{"argv": ["client", "list", "-o", "json"], "watched": False}] * 10
    seen: list[int] = []

    def look() -> None:
        seen.append(len(overridden(store.read_bytes())))

    ran = server.crowd([*jobs[: writers // 2], *reading, *jobs[writers // 2 :]], look)
    assert [(one.status, one.err) for one in ran if one.status] == []
    assert overridden(store.read_bytes()) == set(keys(writers))
    assert seen == sorted(seen), "a change was there and then was not"
    assert any(0 < number < writers for number in seen), "nobody looked while it was written"
    assert not list(Path().glob(".*.tmp"))


@pytest.mark.parametrize("at", ["replace", "fsync", "flock"])
def test_writers_killed_with_the_lock_block_nobody(at: str, server: Runs) -> None:
    store = store_of(16)
    path = {"replace": "", "fsync": ".tmp", "flock": ".lock"}[at]
    killed = {"fault": {"at": at, "path": path, "n": 2 if at == "flock" else 1, "kind": "kill"}}
    jobs = [{"argv": override(key), **(killed if n % 4 == 0 else {})} for n, key in enumerate(keys(16))]
    ran = server.crowd(jobs)
    done = {key for key, one in zip(keys(16), ran, strict=True) if one.status == 0}
    assert done == {key for n, key in enumerate(keys(16)) if n % 4}
    assert {one.status for one in ran} == {0, -signal.SIGKILL}
    found = overridden(store.read_bytes())
    # The second call of flock is a second try or the release, which comes after the replace.
    assert found >= done if at == "flock" else found == done


@pytest.mark.soak
def test_a_hundred_processes_started_at_once_lose_no_change() -> None:
    store = store_of(100)
    started = [
        subprocess.Popen([sys.executable, "-m", "renewctl", *override(key)], stdout=subprocess.DEVNULL)
        for key in keys(100)
    ]
    while any(one.poll() is None for one in started):
        overridden(store.read_bytes())
    assert {one.returncode for one in started} == {0}
    assert overridden(store.read_bytes()) == set(keys(100))


@pytest.mark.soak
@pytest.mark.parametrize("_round", range(10))
def test_a_hundred_writers_again_and_again(_round: int, server: Runs) -> None:
    store = store_of(100)
    ran = server.crowd([{"argv": override(key), "watched": False} for key in keys(100)])
    assert {one.status for one in ran} == {0}
    assert overridden(store.read_bytes()) == set(keys(100))
