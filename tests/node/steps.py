"""Run a Monday of renewctl in this interpreter, and print what each command answers, as JSON Lines.

``python tests/smoke/steps.py FOLDER`` runs in a new folder. It needs nothing but renewctl, its
dependencies and the standard library, so that it runs where there is neither pytest nor a shell.
"""

import io
import json
import os
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

STEPS = """
init --owner hubspot --notify ana@agency.example
client add acme.example --name Acme --primary eva@acme.example --renewal 2027-03-01
client add açaí.example --name Açaí --primary maria@açaí.example --renewal 2027-02-10
client assign açaí.example billing caixa@açaí.example
user add ines@agency.example --name Inês
override acme.example --owner partner --notify ines --note asked -n
override acme.example --owner partner --notify ines --note asked
who
who -o json
who --by recipient
explain acme.example
check
import clients.csv --yes
client list -o csv
set-default --owner partner --notify ines -n
undo
history -o tsv
export copy.json
who --store copy.json -o tsv
override nobody.example --owner hubspot
who --columns
--version
help dates
"""
CLIENTS = "domain,name,primary,renewal date\nbergmann.example,Bergmann,j@bergmann.example,2027-01-15\n"
ENVIRONMENT = {
    "RENEWCTL_AS_OF": "2026-11-29",
    "COLUMNS": "100",
    "USER": "ana",
    "LOGNAME": "ana",
    "HOME": "/nowhere",
    "PYTHONUTF8": "1",
}


def run_steps(folder: str) -> None:
    """Run every step in a folder, and print its arguments, status and output."""
    os.chdir(folder)
    os.environ.update(ENVIRONMENT)
    Path("clients.csv").write_text(CLIENTS, "utf-8")

    from renewctl.main import main

    for line in STEPS.strip().splitlines():
        out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", newline="") for _ in range(2))
        with redirect_stdout(out), redirect_stderr(err):
            status = main(line.split())
        texts = []
        for stream in (out, err):
            stream.flush()
            texts.append(stream.buffer.getvalue().decode())
        print(json.dumps([line, status, *texts]))
    print(json.dumps(["renewctl.toml", 0, Path("renewctl.toml").read_text("utf-8"), ""]))


if __name__ == "__main__":
    run_steps(sys.argv[1])
