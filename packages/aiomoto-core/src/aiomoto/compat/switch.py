"""moto's switch: how many mocks are active, what that patches, and its state."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property, partial
from typing import Any
from unittest.mock import patch

from ..locks import under
from ..undo import Undo
from .names import require
from .servers import warn_of_servers

_ANY_URL = re.compile("https?://")
_AWS_URL = re.compile(r"https?://.+\.amazonaws.com/.*")

Ours = Callable[[Any], bool]
Answer = Callable[[Any], Any]


class Switch:
    """The start and the stop of moto's own mock, counted with it."""

    def __init__(self) -> None:
        models = "moto.core.models"
        self.mock_class = require("moto", models, "MockAWS")
        for name in ("_nested_count", "_mocks_active", "_mock_init_lock"):
            require("moto", models, "MockAWS", name)
        self.stubber = require("moto", models, "botocore_stubber")
        self.stubber_class = require("moto", "moto.core.botocore_stubber", "BotocoreStubber")
        require("moto", "moto.core.botocore_stubber", "BotocoreStubber", "process_request")
        self._responses_mock = require("moto", models, "responses_mock")
        self._reset_responses = require("moto", models, "reset_responses_mock")
        self._methods: list[str] = require("moto", models, "RESPONSES_METHODS")
        self._not_implemented = require("moto", models, "not_implemented_callback")
        self._callback_class = require("moto", models, "CallbackResponse")
        self._backends = require("moto", "moto.core.base_backend", "BackendDict")
        require("moto", "moto.core.base_backend", "BackendDict", "_instances")
        self._reset_models = require("moto", "moto.core.model_instances", "reset_model_data")
        # What `responses` patches.
        self._adapter = require("requests", "requests.adapters", "HTTPAdapter")
        #: What it had there when ours was the mock that switched moto on.
        self._sends: Any = None
        self._counted = False

    def enter(self, reset: bool, ours: Ours, answer: Answer) -> None:
        """Count one more active mock; the first one switches moto on.

        ``ours(request)`` says whether a request of `requests` is answered here,
        ``answer(request)`` gives urllib3's response, or None while no mock of ours is active.
        :meth:`leave` takes it back, also where it was interrupted.
        """
        under(self.mock_class._mock_init_lock, self._enter, reset, ours, answer)

    def leave(self, remove_data: bool) -> None:
        """Count one less, if :meth:`enter` has counted; the last one switches moto off."""
        under(self.mock_class._mock_init_lock, self._leave, remove_data)

    def _enter(self, reset: bool, ours: Ours, answer: Answer) -> None:
        mock = self.mock_class
        if reset and mock._nested_count == 0:
            warn_of_servers()  # made an error, nothing is to be taken back
        # No call is between these two, and so no interrupt.
        mock._nested_count += 1
        self._counted = True
        self._sends = None
        if mock._nested_count == 1:
            if reset:
                self.reset()
            self._sends = self._adapter.send
            self._start_responses()
            self.restore_routes(ours, answer)
            self.stubber.enabled = True
            mock._mocks_active = True

    def _leave(self, remove_data: bool) -> None:
        if not self._counted:
            return
        steps = Undo()
        steps.add(self._count_down)
        if self.mock_class._nested_count == 1:
            steps.add(self._stop_responses)
            if remove_data:
                steps.add(self._reset_models)
                steps.add(self.reset)
            self.mock_class._mocks_active = self.stubber.enabled = False
        steps.close()

    def _count_down(self) -> None:
        if self._counted:
            self.mock_class._nested_count -= 1
            self._counted = False

    def _start_responses(self) -> None:
        """As ``start`` does, which finds ``send`` by a name: two failing imports at each start.

        An interrupt in the midst of an import may leave the lock of all imports taken.
        """
        mock = self._responses_mock
        if getattr(mock, "_patcher", self) is None and hasattr(mock, "unbound_on_send"):
            mock._patcher = patch.object(self._adapter, "send", mock.unbound_on_send())
            mock._patcher.start()
        else:
            mock.start()

    def _stop_responses(self) -> None:
        self._responses_mock.stop()
        # An interrupted start or stop of unittest.mock forgets what it has patched.
        left = self._adapter.send
        if self._sends not in (None, left) and left.__module__ == "responses":
            self._adapter.send = self._sends

    def reset(self) -> None:
        """Forget all resources, as ``moto.mock_aws().reset()`` does."""
        try:
            self._backends.reset()
        except BaseException:
            # A backend that was interrupted in its reset has no attributes, and could never
            # be reset again.
            for backends in tuple(self._backends._instances):
                backends.clear()
            raise
        self._reset_responses(self._responses_mock)

    def restore_routes(self, ours: Ours, answer: Answer) -> None:
        """Register what `requests` is answered with.

        moto registers 190 patterns for 7 methods at each start, which is most
        of what its start costs. One matcher that asks our guard does the same.
        """
        guarded = partial(self._guarded_class, ours=ours, answer=answer)
        # Only newer versions of moto have a method of its own for it.
        callback = getattr(self.stubber, "process_prepared_request", self.stubber.process_request)
        for method in self._methods:
            self._responses_mock.add(guarded(method=method, url=_ANY_URL, callback=callback))
            self._responses_mock.add(
                self._callback_class(method=method, url=_AWS_URL, callback=self._not_implemented)
            )

    @cached_property
    def _guarded_class(self) -> Any:
        class Guarded(self._callback_class):  # type: ignore[misc, name-defined]
            """Answers what ``ours(request)`` says is ours with ``answer(request)``."""

            def __init__(self, ours: Ours, answer: Answer, **kwargs: Any) -> None:
                super().__init__(**kwargs)
                self._ours, self._answer = ours, answer

            def matches(self, request: Any) -> tuple[bool, str]:
                if request.method != self.method:
                    return False, "Method does not match"
                return (True, "") if self._ours(request) else (False, "URL does not match")

            def get_response(self, request: Any) -> Any:
                response = self._answer(request)
                if response is not None:
                    return response
                # A raw moto mock has outlasted ours.
                response = super().get_response(request)
                if request.method == "HEAD":
                    # moto's does not say so, and urllib3 waits for a body of Content-Length.
                    response.length_remaining = 0
                return response

        return Guarded
