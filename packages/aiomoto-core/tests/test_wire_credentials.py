"""Credential look-ups resolve from moto inside the mock, or fail at once; they never leave."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from aiobotocore.utils import AioContainerMetadataFetcher, AioInstanceMetadataFetcher
from botocore.exceptions import CredentialRetrievalError, MetadataRetrievalError
from botocore.utils import ContainerMetadataFetcher, InstanceMetadataFetcher

from aiomoto import mock_aws

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import ModuleType

    from aiomoto.testing.network import Sockets

REAL_CREDENTIALS = {"core": {"mock_credentials": False}}


@pytest.fixture(autouse=True)
def nothing_opened(sockets: Sockets) -> Iterator[None]:
    yield
    assert sockets.attempts == []


class Slept(Exception):
    """A look-up was about to wait and try again."""


async def no_sleep(seconds: float) -> None:
    raise Slept(seconds)


def no_sync_sleep(seconds: float) -> None:
    raise Slept(seconds)


# -- instance metadata --------------------------------------------------------------------


@pytest.mark.asyncio
async def test_instance_metadata_of_a_client(clients: ModuleType, backend: str) -> None:
    with mock_aws(config=REAL_CREDENTIALS):
        session = clients.aio_session()
        credentials = await session.get_credentials()
        assert credentials.method == "iam-role"
        frozen = await credentials.get_frozen_credentials()
        assert frozen[:3] == ("test-key", "test-secret-key", "test-session-token")
        async with clients.aio("s3", backend, session=session) as s3:
            assert (await s3.list_buckets())["Buckets"] == []


def test_instance_metadata_of_boto3(clients: ModuleType) -> None:
    with mock_aws(config=REAL_CREDENTIALS), clients.sync("s3") as s3:
        assert s3._request_signer._credentials.access_key == "test-key"
        assert s3.list_buckets()["Buckets"] == []


@pytest.mark.asyncio
async def test_instance_metadata_fetcher() -> None:
    with mock_aws():
        found = await AioInstanceMetadataFetcher().retrieve_iam_role_credentials()
        assert found == InstanceMetadataFetcher().retrieve_iam_role_credentials()
    assert found["role_name"] == "default-role"
    assert found["access_key"] == "test-key"


@pytest.mark.asyncio
async def test_instance_metadata_over_ipv6() -> None:
    config = {"ec2_metadata_service_endpoint_mode": "ipv6"}
    with mock_aws():
        found = await AioInstanceMetadataFetcher(config=config).retrieve_iam_role_credentials()
        assert found["access_key"] == "test-key"
        sync = InstanceMetadataFetcher(config=config).retrieve_iam_role_credentials()
    assert sync["access_key"] == "test-key"


@pytest.mark.asyncio
async def test_defaults_that_depend_on_the_instance(clients: ModuleType, backend: str) -> None:
    """``defaults_mode="auto"`` asks the instance for its region."""
    with mock_aws():
        async with clients.aio("s3", backend, config={"defaults_mode": "auto"}) as s3:
            assert (await s3.list_buckets())["Buckets"] == []


# -- container credentials ----------------------------------------------------------------

CONTAINERS = [
    {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/credentials/x"},
    {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.170.2/v2/credentials/x"},
    {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.170.23/v1/credentials"},
    {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://[fd00:ec2::23]/v1/credentials"},
]


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "environ", CONTAINERS, ids=[next(iter(one.values())) for one in CONTAINERS]
)
async def test_container_credentials_fail_at_once(
    clients: ModuleType, monkeypatch: pytest.MonkeyPatch, environ: dict[str, str]
) -> None:
    """moto has none; botocore would ask three times and sleep in between."""
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(AioContainerMetadataFetcher.__init__, "__defaults__", (None, no_sleep))
    with mock_aws(config=REAL_CREDENTIALS):
        session = clients.aio_session()
        with pytest.raises((CredentialRetrievalError, MetadataRetrievalError, NotImplementedError)):
            await session.get_credentials()


def test_container_credentials_of_boto3_fail_at_once() -> None:
    with mock_aws():
        fetcher = ContainerMetadataFetcher(sleep=no_sync_sleep)
        with pytest.raises((MetadataRetrievalError, NotImplementedError)):
            fetcher.retrieve_uri("/v2/credentials/x")


@pytest.mark.asyncio
async def test_container_credentials_are_not_asked_for_where_credentials_are_fake(
    clients: ModuleType, backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials/x")
    with mock_aws():
        async with clients.aio("s3", backend) as s3:
            assert (await s3.list_buckets())["Buckets"] == []


# -- web identity -------------------------------------------------------------------------


@pytest.fixture
def web_identity(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("a.web.token")
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(token))
    monkeypatch.setenv("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/pod")
    monkeypatch.setenv("AWS_ROLE_SESSION_NAME", "mine")


@pytest.mark.asyncio
@pytest.mark.usefixtures("web_identity")
async def test_web_identity_is_assumed_in_motos_sts(clients: ModuleType, backend: str) -> None:
    with mock_aws(config=REAL_CREDENTIALS):
        session = clients.aio_session()
        credentials = await session.get_credentials()
        assert credentials.method == "assume-role-with-web-identity"
        async with clients.aio("sts", backend, session=session) as sts:
            identity = await sts.get_caller_identity()
    assert identity["Arn"] == "arn:aws:sts::123456789012:assumed-role/pod/mine"


@pytest.mark.usefixtures("web_identity")
def test_web_identity_of_boto3(clients: ModuleType) -> None:
    with mock_aws(config=REAL_CREDENTIALS), clients.sync("sts") as sts:
        identity = sts.get_caller_identity()
    assert identity["Arn"] == "arn:aws:sts::123456789012:assumed-role/pod/mine"


# -- the developer's machine --------------------------------------------------------------


@pytest.fixture
def developer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine with a configured profile, whose endpoint and credentials are real."""
    home = tmp_path / ".aws"
    home.mkdir()
    (home / "config").write_text(
        "[default]\nregion = ap-south-1\nendpoint_url = https://real.example.org\n"
        "[profile work]\nregion = eu-west-3\nrole_arn = arn:aws:iam::1:role/real\n"
        "source_profile = default\n"
    )
    credentials = "[default]\naws_access_key_id = AKIAREAL\naws_secret_access_key = real\n"
    (home / "credentials").write_text(credentials)
    (tmp_path / "credentials").write_text(credentials)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))


@pytest.mark.asyncio
@pytest.mark.usefixtures("developer")
@pytest.mark.parametrize("profile", ["", "work"])
async def test_nothing_of_the_developers_machine_is_read(
    clients: ModuleType, backend: str, monkeypatch: pytest.MonkeyPatch, profile: str
) -> None:
    if profile:
        monkeypatch.setenv("AWS_PROFILE", profile)
    with mock_aws():
        async with clients.aio("s3", backend, region_name=None) as s3:
            assert s3.meta.region_name == "us-east-1"
            assert s3.meta.endpoint_url.endswith(".amazonaws.com")
            url = await s3.generate_presigned_url("list_buckets")
            assert "FOOBARKEY" in url
            assert (await s3.list_buckets())["Buckets"] == []


def test_files_in_the_home_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import boto3

    home: Any = tmp_path / ".aws"
    home.mkdir()
    (home / "config").write_text("[default]\nregion = ap-south-1\n")
    (home / "credentials").write_text("[default]\naws_access_key_id = AKIAREAL\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    with mock_aws():
        session = boto3.session.Session()
        assert session.region_name == "us-east-1"
        assert session.get_credentials().access_key == "FOOBARKEY"
        assert session.available_profiles == []
