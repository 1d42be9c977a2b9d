"""Takes what is published in moto, and sends it when moto has answered."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from functools import partial
from typing import TYPE_CHECKING, Any

from aiomoto.background import background
from aiomoto.delivering import offer
from aiomoto.jobs import in_thread, on_loop

from .posting import post

if TYPE_CHECKING:
    from aiomoto import AwsRequest, AwsResponse, Engine

    from .compat import Delivery, Sns

_logger = logging.getLogger("aiomoto_contrib.sns")


class Outbox:
    """Takes what is published, and sends it."""

    def __init__(self, engine: Engine, sns: Sns) -> None:
        self._engine = engine
        self._sns = sns
        #: What the answer that this thread computes has published.
        self._mine = threading.local()

    def take(self, delivery: Delivery) -> bool:
        """See to a delivery, if moto's way would be to wait for it."""
        if delivery.subscription.protocol == "lambda":
            return offer(
                delivery.subscription.endpoint, _event(delivery, self._engine.clock.time())
            )
        collected: list[Delivery] | None = getattr(self._mine, "collected", None)
        if collected is not None:
            collected.append(delivery)
        else:  # published by another service
            self._start([delivery])
        return True

    @contextmanager
    def collecting(self) -> Iterator[list[Delivery]]:
        """Keep what this thread publishes."""
        found: list[Delivery] = []
        self._mine.collected = found
        try:
            yield found
        finally:
            self._mine.collected = None

    def answer(self, request: AwsRequest) -> AwsResponse | Awaitable[AwsResponse]:
        """moto's answer, when all that was published is on its way."""
        with self.collecting() as deliveries:
            response = self._engine.ask_moto(request)
        if not deliveries:
            return response
        if request.is_async:
            return self._send_all(response, deliveries)
        if on_loop():  # which may be the one that the server runs in
            self._start(deliveries)
        else:
            for delivery in deliveries:
                self._send(delivery)
        return response

    async def _send_all(self, response: AwsResponse, deliveries: list[Delivery]) -> AwsResponse:
        await background.run(lambda: self._send_each(deliveries))
        return response

    def _start(self, deliveries: list[Delivery]) -> None:
        background.start(lambda: self._send_each(deliveries))

    async def _send_each(self, deliveries: list[Delivery]) -> None:
        for delivery in deliveries:
            await in_thread(partial(self._send, delivery))

    def _send(self, delivery: Delivery) -> None:
        body = delivery.message if delivery.raw else json.dumps(delivery.notification())
        headers = {
            "Content-Type": "text/plain; charset=UTF-8",
            "User-Agent": "Amazon Simple Notification Service Agent",
            "x-amz-sns-message-type": "Notification",
            "x-amz-sns-message-id": delivery.message_id,
            "x-amz-sns-topic-arn": delivery.subscription.topic.arn,
            "x-amz-sns-subscription-arn": delivery.subscription.arn,
        }
        if delivery.raw:
            headers["x-amz-sns-rawdelivery"] = "true"
        # As for real, the publisher doesn't hear of an endpoint that is down.
        endpoint = delivery.subscription.endpoint
        problem = post(endpoint, body.encode(), headers, self._sns.lets_out)
        if problem is not None:
            _logger.warning("SNS could not deliver to %s: %s", endpoint, problem)


def _event(delivery: Delivery, now: float) -> dict[str, Any]:
    """What a function gets (Lambda Developer Guide, "Invoking Lambda functions with SNS")."""
    at = datetime.fromtimestamp(now, timezone.utc)
    return {
        "Records": [
            {
                "EventSource": "aws:sns",
                "EventVersion": "1.0",
                "EventSubscriptionArn": delivery.subscription.arn,
                "Sns": {
                    "Type": "Notification",
                    "MessageId": delivery.message_id,
                    "TopicArn": delivery.subscription.topic.arn,
                    "Subject": delivery.subject,
                    "Message": delivery.message,
                    "Timestamp": f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z",
                    "SignatureVersion": "1",
                    "Signature": "",
                    "SigningCertUrl": "",
                    "UnsubscribeUrl": "",
                    "MessageAttributes": delivery.attributes,
                },
            }
        ]
    }
