"""Real runs of renewctl in which the N-th call on a file fails or kills it.

As in the tests of SQLite and git, only the system calls of the child process are wrapped.
A server imports renewctl once and forks for every run, so that a run takes 20 ms. ``Server`` is used by
the tests. Run as a program, this file is the server or, with a job as its argument, a single run.
"""

import builtins
import contextlib
import errno
import fcntl
import functools
import gc
import io
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

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
MODULES = [
    "renewctl.cli",
    "renewctl.store.lock",
    "grp",
    "tomlkit",
    "tomli",
    "toml_rs",
    "json",
    "rich.text",
    "renewctl.formats.json.codec",
]


class Call(NamedTuple):
    """One call on a file of the folder."""

    name: str
    path: str
    detail: str = ""

    @property
    def temporary(self) -> bool:
        """Whether it is on the temporary file that becomes the data file."""
        return self.path.endswith(".tmp")


class Ran(NamedTuple):
    """The result of a run; a negative status is the signal that killed it."""

    status: int
    out: str
    err: str
    calls: list[Call]
    struck: bool


class Server:
    """A process that has renewctl imported and forks a child for every run."""

    def __init__(self, **environment: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
        )

    def run(self, *argv: str, **job: Any) -> Ran:
        """Run renewctl in the current folder, with a ``fault``."""
        return self.crowd([{"argv": argv, **job}])[0]

    def crowd(
        self, jobs: list[dict[str, Any]], while_running: Callable[[], None] = lambda: None
    ) -> list[Ran]:
        """Run several jobs at once; call ``while_running`` repeatedly until all have ended."""
        common = {"cwd": os.getcwd(), "env": dict(os.environ)}
        self.process.stdin.write(json.dumps([common | job for job in jobs]).encode() + b"\n")
        self.process.stdin.flush()
        while_running()
        while not select.select([self.process.stdout], [], [], 0)[0]:
            while_running()
            select.select([self.process.stdout], [], [], 0.02)
        return [_ran(result) for result in json.loads(self.process.stdout.readline())]

    def close(self) -> None:
        """End the server."""
        self.process.communicate(timeout=300)


class Single:
    """The same without forking: every run is a separate Python process."""

    def run(self, *argv: str, **job: Any) -> Ran:
        """Run renewctl in the current folder, with a ``fault``."""
        job = {"cwd": os.getcwd(), "env": dict(os.environ), "argv": argv, **job}
        with tempfile.TemporaryFile() as log:
            process = subprocess.run(
                [sys.executable, __file__, json.dumps({**job, "log": log.fileno()})],
                capture_output=True,
                check=False,
                timeout=300,
                pass_fds=[log.fileno()],
            )
            log.seek(0)
            lines = log.read().decode()
        return _ran([process.returncode, process.stdout.decode(), process.stderr.decode(), lines])

    def close(self) -> None:
        """Do nothing, because there is no process to end."""


def _ran(result: list[Any]) -> Ran:
    status, out, err, log = result
    lines = [json.loads(line) for line in log.splitlines()]
    return Ran(status, out, err, [Call(*line) for line in lines if line], [] in lines)


# ------------------------------------------------------------------ in the child


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


def _serve() -> None:
    """Fork for every job of every line on standard input."""
    for name in MODULES:
        __import__(name)
    from renewctl.cli.app import COMMANDS, command_tree

    # A command is the same for every run, and to build it most of the time of one.
    for name in COMMANDS:
        command = command_tree().build(name)
        for inner in getattr(command, "commands", ()):
            command.build(inner)
    _warm()
    gc.collect()
    gc.freeze()
    for line in sys.stdin.buffer:
        results = _crowd(json.loads(line))
        os.write(1, json.dumps(results).encode() + b"\n")


def _warm() -> None:
    """Change a file of each kind once, so that all lazy imports are done."""
    from renewctl.main import main

    stores = {"a.toml": "version = 1\n", "a.json": '{"version": 1}'}
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        quiet = stack.enter_context(open(os.devnull, "w"))
        stack.enter_context(contextlib.redirect_stdout(quiet))
        stack.enter_context(contextlib.redirect_stderr(quiet))
        for name, text in stores.items():
            path = Path(folder, name)
            path.write_text(text)
            for words in (["set-default", "--owner", "hubspot"], ["client", "list"], ["doctor"], ["x"]):
                main([*words, "--store", str(path)])
            assert "hubspot" in path.read_text(), name


def _crowd(jobs: list[dict[str, Any]]) -> list[Any]:
    """Start all jobs, let them run at once, and wait for them."""
    gate, go = os.pipe()
    running = [_start(job, gate, go) for job in jobs]
    os.close(gate)
    os.close(go)
    results = []
    for process, files in running:
        _, status = os.waitpid(process, 0)
        texts = []
        for file in files:
            file.seek(0)
            texts.append(file.read().decode("utf-8", "replace"))
            file.close()
        results.append([os.waitstatus_to_exitcode(status), *texts])
    return results


def _start(job: dict[str, Any], gate: int, go: int) -> tuple[int, list[Any]]:
    files = [tempfile.TemporaryFile() for _ in range(3)]  # noqa: SIM115 (the parent reads them)
    process = os.fork()
    if process:
        return process, files
    status = 70
    try:
        os.close(go)
        os.read(gate, 1)  # which ends when the last holder of the other end has closed it
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(files[0].fileno(), 1)
        os.dup2(files[1].fileno(), 2)
        status = _run(job | {"log": files[2].fileno()})
    except BaseException:
        traceback.print_exc()
    finally:
        with contextlib.suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(status)


def _run(job: dict[str, Any]) -> int:
    """Become the process that the job asks for, and run renewctl in it."""
    import renewctl.__main__

    os.environ.clear()
    os.environ.update(job["env"])
    os.chdir(job["cwd"])
    os.umask(job.get("umask", 0o022))
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if job.get("user"):
        os.setgroups(job.get("groups", []))
        os.setgid(job["user"])
        os.setuid(job["user"])
    sys.argv = ["renewctl", *job["argv"]]
    if job.get("watched", True):
        Recorder(job["cwd"], job.get("fault") or {}, job["log"]).install()
    return int(renewctl.__main__.run())


@contextlib.contextmanager
def held(store: Path) -> Iterator[int]:
    """Let another process hold the lock of the data file; yield its process ID."""
    code = (
        "import sys; from pathlib import Path; from renewctl.store.lock import lock_store\n"
        "with lock_store(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(store)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout.readline() == b"held\n"
        try:
            yield process.pid
        finally:
            process.kill()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.exit(_run(json.loads(sys.argv[1])))
    _serve()
