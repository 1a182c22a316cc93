"""Compare renewctl on CPython 3.14 for WebAssembly with renewctl on this Python: ``make smoke-314``.

Needs Node.js, and what ``npm ci`` installs. Prints a diff, and ends with 1, if any answer differs.
"""

import difflib
import json
import re
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
SOURCE = FOLDER.parent.parent / "src"
_VARYING = {
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d": "TIME",
    r"\b[0-9a-f]{8}\b": "ID",
    r"(?<=\tana\t)[^\t]+": "HOST",
}


def run_here() -> str:
    """Return the answers of the steps on this Python."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, str(FOLDER / "steps.py"), folder]
        return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE).stdout


def run_on_wasm() -> str:
    """Return the answers of the steps on WebAssembly."""
    command = ["node", str(FOLDER / "wasm.mjs"), str(SOURCE), sysconfig.get_path("purelib")]
    return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE).stdout


def list_lines(answers: str) -> list[str]:
    """Return the lines of each answer below its command, without what differs from run to run."""
    lines = []
    for answer in answers.splitlines():
        words, status, *outputs = json.loads(answer)
        lines += [f"$ {words}", f"exit status {status}", *"\n".join(outputs).splitlines()]
    text = "\n".join(lines)
    for expression, name in _VARYING.items():
        text = re.sub(expression, name, text)
    return text.splitlines()


def main() -> int:
    """Run the steps on both, and print how the answers differ. Return 1 if they do."""
    here, there = list_lines(run_here()), list_lines(run_on_wasm())
    name = f"Python {sys.version.split()[0]}"
    diff = [*difflib.unified_diff(here, there, name, "Python for WebAssembly", lineterm="", n=0)]
    print("\n".join(diff) or f"{len(here)} lines of answers are the same as on {name}")
    return 1 if diff else 0


if __name__ == "__main__":
    sys.exit(main())
