"""Callables as the code of Lambda functions: ``handlers``, what tests use."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar, overload

from aiomoto import InvalidOption

if TYPE_CHECKING:
    from .context import Function
    from .service import Service

#: ``handler(event, context)``: plain or async, or a generator of either kind, which streams.
Handler = Callable[..., Any]
H = TypeVar("H", bound=Handler)

_KEY = re.compile(
    r"(?:arn:[a-z0-9-]+:lambda:[a-z0-9-]+:\d{12}:function:)?[A-Za-z0-9_-]{1,140}"
    r"(?::(?:\$LATEST|[A-Za-z0-9_-]+))?"
)
_ROLE = "aiomoto-lambda"


class Handlers:
    """Which callable is the code of which function, while a mock is active.

    All is forgotten when the mock ends. The methods may be called from any thread.
    """

    def __init__(self) -> None:
        self._handlers: dict[str, Handler] = {}
        self._start: Callable[[], Service] | None = None

    @overload
    def register(self, function: str) -> Callable[[H], H]: ...
    @overload
    def register(self, function: str, handler: H) -> H: ...
    def register(self, function: str, handler: Any = None) -> Any:
        """Have a callable run whenever the function is invoked, by whomever.

        :param function: its name, for all regions and accounts, or its ARN; either may end in
            a version or an alias (``orders:live``), which then comes before one without.
        :param handler: called with the event, decoded from JSON, and a
            :class:`~aiomoto_lambda.Context`; what it returns is encoded as JSON.
            An async one is awaited in the caller's event loop, one that isn't async runs in a
            worker thread for async callers. A generator streams its chunks, bytes or str.
        :returns: ``handler``; without one, a decorator.

        The function itself is made by ``create_function``, before or after; see also
        :meth:`create`. A second call for the same name replaces the first.

        :raises InvalidOption: for a name that can't be one, for what can't be called, and
            where no mock is active.
        """
        key = _checked(function)
        service = self._running(f"handlers.register({function!r}, ...)")
        if handler is None:
            return lambda given: self.register(function, given)
        if not callable(handler):
            raise InvalidOption(
                f"handlers.register({function!r}, ...) takes a callable "
                f"handler(event, context), got {handler!r}."
            )
        self._handlers[key] = handler
        service.sources.look_again()
        return handler

    def create(
        self,
        name: str,
        handler: Handler,
        *,
        region: str | None = None,
        timeout: int = 3,
        memory_size: int = 128,
        environment: Mapping[str, str] | None = None,
    ) -> str:
        """Make a function, with a role, and register its callable; returns its ARN.

        :param region: where; if None, the default region, and the callable is registered for the
            name alone.
        :param timeout: seconds until an async callable is cancelled, by the mock's clock.
        :param environment: is kept with the function; ``os.environ`` stays as it is.
        :raises InvalidOption: as :meth:`register` does, and for a function that is there already.
        """
        _checked(name)
        service = self._running(f"handlers.create({name!r}, ...)")
        arn = service.create(
            region,
            _ROLE,
            {
                "FunctionName": name,
                "Runtime": "python3.13",
                "Handler": "index.handler",
                "Code": {"ZipFile": _zip()},
                "Timeout": timeout,
                "MemorySize": memory_size,
                "Environment": {"Variables": dict(environment or {})},
            },
        )
        self.register(arn if region else name, handler)
        return arn

    def unregister(self, function: str) -> None:
        """Take a callable away; from then on moto answers. Raises InvalidOption if there is none.

        :param function: as given to :meth:`register`.
        """
        if self._handlers.pop(function, None) is None:
            known = ", ".join(sorted(self._handlers)) or "none"
            raise InvalidOption(
                f"handlers.unregister({function!r}): nothing is registered under that name. "
                f"Registered are: {known}."
            )

    def find(self, function: Function) -> Handler | None:
        for key in function.keys:
            if key in self._handlers:
                return self._handlers[key]
        return None

    @property
    def names(self) -> list[str]:
        return sorted(self._handlers)

    async def idle(self) -> None:
        """Wait until nothing goes on behind the calls that caused it, on asyncio and trio.

        That is: asynchronous invocations, batches of event sources, messages of SNS on their
        way to HTTP endpoints. What waits for the mock's clock (a retry, say) isn't waited for.
        """
        from aiomoto.background import background

        await background.idle()

    def wait_idle(self, timeout: float = 10) -> None:
        """As :meth:`idle`, in a thread without an event loop.

        :raises TimeoutError: after ``timeout`` seconds.
        """
        from aiomoto.background import background

        if not background.wait_idle(timeout):
            raise TimeoutError(f"After {timeout} seconds, invocations are still running.")

    def attach(self, start: Callable[[], Service]) -> None:
        self._start = start

    def detach(self) -> None:
        self._start = None
        self._handlers.clear()

    def _running(self, call: str) -> Service:
        if self._start is None:
            raise InvalidOption(
                f"{call} needs a running mock, with which it ends. Call it inside "
                "'with mock_aws():', or in a fixture after the one that starts the mock."
            )
        return self._start()


def _checked(function: object) -> str:
    if not isinstance(function, str) or not _KEY.fullmatch(function):
        raise InvalidOption(
            "A Lambda function is named by its name ('orders'), by name and version or alias "
            f"('orders:live'), or by its ARN, got {function!r}."
        )
    return function


def _zip() -> str:
    """Code that says where the real code is, in base64."""
    import base64
    import io
    import zipfile

    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(
            zipfile.ZipInfo("index.py"), "# Registered with aiomoto_lambda.handlers.\n"
        )
    return base64.b64encode(content.getvalue()).decode()


#: The one that tests use.
handlers = Handlers()
