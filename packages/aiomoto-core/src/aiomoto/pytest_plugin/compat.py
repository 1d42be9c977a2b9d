"""The one module of the pytest plugin that touches private names of pytest."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest


def reports_of(item: pytest.Item, nextitem: pytest.Item | None) -> list[Any]:
    """Run a test; its reports, of which no plugin has been told.

    Source: ``_pytest.runner.runtestprotocol``, as pytest-rerunfailures and pytest-forked use it.
    """
    from ..compat import require

    run = require("pytest", "_pytest.runner", "runtestprotocol")
    found: list[Any] = run(item, nextitem=nextitem, log=False)
    return found


def teardown_of_the_rest(session: pytest.Session) -> pytest.CallInfo[None]:
    """Tear down fixtures of wider scopes where a run stops early.

    pytest does so itself in the teardown of the test that stops it, since there their
    errors can be reported; at the end of the session they are internal errors.
    """
    return pytest.CallInfo.from_call(
        partial(session._setupstate.teardown_exact, None),
        when="teardown",
        reraise=(pytest.exit.Exception, KeyboardInterrupt),
    )
