"""All subscriptions of a mock: who may open one, and how each goes on and ends."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aiomoto import AwsRequest, AwsResponse, eventstream
from aiomoto.asking import Refused

from ..common.live import LiveBodies, Script, Until
from .reading import JSON, Subscription, position, refused

if TYPE_CHECKING:
    from aiomoto import Engine

    from .compat import Kinesis

#: Seconds after which a subscription ends.
_LIFETIME = 300.0
#: Seconds within which the same consumer can't subscribe to the same shard again.
_EXCLUSIVE = 5.0
#: Seconds of silence after which an event without records says how far the shard was read;
#: AWS sends such events but does not say how often.
_SILENCE = 5.0


class Subscriptions:
    """All subscriptions of a mock."""

    def __init__(self, engine: Engine, moto: Kinesis) -> None:
        self._engine = engine
        self._moto = moto
        self._clock = engine.clock
        self.bodies = LiveBodies(engine.clock)
        #: The latest of each consumer and shard, open or not.
        self._latest: dict[tuple[Any, str], Subscription] = {}

    def subscribe(self, request: AwsRequest) -> AwsResponse:
        """The events from the starting position on, or an error."""
        wanted = json.loads(request.body)
        described = self._describe(request, wanted.get("ConsumerARN", ""))
        if described.status >= 300:
            return described
        stream_arn = json.loads(described.body)["ConsumerDescription"]["StreamARN"]
        try:
            subscription = self._open(wanted, stream_arn)
        except Refused as error:
            return error.response
        headers = {
            name: value
            for name, value in described.headers.items()
            if name.lower().startswith("x-amzn-requestid")
        }
        return self.bodies.respond(request, headers, self._script(subscription))

    def _describe(self, request: AwsRequest, consumer_arn: str) -> AwsResponse:
        """What moto says of the consumer; it knows the caller's account, and checks IAM."""
        headers = request.headers.copy()
        headers["X-Amz-Target"] = "Kinesis_20131202.DescribeStreamConsumer"
        body = json.dumps({"ConsumerARN": consumer_arn}).encode()
        headers["Content-Length"] = str(len(body))
        asked = AwsRequest(
            request.method,
            request.url,
            headers,
            body,
            is_async=request.is_async,
            service=request.service,
            operation="DescribeStreamConsumer",
            original_url=request.original_url,
        )
        return self._engine.ask_moto(asked)

    def _open(self, wanted: dict[str, Any], stream_arn: str) -> Subscription:
        stream = self._moto.find(stream_arn)
        consumer = stream.get_consumer_by_arn(wanted["ConsumerARN"])
        shard = stream.shards.get(wanted.get("ShardId"))
        if shard is None:
            raise refused(
                "ResourceNotFoundException",
                f"Could not find shard {wanted.get('ShardId')} in stream {stream.stream_name} "
                f"under account {stream_arn.split(':')[4]}.",
            )
        last = position(shard, wanted.get("StartingPosition") or {})
        now = self._clock.time()
        before = self._latest.get((consumer, shard.shard_id))
        if before is not None:
            if not self._clock.reached(before.started + _EXCLUSIVE):
                raise refused("ResourceInUseException", _in_use(before))
            before.replaced = True
            self.bodies.changed()
        subscription = Subscription(stream_arn, stream, consumer, shard, now, last)
        self._latest[consumer, shard.shard_id] = subscription
        return subscription

    def _script(self, subscription: Subscription) -> Script:
        yield eventstream.initial_response(b"{}", JSON)
        end = subscription.started + _LIFETIME
        spoke = subscription.started
        while True:
            trouble = self._trouble(subscription)
            if trouble is not None:
                yield trouble
                return
            if self._clock.reached(end):
                return
            records, children = subscription.read(), subscription.children()
            if records or children or self._clock.reached(spoke + _SILENCE):
                spoke = self._clock.time()
                at_end = bool(children) and not subscription.behind
                yield subscription.event(records, children if at_end else [])
                if at_end:
                    return
            else:
                yield Until(min(end, spoke + _SILENCE))

    def _trouble(self, subscription: Subscription) -> bytes | None:
        """The error that ends a subscription: its shard or consumer is gone, or was taken over."""
        if subscription.replaced:
            return _exception("ResourceInUseException", _in_use(subscription))
        stream = self._moto.find(subscription.stream_arn)
        if stream is not subscription.stream:
            what = f"Stream {subscription.stream_arn}"
        elif subscription.consumer not in stream.consumers:
            what = f"Consumer {subscription.consumer.consumer_arn}"
        else:
            return None
        return _exception("ResourceNotFoundException", f"{what} does not exist any more.")


def _in_use(subscription: Subscription) -> str:
    return (
        f"Another active subscription exists for this consumer: "
        f"{subscription.consumer.consumer_arn}, shard {subscription.shard.shard_id}."
    )


def _exception(code: str, message: str) -> bytes:
    return eventstream.exception(code, json.dumps({"message": message}).encode(), JSON)
