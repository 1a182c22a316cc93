"""``where``: which store is in use."""

from renewctl.cli.app import command
from renewctl.cli.runtime import Run
from renewctl.render.clients import render_fields
from renewctl.render.result import Result
from renewctl.store.location import missing_store


@command("where")
def where(run: Run) -> Result:
    """Show which store is in use, and why.

    Reads only; where there is none yet, it says how to make one.
    """
    place = run.place
    path, exists = str(place.path.absolute()), place.path.exists()
    why = place.why if exists else f"{place.why}; {missing_store(place).hint}"
    return render_fields("renewctl.where/1", {"path": path, "why": why, "exists": exists})._replace(
        names=(path,)
    )
