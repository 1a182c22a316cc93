"""The script's entry: a short-lived process does not need the garbage collector."""

import gc
import os

gc.disable()


def run() -> int:
    """Run renewctl on this process's arguments and return its exit status."""
    if os.environ.get("FORCE_COLOR") == "0":
        # rich, which draws the help, would take it for yes.
        del os.environ["FORCE_COLOR"]
        os.environ["NO_COLOR"] = "1"
    try:
        from renewctl.cli import main

        return main()
    except KeyboardInterrupt:  # while still starting; later ones end in main itself
        return 130


if __name__ == "__main__":
    raise SystemExit(run())
