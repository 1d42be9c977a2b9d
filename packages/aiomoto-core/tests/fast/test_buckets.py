"""Where moto finds the bucket in a URL, which it keeps in mind for each host."""

from __future__ import annotations

from typing import Any

import pytest
from moto.s3.responses import S3Response

from aiomoto import mock_aws

pytestmark = pytest.mark.skipif(
    not isinstance(vars(S3Response)["subdomain_based_buckets"], staticmethod),
    reason="this moto asks an object, which has no short way",
)
HOSTS = [
    "s3.amazonaws.com",
    "bucket.s3.amazonaws.com",
    "s3.eu-west-1.amazonaws.com",
    "s3-eu-west-1.amazonaws.com",
    "bucket.s3.eu-west-1.amazonaws.com.cn",
    "localhost:5000",
    "bucket.localhost",
    "127.0.0.1",
    "[::1]:80",
    "host",
    "minio.default.svc.cluster.local:9000",
    "minio.example",
    "",
]


class Request:
    def __init__(self, host: str) -> None:
        self.headers = {"host": host} if host else {}
        self.url = "https://of.the.url/key"


def answers() -> list[Any]:
    return [S3Response.subdomain_based_buckets(Request(host)) for host in HOSTS]


def test_the_answers_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    custom = "https://minio.example"
    expected = answers()
    monkeypatch.setenv("MOTO_S3_CUSTOM_ENDPOINTS", custom)
    expected_of_custom = answers()
    assert expected_of_custom != expected
    monkeypatch.delenv("MOTO_S3_CUSTOM_ENDPOINTS")
    with mock_aws():
        for _ in range(2):
            assert answers() == expected
            monkeypatch.setenv("MOTO_S3_CUSTOM_ENDPOINTS", custom)
            assert answers() == expected_of_custom
            monkeypatch.delenv("MOTO_S3_CUSTOM_ENDPOINTS")


def test_the_setting_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    with mock_aws():
        assert any(answers())
        monkeypatch.setattr("moto.settings.S3_IGNORE_SUBDOMAIN_BUCKETNAME", True)
        assert not any(answers())
