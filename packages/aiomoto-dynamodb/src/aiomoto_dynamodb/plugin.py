"""What DynamoDB adds to core; core finds it through the entry point group ``aiomoto``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiomoto import hookimpl
from aiomoto.plugin.imports import ModulePatches

if TYPE_CHECKING:
    from aiomoto.plugin.patches import Patch

#: moto's backend, which has the modules that are changed as its parts.
_MODELS = "moto.dynamodb.models"


class DynamoDBPlugin:
    """The hooks, and what they have put in while a mock is active."""

    def __init__(self) -> None:
        self._patches = ModulePatches(_MODELS, _patches)

    @hookimpl
    def aiomoto_services(self) -> list[str]:
        """Own DynamoDB, its streams and DAX, by the names of ``moto.backend_index``."""
        return ["dax", "dynamodb", "dynamodbstreams"]

    @hookimpl
    def aiomoto_activate(self) -> None:
        """Have exports and imports done by the request that asks for them, not by a thread."""
        self._patches.put_in()

    @hookimpl
    def aiomoto_deactivate(self) -> None:
        """Leave moto as it was."""
        self._patches.take_out()


def _patches() -> list[Patch]:
    from .compat import Jobs

    return Jobs().patches()


#: What the entry point names.
plugin = DynamoDBPlugin()
