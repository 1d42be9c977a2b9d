"""Amazon Bedrock for aiomoto: model calls, streams too, are answered with what the test says."""

from .__about__ import __version__
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
