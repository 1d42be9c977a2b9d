"""The texts of errors: what was given, what is allowed, what to do."""

from __future__ import annotations

import copy
import pickle

import pytest

import aiomoto
from aiomoto import (
    AiomotoError,
    ConflictingDistribution,
    IncompatibleLibrary,
    InvalidOption,
    PluginError,
    RealRequestBlocked,
    UnsupportedOperation,
)
from aiomoto.errors import add_note


def test_blocked_request_names_what_was_asked_and_what_to_do() -> None:
    url = "https://minio.local:9000/bucket/key?x=y"
    error = RealRequestBlocked(url, service="s3", operation="GetObject")
    assert str(error) == (
        "s3: GetObject would have left for https://minio.local:9000/bucket/key?x=y, which is not "
        "an AWS address. Nothing was sent. To have it answered by moto, use "
        "mock_aws(endpoints=['https://minio.local:9000']); to let it through to the real network, "
        "use mock_aws(config={'core': {'passthrough': {'urls': ['https://minio.local:9000']}}})."
    )
    assert (error.url, error.service, error.operation) == (url, "s3", "GetObject")


def test_a_blocked_request_with_another_url_in_its_query() -> None:
    error = RealRequestBlocked("https://a.example/k?to=http://b.example/")
    assert "mock_aws(endpoints=['https://a.example'])" in str(error)
    assert "'urls': ['https://a.example']" in str(error)


@pytest.mark.parametrize(
    ("host", "pattern"),
    [("s3.amazonaws.com", "https?://s3.amazonaws.com"), ("[fd00:ec2::23]", r"https?://\\[fd00")],
)
def test_a_blocked_connection(host: str, pattern: str) -> None:
    error = RealRequestBlocked(host, asked_by="urllib3")
    assert str(error).startswith(f"urllib3 would have connected to {host}, which is AWS")
    assert f"'urls': ['{pattern}" in str(error)


def test_blocked_request_of_which_nothing_is_known() -> None:
    error = RealRequestBlocked("http://example.org", service=None, operation=None)
    assert str(error).startswith("an AWS client: a request would have left for http://example.org,")


def test_unsupported_operation() -> None:
    error = UnsupportedOperation("s3", "GetObjectTorrent", moto_version="5.2.5")
    assert str(error) == "moto 5.2.5 does not implement GetObjectTorrent of s3."
    detail = UnsupportedOperation("s3", "X", moto_version="5.2.5", detail="Only with Docker.")
    assert str(detail) == "moto 5.2.5 does not implement X of s3. Only with Docker."
    assert (error.service, error.operation, error.moto_version) == (
        "s3",
        "GetObjectTorrent",
        "5.2.5",
    )


def test_incompatible_library() -> None:
    error = IncompatibleLibrary("aiohttp", "9.0", "aiohttp.connector.BaseConnector.connect")
    assert str(error) == (
        "aiomoto needs aiohttp.connector.BaseConnector.connect, which aiohttp 9.0 does not have. "
        "Nothing was patched. Install a version of aiohttp that this aiomoto supports "
        "(see the support table in its README), or a newer aiomoto."
    )


@pytest.mark.parametrize(
    ("error", "builtin"),
    [
        (InvalidOption, ValueError),
        (UnsupportedOperation, NotImplementedError),
        (IncompatibleLibrary, RuntimeError),
        (PluginError, RuntimeError),
        (ConflictingDistribution, ImportError),
        (RealRequestBlocked, Exception),
    ],
)
def test_errors_are_caught_by_their_family_and_by_python_s(
    error: type[Exception], builtin: type[Exception]
) -> None:
    assert issubclass(error, AiomotoError)
    assert issubclass(error, builtin)
    assert getattr(aiomoto, error.__name__) is error


def test_blocked_request_is_no_connection_error() -> None:
    """A client's retry loop takes those for a reason to try again."""
    assert not issubclass(RealRequestBlocked, OSError)


@pytest.mark.parametrize(
    "error",
    [
        InvalidOption("text"),
        RealRequestBlocked("http://a", service="s3", operation="X"),
        UnsupportedOperation("s3", "X", moto_version="5", detail="why"),
        IncompatibleLibrary("moto", "5", "a.b"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_errors_cross_processes(error: Exception) -> None:
    """pytest-xdist and concurrent.futures pickle what a test raised."""
    for other in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert type(other) is type(error)
        assert str(other) == str(error)
        assert vars(other) == vars(error)


def test_a_note_is_kept_on_every_python() -> None:
    error = ValueError("x")
    add_note(error, "one")
    add_note(error, "two")
    assert error.__notes__ == ["one", "two"]  # type: ignore[attr-defined, unused-ignore]


def test_a_warning_is_a_users() -> None:
    assert issubclass(aiomoto.AiomotoWarning, UserWarning)
    assert not issubclass(aiomoto.AiomotoWarning, AiomotoError)
