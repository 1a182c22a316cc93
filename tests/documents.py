"""Run the commands that the documents show, on a real terminal, and write their output below them.

``python tests/documents.py [FILE...]`` rewrites the documents; test_documents.py checks that nothing changes.
Only blocks marked ``console`` are run: ``$ `` begins a command, the lines below are its output. The blocks
of a document share one folder, which has a copy of the examples. After ``<!-- portfolio -->``, it also has
examples/agency.toml as renewctl.toml.
"""

import os
import re
import shlex
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from terminals import end_on_terminal, start_on_terminal

REPOSITORY = Path(__file__).resolve().parent.parent
WIDTH = 96
GENERATED = ("commands.md", "findings.md")
_BLOCK = re.compile(r"(?ms)^```console\n(.*?)^```$")
_PORTFOLIO = "<!-- portfolio -->"
Answer = Callable[[str, Path], str]
"""Return the output of a command in a folder."""


def documents() -> list[Path]:
    """Return the documents that people write: not those that ``make reference`` generates."""
    found = [
        *REPOSITORY.glob("docs/**/*.md"),
        REPOSITORY / "README.md",
        REPOSITORY / "examples" / "README.md",
    ]
    return sorted(path for path in found if path.name not in GENERATED)


def refreshed(text: str, answer: Answer | None = None) -> str:
    """Return the document with the present output of its commands."""
    answer = answer or run_in_terminal
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder) / "work"
        shutil.copytree(REPOSITORY / "examples", work / "examples")
        pieces, last = [], 0
        for found in _BLOCK.finditer(text):
            if _PORTFOLIO in text[last : found.start()]:
                shutil.copyfile(REPOSITORY / "examples" / "agency.toml", work / "renewctl.toml")
            pieces += [text[last : found.start(1)], _block(found[1], work, answer)]
            last = found.end(1)
        return "".join([*pieces, text[last:]])


def outputs(text: str) -> Iterator[tuple[str, list[str]]]:
    """Yield each command of a document and the lines of its output, as the document has them."""
    for block in _BLOCK.findall(text):
        entries = re.split(r"(?m)^\$ ", block)[1:]
        for command, entry in zip(_commands(block), entries, strict=True):
            yield command, entry.splitlines()[command.count("\n") + 1 :]


def _block(text: str, work: Path, answer: Answer) -> str:
    return "".join(f"$ {command}\n{answer(command, work)}" for command in _commands(text))


def _commands(text: str) -> list[str]:
    """Return the commands of a block; a backslash at the end, or ``> `` on the next line, continues one."""
    commands: list[str] = []
    for line in text.splitlines():
        if commands and (commands[-1].endswith("\\") or line.startswith("> ")):
            commands[-1] += "\n" + line
        elif line.startswith("$ "):
            commands.append(line[2:])
    return commands


def run_in_terminal(command: str, work: Path) -> str:
    """Run a command in a shell on a terminal, in this folder. Return its output, with the exit status."""
    environment = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(work.parent),
        "TERM": "xterm",
        "NO_COLOR": "1",
        "PAGER": "",
        "LC_ALL": "C.UTF-8",
        "RENEWCTL_AS_OF": "2026-11-23",
    }
    line = f"cd {shlex.quote(str(work))}; {command}".replace("\n> ", "\n")
    child = start_on_terminal("/bin/bash", ["-c", line], environment, rows=60, columns=WIDTH)
    return format_output(end_on_terminal(child), child.exitstatus)


def format_output(text: str, status: int) -> str:
    """Return the output of a command as documents show it."""
    shown = [line.rstrip() for line in text.splitlines()]
    return "".join(line + "\n" for line in shown) + (f"(exit status {status})\n" if status else "")


if __name__ == "__main__":
    for path in [Path(name).resolve() for name in sys.argv[1:]] or documents():
        old = path.read_text(encoding="utf-8")
        path.write_text(refreshed(old), encoding="utf-8")
        print(path.relative_to(REPOSITORY))
