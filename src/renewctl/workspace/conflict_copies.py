"""Find conflict copies: data files in the same folder with a similar name.

If two people change a file at once, sync programs keep one version in such a copy. Each program has its own
names, often in the user's language: ``renewctl-LAPTOP.toml``, ``renewctl (Konflikt 2026-11-20).toml``. So
the content of a file decides, not its name.
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
"""The most files, and the most bytes in all, that are read."""
_TABLES = {"clients", "users", "defaults"}


def find_copies(place: Location, ignored: Collection[str] = ()) -> tuple[str, ...]:
    """Return the conflict copies of the data file; none if they cannot be read.

    Files tracked by git, and files named in ``ignored``, do not count.
    """
    real = Path(os.path.realpath(place.path))
    names = [name for name in _find_names(real) if name not in ignored]
    if names:
        names = _drop_tracked(real.parent, names)
    left, copies = MOST_BYTES, []
    for name in names[:MOST_FILES]:
        with suppress(OSError):
            path = real.with_name(name)
            size = path.stat().st_size
            if size <= left and path.is_file() and not path.samefile(real):
                left -= size
                copies += [name] if is_data_file(path) else []
    # If the data file is a link, the copies are next to its target.
    folder = real.parent if os.path.islink(place.path) else Path(place.display).parent
    return tuple(str(folder / name) for name in copies)


def _find_names(real: Path) -> list[str]:
    """Return sorted names with the same start and suffix as the data file."""
    stem, ending = real.stem.casefold(), real.suffix.casefold()
    try:
        names = sorted(name for name in os.listdir(real.parent) if name.casefold().startswith(stem))
    except OSError:
        return []
    return [name for name in names if name.casefold().endswith(ending) and name != real.name]


def is_data_file(path: Path) -> bool:
    """Return whether a file is a valid data file with clients, users or defaults."""
    try:
        snapshot = load(Location(path, path.name, ""))
    except (RenewctlError, OSError):
        return False
    return not _TABLES.isdisjoint(snapshot.document.data)


def _drop_tracked(folder: Path, names: list[str]) -> list[str]:
    """Return the names without files tracked by git."""
    try:
        # Ask for all files in the folder, because there can be more names than a command line allows.
        answer = run_git(folder, "ls-files", "-z", "--", ":(glob)*")
    except RenewctlError:  # Git is not installed, or timed out.
        return names
    tracked = {os.fsdecode(name) for name in answer.stdout.split(b"\0")}
    return [name for name in names if name not in tracked]
