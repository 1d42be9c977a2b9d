"""Looking names of other libraries up, and saying clearly which one is missing."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.metadata import PackageNotFoundError, distribution, version
from typing import Any, NamedTuple

from ..errors import ConflictingDistribution, IncompatibleLibrary
from ..plugin.patches import Patch

__all__ = ["attribute", "mentions", "require", "require_attributes"]


def require(library: str, module: str, *path: str) -> Any:
    """The object at ``module`` and attribute ``path``, or a clear refusal."""
    try:
        owner = module_of(module)
        for name in path:
            owner = attribute_of(owner, name)
    except (ImportError, AttributeError) as error:
        raise incompatible(library, ".".join((module, *path))) from error
    return owner


class Attribute(NamedTuple):
    """An attribute of another library that is to be replaced."""

    owner: Any
    name: str
    original: Any

    def patch(self, replacement: Any) -> Patch:
        """What replaces it."""
        return self.owner, self.name, replacement


def attribute(library: str, module: str, *path: str) -> Attribute:
    """The attribute at the end of a path, to be replaced; or a clear refusal."""
    original = require(library, module, *path)
    return Attribute(require(library, module, *path[:-1]), path[-1], original)


def require_attributes(
    library: str, module: str, name: str, *attributes: str, methods: tuple[str, ...] = ("__init__",)
) -> Any:
    """The class ``name`` of a module, whose instances have these attributes, or a clear refusal.

    An attribute counts as there if the class has it, or if the code of one of its ``methods``
    names it: an instance made to look might stay in moto's trackers.
    """
    cls = require(library, module, name)
    functions = [require(library, module, name, method) for method in methods]
    for attribute in attributes:
        if not any(mentions(function, attribute) for function in functions):
            require(library, module, name, attribute)
    return cls


# All that is required of other libraries is looked up in one of these three.


def module_of(name: str) -> Any:
    """A module, imported if need be."""
    # Asked for a hundred names at a first start, import_module would take half of its time.
    return sys.modules.get(name) or import_module(name)


def attribute_of(owner: Any, name: str) -> Any:
    """An attribute of a module or a class."""
    return getattr(owner, name)


def mentions(function: Any, name: str) -> bool:
    """Whether a function's code reads or sets an attribute of this name."""
    code = getattr(function, "__code__", None)  # none, where it is object's own
    return code is not None and name in code.co_names


def incompatible(library: str, attribute: str) -> IncompatibleLibrary:
    """The error for an attribute that a library lacks."""
    try:
        installed = version(library)
    except PackageNotFoundError:
        installed = "(not installed)"
    return IncompatibleLibrary(library, installed, attribute)


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
