"""Which addresses are AWS, which pass, which are refused: the rules as a function."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.loaders import create_loader

from aiomoto import compat
from aiomoto.declared import environment_endpoints, parse_endpoints
from aiomoto.guard import Guard, Verdict
from aiomoto.hosts import is_aws_host
from aiomoto.request import Call

SIGNED = {"Authorization": "AWS4-HMAC-SHA256 Credential=A/20250101/eu-west-1/sqs/aws4_request"}
CALL = Call("sqs", "SendMessage", "sqs")


def guard(*endpoints: str, **kwargs: Any) -> Guard:
    return Guard(compat.dns_suffixes(), parse_endpoints(endpoints), **kwargs)


# -- rule 1: AWS addresses ------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "https://s3.amazonaws.com",
        "https://bucket.s3.eu-west-1.amazonaws.com/key?x=y",
        "https://sqs.cn-north-1.amazonaws.com.cn/",
        "https://dynamodb.us-gov-west-1.amazonaws.com/",
        "https://s3.us-iso-east-1.c2s.ic.gov/",
        "https://s3.us-isob-east-1.sc2s.sgov.gov/",
        "https://s3.dualstack.us-east-1.amazonaws.com/",
        "https://sqs.us-east-1.api.aws/",
        "https://123456789012.ddb.us-east-1.amazonaws.com/",
        "https://123456789012.s3-control.us-east-1.amazonaws.com/",
        "https://sts-fips.us-east-1.amazonaws.com/",
        "https://abcdef.lambda-url.us-east-1.on.aws/",
        "http://motoapi.amazonaws.com/moto-api/data.json",
        "http://169.254.169.254/latest/meta-data/",
        "http://169.254.170.2/v2/credentials/x",
        "http://169.254.170.23/v1/credentials",
        "http://[fd00:ec2::23]/v1/credentials",
    ],
)
@pytest.mark.parametrize("call", [CALL, None])
def test_aws(url: str, call: Call | None) -> None:
    assert guard().judge(url, {}, call) == (Verdict.MOCK, url)


def test_instance_metadata_over_ipv6_is_that_of_ipv4() -> None:
    """moto knows the one address only."""
    ruling = guard().judge("http://[fd00:ec2::254]/latest/meta-data/", {}, None)
    assert ruling == (Verdict.MOCK, "http://169.254.169.254/latest/meta-data/")


def test_fully_qualified_name_with_its_dot_is_aws() -> None:
    """``s3.amazonaws.com.`` is the same name (RFC 1034, section 3.1), and resolvers take it."""
    ruling = guard().judge("https://s3.amazonaws.com./bucket", {}, None)
    assert ruling.verdict is Verdict.MOCK


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://S3.AmazonAWS.com:80/", "http://s3.amazonaws.com/"),
        ("https://s3.amazonaws.com:443/b/k?x=y", "https://s3.amazonaws.com/b/k?x=y"),
        ("https://s3.amazonaws.com.:443/b", "https://s3.amazonaws.com/b"),
        ("https://user:secret@b.S3.amazonaws.com/k", "https://b.s3.amazonaws.com/k"),
        ("https://s3.amazonaws.com:443//k;a//?x;y", "https://s3.amazonaws.com//k;a//?x;y"),
        ("http://169.254.169.254:80/latest", "http://169.254.169.254/latest"),
        ("http://[fd00:ec2::23]:80/v1", "http://[fd00:ec2::23]/v1"),
        ("http://[fd00:ec2:0:0:0:0:0:23]/v1", "http://[fd00:ec2::23]/v1"),
        ("http://[fd00:ec2:0:0:0:0:0:254]/latest", "http://169.254.169.254/latest"),
        ("http://[::ffff:169.254.169.254]/latest", "http://169.254.169.254/latest"),
        ("http://2852039166/latest", "http://169.254.169.254/latest"),
        ("http://0xA9FEA9FE/latest", "http://169.254.169.254/latest"),
        ("http://0251.0376.0252.0002/v2", "http://169.254.170.2/v2"),
        # No service listens there; moto says so.
        ("https://s3.amazonaws.com:80/", "https://s3.amazonaws.com:80/"),
    ],
)
def test_the_same_host_written_otherwise(url: str, expected: str) -> None:
    assert guard().judge(url, {}, None) == (Verdict.MOCK, expected)


def endpoint_templates(tree: Any) -> Iterator[str]:
    if isinstance(tree, dict):
        for key, value in tree.items():
            if key == "url" and isinstance(value, str):
                yield value
            else:
                yield from endpoint_templates(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from endpoint_templates(value)


def test_every_endpoint_of_every_service_of_botocore_is_aws() -> None:
    loader = create_loader()
    suffixes = compat.dns_suffixes()
    partition = re.compile(r"\{\w+#(dnsSuffix|dualStackDnsSuffix)\}$")
    strangers = set()
    for service in loader.list_available_services("endpoint-rule-set-1"):
        rules = loader.load_service_model(service, "endpoint-rule-set-1")
        for template in endpoint_templates(rules):
            host = template.partition("://")[2].split("/")[0] or template
            known = partition.search(host) or is_aws_host(host, suffixes)
            given = "{Endpoint}" in template or "url#authority" in template  # the user's own
            if not known and not given and not host.startswith("localhost"):
                strangers.add((service, template))
    assert strangers == set()


# -- rule 2: declared addresses --------------------------------------------------


@pytest.mark.parametrize(
    ("declared", "url", "aws_url"),
    [
        ("minio.local", "http://minio.local:1/q", "https://sqs.eu-west-1.amazonaws.com/q"),
        ("minio.local:9000", "https://minio.local:9000/", "https://sqs.eu-west-1.amazonaws.com/"),
        ("http://minio.local", "http://minio.local:80/", "https://sqs.eu-west-1.amazonaws.com/"),
        ("localhost:4566", "http://LOCALHOST:4566/", "https://sqs.eu-west-1.amazonaws.com/"),
        ("http://a.io/aws", "http://a.io/aws/q?b", "https://sqs.eu-west-1.amazonaws.com/q?b"),
        ("http://a.io/aws", "http://a.io/aws", "https://sqs.eu-west-1.amazonaws.com/"),
        ("a.io", "http://b.a.io/k", "https://b.sqs.eu-west-1.amazonaws.com/k"),
        ("a.io", "http://b.c.a.io/k", "https://b.c.sqs.eu-west-1.amazonaws.com/k"),
        ("a.io.", "http://a.io/", "https://sqs.eu-west-1.amazonaws.com/"),
        ("a.io", "http://b.A.io./k", "https://b.sqs.eu-west-1.amazonaws.com/k"),
        ("a.io", "http://user:secret@a.io/k", "https://sqs.eu-west-1.amazonaws.com/k"),
        ("[fd01:0:0::1]:9000", "http://[fd01::1]:9000/k", "https://sqs.eu-west-1.amazonaws.com/k"),
        ("10.0.0.1", "http://[::ffff:10.0.0.1]/k", "https://sqs.eu-west-1.amazonaws.com/k"),
    ],
)
def test_declared(declared: str, url: str, aws_url: str) -> None:
    assert guard(declared).judge(url, SIGNED, None) == (Verdict.MOCK, aws_url)


@pytest.mark.parametrize(
    ("declared", "url"),
    [
        ("minio.local:9000", "http://minio.local:9001/"),
        ("https://minio.local", "http://minio.local/"),
        ("http://a.io/aws", "http://a.io/awsome"),
        ("http://a.io/aws", "http://a.io/"),
        ("a.io", "http://ba.io/"),
        ("a.io", "http://a.io.org/"),
    ],
)
def test_not_declared(declared: str, url: str) -> None:
    assert guard(declared).judge(url, SIGNED, None).verdict is Verdict.BLOCK


def test_custom_s3_endpoints_of_moto(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTO_S3_CUSTOM_ENDPOINTS", "https://ceph.local,http://minio.local:9000")
    rules = guard()
    for url in ("https://ceph.local/b/k", "http://minio.local:9000/b/k"):
        ruling = rules.judge(url, {}, Call("s3", "GetObject", "s3"))
        assert ruling == (Verdict.MOCK, "https://s3.us-east-1.amazonaws.com/b/k")


GATEWAY = (
    "http://gw",
    "gw:4566",
    "gw:4566/aws",
    "gw:4566/aws/eu",
    "s3.gw",
    "s3.gw:4566",
    "gw",
    "gw/long",
)


@pytest.mark.parametrize("seed", range(20))
def test_the_more_specific_of_two_endpoints_wins(seed: int) -> None:
    """Longest host, then with a port, then longest path, in whatever order they were declared."""
    declared = list(GATEWAY)
    random.Random(seed).shuffle(declared)
    rules = guard(*declared)
    for url, path, prefix in (
        ("http://gw:4566/aws/eu/k", "/k", ""),
        ("http://gw:4566/aws/k", "/k", ""),
        ("http://gw:4566/k", "/k", ""),
        ("http://gw:4566/long/k", "/long/k", ""),
        ("http://gw:4567/long/k", "/k", ""),
        ("http://gw:4567/aws/k", "/aws/k", ""),
        ("http://b.gw:4566/aws/k", "/k", "b."),
        ("http://s3.gw:4566/aws/k", "/aws/k", ""),
        ("http://b.s3.gw:4566/aws/k", "/aws/k", "b."),
        ("http://b.s3.gw:4567/aws/k", "/aws/k", "b."),
    ):
        expected = f"https://{prefix}sqs.eu-west-1.amazonaws.com{path}"
        assert rules.judge(url, SIGNED, None) == (Verdict.MOCK, expected), url


def test_moto_s_own_endpoints_stand_in_the_same_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTO_S3_CUSTOM_ENDPOINTS", "http://s3.gw:4566")
    ruling = guard("http://gw:4566").judge("http://b.s3.gw:4566/k", {}, None)
    assert ruling.url == "https://b.s3.us-east-1.amazonaws.com/k"


@pytest.mark.parametrize(
    ("environ", "url", "aws_url"),
    [
        ({"": "http://gw:1", "_S3": "http://s3.gw:1"}, "http://s3.gw:1/b/k",
         "https://s3.us-east-1.amazonaws.com/b/k"),
        ({"": "http://gw:1", "_SQS": "http://sqs.gw:1"}, "http://sqs.gw:1/1/q?Action=SendMessage",
         "https://sqs.us-east-1.amazonaws.com/1/q?Action=SendMessage"),
        ({"_CLOUDWATCH": "http://gw:1"}, "http://gw:1/",
         "https://monitoring.us-east-1.amazonaws.com/"),
        ({"_COGNITO_IDENTITY_PROVIDER": "http://gw:1"}, "http://gw:1/",
         "https://cognito-idp.us-east-1.amazonaws.com/"),
        # One address for several services: nothing certain is said.
        ({"_SQS": "http://gw:1", "_SNS": "http://gw:1"}, "http://gw:1/b",
         "https://s3.us-east-1.amazonaws.com/b"),
        ({"_SQS": "http://gw:1", "": "http://gw:1"}, "http://gw:1/b",
         "https://s3.us-east-1.amazonaws.com/b"),
        ({"_NO_SUCH_SERVICE": "http://gw:1"}, "http://gw:1/b",
         "https://s3.us-east-1.amazonaws.com/b"),
    ],
)  # fmt: skip
def test_a_variable_says_the_service_of_unsigned_requests(
    environ: dict[str, str], url: str, aws_url: str
) -> None:
    named = {f"AWS_ENDPOINT_URL{name}": value for name, value in environ.items()}
    rules = Guard(compat.dns_suffixes(), environment_endpoints(named))
    assert rules.judge(url, {}, None) == (Verdict.MOCK, aws_url)
    # A signature says more.
    assert rules.judge(url, SIGNED, None).url.startswith("https://sqs.eu-west-1.amazonaws.com/")


# -- rules 3 to 5 -----------------------------------------------------------------


def test_loopback_passes_unless_declared() -> None:
    url = "http://localhost:9000/bucket"
    assert guard().judge(url, SIGNED, CALL) == (Verdict.PASS, url)
    assert guard("localhost:9000").judge(url, SIGNED, CALL).verdict is Verdict.MOCK
    assert guard("localhost:9001").judge(url, SIGNED, CALL).verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("headers", "call", "verdict"),
    [
        ({}, None, Verdict.PASS),
        ({"Authorization": "Bearer AWS4"}, None, Verdict.PASS),
        ({"Authorization": "Basic QVdTNA=="}, None, Verdict.PASS),
        (SIGNED, None, Verdict.BLOCK),
        ({"Authorization": "AWS4-ECDSA-P256-SHA256 Credential=x"}, None, Verdict.BLOCK),
        ({"Authorization": "AWS AKIA:signature"}, None, Verdict.BLOCK),
        ({}, CALL, Verdict.BLOCK),
        ({}, Call(), Verdict.BLOCK),
    ],
)
def test_other_addresses(headers: dict[str, str], call: Call | None, verdict: Verdict) -> None:
    url = "https://example.org/x"
    assert guard().judge(url, headers, call) == (verdict, url)


@pytest.mark.parametrize(
    ("query", "verdict"),
    [
        ("X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=ab", Verdict.BLOCK),
        ("AWSAccessKeyId=A&Signature=ab&Expires=1", Verdict.BLOCK),
        ("X-Goog-Signature=ab", Verdict.PASS),
        ("url=X-Amz-Signature", Verdict.PASS),
    ],
)
def test_a_presigned_url_of_another_address(query: str, verdict: Verdict) -> None:
    url = f"https://example.org/x?{query}"
    assert guard().judge(url, {}, None) == (verdict, url)
    assert guard("example.org").judge(url, {}, None).verdict is Verdict.MOCK


@pytest.mark.parametrize(
    "url", ["https://s3.amazonaws.com/b", "http://minio.local/b", "https://example.org/b"]
)
def test_passthrough_goes_before_all_other_rules(url: str) -> None:
    asked: list[str] = []

    def passes(one: str) -> bool:
        asked.append(one)
        return True

    rules = guard("minio.local", passes=passes)
    assert rules.judge(url, SIGNED, CALL) == (Verdict.PASS, url)
    assert asked[0] == url


def test_passthrough_of_a_service_reaches_its_declared_endpoint() -> None:
    """``services: [sqs]`` is about SQS, wherever it is declared to live."""
    rules = guard("aws.local", passes=lambda url: url.startswith("https://sqs."))
    url = "http://aws.local/q"
    assert rules.judge(url, SIGNED, CALL) == (Verdict.PASS, url)
    assert rules.judge(url, SIGNED, Call("s3", "X", "s3")).verdict is Verdict.MOCK


@pytest.mark.parametrize("url", ["https://s3.amazonaws.com/b", "https://example.org/b"])
def test_passthrough_that_says_no(url: str) -> None:
    verdict = guard(passes=lambda _: False).judge(url, SIGNED, CALL).verdict
    assert verdict is guard().judge(url, SIGNED, CALL).verdict is not Verdict.PASS
