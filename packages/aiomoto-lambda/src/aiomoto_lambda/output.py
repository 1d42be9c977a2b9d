"""What a function prints and logs, beside where it goes anyway."""

from __future__ import annotations

import contextlib
import io
import logging
import sys
import threading
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import datetime, timezone
from typing import Any

from aiomoto.locks import Order, guarded

from .context import Context


class Output:
    """The lines that one invocation writes."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self._text = io.StringIO()

    def write(self, text: str) -> None:
        self._text.write(text)

    @property
    def text(self) -> str:
        """All of it, whole lines."""
        text = self._text.getvalue()
        return text if not text or text.endswith("\n") else text + "\n"


#: The invocation that this code is part of; worker threads of asyncio and trio inherit it.
_writing: ContextVar[Output | None] = ContextVar("aiomoto_lambda_output", default=None)


class _Tee:
    """A stream whose text also goes to the invocation that writes it."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream

    def write(self, text: str) -> Any:
        output = _writing.get()
        if output is not None:
            output.write(text)
        return self.stream.write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


class _Records(logging.Handler):
    """Log records, in the form that Lambda's runtime for Python gives them."""

    def emit(self, record: logging.LogRecord) -> None:
        output = _writing.get()
        if output is None:
            return
        at = datetime.fromtimestamp(record.created, timezone.utc)
        stamp = f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z"
        text = self.format(record)
        request_id = output.context.aws_request_id
        output.write(f"[{record.levelname}]\t{stamp}\t{request_id}\t{text}\n")


class _Capture:
    """Puts both in for as long as any invocation runs."""

    def __init__(self) -> None:
        self._lock = guarded(threading.RLock(), Order.PLUGIN)
        self._users = 0
        self._tees: dict[str, _Tee] = {}
        self._records = _Records()

    def enter(self) -> None:
        with self._lock:
            self._users += 1
            if self._users == 1:
                for name in ("stdout", "stderr"):
                    self._tees[name] = _Tee(getattr(sys, name))
                    setattr(sys, name, self._tees[name])
                logging.getLogger().addHandler(self._records)

    def leave(self) -> None:
        with self._lock:
            self._users -= 1
            if not self._users:
                logging.getLogger().removeHandler(self._records)
                for name, tee in self._tees.items():
                    if getattr(sys, name) is tee:  # else somebody replaced it meanwhile
                        setattr(sys, name, tee.stream)
                self._tees.clear()


_capture = _Capture()


@contextlib.contextmanager
def writing_to(output: Output) -> Iterator[None]:
    """Have what this context prints and logs written to ``output`` too."""
    token = _writing.set(output)
    _capture.enter()
    try:
        yield
    finally:
        _capture.leave()
        _writing.reset(token)
