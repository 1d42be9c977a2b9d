"""Bedrock runtime: model calls, streaming ones too, are answered with what the test supplies.

.. code-block:: python

    from aiomoto_contrib.bedrockruntime import replies

    async with mock_aws(), session.create_client("bedrock-runtime") as bedrock:
        replies.add("It is sunny.")
        answer = await bedrock.converse_stream(modelId="model", messages=[...])
        async for event in answer["stream"]:
            ...
"""

from .supplied import Failure, InvalidReply, ModelRequest, Pause, Replies, Reply, replies

__all__ = ["Failure", "InvalidReply", "ModelRequest", "Pause", "Replies", "Reply", "replies"]
