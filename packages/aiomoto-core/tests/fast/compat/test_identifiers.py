"""moto's identifiers are the same ones from the same seed."""

from __future__ import annotations

import random

import pytest
from moto.moto_api._internal import mock_random

from aiomoto import mock_aws
from aiomoto.fast.compat.identifiers import choices


def drawn() -> list[str]:
    mock_random.seed(42)
    return [
        mock_random.get_random_string(),
        mock_random.get_random_string(52),
        mock_random.get_random_string(length=7, include_digits=False),
        mock_random.get_random_string(9, lower_case=True),
        mock_random.get_random_string(0),
        mock_random.get_random_hex(),
        mock_random.get_random_hex(length=17),
        # What is drawn afterwards tells whether as many random bits were used.
        str(mock_random.random()),
    ]


def test_they_are_the_same() -> None:
    expected = drawn()
    with mock_aws():
        assert drawn() == expected
    with mock_aws(optimise=False):
        assert drawn() == expected


@pytest.mark.parametrize("size", [1, 2, 3, 16, 36, 62, 64, 65])
def test_choices_are_those_of_choice(size: int) -> None:
    pool = [str(one) for one in range(size)]
    one, other = random.Random(size), random.Random(size)
    assert choices(one, pool, 100) == [other.choice(pool) for _ in range(100)]
    assert one.random() == other.random()
