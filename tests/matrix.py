"""Run the suite on every Python from 3.11 on, with the lowest and the newest dependencies allowed.

``python tests/matrix.py [--quick] [PYTHON...]`` creates an environment for each in ``.matrix``, from the
package index and without the lock, and prints a table. It uses the interpreters that are named, otherwise
those on PATH, of pyenv and of uv. ``--quick`` uses the oldest, the lowest dependencies and fewer tests.
"""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
VERSIONS = [(3, minor) for minor in range(11, 15)]
RESOLUTIONS = {"lowest": "lowest-direct", "newest": "highest"}
QUICK = ("tests/core", "tests/exchange", "tests/commands/test_transcripts.py", "tests/commands/test_json.py")
NOT_RUN = "not run"
_COUNTS = re.compile(r"(\d+) (passed|failed|skipped|errors?)\b")
_HEADINGS = ("Python", "dependencies", "passed", "failed", "skipped", "seconds")


def pythons(named: Iterable[str]) -> dict[tuple[int, int], str]:
    """Return an interpreter for each version that is available, oldest first."""
    found: dict[tuple[int, int], str] = {}
    for candidate in named or _candidates():
        version = _version(candidate)
        if version in VERSIONS:
            found.setdefault(version, candidate)
        elif named:
            raise SystemExit(f"{candidate} is not a Python from 3.11 to 3.14")
    return dict(sorted(found.items()))


def _candidates() -> Iterator[str]:
    roots = [Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"]
    roots.append(Path.home() / ".local/share/uv/python")
    for major, minor in VERSIONS:
        yield f"python{major}.{minor}"
        for root in roots:
            yield from map(str, sorted(root.glob(f"*{major}.{minor}*/bin/python{major}.{minor}")))


def _version(python: str) -> tuple[int, int] | None:
    code = "import sys; print(*sys.version_info[:2])"
    try:
        done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):  # pyenv's commands on PATH do not all run
        return None
    major, minor = done.stdout.split()
    return int(major), int(minor)


def run(python: str, version: str, name: str, tests: Iterable[str]) -> tuple[str, ...]:
    """Run tests in a new environment. Return a row of the table."""
    folder = REPOSITORY / ".matrix" / f"{version}-{name}"
    log = folder.with_suffix(folder.suffix + ".log")
    log.parent.mkdir(exist_ok=True)
    start = time.monotonic()
    # A package without a wheel for a Python would need a compiler.
    install = [BIN / "uv", "pip", "install", "--python", folder, "--only-binary", ":all:"]
    options = ["-n", "auto", "--dist", "worksteal", "-m", "not soak and not locked"]
    with log.open("w", encoding="utf-8") as file:
        for command in (
            [BIN / "uv", "venv", "--clear", "--python", python, folder],
            [*install, "--resolution", RESOLUTIONS[name], "-r", "requirements/dev.in"],
            [BIN / "uv", "pip", "install", "--python", folder, "--no-deps", "-e", "."],
            [folder / "bin" / "python", "-m", "pytest", *options, *tests],
        ):
            # The system's certificates can include that of a company's proxy.
            environment = {**os.environ, "UV_SYSTEM_CERTS": "1", "UV_NATIVE_TLS": "1"}
            done = subprocess.run(
                command, cwd=REPOSITORY, stdout=file, stderr=file, env=environment, check=False
            )
            if done.returncode:
                break
    text = log.read_text("utf-8")
    counts = {word.rstrip("s"): number for number, word in _COUNTS.findall(text)}
    if done.returncode:
        print(text[-8000:] + f"\nComplete log: {log}\n", file=sys.stderr)
    failed = str(int(counts.get("failed", 0)) + int(counts.get("error", 0)))
    if done.returncode and failed == "0":
        failed = NOT_RUN
    seconds = f"{time.monotonic() - start:.0f}"
    return version, name, counts.get("passed", "0"), failed, counts.get("skipped", "0"), seconds


def main(arguments: list[str]) -> int:
    """Run all combinations. Return the exit status."""
    quick = "--quick" in arguments
    found = pythons([word for word in arguments if word != "--quick"])
    if not found:
        print("no Python from 3.11 to 3.14 was found; name one", file=sys.stderr)
        return 1
    missing = [f"{major}.{minor}" for major, minor in VERSIONS if (major, minor) not in found]
    jobs = [(version, name) for version in found for name in RESOLUTIONS]
    rows = [_HEADINGS]
    print("  ".join(f"{heading:<12}" for heading in _HEADINGS))
    for version, name in jobs[:1] if quick else jobs:
        row = run(found[version], ".".join(map(str, version)), name, QUICK if quick else ())
        print("  ".join(f"{cell:<12}" for cell in row), flush=True)
        rows.append(row)
    if missing and not quick:
        print(f"Not installed: Python {', '.join(missing)}")
    if quick and rows[1][3] == NOT_RUN and rows[1][2] == "0":
        print("Not run: the packages could not be downloaded; see above.")
        return 0
    return int(any(row[3] != "0" for row in rows[1:]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
