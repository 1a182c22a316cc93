"""``export``: write the data file as TOML or JSON, or its clients as CSV or XLSX."""

from pathlib import Path
from typing import Annotated, Literal, get_args

import typer

from renewctl.cli.app import command
from renewctl.cli.input_files import STDIN
from renewctl.cli.options import ExcelOption
from renewctl.cli.output_files import write_files
from renewctl.cli.runtime import Run
from renewctl.errors import BadInput, UsageError
from renewctl.exchange.export import export_csv, export_workbook
from renewctl.formats.convert import to_json, to_toml
from renewctl.render.result import JSON_FORMS, DataTable, Result, line
from renewctl.text import count_of

Format = Literal["toml", "json", "csv", "xlsx"]


@command("export", out=None)
def export(
    run: Run,
    file: Annotated[str, typer.Argument(metavar="FILE", help="File to write, or - for standard output.")],
    kind: Annotated[
        Format | None,
        typer.Option("--format", help="Set the format, if the suffix of FILE does not name it."),
    ] = None,
    raw: Annotated[bool, typer.Option("--raw", help="Do not escape formulas in CSV.")] = False,
    excel: ExcelOption = False,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing file.")] = False,
) -> Result:
    """Export the file as TOML, JSON, CSV or XLSX.

    The suffix of FILE selects the format. TOML and JSON contain everything, CSV and XLSX only the
    clients. XLSX requires the extra "xlsx".
    """
    run.progress.begin("Reading")
    snapshot = run.load()
    run.progress.begin("Writing")
    format_ = _choose_format(file, kind)
    for option, given in (("--raw", raw), ("--excel", excel)):
        if given and format_ != "csv":
            raise UsageError(f"{option} requires CSV", hint=f"remove {option}")
    if file == STDIN and format_ == "xlsx":
        run.environment.refuse_terminal("a workbook", "use a file name such as clients.xlsx instead of -")
        if run.output in JSON_FORMS:
            raise UsageError("a workbook cannot be part of JSON", hint="use a file name instead of -")
    document = {"schema": "renewctl.export/1", "path": file, "format": format_}
    if format_ == "xlsx":
        try:
            content = Result(document, data=export_workbook(snapshot.portfolio, run.today))
        except BadInput as bad:
            bad.hint = "use a file name that ends in .csv"
            raise
    else:
        if format_ == "csv":
            text = export_csv(snapshot.portfolio, raw=raw, excel=excel)
        else:
            text = (to_json if format_ == "json" else to_toml)(snapshot.document.data)
        content = Result({**document, "content": text}, text=text)
    if file == STDIN:
        return content
    write_files(run, {Path(file): content.data or content.text.encode()}, force=force, exports=True)
    words = line(f"Wrote {count_of(len(snapshot.portfolio.clients), 'client')} to {file}")
    table = DataTable(("path",), ((file,),))
    return Result(document, table, (file,), (words,), change=True, written=True)


def _choose_format(file: str, kind: Format | None) -> str:
    if not file:
        raise UsageError("missing FILE", hint="pass the name of a file, or - for standard output")
    format_ = kind or Path(file).suffix.lower().removeprefix(".")
    if format_ not in get_args(Format):
        *first, last = get_args(Format)
        hint = f"add --format {', '.join(first)} or {last}"
        raise UsageError(f"no format given for {file!r}", hint=hint)
    return format_
