"""Examine the program, its environment and the data file, for a bug report."""

import os
import platform
import re
import shutil
import stat
import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import NamedTuple, TextIO

from renewctl import __version__, files
from renewctl.access import read_access
from renewctl.command_line import command_line, quote, system_command
from renewctl.errors import RenewctlError, StoreLocked
from renewctl.installation import install_command
from renewctl.render.doctor import Fact, Status
from renewctl.store import history
from renewctl.store.location import Location, missing_store
from renewctl.store.lock import lock_name, lock_store
from renewctl.store.snapshot import load
from renewctl.text import count_of
from renewctl.workspace.conflict_copies import find_copies
from renewctl.workspace.git import first_error, run_git

_SYNC = re.compile(
    r"(OneDrive|Dropbox|Google ?Drive|GoogleDrive|My Drive|iCloud ?Drive|Mobile Documents|Nextcloud|ownCloud"
    r"|pCloud|Box|Syncthing|Sync)(\b.*)?",
    re.IGNORECASE,
)
_NETWORK = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "9p", "afs", "davfs"}
_NAME, _LEAST, _EXTRA = re.compile(r"[\w.-]+"), re.compile(r">=([\d.]+)"), re.compile(r"extra == '(\w+)'")
"""The parts of a requirement, as the metadata of a package has it."""
_PROGRAM, _TERMINAL, _FILE, _EXTRAS = "Program", "Terminal", "Data file", "Packages"


class Context(NamedTuple):
    """The environment of the process, the file, and whether to show personal data."""

    variables: Mapping[str, str]
    stdout: TextIO
    shell: str
    place: Location
    full: bool


def examine(context: Context) -> Iterator[Fact]:
    """Yield the facts by section. Only the note inside the lock file changes."""
    for fact in _examine(context):
        yield fact if context.full else fact._replace(value=_hide_folders(fact.value, context.place))


def _examine(context: Context) -> Iterator[Fact]:
    yield from _examine_program(context)
    yield from _examine_terminal(context)
    yield from _examine_file(context)
    yield from _examine_packages()


def _examine_program(context: Context) -> Iterator[Fact]:
    yield Fact(_PROGRAM, "renewctl", __version__)
    name = f"{platform.python_implementation()} {platform.python_version()}"
    yield Fact(_PROGRAM, "Python", f"{name}, {sys.executable}" if context.full else name)
    yield Fact(_PROGRAM, "System", f"{platform.system()} {platform.release()}, {platform.machine()}")


def _examine_terminal(context: Context) -> Iterator[Fact]:
    variables, stdout = context.variables, context.stdout
    yield Fact(_TERMINAL, "Shell", context.shell or "unknown")
    size = shutil.get_terminal_size()
    kind = f"{variables.get('TERM') or 'unknown kind'}, {size.columns} × {size.lines}"
    yield Fact(_TERMINAL, "Output", kind if stdout.isatty() else "not a terminal")
    yield Fact(
        _TERMINAL, "Encoding", f"{stdout.encoding or 'utf-8'}, file names {sys.getfilesystemencoding()}"
    )
    known = ("NO_COLOR", "CLICOLOR", "FORCE_COLOR", "COLUMNS", "PAGER", "RENEWCTL_PAGER", "RENEWCTL_AS_OF")
    found = [name if not context.full else f"{name}={variables[name]}" for name in known if name in variables]
    yield Fact(_TERMINAL, "Variables", ", ".join(found) or "none that renewctl reads")


def _examine_file(context: Context) -> Iterator[Fact]:
    place = context.place
    yield Fact(_FILE, "Path", f"{place.path.absolute()} ({place.why})")
    try:
        real = files.resolve_link(place.path)
        snapshot = load(place)
    except FileNotFoundError:
        yield Fact(_FILE, "Content", "not found", Status.PROBLEM, missing_store(place).hint)
        return
    except RenewctlError as error:
        yield Fact(_FILE, "Content", error.message, Status.PROBLEM, command_line("check"))
        return
    clients = count_of(len(snapshot.portfolio.clients), "client")
    users = count_of(len(snapshot.portfolio.users), "partner user")
    yield Fact(_FILE, "Content", f"{clients}, {users}, {len(snapshot.data):,} bytes")
    yield from _examine_access(place.path, real, _quote_path(place, context))
    yield _examine_lock(real)
    yield _examine_git(real)
    yield _examine_folder(real)
    copies = find_copies(place, snapshot.portfolio.policy.ignore_copies)
    if copies:
        fix = command_line("check")
        yield Fact(_FILE, "Conflict copies", count_of(len(copies), "file"), Status.WARNING, fix)
    yield _examine_history(place, snapshot.digest)


def _quote_path(place: Location, context: Context) -> str:
    """Return the path of the file, ready to paste, with ~ for the home folder."""
    path, home = Path(place.display), Path(os.path.expanduser("~"))
    if context.full or not path.is_relative_to(home):
        return quote(str(path))
    return f"~/{quote(str(path.relative_to(home)))}"


def _examine_access(path: Path, real: Path, name: str) -> Iterator[Fact]:
    access = read_access(real)
    rights = f"{stat.filemode(real.stat().st_mode)}{', a link' if path.is_symlink() else ''}"
    if not os.access(real, os.W_OK) or not access.mode & 0o222:
        fix = f"{system_command('make writable')} {name}"
        yield Fact(_FILE, "Rights", f"{rights}: you cannot write it", Status.PROBLEM, fix)
    elif access.mode & 0o004 and sys.platform != "win32":
        fix = f"chmod o-rwx {name}"
        yield Fact(_FILE, "Rights", f"{rights}: every user of the machine can read it", Status.WARNING, fix)
    else:
        yield Fact(_FILE, "Rights", rights)
    yield Fact(_FILE, "Access control list", "yes" if access.acl else "none")
    links = real.stat().st_nlink
    if links > 1:
        fix = "keep one name for the file, or use a symbolic link"
        yield Fact(_FILE, "Hard links", f"{links}: renewctl cannot replace it", Status.PROBLEM, fix)


def _examine_lock(real: Path) -> Fact:
    if not real.with_name(lock_name(real.name)).exists():
        return Fact(_FILE, "Lock", "free, never used")
    try:
        with lock_store(real, timeout=0):
            return Fact(_FILE, "Lock", "free")
    except StoreLocked:
        return Fact(_FILE, "Lock", "held by another process", Status.WARNING, "wait until it ends")
    except RenewctlError as error:
        return Fact(_FILE, "Lock", "cannot be used", Status.PROBLEM, error.hint)


def _examine_git(real: Path) -> Fact:
    try:
        if run_git(real.parent, "rev-parse", "--git-dir").returncode:
            return Fact(_FILE, "git", "not in a repository")
        answer = run_git(real.parent, "status", "--porcelain", "--ignored", "--", real.name)
    except RenewctlError as error:
        return Fact(_FILE, "git", error.message)
    if answer.returncode:
        return Fact(_FILE, "git", first_error(answer), Status.WARNING)
    states = {"": "committed", "??": "not tracked", "!!": "ignored"}
    state = answer.stdout[:2].decode().strip()
    return Fact(_FILE, "git", states.get(state, "changed since the last commit"))


def _examine_folder(real: Path) -> Fact:
    kind = _find_file_system(real)
    sync = next((part for part in real.parts[:-1] if _SYNC.fullmatch(part)), "")
    if kind in _NETWORK or files.is_on_share(real):
        fix = "keep it on a local disk: locks between machines are not reliable"
        return Fact(_FILE, "Folder", f"on a network drive ({kind or 'share'})", Status.WARNING, fix)
    if sync:
        fix = "let one person change it at a time: the sync program does not know renewctl's lock"
        return Fact(_FILE, "Folder", "in a folder that a sync program watches", Status.WARNING, fix)
    return Fact(_FILE, "Folder", f"file system {kind}" if kind else "file system unknown")


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


def _examine_history(place: Location, digest: str) -> Fact:
    try:
        past = history.read(place.path, digest)
        path = history.path_of(place.path)
        size = path.stat().st_size if path.exists() else 0
    except RenewctlError as error:
        return Fact(_FILE, "History", "cannot be read", Status.PROBLEM, error.hint)
    number = f"{count_of(len(past.records), 'change')}, {size:,} bytes"
    if past.unreadable:
        lines = count_of(len(past.unreadable), "line")
        fix = f"{command_line('history')} names them; the other lines can be used"
        return Fact(_FILE, "History", f"{number}, {lines} that cannot be read", Status.WARNING, fix)
    return Fact(_FILE, "History", number)


def _examine_packages() -> Iterator[Fact]:
    """Yield which packages are installed, and which are too old or missing."""
    try:
        required = requires("renewctl") or []
    except PackageNotFoundError:
        required = []
    for text in required:
        requirement, _, marker = text.partition(";")
        [name] = _NAME.findall(requirement)[:1]
        least, extra = _LEAST.search(requirement), _EXTRA.search(marker)
        if extra and extra[1] == "all":  # It repeats the other extras.
            continue
        purpose = f" (extra {extra[1]})" if extra else ""
        try:
            found = version(name)
        except PackageNotFoundError:
            status = Status.OK if extra else Status.PROBLEM
            yield Fact(_EXTRAS, name, f"not installed{purpose}", status, install_command(name))
            continue
        if least and _number(found) < _number(least[1]):
            fix = install_command(f"{name}>={least[1]}")
            yield Fact(_EXTRAS, name, f"{found}{purpose}, needs {least[1]}", Status.PROBLEM, fix)
        else:
            yield Fact(_EXTRAS, name, found + purpose)


def _number(text: str) -> list[int]:
    """Return the numbers of a version before any letters, for comparing."""
    return [int(part) for part in re.findall(r"\d+", re.split(r"[a-z+-]", text)[0])]


def _hide_folders(text: str, place: Location) -> str:
    """Return a text without the folders of the file, whose names can be personal."""
    # The whole path first: a relative one is a part of it.
    for folder in (place.path.absolute().parent, place.path.parent):
        if folder.name or files.is_on_share(folder):
            text = text.replace(f"{folder}{os.sep}", "").replace(str(folder), "…")
    return text.replace(os.path.expanduser("~"), "~")
