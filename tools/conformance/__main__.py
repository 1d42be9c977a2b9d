"""`python -m conformance`, and `python tools/conformance` from the repository."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

if not __package__:
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

from conformance.cli import main

if __name__ == "__main__":
    # So that whoever ends it, such as `timeout`, ends what it has started too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    main(prog_name="conformance")
