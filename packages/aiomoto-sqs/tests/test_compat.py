"""A moto that changed is refused by name, and nothing is patched."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from moto.sqs import models

from aiomoto import IncompatibleLibrary, mock_aws
from aiomoto_sqs.compat.queues import Sqs


@pytest.fixture
def untouched() -> Iterator[None]:
    before = (models.Queue.add_message, models.SQSBackend.receive_message, models.unix_time)
    yield
    assert before == (
        models.Queue.add_message,
        models.SQSBackend.receive_message,
        models.unix_time,
    )


@pytest.mark.usefixtures("untouched")
def test_a_missing_method_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(models.SQSBackend, "change_message_visibility")
    with pytest.raises(IncompatibleLibrary, match=r"SQSBackend\.change_message_visibility"):
        mock_aws().start()


@pytest.mark.usefixtures("untouched")
def test_a_missing_attribute_of_instances_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def other_init(self: object) -> None:
        """Sets nothing."""

    monkeypatch.setattr(models.Queue, "__init__", other_init)
    with pytest.raises(IncompatibleLibrary, match=r"Queue\._messages"):
        Sqs()
