"""The start and the end of the process, without what a short process can omit.

Shares of the processor's time of ``who --all -o tsv`` at 1,000 clients, measured on 2026-11-29: leaving by
``os._exit`` saves 23 %, no garbage collection 6 to 10 %; ``--version`` before Typer is 6.5 times as fast.
"""

import gc
import os
import sys

from renewctl import __version__

gc.disable()


def run() -> int:
    """Run renewctl on this process's arguments, and end the process.

    Returns:
        The exit status, where something still has to happen at the interpreter's own end: a profiler's
        or coverage's report, or the message that output cannot be written.
    """
    if sys.argv[1:] == ["--version"]:
        try:
            os.write(sys.stdout.fileno(), f"renewctl {__version__}\n".encode())
            os._exit(0)
        except (AttributeError, OSError):  # AttributeError: there is no standard output
            pass  # main reports the error
    try:
        from renewctl.main import main

        status = main()
    except KeyboardInterrupt:  # while still starting; later ones end in main itself
        return 130
    tools = getattr(sys, "monitoring", None)  # from Python 3.12 on
    if sys.gettrace() or sys.getprofile() or (tools and any(map(tools.get_tool, range(6)))):
        return status
    try:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
    except OSError:
        return status
    os._exit(status)


if __name__ == "__main__":
    raise SystemExit(run())
