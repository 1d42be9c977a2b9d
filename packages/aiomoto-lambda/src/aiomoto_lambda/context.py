"""What a function is told about itself and about the invocation.

Source: AWS Lambda Developer Guide, "Using the Lambda context object to retrieve Python
function information".
"""

from __future__ import annotations

import base64
import json
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timezone
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aiomoto import Clock


@dataclass(frozen=True)
class Function:
    """A function, or a version of one, as moto has it and as it was asked for."""

    name: str
    #: Without a qualifier.
    arn: str
    #: ``$LATEST`` or a number.
    version: str = "$LATEST"
    #: The version or alias that was asked for, if one was.
    qualifier: str | None = None
    #: Seconds.
    timeout: int = 3
    #: MiB.
    memory_size: int = 128

    @property
    def invoked_arn(self) -> str:
        return f"{self.arn}:{self.qualifier}" if self.qualifier else self.arn

    @property
    def keys(self) -> list[str]:
        """What a callable may be registered for, to be this function; the most special first."""
        qualifiers = [one for one in (self.qualifier, self.version) if one]
        bases = (self.arn, self.name)
        return [*(f"{base}:{one}" for base in bases for one in qualifiers), *bases]


@dataclass(frozen=True)
class Context:
    """The second argument of a handler."""

    function_name: str
    function_version: str
    #: With the qualifier that was asked for, if any.
    invoked_function_arn: str
    #: MiB; a string, as Lambda's runtime for Python has it.
    memory_limit_in_mb: str
    aws_request_id: str
    log_group_name: str
    log_stream_name: str
    #: Of a mobile app; has ``custom``, ``env`` and ``client``. None unless the caller gave one.
    client_context: Any = None
    #: ``cognito_identity_id`` and ``cognito_identity_pool_id``, both None.
    identity: Any = field(
        default_factory=lambda: SimpleNamespace(
            cognito_identity_id=None, cognito_identity_pool_id=None
        )
    )
    _clock: Clock | None = field(default=None, repr=False, compare=False)
    _deadline: float = field(default=0.0, repr=False, compare=False)

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until the function times out, by the mock's clock."""
        assert self._clock is not None
        return max(round((self._deadline - self._clock.time()) * 1000), 0)


def context_for(
    function: Function, clock: Clock, request_id: str, client_context: str | None = None
) -> Context:
    """The context of an invocation that begins now.

    :param client_context: the header ``X-Amz-Client-Context``, base64 of JSON.
    :raises ValueError: if it is not.
    """
    day = datetime.fromtimestamp(clock.time(), timezone.utc).strftime("%Y/%m/%d")
    # One log stream for all that a function does on a day, as of one warm sandbox.
    sandbox = uuid.uuid5(uuid.NAMESPACE_URL, f"{function.arn}:{function.version}").hex
    return Context(
        function_name=function.name,
        function_version=function.version,
        invoked_function_arn=function.invoked_arn,
        memory_limit_in_mb=str(function.memory_size),
        aws_request_id=request_id,
        log_group_name=f"/aws/lambda/{function.name}",
        log_stream_name=f"{day}/[{function.version}]{sandbox}",
        client_context=_client_context(client_context),
        _clock=clock,
        _deadline=clock.time() + function.timeout,
    )


def _client_context(header: str | None) -> Any:
    if not header:
        return None
    given = json.loads(base64.b64decode(header))
    if not isinstance(given, dict):
        raise ValueError(f"a client context is a JSON object, got {given!r}")
    return SimpleNamespace(
        custom=given.get("custom"), env=given.get("env"), client=given.get("client")
    )
