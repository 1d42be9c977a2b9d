"""Lambda functions and queues in the tests of packages that give something to one another."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from moto.awslambda.urls import url_paths

ACCOUNT = "123456789012"
#: Without a slash at the end, as botocore has the path of late.
feeds = pytest.mark.skipif(
    not any(path.endswith("/event-source-mappings$") for path in url_paths),
    reason="this moto has no event source mappings for this botocore",
)


class Seen:
    """A handler that remembers its events, and fails or answers as it is told."""

    def __init__(self) -> None:
        self.events: list[Any] = []
        self.answer: Any = None

    async def __call__(self, event: Any, context: Any) -> Any:
        self.events.append(event)
        await asyncio.sleep(0)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    @property
    def records(self) -> list[Any]:
        return [record for event in self.events for record in event["Records"]]


async def queue(sqs: Any, name: str = "q", **attributes: str) -> tuple[str, str]:
    """URL and ARN."""
    url = (await sqs.create_queue(QueueName=name, Attributes=attributes))["QueueUrl"]
    return url, f"arn:aws:sqs:us-east-1:{ACCOUNT}:{name}"


async def bodies(sqs: Any, url: str) -> list[Any]:
    """What is in a queue, decoded."""
    answer = await sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
    return [json.loads(one["Body"]) for one in answer.get("Messages", [])]
