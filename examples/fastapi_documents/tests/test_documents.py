from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import documents
import pytest
from fastapi.testclient import TestClient


@pytest.fixture
def http(boto3_client: Any) -> Iterator[TestClient]:
    """The app as it runs for real, its bucket set up with boto3."""
    boto3_client("s3").create_bucket(Bucket=documents.BUCKET)
    with TestClient(documents.app) as client:
        yield client


def test_what_is_put_can_be_got(http: TestClient, boto3_client: Any) -> None:
    sent = http.put("/documents/a.txt", content=b"one", headers={"content-type": "text/plain"})
    assert sent.status_code == 201

    got = http.get("/documents/a.txt")
    assert (got.status_code, got.content) == (200, b"one")
    assert got.headers["content-type"].startswith("text/plain")
    stored = boto3_client("s3").get_object(Bucket=documents.BUCKET, Key="a.txt")
    assert stored["Body"].read() == b"one"


def test_a_missing_document(http: TestClient, aws: Any) -> None:
    got = http.get("/documents/none.txt")
    assert got.status_code == 404
    assert got.json() == {"detail": "There is no document 'none.txt'."}
    call = aws.calls.assert_called_once("s3", "GetObject", Key="none.txt")
    assert call.error_code == "NoSuchKey"
