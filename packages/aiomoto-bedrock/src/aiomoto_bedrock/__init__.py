"""Amazon Bedrock for aiomoto: model calls, streams too, are answered with what the test says.

.. code-block:: python

    from aiomoto_bedrock import replies

    async with mock_aws(), session.create_client("bedrock-runtime") as bedrock:
        replies.add("It is sunny.")
        answer = await bedrock.converse_stream(modelId="model", messages=[...])
        async for event in answer["stream"]:
            ...
"""

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
