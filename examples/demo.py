"""An order service and its consumer on S3, DynamoDB and SQS, with no socket opened.

Run it with ``hatch run demo``. The service and the consumer know nothing of the
mock: they are ordinary aiobotocore code. boto3 then looks at what they left.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

# The counter comes before all else, so that an import that opens one is seen too.
NETWORK_EVENTS = {
    "socket.connect",  # also raised for connect_ex
    "socket.getaddrinfo",
    "socket.gethostbyname",
    "socket.sendmsg",
    "socket.sendto",
}
network: list[str] = []


def note_network(event: str, args: tuple[Any, ...]) -> None:
    """Python's own audit hook: it can't be removed, nor passed by a patched socket module."""
    if event in NETWORK_EVENTS:
        network.append(f"{event} {args}")


sys.addaudithook(note_network)

import boto3  # noqa: E402
from aiobotocore.session import get_session  # noqa: E402

from aiomoto import mock_aws  # noqa: E402

REGION = "eu-west-1"
BUCKET = "order-documents"
TABLE = "orders"
QUEUE = "new-orders"
ORDERS = [
    {"id": "1001", "customer": "Ada", "total": "12.50"},
    {"id": "1002", "customer": "Grace", "total": "99.00"},
    {"id": "1003", "customer": "Edsger", "total": "7.25"},
]


class OrderService:
    """Takes orders: the document to S3, the row to DynamoDB, the news to SQS."""

    def __init__(self, s3: Any, dynamodb: Any, sqs: Any) -> None:
        self.s3 = s3
        self.dynamodb = dynamodb
        self.sqs = sqs
        self.queue_url = ""

    async def set_up(self) -> None:
        """Make the bucket, the table and the queue, all three at once."""
        location = {"LocationConstraint": REGION}
        _, _, queue = await asyncio.gather(
            self.s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration=location),
            self.dynamodb.create_table(
                TableName=TABLE,
                KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
                AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
                BillingMode="PAY_PER_REQUEST",
            ),
            self.sqs.create_queue(QueueName=QUEUE),
        )
        self.queue_url = queue["QueueUrl"]

    async def place(self, order: dict[str, str]) -> None:
        """Store one order and tell the consumer of it."""
        key = f"{order['id']}.json"
        await self.s3.put_object(Bucket=BUCKET, Key=key, Body=json.dumps(order).encode())
        await self.dynamodb.put_item(
            TableName=TABLE,
            Item={
                "id": {"S": order["id"]},
                "document": {"S": key},
                "status": {"S": "placed"},
            },
        )
        await self.sqs.send_message(QueueUrl=self.queue_url, MessageBody=order["id"])
        print(f"service:  order {order['id']} placed")

    async def consume(self, count: int) -> None:
        """Take ``count`` messages, read each order's document and mark the order as packed."""
        while count:
            # Short polls, so that all runs in this one thread.
            answer = await self.sqs.receive_message(QueueUrl=self.queue_url, WaitTimeSeconds=0)
            for message in answer.get("Messages", []):
                await self.pack(message["Body"])
                await self.sqs.delete_message(
                    QueueUrl=self.queue_url, ReceiptHandle=message["ReceiptHandle"]
                )
                count -= 1
            await asyncio.sleep(0)

    async def pack(self, order_id: str) -> None:
        """Read the order's document back and write its new status."""
        row = await self.dynamodb.get_item(TableName=TABLE, Key={"id": {"S": order_id}})
        answer = await self.s3.get_object(Bucket=BUCKET, Key=row["Item"]["document"]["S"])
        async with answer["Body"] as body:
            order = json.loads(await body.read())
        await self.dynamodb.update_item(
            TableName=TABLE,
            Key={"id": {"S": order_id}},
            UpdateExpression="SET #status = :packed",
            ExpressionAttributeNames={"#status": "status"},
            ExpressionAttributeValues={":packed": {"S": "packed"}},
        )
        print(f"consumer: order {order_id} of {order['customer']} packed")


async def run() -> None:
    """Run service and consumer side by side."""
    session = get_session()
    async with (
        session.create_client("s3", region_name=REGION) as s3,
        session.create_client("dynamodb", region_name=REGION) as dynamodb,
        session.create_client("sqs", region_name=REGION) as sqs,
    ):
        service = OrderService(s3, dynamodb, sqs)
        await service.set_up()

        async def place_all() -> None:
            for order in ORDERS:
                await service.place(order)

        consumer = service.consume(len(ORDERS))
        await asyncio.wait_for(asyncio.gather(consumer, place_all()), timeout=60)


def look_with_boto3() -> list[str]:
    """Return what boto3 finds wrong in S3, DynamoDB and SQS; nothing if all is well."""
    wrong = []
    s3 = boto3.client("s3", region_name=REGION)
    documents = [
        json.loads(s3.get_object(Bucket=BUCKET, Key=item["Key"])["Body"].read())
        for item in s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])
    ]
    if documents != ORDERS:
        wrong.append(f"S3 has {documents}")
    print(f"boto3:    {len(documents)} documents in s3://{BUCKET}")

    rows = boto3.resource("dynamodb", region_name=REGION).Table(TABLE).scan()["Items"]
    packed = sorted(row["id"] for row in rows if row["status"] == "packed")
    if packed != [order["id"] for order in ORDERS]:
        wrong.append(f"DynamoDB has {rows}")
    print(f"boto3:    {len(packed)} packed orders in table {TABLE}")

    sqs = boto3.client("sqs", region_name=REGION)
    counts = sqs.get_queue_attributes(
        QueueUrl=sqs.get_queue_url(QueueName=QUEUE)["QueueUrl"], AttributeNames=["All"]
    )["Attributes"]
    waiting = int(counts["ApproximateNumberOfMessages"])
    in_flight = int(counts["ApproximateNumberOfMessagesNotVisible"])
    if waiting or in_flight:
        wrong.append(f"SQS still has {waiting} messages, and {in_flight} in flight")
    print(f"boto3:    {waiting + in_flight} messages left in queue {QUEUE}")
    return wrong


def main() -> int:
    """Run the demo; return the process's exit code."""
    with mock_aws():
        asyncio.run(run())
        wrong = look_with_boto3()
    wrong += network
    for line in wrong:
        print(f"wrong:    {line}", file=sys.stderr)
    print(f"network:  {len(network)} connections, look-ups or datagrams")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
