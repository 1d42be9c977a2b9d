"""What ``@mock_aws`` does to the thing below it.

moto's decorator wraps everything in one plain function. Around a coroutine function or a
generator function that one returns before a line of the body has run: the mock is off again by
the time the body talks to AWS. Here each kind of callable gets a wrapper of its own kind, which
is also what pytest, pytest-asyncio and unittest look at to decide how to run it.

Which methods of a class start from clean state is moto's choice (``moto.core.models``,
``MockAWS._decorate_class``), carried over to ``asyncSetUp`` and its like.
"""

from __future__ import annotations

import functools
import inspect
import reprlib
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator, Iterator
from contextlib import asynccontextmanager, contextmanager
from types import FunctionType
from typing import Any, Protocol, TypeGuard, TypeVar, cast
from unittest import TestCase, TestLoader

from .compat import is_fixture

T = TypeVar("T")

_OF_EACH_METHOD = frozenset({"setup_method", "teardown_method"})
_SETUPS = frozenset({"setup_method", "setUp", "asyncSetUp"})
_TEARDOWNS = frozenset({"teardown_method", "tearDown", "asyncTearDown"})
# Class methods, but pytest also takes them without @classmethod; see `_without_argument`.
_OF_THE_CLASS = frozenset({"setup_class", "teardown_class"})

_shortened = reprlib.Repr()
_shortened.maxother = 100


class Startable(Protocol):
    """A mock for one call."""

    def start(self, reset: bool = True) -> None: ...

    def stop(self, remove_data: bool = True) -> None: ...


class Mock(Protocol):
    """A mock. Calls of what it decorates may nest and overlap."""

    def for_call(self) -> Startable: ...


def decorate(target: T, mock: Mock, *, reset: bool = True, remove_data: bool = True) -> T:
    """Run ``target`` inside ``mock``, with one ``start()`` and one ``stop()`` around each call.

    A class is changed in place and returned. Anything else comes back as a new function of the
    same kind and signature. A generator's or async generator's mock is active from the first
    ``next()`` until it is finished, closed or left by an exception.

    ``reset`` and ``remove_data`` are passed to ``start()`` and ``stop()``. On a class, False
    holds for all its methods, True leaves the choice to each method's role (``_roles``).

    If ``start()`` raises, ``target`` isn't run and ``stop()`` isn't called. If ``stop()``
    raises, the caller gets that, with an exception of ``target`` as its ``__context__``:
    neither is lost.

    Raises TypeError for what can't be decorated, saying what to do instead.
    """
    advice = _advice(target)
    if advice is not None:
        raise TypeError(
            "mock_aws decorates functions, coroutine functions, generator functions, async "
            "generator functions, other callables and classes; this is a "
            f"{type(target).__name__}: {_shortened.repr(target)}. {advice}"
        )
    if inspect.isclass(target):
        _decorate_class(target, mock, reset, remove_data)
        return target
    function = cast("Callable[..., Any]", target)
    return cast("T", _decorate_callable(function, mock, reset, remove_data))


def _advice(target: object) -> str | None:
    """What to do instead of decorating ``target``; None if it can be decorated."""
    if isinstance(target, (staticmethod, classmethod)):
        return f"Put @mock_aws below @{type(target).__name__}."
    if is_fixture(target):
        return "Put @mock_aws below @pytest.fixture, next to the function."
    if inspect.iscoroutine(target) or inspect.isgenerator(target) or inspect.isasyncgen(target):
        return "It has been called already: decorate the function and call the result."
    if _is_context_helper(target):
        return "Put @mock_aws below @contextmanager or @asynccontextmanager."
    if not callable(target):
        return (
            "A configuration is passed by name: mock_aws(config=...). "
            "Around a block of code, write `with mock_aws():` or `async with mock_aws():`."
        )
    return None


def _is_context_helper(target: object) -> bool:
    """Did contextlib make this from a generator function? Its body runs after it returned."""
    decorators: list[Callable[..., object]] = [contextmanager, asynccontextmanager]
    code = getattr(target, "__code__", None)
    return inspect.iscode(code) and code in (
        getattr(decorator(iter), "__code__", None) for decorator in decorators
    )


@contextmanager
def _running(mock: Mock, reset: bool, remove_data: bool) -> Iterator[None]:
    running = mock.for_call()
    running.start(reset=reset)
    try:
        yield
    finally:
        running.stop(remove_data=remove_data)


def _decorate_callable(
    target: Callable[..., Any], mock: Mock, reset: bool, remove_data: bool
) -> Callable[..., Any]:
    """A wrapper of the same kind as ``target``, so that the mock is active while its body runs."""

    async def coroutine(*args: Any, **kwargs: Any) -> Any:
        with _running(mock, reset, remove_data):
            return await target(*args, **kwargs)

    def generator(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        with _running(mock, reset, remove_data):
            return (yield from target(*args, **kwargs))

    async def async_generator(*args: Any, **kwargs: Any) -> AsyncGenerator[Any, Any]:
        with _running(mock, reset, remove_data):
            source: AsyncGenerator[Any, Any] = target(*args, **kwargs)
            # What `yield from` does, which async generators lack: every value, exception and
            # close goes through to the body.
            try:
                value = await source.__anext__()
                while True:
                    try:
                        sent = yield value
                    except GeneratorExit:  # noqa: PERF203 - each value has its own fate
                        await source.aclose()
                        raise
                    except BaseException as thrown:
                        value = await source.athrow(thrown)
                    else:
                        value = await source.asend(sent)
            except StopAsyncIteration:
                return

    def plain(*args: Any, **kwargs: Any) -> Any:
        result = None
        running = mock.for_call()
        running.start(reset=reset)
        try:
            result = target(*args, **kwargs)
        finally:
            pending = inspect.iscoroutine(result)
            running.stop(remove_data=remove_data and not pending)
        # A plain function around a coroutine function (many decorators make one, moto's too)
        # has only made the coroutine by now: the mock is needed again while that is awaited.
        return finish(result) if pending else result

    async def finish(pending: Coroutine[Any, Any, Any]) -> Any:
        with _running(mock, False, remove_data):
            return await pending

    kinds: list[tuple[Callable[[object], bool], Callable[..., Any]]] = [
        (inspect.iscoroutinefunction, coroutine),
        (inspect.isasyncgenfunction, async_generator),
        (inspect.isgeneratorfunction, generator),
    ]
    # The second body is that of an object with a __call__ method; a function has none to look at.
    bodies = (target, type(_without_partial(target)).__call__)
    for is_kind, wrapper in kinds:
        if any(map(is_kind, bodies)):
            return functools.wraps(target)(wrapper)
    return functools.wraps(target)(plain)


def _without_partial(target: Callable[..., Any]) -> Callable[..., Any]:
    while isinstance(target, functools.partial):
        target = target.func
    return target


def _decorate_class(klass: type, mock: Mock, reset: bool, remove_data: bool) -> None:
    """Decorate the public methods that ``klass`` itself defines, and its nested classes.

    As moto does, it leaves alone what is inherited, static methods, class methods (``setUpClass``
    among them) and names that start with an underscore; and whatever ``decorate`` refuses, such
    as fixtures and context managers defined in the class.
    """
    roles = _roles(klass)
    for name, member in list(vars(klass).items()):
        if name.startswith("_") or name in _OF_THE_CLASS:
            continue
        if _is_method(member):
            starts_clean, ends_clean = roles(name)
            method = _without_argument(member) if name in _OF_EACH_METHOD else member
            wrapped = _decorate_callable(
                method, mock, reset and starts_clean, remove_data and ends_clean
            )
            setattr(klass, name, wrapped)
        # A class that is only mentioned here (`model = Order`) belongs to somebody else.
        elif inspect.isclass(member) and member.__qualname__ == f"{klass.__qualname__}.{name}":
            _decorate_class(member, mock, reset, remove_data)


def _is_method(member: object) -> TypeGuard[FunctionType]:
    """A member that is decorated with its class, and that unittest and pytest would call."""
    return isinstance(member, FunctionType) and _advice(member) is None


def _without_argument(member: FunctionType) -> Callable[..., Any]:
    """Take the test method that pytest passes, and drop it if ``member`` has no use for it.

    pytest passes it to a ``setup_method`` that takes one, going by its code object
    (``_pytest.python._call_with_optional_argument``). A wrapper's takes anything.
    """
    if member.__code__.co_argcount > 1 or member.__code__.co_flags & inspect.CO_VARARGS:
        return member

    @functools.wraps(member)
    def method(self: object, *_: object) -> Any:
        return member(self)

    return method


def _roles(klass: type) -> Callable[[str], tuple[bool, bool]]:
    """Which methods of ``klass`` start from clean state, and which leave none behind.

    Data outlives a stop that doesn't remove it. So the first setup method of a test resets, the
    test and the teardown find what it made, and the next test's setup resets again. Without a
    setup method each test resets; without a teardown method either, it removes its data too.
    """
    is_test_case = issubclass(klass, TestCase)
    # setUp and its like mean nothing to pytest in a class that is no TestCase.
    known = _SETUPS | _TEARDOWNS if is_test_case else _OF_EACH_METHOD
    hooks = {name for name in known if _is_mocked(klass, name)}

    def roles(name: str) -> tuple[bool, bool]:
        if name == "asyncSetUp":
            return "setUp" not in hooks, False
        if name in _SETUPS:
            return True, False
        if name.startswith(TestLoader.testMethodPrefix) or (is_test_case and name == "runTest"):
            return hooks.isdisjoint(_SETUPS), not hooks
        return False, False

    return roles


def _is_mocked(klass: type, name: str) -> bool:
    """Will the method ``name`` of ``klass`` run in a mock once ``klass`` is decorated?

    An inherited one does if its own class was decorated, by us or by moto. Otherwise it makes
    no state in the mock that tests could share, and they have to reset for themselves.
    """
    for base in klass.__mro__:
        if name in vars(base):
            member = vars(base)[name]
            return _is_method(member) and (base is klass or hasattr(member, "__wrapped__"))
    return False
