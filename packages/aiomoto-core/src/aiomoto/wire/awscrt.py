"""awscrt: AWS's client in C, which no patch of Python's sockets sees.

boto3's transfers take their classic way inside a mock, which is answered. What else asks
awscrt for AWS is refused in its Python functions; a package that answers there comes before
them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from ..compat import attribute, require
from ..errors import RealRequestBlocked
from ..request import Call, headers_of

if TYPE_CHECKING:
    from ..interfaces import Front
    from ..plugin.patches import Patch


def transfers(front: Front) -> list[Patch]:
    """Have boto3's transfers do without awscrt, also where it is asked for."""
    if not require("botocore", "botocore.compat", "HAS_CRT"):
        return []
    create = attribute("boto3", "boto3.s3.transfer", "create_crt_transfer_manager")
    original = create.original

    def create_crt_transfer_manager(*args: Any, **kwargs: Any) -> Any:
        """Make none, as where the region is another: boto3 takes its classic one then."""
        return None if front.active else original(*args, **kwargs)

    return [create.patch(create_crt_transfer_manager)]


def connections(front: Front, module: str) -> list[Patch]:
    """Refuse connections, and requests on those that were made before."""
    require("awscrt", "awscrt.http", "HttpClientConnection", "new")
    require("awscrt", "awscrt.http", "HttpClientConnection", "request")
    found: list[Patch] = []
    for cls in vars(sys.modules[module]).values():
        if (
            isinstance(cls, type)
            and cls.__module__ == module
            and {"new", "request"} <= {*vars(cls)}
        ):
            found.append((cls, "new", classmethod(_connecting(front, vars(cls)["new"].__func__))))
            found.append((cls, "request", _requesting(front, vars(cls)["request"])))
    return found


def _connecting(front: Front, original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def new(cls: Any, host_name: str, port: int, *args: Any, **kwargs: Any) -> Any:
        _refuse(front, _url(host_name, port), ())
        return original(cls, host_name, port, *args, **kwargs)

    return new


def _requesting(front: Front, original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def request(self: Any, request: Any, *args: Any, **kwargs: Any) -> Any:
        _refuse(front, _url(self.host_name, self.port) + request.path, request.headers)
        return original(self, request, *args, **kwargs)

    return request


def credentials(front: Front) -> list[Patch]:
    """Refuse providers of credentials that would ask AWS for them, in C, by its address."""
    found: list[Patch] = []
    for name in ("new_cognito", "new_x509"):
        make = attribute("awscrt", "awscrt.auth", "AwsCredentialsProvider", name)
        found.append(make.patch(classmethod(_providing(front, make.original.__func__))))
    return found


def _providing(front: Front, original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def new(cls: Any, *, endpoint: str, **kwargs: Any) -> Any:
        _refuse(front, _url(endpoint, 443), ())
        return original(cls, endpoint=endpoint, **kwargs)

    return new


def s3_clients(front: Front) -> list[Patch]:
    """Refuse requests of awscrt's own client for S3, which signs them later, in C."""
    make = attribute("awscrt", "awscrt.s3", "S3Client", "make_request")
    original = make.original

    @wraps(original)
    def make_request(self: Any, *, request: Any, **kwargs: Any) -> Any:
        url = f"https://{request.headers.get('Host') or ''}{request.path}"
        _refuse(front, url, request.headers, Call("s3", kwargs.get("operation_name")))
        return original(self, request=request, **kwargs)

    return [make.patch(make_request)]


def websockets(front: Front) -> list[Patch]:
    """Refuse websockets, such as those of AWS IoT."""
    connect = attribute("awscrt", "awscrt.websocket", "connect")
    original = connect.original

    @wraps(original)
    def connect_checked(*, host: str, port: int | None = None, **kwargs: Any) -> Any:
        _refuse(front, _url(host, port or 443), ())
        return original(host=host, port=port, **kwargs)

    return [connect.patch(connect_checked)]


def mqtt(front: Front) -> list[Patch]:
    """Refuse the connections of MQTT 3."""
    connect = attribute("awscrt", "awscrt.mqtt", "Connection", "connect")
    original = connect.original

    @wraps(original)
    def connect_checked(self: Any) -> Any:
        _refuse(front, _url(self.host_name, self.port), ())
        return original(self)

    return [connect.patch(connect_checked)]


def mqtt5(front: Front) -> list[Patch]:
    """Refuse the clients of MQTT 5, when they are made."""
    make = attribute("awscrt", "awscrt.mqtt5", "Client", "__init__")
    original = make.original

    @wraps(original)
    def __init__(self: Any, client_options: Any) -> None:
        _refuse(front, _url(client_options.host_name, client_options.port or 443), ())
        original(self, client_options)

    return [make.patch(__init__)]


def _url(host: str, port: int) -> str:
    host = f"[{host}]" if ":" in host else host
    return f"{'https' if port == 443 else 'http'}://{host}:{port}"


def _refuse(front: Front, url: str, headers: Any, call: Call | None = None) -> None:
    if front.judge(url, headers_of(tuple(headers)), call) is not None:
        raise RealRequestBlocked(url, asked_by="awscrt")
