"""``schema``: the JSON Schema of the data file."""

from renewctl.cli.app import command
from renewctl.cli.runtime import Run
from renewctl.domain.json_schema import json_schema
from renewctl.domain.versions import CURRENT
from renewctl.render.result import Result
from renewctl.workspace.companion_files import schema_text


@command("schema", out=".json")
def schema(run: Run) -> Result:  # noqa: ARG001
    """Print the JSON Schema of the data file.

    Editors use it to complete and check the file as you type. renewctl init creates it as
    renewctl.schema.json. To use it for a TOML file, put #:schema ./renewctl.schema.json and an empty
    line at the top (for taplo, tombi and Even Better TOML). For a JSON file, set the key "$schema".
    """
    # With -o json, the answer is a valid JSON Schema, too.
    document = {"schema": "renewctl.schema/1", **json_schema(CURRENT)}
    return Result(document, text=schema_text())
