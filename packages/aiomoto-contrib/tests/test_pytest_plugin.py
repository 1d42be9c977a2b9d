"""The fixtures in a run of their own."""

from __future__ import annotations

import pytest


def test_each_test_has_its_own(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import pytest

        @pytest.mark.asyncio
        @pytest.mark.parametrize("number", [1, 2])
        async def test_clicks(kinesis_client, kinesis_stream, number):
            put = {"StreamName": kinesis_stream, "Data": b"click", "PartitionKey": "1"}
            assert (await kinesis_client.put_record(**put))["SequenceNumber"] == "1"
            assert (await kinesis_client.list_streams())["StreamNames"] == [kinesis_stream]

        @pytest.mark.asyncio
        async def test_topic(sns_client, sns_topic):
            assert (await sns_client.list_topics())["Topics"] == [{"TopicArn": sns_topic}]

        def test_without_a_loop(sns_topic, boto3_client):
            boto3_client("sns").publish(TopicArn=sns_topic, Message="hello")
    """)
    pytester.runpytest_subprocess().assert_outcomes(passed=4)


def test_a_users_fixture_of_the_same_name_wins(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        shop_fixtures="""
            from aiomoto.pytest_plugin import client_fixture

            def pytest_configure(config):
                client_fixture(config, "sns", name="sns_client", max_pool_connections=3)
        """,
        test_shop="""
            import pytest

            @pytest.mark.asyncio
            async def test_topic(sns_client):
                assert sns_client.meta.config.max_pool_connections == 3
        """,
    )
    pytester.syspathinsert()
    pytester.runpytest_subprocess("-p", "shop_fixtures").assert_outcomes(passed=1)
