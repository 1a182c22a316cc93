"""``where``: the path of the file in use."""

from renewctl.cli.app import command
from renewctl.cli.runtime import Run
from renewctl.render.result import Result
from renewctl.render.values import render_fields
from renewctl.store.location import missing_store


@command("where")
def where(run: Run) -> Result:
    """Show which file renewctl uses, and why.

    If the file does not exist yet, shows how to create it.
    """
    place = run.place
    path, exists = str(place.path.absolute()), place.path.exists()
    why = place.why if exists else f"{place.why}; {missing_store(place).hint}"
    shown = {"File": path, "Reason": why, "Exists": "yes" if exists else "no"}
    result = render_fields("renewctl.where/1", {"path": path, "why": why, "exists": exists}, shown)
    return result._replace(names=(path,))
