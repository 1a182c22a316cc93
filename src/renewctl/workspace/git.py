"""Read the data file at a git revision, without writing or fetching anything."""

import os
import subprocess
from pathlib import Path

from renewctl import files
from renewctl.command_line import command_line, quote
from renewctl.errors import FileError, UsageError
from renewctl.store.location import Location
from renewctl.store.snapshot import Snapshot, read_snapshot

_SECONDS = 60
_RUN_NOTHING = ("-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}")


def load_revision(place: Location, revision: str) -> tuple[Snapshot, str]:
    """Return the data file at a revision, or an empty file and a warning.

    It is read as a checkout would write it, with the filters in git's configuration.

    Raises:
        UsageError: If the revision does not exist, the folder is not in a repository, or git is missing.
        StoreInvalid: If the file is not valid at that revision.
        FileError: If git cannot read it.
    """
    real = files.resolve_link(place.path)
    if revision.startswith("-") or ":" in revision or not revision.strip():
        hint = "use a revision such as HEAD, HEAD~3, origin/main or a tag"
        raise UsageError(f"{revision!r} is not a valid revision", hint=hint)
    if run_git(real.parent, "rev-parse", "--git-dir").returncode:
        hint = "compare two files instead: renewctl diff OLD.toml NEW.toml"
        raise UsageError(f"'{place.display}' is not in a git repository", hint=hint)
    if run_git(real.parent, "rev-parse", "--verify", "--quiet", revision + "^{commit}").returncode:
        raise UsageError(f"revision {revision!r} not found", hint="list revisions: git log --oneline")
    location = Location(place.path, f"{revision}:{place.display}", place.why)
    name = f"{revision}:./{real.name}"
    if run_git(real.parent, "cat-file", "-e", name).returncode:
        empty = b'{"version": 1}\n' if real.suffix.lower() == ".json" else b"version = 1\n"
        warning = f"{place.display} does not exist in {revision}, so it was compared with an empty file"
        return read_snapshot(empty, location), warning + _find_old_name(real, revision)
    answer = run_git(real.parent, "cat-file", "--filters", name)
    if answer.returncode:
        raise FileError(f"git cannot read {name}: {first_error(answer)}")
    return read_snapshot(answer.stdout, location), ""


def _find_old_name(real: Path, revision: str) -> str:
    """Return how to compare with the file's old name; empty if it was not renamed."""
    words = ("--cached", "--find-renames", "--diff-filter=R", "--name-status", "--no-ext-diff", "-z")
    answer = run_git(real.parent, "diff", *words, revision)
    prefix = run_git(real.parent, "rev-parse", "--show-prefix").stdout.rstrip(b"\n")
    # Each rename has three fields: the similarity, the old name, the new name.
    fields = answer.stdout.split(b"\0")
    renamed = dict(zip(fields[2::3], fields[1::3], strict=False))
    old = os.fsdecode(renamed.get(prefix + os.fsencode(real.name), b""))
    if not old:
        return ""
    command = f"git cat-file --filters {quote(f'{revision}:{old}')} > old{real.suffix}"
    return f"; to compare with {old}, its name there: {command}; {command_line('diff', f'old{real.suffix}')}"


def run_git(folder: Path, *words: str) -> "subprocess.CompletedProcess[bytes]":
    """Run git in a folder with some arguments, and return the result.

    Raises:
        UsageError: If git is missing, or does not trust the repository.
        FileError: If git does not finish in time.
    """
    # Git must not write (times in the index), use the network (partial clones) or run hooks.
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C"}
    try:
        answer = subprocess.run(  # noqa: S603 (a list of words; the revision does not start with a dash)
            ["git", "-C", str(folder), "--no-pager", *_RUN_NOTHING, *words],  # noqa: S607 (found in PATH)
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
        if b"dubious ownership" in answer.stderr:
            lines = answer.stderr.decode("utf-8", "replace").splitlines()
            command = next((line.strip() for line in lines if "--add safe.directory" in line), "")
            message = "git does not trust this repository, because another user owns it"
            raise UsageError(message, hint=command and f"trust it, if you know its owner: {command}")
        return answer
    except FileNotFoundError:
        raise UsageError("git is not installed", hint="install git") from None
    except subprocess.TimeoutExpired:
        raise FileError(f"git did not finish within {_SECONDS} s") from None


def first_error(answer: "subprocess.CompletedProcess[bytes]") -> str:
    """Return the first line of git's error message."""
    return (answer.stderr.decode("utf-8", "replace").splitlines() or ["no error message"])[0]
