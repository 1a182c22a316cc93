"""How the data file is written: locks, modes, owners, links and obstacles.

What the superuser is always allowed to do is tested in a process without privileges.
"""

import os
import platform
import shutil
import signal
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

from store.faulty import Call, Ran, Runs, held

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
    """Return a small data file in the current folder."""
    path = Path("renewctl.toml")
    path.write_text(STORE, encoding="utf-8")
    return path


@pytest.fixture
def anybodys(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a data file in the current folder, which every user can enter and write."""
    folder = Path(tempfile.mkdtemp(dir="/tmp"))
    folder.chmod(0o777)
    monkeypatch.chdir(folder)
    path = Path("renewctl.toml")
    path.write_text(STORE, encoding="utf-8")
    yield path
    monkeypatch.undo()
    shutil.rmtree(folder)


def plain(server: Runs, *argv: str, **job: Any) -> Ran:
    """Run renewctl as a user without privileges."""
    return server.run(*argv, **({"user": NOBODY} if ROOT else {}), **job)


def given(path: Path, text: str | None = None) -> Path:
    """Make the user of ``plain`` the owner of a file, and create it if needed."""
    if text is not None:
        path.write_text(text, encoding="utf-8")
    if ROOT:
        os.chown(path, NOBODY, NOBODY)
    return path


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def on_lock(ran: Ran, name: str) -> list[Call]:
    """Return the calls of that name on the lock file."""
    return [call for call in ran.calls if call.name == name and call.path == str(LOCK)]


def refused(ran: Ran, store: Path, message: str, status: int = 74) -> None:
    """Check that a run wrote nothing, and explained why."""
    assert (ran.status, ran.out) == (status, ""), ran
    assert ran.err.startswith("error: ")
    assert message in ran.err
    assert "\nhelp: " in ran.err
    assert "@" not in ran.err, "nobody's address is needed to say that"
    assert store.read_text() == STORE
    assert not list(Path().glob(".*.tmp"))


# ------------------------------------------------------------------ nothing to write


def test_a_command_without_changes_takes_no_lock_and_writes_nothing(store: Path, server: Runs) -> None:
    before = store.stat()
    ran = server.run("set-default", "--owner", "hubspot")
    assert ran.status == 0
    assert {call.name for call in ran.calls} <= {"lstat", "stat", "open", "read", "close", "readlink"}
    assert {call.detail for call in ran.calls if call.name == "open"} == {"rb"}
    assert (store.stat().st_mtime_ns, store.stat().st_ino) == (before.st_mtime_ns, before.st_ino)
    assert os.listdir() == ["renewctl.toml"]


def test_reading_commands_do_not_import_the_lock(store: Path) -> None:
    loaded = "any(map(sys.modules.get, ('filelock', 'renewctl.store.lock')))"
    code = f"import sys; from renewctl.main import main; main(['who']); sys.exit({loaded})"
    assert (
        subprocess.run([sys.executable, "-c", code], stdout=subprocess.DEVNULL, check=False).returncode == 0
    )


# ------------------------------------------------------------------ others


def test_a_locked_file_is_reported_with_process_host_and_age(store: Path, server: Runs) -> None:
    with held(store) as number:
        ran = server.run(*EDIT, "--lock-timeout", "0")
        refused(ran, store, f"is locked by process {number} on {platform.node()}, for ", 5)
        assert "waited 0 s" in ran.err
        assert "--lock-timeout" in ran.err
        assert '"code": "store-locked"' in server.run(*EDIT, "--lock-timeout", "0", "-o", "json").err
        assert server.run("who").status == 0, "reading needs no lock"
        assert server.run(*EDIT, "--dry-run").status == 0, "nor does a dry run"
    assert server.run(*EDIT).status == 0


def test_a_lock_that_is_released_in_time_is_acquired(store: Path, server: Runs) -> None:
    with held(store) as number:
        timer = threading.Timer(0.3, os.kill, (number, signal.SIGKILL))
        timer.start()
        assert server.run(*EDIT).status == 0


@pytest.mark.parametrize("note", [b"", b"\xff\xfe", b"process 1\nsoon\n", b"x" * 5000 + b"\n1\n"])
def test_a_lock_without_a_note_is_reported(note: bytes, store: Path, server: Runs) -> None:
    with held(store):
        LOCK.write_bytes(note)
        refused(server.run(*EDIT, "--lock-timeout", "0"), store, "is locked by another process", 5)


def test_a_lock_is_tried_once_without_a_timeout_and_repeatedly_with_one(store: Path, server: Runs) -> None:
    with held(store):
        for seconds, tries in (("0", {1}), ("0.2", set(range(2, 20)))):
            ran = server.run(*EDIT, "--lock-timeout", seconds)
            assert ran.status == 5
            assert len(on_lock(ran, "flock")) in tries
            # No attempt leaves a file open, or a long wait would run out of them; one more reads the note.
            assert len(on_lock(ran, "close")) == len(on_lock(ran, "flock")) + 1


def test_a_lock_file_removed_before_it_is_locked_is_created_again(store: Path, server: Runs) -> None:
    ran = server.run(*EDIT, fault={"at": "flock", "kind": "unlink", "victim": str(LOCK)})
    assert ran.status == 0, ran.err
    assert len(on_lock(ran, "flock")) == 3, "two tries and the release"
    assert len(on_lock(ran, "close")) == 2
    assert LOCK.read_text().startswith("process ")


def test_a_lock_file_removed_before_it_is_opened_is_created_again(store: Path, server: Runs) -> None:
    LOCK.touch()
    fault = {"at": "open", "path": ".lock", "n": 2, "kind": "unlink", "victim": str(LOCK)}
    ran = server.run(*EDIT, fault=fault)
    assert ran.status == 0, ran.err
    assert LOCK.read_text().startswith("process ")


@as_root
@pytest.mark.parametrize(
    ("folder", "owner", "fine"), [(0, NOBODY, True), (12345, 12345, True), (0, 12345, False)]
)
def test_a_lock_file_that_a_third_user_can_remove_is_refused(
    folder: int, owner: int, fine: bool, anybodys: Path, server: Runs
) -> None:
    """If only owners can remove files, the owner must be the user or the folder's."""
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


def test_a_link_in_place_of_the_lock_file_is_not_followed(store: Path, server: Runs) -> None:
    """The link is created after the check."""
    Path("mine").write_text("mine")
    ran = server.run(*EDIT, fault={"at": "open", "path": ".lock", "kind": "symlink", "victim": str(LOCK)})
    refused(ran, store, ".renewctl.toml.lock")
    assert Path("mine").read_text() == "mine"


def test_a_new_lock_file_has_its_mode_before_it_is_locked(store: Path, server: Runs) -> None:
    """Otherwise others would get an error instead of waiting."""
    store.chmod(0o660)
    assert server.run(*EDIT, umask=0o077, fault={"at": "flock", "kind": "kill"}).status == -9
    assert mode(LOCK) == 0o660


@pytest.mark.parametrize("kind", ["ENOLCK", "ENOSYS", "EOPNOTSUPP"])
def test_nothing_is_saved_if_the_file_system_does_not_support_locks(
    kind: str, store: Path, server: Runs
) -> None:
    ran = server.run(*EDIT, fault={"at": "flock", "kind": kind})
    refused(ran, store, "does not support file locks")
    assert "local disk" in ran.err


# ------------------------------------------------------------------ something in the lock's place


@pytest.mark.parametrize("what", ["a folder", "a pipe", "a link", "a link to nothing", "a device"])
def test_another_file_in_place_of_the_lock_file_is_refused_and_kept(
    what: str, store: Path, server: Runs
) -> None:
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
    assert "move it away" in ran.err
    assert LOCK.is_symlink() == ("link" in what or what == "a device")
    assert not Path("gone").exists()
    assert not Path("mine").exists() or Path("mine").read_text() == "mine"


@as_root
def test_a_lock_file_that_cannot_be_opened_is_reported(anybodys: Path, server: Runs) -> None:
    given(anybodys)
    LOCK.touch(mode=0o600)
    ran = plain(server, *EDIT)
    refused(ran, anybodys, ".renewctl.toml.lock': Permission denied")
    assert "permissions" in ran.err


# ------------------------------------------------------------------ rights


def test_a_folder_that_cannot_be_written_is_refused(anybodys: Path, server: Runs) -> None:
    """The file is not written in place either, although that would be allowed."""
    given(anybodys)
    Path().chmod(0o555)
    refused(plain(server, *EDIT), anybodys, "Permission denied")
    assert os.listdir() == ["renewctl.toml"]
    Path().chmod(0o777)
    assert plain(server, *EDIT).status == 0


def test_an_unreadable_file_is_refused(anybodys: Path, server: Runs) -> None:
    given(anybodys).chmod(0)
    for argv in (EDIT, ("who",)):
        ran = plain(server, *argv)
        assert (ran.status, ran.out) == (74, "")
        assert "cannot read 'renewctl.toml': Permission denied" in ran.err
        assert "permissions" in ran.err


def test_a_read_only_file_is_refused(anybodys: Path, server: Runs) -> None:
    given(anybodys).chmod(0o444)
    refused(plain(server, *EDIT), anybodys, "read-only")
    assert mode(anybodys) == 0o444
    assert plain(server, *EDIT, "--dry-run").status == 0


@pytest.mark.parametrize("argv", [("import",), ("override", "--from-file")], ids=" ".join)
def test_an_unreadable_import_file_is_reported(argv: tuple[str, ...], anybodys: Path, server: Runs) -> None:
    path = given(Path("list.csv"), text="client,name\nacme.example,Acme\n")
    path.chmod(0)
    refused(plain(server, *argv, "list.csv"), anybodys, "list.csv': Permission denied")


@as_root
def test_a_file_of_another_user_is_not_replaced_even_if_the_folder_is_writable(
    anybodys: Path, server: Runs
) -> None:
    anybodys.chmod(0o644)
    refused(plain(server, *EDIT), anybodys, "not writable for you")
    assert anybodys.stat().st_uid == 0


@pytest.mark.parametrize("umask", [0o077, 0o000, 0o027])
@pytest.mark.parametrize("kept", [0o600, 0o640, 0o664, 0o666, 0o700])
def test_the_data_file_keeps_its_mode_and_the_lock_gets_it(
    umask: int, kept: int, store: Path, server: Runs
) -> None:
    store.chmod(kept)
    assert server.run(*EDIT, umask=umask).status == 0
    assert mode(store) == kept
    assert mode(LOCK) == kept & 0o666


@pytest.mark.parametrize("umask", [0o077, 0o000])
@pytest.mark.parametrize("name", ["renewctl.toml", "renewctl.json"])
def test_a_new_file_is_readable_only_by_its_owner(umask: int, name: str, server: Runs) -> None:
    assert server.run("init", "--owner", "hubspot", "--store", name, umask=umask).status == 0
    assert sorted(os.listdir()) == sorted([name, "renewctl.schema.json"])
    for path in Path().iterdir():
        assert mode(path) == 0o600
        assert path.stat().st_nlink == 1


def test_the_temporary_file_is_not_readable_by_more_people_than_the_data_file(
    store: Path, server: Runs
) -> None:
    """The run is killed just before the rename, to check the temporary file."""
    store.chmod(0o640)
    assert server.run(*EDIT, umask=0, fault={"at": "replace", "kind": "kill"}).status == -9
    (temporary,) = Path().glob(".renewctl.toml.*.tmp")
    assert mode(temporary) == 0o640
    assert server.run(*EDIT, umask=0, fault={"at": "fchmod", "path": ".tmp", "kind": "kill"}).status == -9
    assert sorted(mode(path) for path in Path().glob(".*.tmp")) == [0o600, 0o640]


def test_the_lock_file_is_opened_to_others_with_the_data_file(store: Path, server: Runs) -> None:
    store.chmod(0o600)
    assert server.run(*EDIT).status == 0
    store.chmod(0o660)
    assert server.run("set-default", "--notify", "none").status == 0
    assert mode(LOCK) == 0o660


@as_root
def test_the_data_file_keeps_owner_and_group_and_the_lock_gets_them(anybodys: Path, server: Runs) -> None:
    """Otherwise a run as the superuser would lock everybody else out."""
    os.chown(anybodys, 1234, 4321)
    anybodys.chmod(0o640)
    assert server.run(*EDIT).status == 0
    for path in (anybodys, LOCK):
        assert (path.stat().st_uid, path.stat().st_gid, mode(path)) == (1234, 4321, 0o640)


@as_root
def test_the_group_is_kept_by_a_member_who_is_not_the_owner(anybodys: Path, server: Runs) -> None:
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
def test_nothing_is_saved_if_a_group_would_lose_access(kept: int, anybodys: Path, server: Runs) -> None:
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
def test_the_group_can_change_if_it_has_the_rights_of_others(kept: int, anybodys: Path, server: Runs) -> None:
    os.chown(anybodys, NOBODY, DAEMON)
    anybodys.chmod(kept)
    assert plain(server, *EDIT).status == 0
    assert (anybodys.stat().st_gid, mode(anybodys)) == (NOBODY, kept)


@as_root
def test_nothing_is_saved_if_the_owner_would_lose_access(anybodys: Path, server: Runs) -> None:
    os.chown(anybodys, GAMES, NOBODY)
    anybodys.chmod(0o660)
    refused(plain(server, *EDIT), anybodys, "belongs to games, who would lose access to it")
    anybodys.chmod(0o666)
    assert plain(server, *EDIT).status == 0


@as_root
@pytest.mark.parametrize(("owner", "kept"), [(GAMES, 0o644), (GAMES, 0o660), (NOBODY, 0o664)])
def test_a_refused_change_leaves_no_other_files(owner: int, kept: int, anybodys: Path, server: Runs) -> None:
    """A lock or history of another user would lock the owner out."""
    os.chown(anybodys, owner, DAEMON)
    anybodys.chmod(kept)
    assert plain(server, *EDIT, groups=[DAEMON] if owner == GAMES else []).status == 74
    assert os.listdir() == [anybodys.name]


def follow_hint(ran: Ran) -> None:
    """Run the command at the end of an error as the owner of the file."""
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
def test_a_link_made_by_another_user_is_not_followed(
    folder: int, name: str, anybodys: Path, server: Runs
) -> None:
    """Otherwise another user could redirect what is written."""
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
        assert f"{name}' is a link to '{secret.absolute()}', made by another user" in ran.err
        follow_hint(ran)
        assert server.run(*TRAPS[name]).status == 0


@as_root
@pytest.mark.parametrize(("owner", "folder"), [(0, 0o1777), (NOBODY, 0o755)])
def test_own_links_and_links_in_own_folders_are_followed(
    owner: int, folder: int, anybodys: Path, server: Runs
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
    """Return an access control list in the format of Linux: acl(5)."""
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
def test_the_access_control_list_is_kept_and_applies_to_lock_and_history(
    anybodys: Path, server: Runs
) -> None:
    """The change can be made by the owner, the superuser or a colleague."""
    os.chown(anybodys, NOBODY, NOBODY)
    set_list(anybodys, FOR_DAEMON)
    for number, user in enumerate([NOBODY, 0, NOBODY]):
        ran = server.run("client", "add", f"n{number}.example", user=user)
        assert ran.status == 0, ran.err
        for path in (anybodys, LOCK, HISTORY):
            assert os.getxattr(path, ACL) == FOR_DAEMON
            assert (path.stat().st_uid, mode(path)) == (NOBODY, 0o660)


@as_root
def test_a_colleague_writes_only_if_the_owner_keeps_the_access(anybodys: Path, server: Runs) -> None:
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
def test_a_change_is_refused_if_the_access_control_list_cannot_be_kept(anybodys: Path, server: Runs) -> None:
    """The group, which has rights by the list, cannot be set."""
    os.chown(anybodys, NOBODY, GAMES)
    set_list(anybodys, access_list(6, {DAEMON: 6}, 6, 6))
    ran = plain(server, *EDIT)
    refused(ran, anybodys, "the access control list of")
    fault = {"at": "setxattr", "path": ".tmp", "kind": "ENOTSUP"}
    refused(server.run(*EDIT, fault=fault), anybodys, "the access control list of")


@as_root
def test_the_default_access_control_list_of_the_folder_is_not_applied(anybodys: Path, server: Runs) -> None:
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


def test_other_extended_attributes_are_kept(store: Path, server: Runs) -> None:
    try:
        os.setxattr(store, "user.comment", b"the agency's")
    except OSError as error:
        pytest.skip(f"this file system has no attributes: {error.strerror}")
    assert server.run(*EDIT).status == 0
    assert os.getxattr(store, "user.comment") == b"the agency's"


@as_root
@pytest.mark.parametrize("store_mode", [0o600, 0o640, 0o660])
def test_the_history_is_never_readable_by_more_people_than_the_data_file(
    store_mode: int, store: Path, server: Runs
) -> None:
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


def test_a_hard_link_is_refused_and_both_names_stay_one_file(store: Path, server: Runs) -> None:
    os.link(store, "twin.toml")
    refused(server.run(*EDIT), store, "2 hard links")
    assert store.samefile("twin.toml")


def test_a_link_is_followed_to_its_target_and_kept(server: Runs) -> None:
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
def test_a_file_that_is_a_mount_point_is_refused_with_a_hint(kind: str, store: Path, server: Runs) -> None:
    ran = server.run(*EDIT, fault={"at": "replace", "kind": kind})
    refused(ran, store, "cannot write")
    assert "mount the folder" in ran.err


def test_a_name_too_long_for_a_lock_file_is_refused(server: Runs) -> None:
    store = Path("x" * 247 + ".toml")
    store.write_text(STORE)
    refused(server.run(*EDIT, "--store", str(store)), store, "File name too long")


def test_a_folder_that_cannot_be_synced_is_a_warning(store: Path, server: Runs) -> None:
    """The new file is already in place."""
    calls = server.run(*EDIT).calls
    moved = next(n for n, call in enumerate(calls) if call.name == "replace")
    number = 1 + next(n for n, call in enumerate(calls) if n > moved and call == ("fsync", ".", ""))
    for path in Path().iterdir():
        path.unlink()
    store.write_text(STORE)
    ran = server.run(*EDIT, fault={"n": number, "kind": "EIO"})
    assert ran.status == 0
    assert "notify" in store.read_text()
    assert "warning: saved, but the folder could not be synced" in ran.err


# ------------------------------------------------------------------ leftovers


def test_only_temporary_files_of_killed_writers_are_removed(server: Runs) -> None:
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


def test_a_change_in_a_folder_that_cannot_be_listed_is_saved(store: Path, server: Runs) -> None:
    assert server.run(*EDIT, fault={"at": "scandir", "kind": "EIO"}).status == 0
    assert "notify" in store.read_text()


@pytest.mark.parametrize("call", ["fchmod", "fchown", "ftruncate", "write"])
def test_a_lock_works_without_a_note(call: str, store: Path, server: Runs) -> None:
    number = 2 if call == "fchmod" else 1  # The first call sets the mode of the new file.
    store.chmod(0o640)
    ran = server.run(*EDIT, umask=0o077, fault={"at": call, "path": ".lock", "n": number, "kind": "EPERM"})
    assert ran.status == 0, ran.err
    assert "notify" in store.read_text()


@pytest.mark.parametrize("seconds", ["nan", "inf", "1e300", "-1"])
def test_an_invalid_lock_timeout_is_a_usage_error(seconds: str, store: Path, server: Runs) -> None:
    ran = server.run(*EDIT, "--lock-timeout", seconds)
    assert ran.status in {0, 2}, ran.err
    assert (ran.status == 0) == ("notify" in store.read_text())
