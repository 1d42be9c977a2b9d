"""`python -m conformance`, and `python tools/conformance` from the repository."""

from __future__ import annotations

import sys
from pathlib import Path

if not __package__:
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

from conformance.cli import main

if __name__ == "__main__":
    main(prog_name="conformance")
