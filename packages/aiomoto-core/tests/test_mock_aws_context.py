"""``mock_aws`` as a context manager: what it means to enter, nest, stop and reset."""

from __future__ import annotations

import asyncio
import os
import threading
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import boto3
import moto
import pytest
import requests
from moto.core.exceptions import ServiceNotWhitelisted

from aiomoto import InvalidOption, mock_aws

if TYPE_CHECKING:
    from types import ModuleType

pytestmark = pytest.mark.usefixtures("restored")


def put(clients: ModuleType, name: str) -> None:
    with clients.sync("s3") as s3:
        s3.create_bucket(Bucket=name)


def buckets(clients: ModuleType) -> list[str]:
    with clients.sync("s3") as s3:
        return [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]


# -- entering and leaving ----------------------------------------------------------


def test_with(clients: ModuleType) -> None:
    with mock_aws() as mock:
        put(clients, "one")
        assert buckets(clients) == ["one"]
        mock.reset()
        assert buckets(clients) == []


@pytest.mark.asyncio
async def test_async_with(clients: ModuleType) -> None:
    async with mock_aws() as mock, clients.aio("s3") as s3:
        await s3.create_bucket(Bucket="one")
        assert buckets(clients) == ["one"]
        mock.reset()
        assert (await s3.list_buckets())["Buckets"] == []


def test_start_and_stop(clients: ModuleType) -> None:
    mock = mock_aws()
    mock.start()
    try:
        assert buckets(clients) == []
    finally:
        mock.stop()


def test_same_object_again_and_inside_itself(clients: ModuleType) -> None:
    mock = mock_aws()
    for _ in range(2):
        with mock:
            assert buckets(clients) == []
            put(clients, "one")
            with mock:
                assert buckets(clients) == ["one"]
            assert buckets(clients) == ["one"]


def test_different_objects_end_in_any_order(clients: ModuleType) -> None:
    first, second = mock_aws(), mock_aws()
    first.start()
    put(clients, "one")
    second.start()
    first.stop()
    assert buckets(clients) == ["one"]
    second.stop()


def test_stop_before_start() -> None:
    message = r"^Called stop\(\) before start\(\): this mock_aws is not started\.$"
    with pytest.raises(RuntimeError, match=message):
        mock_aws().stop()
    mock = mock_aws()
    mock.start()
    mock.stop()
    with pytest.raises(RuntimeError, match=message):
        mock.stop()


def test_stop_of_another_mock_does_not_end_this_one(clients: ModuleType) -> None:
    with mock_aws():
        with pytest.raises(RuntimeError, match="before start"):
            mock_aws().stop()
        assert buckets(clients) == []


def test_reset_reaches_requests_too(clients: ModuleType) -> None:
    """moto's own reset forgets what `requests` is answered with."""
    import requests

    with mock_aws() as mock:
        put(clients, "one")
        mock.reset()
        assert b"ListAllMyBucketsResult" in requests.get("https://s3.amazonaws.com/").content


# -- reset and remove_data, against moto itself --------------------------------------


def scenario(kind: Any, clients: ModuleType, steps: list[tuple[int, str, dict[str, bool]]]) -> Any:
    """What is seen after each start and stop of two mocks; a bucket is added after each start."""
    mocks = [kind(), kind()]
    seen = []
    for number, (index, action, arguments) in enumerate(steps):
        getattr(mocks[index], action)(**arguments)
        if action == "start":
            seen.append(buckets(clients))
            put(clients, f"bucket-{number}")
    return seen


START, STOP = "start", "stop"


@pytest.mark.parametrize(
    "steps",
    [
        [(0, START, {}), (0, STOP, {}), (1, START, {}), (1, STOP, {})],
        [
            (0, START, {}),
            (0, STOP, {"remove_data": False}),
            (1, START, {"reset": False}),
            (1, STOP, {}),
        ],
        [(0, START, {}), (0, STOP, {"remove_data": False}), (1, START, {}), (1, STOP, {})],
        [(0, START, {}), (0, STOP, {}), (1, START, {"reset": False}), (1, STOP, {})],
        [(0, START, {}), (1, START, {}), (1, STOP, {}), (1, START, {}), (1, STOP, {}),
         (0, STOP, {})],
        [
            (0, START, {}),
            (1, START, {"reset": True}),
            (0, STOP, {"remove_data": True}),
            (0, START, {"reset": True}),
            (0, STOP, {"remove_data": True}),
            (1, STOP, {"remove_data": False}),
            (0, START, {"reset": False}),
            (0, STOP, {}),
        ],
    ],
)  # fmt: skip
def test_data_outlives_what_it_outlives_in_moto(
    clients: ModuleType, steps: list[tuple[int, str, dict[str, bool]]]
) -> None:
    ours = scenario(mock_aws, clients, steps)
    # moto's mocks leave behind its credentials, and no session of boto3's, where they
    # don't end like brackets.
    with patch.dict(os.environ), patch.object(boto3, "DEFAULT_SESSION", None):
        assert ours == scenario(moto.mock_aws, clients, steps)


def test_reset_and_remove_data_of_the_constructor(clients: ModuleType) -> None:
    with mock_aws(remove_data=False):
        put(clients, "one")
    with mock_aws(reset=False):
        assert buckets(clients) == ["one"]
    with mock_aws(reset=False):
        assert buckets(clients) == []


# -- moto's configuration ----------------------------------------------------------


def test_config_is_motos_for_as_long_as_the_mock() -> None:
    from moto.core.config import default_user_config

    with mock_aws(config={"batch": {"use_docker": False}}):
        assert default_user_config["batch"] == {"use_docker": False}
        with mock_aws(config={"iam": {"load_aws_managed_policies": True}}):
            assert default_user_config["batch"] == {"use_docker": False}
            assert default_user_config["iam"] == {"load_aws_managed_policies": True}
        assert default_user_config["iam"] == {"load_aws_managed_policies": False}
    assert default_user_config["batch"] == {"use_docker": True}


def test_iam_config_has_its_effect(clients: ModuleType) -> None:
    config = {"iam": {"load_aws_managed_policies": True}}
    with mock_aws(config=config), clients.sync("iam") as iam:
        arn = "arn:aws:iam::aws:policy/AdministratorAccess"
        assert iam.get_policy(PolicyArn=arn)["Policy"]["PolicyName"] == "AdministratorAccess"


@pytest.mark.asyncio
async def test_service_whitelist(clients: ModuleType) -> None:
    with mock_aws(config={"core": {"service_whitelist": ["s3"]}}):
        assert buckets(clients) == []
        with clients.sync("sqs") as sqs, pytest.raises(ServiceNotWhitelisted, match="sqs"):
            sqs.list_queues()
        async with clients.aio("sqs") as sqs:
            with pytest.raises(ServiceNotWhitelisted, match="sqs"):
                await sqs.list_queues()


@patch.dict(os.environ, {"AWS_ACCESS_KEY_ID": "AKIAMINE", "AWS_SESSION_TOKEN": "mine"})
def test_credentials_are_left_alone() -> None:
    with mock_aws(config={"core": {"mock_credentials": False}}):
        assert os.environ["AWS_ACCESS_KEY_ID"] == "AKIAMINE"
        assert os.environ["AWS_SESSION_TOKEN"] == "mine"
        with mock_aws():
            assert os.environ["AWS_ACCESS_KEY_ID"] == "FOOBARKEY"
            assert "AWS_SESSION_TOKEN" not in os.environ
        assert os.environ["AWS_ACCESS_KEY_ID"] == "AKIAMINE"


def test_default_session_of_boto3_is_hidden() -> None:
    mine = boto3.session.Session(region_name="eu-west-1")
    with patch.object(boto3, "DEFAULT_SESSION", mine):
        with mock_aws():
            assert boto3.DEFAULT_SESSION is None
        with mock_aws(config={"core": {"reset_boto3_session": False}}):
            assert boto3.DEFAULT_SESSION is mine
        assert boto3.DEFAULT_SESSION is mine


@pytest.mark.parametrize("config", [["core"], "core", 1])
def test_configuration_of_another_type(config: Any) -> None:
    with pytest.raises(InvalidOption) as caught, mock_aws(config=config):
        pass
    assert str(caught.value) == (
        f"mock_aws(config=...) takes a dictionary as moto.mock_aws does, got {config!r}."
    )


def test_configuration_in_the_place_of_the_function() -> None:
    with pytest.raises(TypeError, match=r"pass the configuration by name: mock_aws\(config="):
        mock_aws({"core": {}})  # type: ignore[call-overload]


# -- threads -----------------------------------------------------------------------


def test_threads_with_loops_of_their_own(clients: ModuleType) -> None:
    """One's end neither unmocks nor empties what the others use."""
    count, rounds = 4, 5
    failures: list[BaseException] = []
    barrier = threading.Barrier(count)

    async def work(name: str) -> None:
        for turn in range(rounds):
            async with mock_aws(), clients.aio("s3") as s3:
                await s3.create_bucket(Bucket=f"{name}-{turn}")
                await asyncio.sleep(0)
                names = [one["Name"] for one in (await s3.list_buckets())["Buckets"]]
                assert f"{name}-{turn}" in names
                await s3.delete_bucket(Bucket=f"{name}-{turn}")

    def run(name: str) -> None:
        try:
            barrier.wait(timeout=30)
            asyncio.run(work(name))
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(f"thread-{one}",)) for one in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_requests_is_answered_as_before_after_a_reset(clients: ModuleType) -> None:
    mock = mock_aws()
    with mock:
        for _ in range(2):
            put(clients, "bucket")
            with clients.sync("s3") as s3:
                where = {"Bucket": "bucket", "Key": "k"}
                url = s3.generate_presigned_url("put_object", Params=where)
                assert requests.put(url, data=b"data", timeout=5).status_code == 200
                assert s3.get_object(**where)["Body"].read() == b"data"
            mock.reset()
            assert buckets(clients) == []
