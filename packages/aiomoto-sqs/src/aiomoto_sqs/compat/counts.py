"""moto's looks through all messages of a queue.

moto counts all messages of a queue three times for each message that is sent, and
twelve times for each that is received, and looks at the clock for each of them.
"""

from __future__ import annotations

from typing import Any

from aiomoto import Patch
from aiomoto.compat.names import attribute, require, require_attributes

_MODELS = "moto.sqs.models"


def patches() -> list[Patch]:
    """The same results, with one look at the clock for all messages."""
    models = require("moto", _MODELS)
    require("moto", _MODELS, "unix_time_millis")
    prefix = "approximate_number_of_messages"
    visible = attribute("moto", _MODELS, "Queue", "messages")
    all_delayed = attribute("moto", _MODELS, "Queue", f"{prefix}_delayed")
    all_invisible = attribute("moto", _MODELS, "Queue", f"{prefix}_not_visible")
    name = "is_message_valid_based_on_retention_period"
    validity = attribute("moto", _MODELS, "SQSBackend", name)
    require("moto", _MODELS, "SQSBackend", "get_queue")
    require_attributes("moto", _MODELS, "Queue", "_messages")
    own = ("visible_at", "delayed_until", "sent_timestamp")
    require_attributes("moto", _MODELS, "Message", *own)

    def messages(queue: Any) -> list[Any]:
        now = models.unix_time_millis()
        return [
            message
            for message in queue._messages
            if now >= message.visible_at and now >= message.delayed_until
        ]

    def delayed(queue: Any) -> int:
        now = models.unix_time_millis()
        return sum(now < message.delayed_until for message in queue._messages)

    def not_visible(queue: Any) -> int:
        now = models.unix_time_millis()
        return sum(now < message.visible_at for message in queue._messages)

    def is_valid(backend: Any, queue_name: str, message: Any) -> bool:
        retention = backend.get_queue(queue_name).message_retention_period * 1000
        return bool(message.sent_timestamp > models.unix_time_millis() - retention)

    return [
        visible.patch(property(messages)),
        all_delayed.patch(property(delayed)),
        all_invisible.patch(property(not_visible)),
        validity.patch(is_valid),
    ]
