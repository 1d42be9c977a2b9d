"""SNS: messages to HTTP endpoints and to Lambda functions go out when moto has answered.

moto posts to an endpoint while it computes its answer. The endpoint may be a server in the
same event loop, or may call AWS itself, and both would wait for each other for ever.
"""

from __future__ import annotations

import json
import logging
import threading
from contextlib import contextmanager
from datetime import datetime, timezone
from functools import partial
from typing import TYPE_CHECKING, Any

from aiomoto import hookimpl
from aiomoto.plugin.imports import LatePart

from . import awslambda

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterator

    from aiomoto.engine import Engine
    from aiomoto.plugin.patches import Patch
    from aiomoto.request import AwsRequest, AwsResponse

    from .compat.sns import Delivery, Sns

_logger = logging.getLogger("aiomoto_contrib.sns")


class _Outbox:
    """Takes what is published, and sends it."""

    def __init__(self, engine: Engine, sns: Sns) -> None:
        self._engine = engine
        self._sns = sns
        #: What the answer that this thread computes has published.
        self._mine = threading.local()

    def take(self, delivery: Delivery) -> bool:
        """See to a delivery, if moto's way would be to wait for it."""
        if delivery.protocol == "lambda":
            return self._to_function(delivery)
        collected: list[Delivery] | None = getattr(self._mine, "collected", None)
        if collected is not None:
            collected.append(delivery)
        else:  # published by another service
            self._start([delivery])
        return True

    def _to_function(self, delivery: Delivery) -> bool:
        service = awslambda.current()
        function = None if service is None else service.compat.find(delivery.endpoint)
        if service is None or function is None or not service.serves(function):
            return False
        service.start(function, _event(delivery, self._engine.clock.time()))
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
        from .jobs import on_loop

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
        from .background import background

        await background.run(lambda: self._send_each(deliveries))
        return response

    def _start(self, deliveries: list[Delivery]) -> None:
        from .background import background

        background.start(lambda: self._send_each(deliveries))

    async def _send_each(self, deliveries: list[Delivery]) -> None:
        from .awslambda.running import in_thread

        for delivery in deliveries:
            await in_thread(partial(self._send, delivery))

    def _send(self, delivery: Delivery) -> None:
        from .posting import post

        body = delivery.message if delivery.raw else json.dumps(delivery.notification())
        headers = {
            "Content-Type": "text/plain; charset=UTF-8",
            "User-Agent": "Amazon Simple Notification Service Agent",
            "x-amz-sns-message-type": "Notification",
            "x-amz-sns-message-id": delivery.message_id,
            "x-amz-sns-topic-arn": delivery.topic_arn,
            "x-amz-sns-subscription-arn": delivery.subscription_arn,
        }
        if delivery.raw:
            headers["x-amz-sns-rawdelivery"] = "true"
        # As for real, the publisher doesn't hear of an endpoint that is down.
        problem = post(delivery.endpoint, body.encode(), headers, self._sns.lets_out)
        if problem is not None:
            _logger.warning("SNS could not deliver to %s: %s", delivery.endpoint, problem)


def _event(delivery: Delivery, now: float) -> dict[str, Any]:
    """What a function gets (Lambda Developer Guide, "Invoking Lambda functions with SNS")."""
    at = datetime.fromtimestamp(now, timezone.utc)
    return {
        "Records": [
            {
                "EventSource": "aws:sns",
                "EventVersion": "1.0",
                "EventSubscriptionArn": delivery.subscription_arn,
                "Sns": {
                    "Type": "Notification",
                    "MessageId": delivery.message_id,
                    "TopicArn": delivery.topic_arn,
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


_part: LatePart[_Outbox] = LatePart("moto.sns.models")


@hookimpl
def aiomoto_services() -> list[str]:
    """Own SNS, by its name in ``moto.backend_index``."""
    return ["sns"]


@hookimpl
def aiomoto_activate(engine: Engine) -> None:
    """Have deliveries that would wait handed over, once moto's SNS is imported."""
    from .background import background

    _part.begin(lambda: _begin(engine))
    background.open()


def _begin(engine: Engine) -> tuple[_Outbox, list[Patch]]:
    from .compat.sns import Sns

    sns = Sns()
    outbox = _Outbox(engine, sns)
    return outbox, sns.patches(outbox.take)


@hookimpl
def aiomoto_deactivate() -> None:
    """End what is on its way, and leave moto as it was."""
    from .background import background

    try:
        background.close()
    finally:
        _part.end()


@hookimpl
def aiomoto_handle(request: AwsRequest) -> AwsResponse | Awaitable[AwsResponse] | None:
    """Publish; all else is moto's alone."""
    if _part.now is None or request.operation not in ("Publish", "PublishBatch"):
        return None
    return _part.now.answer(request)
