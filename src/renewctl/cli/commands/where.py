"""``where``: which store is in use."""

from renewctl.cli.app import command
from renewctl.cli.runtime import Run
from renewctl.render import start as render
from renewctl.render.result import Result
from renewctl.store.location import missing_store


@command("where")
def where(run: Run) -> Result:
    """Show which store is in use, and why.

    Reads only; where there is none yet, it says how to make one.
    """
    place = run.place
    why = place.why if place.path.exists() else f"{place.why}; {missing_store(place).hint}"
    return render.render_location(str(place.path.absolute()), why, exists=place.path.exists())
