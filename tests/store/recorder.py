"""Records the calls on files in a process of renewctl, and lets one fail."""

import builtins
import errno
import fcntl
import functools
import io
import json
import os
import signal
from collections.abc import Callable
from typing import Any

BY_PATH = [
    "open",
    "stat",
    "lstat",
    "readlink",
    "access",
    "scandir",
    "listdir",
    "unlink",
    "remove",
    "mkdir",
    "rmdir",
    "chmod",
    "chown",
    "utime",
    "truncate",
]
BY_TWO_PATHS = ["replace", "rename", "link", "symlink"]
BY_HANDLE = [
    "fstat",
    "fsync",
    "fdatasync",
    "fchmod",
    "fchown",
    "write",
    "pwrite",
    "read",
    "pread",
    "close",
    "ftruncate",
    "removexattr",
    "setxattr",
]
WRITES = {"write", "pwrite"}


class Recorder:
    """Counts and records calls on files, and applies the fault to the N-th one.

    A fault is ``{"kind": …}`` with ``"n"``, the number of the call from 1, or with ``"at"``, the name of the
    call, and ``"path"``, the end of its path. With ``"from"``, every call from the N-th on fails. Kinds: a
    symbol of errno; ``short``; ``torn`` (half is written, then the process dies); ``kill``, ``SIGINT``,
    ``SIGTERM``; and ``append``, ``unlink``, ``symlink``: another user does that to the file ``"victim"``,
    or replaces it with a link to the file ``mine``.
    """

    def __init__(self, folder: str, fault: dict[str, Any], log: int) -> None:
        self.folder, self.fault, self.log = os.path.realpath(folder), fault, log
        self.count = self.hits = 0
        self.handles: dict[int, str] = {}
        self.write = os.write  # the real one
        self.acts: dict[str, Callable[[], object]] = {
            "kill": lambda: os.kill(os.getpid(), signal.SIGKILL),
            "append": functools.partial(_append, builtins.open),
            "unlink": functools.partial(os.unlink),
            "symlink": functools.partial(os.symlink, "mine"),
        }

    def knows(self, path: object) -> str | None:
        """Return the path below the folder; None for any other."""
        if isinstance(path, int):
            return self.handles.get(path)
        if not isinstance(path, str | bytes | os.PathLike):
            return None
        full = os.path.abspath(os.fsdecode(path))
        if full == self.folder:
            return "."
        return full[len(self.folder) + 1 :] if full.startswith(self.folder + os.sep) else None

    def call(self, name: str, path: str, detail: str = "") -> str:
        """Record a call; return the kind of partial write to make, if any."""
        self.count += 1
        self.write(self.log, json.dumps([name, path, detail]).encode() + b"\n")
        if not self._struck(name, path):
            return ""
        kind = self.fault["kind"]
        if kind in {"short", "torn"}:
            if name in WRITES:
                self.write(self.log, b"[]\n")
            return kind if name in WRITES else ""
        self.write(self.log, b"[]\n")
        self._strike(kind, path)
        return ""

    def _struck(self, name: str, path: str) -> bool:
        if not self.fault:
            return False
        if "at" in self.fault:
            if name == self.fault["at"] and path.endswith(self.fault.get("path", "")):
                self.hits += 1
                return self.hits == self.fault.get("n", 1)
            return False
        return self.count == self.fault["n"] or (
            self.fault.get("from", False) and self.count > self.fault["n"]
        )

    def _strike(self, kind: str, path: str) -> None:
        if kind.startswith("SIG"):
            os.kill(os.getpid(), getattr(signal, kind))
        elif kind in {"append", "unlink", "symlink"}:
            self.acts[kind](self.fault["victim"])
        elif kind == "kill":
            self.acts[kind]()
        else:
            number = getattr(errno, kind)
            raise OSError(number, os.strerror(number), path)

    def install(self) -> None:
        """Wrap the system calls of this process."""
        for name in BY_PATH:
            setattr(os, name, self._by_path(name, getattr(os, name)))
        for name in BY_TWO_PATHS:
            setattr(os, name, self._by_two(name, getattr(os, name)))
        for name in BY_HANDLE:
            setattr(os, name, self._by_handle(name, getattr(os, name)))
        fcntl.flock = self._by_handle("flock", fcntl.flock)
        opened = self._opened(io.open)
        io.open = builtins.open = opened

    def _by_path(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(path: Any = ".", *args: Any, **kwargs: Any) -> Any:
            known = self.knows(path)
            if known is None or kwargs.get("dir_fd") is not None:
                return real(path, *args, **kwargs)
            self.call(name, known, str(args[0]) if name == "open" else "")
            result = real(path, *args, **kwargs)
            if name == "open":
                self.handles[result] = known
            return result

        return call

    def _by_two(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(source: Any, target: Any, **kwargs: Any) -> Any:
            if (known := self.knows(target)) is not None:
                self.call(name, known, self.knows(source) or "")
            return real(source, target, **kwargs)

        return call

    def _by_handle(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(handle: Any, *args: Any) -> Any:
            known = self.handles.get(handle) if isinstance(handle, int) else None
            if known is None:
                return real(handle, *args)
            if name == "close":
                del self.handles[handle]
                return self._close(known, lambda: real(handle))
            part = self.call(name, known)
            if name == "fsync":
                return None  # which takes long, and a process that dies does not need
            if part:
                return self._part(part, args[0], lambda data: real(handle, data, *args[1:]))
            return real(handle, *args)

        return call

    def _close(self, known: str, real: Callable[[], Any]) -> None:
        """Close the file even if the call must fail, as Linux does."""
        try:
            self.call("close", known)
        finally:
            real()

    def _part(self, kind: str, data: Any, real: Callable[[Any], int]) -> int:
        written = real(bytes(data)[: max(1, len(data) // 2)])
        if kind == "torn":
            self.acts["kill"]()
        return written

    def _opened(self, real: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(real)
        def call(file: Any, mode: str = "r", buffering: int = -1, *args: Any, **kwargs: Any) -> Any:
            known = self.knows(file)
            if known is None:
                return real(file, mode, buffering, *args, **kwargs)
            if not isinstance(file, int):
                self.call("open", known, mode)
            raw = _File(self, known, file, mode)
            wrapped = io.BufferedReader(raw) if raw.readable() else io.BufferedWriter(raw)
            return wrapped if "b" in mode else io.TextIOWrapper(wrapped, *args, **kwargs)

        return call


class _File(io.FileIO):
    """A file whose calls are recorded, whatever buffers are used."""

    def __init__(self, recorder: Recorder, known: str, file: Any, mode: str) -> None:
        super().__init__(file, mode.replace("b", "").replace("t", ""))
        self.recorder, self.known = recorder, known
        recorder.handles[self.fileno()] = known

    def write(self, data: Any) -> int:
        part = self.recorder.call("write", self.known)
        if part:
            return self.recorder._part(part, data, super().write)
        return super().write(data)

    def readinto(self, buffer: Any) -> int:
        self.recorder.call("read", self.known)
        return super().readinto(buffer)

    def readall(self) -> bytes:
        self.recorder.call("read", self.known)
        return super().readall()

    def close(self) -> None:
        if self.closed:
            return
        self.recorder.handles.pop(self.fileno(), None)
        self.recorder._close(self.known, super().close)


def _append(real_open: Callable[..., Any], victim: str) -> None:
    """Write a line into the victim, like an editor that saves in place."""
    with real_open(victim, "ab") as file:
        file.write(b"\n# theirs\n" if victim.endswith(".toml") else b" ")
