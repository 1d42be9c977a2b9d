"""Hosts: the one way in which each is written, and whose it is."""

from __future__ import annotations

import pytest

from aiomoto import compat
from aiomoto.hosts import canonical, is_aws_host, is_loopback


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("S3.AmazonAWS.com.", "s3.amazonaws.com"),
        ("\uff533.amazonaws.com", "s3.amazonaws.com"),
        ("s3\u3002amazonaws.com\u3002", "s3.amazonaws.com"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("a..ü", "a..ü"),  # which no resolver takes
        ("169.254.169.254", "169.254.169.254"),
        ("169.254.169.254.", "169.254.169.254"),
        ("2852039166", "169.254.169.254"),
        ("0xA9FEA9FE", "169.254.169.254"),
        ("0xa9.0xfe.0xa9.0xfe", "169.254.169.254"),
        ("0251.0376.0251.0376", "169.254.169.254"),
        ("169.254.43518", "169.254.169.254"),
        ("[::ffff:169.254.169.254]", "169.254.169.254"),
        ("::FFFF:A9FE:A9FE", "169.254.169.254"),
        ("fd00:ec2:0:0:0:0:0:254", "fd00:ec2::254"),
        ("[fd00:ec2::254%eth0]", "fd00:ec2::254"),
        ("3com.example", "3com.example"),
        ("1.2.3.4.5", "1.2.3.4.5"),
        ("", ""),
    ],
)
def test_canonical(host: str, expected: str) -> None:
    assert canonical(host) == expected
    assert canonical(expected) == expected


@pytest.mark.parametrize(
    "host",
    [
        "amazonaws.com",
        "x.lambda-url.eu-west-1.on.aws",
        "sqs.us-east-1.api.aws",
        "s3.cn-north-1.amazonaws.com.cn",
        "169.254.169.254",
        "169.254.170.2",
        "169.254.170.23",
        "fd00:ec2::254",
        "fd00:ec2::23",
    ],
)
def test_aws(host: str) -> None:
    assert is_aws_host(host, compat.dns_suffixes())


@pytest.mark.parametrize(
    "host",
    [
        "amazonaws.com.example.org",
        "notamazonaws.com",
        "s3-amazonaws.com",
        "api.aws.org",
        "aws",
        "169.254.169.253",
        "fd00:ec2::253",
        "",
    ],
)
def test_hosts_that_only_look_like_aws(host: str) -> None:
    assert not is_aws_host(host, compat.dns_suffixes())


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("localhost", True),
        ("bucket.localhost", True),
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("127.1", True),
        ("2130706433", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("localhost.example.org", False),
        ("notlocalhost", False),
        ("localhost.", True),
        ("127.0.0.1.", True),
        ("0.0.0.0", True),
        ("::", True),
        ("0.0.0.1", False),
        ("10.0.0.1", False),
        ("", False),
    ],
)
def test_loopback(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback
