"""Looking for attributes that only instances have."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from aiomoto import IncompatibleLibrary


def check_instances(cls: Any, *names: str) -> None:
    """Look for attributes of instances: set in the constructor, or properties of the class.

    An instance made to look might stay in moto's trackers.

    :raises IncompatibleLibrary: for one that is missing.
    """
    for name in names:
        if name not in cls.__init__.__code__.co_names and not hasattr(cls, name):
            attribute = f"{cls.__module__}.{cls.__name__}().{name}"
            raise IncompatibleLibrary("moto", version("moto"), attribute)
