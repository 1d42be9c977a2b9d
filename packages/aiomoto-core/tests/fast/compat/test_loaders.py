"""botocore's data files are read once, and each loader still has data of its own."""

from __future__ import annotations

import gzip
import json
import os
from collections import Counter, OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest
from aiobotocore.session import AioSession
from botocore.exceptions import UnknownServiceError
from botocore.loaders import JSONFileLoader, Loader, create_loader

from aiomoto import mock_aws
from aiomoto.fast.compat import loaders


@pytest.fixture(autouse=True)
def from_the_start() -> None:
    loaders.forget()


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that were parsed."""
    seen: list[str] = []
    original = loaders._read

    def reading(file_path: str, methods: dict[str, Any]) -> Any:
        seen.append(Path(file_path).name)
        return original(file_path, methods)

    monkeypatch.setattr(loaders, "_read", reading)
    return seen


DATA = ["endpoints", "partitions", "_retry", "sdk-default-configuration"]
MODELS = [("s3", "service-2"), ("ec2", "paginators-1"), ("sqs", "endpoint-rule-set-1")]


@pytest.mark.parametrize("name", DATA)
def test_the_same_data(name: str) -> None:
    expected = create_loader().load_data(name)
    with mock_aws():
        found = create_loader().load_data(name)
        assert found == expected
        assert isinstance(found, OrderedDict)
        assert json.dumps(found) == json.dumps(expected)


@pytest.mark.parametrize(("service", "kind"), MODELS)
def test_the_same_models(service: str, kind: str) -> None:
    expected = create_loader().load_service_model(service, kind)
    with mock_aws():
        assert create_loader().load_service_model(service, kind) == expected


def moto_loader() -> Any:
    """What moto reads its models with; it looks in moto's folder first."""
    return pytest.importorskip("moto.core.loaders").create_loader()


@pytest.mark.parametrize("kind", ["service-2", "paginators-1", "waiters-2", "resources-1", "none"])
@pytest.mark.parametrize("make", [create_loader, moto_loader])
def test_the_same_services(kind: str, make: Callable[[], Any]) -> None:
    def listed() -> list[str]:
        loader = make()
        loader.search_paths.append(str(Path(boto3.__file__).parent / "data"))
        return loader.list_available_services(kind)  # type: ignore[no-any-return]

    expected = listed()
    with mock_aws():
        assert listed() == listed() == expected
        listed().append("mine")
        assert listed() == expected


def test_a_file_is_read_once(read: list[str]) -> None:
    with mock_aws():
        for _ in range(3):
            create_loader().load_service_model("sqs", "service-2")
        assert read.count("service-2") == 1
    with mock_aws():
        create_loader().load_service_model("sqs", "service-2")
        assert read.count("service-2") == 1


def test_folders_are_looked_through_once(monkeypatch: pytest.MonkeyPatch) -> None:
    # Whatever loader asks, and for whatever type: moto's asks for each service.
    folders: Counter[str] = Counter()

    def noting(function: Callable[[str], Any]) -> Callable[[str], Any]:
        def noted(path: str = ".") -> Any:
            folders[str(path)] += 1
            return function(path)

        return noted

    monkeypatch.setattr(os, "listdir", noting(os.listdir))
    monkeypatch.setattr(os, "scandir", noting(os.scandir))
    with mock_aws():
        for _ in range(2):
            for kind in ("service-2", "endpoint-rule-set-1"):
                for loader in (create_loader(), moto_loader()):
                    assert "s3" in loader.list_available_services(kind)
    assert folders.total() > 800
    assert [path for path, times in folders.items() if times > 1] == []


@pytest.mark.parametrize("way", ["argument", "environment"])
def test_it_can_be_switched_off(read: list[str], monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    if way == "environment":
        monkeypatch.setenv("AIOMOTO_OPTIMISE", "0")
    with mock_aws(optimise=False if way == "argument" else None):
        create_loader().load_service_model("sqs", "service-2")
        assert type(create_loader().load_data("partitions")) is OrderedDict
        with mock_aws(optimise=True):  # one of them asks for the slow way
            create_loader().load_service_model("sqs", "service-2")
    assert read == []


@pytest.mark.asyncio
async def test_a_changed_model_is_its_loaders_own() -> None:
    async with mock_aws():
        one, other = AioSession(), AioSession()
        model = one.get_component("data_loader").load_service_model("sqs", "service-2")
        model["operations"]["ListQueues"]["name"] = "Changed"
        del model["operations"]["CreateQueue"]
        async with one.create_client("sqs", region_name="us-east-1") as sqs:
            assert not hasattr(sqs, "create_queue")
            assert sqs.meta.service_model.operation_model("ListQueues").wire_name == "Changed"
        async with other.create_client("sqs", region_name="us-east-1") as sqs:
            assert hasattr(sqs, "create_queue")
            assert sqs.meta.service_model.operation_model("ListQueues").wire_name == "ListQueues"
            await sqs.create_queue(QueueName="q")


@pytest.mark.asyncio
async def test_a_changed_rule_set_is_its_loaders_own() -> None:
    async with mock_aws():
        one, other = AioSession(), AioSession()
        rules = one.get_component("data_loader").load_service_model("sqs", "endpoint-rule-set-1")
        rules["rules"] = [
            {
                "conditions": [],
                "type": "endpoint",
                "endpoint": {"url": "https://elsewhere.amazonaws.com"},
            }
        ]
        async with one.create_client("sqs", region_name="us-east-1") as sqs:
            url = await sqs.generate_presigned_url("list_queues")
            assert url.startswith("https://elsewhere.amazonaws.com")
        for _ in range(2):
            async with other.create_client("sqs", region_name="us-east-1") as sqs:
                url = await sqs.generate_presigned_url("list_queues")
                assert url.startswith("https://sqs.us-east-1.amazonaws.com")


def write_model(folder: Path, name: str, operations: list[str], *, packed: bool = False) -> None:
    model = {
        "version": "2.0",
        "metadata": {
            "apiVersion": "2020-01-01",
            "endpointPrefix": name,
            "protocol": "json",
            "serviceId": name,
            "signatureVersion": "v4",
        },
        "operations": {
            one: {"name": one, "http": {"method": "POST", "requestUri": "/"}} for one in operations
        },
        "shapes": {},
    }
    file = folder / name / "2020-01-01" / "service-2.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    if packed:
        Path(f"{file}.gz").write_bytes(gzip.compress(json.dumps(model).encode()))
    else:
        file.write_text(json.dumps(model))


@pytest.mark.parametrize("packed", [False, True])
def test_models_of_the_users_own(tmp_path: Path, packed: bool) -> None:
    with mock_aws():
        loader = create_loader(str(tmp_path))
        assert "mine" not in loader.list_available_services("service-2")
        with pytest.raises(UnknownServiceError):
            loader.load_service_model("mine", "service-2")
        write_model(tmp_path, "mine", ["One"], packed=packed)
        loader = create_loader(str(tmp_path))
        assert "mine" in loader.list_available_services("service-2")
        assert list(loader.load_service_model("mine", "service-2")["operations"]) == ["One"]
        write_model(tmp_path, "mine", ["One", "Two"], packed=packed)
        for file in tmp_path.rglob("service-2*"):
            os.utime(file, ns=(1, 1))  # however coarse the file system's clock is
        loader = create_loader(str(tmp_path))
        assert list(loader.load_service_model("mine", "service-2")["operations"]) == ["One", "Two"]


def test_a_file_that_is_gone(tmp_path: Path) -> None:
    write_model(tmp_path, "mine", ["One"])
    path = str(tmp_path / "mine" / "2020-01-01" / "service-2")
    with mock_aws():
        assert JSONFileLoader().load_file(path) is not None
        Path(f"{path}.json").unlink()
        assert JSONFileLoader().load_file(path) is None
        assert not JSONFileLoader().exists(path)


def test_a_file_that_is_no_json(tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text("{")
    with mock_aws(), pytest.raises(json.JSONDecodeError):
        JSONFileLoader().load_file(str(tmp_path / "bad"))


def test_loaders_of_the_users_own_are_asked() -> None:
    class OwnFiles(JSONFileLoader):
        def load_file(self, file_path: str) -> Any:
            return {"path": Path(file_path).name}

    class OwnLoader(Loader):
        def list_available_services(self, type_name: str) -> list[str]:
            return ["mine"]

    class OwnFolders(Loader):
        def _potential_locations(self, *args: Any, **kwargs: Any) -> Any:
            return iter(())

    with mock_aws():
        assert OwnFolders().list_available_services("service-2") == []
        assert Loader(file_loader=OwnFiles()).load_data("partitions") == {"path": "partitions"}
        assert OwnLoader().list_available_services("service-2") == ["mine"]
        with pytest.raises(UnknownServiceError):
            OwnLoader().load_service_model("sqs", "service-2")
