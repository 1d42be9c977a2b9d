"""A mock beside a moto server of the same process: one state, which the start empties."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from typing import Any

import boto3
import moto
import pytest
from moto.server import ThreadedMotoServer

from aiomoto import AiomotoWarning, mock_aws
from aiomoto.compat.servers import moto_servers
from aiomoto.testing.twin import Twin


@pytest.fixture
def server() -> Iterator[str]:
    """Its address."""
    one = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    one.start()
    host, port = one.get_host_and_port()
    yield f"http://{host}:{port}"
    one.stop()
    one._server.server_close()  # type: ignore[union-attr]


def client(address: str) -> Any:
    keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
    return boto3.client("sqs", region_name="us-east-1", endpoint_url=address, **keys)


def test_a_server_that_runs_is_named_before_it_is_emptied(server: str) -> None:
    client(server).create_queue(QueueName="orders")
    text = (
        f"This mock shares moto's state with the moto server that runs in this process ({server})"
    )
    with pytest.raises(AiomotoWarning, match=re.escape(text)):  # a warning is an error here
        mock_aws().start()
    assert len(client(server).list_queues()["QueueUrls"]) == 1
    with pytest.warns(AiomotoWarning, match=re.escape(text)) as caught, mock_aws():
        pass
    assert [one.filename for one in caught] == [__file__]
    assert "QueueUrls" not in client(server).list_queues()


def test_a_start_that_empties_nothing_has_nothing_to_say(server: str) -> None:
    client(server).create_queue(QueueName="orders")
    with mock_aws(reset=False, remove_data=False), mock_aws():
        pass
    with moto.mock_aws():
        client(server).create_queue(QueueName="orders")
        with mock_aws():
            assert len(client(server).list_queues()["QueueUrls"]) == 1


def test_a_server_that_has_ended_is_none(server: str) -> None:
    another = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    another.start()
    assert len(moto_servers()) == 2
    another.stop()
    another._server.server_close()  # type: ignore[union-attr]
    assert moto_servers() == [server]


@pytest.mark.usefixtures("server")
def test_a_library_that_has_changed_is_no_reason_to_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(ThreadedMotoServer, "get_host_and_port")
    assert moto_servers() == ["an address of its own"]
    monkeypatch.delattr("moto.moto_server.threaded_moto_server.ThreadedMotoServer")
    assert moto_servers() == []
    with mock_aws():
        assert threading.active_count() > 1


def test_the_kits_server_is_meant_to_be_beside_a_mock(twin: Twin) -> None:
    assert twin.url
    with mock_aws():
        pass
