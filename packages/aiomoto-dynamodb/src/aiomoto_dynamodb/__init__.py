"""DynamoDB for aiomoto."""

from aiomoto_dynamodb.__about__ import __version__

__all__ = ["__version__"]
