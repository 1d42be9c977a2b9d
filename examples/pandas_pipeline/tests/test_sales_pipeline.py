from __future__ import annotations

from typing import Any

import sales_pipeline


def test_totals(s3_bucket: str, s3_filesystem: Any, boto3_client: Any) -> None:
    s3_filesystem.pipe(f"{s3_bucket}/sales/monday.csv", b"product,amount\nbike,3\nbell,1\n")
    s3_filesystem.pipe(f"{s3_bucket}/sales/tuesday.csv", b"product,amount\nbike,2\n")

    summed = sales_pipeline.totals(s3_bucket)

    assert dict(zip(summed["product"], summed["amount"], strict=True)) == {"bell": 1, "bike": 5}
    written = boto3_client("s3").get_object(Bucket=s3_bucket, Key="totals.csv")
    assert written["Body"].read() == b"product,amount\nbell,1\nbike,5\n"


def test_the_next_test_sees_none_of_it(s3_bucket: str, s3_filesystem: Any) -> None:
    assert s3_filesystem.ls(s3_bucket) == []
