"""``AWS_CONFIG_FILE`` of the user: its regions and profiles hold inside a mock, no credentials."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING, Any

import boto3
import botocore.session
import pytest
from aiobotocore.session import AioSession

from aiomoto import InvalidOption, mock_aws
from aiomoto.declared import Endpoint
from aiomoto.named_file import NO_FILE, named_file
from aiomoto.sessions import loader

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import ModuleType

    from aiomoto.testing.network import Sockets

#: Each profile would get its credentials in another way.
PROFILES = """
[default]
region = ap-south-1

[profile plain]
region = eu-west-3

[profile keys]
region = eu-west-3
aws_access_key_id = AKIAREAL
aws_secret_access_key = real
aws_session_token = real

[profile role]
region = eu-west-3
role_arn = arn:aws:iam::123456789012:role/real
source_profile = keys

[profile role-of-the-environment]
region = eu-west-3
role_arn = arn:aws:iam::123456789012:role/real
credential_source = Environment

[profile role-of-the-instance]
region = eu-west-3
role_arn = arn:aws:iam::123456789012:role/real
credential_source = Ec2InstanceMetadata

[profile process]
region = eu-west-3
credential_process = {process}

[profile sso]
region = eu-west-3
sso_session = office
sso_account_id = 123456789012
sso_role_name = real

[sso-session office]
sso_region = eu-west-3
sso_start_url = https://real.example.org/start

[profile web]
region = eu-west-3
role_arn = arn:aws:iam::123456789012:role/real
web_identity_token_file = {folder}/token
"""
NAMES = ["plain", "keys", "role", "role-of-the-environment", "role-of-the-instance", "process",
         "sso", "web"]  # fmt: skip


@pytest.fixture
def file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sockets: Sockets) -> Iterator[Path]:
    """The user's file; nothing in it is run, nothing leaves."""
    ran = tmp_path / "ran"
    process = f"{sys.executable} -c \"open('{ran}', 'w')\""
    path = tmp_path / "config"
    path.write_text(PROFILES.format(process=process, folder=tmp_path))
    (tmp_path / "token").write_text("token")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(path))
    yield path
    assert not ran.exists()
    assert sockets.attempts == []


@pytest.mark.asyncio
@pytest.mark.usefixtures("file", "restored")  # in this order: the file is there before and after
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("by", ["variable", "argument"])
async def test_a_profile_has_its_region_and_fake_credentials(
    clients: ModuleType, backend: str, name: str, by: str
) -> None:
    given = name if by == "argument" else None
    with mock_aws(), pytest.MonkeyPatch.context() as patch:
        if by == "variable":
            patch.setenv("AWS_PROFILE", name)
        async_session = AioSession(profile=given)
        sync_session = boto3.session.Session(profile_name=given)
        for session in (async_session, sync_session._session):
            session.register_component("data_loader", loader())

        credentials: Any = sync_session.get_credentials()
        assert (credentials.method, *credentials.get_frozen_credentials()[:3]) == FAKE
        with contextlib.closing(sync_session.client("sts")) as sts:
            assert sts.meta.region_name == "eu-west-3"
            assert sts.get_caller_identity()["Account"] == "123456789012"

        credentials = await async_session.get_credentials()
        assert (credentials.method, *(await credentials.get_frozen_credentials())[:3]) == FAKE
        async with clients.aio("sts", backend, session=async_session, region_name=None) as sts:
            assert sts.meta.region_name == "eu-west-3"
            assert (await sts.get_caller_identity())["Account"] == "123456789012"


FAKE = ("env", "FOOBARKEY", "FOOBARSECRET", None)


@pytest.mark.usefixtures("file")
def test_profile_of_aioboto3() -> None:
    aioboto3 = pytest.importorskip("aioboto3")
    with mock_aws():
        assert aioboto3.Session(profile_name="role").region_name == "eu-west-3"


@pytest.mark.usefixtures("file")
@pytest.mark.parametrize("variable", ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"])
@pytest.mark.parametrize(("name", "region"), [("plain", "eu-west-3"), ("elsewhere", "ap-south-1")])
def test_profile_that_was_chosen_before(variable: str, name: str, region: str) -> None:
    """One that the file lacks (``~/.aws`` may have it) would be an error of every client."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(variable, name)
        with mock_aws():
            assert botocore.session.Session().get_config_variable("region") == region
            assert "aiomoto" not in os.environ.get(variable, "")
        assert os.environ[variable] == name


@pytest.mark.usefixtures("file")
def test_nested_mocks_and_ends_in_any_order() -> None:
    def region() -> Any:
        return boto3.session.Session(profile_name="plain").region_name

    outer, inner = mock_aws(), mock_aws()
    outer.start()
    inner.start()
    assert region() == "eu-west-3"
    outer.stop()
    assert region() == "eu-west-3"
    inner.stop()


@pytest.mark.usefixtures("file")
def test_region_of_the_mock_goes_before_the_files() -> None:
    with mock_aws(region="us-west-2"):
        assert boto3.session.Session(profile_name="plain").region_name == "us-west-2"


@pytest.mark.usefixtures("file")
def test_real_credentials_where_the_user_wants_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """The profile's go before those of the environment, as without a mock."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAMINE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "mine")
    with mock_aws(config={"core": {"mock_credentials": False}}):
        session = boto3.session.Session(profile_name="keys")
        assert session.get_credentials().access_key == "AKIAREAL"
        assert session.region_name == "eu-west-3"


@pytest.mark.asyncio
async def test_an_address_in_the_file_counts_as_aws(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, clients: ModuleType, backend: str
) -> None:
    path = tmp_path / "config"
    path.write_text(
        "[default]\nendpoint_url = https://aws.local:4566\nservices = here\n"
        "[services here]\nsqs =\n  endpoint_url = http://localhost:9324\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(path))
    assert named_file(os.environ).endpoints == (
        Endpoint("aws.local", 4566, ""),
        Endpoint("localhost", 9324, "", "SQS"),
    )
    with mock_aws():
        async with clients.aio("s3", backend) as s3:
            assert s3.meta.endpoint_url == "https://aws.local:4566"
            assert (await s3.list_buckets())["Buckets"] == []
        async with clients.aio("sqs", backend) as sqs:
            assert sqs.meta.endpoint_url == "http://localhost:9324"
            assert "QueueUrls" not in await sqs.list_queues()


def test_an_address_in_the_file_that_is_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "config").write_text("[default]\nendpoint_url = http://[bad\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    with pytest.raises(InvalidOption, match=r"variable AWS_CONFIG_FILE: 'http://\[bad' is not an"):
        mock_aws().start()


@pytest.mark.parametrize("text", ["no section", "[default]\n[default]\n", b"\xff\xfe["])
def test_a_file_that_can_not_be_parsed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str | bytes
) -> None:
    path = tmp_path / "config"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    monkeypatch.setenv("AWS_CONFIG_FILE", str(path))
    environ = dict(os.environ)
    with pytest.raises(InvalidOption) as caught:
        mock_aws().start()
    text = str(caught.value)
    assert text.startswith(
        "The environment variable AWS_CONFIG_FILE names a file that no AWS client can read: "
    )
    assert str(path) in text
    assert text.endswith("Repair it, or unset the variable: a mock needs no configuration file.")
    assert dict(os.environ) == environ


@pytest.mark.parametrize("value", ["", os.devnull, "/no/such/file"])
def test_a_file_that_is_none(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", value)
    assert named_file(os.environ) == NO_FILE
    with mock_aws():
        assert boto3.session.Session().region_name == "us-east-1"
        assert boto3.session.Session().available_profiles == []


def test_a_session_made_in_a_mock_with_its_own_provider_keeps_it() -> None:
    """Only the environment is put first again, where botocore had left it out."""
    from botocore.credentials import CredentialProvider, Credentials

    class Mine(CredentialProvider):  # type: ignore[misc]
        METHOD = "mine"

        def load(self) -> Any:
            return Credentials("MINE", "secret")

    with mock_aws():
        session = botocore.session.Session()
        session.get_component("credential_provider").insert_before("env", Mine())
        assert session.get_credentials().access_key == "MINE"
