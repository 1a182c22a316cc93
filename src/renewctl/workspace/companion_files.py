"""The files that ``init`` puts beside a store for editors and for git, and leaves alone once they are right.

Nothing of theirs that renewctl did not write is changed. Imports ``files``, the pure floors, the
names of the lock and the history, and its neighbour ``git``.
"""

import json
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from renewctl import files
from renewctl.domain.json_schema import ID, json_schema
from renewctl.domain.versions import CURRENT
from renewctl.errors import UsageError
from renewctl.store import history, lock
from renewctl.workspace import git

SCHEMA = "renewctl.schema.json"
SCHEMA_LINE = f"#:schema ./{SCHEMA}"
"""The first line of a TOML store, an empty one after it: taplo and tombi find the schema by it."""


_WITHOUT = "leave out --git"


class CompanionFile(NamedTuple):
    """A file beside a store: what is in it by now, what is to be, and what that makes of it.

    ``done`` is created, extended or refreshed; kept where nothing is missing, or left where it is
    somebody else's.
    """

    path: Path
    done: str
    new: bytes = b""
    old: bytes = b""

    def write(self) -> None:
        """Make the file what it is to be.

        Raises:
            FileTrouble: it cannot be written.
            StoreChanged: somebody else did meanwhile.
        """
        if self.done == "created":
            with suppress(FileExistsError):  # made just now: by another ``init``
                files.create(self.path, self.new)
        elif self.done in {"extended", "refreshed"}:
            files.replace(self.path, self.new, files.digest(self.old))
        files.sweep(self.path)


def schema_text() -> str:
    """Return the JSON Schema of a store as the text of a file."""
    return json.dumps(json_schema(CURRENT), indent=2) + "\n"


def plan_schema_file(folder: Path) -> CompanionFile:
    """Return the schema beside a store; an older one is refreshed, what is none is left."""
    path, new = folder / SCHEMA, schema_text().encode()
    if not os.path.lexists(path):
        return CompanionFile(path, "created", new)
    try:
        old = files.read_bytes(path)
    except files.NotAFile:
        return CompanionFile(path, "left")
    if old == new:
        return CompanionFile(path, "kept")
    return CompanionFile(path, "refreshed", new, old) if _ours(old) else CompanionFile(path, "left")


def _ours(data: bytes) -> bool:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and str(found.get("$id")).startswith(ID)


def plan_git_files(folder: Path, store: str) -> list[CompanionFile]:
    """Return the lines that git needs beside a store: what it may do to line ends, what is not for it.

    Args:
        folder: the store's, through all links.
        store: its name there.

    Raises:
        UsageError: the folder is in no work tree, or git is missing.
        FileTrouble, NotAFile: a file that has such lines cannot be read.
    """
    _check_work_tree(folder)
    if not store.isprintable():
        raise UsageError(f"git cannot be told of the name {store!r}", hint="give the store a plainer name")
    return [
        _with_lines(folder / ".gitattributes", _attributes(store)),
        _with_lines(folder / ".gitignore", _ignored(store)),
    ]


def _check_work_tree(folder: Path) -> None:
    done = git.ask(folder, "rev-parse", "--is-inside-work-tree", without=_WITHOUT)
    if done.returncode or done.stdout.strip() != b"true":
        reason = git.first_line(done) if done.returncode else ""
        why = f": {reason}" if reason and "not a git repository" not in reason else ""
        message = f"{os.path.abspath(folder)} is in no git work tree{why}"
        raise UsageError(message, hint=f"make one with git init, or {_WITHOUT}")


def _attributes(store: str) -> list[str]:
    return [f"{_attributed(name)} text eol=lf" for name in (store, SCHEMA)]


def _ignored(store: str) -> list[str]:
    """Return what git ignores: each machine's own, and gone in a moment."""
    names = [lock.name_of(store), store + history.SUFFIX]
    return [
        "# renewctl: each machine's own lock, temporary files and history",
        *map(_pattern, names),
        *(f"{_pattern('.' + name)}.*.tmp" for name in (store, SCHEMA)),
    ]


def _pattern(name: str) -> str:
    """Return a name in this folder as git's pattern."""
    return "/" + re.sub(r"[*?\[\]\\]", r"\\\g<0>", name)


def _attributed(name: str) -> str:
    """Return the pattern as .gitattributes takes it: in quotes where blanks would end it."""
    pattern = _pattern(name)
    if not re.search(r'[\s"]', pattern):
        return pattern
    return '"' + re.sub(r'["\\]', r"\\\g<0>", pattern) + '"'


def _with_lines(path: Path, lines: list[str]) -> CompanionFile:
    """Return the file with those of the lines that it lacks at its end, in its own line ends."""
    if not os.path.lexists(path):
        return CompanionFile(path, "created", "".join(f"{line}\n" for line in lines).encode())
    old = files.read_bytes(path)
    added = b"".join(_lacking(old, lines))
    return CompanionFile(path, "extended", old + added, old) if added else CompanionFile(path, "kept")


def _lacking(old: bytes, lines: list[str]) -> Iterator[bytes]:
    present = {line.rstrip() for line in old.split(b"\n")}
    wanted = [line.encode() for line in lines]
    missing = [line for line in wanted if line not in present]
    end = b"\r\n" if b"\r\n" in old else b"\n"
    if missing and old and not old.endswith(b"\n"):
        yield end
    yield from (line + end for line in missing)
