"""``python -m aiomoto doctor``."""

from __future__ import annotations

import sys


def main(arguments: list[str]) -> int:
    """Run a command; gives the exit code: 0, 1 for problems, 2 for a command that isn't one."""
    if arguments != ["doctor"]:
        sys.stderr.write(
            f"usage: python -m aiomoto doctor\n{' '.join(arguments)!r} is no command of it; "
            "doctor says whether aiomoto works in this environment.\n"
        )
        return 2
    from .doctor import examine

    text, problems = examine()
    sys.stdout.write(text)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
