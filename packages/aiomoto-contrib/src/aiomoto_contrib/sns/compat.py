"""moto's SNS: the place where a subscription is given a message."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aiomoto import Patch
from aiomoto.compat.names import require, require_attributes

_MODELS = "moto.sns.models"


@dataclass
class Delivery:
    """One message for one subscription, past its filter policy."""

    #: moto's, with ``protocol``, ``endpoint``, ``arn`` and ``topic``.
    subscription: Any
    message: str
    message_id: str
    subject: str | None
    #: Name to ``{"Type": ..., "Value": ...}``.
    attributes: dict[str, Any]

    @property
    def raw(self) -> bool:
        """Whether the endpoint gets the message alone."""
        return self.subscription.attributes.get("RawMessageDelivery") in (True, "true")

    def notification(self) -> dict[str, Any]:
        """The message with what SNS says about it, signed by moto, which computes for that."""
        made: dict[str, Any] = self.subscription.get_post_data(
            self.message, self.message_id, self.subject, message_attributes=self.attributes
        )
        return made


class Sns:
    """moto's SNS, in moto 5.1 and 5.2."""

    def __init__(self) -> None:
        attributes = ("protocol", "endpoint", "arn", "topic", "attributes")
        used = ("get_post_data", "_parse_message_structure", "_filter_policy_matcher")
        self._class = require_attributes("moto", _MODELS, "Subscription", *attributes, *used)
        self._publish = require("moto", _MODELS, "Subscription", "publish")
        #: Whether moto's configuration lets a URL out to the network.
        self.lets_out = require("moto", "moto.core.config", "passthrough_url")

    def patches(self, take: Callable[[Delivery], bool]) -> list[Patch]:
        """Have ``take`` asked about each delivery; True if it sees to it, False if moto has to."""

        def publish(
            subscription: Any,
            message: str,
            message_id: str,
            subject: str | None = None,
            message_attributes: dict[str, Any] | None = None,
            *args: Any,
            **kwargs: Any,
        ) -> Any:
            def by_moto() -> Any:
                return self._publish(
                    subscription, message, message_id, subject, message_attributes, *args, **kwargs
                )

            if subscription.protocol not in ("http", "https", "lambda"):
                return by_moto()
            attributes, matcher = message_attributes or {}, subscription._filter_policy_matcher
            if matcher is not None and not matcher.matches(attributes, message):
                return None
            text = message
            if kwargs.get("message_structure") == "json":
                text = subscription._parse_message_structure(message, subscription.protocol)
            if take(Delivery(subscription, text, message_id, subject, attributes)):
                return None
            return by_moto()

        return [(self._class, "publish", publish)]
