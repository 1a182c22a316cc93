"""Real runs of renewctl in which the N-th call on a file fails or kills it.

As in the tests of SQLite and git, only the system calls of the child process are wrapped: by ``recorder``.
"""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from forks import RUN, SERVER, Server


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


WATCHED = f"""
import json, sys
sys.path.append({str(Path(__file__).parents[1])!r})
from store.recorder import Recorder
Recorder(*json.loads(sys.argv.pop(1))).install()
{RUN}
"""
"""Runs renewctl with a recorder, which has these arguments."""
GATED = """
import os
os.read(4, 1)  # which ends when the last holder of the other end has closed it
os.close(4)
"""


class Runs:
    """Runs of renewctl as forks of a server, whose calls on files are recorded."""

    def __init__(self, server: Server = SERVER) -> None:
        self.server = server

    def run(self, *argv: str, **job: Any) -> Ran:
        """Run renewctl in the current folder, with a ``fault``."""
        return self.crowd([{"argv": argv, **job}])[0]

    def crowd(self, jobs: list[dict[str, Any]], while_running: Callable[[], None] | None = None) -> list[Ran]:
        """Run several jobs at once; call ``while_running`` repeatedly until all have ended."""
        with contextlib.ExitStack() as stack, open(os.devnull) as null:
            gate, go = os.pipe()
            running = []
            for job in jobs:
                files = [stack.enter_context(tempfile.TemporaryFile()) for _ in range(3)]
                running.append((self._start([null, *files, gate], **job), files))
            os.close(gate)
            os.close(go)
            while while_running and any(process.poll() is None for process, _ in running):
                while_running()
                time.sleep(0.02)
            return [_ran(process.wait(300), files) for process, files in running]

    def _start(
        self,
        files: list[Any],
        *,
        argv: Sequence[str],
        watched: bool = True,
        fault: Any = None,
        **options: Any,
    ) -> Any:
        code, words = RUN, argv
        if watched:
            code, words = WATCHED, [json.dumps([os.getcwd(), fault or {}, 3]), *argv]
        return self.server.start(words, files, code=GATED + code, **options)


class Single:
    """The same without forking: every run is a separate Python process."""

    def run(self, *argv: str, fault: Any = None) -> Ran:
        """Run renewctl in the current folder, with a ``fault``."""
        with contextlib.ExitStack() as stack:
            out, err, log = files = [stack.enter_context(tempfile.TemporaryFile()) for _ in range(3)]
            recorder = json.dumps([os.getcwd(), fault or {}, log.fileno()])
            command = [sys.executable, "-c", WATCHED, recorder, *argv]
            done = subprocess.run(
                command, stdout=out, stderr=err, pass_fds=[log.fileno()], check=False, timeout=300
            )
            return _ran(done.returncode, files)


def _ran(status: int, files: list[Any]) -> Ran:
    texts = []
    for file in files:
        file.seek(0)
        texts.append(file.read().decode("utf-8", "replace"))
    lines = [json.loads(line) for line in texts[2].splitlines()]
    return Ran(status, *texts[:2], [Call(*line) for line in lines if line], [] in lines)


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
