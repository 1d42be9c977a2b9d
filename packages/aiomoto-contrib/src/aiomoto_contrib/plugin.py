"""What the other services add to core; core finds it through the entry point group ``aiomoto``."""

from __future__ import annotations

from importlib.util import find_spec

from aiomoto import hookimpl

_SERVICES = (
    "awslambda",
    "batch",
    "bedrockruntime",
    "events",
    "firehose",
    "iotdata",
    "kinesis",
    "kinesisvideoarchivedmedia",
    "logs",
    "mediastoredata",
    "polly",
    "sns",
    "stepfunctions",
    "swf",
    "transcribe",
)


@hookimpl
def aiomoto_services() -> list[str]:
    """Own the services that stream, block or call back, by the names of ``moto.backend_index``.

    All other services need nothing but core and have no owner.
    """
    # moto has bedrockruntime since 5.2.
    return [name for name in _SERVICES if find_spec(f"moto.{name}")]
