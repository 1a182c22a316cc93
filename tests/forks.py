"""Processes of renewctl without the time of a start: a server imports it once, and forks for every run.

A fork differs from a new process only in the modules that are imported already; test_forks compares them.
Where the environment changes what the interpreter or a module does at its start, a new process is started.
"""

import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterable, Sequence
from typing import IO, Any

import fork_server
from conftest import PATIENCE, kept_environment

RUN = "from renewctl.__main__ import run; raise SystemExit(run())"
READ_AT_START = ("PYTHON", "LC_", "LANG", "COVERAGE_", "TYPER_", "TERMINAL_WIDTH", "FORCE_COLOR", "PY_COLORS")
"""The beginnings of variables that the interpreter or Typer reads only once."""


def _read_at_start(environment: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name.startswith(READ_AT_START)}


class Fork:
    """A fork, with the methods of ``subprocess.Popen``."""

    def __init__(self, server: "Server", pid: int) -> None:
        self.server, self.pid = server, pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Return the exit status, or None while the process runs."""
        if self.returncode is None:
            self.returncode = self.server.ask({"wait": self.pid, "options": os.WNOHANG})
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end of the process. Kill it, and raise an exception, if it takes too long."""
        if self.returncode is None:
            self.server.ask({"wait": self.pid, "options": 0}, answered=False)
            ended, _, _ = select.select([self.server.connection], [], [], timeout)
            if not ended:
                self.kill()
            self.returncode = self.server.answer()
            if not ended:
                raise subprocess.TimeoutExpired("renewctl", timeout or 0)
        return int(self.returncode or 0)

    def send_signal(self, number: int) -> None:
        """Send a signal to the process if it has not ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill the process, which may be waited for."""
        os.kill(self.pid, signal.SIGKILL)


class Server:
    """A process that has renewctl imported, and forks."""

    def __init__(self, **environment: str) -> None:
        self.environment = environment | {"LC_ALL": "C.UTF-8"}
        self.process: subprocess.Popen[bytes] | None = None

    def can_fork(self, env: dict[str, str]) -> bool:
        """Return whether a new process would start with this environment as the server has."""
        return _read_at_start(env) == _read_at_start(self.environment)

    def start(
        self,
        argv: Sequence[str],
        files: Sequence[int | IO[Any]],
        *,
        code: str = RUN,
        env: dict[str, str] | None = None,
        **options: Any,
    ) -> Fork | subprocess.Popen[bytes]:
        """Start renewctl, or this code, in the current folder.

        Args:
            argv: The arguments.
            files: The files that the process has from 0 on, or only its terminal.
            code: The program.
            env: The environment; by default that of this process.
            options: Those of ``fork_server.become``, only for a fork.
        """
        env = dict(os.environ) if env is None else env
        if self.can_fork(env):
            os.umask(umask := os.umask(0))
            job = {"argv": argv, "code": code, "env": env, "cwd": os.getcwd(), "umask": umask, **options}
            return Fork(self, self.ask(job, files))
        program = ["-m", "renewctl"] if code == RUN else ["-c", code]
        stdin, stdout, stderr = files
        return subprocess.Popen(
            [sys.executable, *program, *argv], stdin=stdin, stdout=stdout, stderr=stderr, env=env, **options
        )

    def ask(
        self, request: dict[str, Any], files: Iterable[int | IO[Any]] = (), *, answered: bool = True
    ) -> Any:
        """Send a request with open files, and return the answer."""
        if self.process is None:
            self.connection, theirs = socket.socketpair()
            with theirs:
                self.process = subprocess.Popen(
                    [sys.executable, fork_server.__file__, str(theirs.fileno())],
                    stdin=subprocess.DEVNULL,
                    env=self.environment,
                    pass_fds=[theirs.fileno()],
                )
        line = json.dumps(request).encode() + b"\n"
        numbers = [file if isinstance(file, int) else file.fileno() for file in files]
        sent = socket.send_fds(self.connection, [line], numbers)
        self.connection.sendall(line[sent:])
        return self.answer() if answered else None

    def answer(self) -> Any:
        """Return the answer to a request."""
        return json.loads(fork_server.read_line(self.connection))

    def close(self) -> None:
        """End the server."""
        if self.process is not None:
            self.connection.close()
            self.process.wait(PATIENCE)
            self.process = None


SERVER = Server(**kept_environment())
"""The server of all tests; it starts when it is needed."""
