"""S3 for aiomoto."""

from aiomoto_s3.__about__ import __version__

__all__ = ["__version__"]
