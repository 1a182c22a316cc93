"""``demo``: four commands on sample data."""

import tempfile
from contextlib import chdir
from datetime import date
from pathlib import Path

from renewctl.cli.app import command, command_tree
from renewctl.cli.runtime import Run
from renewctl.package_data import TEXTS
from renewctl.render.result import DataTable, Result, line
from renewctl.render.wording import name_day
from renewctl.store.location import NAMES

DEMO_DAY = "2026-11-23"
DEMO = (
    ("Show who is notified about upcoming renewals", "who"),
    ("Explain the recipients of one client", "explain acme.example"),
    (
        "Preview what changes if the partner owns renewals by default",
        "set-default --owner partner --notify ana --dry-run",
    ),
    ("List what Ana is notified about", "who --by recipient --recipient ana"),
)


@command("demo")
def demo(run: Run) -> Result:
    """Try four commands on sample data.

    Uses a temporary folder and does not read or change your own file.
    """
    parts, items = [], []
    with tempfile.TemporaryDirectory(prefix="renewctl-demo-") as folder, chdir(folder):
        Path(NAMES[0]).write_bytes((TEXTS / "demo.toml").read_bytes())
        for comment, words in DEMO:
            _, result = command_tree().main(
                args=[*words.split(), "--store", NAMES[0], "--as-of", DEMO_DAY],
                prog_name="renewctl",
                standalone_mode=False,
                obj=run.environment,
            )
            heading = (line((f"# {comment}", "dim")), line(("$ ", "dim"), (f"renewctl {words}", "strong")))
            parts += [Result({}, lines=heading), result, Result({}, lines=[line()])]
            items.append({"command": ["renewctl", *words.split()], "answer": result.document})
    day = name_day(date.fromisoformat(DEMO_DAY), long=True)
    end = line((f"This was sample data, as of {day}. To create your own file: renewctl init", "dim"))
    parts.append(Result({}, lines=[end]))
    commands = DataTable(("command",), tuple((f"renewctl {words}",) for _, words in DEMO))
    return Result({"schema": "renewctl.demo/1", "items": items}, commands, parts=tuple(parts))
