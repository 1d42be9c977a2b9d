"""The garbage collector rests while the first mock imports moto, and is then as it was."""

from __future__ import annotations

import gc

import pytest

from aiomoto.fast.collector import collector_rests
from aiomoto.testing import programs

PROGRAM = """
import gc
from aiomoto import mock_aws

collections = []


def note(phase, info):
    import sys
    frame, importing = sys._getframe(), False
    while frame is not None:
        importing = importing or "/moto/" in frame.f_code.co_filename
        frame = frame.f_back
    if phase == "start" and importing:
        collections.append(info["generation"])


gc.callbacks.append(note)
with mock_aws(optimise={optimise}):
    pass
print(len(collections), gc.isenabled())
"""


def test_nothing_is_collected_while_moto_is_imported() -> None:
    fast, slow = (
        programs.run(PROGRAM.replace("{optimise}", str(optimise))).split()
        for optimise in (True, False)
    )
    assert fast == ["0", "True"]
    assert int(slow[0]) > 20
    assert slow[1] == "True"


def oldest() -> set[int]:
    return set(map(id, gc.get_objects(generation=2)))


def test_what_was_made_meanwhile_is_not_looked_at_again_and_again() -> None:
    with collector_rests():
        made = [[] for _ in range(10)]
        assert not oldest() & set(map(id, made))
    assert oldest() >= set(map(id, made))


def test_what_somebody_keeps_apart_stays_so() -> None:
    gc.freeze()
    try:
        frozen = gc.get_freeze_count()
        with collector_rests():
            made: list[object] = [[]]
        assert gc.get_freeze_count() == frozen > 0
        assert id(made[0]) not in oldest()
    finally:
        gc.unfreeze()


@pytest.mark.parametrize("enabled", [True, False])
def test_the_collector_is_as_it_was(enabled: bool) -> None:
    before = gc.isenabled()
    (gc.enable if enabled else gc.disable)()
    try:
        with collector_rests():
            assert not gc.isenabled()
        assert gc.isenabled() is enabled
        with pytest.raises(KeyError), collector_rests():
            raise KeyError
        assert gc.isenabled() is enabled
    finally:
        (gc.enable if before else gc.disable)()
