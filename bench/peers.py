"""Other tools with the same tasks on the same data: look up one client's setting, and change one."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import portfolio
from cases import Run
from measure import Process
from stores import JSON, Stores

SIZES = (1_000, 10_000)


@dataclass(frozen=True, slots=True)
class Peer:
    """Another tool, and its words for one lookup or one edit.

    Args:
        name: The name in the table.
        tool: The program, which can be missing.
        words: Returns its arguments for a run and a file.
        file: Returns the text of the file for a number of clients; None for a file of renewctl in JSON.
    """

    name: str
    tool: str
    words: Callable[[Run, str], list[str]]
    file: Callable[[int], str] | None = None

    @property
    def installed(self) -> bool:
        """Whether the tool is installed."""
        return shutil.which(self.tool) is not None

    @property
    def kind(self) -> str:
        """The kind of file that the baseline reads."""
        return "toml" if self.file else JSON

    def process(self, stores: Stores, clients: int, number: int) -> Process:
        """Return the process of one run; create its file."""
        words = self.words(Run(stores, clients, number), str(self._path(stores, clients)))
        return Process([self.tool, *words], stores.folder)

    def _path(self, stores: Stores, clients: int) -> Path:
        if self.file is None:
            return stores.store(JSON, clients)
        path = stores.folder / f"{self.tool}{clients}"
        return path if path.exists() else stores.text(path.name, self.file(clients))


def _owner(run: Run) -> str:
    return ("partner", "hubspot")[run.number % 2]


def _jq_lookup(run: Run, path: str) -> list[str]:
    return [f'.clients["{run.client}"].override // .defaults', path]


def _jq_edit(run: Run, path: str) -> list[str]:
    setting = f'{{owner: "partner", notify: "{run.user}"}}'
    return [f'.clients["{run.client}"].override = {setting}', path]


def _recset(run: Run, path: str) -> list[str]:
    return ["-e", f'client = "{run.client}"', "-f", "owner", "-s", _owner(run), path]


def _amtool(run: Run, path: str) -> list[str]:
    return ["config", "routes", "test", f"--config.file={path}", f"client={run.client}"]


PEERS = (
    Peer("jq, one lookup", "jq", _jq_lookup),
    Peer("jq, one edit (to a pipe)", "jq", _jq_edit),
    Peer("recsel, one lookup", "recsel", lambda run, path: ["-e", f'client = "{run.client}"', path],
         portfolio.records),
    Peer("recset, one edit", "recset", _recset, portfolio.records),
    Peer("git config, one lookup", "git",
         lambda run, path: ["config", "-f", path, f"client.{run.client}.owner"], portfolio.git_config),
    Peer("git config, one edit", "git",
         lambda run, path: ["config", "-f", path, f"client.{run.client}.owner", _owner(run)],
         portfolio.git_config),
    Peer("amtool, one lookup", "amtool", _amtool, portfolio.routes),
)  # fmt: skip
