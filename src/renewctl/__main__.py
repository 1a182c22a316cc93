"""The script's entry, and the process's end.

A short-lived process needs no garbage collector, nor does it have to free what it made, one by one.
"""

import gc
import os
import sys

from renewctl import __version__

gc.disable()


def run() -> int:
    """Run renewctl on this process's arguments, and end the process.

    Returns:
        The exit status, where something still has to happen at the interpreter's own end.
    """
    if _version_told():
        os._exit(0)
    try:
        from renewctl.main import main

        status = main()
    except KeyboardInterrupt:  # while still starting; later ones end in main itself
        return 130
    return _ended(status)


def _version_told() -> bool:
    """Answer ``--version`` alone at once; where it cannot be written, main says why."""
    if sys.argv[1:] != ["--version"] or sys.stdout is None:
        return False
    try:
        os.write(sys.stdout.fileno(), f"renewctl {__version__}\n".encode())
    except OSError:
        return False
    return True


def _ended(status: int) -> int:
    """End the process here; return only for a profiler, or with output that cannot be written."""
    if _watched():
        return status
    try:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
    except OSError:
        return status
    os._exit(status)


def _watched() -> bool:
    """Tell whether a profiler or a measuring of coverage looks on: they report at the interpreter's end."""
    tools = getattr(sys, "monitoring", None)  # from Python 3.12 on
    return bool(sys.gettrace() or sys.getprofile() or (tools and any(map(tools.get_tool, range(6)))))


if __name__ == "__main__":
    raise SystemExit(run())
