"""Run the commands that the documents show, on a real terminal, and write their output below them.

``python tests/documents.py [FILE...]`` rewrites the documents; test_documents.py checks that nothing changes.
Only blocks marked ``console`` are run: ``$ `` begins a command, the lines below are its output. The blocks
of a document share one folder, which has a copy of the examples. After ``<!-- portfolio -->``, it also has
examples/agency.toml as renewctl.toml.
"""

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pexpect

REPOSITORY = Path(__file__).resolve().parent.parent
WIDTH = 96
GENERATED = ("commands.md", "findings.md")
_BLOCK = re.compile(r"(?ms)^```console\n(.*?)^```$")
_PORTFOLIO = "<!-- portfolio -->"


def documents() -> list[Path]:
    """Return the documents that people write: not those that ``make reference`` generates."""
    found = [
        *REPOSITORY.glob("docs/**/*.md"),
        REPOSITORY / "README.md",
        REPOSITORY / "examples" / "README.md",
    ]
    return sorted(path for path in found if path.name not in GENERATED)


def refreshed(text: str) -> str:
    """Return the document with the present output of its commands."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder) / "work"
        shutil.copytree(REPOSITORY / "examples", work / "examples")
        pieces, last = [], 0
        for found in _BLOCK.finditer(text):
            if _PORTFOLIO in text[last : found.start()]:
                shutil.copyfile(REPOSITORY / "examples" / "agency.toml", work / "renewctl.toml")
            pieces += [text[last : found.start(1)], _block(found[1], work)]
            last = found.end(1)
        return "".join([*pieces, text[last:]])


def outputs(text: str) -> Iterator[tuple[str, list[str]]]:
    """Yield each command of a document and the lines of its output, as the document has them."""
    for block in _BLOCK.findall(text):
        entries = re.split(r"(?m)^\$ ", block)[1:]
        for command, entry in zip(_commands(block), entries, strict=True):
            yield command, entry.splitlines()[command.count("\n") + 1 :]


def _block(text: str, work: Path) -> str:
    return "".join(f"$ {command}\n{_output(command, work)}" for command in _commands(text))


def _commands(text: str) -> list[str]:
    """Return the commands of a block; a backslash at the end, or ``> `` on the next line, continues one."""
    commands: list[str] = []
    for line in text.splitlines():
        if commands and (commands[-1].endswith("\\") or line.startswith("> ")):
            commands[-1] += "\n" + line
        elif line.startswith("$ "):
            commands.append(line[2:])
    return commands


def _output(command: str, work: Path) -> str:
    environment = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(work.parent),
        "TERM": "xterm",
        "NO_COLOR": "1",
        "PAGER": "",
        "LC_ALL": "C.UTF-8",
        "RENEWCTL_AS_OF": "2026-11-23",
    }
    child = pexpect.spawn(
        "/bin/bash",
        ["-c", command.replace("\n> ", "\n")],
        cwd=str(work),
        env=environment,
        dimensions=(60, WIDTH),
        encoding="utf-8",
        timeout=300,
    )
    child.expect(pexpect.EOF)
    child.close()
    shown = [line.rstrip() for line in child.before.replace("\r\n", "\n").splitlines()]
    status = f"(exit status {child.exitstatus})\n" if child.exitstatus else ""
    return "".join(line + "\n" for line in shown) + status


if __name__ == "__main__":
    for path in [Path(name).resolve() for name in sys.argv[1:]] or documents():
        old = path.read_text(encoding="utf-8")
        path.write_text(refreshed(old), encoding="utf-8")
        print(path.relative_to(REPOSITORY))
