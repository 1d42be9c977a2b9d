"""SQS for aiomoto."""

from aiomoto_sqs.__about__ import __version__

__all__ = ["__version__"]
