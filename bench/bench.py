"""Measure whole processes as ratios to baselines of the same run: ``make bench``.

P is a Python program that does nothing, T one that imports typer, L(n) one that imports typer, parses the
file of n clients with tomli (or json) and stops. Each run of an operation follows one of its baseline; the
table shows medians. Marks: ✓ within the goal, · within the limit, ✗ too slow.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from cases import OPERATIONS, Operation
from measure import MEMORY, Process, measure_in_turn
from peers import PEERS, SIZES
from stores import Stores

MakeProcess = Callable[[Stores, int, int], Process]


@dataclass(frozen=True, slots=True)
class Case:
    """One case to measure: an operation, or a task of another tool, at one size."""

    name: str
    clients: int
    label: str
    operation: MakeProcess
    baseline: MakeProcess
    bar: float | None = None
    stretch: float | None = None
    unit: str = "s"


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table: both medians, their ratio, the limits and the mark."""

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
    """Return ✓, · or ✗ with the excess over the limit; empty without a limit."""
    if stretch is not None and ratio <= stretch:
        return "✓"
    if bar is not None and ratio > bar:
        return f"✗ {ratio / bar - 1:+.0%}"
    return "·" if bar is not None else ""


def select_cases(sizes: Sequence[int], only: str) -> list[Case]:
    """Return the cases of the given sizes whose names contain ``only``."""
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


def measure_case(case: Case, stores: Stores, repeat: int) -> Figure:
    """Measure one case, as often as ``repeat``."""
    base, own = measure_in_turn(
        lambda run: case.baseline(stores, case.clients, run),
        lambda run: case.operation(stores, case.clients, run),
        repeat,
    )
    ratio = own / base
    marked = mark(ratio, case.bar, case.stretch)
    return Figure(
        case.name, case.clients, case.label, case.unit, base, own, ratio, case.bar, case.stretch, marked
    )


def format_line(each: Figure) -> str:
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
        "--repeat", type=int, default=7, help="measured runs of each; 0: one run without warm-up"
    )
    options.add_argument(
        "--only", default="", metavar="SUBSTRING", help="only operations whose name contains it"
    )
    options.add_argument("--json", type=Path, metavar="FILE", help="write the figures to this file")
    options.add_argument(
        "--python",
        default=sys.executable,
        help="the interpreter of renewctl, with its script in the same folder or as a module",
    )
    options.add_argument("--script", type=Path, metavar="PATH", help="measure this program")
    return options.parse_args()


def find_command(python: str, script: Path | None) -> list[str]:
    """Return the words that start renewctl: the script in the folder of Python, or the module."""
    if script is None and not (script := Path(python).with_name("renewctl")).exists():
        return [python, "-m", "renewctl"]
    return [str(script.absolute())]


def main() -> None:
    """Measure the cases, print the table, and write it as JSON if requested."""
    options = _options()
    sizes = [int(size) for size in options.sizes.split(",")]
    command = find_command(options.python, options.script)
    print(f"{'operation':<38}{'median':>9}     {'ratio':>6}   {'baseline':<15}{'bar':>8}{'stretch':>8}")
    with tempfile.TemporaryDirectory() as name:
        stores = Stores(Path(name), command, options.python)
        figures = []
        for case in select_cases(sizes, options.only):
            figures.append(measure_case(case, stores, options.repeat))
            print(format_line(figures[-1]), flush=True)
    if missing := sorted({peer.tool for peer in PEERS if not peer.installed}):
        print(f"not installed: {', '.join(missing)}")
    if options.json:
        options.json.write_text(json.dumps([asdict(each) for each in figures], indent=2) + "\n")


if __name__ == "__main__":
    main()
