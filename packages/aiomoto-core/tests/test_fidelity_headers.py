"""Headers in both directions, in process as over the wire."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import pytest
from botocore.awsrequest import AWSPreparedRequest
from moto.moto_api import recorder
from moto.s3.responses import S3Response

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from types import ModuleType

    from aiomoto.testing.outcome import Outcome
    from aiomoto.testing.worlds import World

    Compare = Callable[..., Awaitable[Outcome]]

METADATA = {
    "lower": "plain",
    "MixedCase": "Kept As It Is",
    "UPPER": "UP",
    "spaces": "  inner   and outer  ",
    "empty": "",
    "symbols": 'a=b; c, d "e" (f) /g',
}


VERSIONED = {"Status": "Enabled"}


@pytest.mark.asyncio
async def test_metadata(compare: Compare) -> None:
    async def body(world: World) -> Any:
        async with world.client("s3") as s3:
            await s3.create_bucket(Bucket="bucket")
            await s3.put_object(Bucket="bucket", Key="key", Body=b"x", Metadata=METADATA)
            answer = await s3.head_object(Bucket="bucket", Key="key")
            return answer["Metadata"], answer["ResponseMetadata"]["HTTPHeaders"]

    outcome = await compare(body)
    if outcome.error:  # httpx refuses spaces around a value
        assert "LocalProtocolError" in repr(outcome.raw) or "Illegal header value" in repr(
            outcome.raw
        )
    else:
        assert outcome.value[0]["mixedcase"] == "Kept As It Is"
        assert outcome.value[0]["symbols"] == METADATA["symbols"]


@pytest.mark.asyncio
async def test_metadata_names(compare: Compare) -> None:
    async def body(world: World) -> Any:
        async with world.client("s3") as s3:
            await s3.create_bucket(Bucket="bucket")
            names = {"lower": "1", "MixedCase": "2", "UPPER": "3", "two-parts": "4"}
            await s3.put_object(Bucket="bucket", Key="key", Body=b"x", Metadata=names)
            answer = await s3.get_object(Bucket="bucket", Key="key")
            await answer["Body"].read()
            return answer["Metadata"], answer["ResponseMetadata"]["HTTPHeaders"]

    outcome = await compare(body)
    assert outcome.value[0] == {"lower": "1", "mixedcase": "2", "upper": "3", "two-parts": "4"}


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "value", ["snow\N{SNOWMAN}man", "umla\N{LATIN SMALL LETTER U WITH DIAERESIS}t"]
)
async def test_metadata_that_is_not_ascii(compare: Compare, value: str) -> None:
    async def body(world: World) -> Any:
        async with world.client("s3") as s3:
            await s3.create_bucket(Bucket="bucket")
            return await s3.put_object(Bucket="bucket", Key="key", Metadata={"key": value})

    outcome = await compare(body)
    assert outcome.error
    assert "Non ascii characters" in outcome.error[1]


@pytest.mark.asyncio
async def test_headers_of_an_object(compare: Compare) -> None:
    """What is stored with an object comes back as headers and as members."""

    async def body(world: World) -> Any:
        stored = {
            "ContentType": "text/plain; charset=latin-1",
            "ContentLanguage": "de-AT",
            "ContentEncoding": "gzip",  # a lie: no client may decode the body
            "ContentDisposition": 'attachment; filename="a b.txt"',
            "CacheControl": "no-cache, max-age=0",
            "Tagging": "a=1&b=2",
            "StorageClass": "STANDARD_IA",
        }
        async with world.client("s3") as s3:
            await s3.create_bucket(Bucket="bucket")
            await s3.put_object(Bucket="bucket", Key="key", Body=b"not gzip", **stored)
            answer = await s3.get_object(Bucket="bucket", Key="key")
            return {**answer, "Body": await answer["Body"].read()}

    outcome = await compare(body)
    if outcome.error:  # httpx of aiobotocore 2.25 does decode it
        assert "DecodingError" in outcome.error[0]
        return
    assert outcome.value["Body"] == b"not gzip"
    assert outcome.value["ContentType"] == "text/plain; charset=latin-1"
    assert outcome.value["ContentDisposition"] == 'attachment; filename="a b.txt"'
    assert outcome.value["TagCount"] == 2


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("service", "operation", "arguments"),
    [
        ("s3", "list_buckets", {}),
        ("s3", "list_objects_v2", {"Bucket": "bucket"}),
        ("s3", "get_bucket_location", {"Bucket": "bucket"}),
        ("s3", "put_bucket_versioning", {"Bucket": "bucket", "VersioningConfiguration": VERSIONED}),
        ("s3", "delete_bucket", {"Bucket": "bucket"}),
        ("sqs", "list_queues", {}),
        ("dynamodb", "list_tables", {}),
        ("sts", "get_caller_identity", {}),
        ("kms", "list_keys", {}),
        ("iam", "list_users", {}),
        ("ec2", "describe_regions", {"RegionNames": ["us-east-1"]}),
        ("route53", "list_hosted_zones", {}),
        ("lambda", "list_functions", {}),
        ("sns", "list_topics", {}),
        ("cloudwatch", "list_metrics", {}),
        ("logs", "describe_log_groups", {}),
        ("events", "list_rules", {}),
        ("kinesis", "list_streams", {}),
    ],
)
async def test_every_protocol(
    compare: Compare, service: str, operation: str, arguments: dict[str, Any]
) -> None:
    """The whole parsed answer, HTTPHeaders included, of a call in each AWS protocol."""

    async def body(world: World) -> Any:
        async with world.client("s3") as s3:
            await s3.create_bucket(Bucket="bucket")
        async with world.client(service) as client:
            return await getattr(client, operation)(**arguments)

    outcome = await compare(body)
    assert outcome.value["ResponseMetadata"]["RetryAttempts"] == 0
    if outcome.value["ResponseMetadata"]["HTTPStatusCode"] != 204:
        assert "content-length" in outcome.value["ResponseMetadata"]["HTTPHeaders"]


@pytest.mark.asyncio
async def test_multi_valued_headers(
    plain_world: World, httpx_module: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two values of one name stay two."""
    cookies = ["a=1; Path=/", "b=2"]
    monkeypatch.setattr(
        S3Response, "_bucket_response", lambda *_, **__: (200, {"Set-Cookie": cookies}, "")
    )
    url = plain_world.url("/bucket")
    async with plain_world.plain_aiohttp() as session, session.get(url) as answer:
        assert answer.headers.getall("Set-Cookie") == cookies
        assert {name: cookie.value for name, cookie in answer.cookies.items()} == {
            "a": "1",
            "b": "2",
        }
    async with plain_world.plain_httpx(httpx_module) as client:
        answer = await client.get(url)
        assert answer.headers.get_list("set-cookie") == cookies
        assert dict(client.cookies) == {"a": "1", "b": "2"}


class Arrived:
    """The requests as moto's backends get them, whichever way they came."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.requests: list[Any] = []
        # moto calls it with each request before it answers, in a server as in a mock.
        monkeypatch.setattr(recorder, "_record_request", self._take)

    def _take(self, request: Any, *_: Any) -> None:
        if isinstance(request, AWSPreparedRequest):  # moto before 5.2.1, in process
            url = urlsplit(request.url)
            path, query, data = unquote(url.path), url.query, request.body
        else:
            path, query = request.path, request.query_string.decode()
            data = request.get_data(cache=True, parse_form_data=False)
        if path.startswith("/moto-api"):
            return
        headers = {name.lower(): value for name, value in request.headers.items()}
        for name in DIFFERENT_BY_NATURE:
            headers.pop(name, None)
        if headers.get("accept") == "*/*":
            # It says as much as none (RFC 9110, section 12.5.1), and none is what moto's
            # backends are used to.
            del headers["accept"]
        self.requests.append(
            {
                "method": request.method,
                "path": path.removeprefix("/bucket") or "/",
                "query": query,
                "headers": headers,
                "body": data,
            }
        )


# Signatures and invocation ids hold a time or a random part, hosts differ, the framing
# of the body is taken off on the way, and the user agent tells of a custom endpoint.
DIFFERENT_BY_NATURE = frozenset(
    {
        "authorization",
        "amz-sdk-invocation-id",
        "x-amz-date",
        "host",
        "transfer-encoding",
        "content-length",
        "user-agent",
    }
)


@pytest.mark.asyncio
async def test_the_request_that_arrives(compare: Compare, monkeypatch: pytest.MonkeyPatch) -> None:
    """Same method, path, query, headers and body at the far end."""
    arrived = Arrived(monkeypatch)

    async def body(world: World) -> Any:
        arrived.requests.clear()
        async with world.client("s3") as s3:
            await s3.create_bucket(Bucket="bucket")
            await s3.put_object(Bucket="bucket", Key="a b/%20+&?#\N{SNOWMAN}", Body=b"body")
            await s3.put_object(Bucket="bucket", Key="k", Metadata={"Case": "X", "two-parts": "y"})
            await s3.list_objects_v2(Bucket="bucket", Prefix="a b/%", Delimiter="&")
            await s3.delete_object(Bucket="bucket", Key="k")
        async with world.client("dynamodb") as dynamodb:
            await dynamodb.list_tables(Limit=3)
        async with world.client("sts") as sts:
            await sts.get_caller_identity()
        async with world.client("sns") as sns:
            await sns.create_topic(Name="topic", Attributes={"DisplayName": "a & b=c \N{SNOWMAN}"})
        return list(arrived.requests)

    outcome = await compare(body)
    assert [request["method"] for request in outcome.value] == [
        "PUT",
        "PUT",
        "PUT",
        "GET",
        "DELETE",
        "POST",
        "POST",
        "POST",
    ]
    assert b"body" in outcome.value[1]["body"]
