"""The decoder gives what moto's own gives, for every body, in one pass."""

from __future__ import annotations

import io
import random
import time
from typing import Any

import pytest
from moto.s3.responses import S3Response

from aiomoto import mock_aws
from aiomoto_s3.bodies import decode_aws_chunked, handle_encoded_body

MOTOS = S3Response._handle_encoded_body


def outcome(decode: Any, body: Any) -> Any:
    try:
        return decode(None, body)
    except Exception as error:
        return type(error), str(error)


def chunked(data: bytes, size: int, trailer: bytes = b"x-amz-checksum-crc32:AAAAAA==\r\n") -> bytes:
    pieces = [data[start : start + size] for start in range(0, len(data), size)]
    framed = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
    return framed + b"0\r\n" + trailer + b"\r\n"


ODD = [
    b"",
    b"0\r\n\r\n",
    b"3\r\nabc\r\n0\r\n",
    b"3\r\nabc\r\n0",
    b"3\nabc\n0\n",  # moto takes lone line feeds
    b"A\r\n0123456789\r\n0\r\n\r\n",
    b"3\r\nabc\r\n",  # ends too early
    b"3\r\nabc",
    b"5\r\nabc",
    b"3\r\nabcdef\r\n0\r\n\r\n",  # a chunk longer than it says
    b"-1\r\nabc",
    b"not chunked at all",
    b"3;chunk-signature=0\r\nabc\r\n0\r\n\r\n",
    b"\r\n",
    chunked(b"0\r\n3\r\n" * 100, 7),
    chunked(bytes(range(256)) * 10, 100),
]


@pytest.mark.parametrize("body", ODD, ids=repr)
def test_equal_to_motos_decoder(body: bytes) -> None:
    assert outcome(handle_encoded_body, body) == outcome(MOTOS, body)
    assert outcome(handle_encoded_body, io.BytesIO(body)) == outcome(MOTOS, io.BytesIO(body))


def test_equal_to_motos_decoder_for_damaged_bodies() -> None:
    chance = random.Random(20_261_122)
    for _ in range(2000):
        body = bytearray(chunked(chance.randbytes(chance.randrange(60)), chance.randrange(1, 20)))
        for _ in range(chance.randrange(3)):
            place = chance.randrange(len(body))
            if chance.random() < 0.5:
                body[place] = chance.choice(b"\r\n0123abc;")
            else:
                del body[place:]
                break
        given = bytes(body)
        assert outcome(handle_encoded_body, given) == outcome(MOTOS, given), given


def test_the_time_grows_with_the_size_only() -> None:
    def seconds(chunks: int) -> float:
        body = chunked(bytes(chunks * 4096), 4096)
        start = time.process_time()
        decode_aws_chunked(body)
        return time.process_time() - start

    seconds(100)
    small = min(seconds(1000) for _ in range(5))
    large = min(seconds(8000) for _ in range(3))
    assert large < small * 40, (small, large)  # quadratic would be 64 times and more


def test_moto_has_its_own_decoder_outside_of_mocks() -> None:
    with mock_aws():
        assert S3Response._handle_encoded_body is handle_encoded_body
    assert S3Response._handle_encoded_body is MOTOS
