"""A fork is like a new process."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conftest import PATIENCE
from forks import SERVER
from terminals import end_on_terminal, start_on_terminal, start_renewctl

PROBE = """
import gc, json, locale, os, resource, signal, sys, tempfile, time
def stream(name):
    one = getattr(sys, name)
    assert one is getattr(sys, "__" + name + "__")
    return one and [
        *(one.name, one.mode, one.encoding, one.errors, one.line_buffering, one.write_through),
        *(one.fileno(), one.isatty(), one.newlines, type(one.buffer).__name__, one.buffer.raw.closefd),
    ]
def terminal():
    try:
        with open("/dev/tty") as tty:
            return [os.getsid(0) == os.getpid(), os.tcgetpgrp(tty.fileno()) == os.getpid()]
    except OSError as error:
        return error.errno
def exists(number):
    try:
        return bool(os.fstat(number))
    except OSError:
        return False
umask = os.umask(0)
of_shells = ("PWD", "OLDPWD", "_", "SHLVL")
of_shells = ("PWD", "OLDPWD", "_", "SHLVL")
found = {
    "argv": sys.argv, "env": {name: value for name, value in os.environ.items() if name not in of_shells},
     "cwd": os.getcwd(), "umask": umask, "tz": time.tzname,
    "signals": [str(signal.getsignal(number)) for number in sorted(signal.valid_signals())],
    "blocked": sorted(signal.pthread_sigmask(signal.SIG_BLOCK, ())),
    "files": [number for number in range(256) if exists(number)],
    "streams": [stream(name) for name in ("stdin", "stdout", "stderr")],
    "terminal": terminal(), "locale": [locale.setlocale(locale.LC_ALL), locale.getencoding()],
    "flags": list(sys.flags), "name": __name__, "folder": tempfile.gettempdir(),
    "user": [os.getuid(), os.getgid(), os.getgroups()], "limits": resource.getrlimit(resource.RLIMIT_NOFILE),
}
with open("probe", "w") as file:
    json.dump(found, file)
sys.exit(3)
"""
ENDS = {
    "a status": "import sys; print('text'); sys.exit(3)",
    "a message": "import sys; sys.exit('text')",
    "the end": "print('text')",
    "an exception": "print('text'); 1 / 0",
    "an interruption": "import os, signal; print('text'); os.kill(os.getpid(), signal.SIGINT)",
    "a signal": "import os, signal; print('text'); os.kill(os.getpid(), signal.SIGTERM)",
    "exit functions and threads": (
        "import atexit, threading, time; atexit.register(print, 'at exit')\n"
        "threading.Thread(target=lambda: time.sleep(0.05) or print('thread')).start()"
    ),
}


CLOSE = {0: "<&-", 1: ">&-", 2: "2>&-"}


def start_new(
    code: str, files: list[int], *argv: str, closed: tuple[int, ...] = ()
) -> subprocess.Popen[bytes]:
    """Start a new process with the files, as ``Server.start`` does."""
    line = " ".join(['exec "$0" "$@"', *(CLOSE[number] for number in closed)])
    names = dict(zip(("stdin", "stdout", "stderr"), files, strict=True))
    return subprocess.Popen(
        ["/bin/sh", "-c", line, sys.executable, "-c", code, *argv], env={**os.environ}, **names
    )


def differences(fork: dict[str, Any], new: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    return {name: (value, new[name]) for name, value in fork.items() if value != new[name]}


@pytest.fixture
def places(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Set what a process inherits, after the start of the server."""
    SERVER.start([], [0, 1, 2], code="").wait(PATIENCE)
    monkeypatch.delenv("PYTEST_VERSION")
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    monkeypatch.setenv("ONLY_HERE", "更新")
    before = os.umask(0o027)
    yield
    os.umask(before)


@pytest.mark.usefixtures("places")
@pytest.mark.parametrize("closed", [(), (0,), (1,), (2,), (0, 1, 2)], ids=str)
@pytest.mark.parametrize("kind", ["files", "pipes"])
def test_a_fork_has_what_a_new_process_has(kind: str, closed: tuple[int, ...]) -> None:
    found = []
    for start in (SERVER.start, start_new):
        ends = os.pipe() if kind == "pipes" else (os.open("file", os.O_CREAT | os.O_RDWR),)
        files = [ends[0], ends[-1], ends[-1]]
        if start == start_new:
            process = start_new(PROBE, files, "更新", "", closed=closed)
        else:
            process = SERVER.start(["更新", ""], files, code=PROBE, closed=closed)
        status = process.wait(PATIENCE)
        for end in ends:
            os.close(end)
        found.append({"status": status, **json.loads(Path("probe").read_text())})
    assert differences(*found) == {}
    assert found[0]["status"] == 3


@pytest.mark.usefixtures("places")
def test_a_fork_on_a_terminal_has_what_a_new_process_has() -> None:
    found = []
    for start in (
        lambda: start_renewctl("更新", code=PROBE),
        lambda: start_on_terminal(sys.executable, ["-c", PROBE, "更新"], {**os.environ}),
    ):
        child = start()
        assert end_on_terminal(child) == ""
        found.append({"status": child.exitstatus, **json.loads(Path("probe").read_text())})
    assert differences(*found) == {}
    assert found[0]["terminal"] == [True, True]


@pytest.mark.parametrize("code", ENDS.values(), ids=ENDS)
@pytest.mark.parametrize("full", [False, True], ids=["", "full"])
def test_a_fork_ends_as_a_new_process_does(code: str, full: bool) -> None:
    if full and not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    found = []
    for start in (SERVER.start, start_new):
        with (
            open(os.devnull) as null,
            open("/dev/full" if full else "out", "w") as out,
            open("err", "w") as err,
        ):
            files = [null.fileno(), out.fileno(), err.fileno()]
            process = start_new(code, files) if start == start_new else SERVER.start([], files, code=code)
            status = process.wait(PATIENCE)
        shown = [line for line in Path("err").read_text().splitlines() if not line.startswith(" ")]
        found.append((status, "" if full else Path("out").read_text(), shown))
    assert found[0] == found[1]
