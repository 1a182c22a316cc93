"""Files next to the store that a sync program made of it. Reads the folder's names, nothing else."""

import os
import re
from pathlib import Path

from renewctl.store.location import Location

_MARK = re.compile(
    r"""
      \ \([^()]*conflicted\ copy[^()]*\)        # Dropbox, Nextcloud
    | \ \([^()]*case\ conflict[^()]*\)          # Dropbox
    | \.sync-conflict-[\w-]+                    # Syncthing
    | _conflict-[\w-]+                          # ownCloud
    | \ ?\([1-9][0-9]?\)                        # Google Drive, a browser
    | \ [2-9]                                   # iCloud
    """,
    re.VERBOSE | re.IGNORECASE,
)


def is_copy(name: str, store: str) -> bool:
    """Return whether a file called ``name`` is a sync program's copy of one called ``store``."""
    stem, dot, suffix = store.rpartition(".")
    if not (name.startswith(stem) and name.endswith(dot + suffix)):
        return False
    return _MARK.fullmatch(name[len(stem) : -len(dot + suffix)]) is not None


def find_copies(place: Location) -> tuple[str, ...]:
    """Return the conflict copies of the store, as people name them; none where one may not look."""
    real = Path(os.path.realpath(place.path))
    try:
        names = sorted(name for name in os.listdir(real.parent) if is_copy(name, real.name))
    except OSError:
        return ()
    # A store that is a link has its copies where the file is.
    folder = real.parent if os.path.islink(place.path) else Path(place.display).parent
    return tuple(str(folder / name) for name in names)
