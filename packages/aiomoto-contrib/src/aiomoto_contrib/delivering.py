"""Hands a record of one service to a resource of another one, by its ARN."""

from __future__ import annotations

import base64
import json
import logging
import uuid
from typing import TYPE_CHECKING, Any

from .asking import Arn, Asker, Refused

if TYPE_CHECKING:
    from .awslambda.service import Service

_logger = logging.getLogger("aiomoto_contrib")


def send(ask: Asker, target: str, record: Any, detail_type: str, source: str) -> None:
    """Give a record to a queue, a topic, a stream, an event bus or a state machine.

    AWS does so behind the caller's back, so what is refused is logged, not raised.
    """
    arn, text = Arn.of(target), json.dumps(record)
    try:
        if arn.service == "sqs":
            url = f"https://sqs.{arn.region}.amazonaws.com/{arn.account}/{arn.resource}"
            message = {"QueueUrl": url, "MessageBody": text}
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


def deliver(service: Service, target: str, record: Any, detail_type: str) -> None:
    """As :func:`send`, and to Lambda functions."""
    if Arn.of(target).service == "lambda":
        function = service.compat.find(target)
        if function is None:
            _logger.warning("%s could not be delivered: there is no %s.", detail_type, target)
        else:
            service.start(function, record)
    else:
        send(service.ask, target, record, detail_type, "lambda")
