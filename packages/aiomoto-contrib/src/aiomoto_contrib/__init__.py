"""The other services for aiomoto: those that stream, block or call back."""

from aiomoto_contrib.__about__ import __version__

__all__ = ["__version__"]
