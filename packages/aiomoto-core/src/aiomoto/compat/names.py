"""Looking names of other libraries up, and saying clearly which one is missing."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.metadata import PackageNotFoundError, distribution, version
from typing import Any

from ..errors import ConflictingDistribution, IncompatibleLibrary


def require(library: str, module: str, *path: str) -> Any:
    """The object at ``module`` and attribute ``path``, or a clear refusal."""
    try:
        # Asked for a hundred names at each start, import_module would take half of its time.
        found: Any = sys.modules.get(module) or import_module(module)
        for name in path:
            found = getattr(found, name)
    except (ImportError, AttributeError) as error:
        try:
            installed = version(library)
        except PackageNotFoundError:
            installed = "(not installed)"
        attribute = ".".join((module, *path))
        raise IncompatibleLibrary(library, installed, attribute) from error
    return found


def refuse_peer_distribution() -> None:
    """Say so when the other project with the import name ``aiomoto`` is installed too."""
    try:
        peer = distribution("aiomoto")
    except PackageNotFoundError:
        return
    raise ConflictingDistribution(
        f"The distribution 'aiomoto' {peer.version} is installed beside 'aiomoto-core'. Both "
        "put their files into the import package 'aiomoto' and overwrite each other. Keep one: "
        "'pip uninstall aiomoto', then 'pip install --force-reinstall --no-deps aiomoto-core'."
    )
