"""A measured process. No import at the top but what Python has imported by itself."""

from __future__ import annotations

import sys


def main(world: str, case: str, parameters: str) -> None:
    """Take turns until the input ends."""
    if case == "import":
        # Measured before anything else is imported that the subject may need too.
        from .importing import turn

        turn(world)
        return
    import asyncio
    import json

    from . import serving

    asyncio.run(serving.serve(world, case, json.loads(parameters)))


if __name__ == "__main__":
    main(*sys.argv[1:])
