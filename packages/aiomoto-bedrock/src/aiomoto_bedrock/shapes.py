"""What AWS's own model says of Bedrock runtime: are events well formed, which errors there are."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from .supplied import InvalidReply


@lru_cache(maxsize=1)
def _service() -> Any:
    from botocore.session import get_session

    return get_session().get_service_model("bedrock-runtime")


def _output(operation: str) -> Any:
    return _service().operation_model(operation).output_shape


@lru_cache(maxsize=1)
def _stream() -> Any:
    shape = _output("ConverseStream")
    return shape.members[shape.event_stream_name]


def check_event(event: Any) -> str:
    """The name of an event of ConverseStream; raises :class:`InvalidReply` for what is none."""
    names = [name for name, shape in _stream().members.items() if shape.serialization.get("event")]
    if not isinstance(event, Mapping) or len(event) != 1 or next(iter(event)) not in names:
        raise InvalidReply(
            "A part of a ConverseStream is a mapping with one key, its event, which is one of "
            f"{', '.join(names)}; or a Failure, or a Pause. Got {event!r}."
        )
    _check(event, _stream(), "event")
    return str(next(iter(event)))


def check_output(output: Mapping[str, Any]) -> None:
    """Raise :class:`InvalidReply` for what is no output of Converse."""
    _check(output, _output("Converse"), "output of Converse")


def _check(value: Any, shape: Any, what: str) -> None:
    from botocore.validate import ParamValidator

    report = ParamValidator().validate(value, shape)
    if report.has_errors():
        raise InvalidReply(f"This is no {what}: {report.generate_report()}\nGot {value!r}.")


def status_of(code: str) -> int:
    """The HTTP status of an error, 400 if the model doesn't know it."""
    if code not in _service().shape_names:
        return 400
    return int(_service().shape_for(code).metadata.get("error", {}).get("httpStatusCode", 400))


def member_of(operation: str, code: str) -> str | None:
    """The name that an error has in the stream of an operation; None if it can't be there."""
    shape = _output(operation)
    for name, member in shape.members[shape.event_stream_name].members.items():
        if code in (member.name, name) and not member.serialization.get("event"):
            return str(name)
    return None


def as_json(value: Any) -> Any:
    """For ``json.dumps(default=...)``: blobs in Base64, as REST-JSON has them."""
    if isinstance(value, (bytes, bytearray)):
        return b64encode(value).decode()
    if isinstance(value, Mapping):
        return dict(value)
    raise InvalidReply(f"A reply holds what JSON can, and bytes; got {value!r}.")
