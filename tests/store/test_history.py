"""The journal: records of killed writers are settled, invalid lines skipped."""

import json
import os
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import RESET
from portfolios import STORES
from renewctl.files import digest
from renewctl.main import main
from renewctl.store import history

STORE = 'version = 1\n\n[defaults]\nowner = "hubspot"\n\n[clients."a.example"]\nname = "A"\n'
RECORD = Path("renewctl.toml.history.jsonl")


@pytest.fixture(autouse=True)
def store() -> Path:
    """Return a data file with one client."""
    path = Path("renewctl.toml")
    path.write_text(STORE, encoding="utf-8")
    path.chmod(0o600)
    return path


def name(text: str, *words: str) -> int:
    """Give the client another name."""
    return main(["client", "set", "a.example", "--name", text, "-q", *words])


def lines() -> list[dict[str, object]]:
    """Return the lines of the journal."""
    return [json.loads(line) for line in RECORD.read_text().splitlines()]


def known(store: Path) -> list[str]:
    """Return the names in the journal, oldest first."""
    found = history.read(store, digest(store.read_bytes())).records
    return [str(entry.changes[0].after) for entry in found]


def like_a_record(path: object = ("x-a",), after: object = 1, **values: object) -> dict[str, object]:
    """Return a line of the history with odd values."""
    texts = dict.fromkeys(("user", "host", "at", "note", "command", "before", "after"), "")
    change = {"path": path, "before": None, "after": after}
    return {"id": "aaaa1111", "parent": None, **texts, "changes": [change], "texts": [], **values}


ODD_VALUES: tuple[dict[str, object], ...] = (
    *({"path": path} for path in (["clients", 5], ["clients"], [], [True], "x", [["x"]], {"clients": 1})),
    *({"after": after} for after in ({"date": None}, [None], [{"a": [None]}])),
    *({key: value} for key in ("user", "at", "command", "before") for value in (None, [None], 5, {})),
    *({"texts": [{key: 5}]} for key in ("path", "was", "after", "old", "new", "old_gap", "new_gap")),
    {"parent": 7},
    {"undoes": []},
)


def test_a_change_is_recorded_before_and_after_it_is_made(store: Path) -> None:
    before = digest(store.read_bytes())
    assert name("B", "--note", "asked") == 0
    intent, done = lines()
    assert (intent["before"], intent["after"]) == (before, digest(store.read_bytes()))
    assert (intent["command"], intent["note"], intent["parent"]) == ("client set", "asked", None)
    assert done == {"done": intent["id"]}
    assert name("C") == 0
    assert lines()[2]["parent"] == intent["id"]


def test_a_command_without_changes_is_not_recorded() -> None:
    assert name("A") == 0
    assert name("B", "-n") == 0
    assert not RECORD.exists()


def test_the_journal_has_the_access_rights_of_the_data_file(store: Path) -> None:
    name("B")
    assert RECORD.stat().st_mode & 0o777 == 0o600
    RECORD.unlink()
    store.chmod(0o664)
    before = os.umask(0o077)
    try:
        name("C")
    finally:
        os.umask(before)
    assert RECORD.stat().st_mode & 0o777 == 0o664
    RECORD.chmod(0o640)
    name("D")
    assert RECORD.stat().st_mode & 0o777 == 0o664


@pytest.mark.skipif(os.geteuid() != 0, reason="only the superuser can give files away")
def test_a_change_by_the_superuser_locks_nobody_out(store: Path) -> None:
    os.chown(store, 65534, 65534)
    name("B")
    assert (RECORD.stat().st_uid, RECORD.stat().st_gid) == (65534, 65534)


@pytest.mark.parametrize("made", [True, False], ids=["after the replace", "before the replace"])
def test_an_open_record_of_a_killed_writer_is_settled_by_the_digest(store: Path, made: bool) -> None:
    old = store.read_bytes()
    name("B")
    RECORD.write_text(RECORD.read_text().splitlines()[0] + "\n")  # killed before the last line
    if not made:
        store.write_bytes(old)
    assert known(store) == (["B"] if made else [])
    # The next writer settles it permanently; the result of reading stays the same.
    name("C")
    key = "done" if made else "dropped"
    assert lines()[1] == {key: lines()[0]["id"]}
    assert known(store) == (["B", "C"] if made else ["C"])


def test_half_a_line_of_a_killed_writer_is_skipped(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name("B")
    with RECORD.open("a") as file:
        file.write('{"id":"12345678","parent":"')
    assert name("C") == 0
    assert known(store) == ["B", "C"]
    assert main(["undo", "-q"]) == 0
    assert 'name = "B"' in store.read_text()
    assert main(["history", "-o", "names"]) == 0
    assert capsys.readouterr().err.endswith(" cannot be read: 3\n")


@pytest.mark.parametrize(
    "line",
    [
        "",
        "null",
        "[]",
        "1",
        '"id"',
        "{}",
        '{"id": 1}',
        '{"id": "x", "changes": 1}',
        '{"done": "unknown"}',
        '{"done": [1]}',
        '{"dropped": null}',
        '{"unsure": {}}',
        "\x00",
        "[" * 5000,
        '{"id": "x", "parent": null, "changes": [{"path": 1}], "texts": []}',
        *(json.dumps(like_a_record(**values)) for values in ODD_VALUES),
    ],
)
def test_lines_that_renewctl_did_not_write_are_skipped(store: Path, line: str) -> None:
    name("B")
    with RECORD.open("a") as file:
        file.write(line + "\n")
    assert name("C") == 0
    assert known(store) == ["B", "C"]
    assert main(["undo", "-q"]) == 0
    assert main(["history", "-q"]) == 0


def test_a_change_that_cannot_be_recorded_is_not_made(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = store.read_bytes()
    RECORD.mkdir()
    assert name("B") == 74
    assert "not a regular file" in capsys.readouterr().err
    RECORD.rmdir()
    os.mkfifo(RECORD)
    assert name("B") == 74  # and does not wait for a reader
    assert main(["undo"]) == 74
    assert main(["history"]) == 74
    assert store.read_bytes() == before


def test_the_journal_of_a_linked_file_is_next_to_the_target(store: Path) -> None:
    Path("linked").mkdir()
    Path("linked/mine.toml").symlink_to(store.absolute())
    assert name("B", "--store", "linked/mine.toml") == 0
    assert RECORD.exists()
    assert [path.name for path in Path("linked").iterdir()] == ["mine.toml"]
    assert main(["undo", "-q", "--store", "linked/mine.toml"]) == 0
    assert store.read_text() == STORE


def test_undo_restores_dates_as_dates(store: Path) -> None:
    main(["client", "set-renewal", "a.example", "2027-03-01", "-q"])
    main(["client", "remove", "a.example", "-q", "--yes"])
    without = [{**line, "texts": []} if "texts" in line else line for line in lines()]
    RECORD.write_text("".join(json.dumps(line) + "\n" for line in without))
    # Without its text, the client is written from its values.
    assert main(["undo", "-q", "--yes"]) == 0
    assert "date = 2027-03-01" in store.read_text()


def test_undo_restores_the_exact_text_of_a_client_after_the_one_above_was_removed(store: Path) -> None:
    removed = '\n# by phone\n[clients."b.example"]\nname = "B"   # for short\n'
    store.write_text(STORE + removed)
    assert main(["client", "remove", "b.example", "-q", "--yes"]) == 0
    assert main(["client", "remove", "a.example", "-q", "--yes"]) == 0
    assert main(["undo", str(lines()[0]["id"]), "-q", "--yes"]) == 0
    assert store.read_text().endswith(removed)


@pytest.mark.parametrize(
    "value",
    ["07:30:00", "07:30:00.25", "2027-01-01T07:30:00", "2027-01-01T07:30:00Z", "2027-01-01T07:30:00.5-07:00"],
)
@pytest.mark.parametrize("output", ["table", "json"])
def test_undo_restores_times_in_the_users_own_keys(
    value: str, output: str, store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = STORE + f"x-called = {value}\nx-calls = [{value}]\n"
    store.write_text(text)
    assert main(["client", "remove", "a.example", "--yes", "-o", output]) == 0
    capsys.readouterr()
    assert main(["history", "--long", "-o", output]) == 0
    assert value[:5] in capsys.readouterr().out
    assert main(["undo", "--yes", "-o", output]) == 0
    assert store.read_text() == text


def test_only_a_change_outside_renewctl_is_marked_as_one(store: Path) -> None:
    name("B")
    name("C")
    found = history.read(store, digest(store.read_bytes()))
    assert ([entry.outside for entry in found.records], found.outside) == ([False, False], False)
    store.write_text(store.read_text() + "# by hand\n")
    assert history.read(store, digest(store.read_bytes())).outside
    name("D")
    found = history.read(store, digest(store.read_bytes()))
    assert ([entry.outside for entry in found.records], found.outside) == ([False, False, True], False)


def test_a_change_does_not_decode_a_long_journal(store: Path) -> None:
    for number in range(30):
        name(f"name {number} " + "x" * 300)
    assert RECORD.stat().st_size > 5 * 4096
    assert len(known(store)) == 30
    for number in range(29, 24, -1):
        identity = history.read(store, digest(store.read_bytes())).records[number].id
        assert main(["undo", identity, "-q"]) == (0)
    assert "name 24 " in store.read_text()


def test_ids_are_unique(store: Path) -> None:
    name("B")
    for _ in range(12):
        main(["undo", "-q"])
    found = [line["id"] for line in lines() if "id" in line]
    assert len(found) == len(set(found)) == 13


def test_undo_is_refused_if_its_client_was_renamed_later(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["override", "a.example", "--owner", "hubspot", "-q"])
    main(["clear-override", "a.example", "-q"])
    main(["client", "rename", "a.example", "b.example", "-q"])
    cleared = history.read(store, digest(store.read_bytes())).records[1].id
    before = store.read_bytes()
    capsys.readouterr()
    assert main(["undo", cleared]) == 5
    assert 'clients."a.example" no longer exists' in capsys.readouterr().err
    assert store.read_bytes() == before


def test_undo_of_an_older_change_keeps_later_changes(store: Path) -> None:
    name("B")
    main(["set-default", "--owner", "hubspot", "--notify", "none", "-q"])
    main(["user", "add", "ana@agency.example", "-q"])
    main(["set-default", "--notify", "ana", "-q"])
    first = history.read(store, digest(store.read_bytes())).records[0].id
    assert main(["undo", first[:4], "-q"]) == 0
    assert 'name = "A"' in store.read_text()
    assert 'notify = "ana@agency.example"' in store.read_text()


def test_undo_reverses_the_intended_change_or_none(store: Path) -> None:
    """Somebody else can make a change before the lock is acquired."""
    from renewctl.errors import StoreChanged
    from renewctl.store.journal import Author
    from renewctl.store.location import Location
    from renewctl.store.undo import undo_change
    from renewctl.store.write import WriteOptions, write_change

    name("B")

    def agree(draft: object, may_ask: bool) -> bool:
        if may_ask:
            main(["set-default", "--owner", "partner", "--notify", "none", "-q"])
            main(["user", "add", "eva@agency.example", "-q"])
        return False

    place = Location(store, "renewctl.toml", "named by the test")
    terms = WriteOptions(agree, lambda: Author("ana", "desk", "2026-11-23T12:00:00Z"))
    with pytest.raises(StoreChanged, match=r"newer change: user add \w+"):
        write_change(place, undo_change(None), terms)
    assert 'name = "B"' in store.read_text()
    assert "eva@agency.example" in store.read_text()


@pytest.mark.parametrize(
    ("before", "taken", "between", "message"),
    [
        (
            [],
            "user add zed@agency.example",
            ["override a.example --owner partner --notify zed"],
            "a.example uses zed@agency.example, who would no longer be a partner user: "
            "renewctl user replace zed@agency.example NEW",
        ),
        (
            ["user add zed@agency.example", "override a.example --owner partner --notify zed"],
            "clear-override a.example",
            ["user remove zed"],
            "a.example would use zed@agency.example",
        ),
        (
            ["client set a.example --hub-id 7"],
            "client remove a.example",
            ["client add b.example --hub-id 7"],
            "two clients would have the hub ID 7",
        ),
    ],
)
def test_undo_refuses_what_a_command_would_refuse(
    before: list[str], taken: str, between: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    store = Path("renewctl.toml")
    for line in (*before, taken):
        assert main([*line.split(), "-q", "--yes"]) == 0
    identity = history.read(store, digest(store.read_bytes())).records[-1].id
    for line in between:
        assert main([*line.split(), "-q", "--yes"]) == 0
    text = store.read_text()
    capsys.readouterr()
    assert main(["undo", identity, "--yes"]) == 5
    assert message in capsys.readouterr().err
    assert store.read_text() == text


def test_a_change_of_unknown_outcome_is_marked_and_not_undone(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = store.read_bytes()
    name("B")
    name("C")
    # The writer of the second change was killed before the replace, and then somebody changed the file.
    RECORD.write_text("".join(line + "\n" for line in RECORD.read_text().splitlines()[:3]))
    store.write_bytes(old.replace(b'"A"', b'"B"') + b"# by hand\n")
    assert main(["history", "-o", "json"]) == 0
    items = json.loads(capsys.readouterr().out)["items"]
    assert [(item["unsure"], item["outside"]) for item in items] == [
        (False, True),
        (True, False),
        (False, False),
    ]
    assert main(["undo", "-q"]) == 0
    assert 'name = "A"' in store.read_text()
    assert {"unsure": lines()[2]["id"]} in lines()


def test_undo_of_an_undone_change_is_refused(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name("B")
    identity = history.read(store, digest(store.read_bytes())).records[0].id
    assert main(["undo", identity, "-q"]) == 0
    capsys.readouterr()
    assert main(["undo", identity]) == 5
    err = capsys.readouterr().err
    assert f"client set {identity} was already undone by undo" in err
    assert "redo it: renewctl undo" in err


TWO_PLACES = """\
[clients."a.example"]  # first
x-share = 1

[clients."b.example"]
name = "B"

[clients."c.example"]

# why
[clients."a.example".override]
owner = "partner"
"""
FOUR = '{\r\n    "clients": {\r\n        "a.example": {\r\n            "name": "A"\r\n        }\r\n    }\r\n}'


@pytest.mark.parametrize(
    ("suffix", "text", "argv"),
    [
        ("toml", TWO_PLACES, ("client", "remove", "b.example")),
        ("toml", TWO_PLACES, ("client", "remove", "c.example")),
        ("toml", TWO_PLACES, ("client", "add", "d.example", "--name", "D")),
        ("toml", TWO_PLACES, ("client", "rename", "b.example", "z.example")),
        ("json", FOUR, ("client", "remove", "a.example")),
        ("json", "", ("client", "add", "a.example")),
    ],
)
def test_undo_restores_the_bytes_of_unusual_layouts(suffix: str, text: str, argv: tuple[str, ...]) -> None:
    """One client in two places; a file that loses its style with its last client."""
    Path("renewctl.toml").unlink()
    store = Path(f"renewctl.{suffix}")
    store.write_bytes(text.encode())
    assert main([*argv, "-q", "--yes"]) == 0
    new = store.read_bytes()
    assert new != text.encode()
    for wanted in (text.encode(), new, text.encode()):
        assert main(["undo", "-q", "--yes"]) == 0
        assert store.read_bytes() == wanted


def test_undo_of_a_client_in_two_places_keeps_the_comments_of_others(store: Path) -> None:
    store.write_text(TWO_PLACES)
    main(["client", "remove", "b.example", "-q"])
    removed = history.read(store, digest(store.read_bytes())).records[0].id
    main(["user", "add", "ana@agency.example", "-q"])
    assert main(["undo", removed, "-q"]) == 0
    found = store.read_text()
    assert all(line in found for line in TWO_PLACES.splitlines())


def test_undo_works_with_a_value_that_does_not_equal_itself(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store.write_text(STORE + "x-share = nan  # unknown\n[x-ours]\nx = [nan]\n")
    before = store.read_bytes()
    for argv in (
        ["client", "remove", "a.example"],
        ["undo"],
        ["undo"],
        ["undo"],
        ["client", "set", "a.example", "--name", "C"],
        ["undo"],
    ):
        assert main([*argv, "-q"]) == 0
    assert store.read_bytes() == before
    capsys.readouterr()
    assert main(["diff", str(store), str(store), "--exit-code"]) == 0


@pytest.mark.parametrize("argv", [("client", "remove", "b.example"), ("migrate", "--layout")])
@pytest.mark.parametrize("ends", [("\n", "\r\n"), ("\r\n", "\n")])
def test_undo_uses_the_current_line_ends_of_the_file(
    store: Path, argv: tuple[str, ...], ends: tuple[str, str]
) -> None:
    text = TWO_PLACES.replace("\n", ends[0])
    store.write_bytes(text.encode())
    assert main([*argv, "-q", "--yes"]) == 0
    store.write_bytes(store.read_bytes().replace(ends[0].encode(), ends[1].encode()))
    assert main(["undo", "-q", "--yes"]) == 0
    assert store.read_bytes() == TWO_PLACES.replace("\n", ends[1]).encode()


@pytest.mark.parametrize(
    ("first", "second", "wanted"),
    [
        (
            ("client", "add", "b.example"),
            ("client", "add", "c.example"),
            "[clients.'a.example']\n# below a\n\n[clients.\"c.example\"]\n\n[clients.'z.example']\n",
        ),
        (
            ("client", "remove", "a.example"),
            ("client", "add", "y.example"),
            "# below a\n\n[clients.'a.example']\n\n[clients.\"y.example\"]\n\n[clients.'z.example']\n",
        ),
    ],
)
def test_undo_of_an_older_change_moves_no_comment_below_another_client(
    first: tuple[str, ...], second: tuple[str, ...], wanted: str
) -> None:
    path = Path("renewctl.toml")
    path.write_text("[clients.'a.example']\n# below a\n\n[clients.'z.example']\n")
    assert main([*first, "--yes", "-q"]) == 0
    identity = history.read(path, digest(path.read_bytes())).records[-1].id
    assert main([*second, "--yes", "-q"]) == 0
    assert main(["undo", identity, "--yes", "-q"]) == 0
    assert path.read_text() == wanted


def test_undo_is_refused_if_the_item_was_removed(capsys: pytest.CaptureFixture[str]) -> None:
    path = Path("renewctl.toml")
    path.write_text("[clients.a]\nrenewals = [{ date = 2027-01-01, product = 'S', deadline = 2026-12-01 }]\n")
    assert main(["client", "set-renewal", "a", "2027-01-01", "--product", "S", "-q"]) == 0
    identity = history.read(path, digest(path.read_bytes())).records[-1].id
    assert main(["client", "remove-renewal", "a", "--product", "S", "-q"]) == 0
    assert main(["undo", identity, "-q"]) == 5
    assert "clients.a.renewals.S no longer exists" in capsys.readouterr().err


def test_undo_keeps_a_comment_below_its_client() -> None:
    path = Path("renewctl.toml")
    path.write_text("[clients.'a.example']\n\n[clients.'z.example']\n")
    assert main(["client", "remove", "z.example", "--yes", "-q"]) == 0
    path.write_text(path.read_text() + "# outside\n")
    assert main(["undo", "--yes", "-q"]) == 0
    assert path.read_text() == "[clients.'a.example']\n# outside\n\n[clients.'z.example']\n"


LOOSE = (
    ("client", "remove", "sorvetes-jabuticaba.example"),
    ("client", "rename", "sorvetes-jabuticaba.example", "sorvetes.example"),
    ("override", "sorvetes-jabuticaba.example", "--owner", "hubspot"),
    ("clear-override", "sorvetes-jabuticaba.example"),
    ("clear-override", "--all"),
    ("set-default", "--owner", "partner", "--notify", "ines"),
)
"""In the example, the client's override names somebody who is not one of the users."""


@pytest.mark.parametrize("words", LOOSE, ids=" ".join)
def test_undo_of_an_older_change_may_restore_a_broken_reference(
    words: tuple[str, ...], examples: Path
) -> None:
    """A later change does not keep undo from restoring a broken reference."""
    path = Path("renewctl.toml")
    path.write_bytes((examples / "agency.toml").read_bytes())
    assert main([*words, "--yes", "-q"]) == 0
    identity = history.read(path, digest(path.read_bytes())).records[-1].id
    assert main(["client", "set", "padaria-central.example", "--name", "P", "-q"]) == 0
    assert main(["client", "rename", "padaria-central.example", "padaria.example", "-q"]) == 0
    assert main(["undo", identity, "--yes", "-q"]) == 0


@pytest.mark.parametrize("words", LOOSE, ids=" ".join)
@pytest.mark.parametrize("name", ["agency.toml", "agency.json"])
def test_undo_of_the_last_change_may_restore_a_broken_reference(
    name: str, words: tuple[str, ...], examples: Path
) -> None:
    path = Path(name)
    path.write_bytes((examples / name).read_bytes())
    assert main([*words, "--yes", "-q", "--store", name]) == 0
    assert path.read_bytes() != (examples / name).read_bytes()
    assert main(["undo", "--yes", "-q", "--store", name]) == 0
    assert path.read_bytes() == (examples / name).read_bytes()


LOOSE_STORES = st.builds(
    lambda data, hub_ids: {
        **data,
        "version": 1,
        "clients": {
            key: {**table, **({"hub_id": hub_id} if hub_id else {})}
            for (key, table), hub_id in zip(data["clients"].items(), hub_ids, strict=False)
        },
    },
    STORES,
    st.tuples(*[st.sampled_from([0, 7, 7, 8])] * 3),
)
"""Stores whose settings name addresses that may be nobody's, and whose clients may share a hub ID."""
UNDONE = (
    *("client remove a.example", "client rename a.example z.example", "clear-override --all"),
    *(
        "clear-override a.example",
        "override a.example b.example --owner hubspot",
        "override --from-file list.csv",
    ),
    *("set-default --owner partner --notify none", "set-default --owner hubspot --notify none"),
    *("user remove w@p.example", "user replace u@p.example v@p.example", "user add n@p.example"),
    *("import --prune roster.csv", "client set a.example --name N", "confirm --all", "client add n.example"),
)


@settings(max_examples=settings().max_examples // 2, suppress_health_check=RESET)
@given(data=LOOSE_STORES, lines=st.lists(st.sampled_from(UNDONE), min_size=1, max_size=2))
@pytest.mark.parametrize("dump", [tomlkit.dumps, partial(json.dumps, default=str)], ids=["toml", "json"])
def test_undo_of_any_command_restores_the_bytes(
    dump: Callable[..., str], data: dict[str, object], lines: list[str]
) -> None:
    path = Path("undo.toml" if dump is tomlkit.dumps else "undo.json")
    RECORD.with_name(f"{path}{history.SUFFIX}").unlink(missing_ok=True)
    path.write_text(dump(data), encoding="utf-8")
    Path("list.csv").write_text("client,owner\nb.example,hubspot\nc.example,default\n")
    Path("roster.csv").write_text("client\na.example\n")
    states = [(path.read_bytes(), "")]
    for line in lines:
        if main([*line.split(), "--yes", "-q", "--store", str(path)]) == 0:
            text = path.read_bytes()
            if text != states[-1][0]:
                states.append((text, history.read(path, digest(text)).records[-1].id))
    for (expected, _), (_, identity) in reversed([*pairwise(states)]):
        assert main(["undo", identity, "--yes", "-q", "--store", str(path)]) == 0
        assert path.read_bytes() == expected


RUI = """version = 1

[users."ana@p.example"]
name = "Ana"
[users."rui@p.example"]
  name = "N2"
# above
active = false
"""


def test_undo_of_an_older_change_keeps_a_later_comment_below_its_entry(store: Path) -> None:
    """Undo can absorb the comment into the entry, whose old text does not have it."""
    store.write_text(RUI)
    assert main(["user", "set", "rui@p.example", "--name", "A", "--active"]) == 0
    older = history.read(store, digest(store.read_bytes())).records[-1].id
    store.write_text(store.read_text() + "# outside\n")
    assert main(["user", "add", "eva@p.example"]) == 0
    assert main(["undo", older, "--yes"]) == 0

    assert "# outside\n" in store.read_text()
    users = tomlkit.parse(store.read_text()).unwrap()["users"]
    assert users["rui@p.example"] == {"name": "N2", "active": False}


@pytest.mark.parametrize(
    ("line", "old"),
    [
        ("confirm a.example", "done"),
        ("client renew a.example", "client renewed"),
        ("client remove-renewal a.example", "client drop-renewal"),
    ],
)
def test_a_change_recorded_with_an_old_command_name_can_be_shown_and_undone(
    line: str, old: str, store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store.write_text(f"{STORE}renewals = [{{ date = 2026-12-20 }}]\n")
    before = store.read_bytes()
    assert main([*line.split(), "--yes", "-q"]) == 0
    assert store.read_bytes() != before
    renamed = [{**entry, "command": old} if "command" in entry else entry for entry in lines()]
    RECORD.write_text("".join(f"{json.dumps(entry)}\n" for entry in renamed))
    capsys.readouterr()
    assert main(["history", "-o", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["items"][0]["command"] == old
    assert main(["undo", "--yes", "-q"]) == 0
    assert store.read_bytes() == before
