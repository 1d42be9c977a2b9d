"""botocore's endpoint rule sets: built once from the same documents, whatever client asks.

So are the endpoints that they give for the same parameters.
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ..compat import require
from .views import View, view

if TYPE_CHECKING:
    from ..plugin.patches import Patch

#: By the identity of the two documents: the rule set, and the documents so that they stay.
_rule_sets: dict[tuple[int, int], tuple[Any, Any, Any]] = {}


class _Building(threading.local):
    """The rule set that the provider being made in this thread is to have."""

    rule_set: Any = None


def patches(optimises: Callable[[], bool]) -> list[Patch]:
    """What to replace in botocore while a mock is active."""
    module = require("botocore", "botocore.endpoint_provider")
    rule_set_class = require("botocore", "botocore.endpoint_provider", "RuleSet")
    provider_class = require("botocore", "botocore.endpoint_provider", "EndpointProvider")
    for name in ("evaluate", "process_input_parameters"):
        require("botocore", "botocore.endpoint_provider", "RuleSet", name)
    make_provider = provider_class.__init__
    building = _Building()

    def rule_set(**document: Any) -> Any:
        """A new rule set, or the one that there is."""
        return rule_set_class(**document) if building.rule_set is None else building.rule_set

    def init(self: Any, ruleset_data: Any, partition_data: Any, *args: Any, **kwargs: Any) -> None:
        """A provider; its rule set is never changed, so that of an earlier one does.

        But not if somebody looked into a document, and might have changed it.
        """
        if not (optimises() and _is_shared(ruleset_data) and _is_shared(partition_data)):
            make_provider(self, ruleset_data, partition_data, *args, **kwargs)
            return
        rules, partitions = ruleset_data.source, partition_data.source
        found = _rule_sets.get((id(rules), id(partitions)))
        if found is None:
            made = rule_set_class(**view(rules), partitions=view(partitions))
            made.evaluate = _remembering(made, optimises)
            found = _rule_sets[id(rules), id(partitions)] = (made, rules, partitions)
        building.rule_set = found[0]
        try:
            make_provider(self, {}, {}, *args, **kwargs)
        finally:
            building.rule_set = None

    return [(module, "RuleSet", rule_set), (provider_class, "__init__", init)]


def _remembering(rule_set: Any, optimises: Callable[[], bool]) -> Callable[[dict[str, Any]], Any]:
    evaluate = rule_set.evaluate

    @lru_cache(maxsize=1000)
    def known(parameters: tuple[tuple[str, type, Any], ...]) -> Any:
        return evaluate({name: value for name, _, value in parameters})

    def quick_evaluate(input_parameters: dict[str, Any]) -> Any:
        """The endpoint for the parameters, an object of the caller's own; None if there is none."""
        if not optimises():
            return evaluate(input_parameters)
        rule_set.process_input_parameters(input_parameters)  # checks and completes them
        given = tuple((name, type(one), one) for name, one in sorted(input_parameters.items()))
        try:
            hash(given)
        except TypeError:  # a parameter that is a list
            return evaluate(input_parameters)
        return copy.deepcopy(known(given))

    return quick_evaluate


def _is_shared(document: Any) -> bool:
    return isinstance(document, View) and document.is_untouched()
