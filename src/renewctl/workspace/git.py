"""The store as git has it at a revision: read through git itself, nothing is written or fetched."""

import os
import subprocess
from pathlib import Path
from shlex import quote

from renewctl import files
from renewctl.command_line import command_line
from renewctl.errors import FileError, UsageError
from renewctl.store.location import Location
from renewctl.store.snapshot import Snapshot, read_snapshot

_SECONDS = 60
_RUN_NOTHING = ("-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}")


def load_revision(place: Location, revision: str) -> tuple[Snapshot, str]:
    """Return the store as it is at a revision, and a warning if it is not there; then it is an empty one.

    It is read as a checkout would write it: through the filters that git is configured to use.

    Raises:
        UsageError: If there is no such revision, the folder is in no work tree, or git is missing.
        StoreInvalid: If the store cannot be read there.
    """
    real = files.resolve_link(place.path)
    if revision.startswith("-") or ":" in revision or not revision.strip():
        raise UsageError(f"{revision!r} is not a revision", hint="as HEAD, HEAD~3, origin/main, or a tag")
    if run_git(real.parent, "rev-parse", "--git-dir").returncode:
        hint = "compare two files instead: renewctl diff OLD.toml NEW.toml"
        raise UsageError("the store is not in a git work tree", hint=hint)
    if run_git(real.parent, "rev-parse", "--verify", "--quiet", revision + "^{commit}").returncode:
        raise UsageError(f"git knows no revision {revision!r}", hint="git log --oneline shows some")
    location = Location(place.path, f"{revision}:{place.display}", place.why)
    name = f"{revision}:./{real.name}"
    if run_git(real.parent, "cat-file", "-e", name).returncode:
        empty = b'{"version": 1}\n' if real.suffix.lower() == ".json" else b"version = 1\n"
        warning = f"{place.display} is not in {revision}: compared with an empty store"
        return read_snapshot(empty, location), warning + _find_old_name(real, revision)
    answer = run_git(real.parent, "cat-file", "--filters", name)
    if answer.returncode:
        raise FileError(f"git could not read {name}: {first_error(answer)}")
    return read_snapshot(answer.stdout, location), ""


def _find_old_name(real: Path, revision: str) -> str:
    """Return how to compare with the file that the store was renamed from, as far as git can tell."""
    words = ("--cached", "--find-renames", "--diff-filter=R", "--name-status", "--no-ext-diff", "-z")
    answer = run_git(real.parent, "diff", *words, revision)
    prefix = run_git(real.parent, "rev-parse", "--show-prefix").stdout.rstrip(b"\n")
    # Each rename is three fields: how alike the files are, the old name, the new one.
    fields = answer.stdout.split(b"\0")
    renamed = dict(zip(fields[2::3], fields[1::3], strict=False))
    old = os.fsdecode(renamed.get(prefix + os.fsencode(real.name), b""))
    if not old:
        return ""
    command = f"git cat-file --filters {quote(f'{revision}:{old}')} > old{real.suffix}"
    return f"; there it is {old}: {command}; {command_line('diff', f'old{real.suffix}')}"


def run_git(
    folder: Path, *words: str, without: str = "compare two files: renewctl diff OLD.toml NEW.toml"
) -> "subprocess.CompletedProcess[bytes]":
    """Return what git answers in a folder; ``without`` is what to do where there is no git.

    Raises:
        UsageError: If git is missing.
        FileError: If it did not answer in time.
    """
    # Reading must neither write (the index's times) nor go to the network (a partial clone), nor run hooks.
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C"}
    try:
        answer = subprocess.run(  # noqa: S603 (a list of words, and a revision that begins with no dash)
            ["git", "-C", str(folder), "--no-pager", *_RUN_NOTHING, *words],  # noqa: S607 (where PATH says)
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
        if b"dubious ownership" in answer.stderr:
            lines = answer.stderr.decode("utf-8", "replace").splitlines()
            command = next((line.strip() for line in lines if "--add safe.directory" in line), "")
            raise UsageError("git does not trust the repository: it is somebody else's", hint=command)
        return answer
    except FileNotFoundError:
        raise UsageError("git is not installed", hint=f"install git, or {without}") from None
    except subprocess.TimeoutExpired:
        raise FileError(f"git did not answer within {_SECONDS} s") from None


def first_error(answer: "subprocess.CompletedProcess[bytes]") -> str:
    """Return git's reason."""
    return (answer.stderr.decode("utf-8", "replace").splitlines() or ["it gave no reason"])[0]
