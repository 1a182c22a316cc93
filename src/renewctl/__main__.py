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
    from renewctl.cli import main

    return main()


if __name__ == "__main__":
    raise SystemExit(run())
