"""Renewctl without what Windows does not have, or does otherwise. Run as a program, in a process of its own.

``python windows.py`` reads lines of JSON: a folder, an environment, names of the functions below, and
commands. For each line, it prints a JSON list of exit status, output and errors of each command. What is
replaced is the system's interface alone, after everything is imported: the libraries have a Windows of their
own, which needs Windows.
"""

import getpass
import glob
import importlib
import io
import json
import os
import pkgutil
import posixpath
import signal
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from typing import Any

import email_validator
import filelock
import platformdirs
import rich.console
import rich.table

import renewctl

LOADED = (email_validator, filelock, glob, platformdirs, rich.console, rich.table, sysconfig, tempfile)
WITHOUT = {
    os: "link fchown chown geteuid getegid getgroups getxattr setxattr listxattr removexattr O_NOFOLLOW",
    signal: "pthread_sigmask sigpending sigwait SIG_BLOCK SIG_UNBLOCK SIG_SETMASK SIGHUP",
}
INVALID_FUNCTION, SHARING_VIOLATION = 1, 32


def windows() -> None:
    """Take away what no Windows has: links, owners, signal masks, folders that can be opened."""
    for module, names in WITHOUT.items():
        for name in names.split():
            delattr(module, name)
    for name in ("pwd", "grp", "termios", "resource"):
        sys.modules[name] = None  # type: ignore[assignment]
    open_file = os.open

    def refuse_folder(path: Any, *arguments: Any, **options: Any) -> int:
        if isinstance(path, str | os.PathLike) and os.path.isdir(path):
            raise PermissionError(13, "Permission denied", path)
        return open_file(path, *arguments, **options)

    os.open = refuse_folder
    os.environ.pop("HOME", None)
    posixpath.expanduser = lambda path: str(path).replace("~", os.environ.get("USERPROFILE", "~"), 1)
    sys.platform = "win32"


def no_links() -> None:
    """Take away the function that makes a hard link."""
    del os.link


def no_user() -> None:
    """Take away the user's name."""

    def find_no_user() -> str:
        raise ImportError("No module named 'pwd'")

    getpass.getuser = find_no_user


def link_fails(number: int) -> Callable[[], None]:
    """Return a function that makes every hard link fail with an error number."""

    def apply() -> None:
        def fail(*_: Any, **__: Any) -> None:
            raise OSError(number, os.strerror(number))

        os.link = fail

    return apply


def virtual_drive() -> None:
    """Have the real name of a file asked for in vain, as on some virtual drives."""
    find_real = os.path.realpath

    def fail(path: Any, *, strict: bool = False) -> str:
        if strict and os.path.exists(path):
            raise _windows_error(INVALID_FUNCTION, "Incorrect function")
        return find_real(path, strict=strict)

    os.path.realpath = fail


def open_elsewhere(times: float) -> Callable[[], None]:
    """Return a function that makes replacing a file fail a number of times."""

    def apply() -> None:
        replace, left = os.replace, [times]

        def refuse(*arguments: Any, **options: Any) -> None:
            if left[0] > 0:
                left[0] -= 1
                raise _windows_error(SHARING_VIOLATION, "The process cannot access the file")
            replace(*arguments, **options)

        os.replace = refuse
        time.sleep = lambda _: None

    return apply


def case_ignored() -> None:
    """Have names of files that differ only in case mean the same file."""
    list_folder = os.listdir

    def existing(path: Any) -> Any:
        """Return the path with the name that the file has in its folder."""
        if not isinstance(path, str | os.PathLike):
            return path
        folder, name = os.path.split(os.fspath(path))
        try:
            names = list_folder(folder or ".")
        except OSError:
            return path
        same = (each for each in names if each.casefold() == name.casefold())
        return os.path.join(folder, next(same, name))

    def fold(function: Callable[..., Any], paths: int) -> Callable[..., Any]:
        return lambda *words, **options: function(*map(existing, words[:paths]), *words[paths:], **options)

    for name in ("open", "stat", "lstat", "unlink", "access", "chmod", "readlink", "getxattr", "listxattr"):
        setattr(os, name, fold(getattr(os, name), 1))
    for name in ("link", "rename", "replace"):
        setattr(os, name, fold(getattr(os, name), 2))
    io.open = fold(io.open, 1)


def _windows_error(number: int, text: str) -> OSError:
    error = PermissionError(13, text) if number == SHARING_VIOLATION else OSError(22, text)
    error.winerror = number
    return error


DIFFERENCES = {
    "windows": windows,
    "no links": no_links,
    "no user": no_user,
    "links: invalid argument": link_fails(22),
    "links: not supported": link_fails(95),
    "links: not permitted": link_fails(1),
    "virtual drive": virtual_drive,
    "case ignored": case_ignored,
    "open elsewhere for a moment": open_elsewhere(3),
    "open elsewhere": open_elsewhere(float("inf")),
}


def serve() -> None:
    """Import renewctl whole, then run the commands of every line in a fork."""
    for module in pkgutil.walk_packages(renewctl.__path__, "renewctl."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    for line in sys.stdin:
        process = os.fork()
        if not process:
            run_commands(*json.loads(line))
            sys.stdout.flush()
            os._exit(0)
        if os.waitpid(process, 0)[1]:
            print("[]", flush=True)  # The traceback is on standard error.


def run_commands(
    folder: str, environment: dict[str, str], differences: list[str], commands: list[list[str]]
) -> None:
    """Apply the differences, run the commands, and print what they answer."""
    from renewctl.main import main

    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    for name in differences:
        DIFFERENCES[name]()
    answers = []
    for command in commands:
        out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", newline="") for _ in range(2))
        with redirect_stdout(out), redirect_stderr(err):
            status = main(command)
        texts = []
        for stream in (out, err):
            stream.flush()
            texts.append(stream.buffer.getvalue().decode())  # type: ignore[attr-defined]
        answers.append([status, *texts])
    print(json.dumps(answers))


if __name__ == "__main__":
    serve()
