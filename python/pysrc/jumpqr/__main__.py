"""The command: `python -m jumpqr` and, installed, `jumpqr`."""

from __future__ import annotations

import signal
import sys

from . import _jumpqr


def main() -> int:
    """Run the command with the arguments of this process; return its exit code."""
    # Python's own handler would wait for the command to return.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.stdout.flush()
    return _jumpqr.command(["jumpqr", *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
