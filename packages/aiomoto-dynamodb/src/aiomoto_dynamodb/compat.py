"""The one module of this package that touches internals of moto.

:class:`Jobs` looks every name up when a mock is active and moto's DynamoDB is imported,
whichever comes last, so that a moto that changed is refused by name before anything is
patched.
"""

from __future__ import annotations

from typing import Any
from weakref import WeakSet

from aiomoto import Patch
from aiomoto.compat.names import require

_EXPORT = "moto.dynamodb.models.table_export"
_IMPORT = "moto.dynamodb.models.table_import"


class Jobs:
    """moto's table exports and imports, each a thread of its own.

    moto's state is guarded by core's lock, which these threads know nothing of:
    an export fails with "dictionary changed size during iteration" where a task
    puts an item meanwhile, an import goes on into the next test, and a waiter's
    first look comes too early, so that it sleeps 20 seconds for work that takes
    a millisecond.
    """

    def __init__(self) -> None:
        self._classes = (
            require("moto", _EXPORT, "TableExport"),
            require("moto", _IMPORT, "TableImport"),
        )
        for module, cls in ((_EXPORT, "TableExport"), (_IMPORT, "TableImport")):
            for name in ("start", "run", "response"):
                require("moto", module, cls, name)

    def patches(self) -> list[Patch]:
        """What to replace in moto while a mock is active."""
        return [patch for cls in self._classes for patch in self._patches_of(cls)]

    @staticmethod
    def _patches_of(cls: Any) -> list[Patch]:
        original = cls.response
        waiting: WeakSet[Any] = WeakSet()

        def start(job: Any) -> None:
            """Start no thread; the work is done when its first answer is written."""
            waiting.add(job)

        def response(job: Any) -> Any:
            """As moto's. Of a new job it says IN_PROGRESS, as AWS does, and all others COMPLETED.

            The request that makes a job asks for this while it holds core's lock.
            """
            answer = original(job)
            if job in waiting:
                waiting.discard(job)
                job.run()
            return answer

        return [(cls, "start", start), (cls, "response", response)]
