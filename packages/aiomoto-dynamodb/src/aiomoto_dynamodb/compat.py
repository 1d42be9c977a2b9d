"""The one module of this package that touches internals of moto.

:class:`Jobs` looks every name up when the first mock starts, so that a moto that
changed is refused by name before anything is patched.
"""

from __future__ import annotations

from typing import Any
from weakref import WeakSet

from aiomoto.compat import require

_EXPORT = "moto.dynamodb.models.table_export"
_IMPORT = "moto.dynamodb.models.table_import"
_MISSING: Any = object()

#: Owner, attribute, replacement.
Patch = tuple[Any, str, Any]


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


class Patches:
    """Replaced attributes of moto: put in together, put back in the reverse order."""

    def __init__(self) -> None:
        self._done: list[tuple[Any, str, Any, Any]] = []

    def put_in(self, patches: list[Patch]) -> None:
        """Replace; all or nothing."""
        try:
            for owner, name, replacement in patches:
                original = vars(owner).get(name, _MISSING)
                setattr(owner, name, replacement)
                self._done.append((owner, name, original, replacement))
        except BaseException:
            self.take_out()
            raise

    def take_out(self) -> None:
        """Put back, but for what somebody else has patched over since."""
        while self._done:
            owner, name, original, replacement = self._done.pop()
            if vars(owner).get(name) is not replacement:
                continue
            if original is _MISSING:
                delattr(owner, name)
            else:
                setattr(owner, name, original)
