"""What is measured. A job is a context in which turns can be taken.

Each job looks whether it got what it asked for: a fast wrong answer is none.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from . import suite
from .waiting import wait
from .watch import Watch, peak

Turn = Callable[[Watch], Awaitable[None]]
#: Calls that are timed together.
CALLS = 20
#: Calls before those.
WARMING = 10
TABLE = {
    "TableName": "orders",
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}


class WrongAnswer(Exception):
    """What came back is not what was asked for."""


def expect(found: object, wanted: object) -> None:
    """Raise :class:`WrongAnswer` where the two differ."""
    if found != wanted:
        raise WrongAnswer(f"{str(found)[:200]} came back instead of {str(wanted)[:200]}")


async def measured(watch: Watch, measure: str, call: Callable[[], Awaitable[Any]]) -> None:
    """Time calls that follow on others of the kind, as most calls of a suite do.

    Where processes take turns, the others have had the processor's caches meanwhile,
    and the first calls of a turn are as slow as they are in no suite.
    """
    for _ in range(WARMING):
        await call()
    with watch(measure, CALLS):
        for _ in range(CALLS):
            await call()


@asynccontextmanager
async def client_in_mock(world: Any, service: str) -> AsyncIterator[Any]:
    """A client in a mock of its own."""
    async with world.mock(), world.client(service, world.session()) as client:
        yield client


@asynccontextmanager
async def start_stop(world: Any) -> AsyncIterator[Turn]:
    async with world.mock():
        pass

    async def turn(watch: Watch) -> None:
        with watch("start + stop", world.starts):
            for _ in range(world.starts):
                async with world.mock():
                    pass

    yield turn


@asynccontextmanager
async def fresh(world: Any, service: str, call: str) -> AsyncIterator[Turn]:
    async def once() -> None:
        async with world.client(service, world.session()) as client:
            answer = await getattr(client, call)()
        expect(answer["ResponseMetadata"]["HTTPStatusCode"], 200)

    async def turn(watch: Watch) -> None:
        with watch("session + client + call", 3):
            for _ in range(3):
                await once()

    async with world.mock():
        await once()
        yield turn


@asynccontextmanager
async def calls_s3(world: Any) -> AsyncIterator[Turn]:
    data = bytes(range(256)) * 4
    async with client_in_mock(world, "s3") as s3:
        await s3.create_bucket(Bucket="bucket")

        async def put() -> None:
            await s3.put_object(Bucket="bucket", Key="key", Body=data)

        async def get() -> bytes:
            body: bytes = await world.read(await s3.get_object(Bucket="bucket", Key="key"))
            return body

        async def turn(watch: Watch) -> None:
            await measured(watch, "put", put)
            await measured(watch, "get", get)
            expect(await get(), data)

        await turn(Watch())
        yield turn


@asynccontextmanager
async def calls_dynamodb(world: Any) -> AsyncIterator[Turn]:
    key = {"id": {"S": "1001"}}
    item = {**key, "total": {"N": "12.50"}, "state": {"S": "new"}, "text": {"S": "x" * 200}}
    async with client_in_mock(world, "dynamodb") as dynamodb:
        await dynamodb.create_table(**TABLE)

        async def put() -> None:
            await dynamodb.put_item(TableName="orders", Item=item)

        async def get() -> Any:
            return await dynamodb.get_item(TableName="orders", Key=key)

        async def turn(watch: Watch) -> None:
            await measured(watch, "put", put)
            await measured(watch, "get", get)
            expect((await get())["Item"], item)

        await turn(Watch())
        yield turn


@asynccontextmanager
async def calls_sqs(world: Any) -> AsyncIterator[Turn]:
    async with client_in_mock(world, "sqs") as sqs:
        url = (await sqs.create_queue(QueueName="orders"))["QueueUrl"]

        async def send() -> None:
            await sqs.send_message(QueueUrl=url, MessageBody="x" * 200)

        answers: list[Any] = []

        async def receive() -> None:
            answers.append(await sqs.receive_message(QueueUrl=url))

        async def turn(watch: Watch) -> None:
            answers.clear()
            await measured(watch, "send", send)
            await measured(watch, "receive", receive)
            for answer in answers:
                [message] = answer["Messages"]
                expect(message["Body"], "x" * 200)
                await sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

        await turn(Watch())
        yield turn


@asynccontextmanager
async def gather(world: Any) -> AsyncIterator[Turn]:
    number_of_gets = 500
    async with client_in_mock(world, "s3") as s3:
        await s3.create_bucket(Bucket="bucket")
        for number in range(number_of_gets):
            await s3.put_object(Bucket="bucket", Key=str(number), Body=f"{number:1024}".encode())
        bodies = [b""] * number_of_gets

        async def get(number: int) -> None:
            answer = await s3.get_object(Bucket="bucket", Key=str(number))
            bodies[number] = await world.read(answer)

        async def turn(watch: Watch) -> None:
            with watch("500 gets"):
                await world.at_once(get, number_of_gets)
            expect([int(body) for body in bodies], list(range(number_of_gets)))

        await get(0)
        yield turn


@asynccontextmanager
async def large(world: Any, mib: int) -> AsyncIterator[Turn]:
    async with client_in_mock(world, "s3") as s3:
        await s3.create_bucket(Bucket="bucket")
        await s3.put_object(Bucket="bucket", Key="warm", Body=b"x")
        await world.read(await s3.get_object(Bucket="bucket", Key="warm"))
        base = peak()
        data = bytes(range(256)) * (mib * 4096)

        async def turn(watch: Watch) -> None:
            with watch("put"):
                await s3.put_object(Bucket="bucket", Key="key", Body=data)
            with watch("get"):
                body = await world.read(await s3.get_object(Bucket="bucket", Key="key"))
            watch.keep("peak memory", peak() - base)
            expect(body == data, True)
            # The next one is put beside nothing.
            await s3.delete_object(Bucket="bucket", Key="key")

        yield turn


@asynccontextmanager
async def whole_suite(world: Any, tests: int) -> AsyncIterator[Turn]:
    async with world.background():
        await suite.one_test(world)

        async def turn(watch: Watch) -> None:
            with watch("a test", tests):
                await suite.run(world, tests)

        yield turn


JOBS: dict[str, Callable[..., Any]] = {
    "start-stop": start_stop,
    "fresh-s3": fresh,
    "fresh-ec2": fresh,
    "calls-s3": calls_s3,
    "calls-dynamodb": calls_dynamodb,
    "calls-sqs": calls_sqs,
    "gather": gather,
    "large": large,
    "suite": whole_suite,
    "wait": wait,
}
