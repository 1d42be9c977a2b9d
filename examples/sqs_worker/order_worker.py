"""Takes orders from a queue, keeps each in a table, and goes on until it is cancelled."""

from __future__ import annotations

import json
from typing import Any

#: Seconds after which an order that could not be kept comes again.
VISIBILITY = 30


async def work(sqs: Any, dynamodb: Any, queue: str, table: str) -> None:
    while True:
        answer = await sqs.receive_message(
            QueueUrl=queue,
            WaitTimeSeconds=20,
            MaxNumberOfMessages=10,
            VisibilityTimeout=VISIBILITY,
        )
        for message in answer.get("Messages", []):
            if await keep(dynamodb, table, message["Body"]):
                await sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])


async def keep(dynamodb: Any, table: str, text: str) -> bool:
    """Whether the order is in the table; an order that is there already counts once."""
    order = json.loads(text)
    try:
        await dynamodb.put_item(
            TableName=table,
            Item={"id": {"S": order["id"]}, "what": {"S": order["what"]}},
            ConditionExpression="attribute_not_exists(id)",
        )
    except dynamodb.exceptions.ConditionalCheckFailedException:
        return True
    except dynamodb.exceptions.ResourceNotFoundException:
        return False  # the table isn't there yet: the order comes again
    return True
