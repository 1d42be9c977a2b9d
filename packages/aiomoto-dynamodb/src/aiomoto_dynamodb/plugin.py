"""What DynamoDB adds to core; core finds it through the entry point group ``aiomoto``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiomoto import ServicePlugin

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aiomoto import Patch


class DynamoDBPlugin(ServicePlugin[None]):
    """Has exports and imports done by the request that asks for them, not by a thread."""

    services = ("dax", "dynamodb", "dynamodbstreams")
    #: moto's backend, which has the modules that are changed as its parts.
    module = "moto.dynamodb.models"

    def patches(self) -> Sequence[Patch]:
        from .compat import patches

        return patches()


plugin = DynamoDBPlugin()
