"""The fixtures in a run of their own."""

from __future__ import annotations

import pytest


def test_callables_of_a_test_are_forgotten_with_it(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import json

        import pytest

        @pytest.mark.asyncio
        @pytest.mark.parametrize("number", [1, 2])
        async def test_orders(lambda_client, lambda_handlers, number):
            assert lambda_handlers.names == []

            async def orders(event, context):
                return number

            lambda_handlers.create("orders", orders)
            answer = await lambda_client.invoke(FunctionName="orders")
            assert json.loads(await answer["Payload"].read()) == number

        def test_without_a_loop(lambda_handlers, boto3_client):
            lambda_handlers.create("orders", lambda event, context: 3)
            answer = boto3_client("lambda").invoke(FunctionName="orders")
            assert answer["Payload"].read() == b"3"
    """)
    pytester.runpytest_subprocess().assert_outcomes(passed=3)
