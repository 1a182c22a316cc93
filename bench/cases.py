"""The operations that are measured, with their baselines and limits: one row per operation."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import portfolio
from measure import MEMORY, PIPE, TERMINAL, Process
from stores import BARE, IMPORTED, JSON, TOML, Stores

LARGE, LARGEST_WITH_BAR = 10_000, 10_000
ROWS = 1_000
BOTH, MOST = (1_000, 10_000), (1_000, 10_000, 100_000)


@dataclass(frozen=True, slots=True)
class Run:
    """The values from which the words of one run are made."""

    stores: Stores
    clients: int
    number: int

    @property
    def client(self) -> str:
        """The client in the middle of the store."""
        return portfolio.key(self.clients // 2)

    @property
    def user(self) -> str:
        """A partner user, a different one in each run, so that each run is a change."""
        return portfolio.USERS[1 + self.number % 2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """A row: the words for renewctl, the baseline, and the limits of the ratio.

    Args:
        name: The name in the table.
        words: The arguments of a run; ``RENEWCTL_STORE`` names the file.
        base: P, T, L, or another operation of renewctl.
        bar: The limit of the ratio; None for no limit.
        large: The limit at 10,000 clients, if it is different.
        stretch: The goal for the ratio.
        sizes: Numbers of clients in the file; (0,) if no file is read.
        store: The kind of file.
        copied: Empty for a report. For a change, ``kept`` for one copy, ``fresh`` for one in each run.
    """

    name: str
    words: Callable[[Run], list[str]]
    base: "str | Other"
    bar: float | None
    stretch: float | None
    sizes: tuple[int, ...] = (0,)
    store: str = TOML
    copied: str = ""
    large: float | None = None
    statuses: tuple[int, ...] = (0,)
    way: str = PIPE
    environment: Callable[[Run], dict[str, str]] = field(default=lambda _run: {})

    def process(self, stores: Stores, clients: int, number: int) -> Process:
        """Return the process of one run; create its files."""
        run = Run(stores, clients, number)
        words = [*stores.command, *self.words(run)]
        environment = self.environment(run)
        if self.sizes != (0,):
            environment["RENEWCTL_STORE"] = str(self._path(stores, clients))
        return Process(words, stores.folder, environment, self.statuses, self.way)

    def baseline(self, stores: Stores, clients: int, _number: int = 0) -> Process:
        """Return the process of the baseline."""
        way = MEMORY if self.way == MEMORY else PIPE
        if isinstance(self.base, Other):
            path = stores.store(self.store, self.base.of(clients))
            words = [*stores.command, *self.base.words]
            return Process(words, stores.folder, {"RENEWCTL_STORE": str(path)}, way=way)
        return Process([stores.python, "-c", self._code(stores, clients)], stores.folder, way=way)

    def label(self, clients: int) -> str:
        """Return the name of the baseline in the table."""
        if isinstance(self.base, Other):
            return self.base.label
        return f"L({'json, ' if self.store == JSON else ''}{clients:,})" if self.base == "L" else self.base

    def bar_at(self, clients: int) -> tuple[float | None, float | None]:
        """Return limit and goal at a size; None beyond the largest size that has them."""
        bar = self.large if self.large and clients == LARGE else self.bar
        return (bar, self.stretch) if clients <= LARGEST_WITH_BAR else (None, None)

    def _path(self, stores: Stores, clients: int) -> Path:
        path = stores.store(self.store, clients)
        slug = "".join(sign if sign.isalnum() else "-" for sign in f"{self.name} {self.store} {clients}")
        return stores.copy(path, slug, fresh=self.copied == "fresh") if self.copied else path

    def _code(self, stores: Stores, clients: int) -> str:
        if self.base != "L":
            return {"P": "pass", "T": "import typer"}[self.base]
        kind = JSON if self.store == JSON else TOML
        module = "json" if kind == JSON else "tomli"
        path = str(stores.store(kind, clients))
        return f"import typer, {module}; {module}.loads(open({path!r}, encoding='utf-8').read())"


@dataclass(frozen=True, slots=True)
class Other:
    """A baseline that is renewctl itself: ``words`` in a pipe, with a file of the same size or another."""

    label: str
    of: Callable[[int], int]
    words: tuple[str, ...] = ("who", "--all", "-o", "tsv")


WHO_ALL = ["who", "--all", "-o", "tsv"]


def always(*words: str) -> Callable[[Run], list[str]]:
    """Return a function that gives the same words in each run."""
    return lambda _run: list(words)


def _override(run: Run) -> list[str]:
    return ["override", run.client, "--owner", "partner", "--notify", run.user]


def _override_list(run: Run) -> list[str]:
    text = portfolio.overrides(min(ROWS, run.clients), run.number)
    return ["override", "--from-file", str(run.stores.text("overrides.csv", text))]


def _import(run: Run) -> list[str]:
    return ["import", str(run.stores.client_list(run.clients))]


def _explain(run: Run) -> list[str]:
    return ["explain", run.client]


def _tab(shell: str) -> Operation:
    """Return the completion of a client's key, as the script of a shell requests it."""

    def variables(run: Run) -> dict[str, str]:
        line = f"renewctl explain {run.client[:10]}"
        return {
            "_RENEWCTL_COMPLETE": f"complete_{shell}",
            "COMP_WORDS": line,
            "COMP_CWORD": "2",
            "_TYPER_COMPLETE_ARGS": line,
            "_TYPER_COMPLETE_FISH_ACTION": "get-args",
        }

    return Operation(
        name=f"Tab on a client ({shell})", words=always(), base="L", bar=1.3, stretch=1.0, sizes=(1_000,),
        environment=variables,
    )  # fmt: skip


# fmt: off
OPERATIONS = (
    Operation(name="--version", words=always("--version"), base="T", bar=1.1, stretch=None),
    Operation(name="--version", words=always("--version"), base="P", bar=None, stretch=1.3),
    Operation(name="usage error", words=always("who", "--bogus"), base="T", bar=2.5, stretch=2,
              statuses=(2,)),
    Operation(name="--help", words=always("--help"), base="T", bar=3, stretch=2),
    Operation(name="who", words=always("who"), base="L", bar=1.2, stretch=1.0, sizes=(100,)),
    Operation(name="who --all -o tsv", words=always(*WHO_ALL), base="L", bar=1.3, stretch=1.05, sizes=MOST,
              large=2),
    Operation(name="who --all -o json", words=always("who", "--all", "-o", "json"), base="L",
              bar=1.3, stretch=1.05, sizes=BOTH, large=2),
    Operation(name="explain", words=_explain, base="L", bar=1.25, stretch=1.1, sizes=MOST),
    Operation(name="override", words=_override, base="L", bar=1.9, stretch=1.6, sizes=MOST, copied="kept",
              large=2.5),
    Operation(name=f"override --from-file, {ROWS:,} rows", words=_override_list, base="L", bar=4, stretch=2.5,
              sizes=BOTH, copied="fresh"),
    Operation(name="import, all new", words=_import, base="L", bar=5, stretch=3, sizes=(10_000,),
              store=BARE, copied="fresh"),
    Operation(name="import, no change", words=_import, base="L", bar=3, stretch=2, sizes=(10_000,),
              store=IMPORTED),
    Operation(name="set-default --dry-run", words=always("set-default", "--owner", "partner", "--dry-run"),
              base="L", bar=2.5, stretch=1.6, sizes=(10_000,)),
    Operation(name="check", words=always("check"), base="L", bar=2.5, stretch=1.6, sizes=(10_000,),
              statuses=(0, 1)),
    *(_tab(shell) for shell in ("bash", "zsh", "fish")),
    Operation(name="who on a terminal", words=always("who"), base=Other("piped", lambda n: n, ("who",)),
              bar=2.5, stretch=1.8, sizes=(100,), way=TERMINAL),
    Operation(name="who --all on a terminal", words=always("who", "--all"), base=Other("piped", lambda n: n),
              bar=5, stretch=3, sizes=(300,), way=TERMINAL),
    Operation(name="who --all on a terminal", words=always("who", "--all"), base=Other("piped", lambda n: n),
              bar=2, stretch=1.3, sizes=(10_000,), way=TERMINAL),
    Operation(name="who --all -o tsv, JSON store", words=always(*WHO_ALL), base="L", bar=4, stretch=2.5,
              sizes=(10_000, 100_000), store=JSON),
    Operation(name="explain, JSON store", words=_explain, base="L", bar=None, stretch=None,
              sizes=(10_000, 100_000), store=JSON),
    Operation(name="override, JSON store", words=_override, base="L", bar=None, stretch=None,
              sizes=(10_000, 100_000), store=JSON, copied="kept"),
    Operation(name="growth of who --all", words=always(*WHO_ALL),
              base=Other("a tenth", lambda n: max(1, n // 10)), bar=11, stretch=8, sizes=(10_000,)),
    Operation(name="peak memory, who --all", words=always(*WHO_ALL), base="L", bar=2, stretch=1.5,
              sizes=(10_000,), way=MEMORY),
)
# fmt: on
