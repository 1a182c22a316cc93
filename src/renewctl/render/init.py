"""What ``init`` answers: the store and the files beside it, and what to type next."""

from collections.abc import Mapping

from renewctl.command_line import command_line
from renewctl.render.result import DataTable, Result, line

PURPOSES = {".gitattributes": "line ends, for git", ".gitignore": "what git leaves out"}
NEW_CLIENT = "client add acme.example --name Acme --primary ANA@ACME.EXAMPLE --renewal 2027-03-01"


def render_init(
    store: str,
    companions: Mapping[str, str],
    *,
    dry_run: bool,
    with_default: bool,
    missing_schema: str | None,
) -> Result:
    """Return what was made, and what to type next.

    Args:
        store: its path.
        companions: what became of each file beside it: created, extended, refreshed, kept or left.
        dry_run: whether all this would be done, and is not.
        with_default: whether the new store has a default.
        missing_schema: what a store that was there should begin with, if anything; None for a new one.
    """
    created = missing_schema is None
    lines = [line(f"{store} is there already, and stays as it is.")]
    if created:
        lines = [line(f"{'Would create' if dry_run else 'Created'} {store}.")]
    changed = {path: status for path, status in companions.items() if status not in {"kept", "left"}}
    for path, status in changed.items():
        purpose = PURPOSES.get(path.rpartition("/")[2], "for your editor")
        suffix = f" (would be {status})" if dry_run else "" if status == "created" else f" ({status})"
        lines.append(line(f"Beside it:        {path}, {purpose}{suffix}"))
    if all(status == "kept" for status in companions.values()):
        lines.append(line("Nothing is missing beside it."))
    if missing_schema:
        what = "a first line, and an empty one," if missing_schema.startswith("#") else "a first key"
        lines.append(line(f"For your editor give it {what} by hand: ", (missing_schema, "notified")))
    if created:
        if not with_default:
            lines.append(
                line("Set the default:  ", (command_line("set-default", owner="hubspot"), "notified"))
            )
        lines.append(line("Add a client:     ", (command_line(NEW_CLIENT), "notified")))
        lines.append(line("Then ask:         ", (command_line("who"), "notified")))
    document = {
        "schema": "renewctl.init/1",
        "path": store,
        "dry_run": dry_run,
        "created": created and not dry_run,
        "beside": [{"path": path, "done": status} for path, status in companions.items()],
    }
    warnings = tuple(
        f"{path} is not renewctl's, so it is left; renewctl schema prints what belongs there"
        for path, status in companions.items()
        if status == "left"
    )
    table = DataTable(("path",), ((store,),))
    written = (created or bool(changed)) and not dry_run
    return Result(document, table, (store,), lines, warnings=warnings, change=True, written=written)
