"""What is loaded, what is refused and with which words, who is called and in which order."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

import pytest

from aiomoto import InvalidOption, PluginError, hookimpl
from aiomoto.plugin.checks import check_plugins, name_of
from aiomoto.plugin.imports import PatchTable
from aiomoto.plugin.manager import PluginManager

if TYPE_CHECKING:
    from types import ModuleType

    from conftest import Site

    from aiomoto import Engine, Front

HOOKS = (
    "aiomoto_activate, aiomoto_blocks, aiomoto_deactivate, aiomoto_handle, "
    "aiomoto_reset, aiomoto_response, aiomoto_services, aiomoto_wires"
)
#: What the manager hands through to the plugins; it looks at nothing of it.
ENGINE, FRONT = cast("Engine", object()), cast("Front", object())


@pytest.fixture
def manager() -> PluginManager:
    return PluginManager(ENGINE, FRONT, PatchTable(()), lambda: ["kms", "ssm", "sts"])


class Plugin:
    """An object with the given attributes."""

    def __init__(self, **attributes: Any) -> None:
        vars(self).update(attributes)


def plugin(**functions: Any) -> Any:
    """A plugin with these hooks, marked; owns nothing unless told."""
    return Plugin(**{name: hookimpl(function) for name, function in functions.items()})


def exactly(text: str) -> str:
    return f"^{re.escape(text)}$"


def test_a_plugin_is_kept_with_what_it_owns(manager: PluginManager, every_hook: ModuleType) -> None:
    manager.register(every_hook, "one")
    manager.register(every_hook.EveryHook("ssm", "sts"), "two")
    assert manager.names == ("one", "two")
    assert manager.owners == {"kms": "one", "ssm": "two", "sts": "two"}
    manager.unregister("one")
    assert manager.names == ("two",)
    assert manager.owners == {"ssm": "two", "sts": "two"}


def test_hooks_and_arguments_may_be_left_out(manager: PluginManager) -> None:
    manager.register(plugin(aiomoto_activate=lambda: None), "short")
    manager.activate_all()
    manager.deactivate_all()


def refusals() -> dict[str, tuple[Any, str]]:
    async def coroutine() -> None: ...

    def unmarked() -> list[str]:
        return ["kms"]

    only_for_handle = (
        "may not be a coroutine function; only aiomoto_handle may return an awaitable."
    )
    return {
        "misspelt hook": (
            plugin(aiomoto_service=lambda: ["kms"]),
            f"Plugin 'bad' has 'aiomoto_service', which is no hook. Hooks are: {HOOKS}.",
        ),
        "unmarked hook": (
            Plugin(aiomoto_services=unmarked),
            "Plugin 'bad': 'aiomoto_services' is not marked. Put @aiomoto.hookimpl on it.",
        ),
        "no hook": (
            Plugin(services=["kms"]),
            f"Plugin 'bad' implements no hook. Hooks are: {HOOKS}.",
        ),
        "unknown service": (
            plugin(aiomoto_services=lambda: ["kms", "lambda"]),
            "Plugin 'bad' owns 'lambda', which the installed moto does not have. "
            "Names are those of moto.backend_index, for instance 's3' or 'awslambda'.",
        ),
        "a string for a list": (
            plugin(aiomoto_services=lambda: "kms"),
            "Plugin 'bad': aiomoto_services() returns a list of moto's service names, got 'kms'.",
        ),
        "a number for a list": (
            plugin(aiomoto_services=lambda: 5),
            "Plugin 'bad': aiomoto_services() returns a list of moto's service names, got 5.",
        ),
        **{
            f"coroutine function {hook}": (
                plugin(**{hook: coroutine}),
                f"Plugin 'bad': {hook!r} {only_for_handle}",
            )
            for hook in HOOKS.split(", ")
            if hook != "aiomoto_handle"
        },
    }


@pytest.mark.parametrize("case", refusals())
def test_refused(manager: PluginManager, case: str) -> None:
    bad, message = refusals()[case]
    with pytest.raises(PluginError, match=exactly(message)):
        manager.register(bad, "bad")
    assert manager.names == ()
    assert manager.owners == {}
    # Nothing of it is left in the way of its repaired self.
    manager.register(plugin(aiomoto_services=lambda: ["kms"]), "bad")
    assert manager.owners == {"kms": "bad"}


def test_an_unknown_argument_is_refused_with_plugin_hook_and_argument(
    manager: PluginManager,
) -> None:
    bad = plugin(aiomoto_services=lambda: ["kms"], aiomoto_handle=lambda reqest: None)
    with pytest.raises(PluginError, match=r"Plugin 'bad' is not usable:") as refusal:
        manager.register(bad, "bad")
    assert "aiomoto_handle" in str(refusal.value)
    assert "reqest" in str(refusal.value)
    assert manager.names == ()


def test_two_owners_are_refused_naming_both(manager: PluginManager) -> None:
    manager.register(plugin(aiomoto_services=lambda: ["sts", "kms"]), "first")
    second = plugin(aiomoto_services=lambda: ["ssm", "kms"])
    message = (
        "Plugins 'first' and 'second' both own 'kms'. "
        "Uninstall one of them, or give only one to mock_aws(plugins=...)."
    )
    with pytest.raises(PluginError, match=exactly(message)):
        manager.register(second, "second")
    assert manager.names == ("first",)
    assert manager.owners == {"sts": "first", "kms": "first"}


def test_the_same_plugin_twice_is_refused(manager: PluginManager) -> None:
    one = plugin(aiomoto_activate=lambda: None)
    manager.register(one, "one")
    with pytest.raises(PluginError, match=exactly("Plugin 'two' is registered already.")):
        manager.register(one, "two")
    with pytest.raises(PluginError, match=exactly("Plugin 'one' is registered already.")):
        manager.register(plugin(aiomoto_activate=lambda: None), "one")
    assert manager.names == ("one",)


# -- order of activation ---------------------------------------------------------


def logging_plugin(log: list[str], name: str) -> Any:
    return plugin(
        aiomoto_activate=lambda: log.append(f"on {name}"),
        aiomoto_deactivate=lambda: log.append(f"off {name}"),
    )


def test_activated_in_order_of_registration_and_deactivated_in_reverse(
    manager: PluginManager,
) -> None:
    log: list[str] = []
    for name in ("b", "a", "c"):
        manager.register(logging_plugin(log, name), name)
    manager.activate_all()
    manager.deactivate_all()
    assert log == ["on b", "on a", "on c", "off c", "off a", "off b"]
    manager.deactivate_all()
    assert len(log) == 6


def test_only_what_was_activated_is_deactivated(manager: PluginManager) -> None:
    log: list[str] = []

    def fail() -> None:
        raise RuntimeError("no disk")

    manager.register(logging_plugin(log, "a"), "a")
    failing = plugin(aiomoto_activate=fail, aiomoto_deactivate=lambda: log.append("off failing"))
    manager.register(failing, "failing")
    manager.register(logging_plugin(log, "c"), "c")
    with pytest.raises(RuntimeError, match=r"^no disk$"):
        manager.activate_all()
    manager.deactivate_all()
    assert log == ["on a", "off a"]


def test_all_are_deactivated_even_if_some_fail(manager: PluginManager) -> None:
    log: list[str] = []

    def fail(text: str) -> None:
        log.append(text)
        raise RuntimeError(text)

    manager.register(logging_plugin(log, "a"), "a")
    manager.register(plugin(aiomoto_deactivate=lambda: fail("b")), "b")
    manager.register(plugin(aiomoto_deactivate=lambda: fail("c")), "c")
    manager.activate_all()
    with pytest.raises(RuntimeError, match=r"^b$"):
        manager.deactivate_all()
    assert log == ["on a", "c", "b", "off a"]


def test_all_that_are_active_are_reset_in_order_even_if_some_fail(manager: PluginManager) -> None:
    log: list[str] = []

    def fail() -> None:
        log.append("b")
        raise RuntimeError("no disk")

    manager.register(plugin(aiomoto_reset=lambda: log.append("a")), "a")
    manager.register(plugin(aiomoto_reset=fail), "b")
    manager.register(plugin(aiomoto_activate=lambda: None), "without")
    manager.register(plugin(aiomoto_reset=lambda: log.append("c")), "c")
    manager.reset_all()
    assert log == []
    manager.activate_all()
    with pytest.raises(RuntimeError, match=r"^no disk$"):
        manager.reset_all()
    assert log == ["a", "b", "c"]


# -- installed plugins -----------------------------------------------------------

GOOD = """
    from aiomoto import hookimpl
    @hookimpl
    def aiomoto_services():
        return ["{}"]
"""


def test_installed_plugins_are_loaded_once_sorted_by_entry_point(
    manager: PluginManager, own_site: Site
) -> None:
    own_site.install("late-name", {"zebra": "plugin_z"}, plugin_z=GOOD.format("kms"))
    own_site.install("early-name", {"ant": "plugin_a"}, plugin_a=GOOD.format("ssm"))
    manager.load_entry_points()
    manager.load_entry_points()
    assert manager.names == ("ant", "zebra")
    assert manager.owners == {"ssm": "ant", "kms": "zebra"}


def test_an_entry_point_may_name_an_object(manager: PluginManager, own_site: Site) -> None:
    source = """
        from aiomoto import hookimpl
        class Plugin:
            @hookimpl
            def aiomoto_services(self):
                return ["kms"]
        plugin = Plugin()
    """
    own_site.install("with-object", {"object": "plugin_o:plugin"}, plugin_o=source)
    manager.load_entry_points()
    assert manager.owners == {"kms": "object"}


def test_a_plugin_that_cannot_be_imported_is_named_and_none_is_kept(
    manager: PluginManager, own_site: Site
) -> None:
    own_site.install("good", {"good": "plugin_good"}, plugin_good=GOOD.format("kms"))
    own_site.install("torn", {"torn": "plugin_torn"}, plugin_torn="import no_such_module")
    message = (
        "Plugin 'torn' (plugin_torn) can't be imported: "
        "ModuleNotFoundError(\"No module named 'no_such_module'\"). "
        "Repair it or uninstall its distribution."
    )
    for _ in range(2):  # The next start tries again and says the same.
        with pytest.raises(PluginError, match=exactly(message)) as refusal:
            manager.load_entry_points()
        assert isinstance(refusal.value.__cause__, ModuleNotFoundError)
        assert manager.names == ()
        assert manager.owners == {}
    own_site.write("no_such_module", "")
    own_site.write("plugin_torn", GOOD.format("ssm"))
    manager.load_entry_points()
    assert manager.owners == {"kms": "good", "ssm": "torn"}


def test_an_installed_plugin_that_is_refused_leaves_none(
    manager: PluginManager, own_site: Site
) -> None:
    own_site.install("one", {"one": "plugin_one"}, plugin_one=GOOD.format("kms"))
    own_site.install("two", {"two": "plugin_two"}, plugin_two=GOOD.format("kms"))
    with pytest.raises(PluginError, match=r"^Plugins 'one' and 'two' both own 'kms'\."):
        manager.load_entry_points()
    assert manager.names == ()


# -- arguments of mock_aws ---------------------------------------------------------


@pytest.mark.parametrize("given", ["aiomoto_s3", 5, object])
def test_what_is_no_list_of_plugins_is_refused(given: object) -> None:
    message = f"mock_aws(plugins=...) takes a list of plugin objects, got {given!r}."
    with pytest.raises(InvalidOption, match=exactly(message)):
        check_plugins(given)


def test_a_given_plugin_has_the_name_of_its_module_or_class(every_hook: ModuleType) -> None:
    assert name_of(every_hook) == "every_hook"
    assert name_of(every_hook.EveryHook()) == "every_hook.EveryHook"
    assert name_of(every_hook.EveryHook(name="chosen")) == "chosen"
