"""Lambda functions whose code is a Python callable, plain or async, of the test."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

from aiomoto import ServicePlugin, hookimpl
from aiomoto.delivering import takers

from .registered import handlers

if TYPE_CHECKING:
    from collections.abc import Awaitable, Sequence

    from aiomoto import AwsRequest, AwsResponse, Engine, Patch

    from .compat.sources import Listener
    from .service import Service


class LambdaPlugin(ServicePlugin["Service"]):
    """Has moto hand over what its services invoke."""

    services = ("awslambda",)
    module = "moto.awslambda.models"
    has_jobs = True

    def patches(self) -> Sequence[Patch]:
        from .compat.functions import Lambda

        self._moto = Lambda()
        return self._moto.patches(cast("Listener", _Now()))

    def begin(self, engine: Engine) -> tuple[Service, Sequence[Patch]]:
        from .service import Service

        return Service(engine, self._moto, handlers), ()

    @hookimpl
    def aiomoto_activate(self, engine: Engine) -> None:
        """Begin, and take callables, and what other services give to functions."""
        super().aiomoto_activate(engine)
        handlers.attach(self._started)
        takers["lambda"] = self._take

    def _started(self) -> Service:
        import_module(self.module)
        assert self.now is not None
        return self.now

    def _take(self, arn: str, event: Any) -> bool:
        return self.now is not None and self.now.take(arn, event)

    @hookimpl
    def aiomoto_deactivate(self, engine: Engine) -> None:
        """Forget the callables, and end."""
        takers.pop("lambda", None)
        handlers.detach()
        super().aiomoto_deactivate(engine)

    @hookimpl
    def aiomoto_handle(
        self, engine: Engine, request: AwsRequest
    ) -> AwsResponse | Awaitable[AwsResponse] | None:
        """Invoke a function that has a callable; all else is moto's."""
        from aiomoto.background import background

        from .invocations import Invocation

        if request.is_async:  # for what is invoked from threads later
            background.see()
        invocation = Invocation.of(request)
        if invocation is None or self.now is None:
            return None
        return invocation.answer(engine, self.now)

    @hookimpl
    def aiomoto_blocks(self, request: AwsRequest) -> bool:
        """Docker takes its time; nothing else of Lambda does."""
        from .invocations import Invocation

        docker = self.now is not None and self.now.compat.uses_docker()
        return docker and Invocation.of(request) is not None

    @hookimpl
    def aiomoto_response(self, request: AwsRequest, response: AwsResponse) -> None:
        """Look again: a new event source may have messages already."""
        changes = "/event-source-mappings" in request.url and request.method in ("POST", "PUT")
        if changes and self.now is not None and response.status < 300:
            self.now.sources.look_again()


class _Now:
    """The listener of moto's Lambda: that of the mock of now."""

    def __getattr__(self, name: str) -> Any:
        return getattr(plugin.now, name)


plugin = LambdaPlugin()
