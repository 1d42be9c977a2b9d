"""Looking for attributes of classes, those too that only instances have."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from ..errors import IncompatibleLibrary
from .names import require


def require_attributes(
    library: str, module: str, name: str, *attributes: str, methods: tuple[str, ...] = ("__init__",)
) -> Any:
    """The class ``name`` of a module, whose instances have these attributes, or a clear refusal.

    An attribute counts as there if the class has it, or if the code of one of its ``methods``
    names it: an instance made to look might stay in moto's trackers.
    """
    cls = require(library, module, name)
    known: list[str] = []
    for method in methods:
        code = getattr(getattr(cls, method, None), "__code__", None)
        known += code.co_names if code is not None else ()
    for attribute in attributes:
        if attribute not in known and not hasattr(cls, attribute):
            missing = f"{module}.{name}.{attribute}"
            raise IncompatibleLibrary(library, version(library), missing)
    return cls
