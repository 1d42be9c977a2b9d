"""pytest's fixtures, told without importing pytest."""

from __future__ import annotations


def is_fixture(target: object) -> bool:
    """Since 8.4 pytest makes an object of its own; before, a function with an attribute."""
    kind = type(target)
    return (
        kind.__name__ == "FixtureFunctionDefinition" and kind.__module__.startswith("_pytest.")
    ) or "_pytestfixturefunction" in getattr(target, "__dict__", {})
