"""The base of every test: an empty environment, no network, a protected home.

Tests are isolated from the machine, so that they have the same results everywhere. Subprocesses inherit
the environment, but not the blocked network.
"""

import gc
import hashlib
import io
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import NamedTuple

import platformdirs
import pytest
from hypothesis import HealthCheck, settings

from renewctl.signals import restore_signals

REPOSITORY = Path(__file__).resolve().parent.parent
EXAMPLES = REPOSITORY / "examples"
# Read before any test changes the environment.
REAL_DATA = platformdirs.user_data_path("renewctl", appauthor=False)
SOAK = bool(os.environ.get("RENEWCTL_SOAK"))

# Variables for the interpreter, the temporary folder, and the measurement of coverage.
KEPT = {"PATH", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "LD_LIBRARY_PATH", "PYTHONHOME", "PYTHONPATH"}
KEPT_PREFIXES = ("PYTEST_", "COV_CORE_", "COVERAGE_")

PATIENCE = 300
"""Seconds after which a process of a test counts as hanging, even on a busy machine."""
RESET = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
"""Health checks that do not apply to a test that resets the state between its examples."""
# No deadline, and no check of how fast examples are generated: no test depends on speed.
settings.register_profile(
    "ci",
    max_examples=50,
    derandomize=True,
    deadline=None,
    print_blob=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("soak", settings.get_profile("ci"), derandomize=False, max_examples=1000)
settings.load_profile("soak" if SOAK else "ci")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Make every law a long test, too."""
    for item in items if SOAK else ():
        if isinstance(item, pytest.Function) and getattr(item.function, "is_hypothesis_test", False):
            item.add_marker("soak")


# Thousands of tests stay in memory: to search them for garbage again and again takes a twentieth of the time.
gc.set_threshold(100_000, 50, 1_000)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Return one process more than there are cores: some tests wait for a shell or a browser."""
    return (os.cpu_count() or 1) + 1


# A background job of a shell ignores Ctrl-C, and so do the processes that it starts.
signal.signal(signal.SIGINT, signal.default_int_handler)


_NUMBERS = count(1)
_UNTOUCHED: list[tuple[Path, list[tuple[int, ...]]]] = []
OF_ONE_COMMAND = {"html", "eml", "github"}
"""The output formats that only one command has."""


class Ran(NamedTuple):
    """The result of one run of the command line."""

    status: int
    out: str
    err: str

    @property
    def data(self) -> bytes:
        """The output as bytes, if it is not text."""
        return self.out.encode(errors="surrogateescape")


def arguments_of(line: str) -> list[str] | None:
    """Return the arguments in a line that calls renewctl; None if the line needs a shell."""
    if not re.fullmatch(r"renewctl(?: (?:\\\n|[^|<>;&$*\\\n])*)?", line):
        return None
    return shlex.split(line.replace("\\\n", ""))[1:]


class Terminal(io.BytesIO):
    """The bytes that are written to a stream that is a terminal."""

    def isatty(self) -> bool:
        return True


def kept_environment() -> dict[str, str]:
    """Return the variables that tests keep."""
    return {
        name: value for name, value in os.environ.items() if name in KEPT or name.startswith(KEPT_PREFIXES)
    }


def digests(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file under the folder, by its name."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def listing(folder: Path) -> dict[str, tuple[int, int]] | None:
    """Return size and time of everything in the folder; None if it does not exist."""
    if not folder.exists():
        return None
    stats = {str(path): path.lstat() for path in (folder, *sorted(folder.rglob("*")))}
    return {name: (stat.st_size, stat.st_mtime_ns) for name, stat in stats.items()}


@pytest.fixture(scope="session", autouse=True)
def _nothing_of_the_users_touched() -> Iterator[None]:
    """Fail the session if it changed the real user's data folder or the examples."""
    data, examples = listing(REAL_DATA), digests(EXAMPLES)
    yield
    assert listing(REAL_DATA) == data, f"a test touched {REAL_DATA}"
    assert digests(EXAMPLES) == examples, f"a test changed {EXAMPLES}"


@pytest.fixture(scope="session", autouse=True)
def _emptied_environment() -> Iterator[None]:
    """Remove the user's variables once, so that little is left to do for each test."""
    with pytest.MonkeyPatch.context() as patch:
        for name in os.environ.keys() - kept_environment().keys() - {"HOME"}:
            patch.delenv(name)
        yield


@pytest.fixture(scope="session", autouse=True)
def _forks() -> Iterator[None]:
    """End the server of forks, which the first test that needs it has started."""
    yield
    from forks import SERVER

    SERVER.close()


@pytest.fixture
def tmp_path(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Path]:
    """Return a folder with an empty folder ``work``: that of an earlier test, if it has not touched it."""
    if _UNTOUCHED:
        path, before = _UNTOUCHED.pop()
    else:
        name = re.sub(r"\W", "_", request.node.name)[:30]
        path = tmp_path_factory.mktemp(f"{name}{next(_NUMBERS)}", numbered=False)
        path.joinpath("work").mkdir()
        before = _stat(path)
    yield path
    # The clock of a file system can be too coarse.
    if _stat(path) == before and os.listdir(path) == ["work"] and not os.listdir(path / "work"):
        _UNTOUCHED.append((path, before))


def _stat(path: Path) -> list[tuple[int, ...]]:
    """Return values that change with the rights and entries of the folders."""
    stats = [each.lstat() for each in (path, path / "work") if each.exists()]
    return [(stat.st_ino, stat.st_mode, stat.st_ctime_ns) for stat in stats]


@pytest.fixture(autouse=True)
def _hermetic(tmp_path: Path) -> Iterator[None]:
    """Run a test in an empty folder, at UTC, with 100 columns, no color and no pager."""
    # A test that writes a file without ``main`` leaves signals held back.
    with restore_signals(), pytest.MonkeyPatch.context() as patch:
        for name in os.environ.keys() - kept_environment().keys():
            patch.delenv(name)
        # The parent folder is the home folder, so the search for a data file ends there.
        for name, value in {
            "HOME": str(tmp_path),
            "TZ": "UTC",
            "LC_ALL": "C.UTF-8",
            "COLUMNS": "100",
            "NO_COLOR": "1",
            "PAGER": "",
        }.items():
            patch.setenv(name, value)
        patch.chdir(tmp_path / "work")
        time.tzset()
        yield
    time.tzset()


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    """Fail a test that connects to anything but a Unix socket."""

    def guarded(connect: Callable[..., object]) -> Callable[..., object]:
        def guard(self: socket.socket, address: object) -> object:
            if self.family != getattr(socket, "AF_UNIX", None):
                self.close()
                # pytest.fail raises a BaseException, which renewctl does not catch.
                pytest.fail(f"the network was used: {address!r}")
            return connect(self, address)

        return guard

    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, guarded(getattr(socket.socket, name)))
        yield


def git(*words: str, stdin: str = "") -> str:
    """Run git in the current folder as Ana. Return its output."""
    who = ("-c", "user.name=Ana", "-c", "user.email=ana@agency.example", "-c", "commit.gpgsign=false")
    done = subprocess.run(["git", *who, *words], capture_output=True, text=True, check=True, input=stdin)
    return done.stdout


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ran]:
    """Return a function that runs the command line in this process.

    It is ``run(*argv, stdin="") -> Ran``.

    Its streams are UTF-8 and not terminals, as in a pipe.
    """
    from renewctl.main import main

    def run_main(*argv: str, stdin: str = "") -> Ran:
        out, err = io.BytesIO(), io.BytesIO()
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode()), encoding="utf-8"))
            stdout = io.TextIOWrapper(out, encoding="utf-8", write_through=True)
            stderr = io.TextIOWrapper(err, encoding="utf-8", errors="backslashreplace", write_through=True)
            patch.setattr(sys, "stdout", stdout)
            patch.setattr(sys, "stderr", stderr)
            status = main(list(argv))
            stdout.flush()
            stderr.flush()
        return Ran(int(status), out.getvalue().decode(errors="surrogateescape"), err.getvalue().decode())

    return run_main


@pytest.fixture
def examples() -> Path:
    """Return the repository's folder of examples. Never write to it."""
    return EXAMPLES


@pytest.fixture
def agency(examples: Path) -> Path:
    """Return a copy of the sample agency's file, as ``renewctl.toml`` in this folder."""
    return Path(shutil.copyfile(examples / "agency.toml", Path.cwd() / "renewctl.toml"))
