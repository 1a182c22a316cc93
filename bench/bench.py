"""Whole-process times as ratios against baselines of the same run: ``make bench``.

P is a Python that does nothing, T one that imports typer, L(n) one that imports typer, reads the store of n
clients with tomli (or json) into plain data and stops. Each run of an operation follows one of its baseline;
the table shows medians. Mark: ✓ as good as it ought to be, · good enough, ✗ too slow.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from cases import OPERATIONS, Operation
from measure import MEMORY, Process, alternated
from peers import PEERS, SIZES
from stores import Stores

Made = Callable[[Stores, int, int], Process]


@dataclass(frozen=True, slots=True)
class Case:
    """One line of the table to be: an operation, or a peer's, at one size."""

    name: str
    clients: int
    label: str
    operation: Made
    baseline: Made
    bar: float | None = None
    stretch: float | None = None
    unit: str = "s"


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table: medians of both, their ratio, and whether it is good enough."""

    operation: str
    clients: int
    baseline: str
    unit: str
    baseline_median: float
    median: float
    ratio: float
    bar: float | None
    stretch: float | None
    mark: str


def mark(ratio: float, bar: float | None, stretch: float | None) -> str:
    """Return ✓, · or ✗ with how much the ratio is above the bar; nothing where there is none."""
    if stretch is not None and ratio <= stretch:
        return "✓"
    if bar is not None and ratio > bar:
        return f"✗ {ratio / bar - 1:+.0%}"
    return "·" if bar is not None else ""


def chosen(sizes: Sequence[int], only: str) -> list[Case]:
    """Return the cases of the sizes asked for whose name holds the words asked for."""
    operations = (
        _case(operation, clients)
        for operation in OPERATIONS
        for clients in operation.sizes
        if clients in {0, *sizes}
    )
    return [case for case in (*operations, *_peers(sizes)) if only in f"{case.name}, {case.clients}"]


def _case(operation: Operation, clients: int) -> Case:
    unit = "MiB" if operation.way == MEMORY else "s"
    label, bars = operation.label(clients), operation.bar_at(clients)
    return Case(operation.name, clients, label, operation.process, operation.baseline, *bars, unit)


def _peers(sizes: Sequence[int]) -> Iterator[Case]:
    for peer in PEERS:
        load = next(row for row in OPERATIONS if row.base == "L" and row.store == peer.kind)
        for clients in SIZES if peer.installed else ():
            if clients in sizes:
                yield Case(peer.name, clients, load.label(clients), peer.process, load.baseline)


def figure(case: Case, stores: Stores, repeat: int) -> Figure:
    """Measure one case."""
    base, own = alternated(
        lambda run: case.baseline(stores, case.clients, run),
        lambda run: case.operation(stores, case.clients, run),
        repeat,
    )
    ratio = own / base
    marked = mark(ratio, case.bar, case.stretch)
    return Figure(
        case.name, case.clients, case.label, case.unit, base, own, ratio, case.bar, case.stretch, marked
    )


def line(each: Figure) -> str:
    """Return a figure as a line of the table."""
    name = f"{each.operation}, {each.clients:,}" if each.clients else each.operation
    scale, unit = (1000, "ms") if each.unit == "s" else (1, each.unit)
    bars = "".join(f"{'–' if bar is None else f'{bar:g}':>8}" for bar in (each.bar, each.stretch))
    return (
        f"{name:<38}{each.median * scale:>9.1f} {unit:<4}{each.ratio:>6.2f} × {each.baseline:<15}"
        f"{bars}  {each.mark}".rstrip()
    )


def _options() -> argparse.Namespace:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--sizes", default="100,1000,10000", help="clients; 100000 on request")
    options.add_argument(
        "--repeat", type=int, default=7, help="runs that count, of each; 0: one without warm-up"
    )
    options.add_argument("--only", default="", metavar="SUBSTRING", help="operations whose name holds it")
    options.add_argument("--json", type=Path, metavar="FILE", help="write the figures there")
    options.add_argument(
        "--python",
        default=sys.executable,
        help="the interpreter that has renewctl, as a script beside it or as a module",
    )
    options.add_argument("--script", type=Path, metavar="PATH", help="measure this program")
    return options.parse_args()


def started_by(python: str, script: Path | None) -> list[str]:
    """Return the words that start renewctl: as people do, by the script that is installed beside Python."""
    if script is None and not (script := Path(python).with_name("renewctl")).exists():
        return [python, "-m", "renewctl"]
    return [str(script.absolute())]


def main() -> None:
    """Measure, print the table, and write it as JSON where asked."""
    given = _options()
    sizes = [int(size) for size in given.sizes.split(",")]
    command = started_by(given.python, given.script)
    print(f"{'operation':<38}{'median':>9}     {'ratio':>6}   {'baseline':<15}{'bar':>8}{'stretch':>8}")
    with tempfile.TemporaryDirectory() as name:
        stores = Stores(Path(name), command, given.python)
        figures = []
        for case in chosen(sizes, given.only):
            figures.append(figure(case, stores, given.repeat))
            print(line(figures[-1]), flush=True)
    if missing := sorted({peer.tool for peer in PEERS if not peer.installed}):
        print(f"not installed: {', '.join(missing)}")
    if given.json:
        given.json.write_text(json.dumps([asdict(each) for each in figures], indent=2) + "\n")


if __name__ == "__main__":
    main()
