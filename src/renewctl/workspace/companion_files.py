"""The files that ``init`` puts next to a store for editors and for git, and leaves alone once they are right.

Nothing in them that renewctl did not write is changed.
"""

import json
import os
import re
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from renewctl import files
from renewctl.domain.json_schema import ID, json_schema
from renewctl.domain.versions import CURRENT
from renewctl.errors import UsageError
from renewctl.store import history, lock
from renewctl.workspace import git

SCHEMA_NAME = "renewctl.schema.json"
SCHEMA_COMMENT = f"#:schema ./{SCHEMA_NAME}"
"""The first line of a TOML store, an empty one after it: taplo and tombi find the schema by it."""
_WITHOUT_GIT = "leave out --git"


class CompanionFile(NamedTuple):
    """A file next to a store: its present content, its new content, and what that makes of it.

    ``status`` is created, extended or refreshed; kept where nothing is missing, or left where it is
    somebody else's.
    """

    path: Path
    status: str
    new: bytes = b""
    old: bytes = b""

    def write(self) -> None:
        """Write the new content.

        Raises:
            FileError: If it cannot be written.
            StoreChanged: If somebody else did meanwhile.
        """
        if self.status == "created":
            with suppress(FileExistsError):  # made just now: by another ``init``
                files.create(self.path, self.new)
        elif self.status in {"extended", "refreshed"}:
            files.replace(self.path, self.new, files.digest(self.old))
        files.remove_stale_temporaries(self.path)


def schema_text() -> str:
    """Return the JSON Schema of a store as the text of a file."""
    return json.dumps(json_schema(CURRENT), indent=2) + "\n"


def plan_schema_file(folder: Path) -> CompanionFile:
    """Return the schema next to a store; an older one is refreshed, anything else is left."""
    path, new = folder / SCHEMA_NAME, schema_text().encode()
    if not os.path.lexists(path):
        return CompanionFile(path, "created", new)
    try:
        old = files.read_bytes(path)
    except files.NotAFile:
        return CompanionFile(path, "left")
    if old == new:
        return CompanionFile(path, "kept")
    try:
        schema = json.loads(old)
    except (ValueError, RecursionError):
        return CompanionFile(path, "left")
    if isinstance(schema, dict) and str(schema.get("$id")).startswith(ID):
        return CompanionFile(path, "refreshed", new, old)
    return CompanionFile(path, "left")


def plan_git_files(folder: Path, store: str) -> list[CompanionFile]:
    """Return .gitattributes, which protects line ends, and .gitignore for what is each machine's own.

    Args:
        folder: the store's, through all links.
        store: its name there.

    Raises:
        UsageError: If the folder is in no work tree, or git is missing.
        FileError: If one of the files cannot be read.
        NotAFile: If one of them is not a file.
    """
    answer = git.run_git(folder, "rev-parse", "--is-inside-work-tree", without=_WITHOUT_GIT)
    if answer.returncode or answer.stdout.strip() != b"true":
        reason = git.first_error(answer) if answer.returncode else ""
        why = f": {reason}" if reason and "not a git repository" not in reason else ""
        message = f"{os.path.abspath(folder)} is in no git work tree{why}"
        raise UsageError(message, hint=f"make one with git init, or {_WITHOUT_GIT}")
    if not store.isprintable():
        raise UsageError(f"git cannot be told of the name {store!r}", hint="give the store a plainer name")
    attributes = [f"{_quote_blanks(_git_pattern(name))} text eol=lf" for name in (store, SCHEMA_NAME)]
    ignored = [
        "# renewctl: each machine's own lock, temporary files and history",
        _git_pattern(lock.lock_name(store)),
        _git_pattern(store + history.SUFFIX),
        *(f"{_git_pattern('.' + name)}.*.tmp" for name in (store, SCHEMA_NAME)),
    ]
    return [_with_lines(folder / ".gitattributes", attributes), _with_lines(folder / ".gitignore", ignored)]


def _git_pattern(name: str) -> str:
    """Return a name in this folder as git's pattern."""
    return "/" + re.sub(r"[*?\[\]\\]", r"\\\g<0>", name)


def _quote_blanks(pattern: str) -> str:
    """Return the pattern as .gitattributes takes it: in quotes where blanks would end it."""
    if not re.search(r'[\s"]', pattern):
        return pattern
    return '"' + re.sub(r'["\\]', r"\\\g<0>", pattern) + '"'


def _with_lines(path: Path, lines: list[str]) -> CompanionFile:
    """Return the file with those of the lines at its end that it does not have, in its own line ends."""
    if not os.path.lexists(path):
        return CompanionFile(path, "created", "".join(f"{line}\n" for line in lines).encode())
    old = files.read_bytes(path)
    present = {line.rstrip() for line in old.split(b"\n")}
    missing = [line.encode() for line in lines if line.encode() not in present]
    if not missing:
        return CompanionFile(path, "kept")
    end = b"\r\n" if b"\r\n" in old else b"\n"
    new = old + (end if old and not old.endswith(b"\n") else b"")
    new += b"".join(line + end for line in missing)
    return CompanionFile(path, "extended", new, old)
