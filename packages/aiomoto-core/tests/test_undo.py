"""Steps that are taken back, with errors and interrupts among them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from aiomoto.undo import Undo, surely


class Interrupted(BaseException):
    pass


def steps(log: list[str], *names: str) -> Undo:
    undo = Undo()
    for name in names:
        undo.add(log.append, name)
    return undo


def once(error: BaseException, log: list[str], name: str) -> Callable[[], None]:
    """A step that raises the first time it runs."""
    errors = [error]

    def step() -> None:
        log.append(name)
        if errors:
            raise errors.pop()

    return step


def test_steps_are_taken_back_in_reverse_and_once() -> None:
    log: list[str] = []
    undo = steps(log, "a", "b")
    assert undo
    undo.close()
    undo.close()
    assert (log, bool(undo)) == (["b", "a"], False)


def test_no_error_is_lost() -> None:
    log: list[str] = []
    undo = steps(log, "a")
    undo.add(once(ValueError("second"), log, "b"))
    undo.add(once(KeyError("first"), log, "c"))
    with pytest.raises(ValueError, match="second") as raised:
        try:
            raise LookupError("body")
        finally:
            undo.close()
    assert isinstance(raised.value.__context__, KeyError)
    assert str(raised.value.__context__.__context__) == "body"
    assert log == ["c", "b", "a"]


def test_a_step_that_was_interrupted_runs_again() -> None:
    log: list[str] = []
    undo = steps(log, "a")
    undo.add(once(Interrupted(), log, "b"))
    with pytest.raises(Interrupted):
        undo.close()
    assert (log, bool(undo)) == (["b", "b", "a"], False)


def test_a_step_that_is_always_interrupted_is_given_up() -> None:
    log: list[str] = []
    undo = steps(log, "a")

    def step() -> None:
        log.append("b")
        raise Interrupted

    undo.add(step)
    with pytest.raises(Interrupted):
        undo.close()
    assert (log, bool(undo)) == (["b", "b", "a"], False)


def test_a_call_that_was_interrupted_is_made_again_and_one_that_failed_is_not() -> None:
    log: list[str] = []
    with pytest.raises(Interrupted):
        surely(once(Interrupted(), log, "a"))
    with pytest.raises(ValueError, match="error"):
        surely(once(ValueError("error"), log, "b"))
    surely(log.append, "c")
    assert log == ["a", "a", "b", "c"]
