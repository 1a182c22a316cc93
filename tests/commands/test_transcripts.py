r"""The transcripts in this folder: commands, with their output byte for byte.

    # the title of the scene
    --- renewctl.toml            A scene begins in an empty folder with this file.
    version = 1                  "--- small" uses stores/small.toml, "--- agency" the sample agency,
    ---                          "--- nothing" no file.
    $ renewctl who acme.example  In a pipe: first standard output,
    ! error: ...                 then standard error,
    ? 4                          then the exit status, unless it is 0.
    80$ renewctl who             The same on a terminal of 80 columns, without color.
    $ renewctl check | grep :65  Only the lines of both streams that pass the shell's filter.

``$ cat FILE`` shows a file. ``$ diff`` shows its changes since the beginning of the scene. ``$ mkdir``,
``$ mv``, ``$ cp``, ``$ cd`` and ``$ export NAME=VALUE`` work as in a shell. ``$ edit OLD NEW`` changes the
file as an editor does. A line of output that looks like one of these marks follows a backslash. A carriage
return is shown as ␍. The date is 23 November 2026. $HOME replaces the home folder, VERSION the version.
The author is Ana on the host desk, always at noon, and changes have the IDs id000001, id000002, …

``RENEWCTL_TRANSCRIPTS=write`` writes the current output to the files. Read the differences.
"""

import difflib
import json
import os
import platform
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import renewctl

HERE = Path(__file__).parent
FILES = sorted(HERE.glob("*.txt"))
WRITE = os.environ.get("RENEWCTL_TRANSCRIPTS") == "write"
PROMPT = re.compile(r"(\d*)\$ (.*)")
MARK = re.compile(r"\\|\d*\$ |! |\? |# |---")


class Scene(NamedTuple):
    """A data file, and the commands that run on it, with their output."""

    file: Path
    title: str
    name: str
    store: str
    steps: tuple[tuple[str, str], ...]
    """Pairs of a line with a prompt and the lines that follow it."""


HEAD = re.compile(r"# ([^\n]*)\n--- (?:(\w+)\n|(\S+)\n(.*?)^---\n)", re.MULTILINE | re.DOTALL)


def scenes(file: Path) -> Iterator[Scene]:
    text = file.read_text(encoding="utf-8") + "\n"
    heads = list(HEAD.finditer(text))
    for head, following in zip(heads, [*heads[1:], None], strict=True):
        body = text[head.end() : following.start() if following else len(text)]
        yield Scene(file, head[1], head[2] or head[3], head[4] or "", tuple(_steps(body)))


def _steps(body: str) -> Iterator[tuple[str, str]]:
    prompts = list(re.finditer(r"^\d*\$ .*\n", body, re.MULTILINE))
    for prompt, following in zip(prompts, [*prompts[1:], None], strict=True):
        answer = body[prompt.end() : following.start() if following else len(body)]
        yield prompt[0].rstrip("\n"), answer.removesuffix("\n")  # The empty line between two outputs.


def text_of(found: Iterable[Scene]) -> str:
    """Return the text of a transcript with these scenes."""
    pieces = []
    for scene in found:
        block = f"{scene.store}---\n" if "." in scene.name else ""
        pieces.append(f"# {scene.title}\n--- {scene.name}\n{block}")
        pieces += [f"{prompt}\n{answer}\n" for prompt, answer in scene.steps]
    return "".join(pieces).removesuffix("\n")


ALL = [scene for file in FILES for scene in scenes(file)]


class Stage:
    """The folder in which a scene runs."""

    def __init__(self, scene: Scene, patch: pytest.MonkeyPatch, examples: Path) -> None:
        self.scene, self.patch = scene, patch
        self.folder = Path.cwd()
        self.store = scene.name if "." in scene.name else "renewctl.toml"
        if "." in scene.name:
            Path(scene.name).write_text(scene.store, encoding="utf-8")
        elif scene.name != "nothing":
            folder = examples if scene.name == "agency" else HERE / "stores"
            shutil.copyfile(folder / f"{scene.name}.toml", self.store)
        self.original = Path(self.store).read_text(encoding="utf-8") if scene.name != "nothing" else ""

    def play(self, prompt: str, run: Callable, on_terminal: Callable) -> str:
        columns, command = PROMPT.fullmatch(prompt).groups()
        command, _, filters = command.partition(" | ")
        program, *words = shlex.split(command)
        if program != "renewctl":
            status, out, err = 0, self.run_tool(program, words), ""
        elif columns:
            status, out, err = on_terminal(*words, columns=int(columns))
            out = re.sub(r" +$", "", out, flags=re.MULTILINE)  # They are invisible there.
        else:
            status, out, err = run(*words)
        # The line breaks in a calendar depend on the version of icalendar.
        out = re.sub(r"\r\n |\\r\\n ", "", out)
        # The transcript cannot show that the last line end is missing.
        assert out.endswith("\n") or not out, f"no newline at the end: {out[-80:]!r}"
        out = out.replace("\r", "␍")
        lines = [*_marked(out, ""), *_marked(err, "! ")]
        answer = self.normalize("".join(line + "\n" for line in lines))
        if filters:
            pipe = subprocess.run(
                ["/bin/sh", "-c", filters], input=answer.encode(), capture_output=True, check=False
            )
            assert not pipe.stderr, pipe.stderr.decode()
            answer = pipe.stdout.decode()
        return answer + (f"? {status}\n" if status else "")

    def normalize(self, text: str) -> str:
        home = str(self.folder.parent)
        text = text.replace(home, "$HOME").replace(renewctl.__version__, "VERSION")
        text = re.sub(r"2\d{3}-\d\d-\d\d([ T])\d\d:\d\d:\d\d", r"2026-11-23\g<1>12:00:00", text)
        text = re.sub(r"2\d{3}-\d\d-\d\d \d\d:\d\d(?!:)", "2026-11-23 12:00", text)
        for number, identity in enumerate(self.ids(), 1):
            text = text.replace(identity, f"id{number:06d}")
        return text

    def ids(self) -> list[str]:
        histories = sorted(self.folder.glob("*.history.jsonl"))
        lines = [line for path in histories for line in path.read_text(encoding="utf-8").splitlines()]
        return [line["id"] for line in map(json.loads, lines) if "id" in line]

    def run_tool(self, program: str, words: list[str]) -> str:
        if program == "cat":
            return Path(words[0]).read_text(encoding="utf-8")
        if program == "diff":
            now = (self.folder / (words or [self.store])[0]).read_text(encoding="utf-8")
            lines = list(difflib.unified_diff(self.original.split("\n"), now.split("\n"), lineterm="", n=0))
            return "".join(line + "\n" for line in lines[2:] if not line.startswith("@@"))
        if program == "export":
            self.patch.setenv(*words[0].split("=", 1))
        elif program == "edit":
            text = (self.folder / self.store).read_text(encoding="utf-8")
            assert text.count(words[0]) == 1, f"{words[0]!r} appears {text.count(words[0])} times"
            (self.folder / self.store).write_text(text.replace(words[0], words[1]), encoding="utf-8")
        elif program == "cd":
            self.patch.chdir(words[0])
        elif program == "mkdir":
            Path(words[0]).mkdir(parents=True)
        elif program == "mv":
            Path(words[0]).rename(words[1])
        elif program == "cp":
            shutil.copyfile(*words)
        else:
            pytest.fail(f"unknown command: {program}")
        return ""


def _marked(text: str, mark: str) -> Iterator[str]:
    for line in text.split("\n")[:-1]:
        yield mark + ("\\" + line if not mark and MARK.match(line) else line)


@pytest.mark.parametrize("scene", ALL, ids=lambda scene: f"{scene.file.stem}: {scene.title}")
def test_transcript(
    scene: Scene, run: Callable, on_terminal: Callable, examples: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The output of every command is that of the transcript."""
    monkeypatch.setenv("RENEWCTL_AS_OF", "2026-11-23")
    monkeypatch.setenv("LOGNAME", "ana")
    monkeypatch.setattr(platform, "node", lambda: "desk")
    stage = Stage(scene, monkeypatch, examples)
    steps = tuple((prompt, stage.play(prompt, run, on_terminal)) for prompt, _ in scene.steps)
    if WRITE:
        written = [scene._replace(steps=steps) if one == scene else one for one in scenes(scene.file)]
        scene.file.write_text(text_of(written), encoding="utf-8")
    expected, actual = text_of([scene]).split("\n"), text_of([scene._replace(steps=steps)]).split("\n")
    if actual != expected:
        pytest.fail(
            "\n".join(difflib.unified_diff(expected, actual, "transcript", "output", lineterm="")), False
        )


def test_the_transcripts_are_parsed_completely() -> None:
    """No part of a file is ignored."""
    for file in FILES:
        assert text_of(scenes(file)) == file.read_text(encoding="utf-8"), file.name
