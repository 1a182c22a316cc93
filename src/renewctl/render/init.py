"""The answer of ``init``: the files that were created, and the next commands."""

from collections.abc import Mapping

from renewctl.command_line import command_line
from renewctl.render.result import DataTable, Result, line
from renewctl.text import conjugate

_PURPOSES = {".gitattributes": "line endings for git", ".gitignore": "files for git to ignore"}
_VERBS = {"created": "create", "extended": "extend", "refreshed": "update"}
NEW_CLIENT = "client add acme.example --name Acme --primary paula@acme.example --renewal 2027-03-01"


def render_init(
    store: str,
    companions: Mapping[str, str],
    *,
    dry_run: bool,
    with_default: bool,
    missing_schema: str | None,
) -> Result:
    """Return the files that were created, and the next commands.

    Args:
        store: The path of the data file.
        companions: The status of each file next to it: created, extended, refreshed, kept or left.
        dry_run: Whether nothing was written.
        with_default: Whether the new file has a default.
        missing_schema: What an existing file must start with, if anything; None for a new file.
    """
    created = missing_schema is None
    lines = [line(f"{conjugate('create', would=dry_run)} {store}" if created else f"{store} already exists")]
    changed = {path: status for path, status in companions.items() if status in _VERBS}
    for path, status in changed.items():
        purpose = _PURPOSES.get(path.rpartition("/")[2], "schema for your editor")
        lines.append(line(f"{conjugate(_VERBS[status], would=dry_run)} {path} ({purpose})"))
    if all(status == "kept" for status in companions.values()):
        lines.append(line("No changes: the files for editors and git are up to date."))
    if dry_run and (created or changed):
        lines.append(line(("Dry run: nothing was saved.", "warning")))
    if missing_schema:
        what = "this line and a blank line" if missing_schema.startswith("#") else "this key"
        lines.append(line(f"For your editor, add {what} at the top: ", (missing_schema, "notified")))
    if created:
        steps = {} if with_default else {"Set the default:": command_line("set-default", owner="hubspot")}
        steps |= {"Add a client:": command_line(NEW_CLIENT), "See who is notified:": command_line("who")}
        lines += [line(f"{label:<22}", (command, "notified")) for label, command in steps.items()]
    document = {
        "schema": "renewctl.init/1",
        "path": store,
        "dry_run": dry_run,
        "created": created and not dry_run,
        "beside": [{"path": path, "done": status} for path, status in companions.items()],
    }
    warnings = tuple(
        f"{path} is not a schema of renewctl, so it was not changed; to print the schema: renewctl schema"
        for path, status in companions.items()
        if status == "left"
    )
    table = DataTable(("path",), ((store,),))
    written = (created or bool(changed)) and not dry_run
    return Result(document, table, (store,), lines, warnings=warnings, change=True, written=written)
