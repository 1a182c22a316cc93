"""Two people on two branches: git merges their changes to different clients.

Git itself merges. The expected result comes from plain dictionaries (``teamwork``). Every command must report
what git cannot merge, with the clients and the lines.
"""

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pytest

from conftest import EXAMPLES
from store.layouts import JSON, PLAIN, Data, made
from store.teamwork import HOLDERS, both, changed, entries, parse_data, touched

Run = Callable[..., Any]
SIDES = ("ours", "theirs")
STORES = ("agency.toml", "agency.json", *PLAIN, *JSON)
"""Stores of a real size, and small ones in every layout that can be changed."""
WHO = ("-c", "user.name=Ana", "-c", "user.email=ana@agency.example", "-c", "commit.gpgsign=false")
RESOLVE = (
    "keep one side of each conflict, or both if they are different clients, "
    "then delete the lines with <<<<<<<, ======= and >>>>>>>"
)
CONFLICT = re.compile(
    r"(?ms)^<{7} [^\n]*\n(?P<ours>.*?)(?:^\|{7}[^\n]*\n.*?)?^={7}\r?\n(?P<theirs>.*?)^>{7} [^\n]*(?:\n|\Z)"
)


def git(folder: str, *words: str) -> int:
    """Run git in a folder; a merge answers 0, or 1 with conflicts."""
    done = subprocess.run(["git", "-C", folder, *WHO, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0 or (words[0] == "merge" and done.returncode == 1), done
    return done.returncode


@pytest.fixture
def team() -> None:
    """Two work trees, ``ours`` and ``theirs``, of one repository."""
    git(".", "init", "-q", "-b", "main", "ours")
    git("ours", "commit", "-q", "--allow-empty", "-m", "nothing yet")
    git("ours", "worktree", "add", "-q", "-b", "theirs", "../theirs")


def based(name: str, raw: bytes) -> None:
    """Reset both branches to this file."""
    git("ours", "checkout", "-q", "--orphan", "fresh")
    git("ours", "rm", "-rfq", "--ignore-unmatch", ".")
    Path("ours", name).write_bytes(raw)
    git("ours", "add", name)
    git("ours", "commit", "-qm", "as it was")
    git("ours", "branch", "-qM", "main")
    git("theirs", "reset", "-q", "--hard", "main")


def merge() -> bool:
    """Commit and merge the changes of both; return whether there was no conflict."""
    for side in SIDES:
        git(side, "commit", "-qam", side)
    return git("ours", "merge", "-q", "theirs") == 0


class Pair(NamedTuple):
    """A file before and after the changes of two people to different entries."""

    path: Path
    base: Data
    sides: tuple[Data, ...]


def pair(rng: Random, layout: str, run: Run) -> Pair:
    """Make the changes of two people in the two work trees."""
    name = "renewctl.json" if "json" in layout else "renewctl.toml"
    sides: list[Data] = []
    while len(sides) < 2:
        raw = (EXAMPLES / layout).read_bytes() if layout in STORES[:2] else made(rng, layout).raw
        based(name, raw)
        base, sides = parse_data(raw.decode("utf-8-sig"), name), []
        for side in SIDES:
            for _ in range(10):  # A command can have no effect, or be refused.
                Path(side, name).write_bytes(raw)
                after = changed(Path(side, name), rng, side, run)
                done = touched(base, after)
                if done and not any(done & touched(base, other) for other in sides):
                    sides.append(after)
                    break
    return Pair(Path("ours", name), base, tuple(sides))


def complaints(path: Path, run: Run, *words: str) -> list[str]:
    """Return the errors of a command for an invalid file, which must stay the same."""
    before = path.read_bytes()
    ran = run(*words, "--store", str(path), "-o", "json")
    assert (ran.status, ran.out, path.read_bytes()) == (3, "", before), ran
    answer = json.loads(ran.err)
    assert answer["hint"] == RESOLVE
    return [problem["message"] for problem in answer["problems"]]


def settled(text: str, name: str, side: str) -> Data | None:
    """Return the data with one side of every conflict; None if it is not valid."""
    try:
        return parse_data(CONFLICT.sub(lambda found: found[side], text), name)
    except ValueError:
        return None


def named(entry: tuple[str, ...], message: str) -> bool:
    """Return whether a message contains the entry, or its table on one line."""
    name = f'{entry[0]}."{entry[1]}"' if len(entry) > 1 else entry[0]
    return name in message or bool(re.search(rf" {entry[0]}[ ,]", message))


def reported(found: Pair, text: str, run: Run) -> None:
    """Check that a conflict is reported with its lines and all entries that differ."""
    messages = complaints(found.path, run, "who")
    starts = [text.count("\n", 0, match.start()) + 1 for match in CONFLICT.finditer(text)]
    assert [int(re.findall(r"lines (\d+)-", message)[0]) for message in messages] == starts
    ways = [settled(text, found.path.name, side) for side in SIDES]
    if None not in ways and " more," not in "".join(messages):
        missing = [entry for entry in touched(*ways) if not named(entry, "".join(messages))]
        assert not missing, (messages, text)


def neighbours(found: Pair) -> bool:
    """Return whether both changed the same or adjacent places in a list."""
    reach: list[set[tuple[str, int]]] = []
    for after in found.sides:
        places: set[tuple[str, int]] = set()
        for top in HOLDERS:
            at = {key: place for place, key in enumerate(found.base[top])}
            order = [*after[top]]
            for entry in touched(found.base, after):
                if entry[0] == top and entry[1] in at:
                    places.add((top, at[entry[1]]))
                elif entry[0] == top:
                    here = order.index(entry[1])
                    near = [key for key in order[max(0, here - 1) : here + 2] if key in at]
                    places.update((top, at[key]) for key in near)
        reach.append(places)
    return any(one[0] == two[0] and abs(one[1] - two[1]) <= 1 for one in reach[0] for two in reach[1])


SEEDS = [
    range(10),
    range(10, 20),
    *(pytest.param(range(at, at + 20), marks=pytest.mark.soak) for at in range(20, 220, 20)),
]


@pytest.mark.usefixtures("team")
@pytest.mark.parametrize("seeds", SEEDS, ids=lambda seeds: f"{seeds[0]}-{seeds[-1]}")
def test_changes_of_different_entries_are_merged_or_reported(seeds: range, run: Run) -> None:
    for seed in seeds:
        layout = STORES[seed % len(STORES)]
        found = pair(Random(seed), layout, run)
        clean, text = merge(), found.path.read_bytes().decode("utf-8-sig")
        if clean:
            assert entries(parse_data(text, found.path.name)) == both(found.base, *found.sides), (
                seed,
                layout,
            )
            assert run("check", "--store", str(found.path)).status in {0, 1}, (seed, layout)
        else:
            assert layout not in STORES[:2] or neighbours(found), (seed, layout, text)
            reported(found, text, run)
            git("ours", "merge", "--abort")


def added(side: str, key: str, run: Run, name: str) -> None:
    words = ("client", "add", key, "--name", key, "--renewal", "2027-03-01", "--store", f"{side}/{name}")
    assert run(*words, "-q").status == 0


@pytest.mark.usefixtures("team")
@pytest.mark.parametrize("name", ["renewctl.toml", "renewctl.json"])
def test_clients_added_by_two_people_to_a_sorted_file_are_merged(name: str, run: Run) -> None:
    assert (
        run("init", "--owner", "hubspot", "--notify", "ana@p.example", "--store", f"ours/{name}").status == 0
    )
    for key in ("f.example", "m.example", "t.example"):
        added("ours", key, run, name)
    based(name, Path("ours", name).read_bytes())
    for side, keys in (("ours", ("z.example", "h.example")), ("theirs", ("p.example", "b.example"))):
        for key in keys:
            added(side, key, run, name)
    assert merge()
    ran = run("client", "list", "--store", f"ours/{name}", "-o", "names")
    assert ran.out.split() == [f"{letter}.example" for letter in "bfhmptz"]


@pytest.mark.usefixtures("team")
@pytest.mark.parametrize("name", ["agency.toml", "agency.json"])
def test_clients_added_by_two_people_to_the_example_are_merged(name: str, run: Run) -> None:
    """It is sorted by country, and therefore in key order except in three places."""
    based(name, (EXAMPLES / name).read_bytes())
    added("ours", "bazar-do-porto.example", run, name)
    added("theirs", "hotel-mondego.example", run, name)
    added("theirs", "zebra-e-filhos.example", run, name)
    assert merge()
    assert run("client", "show", "hotel-mondego.example", "--store", f"ours/{name}").status == 0
    assert run("client", "show", "bazar-do-porto.example", "--store", f"ours/{name}").status == 0


READS = (
    "who", "explain CLIENT", "contacts", "client list", "client show CLIENT", "user list", "check", "diff",
    "todo", "export -", "calendar", "set-default",
)  # fmt: skip
WRITES = (
    "override CLIENT --owner hubspot", "clear-override CLIENT", "client add new.example",
    "client set CLIENT --name x", "client remove CLIENT", "client rename CLIENT new.example",
    "client assign CLIENT billing a@b.example", "client unassign CLIENT billing",
    "client set-renewal CLIENT 2028-01-01", "client remove-renewal CLIENT", "client renew CLIENT",
    "user add new@p.example", "user set ana --name x", "user remove ana", "user replace ana ines",
    "confirm CLIENT", "set-default --owner hubspot", "import rows.csv", "undo", "migrate",
)  # fmt: skip


@pytest.mark.usefixtures("team")
@pytest.mark.parametrize("style", ["merge", "diff3"])
@pytest.mark.parametrize("name", ["agency.toml", "agency.json"])
def test_every_command_reports_a_conflict_with_client_and_lines(name: str, style: str, run: Run) -> None:
    client = "vinhos-do-vale.example"
    based(name, (EXAMPLES / name).read_bytes())
    for side, user in (("ours", "ines"), ("theirs", "tiago")):
        words = ("override", client, "--owner", "partner", "--notify", user, "--store", f"{side}/{name}")
        assert run(*words, "-q").status == 0
    git("ours", "config", "merge.conflictStyle", style)
    assert not merge()
    path = Path("ours", name)
    lines = path.read_text().splitlines()
    first, last = (next(n for n, line in enumerate(lines, 1) if line.startswith(7 * c)) for c in "<>")
    Path("rows.csv").write_text("domain,name\nnew.example,New\n")
    for words in (*READS, *WRITES):
        found = complaints(path, run, *words.replace("CLIENT", client).split())
        assert found == [f'merge conflict in clients."{client}", lines {first}-{last}'], words


@pytest.mark.usefixtures("team")
def test_a_conflict_of_two_new_clients_is_resolved_by_keeping_both(run: Run) -> None:
    name = "renewctl.toml"
    based(name, b'version = 1\n\n[clients."m.example"]\n')
    added("ours", "x.example", run, name)
    added("theirs", "y.example", run, name)
    assert not merge()
    path = Path("ours", name)
    (message,) = complaints(path, run, "who")
    assert message == 'merge conflict in clients."x.example" and clients."y.example", lines 5-11'
    kept = [line for line in path.read_text().splitlines() if line[:7] not in {"<" * 7, "=" * 7, ">" * 7}]
    path.write_text("\n".join(kept) + "\n")
    assert run("client", "list", "--store", str(path), "-o", "names").out.split() == [
        "m.example",
        "x.example",
        "y.example",
    ]
