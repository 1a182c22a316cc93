"""The store as git has it at a revision: read through git itself, nothing is written or fetched."""

import os
import subprocess
from pathlib import Path

from renewctl import files
from renewctl.errors import FileError, UsageError
from renewctl.store.location import Location
from renewctl.store.snapshot import Snapshot, read_snapshot

_SECONDS = 60


def load_revision(place: Location, revision: str) -> tuple[Snapshot, bool]:
    """Return the store as it is at a revision, and whether it is there; if not, an empty one.

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
        return read_snapshot(empty, location), False
    answer = run_git(real.parent, "show", "--no-textconv", name)
    if answer.returncode:
        raise FileError(f"git could not read {name}: {first_error(answer)}")
    return read_snapshot(answer.stdout, location), True


def run_git(
    folder: Path, *words: str, without: str = "compare two files: renewctl diff OLD.toml NEW.toml"
) -> "subprocess.CompletedProcess[bytes]":
    """Return what git answers in a folder; ``without`` is what to do where there is no git.

    Raises:
        UsageError: If git is missing.
        FileError: If it did not answer in time.
    """
    # Reading must neither write (the index's times) nor go to the network (a partial clone).
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C"}
    try:
        return subprocess.run(  # noqa: S603 (a list of words, and a revision that begins with no dash)
            ["git", "-C", str(folder), "--no-pager", *words],  # noqa: S607 (git is where PATH says)
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except FileNotFoundError:
        raise UsageError("git is not installed", hint=f"install git, or {without}") from None
    except subprocess.TimeoutExpired:
        raise FileError(f"git did not answer within {_SECONDS} s") from None


def first_error(answer: "subprocess.CompletedProcess[bytes]") -> str:
    """Return git's reason."""
    return (answer.stderr.decode("utf-8", "replace").splitlines() or ["it gave no reason"])[0]
