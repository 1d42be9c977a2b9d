"""moto's EventBridge: the place where a rule gives an event to its targets."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

from aiomoto import Patch
from aiomoto.asking import Arn
from aiomoto.compat.names import require, require_attributes

_MODELS = "moto.events.models"
#: What moto has no delivery for.
SERVICES = frozenset({"lambda", "states", "sns", "kinesis"})


class Events:
    """moto's EventBridge, in moto 5.1 and 5.2."""

    def __init__(self) -> None:
        self._class = require_attributes("moto", _MODELS, "Rule", "targets", "event_pattern")
        self._send = require("moto", _MODELS, "Rule", "send_to_targets")
        self._parser = require_attributes(
            "moto", "moto.events.utils", "EventTemplateParser", "parse"
        )
        self.invokes_http = require("moto", "moto.settings", "events_invoke_http")

    def patches(self, take: Callable[[dict[str, Any], Any], None]) -> list[Patch]:
        """Have ``take(target, event)`` called for each target that moto can't serve."""

        def send_to_targets(rule: Any, original_event: Any, transform_input: bool = True) -> Any:
            targets = rule.targets
            ours = [one for one in targets if Arn.of(one["Arn"]).service in SERVICES]
            if not ours:
                return self._send(rule, original_event, transform_input)
            if not rule.event_pattern.matches_event(original_event):
                return None
            for target in ours:
                take(target, self._event_for(target, original_event))
            rule.targets = [one for one in targets if one not in ours]
            try:
                return self._send(rule, original_event, transform_input)
            finally:
                rule.targets = targets

        return [(self._class, "send_to_targets", send_to_targets)]

    def _event_for(self, target: dict[str, Any], original: dict[str, Any]) -> Any:
        """What a target gets: all of the event, a part, another text, or its own template.

        Source: EventBridge User Guide, "Amazon EventBridge input transformation".
        """
        event = {key: value for key, value in original.items() if key != "ingestion-time"}
        if isinstance(event.get("time"), (int, float)):
            at = datetime.fromtimestamp(event["time"], timezone.utc)
            event["time"] = f"{at:%Y-%m-%dT%H:%M:%SZ}"
        if "Input" in target:
            return json.loads(target["Input"])
        if "InputPath" in target:
            from jsonpath_ng.ext import parse  # type: ignore[attr-defined]

            found = parse(target["InputPath"]).find(event)
            return found[0].value if found else None
        if "InputTransformer" in target:
            transformer = target["InputTransformer"]
            return self._parser.parse(
                input_template=transformer.get("InputTemplate"),
                input_paths_map=transformer.get("InputPathsMap", {}),
                event={"ingestion-time": event.get("time", ""), **event},
            )
        return event
