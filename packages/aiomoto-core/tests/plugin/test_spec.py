"""The hooks as they are declared."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import pluggy
import pytest

from aiomoto import hookimpl
from aiomoto.plugin import spec
from aiomoto.plugin.marker import ENTRY_POINT_GROUP

if TYPE_CHECKING:
    from types import ModuleType

HOOKS = {
    name: value
    for name, value in vars(spec).items()
    if getattr(value, "__module__", "") == spec.__name__ and inspect.isfunction(value)
}


def options(hook: str) -> dict[str, Any]:
    found: dict[str, Any] = getattr(HOOKS[hook], f"{ENTRY_POINT_GROUP}_spec")
    return found


def test_what_the_hooks_are() -> None:
    assert set(HOOKS) == {
        "aiomoto_services",
        "aiomoto_wires",
        "aiomoto_activate",
        "aiomoto_deactivate",
        "aiomoto_reset",
        "aiomoto_handle",
        "aiomoto_blocks",
        "aiomoto_response",
    }


@pytest.mark.parametrize("hook", HOOKS)
def test_a_hook_is_prefixed_typed_and_says_since_when(hook: str) -> None:
    function = HOOKS[hook]
    assert hook.startswith(f"{ENTRY_POINT_GROUP}_")
    signature = inspect.signature(function)
    assert signature.return_annotation is not inspect.Signature.empty
    assert all(one.annotation is not one.empty for one in signature.parameters.values())
    assert "Since 0." in (inspect.getdoc(function) or "")


@pytest.mark.parametrize("hook", HOOKS)
def test_a_spec_is_no_implementation(hook: str) -> None:
    """Calling it by mistake must not look like a plugin that has nothing to say."""
    arguments = dict.fromkeys(inspect.signature(HOOKS[hook]).parameters)
    with pytest.raises(NotImplementedError):
        HOOKS[hook](**arguments)


def test_the_request_hooks_end_with_the_first_answer() -> None:
    first = {hook for hook in HOOKS if options(hook)["firstresult"]}
    assert first == {"aiomoto_handle", "aiomoto_blocks", "aiomoto_response"}


def test_the_test_plugin_implements_every_hook_with_every_argument(every_hook: ModuleType) -> None:
    for plugin in (every_hook, every_hook.EveryHook()):
        for hook, function in HOOKS.items():
            implementation = getattr(plugin, hook)
            assert list(inspect.signature(implementation).parameters) == list(
                inspect.signature(function).parameters
            ), (plugin, hook)


def test_the_marker_is_that_of_the_entry_point_group() -> None:
    assert isinstance(hookimpl, pluggy.HookimplMarker)
    assert hookimpl.project_name == spec.hookspec.project_name == ENTRY_POINT_GROUP == "aiomoto"
