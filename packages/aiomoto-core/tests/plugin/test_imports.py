"""Waiting for modules: what begins when one is imported, and what is patched then."""

from __future__ import annotations

import importlib
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from aiomoto import IncompatibleLibrary
from aiomoto.compat import require
from aiomoto.plugin import finder
from aiomoto.plugin.finder import Finder, watch_imports, when_imported
from aiomoto.plugin.imports import LatePart, ModulePatches
from aiomoto.plugin.patches import Patch

NAME = "aiomoto_late_module"


@pytest.fixture(autouse=True)
def module_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A module that nobody has imported."""
    (tmp_path / f"{NAME}.py").write_text("class Owner:\n    value = 1\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(finder, "_waiting", {})
    yield
    sys.modules.pop(NAME, None)


def import_it() -> Any:
    return importlib.import_module(NAME)


def import_again() -> Any:
    """As pytest's pytester does: another module of that name."""
    sys.modules.pop(NAME, None)
    return import_it()


# -- when_imported ------------------------------------------------------------------------


def test_each_import_is_told_of_once() -> None:
    told: list[str] = []

    def tell() -> None:
        told.append("first")

    when_imported(NAME, tell)
    when_imported(NAME, tell)
    when_imported(NAME, lambda: told.append("second"))
    assert told == []
    import_it()
    import_it()
    assert told == ["first", "second"]
    import_again()
    assert told == ["first", "second"] * 2


def test_an_error_is_the_importers_each_time() -> None:
    """Otherwise the second import would give a module that nobody has changed."""
    fits = False

    def begin() -> None:
        if not fits:
            raise IncompatibleLibrary("library", "1", "its.name")

    when_imported(NAME, begin)
    for _ in range(3):
        with pytest.raises(IncompatibleLibrary, match=r"its\.name"):
            import_it()
        assert NAME not in sys.modules
    fits = True
    assert import_it().Owner.value == 1


# -- ModulePatches ------------------------------------------------------------------------


def patching(calls: list[object] | None = None) -> Callable[[], list[Patch]]:
    def make() -> list[Patch]:
        if calls is not None:
            calls.append(None)
        return [(require("library", NAME, "Owner"), "value", 2)]

    return make


def test_patches_are_put_in_with_the_import_and_taken_out() -> None:
    patches = ModulePatches(NAME, patching())
    patches.put_in()
    owner = import_it().Owner
    assert owner.value == 2
    patches.put_in()
    patches.take_out()
    assert owner.value == 1
    patches.take_out()
    patches.put_in()
    assert owner.value == 2
    patches.take_out()
    assert owner.value == 1


def test_nothing_is_patched_after_the_end() -> None:
    patches = ModulePatches(NAME, patching())
    patches.put_in()
    patches.take_out()
    assert import_it().Owner.value == 1


def test_another_module_of_the_same_name_is_patched_too() -> None:
    patches = ModulePatches(NAME, patching())
    patches.put_in()
    first = import_it().Owner
    patches.take_out()
    sys.modules.pop(NAME)
    patches.put_in()
    second = import_it().Owner
    assert (first.value, second.value) == (1, 2)
    patches.take_out()
    assert second.value == 1


def test_a_library_that_does_not_fit_is_named_and_left_as_it_was() -> None:
    owner = import_it().Owner

    def make() -> list[Patch]:
        return [(owner, "value", 2), require("sys", NAME, "Owner", "missing")]

    patches = ModulePatches(NAME, make)
    with pytest.raises(IncompatibleLibrary, match=rf"{NAME}\.Owner\.missing"):
        patches.put_in()
    assert owner.value == 1
    importlib.reload(sys.modules[NAME])


def test_a_module_that_is_imported_anew_meanwhile_is_patched_too() -> None:
    patches = ModulePatches(NAME, patching())
    patches.put_in()
    first = import_it().Owner
    second = import_again().Owner
    assert (first.value, second.value) == (2, 2)
    patches.take_out()
    assert (first.value, second.value) == (1, 1)
    assert import_again().Owner.value == 1


def test_a_module_that_is_loaded_anew_in_place_is_patched_again() -> None:
    module = import_it()
    patches = ModulePatches(NAME, patching())
    patches.put_in()
    importlib.reload(module)
    assert module.Owner.value == 2
    patches.take_out()
    assert module.Owner.value == 1


def test_a_module_has_its_own_loader() -> None:
    begun: list[str] = []
    when_imported(NAME, lambda: begun.append("begun"))
    module = import_it()
    assert begun == ["begun"]
    assert isinstance(module.__loader__, SourceFileLoader)
    assert module.__spec__.loader is module.__loader__
    assert module.__spec__.loader.get_source(NAME).startswith("class Owner")


def test_imports_are_heard_of_where_the_finders_were_put_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As after pytest's pytester."""
    monkeypatch.setattr(
        sys, "meta_path", [one for one in sys.meta_path if not isinstance(one, Finder)]
    )
    patches = ModulePatches(NAME, patching())
    watch_imports()
    patches.put_in()
    assert import_it().Owner.value == 2
    patches.take_out()


def test_another_finder_of_the_kind_may_be_there() -> None:
    """wrapt's, which asks all finders again."""
    post_import = pytest.importorskip("wrapt").register_post_import_hook
    begun: list[str] = []
    when_imported(NAME, lambda: begun.append("ours"))
    post_import(lambda module: begun.append(module.__name__), NAME)
    import_it()
    assert sorted(begun) == [NAME, "ours"]


# -- LatePart -----------------------------------------------------------------------------


def test_a_part_is_made_with_the_import_and_given_back_at_the_end() -> None:
    part: LatePart[str] = LatePart(NAME)
    assert part.end() is None
    for made in ("one", "two"):
        sys.modules.pop(NAME, None)
        part.begin(lambda made=made: (made, patching()()))  # type: ignore[misc]
        assert part.now is None
        owner = import_it().Owner
        assert (part.now, owner.value) == (made, 2)
        assert part.end() == made
        assert (part.now, owner.value) == (None, 1)


def test_a_part_is_made_at_once_if_the_module_is_there() -> None:
    owner = import_it().Owner
    part: LatePart[str] = LatePart(NAME)
    part.begin(lambda: ("made", patching()()))
    assert (part.now, owner.value) == ("made", 2)
    part.end()


def test_a_part_of_a_module_that_is_imported_anew_goes_on() -> None:
    part: LatePart[str] = LatePart(NAME)
    part.begin(lambda: ("made", patching()()))
    owner = import_it().Owner
    import_again()
    assert (part.now, owner.value) == ("made", 2)
    assert part.end() == "made"
    assert owner.value == 1


def test_a_part_that_has_ended_is_not_made() -> None:
    part: LatePart[str] = LatePart(NAME)
    part.begin(lambda: ("made", patching()()))
    assert part.end() is None
    assert import_it().Owner.value == 1
    assert part.now is None


@pytest.mark.parametrize("late", [False, True])
def test_a_part_that_cannot_be_patched_in_is_none(late: bool) -> None:
    part: LatePart[str] = LatePart(NAME)

    def begin() -> None:
        part.begin(lambda: ("made", [*patching()(), (object(), "value", 3)]))

    if late:
        begin()
    else:
        owner = import_it().Owner
    with pytest.raises(TypeError):
        import_it() if late else begin()
    assert part.now is None
    assert part.end() is None
    if not late:
        assert owner.value == 1


# -- what is kept of them --------------------------------------------------------------------


def test_patches_are_made_once() -> None:
    calls: list[object] = []
    patches = ModulePatches(NAME, patching(calls))
    import_it()
    for _ in range(3):
        patches.put_in()
        patches.take_out()
    assert len(calls) == 1
    each_time = ModulePatches(NAME, patching(calls), kept=False)
    for _ in range(3):
        each_time.put_in()
        each_time.take_out()
    assert len(calls) == 4


def test_patches_are_made_anew_where_something_else_is_in_place() -> None:
    calls: list[object] = []
    patches = ModulePatches(NAME, patching(calls))
    owner = import_it().Owner
    patches.made()
    owner.value = 3
    patches.made()
    assert len(calls) == 2
    patches.made()
    assert len(calls) == 2
    import_again()
    patches.made()
    assert len(calls) == 3


def test_a_name_that_went_missing_is_refused_though_all_was_looked_up_once() -> None:
    patches = ModulePatches(NAME, lambda: [(require("sys", NAME, "Owner"), "value", 2)])
    module = import_it()
    patches.made()
    del module.Owner.value
    assert patches.made() == [(module.Owner, "value", 2)]  # it needs no original
    strict = ModulePatches(
        NAME, lambda: [(module.Owner, "value", require("sys", NAME, "Owner", "value"))]
    )
    with pytest.raises(IncompatibleLibrary, match=r"Owner\.value"):
        strict.made()
    module.Owner.value = 1
    strict.made()
    del module.Owner.value
    with pytest.raises(IncompatibleLibrary, match=r"Owner\.value"):
        strict.made()


def test_starts_that_wait_in_vain_leave_one_who_waits() -> None:
    calls: list[object] = []
    patches = ModulePatches(NAME, patching(calls))
    for _ in range(5):
        patches.put_in()
        patches.take_out()
    patches.put_in()
    owner = import_it().Owner
    assert (owner.value, len(calls)) == (2, 1)
    patches.take_out()
    assert owner.value == 1


def test_a_module_that_another_thread_is_importing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is half imported has not all its names yet."""
    gate = ModuleType("aiomoto_gate")
    gate.begun, gate.go = threading.Event(), threading.Event()  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, gate.__name__, gate)
    source = "import aiomoto_gate as gate\ngate.begun.set()\ngate.go.wait(30)\n"
    (tmp_path / f"{NAME}.py").write_text(f"{source}class Owner:\n    value = 1\n")
    calls: list[object] = []
    patches = ModulePatches(NAME, patching(calls))
    patches.put_in()  # it waits from now on
    patches.take_out()
    with ThreadPoolExecutor(1) as pool:
        importing = pool.submit(import_it)
        assert gate.begun.wait(30)
        threading.Timer(0.2, gate.go.set).start()
        patches.put_in()
        owner = importing.result().Owner
    assert (owner.value, len(calls)) == (2, 1)
    patches.take_out()
    assert owner.value == 1


# -- interrupts ------------------------------------------------------------------------------


class Interrupting(type):
    """Each attribute that is set, or deleted, may be the last before the user's Ctrl-C."""

    left = 1000

    def __setattr__(cls, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        Interrupting.count()

    def __delattr__(cls, name: str) -> None:
        super().__delattr__(name)
        Interrupting.count()

    @staticmethod
    def count() -> None:
        Interrupting.left -= 1
        if Interrupting.left == 0:
            raise KeyboardInterrupt


class Interrupted(metaclass=Interrupting):
    one = 1
    two = 2


IN = [(Interrupted, "one", 10), (Interrupted, "two", 20), (Interrupted, "new", 30)]


def interrupted(step: Callable[[], object], after: int) -> None:
    Interrupting.left = after
    with pytest.raises(KeyboardInterrupt):
        step()
    Interrupting.left = 1000


@pytest.mark.parametrize("after", [1, 2, 3])
def test_an_interrupt_leaves_nothing_that_is_not_taken_out(after: int) -> None:
    import_it()
    patches = ModulePatches(NAME, lambda: IN)
    put_in, take_out = patches.put_in, patches.take_out

    def state() -> tuple[Any, ...]:
        return Interrupted.one, Interrupted.two, getattr(Interrupted, "new", None)

    interrupted(put_in, after)
    take_out()
    assert state() == (1, 2, None)
    put_in()
    assert state() == (10, 20, 30)
    interrupted(take_out, after)
    take_out()
    take_out()
    assert state() == (1, 2, None)
