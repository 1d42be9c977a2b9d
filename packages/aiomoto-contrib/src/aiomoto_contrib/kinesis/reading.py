"""One subscription: where it starts, and what it reads of moto's shard."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from aiomoto import AwsResponse, eventstream
from aiomoto.asking import Refused

#: The content type of what Kinesis sends.
JSON = "application/x-amz-json-1.1"
#: What one event holds at most: records, and characters of their data (in Base64).
_MOST_RECORDS, _MOST_DATA = 1000, 2 * 1024 * 1024


def refused(code: str, message: str) -> Refused:
    """An error for the client."""
    body = json.dumps({"__type": code, "message": message})
    headers = {"Content-Type": JSON, "x-amzn-ErrorType": code}
    return Refused(AwsResponse.of(400, headers, body))


@dataclass(eq=False)
class Subscription:
    """One consumer that reads one shard; stream, consumer and shard are moto's."""

    stream_arn: str
    stream: Any
    consumer: Any
    shard: Any
    #: Seconds of the mock's clock.
    started: float
    #: The sequence number up to which it has read.
    last: int
    #: The same consumer has subscribed to the shard again.
    replaced: bool = False

    @property
    def behind(self) -> bool:
        return self.last + 1 in self.shard.records

    def read(self) -> list[Any]:
        """The records that were not read yet, as many as fit into one event; now they are read."""
        found: list[Any] = []
        size = 0
        # moto numbers a shard's records 1, 2, 3 ...
        while len(found) < _MOST_RECORDS:
            record = self.shard.records.get(self.last + 1)
            if record is None or (found and size + len(record.data) > _MOST_DATA):
                break
            found.append(record)
            size += len(record.data)
            self.last += 1
        return found

    def children(self) -> list[dict[str, Any]]:
        """The shards that go on where this one ended, as ``ChildShards`` has them."""
        if self.shard.is_open:
            return []
        return [
            {
                "ShardId": shard.shard_id,
                "ParentShards": [one for one in (shard.parent, shard.adjacent_parent) if one],
                "HashKeyRange": {
                    "StartingHashKey": str(shard.starting_hash),
                    "EndingHashKey": str(shard.ending_hash),
                },
            }
            for shard in list(self.stream.shards.values())
            if self.shard.shard_id in (shard.parent, shard.adjacent_parent)
        ]

    def event(self, records: list[Any], children: list[dict[str, Any]]) -> bytes:
        """A SubscribeToShardEvent; ``children`` only at the end of the shard."""
        newest = self.shard.records.get(self.shard.get_max_sequence_number())
        late = newest.created_at - records[-1].created_at if records and newest is not None else 0
        body: dict[str, Any] = {
            "Records": [
                {
                    "SequenceNumber": str(record.sequence_number),
                    "ApproximateArrivalTimestamp": record.created_at,
                    "Data": record.data,
                    "PartitionKey": record.partition_key,
                    "EncryptionType": self.stream.encryption_type,
                }
                for record in records
            ],
            "MillisBehindLatest": max(round(late * 1000), 0),
        }
        if children:
            # The end of the shard, which has nothing to continue from.
            body["ChildShards"] = children
        else:
            body["ContinuationSequenceNumber"] = str(self.last)
        return eventstream.event("SubscribeToShardEvent", json.dumps(body).encode(), JSON)


def position(shard: Any, start: dict[str, Any]) -> int:
    """The sequence number that precedes a starting position; raises :class:`Refused`."""
    kind = start.get("Type")
    if kind == "TRIM_HORIZON":
        return 0
    if kind == "LATEST":
        return int(shard.get_max_sequence_number())
    if kind in ("AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"):
        number = str(start.get("SequenceNumber", ""))
        if not number.isdecimal():
            raise refused(
                "InvalidArgumentException",
                f"StartingPosition of type {kind} needs a SequenceNumber, which is a decimal "
                f"number, got {start.get('SequenceNumber')!r}.",
            )
        return max(int(number) - int(kind == "AT_SEQUENCE_NUMBER"), 0)
    if kind == "AT_TIMESTAMP":
        moment = start.get("Timestamp")
        if not isinstance(moment, (int, float)):
            raise refused(
                "InvalidArgumentException",
                f"StartingPosition of type AT_TIMESTAMP needs a Timestamp, got {moment!r}.",
            )
        records = list(shard.records.values())
        return max(
            (int(one.sequence_number) for one in records if one.created_at < moment), default=0
        )
    raise refused(
        "ValidationException",
        f"Value {kind!r} at 'startingPosition.type' failed to satisfy constraint: Member must "
        "satisfy enum value set: [AFTER_SEQUENCE_NUMBER, AT_SEQUENCE_NUMBER, AT_TIMESTAMP, "
        "LATEST, TRIM_HORIZON].",
    )
