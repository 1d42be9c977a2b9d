"""What DynamoDB adds to core; core finds it through the entry point group ``aiomoto``."""

from __future__ import annotations

from aiomoto import hookimpl


@hookimpl
def aiomoto_services() -> list[str]:
    """Own DynamoDB, its streams and DAX, by the names of ``moto.backend_index``."""
    return ["dax", "dynamodb", "dynamodbstreams"]
