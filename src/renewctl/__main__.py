"""The script's entry: a short-lived process does not need the garbage collector."""

import gc

gc.disable()


def run() -> int:
    """Run renewctl on this process's arguments and return its exit status."""
    from renewctl.cli import main

    return main()


if __name__ == "__main__":
    raise SystemExit(run())
