"""Amazon Bedrock for aiomoto: model calls, streams too, are answered with what the test says."""

from typing import TYPE_CHECKING

from aiomoto.lazy import lazily

from .__about__ import __version__

if TYPE_CHECKING:
    from .supplied import Failure, InvalidReply, ModelRequest, Pause, Replies, Reply, replies

__all__ = [
    "Failure",
    "InvalidReply",
    "ModelRequest",
    "Pause",
    "Replies",
    "Reply",
    "__version__",
    "replies",
]

if not TYPE_CHECKING:
    __getattr__ = lazily(__name__, dict.fromkeys(__all__, "supplied"))
