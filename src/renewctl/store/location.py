"""Find the data file: by option, environment variable or search."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from renewctl.command_line import command_line
from renewctl.errors import StoreInvalid, StoreMissing

VARIABLE = "RENEWCTL_STORE"
COMPARED = "given as"  # The start of the reason for a file that is an argument of a reading command.
_SET_BY = "set by"
NAMES = ("renewctl.toml", "renewctl.json")


class Location(NamedTuple):
    """The path of a data file, the path as it is shown, and why it was chosen."""

    path: Path
    display: str
    why: str

    @property
    def explicit(self) -> bool:
        """Whether the user named it, so that it was not searched for."""
        return self.why.startswith((_SET_BY, COMPARED))


def find_store(option: str | None, environment: Mapping[str, str], here: Path) -> Location:
    """Return the place of the data file, which need not exist yet.

    Without a name, it is searched for in the current folder and its parents, up to the root of a repository
    or the home folder.

    Args:
        option: The value of --store, if it was given.
        environment: The environment variables.
        here: The current folder.

    Raises:
        StoreInvalid: If a folder has both a TOML and a JSON file.
    """
    if option is not None:
        return store_at(option, f"{_SET_BY} --store")
    if variable := environment.get(VARIABLE):
        return store_at(variable, f"{_SET_BY} {VARIABLE}")
    home = _find_home()
    for folder in (here, *here.parents):
        stores = _stores_in(folder)
        if len(stores) > 1:
            message = f"'{folder}' has both {NAMES[0]} and {NAMES[1]}"
            raise StoreInvalid(message, hint=f"choose one with --store {NAMES[0]}")
        if stores and folder == here:
            return Location(Path(stores[0].name), stores[0].name, "found in the current folder")
        if stores:
            return Location(stores[0], str(stores[0]), "found in a parent folder")
        if (folder / ".git").exists() or folder == home:
            break
    import platformdirs  # Lazy import: a file that is named or found does not need it.

    try:
        folder = platformdirs.user_data_path("renewctl", appauthor=False)
    except RuntimeError:  # The process has no home folder, for example in some containers.
        folder = here
    path = (_stores_in(folder) or [folder / NAMES[0]])[0]
    return Location(path, str(path), "default location; none found in the current folder or its parents")


def _find_home() -> Path | None:
    """Return the user's home folder, or None if the process has none."""
    try:
        return Path.home()
    except RuntimeError:
        return None


def _stores_in(folder: Path) -> list[Path]:
    """Return the data files in a folder, broken links included: an error comes later."""
    return [folder / name for name in NAMES if os.path.lexists(folder / name)]


def store_at(text: str, why: str) -> Location:
    """Return a place that the user named.

    Raises:
        StoreInvalid: If the name does not end in .toml or .json.
    """
    path = Path(os.path.expanduser(text))  # An unknown ~name stays as it is.
    if path.suffix.lower() not in {".toml", ".json"}:
        hint = "use a file name that ends in .toml or .json"
        raise StoreInvalid(f"{text!r} is not a TOML or JSON file", hint=hint)
    return Location(path, text, why)


def missing_store(place: Location) -> StoreMissing:
    """Return the error for a place without a data file."""
    if place.explicit:
        message = f"'{place.display}' not found ({place.why})"
        hint = f"create it: {command_line('init')}"
        if place.why.startswith(COMPARED):
            hint = "give the path of a TOML or JSON file"
    else:
        message = f"no {NAMES[0]} or {NAMES[1]} found in the current folder or its parents"
        hint = f"create one: {command_line('init')}"
    return StoreMissing(message, hint=hint)
