"""A coroutine whose first step is taken before it is awaited: most answers take one only."""

from __future__ import annotations

from collections.abc import Coroutine, Generator
from types import coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")


@coroutine
def resumed(begun: Coroutine[Any, Any, Result], waits_for: Any) -> Generator[Any, Any, Result]:
    """Await the rest of a coroutine whose last step, by its ``send``, gave ``waits_for``.

    As with ``await``, what the loop sends or throws goes to the coroutine, and it is closed
    with whoever awaits.
    """
    while True:
        thrown: BaseException | None = None
        try:
            value = yield waits_for
        except GeneratorExit:
            begun.close()
            raise
        except BaseException as error:
            thrown = error
        try:
            waits_for = begun.send(value) if thrown is None else begun.throw(thrown)
        except StopIteration as done:
            result: Result = done.value
            return result
        finally:
            del thrown  # an error must not hold the frame that holds it
