"""Writes docs/event-streams.md: each operation of botocore's models with an event stream output.

Whether an operation is answered is tried, inside a mock: ``python tools/event_streams.py``.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import botocore
import botocore.session
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError

from aiomoto import UnsupportedOperation, mock_aws

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "event-streams.md"

WORKS, SUPPLIED, NOT_SERVED = "works", "user supplied", "not served by moto"

#: What a reader wants to know beside the status, by service and operation.
REMARKS = {
    ("bedrock-runtime", "ConverseStream"): "aiomoto-bedrock, `replies`",
    ("bedrock-runtime", "InvokeModelWithResponseStream"): "aiomoto-bedrock, `replies`",
    ("kinesis", "SubscribeToShard"): "aiomoto-contrib: live, for 5 minutes",
    ("lambda", "InvokeWithResponseStream"): "aiomoto-lambda",
    ("logs", "StartLiveTail"): "moto's answer; with aiomoto-contrib live, for 3 hours",
    ("s3", "SelectObjectContent"): "moto's answer",
}
#: Of an operation that sends a stream too.
TWO_WAYS = "sends a stream too, which botocore can't"

HEAD = """\
# Event streams

Each operation of botocore's models whose output is an event stream, and what answers
it. Made by `hatch run event-streams` from botocore {botocore} and moto {moto}, with all
packages of this repository installed: each operation was called inside a mock.

- **works**: answered on moto's state; an async client reads the events with `async for`.
- **user supplied**: answered with what the test says, see
  [aiomoto-bedrock](../packages/aiomoto-bedrock/README.md).
- **not served by moto**: the call raises `UnsupportedOperation`.

| service | operation | status | |
| --- | --- | --- | --- |
"""

TAIL = """
## Which clients read them

- aiobotocore on aiohttp: all that is answered, event by event as it happens.
- aiobotocore {aiobotocore} on httpx: none. Its `AioEventStream` asks for aiohttp's
  `iter_chunks`, which a response of httpx doesn't have, so every event stream fails at
  its first event, over a socket too (`subscribe_to_shard` and other JSON services in the
  call itself). In a mock such a body does arrive piece by piece; plain httpx, and code
  that feeds `aiter_bytes()` to `botocore.eventstream.EventStreamBuffer`, read it.
- boto3: what there is at the moment of the call; then the stream ends.

## Streams in both directions

Neither botocore nor aiobotocore can send an event stream. What needs that is for
other SDKs: the operations above that say so, and all of Amazon Transcribe streaming,
which botocore has no model of (`amazon-transcribe` and `aws-sdk-transcribe-streaming`
bring HTTP clients of their own, over HTTP/2 in C). No mock below the HTTP client can
answer them; put a test double in the place of their client.
"""


@dataclass(frozen=True)
class Row:
    """One operation."""

    service: str
    operation: str
    status: str
    remark: str

    def __str__(self) -> str:
        return f"| {self.service} | {self.operation} | {self.status} | {self.remark} |"


def operations(session: Any) -> Iterator[tuple[str, Any]]:
    """Every service and operation model with an event stream output, in order."""
    data = Path(botocore.__file__).parent / "data"
    names = {path.parts[-3] for path in data.glob("*/*/service-2.json*") if _mentions(path)}
    for service in sorted(names):
        model = session.get_service_model(service)
        for name in model.operation_names:
            operation = model.operation_model(name)
            if operation.has_event_stream_output:
                yield service, operation


def _mentions(path: Path) -> bool:
    """A look without parsing: most models have no stream, and parsing all takes half a minute."""
    data = path.read_bytes()
    return b'"eventstream"' in (gzip.decompress(data) if path.suffix == ".gz" else data)


def sample(shape: Any) -> Any:
    """A value that botocore accepts for a shape: the required members only."""
    if shape.type_name == "structure":
        names = list(shape.required_members)
        if getattr(shape, "is_tagged_union", False):
            names = list(shape.members)[:1]
        return {name: sample(shape.members[name]) for name in names}
    if shape.type_name == "list":
        return [sample(shape.member)]
    if shape.type_name == "string":
        if "ARN" in shape.name or "Arn" in shape.name:
            return "arn:aws:kinesis:us-east-1:123456789012:stream/x/consumer/x"
        enum = getattr(shape, "enum", None)
        return enum[0] if enum else "x" * max(shape.metadata.get("min", 1), 1)
    simple = {"blob": b"x", "boolean": True, "map": {}, "timestamp": 0, "float": 1.0, "double": 1.0}
    return simple.get(shape.type_name, shape.metadata.get("min", 1))


def status_of(session: Any, service: str, operation: Any) -> str:
    """Call an operation inside of a mock, and see who answers."""
    client = session.create_client(
        service,
        region_name="us-east-1",
        aws_access_key_id="a",
        aws_secret_access_key="b",
        config=Config(parameter_validation=False, retries={"total_max_attempts": 1}),
    )
    call = getattr(client, xform_name(operation.name), None)
    if call is None:
        return NOT_SERVED  # botocore has it in the model, and hides it in the client
    try:
        call(**sample(operation.input_shape))
    except UnsupportedOperation as error:
        return SUPPLIED if "replies.add" in str(error) else NOT_SERVED
    except ClientError:
        pass  # it has looked for what isn't there
    finally:
        client.close()
    return WORKS


def rows() -> list[Row]:
    """The table, for what is installed."""
    session = botocore.session.Session()
    with mock_aws():
        return [
            Row(service, operation.name, status_of(session, service, operation), remark)
            for service, operation in operations(session)
            for remark in [_remark(service, operation)]
        ]


def _remark(service: str, operation: Any) -> str:
    remarks = [REMARKS.get((service, operation.name), "")]
    if operation.has_event_stream_input:
        remarks.append(TWO_WAYS)
    return "; ".join(filter(None, remarks))


def page() -> str:
    """The text of the page."""
    versions = {name: version(name) for name in ("aiobotocore", "botocore", "moto")}
    lines = "".join(f"{row}\n" for row in rows())
    return HEAD.format(**versions) + lines + TAIL.format(**versions)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
