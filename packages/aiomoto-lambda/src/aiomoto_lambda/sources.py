"""Event source mappings: what is in a queue or stream is given to a function, in batches.

Sources: AWS Lambda Developer Guide, "Using Lambda with Amazon SQS" (also "Handling errors for
an SQS event source"), "How Lambda processes records from stream and queue-based event sources".
"""

from __future__ import annotations

import base64
import json
import threading
from collections import deque
from typing import TYPE_CHECKING, Any

from aiomoto.asking import Arn
from aiomoto.background import background
from aiomoto.bells import AsyncBell, async_bell
from aiomoto.delivering import deliver
from aiomoto.locks import Order, guarded
from aiomoto.standstill import waiting

from .running import Outcome, loaded

if TYPE_CHECKING:
    from .compat.sources import Mapping
    from .service import Service

#: Seconds before a batch of a stream is tried again, at first; doubled up to the most.
_BACK_OFF, _MOST_BACK_OFF = 1.0, 60.0
_RECEIVED_AT_ONCE = 10


class _Poller:
    """What polls one queue for one mapping, while there is anything to wait for."""

    def __init__(self) -> None:
        #: Something has happened since it looked.
        self.again = True
        self.bell: AsyncBell | None = None


class Sources:
    """All event sources whose functions are run here."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._lock = guarded(threading.RLock(), Order.PLUGIN)
        self._pollers: dict[str, _Poller] = {}
        self._streams: dict[tuple[str, str], deque[dict[str, Any]]] = {}

    # -- queues --------------------------------------------------------------

    def look_again(self) -> None:
        """Something has changed about functions or mappings."""
        for queue in self._service.compat.sources.queues():
            self.queue_changed(queue)

    def queue_changed(self, arn: str) -> None:
        for mapping in self._service.compat.sources.mappings(arn):
            if mapping.enabled and self._service.serves(mapping.function):
                self._poll(mapping)

    def _poll(self, mapping: Mapping) -> None:
        with self._lock:
            poller = self._pollers.get(mapping.uuid)
            if poller is not None:
                poller.again = True
                if poller.bell is not None:
                    poller.bell.ring()
                return
            poller = self._pollers[mapping.uuid] = _Poller()
        new = poller
        background.start(lambda: self._drain(mapping.source, mapping.uuid, new))

    async def _drain(self, source: str, uuid: str, poller: _Poller) -> None:
        service = self._service
        poller.bell = bell = async_bell()
        still = waiting(service.clock, f"a poll of {source}", in_background=True)
        try:
            while True:
                poller.again = False
                bell.clear()
                mapping = service.compat.sources.mapping(source, uuid)
                if mapping is None or not mapping.enabled or not service.serves(mapping.function):
                    return
                messages = self._receive(mapping)
                if messages:
                    await self._queue_batch(mapping, messages)
                    continue
                due = service.compat.sources.until_due(source)
                with self._lock:
                    if due is None and not poller.again:
                        self._pollers.pop(uuid, None)
                        return
                if due is not None and not poller.again:
                    with background.resting():
                        await service.clock.wait(bell, service.clock.time() + due, still)
        finally:
            with self._lock:
                if self._pollers.get(uuid) is poller:
                    del self._pollers[uuid]

    def _receive(self, mapping: Mapping) -> list[dict[str, Any]]:
        arn = Arn.of(mapping.source)
        messages: list[dict[str, Any]] = []
        while len(messages) < mapping.batch_size:
            answer = self._service.ask.json(
                "sqs",
                arn.place,
                "AmazonSQS.ReceiveMessage",
                {
                    "QueueUrl": arn.queue_url,
                    "MaxNumberOfMessages": min(
                        mapping.batch_size - len(messages), _RECEIVED_AT_ONCE
                    ),
                    "WaitTimeSeconds": 0,
                    "AttributeNames": ["All"],
                    "MessageAttributeNames": ["All"],
                },
                "1.0",
            )
            if not answer.get("Messages"):
                break
            messages += answer["Messages"]
        return messages

    async def _queue_batch(self, mapping: Mapping, messages: list[dict[str, Any]]) -> None:
        """What failed stays in the queue, invisible until its visibility timeout ends."""
        records = {one["MessageId"]: _sqs_record(mapping.source, one) for one in messages}
        wanted = [one for one in records.values() if self._fits(mapping, one)]
        failed: set[str] = set()
        if wanted:
            outcome, _ = await self._service.invoke(mapping.function, {"Records": wanted})
            failed = failures(mapping, outcome, [one["messageId"] for one in wanted])
        arn = Arn.of(mapping.source)
        for one in messages:
            if one["MessageId"] not in failed:
                done = {"QueueUrl": arn.queue_url, "ReceiptHandle": one["ReceiptHandle"]}
                self._service.ask.json("sqs", arn.place, "AmazonSQS.DeleteMessage", done, "1.0")

    # -- streams ---------------------------------------------------------------

    def records(self, mapping: Mapping, shard: str, records: list[dict[str, Any]]) -> None:
        if not mapping.enabled:
            return
        key = (mapping.uuid, shard)
        with self._lock:
            running = key in self._streams
            self._streams.setdefault(key, deque()).extend(records)
        if not running:
            background.start(lambda: self._feed(mapping.source, key))

    async def _feed(self, source: str, key: tuple[str, str]) -> None:
        waiting = self._streams[key]
        try:
            while True:
                mapping = self._service.compat.sources.mapping(source, key[0])
                with self._lock:
                    if mapping is None or not waiting:
                        del self._streams[key]
                        return
                    size = min(mapping.batch_size, len(waiting))
                    batch = [waiting.popleft() for _ in range(size)]
                batch = [one for one in batch if self._fits(mapping, one)]
                await self._stream_batch(mapping, key[1], batch, 0)
        finally:
            with self._lock:
                if self._streams.get(key) is waiting:
                    del self._streams[key]

    async def _stream_batch(
        self, mapping: Mapping, shard: str, batch: list[dict[str, Any]], tries: int
    ) -> None:
        """Until all of it is done, or given up: a stream goes on in order only."""
        while batch:
            outcome, request_id = await self._service.invoke(mapping.function, {"Records": batch})
            numbers = [_number(one) for one in batch]
            failed = failures(mapping, outcome, numbers)
            if not failed:
                return
            batch = batch[min(map(numbers.index, failed)) :]
            tries += 1
            if 0 <= mapping.retries < tries:
                self._give_up(mapping, shard, batch, outcome, request_id, tries)
                return
            seconds = min(_BACK_OFF * 2 ** (tries - 1), _MOST_BACK_OFF)
            await background.sleep(self._service.clock, seconds, f"a retry from {mapping.source}")
            if mapping.bisect and len(batch) > 1:
                half = len(batch) // 2
                await self._stream_batch(mapping, shard, batch[:half], tries)
                batch = batch[half:]

    def _give_up(
        self,
        mapping: Mapping,
        shard: str,
        batch: list[dict[str, Any]],
        outcome: Outcome,
        request_id: str,
        tries: int,
    ) -> None:
        if mapping.on_failure is None:
            return
        record = self._service.record_of(
            mapping.function, request_id, "RetryAttemptsExhausted", tries, outcome
        )
        kind = "KinesisBatchInfo" if "kinesis" in batch[0] else "DDBStreamBatchInfo"
        record[kind] = {
            "shardId": shard,
            "startSequenceNumber": _number(batch[0]),
            "endSequenceNumber": _number(batch[-1]),
            "batchSize": len(batch),
            "streamArn": mapping.source,
        }
        deliver(
            self._service.ask,
            mapping.on_failure,
            record,
            "Lambda event source mapping",
            "lambda",
        )

    def _fits(self, mapping: Mapping, record: dict[str, Any]) -> bool:
        """Whether the filter criteria of the mapping, if any, let a record through."""
        seen = _decoded(record)
        return not mapping.patterns or any(
            self._service.compat.sources.matches(pattern, seen) for pattern in mapping.patterns
        )


def failures(mapping: Mapping, outcome: Outcome, identifiers: list[str]) -> set[str]:
    """Which records of a batch weren't done: by an error all, else those that the function names.

    An answer that names what wasn't in the batch counts as an error.
    """
    if outcome.error is not None:
        return set(identifiers)
    result = loaded(outcome.payload) if mapping.partial else None
    if not isinstance(result, dict) or not result.get("batchItemFailures"):
        return set()
    items = result["batchItemFailures"]
    named = {one.get("itemIdentifier") if isinstance(one, dict) else None for one in items}
    return {one for one in identifiers if one in named or not named <= set(identifiers)}


def _number(record: dict[str, Any]) -> str:
    if "kinesis" in record:
        return str(record["kinesis"]["sequenceNumber"])
    return str(record["dynamodb"]["SequenceNumber"])


def _sqs_record(queue_arn: str, message: dict[str, Any]) -> dict[str, Any]:
    attributes = {
        name: {
            "stringListValues": [],
            "binaryListValues": [],
            "dataType": value["DataType"],
            **({"stringValue": value["StringValue"]} if "StringValue" in value else {}),
            **({"binaryValue": value["BinaryValue"]} if "BinaryValue" in value else {}),
        }
        for name, value in (message.get("MessageAttributes") or {}).items()
    }
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message.get("Attributes", {}),
        "messageAttributes": attributes,
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn,
        "awsRegion": Arn.of(queue_arn).region,
    }


def _decoded(record: dict[str, Any]) -> dict[str, Any]:
    """A record as filters see it: what is JSON inside of it is parsed."""
    if "kinesis" in record:
        data = loaded(base64.b64decode(record["kinesis"]["data"]))
        return {**record, "data": data}
    if "body" in record:
        try:
            return {**record, "body": json.loads(record["body"])}
        except ValueError:
            return record
    return record
