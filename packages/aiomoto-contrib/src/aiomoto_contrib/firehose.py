"""Firehose: moto posts records to an HTTP endpoint while it computes its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiomoto import hookimpl

if TYPE_CHECKING:
    from aiomoto.request import AwsRequest


@hookimpl
def aiomoto_services() -> list[str]:
    """Own Firehose, by its name in ``moto.backend_index``."""
    return ["firehose"]


@hookimpl
def aiomoto_blocks(request: AwsRequest) -> bool:
    """A record may go to an endpoint, which may be a server in the loop of the caller."""
    return request.operation in ("PutRecord", "PutRecordBatch")
