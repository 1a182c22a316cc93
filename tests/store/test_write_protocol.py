"""How the store is written: locks, conflicts, modes, owners, links, and what is in the way.

What the superuser may do anyway is tried in a process without privileges.
"""

import os
import shutil
import signal
import socket
import stat
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from store.faulty import Call, Ran, Server, held

ROOT = os.geteuid() == 0
NOBODY = 65534
STORE = """\
version = 1

[defaults]
owner = "hubspot"

[users."ana@agency.example"]
name = "Ana"

[clients."acme.example"]
contacts = [{ email = "paula@acme.example", roles = ["primary"] }]
"""
EDIT = ("set-default", "--notify", "ana@agency.example")
LOCK = Path(".renewctl.toml.lock")
HISTORY = Path("renewctl.toml.history.jsonl")
DAEMON, GAMES = 1, 5
"""Users, and groups, of any Debian: daemon and games."""
as_root = pytest.mark.skipif(not ROOT, reason="only the superuser can give files away")


@pytest.fixture
def store() -> Path:
    """Return a small store, here."""
    path = Path("renewctl.toml")
    path.write_text(STORE, encoding="utf-8")
    return path


@pytest.fixture
def anybodys(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a store in the current folder, which every user may enter and write."""
    folder = Path(tempfile.mkdtemp(dir="/tmp"))
    folder.chmod(0o777)
    monkeypatch.chdir(folder)
    path = Path("renewctl.toml")
    path.write_text(STORE, encoding="utf-8")
    yield path
    monkeypatch.undo()
    shutil.rmtree(folder)


def plain(server: Server, *argv: str, **job: Any) -> Ran:
    """Run renewctl as somebody without privileges."""
    return server.run(*argv, **({"user": NOBODY} if ROOT else {}), **job)


def given(path: Path, text: str | None = None) -> Path:
    """Give a file, a new one if it has a text, to whom ``plain`` runs as."""
    if text is not None:
        path.write_text(text, encoding="utf-8")
    if ROOT:
        os.chown(path, NOBODY, NOBODY)
    return path


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def on_lock(ran: Ran, name: str) -> list[Call]:
    """Return a run's calls of that name on the lock file."""
    return [call for call in ran.calls if call.name == name and call.path == str(LOCK)]


def refused(ran: Ran, store: Path, message: str, status: int = 74) -> None:
    """Check that a run said why it wrote nothing, and wrote nothing."""
    assert (ran.status, ran.out) == (status, ""), ran
    assert ran.err.startswith("error: ")
    assert message in ran.err
    assert "\nhelp: " in ran.err
    assert "@" not in ran.err, "nobody's address is needed to say that"
    assert store.read_text() == STORE
    assert not list(Path().glob(".*.tmp"))


# ------------------------------------------------------------------ nothing to write


def test_a_change_that_changes_nothing_takes_no_lock_and_opens_nothing_for_writing(
    store: Path, server: Server
) -> None:
    before = store.stat()
    ran = server.run("set-default", "--owner", "hubspot")
    assert ran.status == 0
    assert {call.name for call in ran.calls} <= {"lstat", "stat", "open", "read", "close", "readlink"}
    assert {call.detail for call in ran.calls if call.name == "open"} == {"rb"}
    assert (store.stat().st_mtime_ns, store.stat().st_ino) == (before.st_mtime_ns, before.st_ino)
    assert os.listdir() == ["renewctl.toml"]


def test_what_only_reads_does_not_even_import_the_lock(store: Path) -> None:
    loaded = "any(map(sys.modules.get, ('filelock', 'renewctl.store.lock')))"
    code = f"import sys; from renewctl.main import main; main(['who']); sys.exit({loaded})"
    assert (
        subprocess.run([sys.executable, "-c", code], stdout=subprocess.DEVNULL, check=False).returncode == 0
    )


# ------------------------------------------------------------------ others


def test_who_holds_the_lock_is_told_with_host_and_age(store: Path, server: Server) -> None:
    with held(store) as number:
        ran = server.run(*EDIT, "--lock-timeout", "0")
        refused(ran, store, f"is being written by process {number} on {socket.gethostname()}, for ", 5)
        assert "waited 0 s" in ran.err
        assert "--lock-timeout" in ran.err
        assert '"code": "store-locked"' in server.run(*EDIT, "--lock-timeout", "0", "-o", "json").err
        assert server.run("who").status == 0, "reading needs no lock"
        assert server.run(*EDIT, "--dry-run").status == 0, "nor does a dry run"
    assert server.run(*EDIT).status == 0


def test_a_lock_that_is_given_up_in_time_is_waited_for(store: Path, server: Server) -> None:
    with held(store) as number:
        timer = threading.Timer(0.3, os.kill, (number, signal.SIGKILL))
        timer.start()
        assert server.run(*EDIT).status == 0


@pytest.mark.parametrize("note", [b"", b"\xff\xfe", b"process 1\nsoon\n", b"x" * 5000 + b"\n1\n"])
def test_a_lock_that_does_not_say_whose_it_is_is_told_too(note: bytes, store: Path, server: Server) -> None:
    with held(store):
        LOCK.write_bytes(note)
        refused(server.run(*EDIT, "--lock-timeout", "0"), store, "is being written by another process", 5)


def test_a_lock_is_tried_once_without_time_and_again_with_some(store: Path, server: Server) -> None:
    with held(store):
        for seconds, tries in (("0", {1}), ("0.2", set(range(2, 20)))):
            ran = server.run(*EDIT, "--lock-timeout", seconds)
            assert ran.status == 5
            assert len(on_lock(ran, "flock")) in tries
            # no try leaves a file open, or a long wait would run out of them; one more reads whose it is
            assert len(on_lock(ran, "close")) == len(on_lock(ran, "flock")) + 1


def test_a_lock_file_that_is_removed_before_it_is_locked_is_made_again(store: Path, server: Server) -> None:
    ran = server.run(*EDIT, fault={"at": "flock", "kind": "unlink", "victim": str(LOCK)})
    assert ran.status == 0, ran.err
    assert len(on_lock(ran, "flock")) == 3, "two tries and the release"
    assert len(on_lock(ran, "close")) == 2
    assert LOCK.read_text().startswith("process ")


def test_a_lock_file_that_is_removed_before_it_is_opened_is_made_again(store: Path, server: Server) -> None:
    LOCK.touch()
    fault = {"at": "open", "path": ".lock", "n": 2, "kind": "unlink", "victim": str(LOCK)}
    ran = server.run(*EDIT, fault=fault)
    assert ran.status == 0, ran.err
    assert LOCK.read_text().startswith("process ")


@as_root
@pytest.mark.parametrize(
    ("folder", "owner", "fine"), [(0, NOBODY, True), (12345, 12345, True), (0, 12345, False)]
)
def test_a_lock_file_that_a_third_user_may_remove_is_refused(
    folder: int, owner: int, fine: bool, anybodys: Path, server: Server
) -> None:
    """Where only who has a file may remove it, it is to be ours or that of who has the folder."""
    given(anybodys)
    LOCK.touch()
    LOCK.chmod(0o666)
    os.chown(LOCK, owner, -1)
    os.chown(Path(), folder, -1)
    Path().chmod(0o1777)
    if not fine:
        refused(plain(server, *EDIT), anybodys, f"belongs to uid {owner}")
        Path().chmod(0o777)
    assert plain(server, *EDIT).status == 0


def test_a_link_put_in_the_lock_files_place_is_not_followed(store: Path, server: Server) -> None:
    """Put there after it was looked at what stands there."""
    Path("mine").write_text("mine")
    ran = server.run(*EDIT, fault={"at": "open", "path": ".lock", "kind": "symlink", "victim": str(LOCK)})
    refused(ran, store, ".renewctl.toml.lock")
    assert Path("mine").read_text() == "mine"


def test_a_new_lock_file_lets_others_in_before_it_is_locked(store: Path, server: Server) -> None:
    """Or they would be told that they may not, rather than wait."""
    store.chmod(0o660)
    assert server.run(*EDIT, umask=0o077, fault={"at": "flock", "kind": "kill"}).status == -9
    assert mode(LOCK) == 0o660


@pytest.mark.parametrize("kind", ["ENOLCK", "ENOSYS", "EOPNOTSUPP"])
def test_where_nothing_can_be_locked_nothing_is_written(kind: str, store: Path, server: Server) -> None:
    ran = server.run(*EDIT, fault={"at": "flock", "kind": kind})
    refused(ran, store, "does not support locks")
    assert "local disk" in ran.err


# ------------------------------------------------------------------ something in the lock's place


@pytest.mark.parametrize("what", ["a folder", "a pipe", "a link", "a link to nothing", "a device"])
def test_what_is_no_lock_file_is_refused_and_left_alone(what: str, store: Path, server: Server) -> None:
    make: dict[str, Callable[[], object]] = {
        "a folder": LOCK.mkdir,
        "a pipe": lambda: os.mkfifo(LOCK),
        "a link": lambda: (Path("mine").write_text("mine"), LOCK.symlink_to("mine")),
        "a link to nothing": lambda: LOCK.symlink_to("gone"),
        "a device": lambda: LOCK.symlink_to("/dev/null"),
    }
    make[what]()
    ran = server.run(*EDIT)
    refused(ran, store, str(LOCK))
    assert "remove it" in ran.err
    assert LOCK.is_symlink() == ("link" in what or what == "a device")
    assert not Path("gone").exists()
    assert not Path("mine").exists() or Path("mine").read_text() == "mine"


@as_root
def test_a_lock_of_somebody_else_that_cannot_be_opened_is_told(anybodys: Path, server: Server) -> None:
    given(anybodys)
    LOCK.touch(mode=0o600)
    ran = plain(server, *EDIT)
    refused(ran, anybodys, ".renewctl.toml.lock: Permission denied")
    assert "permissions" in ran.err


# ------------------------------------------------------------------ rights


def test_a_folder_that_cannot_be_written_is_refused(anybodys: Path, server: Server) -> None:
    """And the store is never written in place instead, though that would be allowed."""
    given(anybodys)
    Path().chmod(0o555)
    refused(plain(server, *EDIT), anybodys, "Permission denied")
    assert os.listdir() == ["renewctl.toml"]
    Path().chmod(0o777)
    assert plain(server, *EDIT).status == 0


def test_a_store_that_cannot_be_read_is_refused(anybodys: Path, server: Server) -> None:
    given(anybodys).chmod(0)
    for argv in (EDIT, ("who",)):
        ran = plain(server, *argv)
        assert (ran.status, ran.out) == (74, "")
        assert "cannot read renewctl.toml: Permission denied" in ran.err
        assert "permissions" in ran.err


def test_a_read_only_store_is_refused(anybodys: Path, server: Server) -> None:
    given(anybodys).chmod(0o444)
    refused(plain(server, *EDIT), anybodys, "read-only")
    assert mode(anybodys) == 0o444
    assert plain(server, *EDIT, "--dry-run").status == 0


@pytest.mark.parametrize("argv", [("import",), ("override", "--from-file")], ids=" ".join)
def test_a_list_that_cannot_be_read_is_told(argv: tuple[str, ...], anybodys: Path, server: Server) -> None:
    path = given(Path("list.csv"), text="client,name\nacme.example,Acme\n")
    path.chmod(0)
    refused(plain(server, *argv, "list.csv"), anybodys, "list.csv: Permission denied")


@as_root
def test_a_store_of_somebody_else_is_not_replaced_though_the_folder_would_allow_it(
    anybodys: Path, server: Server
) -> None:
    anybodys.chmod(0o644)
    refused(plain(server, *EDIT), anybodys, "not yours to write")
    assert anybodys.stat().st_uid == 0


@pytest.mark.parametrize("umask", [0o077, 0o000, 0o027])
@pytest.mark.parametrize("kept", [0o600, 0o640, 0o664, 0o666, 0o700])
def test_the_mode_is_kept_and_the_lock_has_it_too(umask: int, kept: int, store: Path, server: Server) -> None:
    store.chmod(kept)
    assert server.run(*EDIT, umask=umask).status == 0
    assert mode(store) == kept
    assert mode(LOCK) == kept & 0o666


@pytest.mark.parametrize("umask", [0o077, 0o000])
@pytest.mark.parametrize("name", ["renewctl.toml", "renewctl.json"])
def test_a_new_store_is_its_owners_alone(umask: int, name: str, server: Server) -> None:
    assert server.run("init", "--owner", "hubspot", "--store", name, umask=umask).status == 0
    assert sorted(os.listdir()) == sorted([name, "renewctl.schema.json"])
    for path in Path().iterdir():
        assert mode(path) == 0o600
        assert path.stat().st_nlink == 1


def test_the_new_text_is_never_open_to_more_people_than_the_store(store: Path, server: Server) -> None:
    """Killed just before the rename, so that the temporary file can be looked at."""
    store.chmod(0o640)
    assert server.run(*EDIT, umask=0, fault={"at": "replace", "kind": "kill"}).status == -9
    (temporary,) = Path().glob(".renewctl.toml.*.tmp")
    assert mode(temporary) == 0o640
    assert server.run(*EDIT, umask=0, fault={"at": "fchmod", "path": ".tmp", "kind": "kill"}).status == -9
    assert sorted(mode(path) for path in Path().glob(".*.tmp")) == [0o600, 0o640]


def test_the_lock_is_opened_to_others_when_the_store_is(store: Path, server: Server) -> None:
    store.chmod(0o600)
    assert server.run(*EDIT).status == 0
    store.chmod(0o660)
    assert server.run("set-default", "--notify", "none").status == 0
    assert mode(LOCK) == 0o660


@as_root
def test_owner_and_group_are_kept_and_the_lock_has_them_too(anybodys: Path, server: Server) -> None:
    """Otherwise one run as the superuser would lock everybody else out."""
    os.chown(anybodys, 1234, 4321)
    anybodys.chmod(0o640)
    assert server.run(*EDIT).status == 0
    for path in (anybodys, LOCK):
        assert (path.stat().st_uid, path.stat().st_gid, mode(path)) == (1234, 4321, 0o640)


@as_root
def test_the_group_is_kept_by_a_member_who_is_not_the_owner(anybodys: Path, server: Server) -> None:
    os.chown(anybodys, DAEMON, DAEMON)
    anybodys.chmod(0o660)
    Path().chmod(0o2777)
    os.chown(Path(), 0, 0)  # a new file would get this group, which is not the store's
    ran = plain(server, *EDIT, groups=[DAEMON])
    assert ran.status == 0, ran.err
    for path in (anybodys, LOCK, HISTORY):
        assert (path.stat().st_gid, mode(path)) == (DAEMON, 0o660)


@as_root
@pytest.mark.parametrize("kept", [0o664, 0o640, 0o606, 0o646])
def test_where_a_group_would_lose_access_nothing_is_written(
    kept: int, anybodys: Path, server: Server
) -> None:
    os.chown(anybodys, NOBODY, DAEMON)
    anybodys.chmod(kept)
    ran = plain(server, *EDIT)
    refused(ran, anybodys, "belongs to the group daemon, whose access cannot be kept")
    assert (anybodys.stat().st_gid, mode(anybodys)) == (DAEMON, kept)
    follow_hint(ran)
    assert plain(server, *EDIT).status == 0
    assert (anybodys.stat().st_gid, mode(anybodys)) == (NOBODY, kept & 0o707 | (kept & 7) << 3)


@as_root
@pytest.mark.parametrize("kept", [0o600, 0o644, 0o666])
def test_a_group_that_may_what_all_others_may_can_change(kept: int, anybodys: Path, server: Server) -> None:
    os.chown(anybodys, NOBODY, DAEMON)
    anybodys.chmod(kept)
    assert plain(server, *EDIT).status == 0
    assert (anybodys.stat().st_gid, mode(anybodys)) == (NOBODY, kept)


@as_root
def test_where_the_owner_would_lose_access_nothing_is_written(anybodys: Path, server: Server) -> None:
    os.chown(anybodys, GAMES, NOBODY)
    anybodys.chmod(0o660)
    refused(plain(server, *EDIT), anybodys, "belongs to games, who would lose access to it")
    anybodys.chmod(0o666)
    assert plain(server, *EDIT).status == 0


@as_root
@pytest.mark.parametrize(("owner", "kept"), [(GAMES, 0o644), (GAMES, 0o660), (NOBODY, 0o664)])
def test_a_change_that_is_refused_leaves_nothing_beside_the_store(
    owner: int, kept: int, anybodys: Path, server: Server
) -> None:
    """A lock or a history of somebody else would shut the owner out."""
    os.chown(anybodys, owner, DAEMON)
    anybodys.chmod(kept)
    assert plain(server, *EDIT, groups=[DAEMON] if owner == GAMES else []).status == 74
    assert os.listdir() == [anybodys.name]


def follow_hint(ran: Ran) -> None:
    """Run the command that an error ends with, as who has the file."""
    if not shutil.which("setfacl"):
        pytest.skip("setfacl is not installed (package acl)")
    subprocess.run(ran.err.splitlines()[1].rpartition(": ")[2], shell=True, check=True)


# ------------------------------------------------------------------ links that others made


TRAPS: dict[str, tuple[str, ...]] = {
    "renewctl.toml.history.jsonl": EDIT,
    "out.csv": ("export", "out.csv", "--force"),
    "renewctl.schema.json": ("init", "--store", "new.toml"),
    ".gitignore": ("init", "--store", "new.toml", "--git"),
    ".gitattributes": ("init", "--store", "new.toml", "--git"),
    ".renewctl.toml.lock": EDIT,
    "renewctl.toml.layout.bak": ("migrate", "--layout"),
}


@as_root
@pytest.mark.parametrize("name", TRAPS)
@pytest.mark.parametrize("folder", [0o1777, 0o777, 0o775])
def test_a_link_that_somebody_else_made_is_not_followed(
    folder: int, name: str, anybodys: Path, server: Server
) -> None:
    """Else they have the user write into files that they may not write themselves."""
    anybodys.write_text(STORE + '[clients]\nb = {}\n[clients."c.example"]\n')
    subprocess.run(["git", "init", "-q", "."], check=True)
    secret = Path("secret")
    secret.write_text('{"$id": "https://renewctl.example/schema/0"}')
    before = secret.read_bytes()
    os.symlink(secret.absolute(), name)
    os.chown(name, NOBODY, NOBODY, follow_symlinks=False)
    Path().chmod(folder)
    ran = server.run(*TRAPS[name])
    assert ran.status in {3, 74}, ran
    assert secret.read_bytes() == before
    assert os.readlink(name) == str(secret.absolute())
    if ran.status == 74 and "lock" not in name and "bak" not in name:
        assert f"{name} is a link that somebody else made, to {secret.absolute()}" in ran.err
        follow_hint(ran)
        assert server.run(*TRAPS[name]).status == 0


@as_root
@pytest.mark.parametrize(("owner", "folder"), [(0, 0o1777), (NOBODY, 0o755)])
def test_ones_own_link_and_one_in_ones_own_folder_are_followed(
    owner: int, folder: int, anybodys: Path, server: Server
) -> None:
    for name in ("renewctl.toml.history.jsonl", "out.csv"):
        Path(f"real-{name}").touch()
        os.symlink(Path(f"real-{name}").absolute(), name)
        os.chown(name, owner, owner, follow_symlinks=False)
    Path().chmod(folder)
    assert server.run(*EDIT).status == 0
    assert server.run("export", "out.csv", "--force").status == 0
    assert "acme.example" in Path("real-out.csv").read_text()
    assert '"done"' in Path("real-renewctl.toml.history.jsonl").read_text()


# ------------------------------------------------------------------ access control lists

ACL, DEFAULT_ACL = "system.posix_acl_access", "system.posix_acl_default"


def access_list(owner: int, users: dict[int, int], group: int, mask: int, other: int = 0) -> bytes:
    """Return an access control list as Linux has it: acl(5)."""
    entries = [(1, owner, -1), *((2, rights, uid) for uid, rights in users.items())]
    entries += [(4, group, -1), (0x10, mask, -1), (0x20, other, -1)]
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHi", *entry) for entry in entries)


FOR_DAEMON = access_list(6, {DAEMON: 6}, 0, 6)
"""The owner and daemon may read and write; nobody else may, the group neither."""


def set_list(path: Path, acl: bytes, name: str = ACL) -> None:
    try:
        os.setxattr(path, name, acl)
    except OSError as error:
        pytest.skip(f"this file system has no access control lists: {error.strerror}")


@as_root
def test_an_access_control_list_stays_and_lock_and_history_have_it_too(
    anybodys: Path, server: Server
) -> None:
    """Whoever makes the change: the one who has the file, the superuser, a colleague."""
    os.chown(anybodys, NOBODY, NOBODY)
    set_list(anybodys, FOR_DAEMON)
    for number, user in enumerate([NOBODY, 0, NOBODY]):
        ran = server.run("client", "add", f"n{number}.example", user=user)
        assert ran.status == 0, ran.err
        for path in (anybodys, LOCK, HISTORY):
            assert os.getxattr(path, ACL) == FOR_DAEMON
            assert (path.stat().st_uid, mode(path)) == (NOBODY, 0o660)


@as_root
def test_a_colleague_writes_only_if_the_owner_keeps_the_access(anybodys: Path, server: Server) -> None:
    os.chown(anybodys, GAMES, GAMES)
    set_list(anybodys, FOR_DAEMON)
    ran = server.run(*EDIT, user=DAEMON)
    refused(ran, anybodys, "belongs to games, who would lose access to it")
    follow_hint(ran)
    both = access_list(6, {DAEMON: 6, GAMES: 6}, 0, 6)
    for user in (DAEMON, GAMES, DAEMON):
        ran = server.run("user", "add", f"u{os.urandom(4).hex()}@agency.example", user=user)
        assert ran.status == 0, ran.err
        for path in (anybodys, LOCK, HISTORY):
            assert os.getxattr(path, ACL) == both
    assert server.run(*EDIT, user=NOBODY).status == 74


@as_root
def test_a_list_that_cannot_be_kept_stops_the_change(anybodys: Path, server: Server) -> None:
    """The group, which has rights by it, cannot be given."""
    os.chown(anybodys, NOBODY, GAMES)
    set_list(anybodys, access_list(6, {DAEMON: 6}, 6, 6))
    ran = plain(server, *EDIT)
    refused(ran, anybodys, "the access control list of")
    fault = {"at": "setxattr", "path": ".tmp", "kind": "ENOTSUP"}
    refused(server.run(*EDIT, fault=fault), anybodys, "the access control list of")


@as_root
def test_the_default_list_of_the_folder_opens_nothing(anybodys: Path, server: Server) -> None:
    anybodys.chmod(0o640)
    set_list(Path(), access_list(7, {DAEMON: 7}, 7, 7), DEFAULT_ACL)
    assert server.run(*EDIT).status == 0
    assert server.run("export", "out.toml").status == 0
    out = Path("out.toml")
    out.chmod(0o640)
    os.removexattr(out, ACL)
    assert server.run("user", "add", "ana2@agency.example").status == 0
    assert server.run("export", "out.toml", "--force").status == 0
    for path in (anybodys, LOCK, HISTORY, out):
        assert ACL not in os.listxattr(path)
        assert mode(path) == 0o640


def test_other_attributes_stay(store: Path, server: Server) -> None:
    try:
        os.setxattr(store, "user.comment", b"the agency's")
    except OSError as error:
        pytest.skip(f"this file system has no attributes: {error.strerror}")
    assert server.run(*EDIT).status == 0
    assert os.getxattr(store, "user.comment") == b"the agency's"


@as_root
@pytest.mark.parametrize("store_mode", [0o600, 0o640, 0o660])
def test_the_history_is_never_more_open_than_the_store(store_mode: int, store: Path, server: Server) -> None:
    assert server.run(*EDIT).status == 0
    HISTORY.chmod(0o666)
    store.chmod(store_mode)
    assert server.run("set-default", "--notify", "none").status == 0
    assert mode(HISTORY) == store_mode
    set_list(HISTORY, FOR_DAEMON)
    assert server.run(*EDIT).status == 0
    assert ACL not in os.listxattr(HISTORY)
    assert mode(HISTORY) == store_mode


# ------------------------------------------------------------------ names and links


def test_a_hard_link_is_refused_and_both_names_stay_one_file(store: Path, server: Server) -> None:
    os.link(store, "twin.toml")
    refused(server.run(*EDIT), store, "2 hard links")
    assert store.samefile("twin.toml")


def test_a_link_is_followed_to_its_end_and_stays(server: Server) -> None:
    Path("deep").mkdir()
    Path("deep/data.toml").write_text(STORE)
    Path("middle.toml").symlink_to("deep/data.toml")
    Path("renewctl.toml").symlink_to("middle.toml")
    assert server.run(*EDIT).status == 0
    assert os.readlink("renewctl.toml") == "middle.toml"
    assert os.readlink("middle.toml") == "deep/data.toml"
    assert "notify" in Path("deep/data.toml").read_text()
    assert Path("deep/.data.toml.lock").exists(), "whoever comes through the link has the same lock"
    assert not LOCK.exists()


@pytest.mark.parametrize("kind", ["EBUSY", "EXDEV"])
def test_a_file_mounted_by_itself_is_told_to_mount_the_folder(kind: str, store: Path, server: Server) -> None:
    ran = server.run(*EDIT, fault={"at": "replace", "kind": kind})
    refused(ran, store, "cannot write")
    assert "mount its folder" in ran.err


def test_a_name_too_long_for_a_lock_beside_it_is_refused(server: Server) -> None:
    store = Path("x" * 247 + ".toml")
    store.write_text(STORE)
    refused(server.run(*EDIT, "--store", str(store)), store, "File name too long")


def test_a_folder_that_cannot_be_synced_is_a_warning(store: Path, server: Server) -> None:
    """The new file is in place by then."""
    calls = server.run(*EDIT).calls
    moved = next(n for n, call in enumerate(calls) if call.name == "replace")
    number = 1 + next(n for n, call in enumerate(calls) if n > moved and call == ("fsync", ".", ""))
    for path in Path().iterdir():
        path.unlink()
    store.write_text(STORE)
    ran = server.run(*EDIT, fault={"n": number, "kind": "EIO"})
    assert ran.status == 0
    assert "notify" in store.read_text()
    assert "warning: the new file is in place, but the folder could not be synced" in ran.err


# ------------------------------------------------------------------ leftovers


def test_what_killed_writers_left_is_swept_and_nothing_else(server: Server) -> None:
    store = Path("re[n]ew*.toml")
    store.write_text(STORE)
    stale, other = Path(".re[n]ew*.toml.abc.tmp"), Path(".renewctl.toml.abc.tmp")
    young, folder = Path(".re[n]ew*.toml.new.tmp"), Path(".re[n]ew*.toml.dir.tmp")
    mine = Path("re[n]ew*.toml.tmp")
    for path in (stale, other, young, mine):
        path.write_text("half")
    folder.mkdir()
    for path in (stale, other, mine, folder):
        os.utime(path, (0, 0))
    assert server.run(*EDIT, "--store", str(store)).status == 0
    assert not stale.exists()
    for path in (other, young, mine, folder):
        assert path.exists(), path


def test_a_folder_that_cannot_be_listed_can_be_written_all_the_same(store: Path, server: Server) -> None:
    assert server.run(*EDIT, fault={"at": "scandir", "kind": "EIO"}).status == 0
    assert "notify" in store.read_text()


@pytest.mark.parametrize("call", ["fchmod", "fchown", "ftruncate", "write"])
def test_a_lock_that_cannot_be_signed_is_held_all_the_same(call: str, store: Path, server: Server) -> None:
    number = 2 if call == "fchmod" else 1  # the first gives the new file its rights
    store.chmod(0o640)
    ran = server.run(*EDIT, umask=0o077, fault={"at": call, "path": ".lock", "n": number, "kind": "EPERM"})
    assert ran.status == 0, ran.err
    assert "notify" in store.read_text()


@pytest.mark.parametrize("seconds", ["nan", "inf", "1e300", "-1"])
def test_a_time_that_is_none_is_no_bug_of_ours(seconds: str, store: Path, server: Server) -> None:
    ran = server.run(*EDIT, "--lock-timeout", seconds)
    assert ran.status in {0, 2}, ran.err
    assert (ran.status == 0) == ("notify" in store.read_text())
