"""Whole-process times as ratios against baselines of the same run: ``make bench``.

P is a Python that does nothing, T one that imports typer, L one that imports typer, reads the same file
with tomli into plain data and stops. Medians after a warm-up; the machine's drift hits all alike.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import portfolio

PYTHON = sys.executable
RENEWCTL = [PYTHON, "-m", "renewctl"]
LOAD = "import typer, tomli; tomli.loads(open({path!r}, encoding='utf-8').read())"
AS_OF = ["--as-of", "2026-11-23"]


def median(command: list[str], repeat: int, folder: Path) -> float:
    """Return the median time of a command in seconds, after one run that is not counted."""
    times = []
    for _ in range(repeat + 1):
        begun = time.perf_counter()
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, env=dict(os.environ))
        times.append(time.perf_counter() - begun)
    return statistics.median(times[1:])


def measured(size: int, repeat: int, folder: Path) -> list[tuple[str, str, float, float]]:
    """Return (operation, baseline, seconds, ratio) on a store of so many clients."""
    path = folder / f"store{size}.toml"
    path.write_text(portfolio.toml(size), encoding="utf-8")
    client, store = f"client{size // 2:06}.example", ["--store", path.name]
    base = median([PYTHON, "-c", LOAD.format(path=path.name)], repeat, folder)
    override = ["override", client, "--owner", "partner", "--notify", "user1"]
    operations = {
        "who": ["who", *AS_OF],
        "who --all": ["who", "--all", *AS_OF],
        "explain": ["explain", client],
        "override --dry-run": [*override, "--dry-run"],
        "override": override,
    }
    rows = [("load", f"L({size})", base, 1.0)]
    for name, words in operations.items():
        seconds = median([*RENEWCTL, *words, *store], repeat, folder)
        rows.append((f"{name}, {size} clients", f"L({size})", seconds, seconds / base))
    return rows


def main() -> None:
    """Measure, print the table, and write it as JSON where asked."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--sizes", default="100,1000,10000")
    options.add_argument("--repeat", type=int, default=7)
    options.add_argument("--json", type=Path, help="write the figures there")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        python = median([PYTHON, "-c", "pass"], given.repeat, folder)
        typer = median([PYTHON, "-c", "import typer"], given.repeat, folder)
        version = median([*RENEWCTL, "--version"], given.repeat, folder)
        rows = [("python -c pass", "P", python, 1.0), ("import typer", "T", typer, 1.0)]
        rows.append(("--version", "T", version, version / typer))
        for size in map(int, given.sizes.split(",")):
            rows += measured(size, given.repeat, folder)
    print(f"{'operation':<34} {'ms':>8} {'ratio':>7}  baseline")
    for operation, baseline, seconds, ratio in rows:
        print(f"{operation:<34} {seconds * 1000:>8.1f} {ratio:>7.2f}  {baseline}")
    if given.json:
        keys = ("operation", "baseline", "seconds", "ratio")
        given.json.write_text(
            json.dumps([dict(zip(keys, row, strict=True)) for row in rows], indent=2) + "\n"
        )


if __name__ == "__main__":
    main()
