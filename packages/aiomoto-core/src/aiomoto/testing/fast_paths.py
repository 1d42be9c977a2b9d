"""Fast paths whose library lacks a name, to see that everything else works without them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from ..compat import names
from ..engine import engine
from ..mock import mock_aws
from ..plugin.fast_paths import FastPath
from ..plugin.patches import Patch


def installed() -> list[FastPath]:
    """The fast paths of core, and of the plugins that are installed."""
    with mock_aws(optimise=False):
        return list(engine.fast_paths)


def needed(path: FastPath) -> set[str]:
    """The names that a fast path requires: of modules, of what is in them, of what classes have.

    Those that were looked for before it was refused, if it is. Its patches must be out.
    """
    asked: set[str] = set()

    def note(_: FastPath, name: str) -> bool:
        asked.add(name)
        return True

    path.forget()
    # What is raised is a reason to have it off.
    with _telling(note), suppress(Exception):
        path.made()
    return asked


@contextmanager
def missing(name: str, paths: Iterable[FastPath]) -> Iterator[None]:
    """Have the libraries lack a name, as far as fast paths look for it.

    ``paths`` are made anew meanwhile, and afterwards. No mock may be active around it.
    """
    known = tuple(paths)
    for path in known:
        path.forget()
    try:
        with _telling(lambda _, asked: asked != name):
            yield
    finally:
        for path in known:
            path.forget()


@contextmanager
def _telling(tell: Callable[[FastPath, str], bool]) -> Iterator[None]:
    """Have ``tell(path, name)`` say whether a name is there that a fast path looks for."""
    making: list[FastPath] = []
    made, module_of = FastPath.made, names.module_of
    attribute_of, mentions = names.attribute_of, names.mentions

    def noting(path: FastPath) -> list[Patch]:
        making.append(path)
        try:
            return made(path)
        finally:
            making.pop()

    def is_there(name: str) -> bool:
        return not making or tell(making[-1], name)

    def module_if_there(name: str) -> Any:
        module = module_of(name)
        if not is_there(name):
            raise ImportError(name)
        return module

    def attribute_if_there(owner: Any, name: str) -> Any:
        attribute = attribute_of(owner, name)
        if not is_there(f"{_named(owner)}.{name}"):
            raise AttributeError(name)
        return attribute

    def mentions_if_there(function: Any, name: str) -> bool:
        # It is its class whose instances have the attribute.
        cls = _named(function).rpartition(".")[0]
        return mentions(function, name) and is_there(f"{cls}.{name}")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(FastPath, "made", noting)
        patch.setattr(names, "module_of", module_if_there)
        patch.setattr(names, "attribute_of", attribute_if_there)
        patch.setattr(names, "mentions", mentions_if_there)
        yield


def _named(owner: Any) -> str:
    module = getattr(owner, "__module__", None)
    name = getattr(owner, "__qualname__", None)
    return f"{module}.{name}" if module and name else str(getattr(owner, "__name__", owner))
