"""Output files of commands, written completely or not at all."""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from renewctl import files
from renewctl.cli.runtime import Run
from renewctl.command_line import repeat_command
from renewctl.domain.json_schema import ID
from renewctl.errors import FileError, Interrupted, Problem, RenewctlError, UsageError
from renewctl.signals import raise_interruption
from renewctl.store import history
from renewctl.store.lock import lock_name
from renewctl.text import count_of, list_some
from renewctl.workspace.companion_files import SCHEMA_NAME, schema_text
from renewctl.workspace.conflict_copies import is_data_file

MOST_NAMED = 20
"""The number of existing files that an error lists."""


class Written(NamedTuple):
    """The number of files that were written, and the error that stopped the next one."""

    number: int
    failure: RenewctlError | None = None


def write_files(run: Run, contents: Mapping[Path, bytes], *, force: bool, exports: bool = False) -> Written:
    """Write files that only their owner can read.

    Replace existing files only with ``force``.

    Args:
        run: The run, with the progress display and the data file.
        contents: The content of each file.
        force: Whether to replace existing files. They keep their permissions.
        exports: Whether the files can be data files, so that they can replace one without a history.

    Raises:
        UsageError: If a path is a data file or a companion of one, or if it exists without ``force``.
            Nothing was written.
        NotAFile: If a path is a folder, which ``force`` does not replace. Nothing was written.
        RenewctlError: If a file cannot be replaced, or the first cannot be written. Nothing was written.
        Interrupted: If a signal arrives after the first file was written.
    """
    for path, data in contents.items():
        own = _describe_own_file(path, run.place.path)
        if own and not (path.name == SCHEMA_NAME and data == schema_text().encode()):
            raise UsageError(f"'{path}' is {own}", hint="choose another file name")
        if why := "" if own else _describe_precious(path, exports=exports):
            raise UsageError(f"'{path}' {why}", hint="choose another file name")
    existing = [path for path in contents if os.path.lexists(path)]
    if force:
        _check_replaceable(existing, alone=len(contents) == 1)
    else:
        _refuse_existing(existing)
    for number, (path, data) in enumerate(run.progress.track("Writing", contents.items())):
        so_far = f"{number} of {count_of(len(contents), 'file')} {'was' if number == 1 else 'were'} written"
        try:
            raise_interruption()  # Writing the first file holds signals back.
            _write(path, data, force=force)
        except KeyboardInterrupt:
            if not number:
                raise
            hint = f"write all of them: {repeat_command(**{} if force else {'force': True})}"
            raise Interrupted(f"interrupted: {so_far}", hint=hint) from None
        except RenewctlError as error:
            if not number:
                raise
            error.problems = (*error.problems, Problem(f"{so_far} before this error"))
            return Written(number, error)
    return Written(len(contents))


def write_answer(run: Run, content: str | bytes) -> None:
    """Write an output into the file of ``--out``.

    An existing file is replaced, and keeps its access rights.

    Raises:
        RenewctlError: As ``write_files``.
    """
    path = Path(run.out or "")
    data = content if isinstance(content, bytes) else content.encode("utf-8", "backslashreplace")
    try:
        write_files(run, {path: data}, force=True)
    finally:
        run.progress.stop()


def _describe_precious(path: Path, *, exports: bool) -> str:
    """Return why an output must not replace a file, as a predicate; otherwise empty."""
    if os.path.abspath(path).startswith(("/dev/", "/proc/")):
        return "is not a regular file"
    target = Path(os.path.realpath(path))
    suffix = target.suffix.lower()
    if suffix not in {".toml", ".json"} or not target.is_file():
        return ""
    if history.path_of(target).exists():
        return "is a data file of renewctl"
    if (exports and path.suffix.lower() == suffix) or (suffix == ".json" and _is_output(target)):
        return ""
    return "is a data file of renewctl" if is_data_file(target) else "is not an output of renewctl"


def _is_output(path: Path) -> bool:
    """Return whether a JSON file is an output of renewctl, not a data file."""
    try:
        document = json.loads(files.read_bytes(path))
        name = str(document.get("schema") or document.get("$id"))
        return name.startswith(("renewctl.", ID))
    except (ValueError, AttributeError, RecursionError):
        return False


def _check_replaceable(paths: Sequence[Path], *, alone: bool) -> None:
    """Refuse existing files that cannot be replaced, in one error.

    Raises:
        RenewctlError: If there are such files. If a file is written ``alone``, it is its own error.
    """
    errors = []
    for path in paths:
        try:
            files.refuse_foreign_link(path)
            files.read_bytes(path)  # Replacing a file reads it, too.
            files.check_replaceable(path)
            files.refuse_hard_links(path)
        except FileNotFoundError:  # Another process has removed it in between.
            continue
        except RenewctlError as error:
            errors.append(error)
    if alone and errors:
        raise errors[0]
    if errors:
        kinds = {type(error) for error in errors}
        message = f"{count_of(len(errors), 'file')} cannot be replaced; nothing was written"
        problems = [Problem(error.message, hint=error.hint) for error in errors]
        raise (kinds.pop() if len(kinds) == 1 else FileError)(message, problems=problems)


def _refuse_existing(paths: Sequence[Path]) -> None:
    if folder := next(filter(os.path.isdir, paths), None):
        raise files.NotAFile(f"'{folder}' is a folder, not a file", hint="choose another file name")
    if len(paths) == 1:
        raise UsageError(f"'{paths[0]}' already exists", hint="add --force to replace it")
    if paths:
        problems = [Problem(list_some([*map(str, paths)], MOST_NAMED))]
        hint = "add --force to replace them"
        raise UsageError(f"{count_of(len(paths), 'file')} already exist", hint=hint, problems=problems)


def _write(path: Path, data: bytes, *, force: bool) -> None:
    try:
        files.create(path, data)
    except FileExistsError:
        if not force:  # Another process has created it in between.
            _refuse_existing([path])
        files.refuse_foreign_link(path)
        files.replace(path, data, files.digest(files.read_bytes(path)))


def _describe_own_file(path: Path, store: Path) -> str:
    """Describe a path if it is the data file or a companion of one; otherwise empty."""
    real, target = Path(os.path.realpath(store)), Path(os.path.realpath(path))
    own = {
        real: "the data file itself",
        history.path_of(store): "the history of the data file",
        real.with_name(lock_name(real.name)): "the lock file of the data file",
        real.with_name(SCHEMA_NAME): "the schema of the data file",
    }
    for file, what in own.items():
        if target.exists() and file.exists():
            is_same = target.samefile(file)
        else:  # Names that differ only in case are one file on Windows and macOS.
            is_same = str(target).casefold() == str(file).casefold()
        if is_same:
            return what
    name = target.name
    if name.casefold().endswith(history.SUFFIX):
        return "a history of renewctl"
    if name == lock_name(name[1:].removesuffix(".lock")):
        return "a lock file"
    is_temporary = name.startswith(f".{real.name}.") and name.endswith(".tmp")
    return "a temporary file of the data file" if is_temporary and target.parent == real.parent else ""
