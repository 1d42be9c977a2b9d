"""The fixtures, and what makes them at other scopes than a test's."""

from __future__ import annotations

import contextlib
import weakref
from collections.abc import Callable, Iterator, Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import pytest

from ..errors import InvalidOption
from ..options import kept, refuse_unknown
from .clients import AwsClients, AwsResources, Boto3Clients
from .loops import Scope, loop_of
from .settings import Settings, of_node, refuse

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ..mock import MockAWS
    from ..options import Options

_started: weakref.WeakKeyDictionary[Any, Settings] = weakref.WeakKeyDictionary()


def settings_of_mock(mock: object) -> Settings | None:
    """What markers and file asked of this mock's fixture; None for somebody else's mock."""
    return _started.get(mock)


def _run(request: pytest.FixtureRequest, given: Mapping[str, Any]) -> Iterator[MockAWS]:
    from ..mock import mock_aws

    asked = of_node(request.node)
    mock = mock_aws(**asked.changed(given).arguments)
    _started[mock] = asked
    with contextlib.ExitStack() as running:
        try:
            running.enter_context(mock)
        except InvalidOption as error:
            refuse(str(error))
        yield mock


@pytest.fixture
def aws(request: pytest.FixtureRequest) -> Iterator[MockAWS]:
    """A running mock of AWS, empty at first: ``aws.calls``, ``aws.reset()``, ``aws.clock``.

    Its settings are those of the marker ``aws`` and of the configuration file.
    """
    yield from _run(request, {})


def aws_fixture(
    scope: Scope = "function",
    *,
    config: Mapping[str, Any] | None = None,
    **options: Unpack[Options],
) -> Any:
    """The fixture ``aws`` at another scope, or with other settings.

    ``aws = aws_fixture("module")`` in a test module or a conftest takes the place
    of ``aws`` there, also below the other fixtures. It takes the arguments of
    ``mock_aws``; those that are given win over markers and the configuration file.
    """
    refuse_unknown("aws_fixture()", options)
    given = {"config": config, **kept(options)}

    @pytest.fixture(scope=scope)
    def aws(request: pytest.FixtureRequest) -> Iterator[MockAWS]:
        """A running mock of AWS, empty when its scope begins."""
        yield from _run(request, given)

    return aws


@pytest.fixture
def aws_session(aws: MockAWS) -> Any:
    """An aiobotocore session; what it makes is the test's to close."""
    from ..sessions import aio_session

    return aio_session()


@pytest.fixture
def aws_client(request: pytest.FixtureRequest, aws: MockAWS, aws_session: Any) -> Iterator[Any]:
    """``s3 = await aws_client("s3")``: an aiobotocore client, closed at the end."""
    yield from _clients(request, AwsClients, lambda: aws_session)


def aws_client_fixture(scope: Scope, *, loop_scope: Scope | None = None) -> Any:
    """The fixture ``aws_client`` at another scope, on top of an ``aws`` of that scope or a wider.

    `loop_scope` names pytest-asyncio's loop in which it is awaited; by default
    that of async fixtures of this scope.
    """

    @pytest.fixture(scope=scope)
    def aws_client(request: pytest.FixtureRequest, aws: MockAWS) -> Iterator[Any]:
        """``s3 = await ...("s3")``: an aiobotocore client, closed when the scope ends."""
        from ..sessions import aio_session

        session = aio_session()
        yield from _clients(request, AwsClients, lambda: session, loop_scope)

    return aws_client


@pytest.fixture
def aws_resource(request: pytest.FixtureRequest, aws: MockAWS, aws_session: Any) -> Iterator[Any]:
    """``dynamodb = await aws_resource("dynamodb")``: an aioboto3 resource, closed at the end."""
    if find_spec("aioboto3") is None:
        refuse("The fixture aws_resource needs aioboto3: pip install aioboto3.")
    yield from _clients(request, AwsResources, lambda: aws_session)


@pytest.fixture
def boto3_client(aws: MockAWS) -> Iterator[Boto3Clients]:
    """``s3 = boto3_client("s3")``: a boto3 client, closed at the end."""
    clients = Boto3Clients()
    yield clients
    clients.close()


def _clients(
    request: pytest.FixtureRequest,
    kind: type[AwsClients],
    session: Callable[[], Any],
    loop_scope: Scope | None = None,
) -> Iterator[AwsClients]:
    loop = loop_of(request, loop_scope)
    yield kind(loop, session, request.fixturename or "aws_client")
    if loop is not None:
        loop.close_elsewhere()
