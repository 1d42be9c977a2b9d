"""The engine as others know it: plugins, the wires of clients, and core's further patches."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from .clock import Clock
    from .environment import Layers
    from .plugin.fast_paths import FastPath
    from .plugin.imports import PatchTable
    from .request import AwsRequest, AwsResponse, Call


class Engine(Protocol):
    """The engine as a plugin sees it. There is one in a process. Since 0.1."""

    @property
    def clock(self) -> Clock:
        """The time that moto's services go by, from the activation of the plugin on."""

    @property
    def owners(self) -> Mapping[str, str]:
        """moto's name of a service to the name of the plugin that owns it."""

    @property
    def fast_paths(self) -> PatchTable[FastPath]:
        """The fast paths; a plugin begins and ends its own here."""

    def ask_moto(self, request: AwsRequest) -> AwsResponse:
        """moto's own answer to a request, for plugins that answer around it.

        moto computes in this thread, its state locked meanwhile; it must not be asked for
        something that waits.
        """


class Front(Protocol):
    """The engine as the wire of a client asks it for each request. Since 0.1."""

    @property
    def active(self) -> bool:
        """Whether any mock is running; patches may outlast it in somebody else's hand."""

    @property
    def at_end(self) -> set[Callable[[], object]]:
        """Calls to make when the last mock ends, in any thread: to end bodies that still come."""

    def judge(self, url: str, headers: Mapping[str, str], call: Call | None) -> str | None:
        """The URL in the AWS domain at which a request is answered; None to send it for real.

        Asked before a socket is opened. ``call`` is what an AWS client is doing, None for a
        plain HTTP client.

        :raises RealRequestBlocked: if it may not leave. That is on record, and ``call`` carries
            it past a client that would retry.
        """

    def may_answer(self, url: str) -> bool:
        """Whether any request to the origin of a URL may be answered: for whom connects first."""

    def check_host(self, host: object) -> None:
        """Ask before a name is looked up, or connected to, of which no request can be judged.

        ``host`` is a name or an address in whatever form; what is neither is let through.

        :raises RealRequestBlocked: if it is AWS's, and ``passthrough`` doesn't name it.
        """

    async def answer(self, request: AwsRequest) -> AwsResponse:
        """Answer a request, with the URL that :meth:`judge` gave, whose client awaits."""

    def answer_sync(self, request: AwsRequest) -> AwsResponse:
        """Answer a request, with the URL that :meth:`judge` gave, whose client's thread waits."""


class Surroundings(Protocol):
    """The engine as core's other patches see it: all that a mock lays over its surroundings."""

    lock: Any
    environment: Layers[str]
    config: Layers[Any]
    #: boto3's default session, if it was put aside; in a list, as it may be None.
    hidden_session: list[Any] | None

    @property
    def active(self) -> bool:
        """Whether any mock is running."""

    @property
    def mocks_credentials(self) -> bool:
        """Whether one that is running wants fake credentials."""
