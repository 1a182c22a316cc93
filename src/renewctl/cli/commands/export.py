"""``export``: the store, or its clients as CSV, in a file."""

import os
from pathlib import Path
from typing import Annotated, Literal, get_args

import typer

from renewctl import files
from renewctl.cli.app import command
from renewctl.cli.input_files import STDIN, FileArgument
from renewctl.cli.runtime import Run
from renewctl.errors import UsageError
from renewctl.exchange.export import export_csv
from renewctl.formats.convert import to_json, to_toml
from renewctl.render.result import DataTable, Result, line
from renewctl.store import history
from renewctl.store.lock import lock_name
from renewctl.text import count_of
from renewctl.workspace.companion_files import SCHEMA_NAME

Format = Literal["toml", "json", "csv"]


@command("export")
def export(
    run: Run,
    file: FileArgument,
    kind: Annotated[Format | None, typer.Option("--format", help="For -; else told by the suffix.")] = None,
    raw: Annotated[bool, typer.Option("--raw", help="CSV: leave formulas as they are.")] = False,
    excel: Annotated[bool, typer.Option("--excel", help="CSV: add the mark Excel knows UTF-8 by.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that exists.")] = False,
) -> Result:
    """Write the store as TOML or JSON, whole, or its roster as CSV.

    The suffix of FILE says which; - prints it. The store is not touched, and a file that exists
    only with --force.
    """
    snapshot = run.load()
    path = Path(file)
    format_ = kind or path.suffix.lower().removeprefix(".")
    if format_ not in get_args(Format):
        raise UsageError(f"{file!r} does not say a format", hint="add --format toml, json or csv")
    if format_ == "csv":
        text = export_csv(snapshot.portfolio, raw=raw, excel=excel)
    else:
        text = (to_json if format_ == "json" else to_toml)(snapshot.document.data)
    document = {"schema": "renewctl.export/1", "path": file, "format": format_}
    if file == STDIN:
        return Result({**document, "content": text}, text=text)
    if own := _describe_own_file(path, run.place.path):
        raise UsageError(f"{path} is {own}", hint="name another file")
    data = text.encode()
    try:
        files.create(path, data)
    except FileExistsError:
        if not force:
            raise UsageError(f"{path} exists already", hint="--force writes over it") from None
        files.refuse_foreign_link(path)
        files.replace(path, data, files.digest(files.read_bytes(path)))
    words = line(f"Exported {count_of(len(snapshot.portfolio.clients), 'client')} to {file}.")
    return Result(document, DataTable(("path",), ((file,),)), (file,), (words,), change=True)


def _describe_own_file(path: Path, store: Path) -> str:
    """Return which file of the store's own a path leads to; nothing if it is none of them."""
    real, target = Path(os.path.realpath(store)), Path(os.path.realpath(path))
    own = {
        real: "the store itself",
        history.path_of(store): "the store's history",
        real.with_name(lock_name(real.name)): "the store's lock file",
        real.with_name(SCHEMA_NAME): "the schema beside the store",
    }
    for file, what in own.items():
        if target == file or (target.exists() and file.exists() and target.samefile(file)):
            return what
    name = target.name
    is_temporary = name.startswith(f".{real.name}.") and name.endswith(".tmp")
    return "a temporary file of the store's" if is_temporary and target.parent == real.parent else ""
