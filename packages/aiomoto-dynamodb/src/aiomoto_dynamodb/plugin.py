"""What DynamoDB adds to core; core finds it through the entry point group ``aiomoto``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiomoto import hookimpl

if TYPE_CHECKING:
    from aiomoto.plugin.patches import Patches


class DynamoDBPlugin:
    """The hooks, and what they have put in while a mock is active."""

    def __init__(self) -> None:
        self._patches: Patches | None = None

    @hookimpl
    def aiomoto_services(self) -> list[str]:
        """Own DynamoDB, its streams and DAX, by the names of ``moto.backend_index``."""
        return ["dax", "dynamodb", "dynamodbstreams"]

    @hookimpl
    def aiomoto_activate(self) -> None:
        """Have exports and imports done by the request that asks for them, not by a thread."""
        from aiomoto.plugin.patches import Patches

        from .compat import Jobs

        patches = Patches()
        patches.put_in(Jobs().patches())
        self._patches = patches

    @hookimpl
    def aiomoto_deactivate(self) -> None:
        """Leave moto as it was."""
        patches, self._patches = self._patches, None
        if patches is not None:
            patches.take_out()


#: What the entry point names.
plugin = DynamoDBPlugin()
