"""A plugin that implements every hook and lets all requests through.

The module itself is one; so is each ``EveryHook()``. What was called is in
``calls``, as the hook's name and its arguments.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiomoto import hookimpl

if TYPE_CHECKING:
    from aiomoto import AwsRequest, AwsResponse, Engine, Front, ModulePatches

calls: list[tuple[Any, ...]] = []


@hookimpl
def aiomoto_services() -> list[str]:
    calls.append(("aiomoto_services",))
    return ["kms"]


@hookimpl
def aiomoto_wires(front: Front) -> list[ModulePatches]:
    return []


@hookimpl
def aiomoto_activate(engine: Engine) -> None:
    calls.append(("aiomoto_activate", engine))


@hookimpl
def aiomoto_deactivate(engine: Engine) -> None:
    calls.append(("aiomoto_deactivate", engine))


@hookimpl
def aiomoto_reset(engine: Engine) -> None:
    calls.append(("aiomoto_reset", engine))


@hookimpl
def aiomoto_handle(engine: Engine, request: AwsRequest) -> None:
    calls.append(("aiomoto_handle", engine, request))


@hookimpl
def aiomoto_blocks(engine: Engine, request: AwsRequest) -> bool | None:
    calls.append(("aiomoto_blocks", engine, request))
    return None


@hookimpl
def aiomoto_response(
    engine: Engine, request: AwsRequest, response: AwsResponse
) -> AwsResponse | None:
    calls.append(("aiomoto_response", engine, request, response))
    return None


class EveryHook:
    """The same as an object, with its own ``calls`` and services."""

    def __init__(self, *services: str, name: str = "", log: list[Any] | None = None) -> None:
        self.services = services or ("kms",)
        if name:
            self.__name__ = name
        self.calls: list[Any] = []
        #: Shared by several plugins: who was switched on and off, in order.
        self.log: list[Any] = [] if log is None else log

    @property
    def hooks(self) -> list[str]:
        """The names of the hooks that were called, in order."""
        return [call[0] for call in self.calls]

    @hookimpl
    def aiomoto_services(self) -> tuple[str, ...]:
        self.calls.append(("aiomoto_services",))
        return self.services

    @hookimpl
    def aiomoto_wires(self, front: Front) -> list[ModulePatches]:
        return []

    @hookimpl
    def aiomoto_activate(self, engine: Engine) -> None:
        self.calls.append(("aiomoto_activate", engine))
        self.log.append(("on", getattr(self, "__name__", "")))

    @hookimpl
    def aiomoto_deactivate(self, engine: Engine) -> None:
        self.calls.append(("aiomoto_deactivate", engine))
        self.log.append(("off", getattr(self, "__name__", "")))

    @hookimpl
    def aiomoto_reset(self, engine: Engine) -> None:
        self.calls.append(("aiomoto_reset", engine))

    @hookimpl
    def aiomoto_handle(self, engine: Engine, request: AwsRequest) -> Any:
        self.calls.append(("aiomoto_handle", engine, request))
        return self.handle(request)

    @hookimpl
    def aiomoto_blocks(self, engine: Engine, request: AwsRequest) -> Any:
        self.calls.append(("aiomoto_blocks", engine, request))
        return self.blocks(request)

    @hookimpl
    def aiomoto_response(self, engine: Engine, request: AwsRequest, response: AwsResponse) -> Any:
        self.calls.append(("aiomoto_response", engine, request, response))
        return self.response(request, response)

    # What a test puts its own behaviour into, by subclassing or assignment.

    def handle(self, request: AwsRequest) -> Any:
        return None

    def blocks(self, request: AwsRequest) -> Any:
        return None

    def response(self, request: AwsRequest, response: AwsResponse) -> Any:
        return None
