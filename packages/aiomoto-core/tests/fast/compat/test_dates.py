"""Dates are read and written in a mock as outside."""

from __future__ import annotations

import datetime
from typing import Any

import freezegun
import pytest
from botocore.utils import parse_timestamp

from aiomoto import mock_aws

http_date: Any = pytest.importorskip("werkzeug.http").http_date

TEXTS: list[Any] = [
    "Wed, 25 Nov 2026 22:47:36 GMT",
    "2026-11-25T22:47:36Z",
    "2026-11-25T22:47:36.123Z",
    "2026-11-25T22:47:36+00:00",
    "2026-11-25T22:47:36+02:00",
    "2026-11-25",
    "Fri, 25 Nov 2026 22:47:36 GMT",  # another day's name
    "1777156056",
    "1777156056.5",
    1777156056,
    1777156056.25,
    "10:00 Z",  # of today
    "nothing",
    "99, 99 Xxx 9999 99:99:99 GMT",
    "Wed, 99 Nov 2026 22:47:36 GMT",
]


@pytest.mark.parametrize("text", TEXTS)
def test_a_date_is_read_the_same(text: Any) -> None:
    def answer() -> Any:
        try:
            found = parse_timestamp(text)
        except ValueError as error:
            return str(error)
        return found, found.tzinfo, found.utcoffset()

    with freezegun.freeze_time("2026-11-25 10:00:00", ignore=["botocore", "dateutil"]):
        expected = answer()
        with mock_aws():
            assert [answer(), answer()] == [expected, expected]


def test_what_freezegun_makes_is_not_kept() -> None:
    text = "Wed, 25 Nov 2026 22:47:01 GMT"
    with mock_aws():
        with freezegun.freeze_time("2026-11-25"):
            frozen = type(parse_timestamp(text))
        assert frozen is not datetime.datetime
        assert type(parse_timestamp(text)) is datetime.datetime


def test_a_date_is_written_the_same() -> None:
    responses = pytest.importorskip("moto.core.responses")
    if not hasattr(responses, "http_date"):
        pytest.skip("this moto writes dates another way")
    utc = datetime.timezone.utc
    moments: list[Any] = [
        datetime.datetime(2026, 11, 25, 22, 47, 36, 999_999, utc),
        datetime.datetime(2026, 11, 25, 22, 47, 36, 1, utc),
        datetime.datetime(2026, 11, 25, 22, 47, 36, 1),  # noqa: DTZ001 - moto may give such
        datetime.datetime(
            2026, 11, 25, 22, 47, tzinfo=datetime.timezone(datetime.timedelta(hours=2))
        ),
        datetime.date(2026, 11, 25),
        1777156056,
    ]
    expected = [http_date(one) for one in moments]
    with mock_aws():
        assert [responses.http_date(one) for one in moments] == expected
