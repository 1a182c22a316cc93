"""Files that ``init`` writes next to the data file for editors and git."""

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
"""The first line of a TOML file, followed by a blank line: taplo and tombi find the schema by it."""


class CompanionFile(NamedTuple):
    """A file next to the data file, with its new and its current content.

    ``status`` is created, extended or refreshed; kept if nothing is missing; left if others wrote it.
    """

    path: Path
    status: str
    new: bytes = b""
    old: bytes = b""

    def write(self) -> None:
        """Write the new content.

        Raises:
            FileError: If it cannot be written.
            StoreChanged: If the file changed in between.
        """
        files.refuse_foreign_link(self.path)
        if self.status == "created":
            with suppress(FileExistsError):  # Another ``init`` has just created it.
                files.create(self.path, self.new)
        elif self.status in {"extended", "refreshed"}:
            files.replace(self.path, self.new, files.digest(self.old))
        files.remove_stale_temporaries(self.path)


def schema_text() -> str:
    """Return the JSON Schema of data files as text."""
    return json.dumps(json_schema(CURRENT), indent=2) + "\n"


def plan_schema_file(folder: Path) -> CompanionFile:
    """Return the schema file of a folder; an older schema is refreshed."""
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
    """Return .gitattributes for line ends, and .gitignore for local files.

    Raises:
        UsageError: If the folder is not in a git repository, git is missing, or git cannot match the name.
    """
    answer = git.run_git(folder, "rev-parse", "--is-inside-work-tree")
    if answer.returncode or answer.stdout.strip() != b"true":
        reason = git.first_error(answer) if answer.returncode else ""
        why = f": {reason}" if reason and "not a git repository" not in reason else ""
        message = f"'{os.path.abspath(folder)}' is not in a git repository{why}"
        raise UsageError(message, hint="remove --git")
    if not store.isprintable():
        message = f"the file name {store!r} is not supported in .gitignore"
        raise UsageError(message, hint="rename the file")
    pattern = quoted = _git_pattern(store)
    if re.search(r'[\s"]', pattern):  # In .gitattributes, a space would end the pattern.
        quoted = '"' + re.sub(r'["\\]', r"\\\g<0>", pattern) + '"'
    attributes = [f"{name} text eol=lf" for name in (quoted, _git_pattern(SCHEMA_NAME))]
    ignored = [
        "# renewctl: lock, temporary files and history of each machine",
        _git_pattern(lock.lock_name(store)),
        _git_pattern(store + history.SUFFIX),
        *(f"{_git_pattern('.' + name)}.*.tmp" for name in (store, SCHEMA_NAME)),
    ]
    return [_with_lines(folder / ".gitattributes", attributes), _with_lines(folder / ".gitignore", ignored)]


def _git_pattern(name: str) -> str:
    """Return a git pattern for a file name in this folder."""
    return "/" + re.sub(r"[*?\[\]\\]", r"\\\g<0>", name)


def _with_lines(path: Path, lines: list[str]) -> CompanionFile:
    """Return the file with the missing lines added, with its own line ends.

    A comment alone is not missing.
    """
    if not os.path.lexists(path):
        return CompanionFile(path, "created", "".join(f"{line}\n" for line in lines).encode())
    old = files.read_bytes(path)
    present = {line.rstrip() for line in old.split(b"\n")}
    missing = [line.encode() for line in lines if line.encode() not in present]
    if all(line.startswith(b"#") for line in missing):
        return CompanionFile(path, "kept")
    end = b"\r\n" if b"\r\n" in old else b"\n"
    new = old + (end if old and not old.endswith(b"\n") else b"")
    new += b"".join(line + end for line in missing)
    return CompanionFile(path, "extended", new, old)
