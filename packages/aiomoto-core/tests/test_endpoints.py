"""From a declared endpoint back to the AWS address that moto knows."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from botocore.loaders import create_loader

from aiomoto.endpoints import ENDPOINT_PREFIXES, Scope, scope_of, suffix_of, to_aws_url
from aiomoto.request import Call


def signed(service: str, region: str = "us-east-1") -> dict[str, str]:
    scope = f"AKIA/20250101/{region}/{service}/aws4_request"
    return {"Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host"}


@pytest.mark.parametrize(
    ("headers", "query", "scope"),
    [
        (signed("s3", "eu-west-1"), "", Scope("eu-west-1", "s3")),
        (signed("s3"), "X-Amz-Credential=A%2F20250101%2Feu%2Fsqs%2Faws4_request",
         Scope("us-east-1", "s3")),
        ({}, "a=b&X-Amz-Credential=A%2F20250101%2Feu%2Fsqs%2Faws4_request", Scope("eu", "sqs")),
        ({}, "X-Amz-Credential=A/20250101/eu/sqs/aws4_request", Scope("eu", "sqs")),
        ({}, "X-Amz-Credential=A", None),
        ({}, "X-Amz-Credential=", None),
        ({"Authorization": "Bearer abc"}, "", None),
        ({"Authorization": "AWS AKIA:signature"}, "", None),
        ({}, "", None),
    ],
)  # fmt: skip
def test_credential_scope(headers: dict[str, str], query: str, scope: Scope | None) -> None:
    assert scope_of(headers, query) == scope


def test_access_key_with_a_slash_less_scope_is_no_scope() -> None:
    header = {"Authorization": "AWS4-HMAC-SHA256 Credential=AKIA/us-east-1/s3/aws4_request"}
    assert scope_of(header, "") is None


@pytest.mark.parametrize(
    ("url", "prefix", "base", "headers", "call", "expected"),
    [
        # the client says which endpoint it meant
        ("http://l/q", "", "", signed("sqs"), Call("sqs", "SendMessage", "sqs"),
         "https://sqs.us-east-1.amazonaws.com/q"),
        # whose prefix is not its signing name
        ("http://l/", "", "", signed("monitoring"), Call("cloudwatch", "X", "monitoring"),
         "https://monitoring.us-east-1.amazonaws.com/"),
        # unsigned: only the client knows
        ("http://l/", "", "", {}, Call("sts", "AssumeRoleWithWebIdentity", "sts"),
         "https://sts.us-east-1.amazonaws.com/"),
        # nothing is known: S3, which serves without signatures
        ("http://l/bucket/key", "", "", {}, None, "https://s3.us-east-1.amazonaws.com/bucket/key"),
        # a plain client that signs
        ("http://l/a/b?c=d", "", "", signed("dynamodb", "eu-west-1"), None,
         "https://dynamodb.eu-west-1.amazonaws.com/a/b?c=d"),
        ("http://l", "", "", signed("sqs"), None, "https://sqs.us-east-1.amazonaws.com/"),
        # bucket before the host, path of the endpoint itself
        ("http://bucket.l/key", "bucket.", "", signed("s3"), None,
         "https://bucket.s3.us-east-1.amazonaws.com/key"),
        ("http://l/minio/bucket/key", "", "/minio", signed("s3"), None,
         "https://s3.us-east-1.amazonaws.com/bucket/key"),
        ("http://l/minio", "", "/minio", signed("s3"), None, "https://s3.us-east-1.amazonaws.com/"),
        # China's suffix
        ("http://l/", "", "", signed("s3", "cn-north-1"), None,
         "https://s3.cn-north-1.amazonaws.com.cn/"),
        # signing names that differ from the endpoint's
        ("http://l/", "", "", signed("eventbridge"), None,
         "https://events.us-east-1.amazonaws.com/"),
        ("http://l/", "", "", {**signed("dynamodb"), "X-Amz-Target": "DynamoDBStreams_20120810.X"},
         None, "https://streams.dynamodb.us-east-1.amazonaws.com/"),
        # S3 Control has its account in the host, which a custom endpoint lacks
        ("http://l/v20180820/x", "", "",
         {**signed("s3"), "x-amz-account-id": "123456789012"},
         Call("s3control", "X", "s3-control"),
         "https://123456789012.s3-control.us-east-1.amazonaws.com/v20180820/x"),
    ],
)  # fmt: skip
def test_aws_url(
    url: str,
    prefix: str,
    base: str,
    headers: dict[str, str],
    call: Call | None,
    expected: str,
) -> None:
    assert to_aws_url(urlsplit(url), prefix, base, headers, call) == expected


@pytest.mark.parametrize(
    ("region", "suffix"),
    [("cn-north-1", "amazonaws.com.cn"), ("us-gov-west-1", "amazonaws.com"), ("", "amazonaws.com")],
)
def test_suffix(region: str, suffix: str) -> None:
    assert suffix_of(region) == suffix


def models() -> dict[str, tuple[str, str]]:
    """botocore's service name to signing name and endpoint prefix."""
    loader = create_loader()
    found = {}
    for service in loader.list_available_services("service-2"):
        metadata = loader.load_service_model(service, "service-2")["metadata"]
        prefix = metadata["endpointPrefix"]
        found[service] = (metadata.get("signingName", prefix), prefix)
    return found


def test_signing_names_lead_to_motos_services() -> None:
    """A signed request of a client that is not botocore's reaches the backend it was signed for.

    For every service whose own endpoint moto serves: what the signature alone
    says is the same backend, unless two services share the signing name.
    """
    from aiomoto import compat
    from aiomoto.router import Router

    moto = compat.moto()
    router = Router(moto.url_patterns, lambda _: ())

    def service_of(prefix: str) -> str | None:
        candidates = router.find(f"https://{prefix}.us-east-1.amazonaws.com/").candidates
        return candidates[0] if candidates else None

    by_signing_name: dict[str, set[str]] = {}
    for signing_name, prefix in models().values():
        if own := service_of(prefix):
            by_signing_name.setdefault(signing_name, set()).add(own)
    if not service_of("bedrock-agentcore"):
        # moto before 5.2.4 has only the other service of the two that share the name.
        del by_signing_name["bedrock-agentcore"]
    lost = {
        signing_name: own
        for signing_name, own in by_signing_name.items()
        if service_of(ENDPOINT_PREFIXES.get(signing_name, signing_name)) not in own
    }
    assert lost == {}
