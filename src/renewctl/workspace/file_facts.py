"""The facts of ``doctor`` about the data file, its folder and its history.

Each fact is examined on its own: an error becomes that fact, and the others are still reported.
"""

import os
import re
import shutil
import stat
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from renewctl import files
from renewctl.access import read_access
from renewctl.command_line import command_line, quote, system_command
from renewctl.errors import RenewctlError, StoreLocked, StoreMissing
from renewctl.render.doctor import Fact, Status
from renewctl.store import history
from renewctl.store.location import Location
from renewctl.store.lock import describe_owner, lock_name, lock_store
from renewctl.store.snapshot import EDITOR_HINT, Snapshot, load
from renewctl.text import count_of
from renewctl.workspace.conflict_copies import find_copies
from renewctl.workspace.git import first_error, run_git

_SECTION = "Data file"
_PROBLEM, _WARNING = Status.PROBLEM, Status.WARNING
_SYNC = re.compile(
    # A name alone: some of these are ordinary words.
    r"Box( Sync)?|Sync|Syncthing|Mobile Documents|CloudStorage|Seafile|Tresorit"
    r"|My Drive|Meu Drive|Mi unidad|Mon Drive|Meine Ablage|Il mio Drive"
    # A name that a program completes with that of an account or a company.
    r"|(OneDrive|Dropbox|Google ?Drive|iCloud ?Drive|Nextcloud|ownCloud|pCloud ?(Drive)?|MEGA(sync)?"
    r"|Proton ?Drive|Synology ?Drive|Creative Cloud Files)( ?-.*| \(.*\))?",
    re.IGNORECASE,
)
_NETWORK = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "9p", "afs", "davfs"}
_MOST_COUNTED = 2**23
"""The size up to which the changes in the history are counted, in bytes."""
_FOLDER = re.compile(r"[/\\]")


class _File(NamedTuple):
    """The data file; ``snapshot`` is its content, if it can be read."""

    place: Location
    real: Path
    snapshot: Snapshot | None
    full: bool


def examine_file(find_place: Callable[[], Location], *, full: bool) -> Iterator[Fact]:
    """Yield the facts about the data file. Without ``full``, no folder is named."""
    try:
        place = find_place()
    except FileNotFoundError:
        fix = "change to a folder that exists"
        yield Fact(_SECTION, "Path", "the current folder does not exist any more", _PROBLEM, fix)
        return
    except RenewctlError as error:
        yield _report("Path", error, full=full)
        return
    shown = str(place.path.absolute()) if full else f"…/{place.path.name}"
    yield Fact(_SECTION, "Path", f"{shown} ({place.why})")
    # Messages name the file as it is displayed.
    place = place if full else place._replace(display=place.path.name)
    snapshot = None
    try:
        snapshot = load(place)
    except StoreMissing as error:
        yield Fact(_SECTION, "Content", "not found", _PROBLEM, error.hint)
    except RenewctlError as error:
        where = f"{EDITOR_HINT}; {command_line('check')} shows where"
        fix = error.hint if error.hint not in {"", EDITOR_HINT} else where
        yield _report("Content", error, full=full)._replace(fix=fix)
    else:
        clients = count_of(len(snapshot.portfolio.clients), "client")
        users = count_of(len(snapshot.portfolio.users), "partner user")
        yield Fact(_SECTION, "Content", f"{clients}, {users}, {len(snapshot.data):,} bytes")
    if not os.path.isfile(place.path):
        return
    for name, examine in _EXAMINATIONS.items():
        try:
            yield from examine(_File(place, files.resolve_link(place.path), snapshot, full))
        except OSError as error:
            yield _report(name, files.explain_os_error("check", place.path, error), full=full)
        except RenewctlError as error:
            yield _report(name, error, full=full)


def _report(name: str, error: RenewctlError, *, full: bool) -> Fact:
    """Return an error as a fact; without ``full``, hide the paths in its message."""
    text = error.message
    if not full and _FOLDER.search(text):
        # From the first quote to the last one, as names can contain quotes.
        text = re.sub("'.*'", "…", text, flags=re.DOTALL)
        text = f"cannot be used ({error.code})" if _FOLDER.search(text) else text
    return Fact(_SECTION, name, text, _PROBLEM, error.hint)


def _paste(path: Path) -> str:
    """Return a path ready to paste: only its name if it is in the current folder."""
    path, here = path.absolute(), Path.cwd()
    if path == here:
        return "."
    short = path.parent == here and not path.name.startswith("-")
    return quote(path.name if short else str(path))


def _examine_rights(file: _File) -> Iterator[Fact]:
    mode, folder, log = file.real.stat().st_mode, file.real.parent, history.path_of(file.real)
    # Saving refuses a file that is read-only, even for an administrator.
    writable = mode & 0o222 and os.access(file.real, os.R_OK | os.W_OK)
    yield _check_rights("Rights", file.place.path, writable=bool(writable), excess=mode & 0o006)
    yield _check_rights("Folder rights", folder, writable=os.access(folder, os.W_OK | os.X_OK))
    if log.is_file():
        # New records follow the rights of the data file.
        excess = log.stat().st_mode & 0o066 & (~mode | 0o006)
        writable = os.access(log, os.R_OK | os.W_OK)
        yield _check_rights("History rights", log, writable=writable, excess=excess)


def _check_rights(name: str, path: Path, *, writable: bool, excess: int = 0) -> Fact:
    """Return the fact about the rights of a file or folder.

    Args:
        name: The name of the fact.
        path: The file or folder, or a link to it.
        writable: Whether this user can do with it what a change needs.
        excess: The bits of the mode that give too many users access.
    """
    status, file = path.stat(), _paste(path)
    rights = f"{stat.filemode(status.st_mode)}{', a link' if path.is_symlink() else ''}"
    if not writable:
        readable = os.access(path, os.R_OK)
        lacking = "create files in it" if path.is_dir() else f"{'write' if readable else 'read'} it"
        fix = f"{system_command('make writable') if readable else 'chmod u+rw'} {file}"
        if hasattr(os, "geteuid") and os.geteuid() not in {0, status.st_uid}:
            fix = "ask its owner for write permission"
        return Fact(_SECTION, name, f"{rights}: you cannot {lacking}", _PROBLEM, fix)
    if not excess or sys.platform == "win32":
        return Fact(_SECTION, name, rights)
    if excess & 0o060:
        text = "more users can use it than the data file"
        fix = f"chmod {stat.S_IMODE(status.st_mode) & 0o770 & ~excess:o} {file}"
    else:
        verb = {0o4: "read", 0o2: "change"}.get(excess, "read and change")
        text, fix = f"every user of the machine can {verb} it", f"chmod o-rwx {file}"
    return Fact(_SECTION, name, f"{rights}: {text}", _WARNING, fix)


def _examine_access_list(file: _File) -> Iterator[Fact]:
    yield Fact(_SECTION, "Access control list", "yes" if read_access(file.real).acl else "none")


def _examine_links(file: _File) -> Iterator[Fact]:
    if (links := file.real.stat().st_nlink) > 1:
        fix = "keep one name for the file, or use a symbolic link"
        yield Fact(_SECTION, "Hard links", f"{links}: renewctl cannot replace it", _PROBLEM, fix)


def _examine_lock(file: _File) -> Iterator[Fact]:
    path = file.real.with_name(lock_name(file.real.name))
    if not os.path.lexists(path):
        yield Fact(_SECTION, "Lock", "free, never used")
        return
    try:
        with lock_store(file.real, timeout=0):
            pass
    except StoreLocked:
        owner = describe_owner(path, host=file.full)
        yield Fact(_SECTION, "Lock", f"held by {owner}", _WARNING, "wait until it ends")
    else:
        yield Fact(_SECTION, "Lock", "free")


def _examine_git(file: _File) -> Iterator[Fact]:
    folder, log = file.real.parent, history.path_of(file.real).name
    if not shutil.which("git"):
        yield Fact(_SECTION, "git", "not installed")
        return
    try:
        found = run_git(folder, "rev-parse", "--git-dir")
        name = f":(literal){file.real.name}"
        state = run_git(folder, "status", "--porcelain", "--ignored", "--", name)
        tracked = run_git(folder, "ls-files", "--", f":(literal){log}").stdout
    except RenewctlError as error:
        yield Fact(_SECTION, "git", error.message, _WARNING, error.hint)
        return
    if found.returncode and not any(os.path.lexists(each / ".git") for each in (folder, *folder.parents)):
        yield Fact(_SECTION, "git", "not in a repository")
        return
    if found.returncode or state.returncode:
        reason = f": {first_error(state)}" if file.full else ""
        text = f"git cannot read the repository{reason}"
        yield Fact(_SECTION, "git", text, _WARNING, "run git status in the folder of the file")
        return
    states = {"": "committed", "??": "not tracked", "!!": "ignored"}
    text = states.get(state.stdout[:2].decode().strip(), "changed since the last commit")
    yield Fact(_SECTION, "git", text)
    if tracked:
        where = "" if folder == Path.cwd() else f"-C {quote(str(folder))} "
        fix = f"stop tracking it: git {where}rm --cached -- {quote(log)}"
        yield Fact(_SECTION, "History in git", "tracked, but it belongs to this machine", _WARNING, fix)


def _examine_folder(file: _File) -> Iterator[Fact]:
    kind = _find_file_system(file.real)
    if kind in _NETWORK or files.is_on_share(file.real):
        fix = "keep it on a local disk: locks between machines are not reliable"
        yield Fact(_SECTION, "Folder", f"on a network drive ({kind or 'share'})", _WARNING, fix)
    elif any(map(_SYNC.fullmatch, file.real.parts[:-1])):
        fix = "let one person change it at a time: the sync program does not know renewctl's lock"
        yield Fact(_SECTION, "Folder", "in a folder that a sync program watches", _WARNING, fix)
    else:
        yield Fact(_SECTION, "Folder", f"file system {kind}" if kind else "file system unknown")


def _find_file_system(real: Path) -> str:
    """Return the type of the file system as Linux names it; empty elsewhere."""
    try:
        lines = Path("/proc/self/mountinfo").read_text("utf-8", "replace").splitlines()
    except OSError:
        return ""
    found: tuple[int, str] = (-1, "")
    for line in lines:
        words = line.split()
        folder = words[4].replace("\\040", " ")
        if real.is_relative_to(folder) and len(folder) >= found[0]:
            found = (len(folder), words[words.index("-") + 1])
    return found[1]


def _examine_copies(file: _File) -> Iterator[Fact]:
    ignored = file.snapshot.portfolio.policy.ignore_copies if file.snapshot else ()
    if copies := find_copies(file.place, ignored):
        fix = command_line("check")
        yield Fact(_SECTION, "Conflict copies", count_of(len(copies), "file"), _WARNING, fix)


def _examine_history(file: _File) -> Iterator[Fact]:
    past = history.read(file.real, file.snapshot.digest if file.snapshot else "")
    path = history.path_of(file.real)
    size = path.stat().st_size if path.exists() else 0
    changes = count_of(len(past.records), "change") if size <= _MOST_COUNTED else "too long to count"
    number = f"{changes}, {size:,} bytes"
    if past.unreadable:
        lines = count_of(len(past.unreadable), "line")
        fix = f"{command_line('history')} names them; the other lines can be used"
        yield Fact(_SECTION, "History", f"{number}, {lines} that cannot be read", _WARNING, fix)
    else:
        yield Fact(_SECTION, "History", number)


_EXAMINATIONS: Mapping[str, Callable[[_File], Iterator[Fact]]] = {
    "Rights": _examine_rights,
    "Access control list": _examine_access_list,
    "Hard links": _examine_links,
    "Lock": _examine_lock,
    "git": _examine_git,
    "Folder": _examine_folder,
    "Conflict copies": _examine_copies,
    "History": _examine_history,
}
"""The examinations in the order of the report, by the name of the fact that an error becomes."""
