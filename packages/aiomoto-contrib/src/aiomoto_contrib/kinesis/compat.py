"""moto's Kinesis: where its streams are, and how to hear of what happens to them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from functools import partial
from typing import Any

from aiomoto import Clock, Patch
from aiomoto.compat.names import require, require_attributes

_MODELS = "moto.kinesis.models"


class Kinesis:
    """Every name of moto's Kinesis that this package relies on, checked.

    :raises IncompatibleLibrary: if moto lacks one.
    """

    def __init__(self) -> None:
        self.models = require("moto", _MODELS)
        self.backends = require("moto", _MODELS, "kinesis_backends")
        require("moto", _MODELS, "utcnow")
        check = partial(require_attributes, "moto", _MODELS)
        methods = ("delete_stream", "deregister_stream_consumer", "reset")
        self.backend_class = check("KinesisBackend", "streams", *methods)
        methods = ("split_shard", "merge_shards", "get_consumer_by_arn")
        attributes = ("stream_name", "shards", "consumers", "encryption_type")
        self.stream_class = check("Stream", *attributes, *methods)
        methods = ("put_record", "shard_id", "get_max_sequence_number")
        parents = ("parent", "adjacent_parent", "starting_hash", "ending_hash")
        self.shard_class = check("Shard", "records", "is_open", *parents, *methods)
        check("Consumer", "consumer_arn")
        check("Record", "partition_key", "data", "sequence_number", "created_at")

    def find(self, stream_arn: str) -> Any:
        """The stream of this ARN; None if there is none."""
        _, _, _, region, account, name = stream_arn.split(":", 5)
        return self.backends[account][region].streams.get(name.split("/", 1)[1])

    def patches(self, changed: Callable[[], None]) -> list[Patch]:
        """Make what is replaced in moto while a mock is active.

        ``changed()`` is called after a record was put, by whichever way, and after
        streams, shards or consumers have come to an end.
        """
        return [
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

    def time_patches(self, clock: Clock) -> list[Patch]:
        """Give the patches that make moto go by a mock's virtual clock."""

        def utcnow() -> datetime:
            """moto's form: UTC, without a zone."""
            return datetime.fromtimestamp(clock.time(), timezone.utc).replace(tzinfo=None)

        return [(self.models, "utcnow", utcnow)] if clock.virtual else []


def _telling(original: Callable[..., Any], tell: Callable[[], None]) -> Callable[..., Any]:
    def call_and_tell(*args: Any, **kwargs: Any) -> Any:
        try:
            return original(*args, **kwargs)
        finally:
            tell()

    return call_and_tell
