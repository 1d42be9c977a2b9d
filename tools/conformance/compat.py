"""The private names of botocore, aiobotocore, requests and asyncio that the bridge stands on."""

from __future__ import annotations

import asyncio
import io
import weakref
from typing import Any

import aiobotocore.session
import botocore.client
import botocore.session
import requests
import requests.utils

_twin_sessions: weakref.WeakKeyDictionary[botocore.session.Session, Any] = (
    weakref.WeakKeyDictionary()
)

#: botocore's own way of a sync client to carry out a call.
sync_make_api_call = botocore.client.BaseClient._make_api_call


def replace_make_api_call(replacement: Any) -> None:
    """Cut in where every call of every sync client passes. Async clients override it."""
    botocore.client.BaseClient._make_api_call = replacement


def make_api_call(client: Any, operation_name: str, params: dict[str, Any]) -> Any:
    """The coroutine of an async client's call."""
    return client._make_api_call(operation_name, params)


def requests_response(
    request: requests.PreparedRequest,
    status: int,
    reason: str,
    headers: list[tuple[str, str]],
    content: bytes,
) -> requests.Response:
    """A response of requests that has been read."""
    response = requests.Response()
    response.request = request
    response.url = str(request.url)
    response.status_code = status
    response.reason = reason
    for name, value in headers:
        earlier = response.headers.get(name)
        response.headers[name] = value if earlier is None else f"{earlier}, {value}"
    response.encoding = requests.utils.get_encoding_from_headers(response.headers)
    response.raw = io.BytesIO(content)
    response._content = content
    response._content_consumed = True
    return response


def set_content(response: Any, content: bytes) -> None:
    """Give an AioAWSResponse a body that it does not have to read."""
    response._content = content


def share_exceptions(source: Any, target: Any) -> None:
    """Make two clients raise the same classes."""
    target._exceptions_factory = source._exceptions_factory


def key_arguments(client: Any) -> dict[str, Any]:
    """The credentials that a sync client has, as arguments of create_client."""
    credentials = client._get_credentials()
    if credentials is None:
        return {}
    frozen = credentials.get_frozen_credentials()
    return {
        "aws_access_key_id": frozen.access_key,
        "aws_secret_access_key": frozen.secret_key,
        "aws_session_token": frozen.token,
    }


def resolved_region(session: botocore.session.Session, arguments: dict[str, Any]) -> str | None:
    """The region that create_client took, also where it came from the environment."""
    region = session._resolve_region_name(arguments.get("region_name"), arguments.get("config"))
    return region if region is None else str(region)


def twin_session(session: botocore.session.Session) -> Any:
    """An AioSession with the configuration and the loaded models of a sync session.

    One for each sync session: the models are the costly part, and they are shared.
    """
    twin = _twin_sessions.get(session)
    if twin is None:
        twin = aiobotocore.session.AioSession()
        for name in ("data_loader", "config_store"):
            twin._components.register_component(name, session.get_component(name))
        for name in ("endpoint_resolver", "exceptions_factory"):
            component = session._get_internal_component(name)
            twin._internal_components.register_component(name, component)
        _twin_sessions[session] = twin
    twin._session_instance_vars = session._session_instance_vars
    for name in ("user_agent_name", "user_agent_version", "user_agent_extra"):
        setattr(twin, name, getattr(session, name))
    return twin


def aioboto3_session(twin: Any) -> Any:
    """The aioboto3 session on an AioSession.

    One for each: a second would register its handlers in the AioSession again.
    """
    import aioboto3

    if "_conformance_aioboto3" not in twin.__dict__:
        twin.__dict__["_conformance_aioboto3"] = aioboto3.Session(botocore_session=twin)
    return twin.__dict__["_conformance_aioboto3"]


def inside_running_loop() -> bool:
    """Whether this thread is already inside an event loop.

    So it is when one of moto's backends, answering a call, makes a call with boto3 itself.
    """
    return asyncio._get_running_loop() is not None
