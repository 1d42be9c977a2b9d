"""A leak fails its test, though it is found after the test is over.

pytest tells its plugins that a test passed before it tears the test's fixtures
down, and what they leave behind is known only then. So the reports of a test that
leaks may fail are held back until its teardown is over, as plugins that run a test
again do it. A test that fails by itself is told of at once, as ever.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from functools import partial
from typing import Any

import pytest

from . import settings
from .compat import reports_of, teardown_of_the_rest

_VERDICT = pytest.StashKey["Verdict"]()


def install(config: pytest.Config) -> None:
    """Have leaks fail the tests of this run."""
    config.stash[_VERDICT] = verdict = Verdict(config.pluginmanager)
    config.pluginmanager.register(verdict, "aiomoto-verdict")


def leaked(item: pytest.Item, message: str) -> None:
    """Fail a test whose teardown is going on."""
    item.config.stash[_VERDICT].fail(item, message)


class Verdict:
    """What pytest made of the test that runs, and what plugins were told of it."""

    def __init__(self, plugins: pytest.PytestPluginManager) -> None:
        self._plugins = plugins
        self._holding = False
        #: By phase, the last report that was made.
        self._made: dict[str, Any] = {}
        self._told: list[Any] = []
        self._leaked = False

    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> Any:
        """Run a test that leaks may fail, and tell of it when all is known."""
        if not settings.may_look_for_leaks(item):
            return None
        if (answer := self._others(item, nextitem)) is not None:
            return answer
        item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        self._holding = True
        try:
            reports = reports_of(item, nextitem)
        except BaseException:  # the run ends here; what the test did until then still counts
            self._tell(item, self._made.values())
            raise
        finally:
            self._holding = False
        self._tell(item, reports[:-1])
        self._tell(item, self._stopped(item, reports[-1]) if nextitem else reports)
        item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
        return True

    # Outermost, to have the very report that pytest goes on with.
    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(self, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
        report = yield
        if call.when == "setup":
            self._made.clear()
            self._told.clear()
            self._leaked = False
        self._made[call.when] = report
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note what is known to all; pytest-xdist tells of other processes' tests as well."""
        if report is self._made.get(report.when):
            self._told.append(report)

    @pytest.hookimpl(tryfirst=True)
    def pytest_exception_interact(self, node: Any, report: Any) -> None:
        """Tell of a failure at once: -x and debuggers go by it before the teardown."""
        if self._holding and report is self._made.get(report.when):
            self._tell(node, self._made.values())

    def fail(self, item: pytest.Item, message: str) -> None:
        """Make a test that passed one that failed; else its teardown fails."""
        report = self._made.get("call")
        if report is None or not report.passed or self._leaked or self._is_told(report):
            settings.refuse(message)
        # A plugin that runs the test again when it sees the report would leak again.
        self._leaked = True
        # By the hook, since plugins change the report: a test marked xfail was to fail.
        call = pytest.CallInfo.from_call(partial(settings.refuse, message), when="call")
        failed = item.ihook.pytest_runtest_makereport(item=item, call=call)
        times = {name: vars(report)[name] for name in ("duration", "start", "stop")}
        vars(report).clear()
        vars(report).update(vars(failed), **times)
        self._made["call"] = report

    def _stopped(self, item: pytest.Item, teardown: Any) -> list[Any]:
        """The last reports of a test, of which the run may have come to its end."""
        if not (item.session.shouldfail or item.session.shouldstop):
            return [teardown]
        call = teardown_of_the_rest(item.session)
        if call.excinfo is None:
            return [teardown]
        rest = item.ihook.pytest_runtest_makereport(item=item, call=call)
        return [teardown, rest] if teardown.failed else [rest]

    def _tell(self, item: pytest.Item, reports: Iterable[Any]) -> None:
        for report in [one for one in reports if not self._is_told(one)]:
            item.ihook.pytest_runtest_logreport(report=report)

    def _is_told(self, report: object) -> bool:
        return any(one is report for one in self._told)

    def _others(self, item: pytest.Item, nextitem: pytest.Item | None) -> Any:
        """The answer of plugins that run tests too, and that pytest would ask after this one.

        pytest-rerunfailures is one. They hold reports back themselves, or have told
        of the test before its teardown.
        """
        found = item.ihook.pytest_runtest_protocol.get_hookimpls()
        before = found[: next(at for at, one in enumerate(found) if one.plugin is self)]
        # The first is asked last: pytest's own.
        others = [one.plugin for one in before[1:]]
        if not others:
            return None
        rest = [one.plugin for one in found if one.plugin not in others]
        ask = self._plugins.subset_hook_caller("pytest_runtest_protocol", rest)
        return ask(item=item, nextitem=nextitem)
