"""moto's Kinesis: where its streams are, and how to hear of what happens to them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from importlib.metadata import version
from typing import Any

from aiomoto.clock import Clock
from aiomoto.compat import require
from aiomoto.errors import IncompatibleLibrary
from aiomoto.plugin.patches import Patch

_MODELS = "moto.kinesis.models"
_ATTRIBUTES = {
    "Consumer": ("consumer_arn",),
    "Record": ("partition_key", "data", "sequence_number", "created_at"),
    "Shard": ("records", "is_open", "parent", "adjacent_parent", "starting_hash", "ending_hash"),
    "Stream": ("stream_name", "shards", "consumers", "encryption_type"),
    "KinesisBackend": ("streams",),
}


class Kinesis:
    """Every name of moto's Kinesis that this package relies on, checked.

    :raises IncompatibleLibrary: if moto lacks one.
    """

    def __init__(self) -> None:
        self.models = require("moto", _MODELS)
        self.backends = require("moto", _MODELS, "kinesis_backends")
        self.backend_class = require("moto", _MODELS, "KinesisBackend")
        self.stream_class = require("moto", _MODELS, "Stream")
        self.shard_class = require("moto", _MODELS, "Shard")
        for name in ("delete_stream", "deregister_stream_consumer", "reset"):
            require("moto", _MODELS, "KinesisBackend", name)
        for name in ("split_shard", "merge_shards", "get_consumer_by_arn"):
            require("moto", _MODELS, "Stream", name)
        for name in ("put_record", "shard_id", "get_max_sequence_number"):
            require("moto", _MODELS, "Shard", name)
        require("moto", _MODELS, "utcnow")
        for cls, names in _ATTRIBUTES.items():
            # What __init__ sets, read from its code: an instance would stay in moto's trackers.
            known = require("moto", _MODELS, cls).__init__.__code__.co_names
            for name in names:
                if name not in known:
                    attribute = f"{_MODELS}.{cls}().{name}"
                    raise IncompatibleLibrary("moto", version("moto"), attribute)

    def find(self, stream_arn: str) -> Any:
        """The stream of this ARN; None if there is none."""
        _, _, _, region, account, name = stream_arn.split(":", 5)
        return self.backends[account][region].streams.get(name.split("/", 1)[1])

    def patches(
        self,
        changed: Callable[[], None],
        clock: Clock,
    ) -> list[Patch]:
        """What to replace in moto while a mock is active.

        ``changed()`` is called after a record was put, by whichever way, and after
        streams, shards or consumers have come to an end.
        """
        found: list[Patch] = [
            (owner, name, _telling(getattr(owner, name), changed))
            for owner, name in (
                (self.shard_class, "put_record"),
                (self.stream_class, "split_shard"),
                (self.stream_class, "merge_shards"),
                (self.backend_class, "delete_stream"),
                (self.backend_class, "deregister_stream_consumer"),
                (self.backend_class, "reset"),
            )
        ]
        if clock.virtual:

            def utcnow() -> datetime:
                """moto's form: UTC, without a zone."""
                return datetime.fromtimestamp(clock.time(), timezone.utc).replace(tzinfo=None)

            found.append((self.models, "utcnow", utcnow))
        return found


def _telling(original: Callable[..., Any], tell: Callable[[], None]) -> Callable[..., Any]:
    def call_and_tell(*args: Any, **kwargs: Any) -> Any:
        """As moto's, and those who read are told."""
        try:
            return original(*args, **kwargs)
        finally:
            tell()

    return call_and_tell
