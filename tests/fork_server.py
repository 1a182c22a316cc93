"""The server of ``forks``: a program that has renewctl imported, and forks for every run."""

import contextlib
import gc
import importlib
import json
import os
import pkgutil
import signal
import socket
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

LAZY = ("grp", "json", "rich.progress", "rich.table", "tomli", "tomlkit", "toml_rs", "store.recorder")
"""Modules that a run can import later; a run as another user may not be able to."""


def read_line(connection: socket.socket, line: bytes = b"") -> bytes:
    """Return the line that begins with these bytes."""
    while not line.endswith(b"\n"):
        part = connection.recv(65536)
        assert part, "the other process has ended"
        line += part
    return line


def serve(connection: socket.socket) -> str:
    """Answer requests until the other end is closed; in a fork, return the code to run."""
    while True:
        line, files, _, _ = socket.recv_fds(connection, 65536, 16)
        if not line:
            sys.exit()
        request = json.loads(read_line(connection, line))
        if "wait" in request:
            pid, status = os.waitpid(request["wait"], request["options"])
            answer = os.waitstatus_to_exitcode(status) if pid else None
        elif not (answer := os.fork()):
            connection.close()
            become(files, request)
            return str(request["code"])
        for file in files:
            os.close(file)
        connection.sendall(json.dumps(answer).encode() + b"\n")


def become(files: list[int], job: dict[str, Any]) -> None:
    """Become what the interpreter is at its start, with this environment and these files.

    A job has ``argv``, ``env``, ``cwd`` and ``umask``. It can have ``user`` and ``groups``, and the standard
    files that are ``closed``.
    """
    closed = job.get("closed", ())
    if len(files) == 1:
        os.login_tty(files[0])
    for number, file in enumerate(files if len(files) > 1 else ()):
        os.dup2(file, number)  # The files have higher numbers than any of their copies.
    os.closerange(max(3, len(files)), 256)
    for number in closed:
        os.close(number)
    os.environ.clear()
    os.environ.update(job["env"])
    time.tzset()
    tempfile.tempdir = None
    os.chdir(job["cwd"])
    os.umask(job["umask"])
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if user := job.get("user"):
        os.setgroups(job.get("groups", []))
        os.setgid(user)
        os.setuid(user)
    sys.argv = ["-c", *job["argv"]]
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        old = getattr(sys, f"__{name}__")
        new = None
        if number not in closed:
            mode, buffering = ("w" if number else "r"), (1 if number == 2 else -1)
            new = open(number, mode, buffering, old.encoding, old.errors, "\n", closefd=False)  # noqa: SIM115
            new.buffer.raw.name = f"<{name}>"
        setattr(sys, name, new)
        setattr(sys, f"__{name}__", new)


def prepare() -> None:
    """Import everything, and run commands once, which import more."""
    import renewctl
    from renewctl.cli.app import COMMANDS, command_tree
    from renewctl.main import main

    ours = (module.name for module in pkgutil.walk_packages(renewctl.__path__, "renewctl."))
    for name in (*ours, *LAZY):
        importlib.import_module(name)
    # A command is the same for every run, and to build it most of the time of one.
    for name in COMMANDS:
        command = command_tree().build(name)
        for inner in getattr(command, "commands", ()):
            command.build(inner)
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        quiet = stack.enter_context(open(os.devnull, "w"))
        stack.enter_context(contextlib.redirect_stdout(quiet))
        stack.enter_context(contextlib.redirect_stderr(quiet))
        for name, text in {"a.toml": "version = 1\n", "a.json": '{"version": 1}'}.items():
            path = Path(folder, name)
            path.write_text(text)
            for words in (["set-default", "--owner", "hubspot"], ["client", "list"], ["doctor"], ["x"]):
                main([*words, "--store", str(path)])
            assert "hubspot" in path.read_text(), name


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # A Ctrl-C on the terminal of the tests is not for it.
    prepare()
    gc.collect()
    gc.freeze()
    exec(compile(serve(socket.socket(fileno=int(sys.argv[1]))), "<string>", "exec"), {"__name__": "__main__"})
