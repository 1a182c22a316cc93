"""``schema``: the JSON Schema of a store."""

from renewctl.cli.app import command
from renewctl.cli.runtime import Run
from renewctl.domain.json_schema import json_schema
from renewctl.domain.versions import CURRENT
from renewctl.render.result import Result
from renewctl.workspace.companion_files import schema_text


@command("schema")
def schema(run: Run) -> Result:  # noqa: ARG001
    """Print the JSON Schema of a store, by which editors complete and check it.

    Reads only. init writes it beside a new store, as renewctl.schema.json; the first line of a TOML store,
    #:schema ./renewctl.schema.json with an empty line below it, says so to taplo, tombi and Even
    Better TOML, in a JSON store the key "$schema".
    """
    # In JSON too it is a schema, with the mark of an answer in it.
    document = {"schema": "renewctl.schema/1", **json_schema(CURRENT)}
    return Result(document, text=schema_text())
