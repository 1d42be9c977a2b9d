"""What DynamoDB adds to core; core finds it through the entry point group ``aiomoto``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiomoto import ServicePlugin
from aiomoto.plugin.patches import Prepared

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aiomoto.engine import Engine
    from aiomoto.plugin.patches import Patch


class DynamoDBPlugin(ServicePlugin[None]):
    """Has exports and imports done by the request that asks for them, not by a thread."""

    services = ("dax", "dynamodb", "dynamodbstreams")
    #: moto's backend, which has the modules that are changed as its parts.
    module = "moto.dynamodb.models"

    def __init__(self) -> None:
        super().__init__()
        self._prepared = Prepared(self.module, _patches)

    def begin(self, engine: Engine) -> tuple[None, Sequence[Patch]]:
        """Take the place of moto's threads."""
        return None, self._prepared.get()


def _patches() -> list[Patch]:
    from .compat import Jobs

    return Jobs().patches()


#: What the entry point names.
plugin = DynamoDBPlugin()
