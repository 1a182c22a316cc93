"""The files that ``init`` puts next to a store for editors and git; what others wrote in them stays."""

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
    """A file next to a store, its new content and its present one.

    ``status`` is created, extended, refreshed; kept if nothing is missing, left if it is somebody else's.
    """

    path: Path
    status: str
    new: bytes = b""
    old: bytes = b""

    def write(self) -> None:
        """Write the new content. Raises FileError, or StoreChanged if somebody else wrote it since."""
        files.refuse_foreign_link(self.path)
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
        schema = json.loads(old)
    except (files.NotAFile, ValueError, RecursionError):
        return CompanionFile(path, "left")
    if old == new:
        return CompanionFile(path, "kept")
    if isinstance(schema, dict) and str(schema.get("$id")).startswith(ID):
        return CompanionFile(path, "refreshed", new, old)
    return CompanionFile(path, "left")


def plan_git_files(folder: Path, store: str) -> list[CompanionFile]:
    """Return .gitattributes, which protects line ends, and .gitignore for what is each machine's own.

    Raises:
        UsageError: If the folder is in no work tree, or git is missing.
    """
    answer = git.run_git(folder, "rev-parse", "--is-inside-work-tree", without=_WITHOUT_GIT)
    if answer.returncode or answer.stdout.strip() != b"true":
        reason = git.first_error(answer) if answer.returncode else ""
        why = f": {reason}" if reason and "not a git repository" not in reason else ""
        message = f"{os.path.abspath(folder)} is in no git work tree{why}"
        raise UsageError(message, hint=f"make one with git init, or {_WITHOUT_GIT}")
    if not store.isprintable():
        raise UsageError(f"git cannot be told of the name {store!r}", hint="give the store a plainer name")
    pattern = quoted = _git_pattern(store)
    if re.search(r'[\s"]', pattern):  # In .gitattributes a blank would end it.
        quoted = '"' + re.sub(r'["\\]', r"\\\g<0>", pattern) + '"'
    attributes = [f"{name} text eol=lf" for name in (quoted, _git_pattern(SCHEMA_NAME))]
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
