"""Gives a record of one service to a resource of another one, by its ARN.

moto's own services take it, in the manner of a client's call. A package that serves a
service in moto's place takes it first: :data:`takers`.
"""

from __future__ import annotations

import base64
import json
import logging
import uuid
from collections.abc import Callable
from typing import Any

from .asking import Arn, Asker, Refused

__all__ = ["deliver", "offer", "takers"]

_logger = logging.getLogger("aiomoto.delivering")

#: By the service in an ARN (``lambda``), who is asked first: ``take(arn, record)`` says whether
#: it has taken the record. A plugin is in here for as long as it is switched on.
takers: dict[str, Callable[[str, Any], bool]] = {}


def offer(target: str, record: Any) -> bool:
    """Whether the package that serves the target's service has taken a record."""
    take = takers.get(Arn.of(target).service)
    return take is not None and take(target, record)


def deliver(ask: Asker, target: str, record: Any, detail_type: str, source: str) -> None:
    """Give a record to a function, queue, topic, stream, event bus or state machine.

    AWS does so behind the caller's back, so what is refused is logged, not raised.

    :param detail_type: what it is, in the log and for an event bus.
    :param source: the service that it is of, for an event bus.
    """
    if offer(target, record):
        return
    arn, text = Arn.of(target), json.dumps(record)
    try:
        if arn.service == "lambda" and "lambda" in takers:
            path = f"/2015-03-31/functions/{target}/invocations"
            ask.rest("awslambda", arn.place, "POST", path, record)
        elif arn.service == "sqs":
            message = {"QueueUrl": arn.queue_url, "MessageBody": text}
            ask.json("sqs", arn.place, "AmazonSQS.SendMessage", message, "1.0")
        elif arn.service == "sns":
            ask.query("sns", arn.place, "Publish", TopicArn=target, Message=text)
        elif arn.service == "events":
            bus = arn.resource.partition("/")[2]
            entry = {"Source": source, "DetailType": detail_type, "Detail": text}
            entries = {"Entries": [{**entry, "EventBusName": bus}]}
            ask.json("events", arn.place, "AWSEvents.PutEvents", entries)
        elif arn.service == "states":
            start = {"stateMachineArn": target, "input": text, "name": str(uuid.uuid4())}
            ask.json("stepfunctions", arn.place, "AWSStepFunctions.StartExecution", start, "1.0")
        elif arn.service == "kinesis":
            put = {
                "StreamName": arn.resource.partition("/")[2],
                "PartitionKey": str(uuid.uuid4()),
                "Data": base64.b64encode(text.encode()).decode(),
            }
            ask.json("kinesis", arn.place, "Kinesis_20131202.PutRecord", put)
        else:
            _logger.warning("%s is not delivered: %s is no target here.", detail_type, target)
    except Refused as refused:
        _logger.warning("%s could not be delivered to %s: %s", detail_type, target, refused)
