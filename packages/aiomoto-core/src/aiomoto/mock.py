"""``mock_aws``: moto's mock for asynchronous and synchronous AWS clients."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar, overload

from typing_extensions import ParamSpec, Self, Unpack

from .calls import Calls
from .decorate import decorate
from .options import Options, checked_flag, kept, refuse_unknown
from .undo import surely
from .warning import warn_of_modes

if TYPE_CHECKING:
    from .clock import Clock
    from .engine import Engine
    from .leases import Lease

P = ParamSpec("P")
T = TypeVar("T")
C = TypeVar("C", bound=type)


class MockAWS:
    """A mock that can be entered, started and used as a decorator, any number of times.

    All mocks of a process share moto's state. It is emptied when the first of
    them starts and when the last one stops. Made by :func:`mock_aws`.
    """

    def __init__(self, config: Mapping[str, Any] | None = None, **options: Unpack[Options]) -> None:
        refuse_unknown("mock_aws()", options)
        self._config = config
        self._options = kept(options)
        #: Stands for this mock where it must not be held, since it may be freed.
        self._key = object()
        self._calls = Calls()

    def start(self, reset: bool | None = None) -> None:
        """Start mocking.

        :param reset: forget moto's resources if no other mock is active;
            as given to ``mock_aws`` if None.
        :raises InvalidOption: for an argument of ``mock_aws`` that is not usable.
        :raises IncompatibleLibrary: if an installed library lacks what is needed.
        :raises PluginError: for a plugin that is not usable.
        :raises ConflictingDistribution: beside the distribution ``aiomoto``.

        Whatever is raised, nothing is left changed.
        """
        lease = self._lease()
        try:
            self._begin(lease, reset)
        except BaseException:
            surely(_end, lease)
            raise

    def stop(self, remove_data: bool | None = None) -> None:
        """Stop what the latest :meth:`start` of this mock started.

        :param remove_data: forget moto's resources if no other mock is active;
            as given to ``mock_aws`` if None.
        :raises RuntimeError: if this mock is not started.
        """
        if remove_data is not None:
            checked_flag("remove_data", remove_data)
        if not _engine().release_latest(self._key, remove_data):
            raise RuntimeError("Called stop() before start(): this mock_aws is not started.")

    def for_call(self) -> Stay:
        """What starts and stops this mock around one call of what it decorates."""
        return Stay(self._lease, self._begin)

    def _lease(self, holder: object = None) -> Lease:
        """A lease of the engine, not begun; it ends with ``holder`` at the latest."""
        # Here, since `import aiomoto` has no use for them.
        from .leases import Lease
        from .settings import Settings

        settings = Settings.of(self._config, **self._options)
        calls = self._calls if _engine().latest(self._key) else Calls()
        lease = Lease(settings, self._key, calls)
        if holder is not None:
            lease.end_with(holder, _engine().abandoned)
        return lease

    def _begin(self, lease: Lease, reset: bool | None) -> None:
        start_empty = self._flag("reset", reset)
        warn_of_modes()
        _engine().acquire(lease, start_empty)
        self._calls = lease.calls

    def reset(self) -> None:
        """Forget all resources of all services; the mock goes on."""
        _engine().reset()

    @property
    def owners(self) -> Mapping[str, str]:
        """Which plugin cares for which moto service, while a mock is active."""
        return _engine().owners

    @property
    def calls(self) -> Calls:
        """What AWS clients asked for while this mock was active, also after its end.

        Calls of all clients of the process count. A start of this mock, if it
        isn't active, begins anew.
        """
        return self._calls

    @property
    def clock(self) -> Clock:
        """The time that moto's services go by: real time, or virtual time for the test to move.

        One for all mocks that are active at once; each start of the outermost
        one begins a new virtual clock.
        """
        return _engine().clock

    def __enter__(self) -> Self:
        lease = self._lease(holder=self)
        try:
            self._begin(lease, None)
        except BaseException:
            surely(_end, lease)
            raise
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    async def __aenter__(self) -> Self:
        return self.__enter__()

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    @overload
    def __call__(
        self, func: C, reset: bool | None = None, remove_data: bool | None = None
    ) -> C: ...
    @overload
    def __call__(
        self, func: Callable[P, T], reset: bool | None = None, remove_data: bool | None = None
    ) -> Callable[P, T]: ...
    def __call__(
        self, func: Any, reset: bool | None = None, remove_data: bool | None = None
    ) -> Any:
        """Decorate a function, a coroutine or generator function, or a test class."""
        return decorate(
            func,
            self,
            reset=self._flag("reset", reset),
            remove_data=self._flag("remove_data", remove_data),
        )

    def _flag(self, name: str, value: object) -> bool:
        """A switch, None for what was given to ``mock_aws``."""
        return checked_flag(name, self._options.get(name, True) if value is None else value)


class Stay:
    """One call of what a mock decorates, which may overlap with others; freed, it stops too."""

    def __init__(
        self,
        lease: Callable[[object], Lease],
        begin: Callable[[Lease, bool | None], None],
    ) -> None:
        self._lease = lease(self)
        self._begin = begin

    def start(self, reset: bool = True) -> None:
        """Start mocking, as :meth:`MockAWS.start`."""
        self._begin(self._lease, reset)

    def stop(self, remove_data: bool = True) -> None:
        """Stop what was started; harmless if nothing was."""
        self._lease.remove_data = remove_data
        surely(_end, self._lease)


def _engine() -> Engine:
    from .engine import engine  # which imports what `import aiomoto` has no use for

    return engine


def _end(lease: Lease) -> None:
    _engine().release(lease)


@overload
def mock_aws(func: C) -> C: ...
@overload
def mock_aws(func: Callable[P, T]) -> Callable[P, T]: ...
@overload
def mock_aws(
    func: None = None,
    config: Mapping[str, Any] | None = None,
    **options: Unpack[Options],
) -> MockAWS: ...
def mock_aws(
    func: Any = None,
    config: Mapping[str, Any] | None = None,
    **options: Unpack[Options],
) -> Any:
    """Mock AWS in process: a context manager, sync and async, and a decorator.

    :param func: what is decorated, when used as ``@mock_aws`` without parentheses.
    :param config: moto's configuration dictionary, with moto's meaning.
    :param reset: start from empty services, unless another mock is active.
    :param remove_data: forget all resources at the end, unless another mock is active.
    :param region: the default region, over those of the environment and of configuration files;
        if None, theirs, else ``us-east-1``.
    :param endpoints: addresses that count as AWS, such as ``https://minio.local:9000``.
    :param plugins: plugin objects (see docs/hooks.md) for as long as this mock is active.
    :param clock: ``"virtual"`` for time that only ``await mock.clock.advance(seconds)`` moves,
        ``"real"`` for real time; if None, as the outer mock has it, else real.
    :param optimise: False to do without what makes new sessions and calls fast (see
        docs/architecture.md, "Fast paths"), for comparison; if None, on unless the environment
        variable ``AIOMOTO_OPTIMISE`` is ``0``.

    Inside, every client is answered by moto's in-memory backends: aiobotocore
    and aioboto3 over aiohttp or httpx, plain aiohttp and httpx for AWS
    addresses, boto3, requests; also clients that were made before.
    """
    if isinstance(func, Mapping):
        raise TypeError(
            "mock_aws() takes what it decorates as its first argument; "
            "pass the configuration by name: mock_aws(config={...})."
        )
    mock = MockAWS(config, **options)
    return mock if func is None else mock(func)
