"""Sync paginators and waiters whose work is done by their async versions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import botocore.client
from botocore.paginate import PageIterator, Paginator
from botocore.waiter import Waiter

from conformance import bodies, tally
from conformance.compat import inside_running_loop
from conformance.loops import LoopRunner, current_runner
from conformance.twins import Origin

_sync_get_paginator = botocore.client.BaseClient.get_paginator
_sync_get_waiter = botocore.client.BaseClient.get_waiter


class _Pages(PageIterator):  # type: ignore[misc]
    """A page iterator that hands out what an AioPageIterator gets."""

    def __init__(self, runner: LoopRunner, pages: Any) -> None:
        self._runner = runner
        self._pages = pages

    def __iter__(self) -> Iterator[Any]:
        for page in self._runner.iterate(self._pages.__aiter__()):
            yield bodies.to_sync(self._runner, page)

    def search(self, expression: str) -> Iterator[Any]:
        return self._runner.iterate(self._pages.search(expression))

    def result_key_iters(self) -> list[Iterator[Any]]:
        return [self._runner.iterate(it.__aiter__()) for it in self._pages.result_key_iters()]

    def build_full_result(self) -> Any:
        return self._runner.run(self._pages.build_full_result())

    @property
    def resume_token(self) -> Any:
        return self._pages.resume_token

    @resume_token.setter
    def resume_token(self, value: Any) -> None:
        self._pages.resume_token = value

    @property
    def result_keys(self) -> Any:
        return self._pages.result_keys

    @property
    def non_aggregate_part(self) -> Any:
        return self._pages.non_aggregate_part


def get_paginator(self: Any, operation_name: str) -> Paginator:
    """In place of botocore's: a paginator that pages with the twin's."""
    paginator = _sync_get_paginator(self, operation_name)
    origin = Origin.of(self)
    if origin is None:
        return paginator

    def paginate(**kwargs: Any) -> PageIterator:
        if inside_running_loop():
            return type(paginator).paginate(paginator, **kwargs)
        tally.note("paginator run through its async version")
        runner = current_runner()
        twin = origin.twin(runner)
        return _Pages(runner, twin.get_paginator(operation_name).paginate(**kwargs))

    paginator.paginate = paginate
    return paginator


def get_waiter(self: Any, waiter_name: str) -> Waiter:
    """In place of botocore's: a waiter that waits with the twin's."""
    waiter = _sync_get_waiter(self, waiter_name)
    origin = Origin.of(self)
    if origin is None:
        return waiter

    def wait(**kwargs: Any) -> Any:
        if inside_running_loop():
            return type(waiter).wait(waiter, **kwargs)
        tally.note("waiter run through its async version")
        runner = current_runner()
        return runner.run(origin.twin(runner).get_waiter(waiter_name).wait(**kwargs))

    waiter.wait = wait
    return waiter


def install() -> None:
    """Put both in place."""
    # The async clients override both, so these reach sync clients only.
    botocore.client.BaseClient.get_paginator = get_paginator
    botocore.client.BaseClient.get_waiter = get_waiter
