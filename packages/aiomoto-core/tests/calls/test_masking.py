"""Parameters as text: short, and without secrets."""

from __future__ import annotations

from typing import Any

import pytest

from aiomoto.calls.masking import shown


@pytest.mark.parametrize(
    ("parameters", "text"),
    [
        ({"Bucket": "b", "Body": b"data"}, "Bucket='b', Body=b'data'"),
        ({"Body": b"x" * 21}, "Body=<21 bytes>"),
        ({"Message": "x" * 100}, f"Message='{'x' * 55}...'"),
        ({"Names": [1, 2, 3, 4, 5]}, "Names=[1, 2, 3, 4, ...]"),
        ({"Item": {"a": {"S": "b"}}}, "Item={'a': {'S': 'b'}}"),
        ({"M": dict.fromkeys("abcde", 1)}, "M={'a': 1, 'b': 1, 'c': 1, 'd': 1, ...}"),
        ({"SecretString": "s"}, "SecretString=***"),
        ({"SecretId": "s"}, "SecretId='s'"),
        ({"MasterUserPassword": "s"}, "MasterUserPassword=***"),
        ({"SessionToken": "s", "NextToken": "n"}, "SessionToken=***, NextToken='n'"),
        ({"SSECustomerKey": "s"}, "SSECustomerKey=***"),
        ({"Outer": {"PrivateKey": "s"}}, "Outer={'PrivateKey': ***}"),
        ({"Outer": [{"Password": "s"}]}, "Outer=[{'Password': ***}]"),
    ],
)
def test_shown(parameters: dict[str, Any], text: str) -> None:
    assert shown(parameters) == text
