"""Core's own plugin: the rules of single services that hold where no package has better ones.

It owns nothing. Of its services it is asked for what their owners leave open.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from .. import packages
from ..request import AwsResponse
from ..warning import warn
from .marker import hookimpl

if TYPE_CHECKING:
    from ..interfaces import Engine
    from ..request import AwsRequest

#: moto waits for threads of its own there, which call back into moto; holding a lock around
#: them would wait for ever. Found by reading moto for ``Thread``, ``.join(`` and ``.wait(``.
_WAIT_FOR_THREADS = ("awslambda", "batch", "cloudformation", "stepfunctions", "swf")
#: moto's name of the hosts ``execute-api``; they are those of users' own APIs too.
_APIS = "apigatewaymanagementapi"
_CONNECTION = re.compile(r"/(@|%40)connections/")
_LONG_POLL = re.compile(rb"WaitTimeSeconds(\"\s*:\s*|=)[1-9]")


@hookimpl
def aiomoto_services() -> Sequence[str]:
    """Stand in for the owners of these services."""
    return (*_WAIT_FOR_THREADS, _APIS, "sqs")


@hookimpl
def aiomoto_handle(request: AwsRequest) -> AwsResponse | None:
    """Say that a path of a user's own API is not deployed, in moto's words.

    moto serves those that are for `requests` alone.
    """
    if request.service != _APIS or request.is_async or _CONNECTION.search(request.url):
        return None
    return AwsResponse.of(404, {"Content-Type": "text/plain"}, "Not yet implemented")


@hookimpl
def aiomoto_blocks(engine: Engine, request: AwsRequest) -> bool:
    """Services that wait for threads, and long polls of SQS: in real time, which may surprise."""
    if request.service != "sqs":
        return request.service in _WAIT_FOR_THREADS
    if request.operation != "ReceiveMessage" or _LONG_POLL.search(request.body) is None:
        return False
    if engine.clock.virtual and "sqs" not in engine.owners:
        warn(
            f"{request.label} waits in real time: nothing that is installed has SQS follow the "
            f"mock's virtual clock. {packages.does('sqs')}"
        )
    return True
