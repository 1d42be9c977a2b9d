"""The fixtures in a run of their own."""

from __future__ import annotations

import pytest


def test_replies_of_a_test_are_forgotten_with_it(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import pytest

        @pytest.mark.asyncio
        @pytest.mark.parametrize("text", ["It is sunny.", "It rains."])
        async def test_weather(bedrock_client, bedrock_replies, text):
            assert bedrock_replies.left == 0
            bedrock_replies.add(text, times=2)
            question = [{"role": "user", "content": [{"text": "How is it?"}]}]
            answer = await bedrock_client.converse(modelId="model", messages=question)
            assert answer["output"]["message"]["content"] == [{"text": text}]

        def test_without_a_loop(bedrock_replies, boto3_client):
            bedrock_replies.add(b"{}")
            client = boto3_client("bedrock-runtime")
            answer = client.invoke_model(modelId="model", body=b"{}")
            assert answer["body"].read() == b"{}"
    """)
    pytester.runpytest_subprocess().assert_outcomes(passed=3)
