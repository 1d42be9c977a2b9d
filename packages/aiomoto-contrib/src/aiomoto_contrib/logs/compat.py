"""moto's CloudWatch Logs: hears of log events, and filters them as moto does."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from aiomoto import Patch
from aiomoto.compat.names import require, require_attributes

_MODELS = "moto.logs.models"
_FIND = "_find_live_tail_log_group"


class Logs:
    """Every name of moto's Logs that this package relies on, checked.

    :raises IncompatibleLibrary: if moto lacks one.
    """

    def __init__(self) -> None:
        check = partial(require_attributes, "moto", _MODELS)
        attributes = ("events", "log_group", "log_stream_name", "put_log_events")
        self.stream_class = check("LogStream", *attributes)
        self.backend_class = check("LogsBackend", "groups")
        self.tails = hasattr(self.backend_class, "start_live_tail")  # since moto 5.2.1
        if self.tails:
            check("LogsBackend", _FIND)
            self.not_found = require("moto", "moto.logs.exceptions", "ResourceNotFoundException")
        self.filter_class = require_attributes(
            "moto", "moto.logs.utils", "EventMessageFilter", "matches"
        )
        check("LogGroup", "arn", "name")
        check("LogEvent", "ingestion_time", "message", "timestamp")

    def patches(self, put: Callable[[Any, list[Any]], None]) -> list[Patch]:
        """Make what is replaced in moto while a mock is active.

        ``put(log_stream, events)`` is called after events were put, by whichever way.
        """
        original = self.stream_class.put_log_events

        def put_log_events(stream: Any, *args: Any, **kwargs: Any) -> Any:
            """Tell those who follow, also where a subscription filter fails afterwards."""
            before = len(stream.events)
            try:
                return original(stream, *args, **kwargs)
            finally:
                put(stream, stream.events[before:])

        found: list[Patch] = [(self.stream_class, "put_log_events", put_log_events)]
        if self.tails:

            def find(backend: Any, identifier: str) -> Any:
                """The group of this ARN or name; moto 5.2.5 takes the last of all."""
                for group in backend.groups.values():
                    if identifier in (group.arn, group.name):
                        return group
                raise self.not_found

            found.append((self.backend_class, _FIND, find))
        return found
