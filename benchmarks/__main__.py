"""`python -m benchmarks`, from the root of the repository."""

from __future__ import annotations

import signal

from .cli import main

if __name__ == "__main__":
    # So that whoever ends it, such as `timeout`, ends what it has started too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    main(prog_name="bench")
