"""What pytest imports of the packages in a run that has no use for them."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import entry_points

import pytest

PLUGINS = sorted(
    one.value for one in entry_points(group="pytest11") if one.name.startswith("aiomoto-")
)


@pytest.mark.parametrize("plugin", PLUGINS)
def test_fixtures_alone_are_imported_of_a_package(plugin: str) -> None:
    package = plugin.partition(".")[0]
    program = f"import sys, {plugin}\nprint(*(one for one in sys.modules if {package!r} in one))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert set(done.stdout.split()) == {package, f"{package}.__about__", plugin}
