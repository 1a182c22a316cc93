"""Other files in the store's folder that are stores, too, and called after it, whoever made them.

Sync programs keep one of two changes made at once in such a file, and each names it in its own way, often in
the user's language: ``renewctl-LAPTOP.toml``, ``renewctl (Konflikt 2026-11-20).toml``. So what is in a file
decides, not its name.
"""

import os
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from renewctl.errors import RenewctlError
from renewctl.store.location import Location
from renewctl.store.snapshot import load
from renewctl.workspace.git import run_git

MOST_FILES = 50
MOST_BYTES = 2**26
"""More than so many files, or bytes of them together, are not looked at."""
_TABLES = {"clients", "users", "defaults"}


def find_copies(place: Location, ignored: Collection[str] = ()) -> tuple[str, ...]:
    """Return the conflict copies of the store, as people name them; none where one may not look.

    Files that git knows and files named in ``ignored`` are there on purpose.
    """
    real = Path(os.path.realpath(place.path))
    names = [name for name in _find_names(real) if name not in ignored]
    if names:
        names = _without_known_to_git(real.parent, names)
    left, copies = MOST_BYTES, []
    for name in names[:MOST_FILES]:
        with suppress(OSError):
            path = real.with_name(name)
            size = path.stat().st_size
            if size <= left and path.is_file() and not path.samefile(real):
                left -= size
                copies += [name] if _is_store(path) else []
    # A store that is a link has its copies where the file is.
    folder = real.parent if os.path.islink(place.path) else Path(place.display).parent
    return tuple(str(folder / name) for name in copies)


def _find_names(real: Path) -> list[str]:
    """Return the names in the folder that begin and end as the store's does, in order."""
    stem, ending = real.stem.casefold(), real.suffix.casefold()
    try:
        names = sorted(name for name in os.listdir(real.parent) if name.casefold().startswith(stem))
    except OSError:
        return []
    return [name for name in names if name.casefold().endswith(ending) and name != real.name]


def _is_store(path: Path) -> bool:
    """Return whether a file can be read as a store, and has more in it than its version."""
    try:
        snapshot = load(Location(path, path.name, ""))
    except (RenewctlError, OSError):
        return False
    return not _TABLES.isdisjoint(snapshot.document.data)


def _without_known_to_git(folder: Path, names: list[str]) -> list[str]:
    try:
        # All that it knows in the folder: the names may be more than a command takes arguments.
        answer = run_git(folder, "ls-files", "-z", "--", ":(glob)*")
    except RenewctlError:  # there is no git
        return names
    known = {os.fsdecode(name) for name in answer.stdout.split(b"\0")}
    return [name for name in names if name not in known]
