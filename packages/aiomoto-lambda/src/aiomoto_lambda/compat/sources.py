"""moto's event source mappings: what queues and streams give to functions."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, field
from datetime import datetime, timezone
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from aiomoto import Patch
from aiomoto.asking import Arn
from aiomoto.compat.names import require, require_attributes

from ..context import Function

if TYPE_CHECKING:
    from .functions import Lambda

_MODELS, _SQS = "moto.awslambda.models", "moto.sqs.models"


@dataclass(frozen=True)
class Mapping:
    """An event source mapping."""

    uuid: str
    #: The ARN of the queue or stream.
    source: str
    function: Function
    batch_size: int
    enabled: bool
    #: Whether the function says which records failed (ReportBatchItemFailures).
    partial: bool = False
    #: How often a batch of a stream is tried again; -1 is without end.
    retries: int = -1
    #: Whether a batch that failed is tried again in two halves.
    bisect: bool = False
    #: The ARN that is told of a batch that was given up.
    on_failure: str | None = None
    #: EventBridge patterns, as JSON; a record that fits none is dropped.
    patterns: list[str] = field(default_factory=list)


class Listener(Protocol):
    """Who is told what moto would have invoked a function for."""

    def serves(self, function: Function) -> bool:
        """Whether the function is invoked by the listener, not by moto."""

    def invoked(self, function: Function, event: Any) -> None:
        """A service of moto invokes a function, and doesn't need the answer."""

    def queue_changed(self, arn: str) -> None:
        """A queue that is an event source has got a message."""

    def records(self, mapping: Mapping, shard: str, records: list[dict[str, Any]]) -> None:
        """A stream that is an event source has got records, in the form of Lambda's events."""


class EventSources:
    """moto's event source mappings, in moto 5.1 and 5.2."""

    def __init__(self, functions: Lambda) -> None:
        self._functions = functions
        self._get_backend = require("moto", "moto.awslambda.utils", "get_backend")
        check = partial(require_attributes, "moto")
        methods = ("send_kinesis_message", "send_dynamodb_items")
        looks = ("list_event_source_mappings", "get_event_source_mapping")
        self._backend_class = check(_MODELS, "LambdaBackend", *methods, *looks)
        self._sqs = require("moto", _SQS)
        for name in ("sqs_backends", "unix_time_millis"):
            require("moto", _SQS, name)
        attributes = ("lambda_event_source_mappings", "_messages", "queue_arn")
        self._queue_class = check(_SQS, "Queue", *attributes)
        check(_SQS, "Message", "visible_at", "delayed_until")
        self._event_pattern = check("moto.events.models", "EventPattern", "load", "matches_event")
        names = ("uuid", "event_source_arn", "function_arn", "batch_size", "enabled")
        settings = ("max_retry_attempts", "bisect_on_error", "destination_config")
        more = ("function_response_types", "filter_criteria")
        check(_MODELS, "EventSourceMapping", *names, *settings, *more)
        self._add_message = require("moto", _SQS, "Queue", "add_message")

    def mappings(self, source: str) -> list[Mapping]:
        place = Arn.of(source)
        backend = self._get_backend(place.account, place.region)
        found = [self._mapping_of(one) for one in backend.list_event_source_mappings(source, None)]
        return [one for one in found if one is not None]

    def queues(self) -> list[str]:
        return [
            queue.queue_arn
            for regions in self._sqs.sqs_backends.values()
            for backend in regions.values()
            for queue in backend.queues.values()
            if queue.lambda_event_source_mappings
        ]

    def mapping(self, source: str, uuid: str) -> Mapping | None:
        """An event source mapping as it is now; None if it was deleted."""
        place = Arn.of(source)
        found = self._get_backend(place.account, place.region).get_event_source_mapping(uuid)
        return None if found is None else self._mapping_of(found)

    def _mapping_of(self, found: Any) -> Mapping | None:
        function = self._functions.find(found.function_arn)
        if function is None:
            return None
        failed = (found.destination_config or {}).get("OnFailure") or {}
        filters = (found.filter_criteria or {}).get("Filters") or []
        retries = found.max_retry_attempts
        return Mapping(
            uuid=found.uuid,
            source=found.event_source_arn,
            function=function,
            batch_size=int(found.batch_size),
            enabled=bool(found.enabled),
            partial="ReportBatchItemFailures" in (found.function_response_types or []),
            retries=-1 if retries is None else int(retries),
            bisect=bool(found.bisect_on_error),
            on_failure=failed.get("Destination"),
            patterns=[one["Pattern"] for one in filters],
        )

    def matches(self, pattern: str, record: dict[str, Any]) -> bool:
        return bool(self._event_pattern.load(pattern).matches_event(record))

    def until_due(self, queue_arn: str) -> float | None:
        """Seconds until a queue's next message can be received; None if there is none."""
        place = Arn.of(queue_arn)
        queue = self._sqs.sqs_backends[place.account][place.region].queues.get(place.resource)
        now = self._sqs.unix_time_millis()
        due = [
            moment
            for message in tuple(queue._messages if queue is not None else ())
            if (moment := max(message.visible_at, message.delayed_until)) > now
        ]
        return (min(due) - now) / 1000 if due else None

    def patches(self, listener: Listener) -> list[Patch]:
        """Make what is replaced in moto while a mock is active."""
        kinesis = self._backend_class.send_kinesis_message
        dynamodb = self._backend_class.send_dynamodb_items

        def served(source: str, function_arn: str) -> list[Mapping]:
            return [
                one
                for one in self.mappings(source)
                if self._arn_of(one) == function_arn and listener.serves(one.function)
            ]

        def add_message(queue: Any, message: Any) -> Any:
            """Keep moto from receiving for the functions that the listener serves."""
            all_of_them = queue.lambda_event_source_mappings
            ours = {
                arn
                for arn in all_of_them
                if (function := self._functions.find(arn)) is not None and listener.serves(function)
            }
            if not ours:
                return self._add_message(queue, message)
            queue.lambda_event_source_mappings = {
                arn: one for arn, one in all_of_them.items() if arn not in ours
            }
            try:
                return self._add_message(queue, message)
            finally:
                queue.lambda_event_source_mappings = all_of_them
                listener.queue_changed(queue.queue_arn)

        def send_kinesis_message(
            backend: Any, function_name: str, kinesis_stream: str, *args: Any, **kwargs: Any
        ) -> Any:
            ours = served(kinesis_stream, function_name)
            if not ours:
                return kinesis(backend, function_name, kinesis_stream, *args, **kwargs)
            for mapping in ours:
                record = _kinesis_record(backend.region_name, kinesis_stream, **kwargs)
                listener.records(mapping, kwargs["kinesis_shard_id"], [record])
            return None

        def send_dynamodb_items(
            backend: Any, function_arn: str, items: list[Any], source: str
        ) -> Any:
            """Hand over the newest record; moto would have all of them sent again and again."""
            ours = served(source, function_arn)
            if not ours:
                return dynamodb(backend, function_arn, items, source)
            for mapping in ours:
                record = _dynamodb_record(backend.region_name, source, items[-1].to_json())
                listener.records(mapping, "", [record])
            return b""  # so the stream keeps it, for other readers

        return [
            (self._queue_class, "add_message", add_message),
            (self._backend_class, "send_kinesis_message", send_kinesis_message),
            (self._backend_class, "send_dynamodb_items", send_dynamodb_items),
        ]

    @staticmethod
    def _arn_of(mapping: Mapping) -> str:
        """The function as moto's mapping names it: a published version with its number."""
        qualifier = mapping.function.qualifier
        return f"{mapping.function.arn}:{qualifier}" if qualifier else mapping.function.arn


def _kinesis_record(region: str, stream: str, **given: Any) -> dict[str, Any]:
    shard, number = given["kinesis_shard_id"], given["kinesis_sequence_number"]
    return {
        "kinesis": {
            "kinesisSchemaVersion": "1.0",
            "partitionKey": given["kinesis_partition_key"],
            "sequenceNumber": number,
            "data": given["kinesis_data"],
            "approximateArrivalTimestamp": round(time.time(), 3),
        },
        "eventSource": "aws:kinesis",
        "eventVersion": "1.0",
        "eventID": f"{shard}:{number}",
        "eventName": "aws:kinesis:record",
        "awsRegion": region,
        "eventSourceARN": stream,
    }


def _dynamodb_record(region: str, source: str, record: Dictionary[str, Any]) -> dict[str, Any]:
    stream = dict(record["dynamodb"])
    created = stream.get("ApproximateCreationDateTime")
    if isinstance(created, datetime):
        # moto's are naive, in UTC.
        stream["ApproximateCreationDateTime"] = created.replace(tzinfo=timezone.utc).timestamp()
    names = ("eventID", "eventName", "eventVersion", "eventSource")
    return {
        **{name: record[name] for name in names},
        "awsRegion": region,
        "dynamodb": json.loads(json.dumps(stream, default=str)),
        "eventSourceARN": source,
    }
