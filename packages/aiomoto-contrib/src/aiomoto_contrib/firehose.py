"""Firehose: moto posts records to an HTTP endpoint while it computes its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiomoto import ServicePlugin, hookimpl

if TYPE_CHECKING:
    from aiomoto import AwsRequest


class FirehosePlugin(ServicePlugin[None]):
    """Keeps the loop free while records are posted."""

    services = ("firehose",)

    @hookimpl
    def aiomoto_blocks(self, request: AwsRequest) -> bool:
        """A record may go to an endpoint, which may be a server in the loop of the caller."""
        return request.operation in ("PutRecord", "PutRecordBatch")


plugin = FirehosePlugin()
