"""The generated files of a benchmark, each created when it is first needed."""

import os
import shutil
from pathlib import Path

import portfolio
from measure import Process, measure

TOML, JSON, BARE, IMPORTED = "toml", "json", "bare", "imported"


class Stores:
    """The generated files of one benchmark.

    Args:
        folder: The folder of the files.
        command: The words that start renewctl.
        python: The interpreter of the baselines.
    """

    def __init__(self, folder: Path, command: list[str], python: str) -> None:
        """Create no files yet."""
        self.folder, self.command, self.python = folder, command, python

    def store(self, kind: str, clients: int) -> Path:
        """Return a file to read; it must not be changed."""
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
        """Return a copy to change, in its own folder; with ``fresh``, a new copy without a history."""
        folder = self.folder / name
        path = folder / of.name
        if fresh:
            shutil.rmtree(folder, ignore_errors=True)
        if not path.exists():
            folder.mkdir()
            shutil.copyfile(of, path)
            self._sync(path)
        return path

    def text(self, name: str, text: str) -> Path:
        """Return a file with a text."""
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        self._sync(path)
        return path

    def client_list(self, clients: int) -> Path:
        """Return a CSV file of clients."""
        path = self.folder / f"clients{clients}.csv"
        return path if path.exists() else self.text(path.name, portfolio.client_list(clients))

    def _import(self, path: Path, clients: int) -> None:
        shutil.copyfile(self.store(BARE, clients), path)
        words = [*self.command, "import", str(self.client_list(clients)), "--store", str(path), "--quiet"]
        measure(Process(words, self.folder))

    @staticmethod
    def _sync(path: Path) -> None:
        """Sync a file to the disk, so that a later fsync does not include it."""
        for each in (path, path.parent):
            descriptor = os.open(each, os.O_RDONLY)
            os.fsync(descriptor)
            os.close(descriptor)
