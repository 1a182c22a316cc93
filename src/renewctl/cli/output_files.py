"""Files that a command writes besides the store: each as a whole, and over nothing unasked."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from renewctl import files
from renewctl.errors import Problem, RenewctlError, UsageError
from renewctl.store import history
from renewctl.store.lock import lock_name
from renewctl.text import count_of, list_some
from renewctl.workspace.companion_files import SCHEMA_NAME

MOST_NAMED = 20
"""So many existing files are named."""


def write_files(contents: Mapping[Path, bytes], store: Path, *, force: bool) -> None:
    """Write files, readable by their owner alone; replace existing ones only with ``force``.

    Args:
        contents: What each file holds.
        store: The path of the store, whose own files are never written.
        force: Whether existing files are replaced. They keep their access.

    Raises:
        UsageError: If a path is a file of the store's own, or exists without ``force``. Nothing was written.
        RenewctlError: If a file cannot be written. Those before it were.
    """
    for path in contents:
        if own := _describe_own_file(path, store):
            raise UsageError(f"{path} is {own}", hint="name another file")
    if not force:
        _refuse_existing([path for path in contents if os.path.lexists(path)])
    for number, (path, data) in enumerate(contents.items()):
        try:
            _write(path, data, force=force)
        except RenewctlError as error:
            if number:
                error.hint = f"{number} of {count_of(len(contents), 'file')} were written before this error"
            raise


def _refuse_existing(paths: Sequence[Path]) -> None:
    if len(paths) == 1:
        raise UsageError(f"{paths[0]} already exists", hint="add --force to replace it")
    if paths:
        problems = [Problem(list_some([*map(str, paths)], MOST_NAMED))]
        hint = "add --force to replace them"
        raise UsageError(f"{count_of(len(paths), 'file')} already exist", hint=hint, problems=problems)


def _write(path: Path, data: bytes, *, force: bool) -> None:
    try:
        files.create(path, data)
    except FileExistsError:
        if not force:  # Another process has made it since.
            _refuse_existing([path])
        files.refuse_foreign_link(path)
        files.replace(path, data, files.digest(files.read_bytes(path)))


def _describe_own_file(path: Path, store: Path) -> str:
    """Return which file of the store's own a path leads to; nothing if it is none of them."""
    real, target = Path(os.path.realpath(store)), Path(os.path.realpath(path))
    own = {
        real: "the store itself",
        history.path_of(store): "the store's history",
        real.with_name(lock_name(real.name)): "the store's lock file",
        real.with_name(SCHEMA_NAME): "the schema beside the store",
    }
    for file, what in own.items():
        if target == file or (target.exists() and file.exists() and target.samefile(file)):
            return what
    name = target.name
    is_temporary = name.startswith(f".{real.name}.") and name.endswith(".tmp")
    return "a temporary file of the store's" if is_temporary and target.parent == real.parent else ""
