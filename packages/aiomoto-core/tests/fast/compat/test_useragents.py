"""The User-Agent header says in a mock what it says outside, however often it is written."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.context import start_as_current_context
from botocore.useragent import UserAgentString, register_feature_id

from aiomoto import mock_aws

CONFIGS = [
    None,
    Config(),
    Config(user_agent="mine/1"),
    Config(user_agent_extra="extra/2", user_agent_appid="app é"),
    Config(retries={"mode": "adaptive"}),
]


def words(agent: Any) -> list[Any]:
    """Of a header: its parts; features have no order."""
    return [
        sorted(part[2:].split(",")) if part.startswith("m/") else part
        for part in agent.to_string().split(" ")
    ]


def of(config: Config | None) -> Any:
    made = UserAgentString.from_environment().set_session_config("Botocore", "1.2", "session/3")
    return made.with_client_config(config)


@pytest.mark.parametrize("config", CONFIGS, ids=range(len(CONFIGS)))
@pytest.mark.parametrize("features", [(), ("WAITER",), ("WAITER", "PAGINATOR", "S3_TRANSFER")])
def test_it_says_the_same(config: Config | None, features: tuple[str, ...]) -> None:
    agent = of(config)
    with start_as_current_context():
        for feature in features:
            register_feature_id(feature)
        expected = words(agent)
        with mock_aws():
            assert [words(agent) for _ in range(3)] == [expected] * 3
    assert ("m/" in agent.to_string()) is False


def test_what_changes_afterwards_is_seen() -> None:
    config = Config(retries={"mode": "standard"})
    agent = of(config)
    with mock_aws():
        assert "retry-mode#standard" in agent.to_string()
        config.retries["mode"] = "adaptive"
        assert "retry-mode#adaptive" in agent.to_string()
        config.user_agent_extra = "later/1"
        assert agent.to_string().endswith("later/1")
        agent.set_client_features({"A"})
        assert " m/A " in agent.to_string()
        agent.set_session_config("Other", "2", None)
        assert agent.to_string().startswith("Other/2")


def test_clients_have_their_own() -> None:
    with mock_aws():
        agents = []
        for name in ("one", "two"):
            client = boto3.client("sqs", "us-east-1", config=Config(user_agent_appid=name))
            client.meta.events.register(
                "before-send", lambda request, **_: agents.append(request.headers["User-Agent"])
            )
            client.list_queues()
    texts = [one.decode() if isinstance(one, bytes) else one for one in agents]
    assert ["app/one" in texts[0], "app/two" in texts[1]] == [True, True]
