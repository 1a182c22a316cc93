"""The files that are measured on, each made once, when it is first asked for."""

import os
import shutil
from pathlib import Path

import portfolio
from measure import Process, measured

TOML, JSON, BARE, IMPORTED = "toml", "json", "bare", "imported"


class Stores:
    """The generated files of one run of the benchmark.

    Args:
        folder: where they are made.
        command: what starts renewctl.
        python: the interpreter of the baselines.
    """

    def __init__(self, folder: Path, command: list[str], python: str) -> None:
        """Begin with none."""
        self.folder, self.command, self.python = folder, command, python

    def store(self, kind: str, clients: int) -> Path:
        """Return a store to read from; never to be written to."""
        path = self.folder / f"{kind}{clients}" / f"store.{JSON if kind == JSON else TOML}"
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            if kind == IMPORTED:
                self._import(path, clients)
            else:
                text = {TOML: portfolio.toml, JSON: portfolio.json, BARE: lambda _: portfolio.bare()}
                path.write_text(text[kind](clients), encoding="utf-8")
        return path

    def copy(self, of: Path, name: str, *, fresh: bool) -> Path:
        """Return a copy to write to, in a folder of its own; with ``fresh`` a new one without history."""
        folder = self.folder / name
        path = folder / of.name
        if fresh:
            shutil.rmtree(folder, ignore_errors=True)
        if not path.exists():
            folder.mkdir()
            shutil.copyfile(of, path)
            self._settled(path)
        return path

    def text(self, name: str, text: str) -> Path:
        """Return a file of that text."""
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        self._settled(path)
        return path

    def roster(self, clients: int) -> Path:
        """Return a CSV of so many clients."""
        path = self.folder / f"roster{clients}.csv"
        return path if path.exists() else self.text(path.name, portfolio.roster(clients))

    def _import(self, path: Path, clients: int) -> None:
        shutil.copyfile(self.store(BARE, clients), path)
        words = [*self.command, "import", str(self.roster(clients)), "--store", str(path), "--quiet"]
        measured(Process(words, self.folder))

    @staticmethod
    def _settled(path: Path) -> None:
        """Have a file on disk before the clock runs: a later fsync would pay for it."""
        for each in (path, path.parent):
            descriptor = os.open(each, os.O_RDONLY)
            os.fsync(descriptor)
            os.close(descriptor)
