"""moto's table exports and imports, each a thread of its own.

moto's state is guarded by core's lock, which these threads know nothing of:
an export fails with "dictionary changed size during iteration" where a task
puts an item meanwhile, an import goes on into the next test, and a waiter's
first look comes too early, so that it sleeps 20 seconds for work that takes
a millisecond.
"""

from __future__ import annotations

from typing import Any
from weakref import WeakSet

from aiomoto import Patch
from aiomoto.compat.names import attribute, require

_JOBS = (
    ("moto.dynamodb.models.table_export", "TableExport"),
    ("moto.dynamodb.models.table_import", "TableImport"),
)


def patches() -> list[Patch]:
    """Have jobs done by the request that asks for them."""
    return [patch for module, cls in _JOBS for patch in _patches_of(module, cls)]


def _patches_of(module: str, cls: str) -> list[Patch]:
    starting = attribute("moto", module, cls, "start")
    answering = attribute("moto", module, cls, "response")
    require("moto", module, cls, "run")
    waiting: WeakSet[Any] = WeakSet()

    def start(job: Any) -> None:
        """Start no thread; the work is done when its first answer is written."""
        waiting.add(job)

    def response(job: Any) -> Any:
        """As moto's. Of a new job it says IN_PROGRESS, as AWS does, and all others COMPLETED.

        The request that makes a job asks for this while it holds core's lock.
        """
        answer = answering.original(job)
        if job in waiting:
            waiting.discard(job)
            job.run()
        return answer

    return [starting.patch(start), answering.patch(response)]
