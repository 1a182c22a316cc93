"""``where``: which store is in use."""

from renewctl.cli.app import command
from renewctl.cli.runtime import Run
from renewctl.render.result import Result
from renewctl.render.values import render_fields
from renewctl.store.location import missing_store


@command("where")
def where(run: Run) -> Result:
    """Show which store is in use, and why.

    Reads only; where there is none yet, it says how to make one.
    """
    place = run.place
    path, exists = str(place.path.absolute()), place.path.exists()
    why = place.why if exists else f"{place.why}; {missing_store(place).hint}"
    shown = {"File": path, "Reason": why, "Exists": "yes" if exists else "no"}
    result = render_fields("renewctl.where/1", {"path": path, "why": why, "exists": exists}, shown)
    return result._replace(names=(path,))
