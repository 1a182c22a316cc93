"""``export``: the store, or its clients as CSV, in a file."""

from typing import Annotated

import typer

from renewctl.cli import data_files
from renewctl.cli.app import command
from renewctl.cli.runtime import Run
from renewctl.render.result import Result

FileArgument = Annotated[str, typer.Argument(metavar="FILE", help="A file, or - for a pipe.")]


@command("export")
def export(
    run: Run,
    file: FileArgument,
    kind: Annotated[
        data_files.Format | None, typer.Option("--format", help="For -; else told by the suffix.")
    ] = None,
    raw: Annotated[bool, typer.Option("--raw", help="CSV: leave formulas as they are.")] = False,
    excel: Annotated[bool, typer.Option("--excel", help="CSV: add the mark Excel knows UTF-8 by.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that exists.")] = False,
) -> Result:
    """Write the store as TOML or JSON, whole, or its roster as CSV.

    The suffix of FILE says which; - prints it. The store is not touched, and a file that exists
    only with --force.
    """
    options = data_files.ExportOptions(file, kind, raw=raw, excel=excel, force=force)
    return data_files.write_export(run, run.load(), options)
