"""botocore's endpoint rule sets: built once from the same documents, whatever client asks.

So are the endpoints that they give for the same parameters.
"""

from __future__ import annotations

import copy
import threading
from functools import lru_cache
from typing import Any

from ..compat import attribute, require
from ..plugin.patches import Patch
from .views import View, view

_MODULE = "botocore.endpoint_provider"
#: Set on a rule set that several providers have.
_SHARED = "_aiomoto_shared"
#: By the identity of the two documents: the rule set, and the documents so that they stay.
_rule_sets: dict[tuple[int, int], tuple[Any, Any, Any]] = {}


class _Building(threading.local):
    """The rule set that the provider being made in this thread is to have."""

    rule_set: Any = None


def patches() -> list[Patch]:
    """Rule sets and their endpoints, once for the same documents and parameters."""
    rule_sets = attribute("botocore", _MODULE, "RuleSet")
    providers = attribute("botocore", _MODULE, "EndpointProvider", "__init__")
    answers = attribute("botocore", _MODULE, "RuleSet", "evaluate")
    require("botocore", _MODULE, "RuleSet", "process_input_parameters")
    rule_set_class, make_provider = rule_sets.original, providers.original
    evaluate = answers.original
    building = _Building()

    def rule_set(**document: Any) -> Any:
        return rule_set_class(**document) if building.rule_set is None else building.rule_set

    def init(self: Any, ruleset_data: Any, partition_data: Any, *args: Any, **kwargs: Any) -> None:
        """A provider; its rule set is never changed, so that of an earlier one does.

        But not if somebody looked into a document, and might have changed it.
        """
        if not (_is_shared(ruleset_data) and _is_shared(partition_data)):
            make_provider(self, ruleset_data, partition_data, *args, **kwargs)
            return
        rules, partitions = ruleset_data.source, partition_data.source
        known = _rule_sets.get((id(rules), id(partitions)))
        if known is None:
            made = rule_set_class(**view(rules), partitions=view(partitions))
            setattr(made, _SHARED, True)
            known = _rule_sets[id(rules), id(partitions)] = (made, rules, partitions)
        building.rule_set = known[0]
        try:
            make_provider(self, {}, {}, *args, **kwargs)
        finally:
            building.rule_set = None

    @lru_cache(maxsize=4096)
    def known_endpoint(rules: Any, parameters: tuple[tuple[str, type, Any], ...]) -> Any:
        return evaluate(rules, {name: value for name, _, value in parameters})

    def quick_evaluate(self: Any, input_parameters: dict[str, Any]) -> Any:
        """The endpoint for the parameters, an object of the caller's own; None if there is none."""
        if _SHARED not in vars(self):
            return evaluate(self, input_parameters)
        self.process_input_parameters(input_parameters)  # checks and completes them
        parameters = tuple((name, type(one), one) for name, one in sorted(input_parameters.items()))
        try:
            hash(parameters)
        except TypeError:  # a parameter that is a list
            return evaluate(self, input_parameters)
        return copy.deepcopy(known_endpoint(self, parameters))

    return [
        rule_sets.patch(rule_set),
        providers.patch(init),
        answers.patch(quick_evaluate),
    ]


def _is_shared(document: Any) -> bool:
    return isinstance(document, View) and document.is_untouched()
