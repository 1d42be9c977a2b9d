"""What is active now: counts users, patches once, takes the patches out with the last user.

There is one engine in a process, since what it patches is global to it.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from . import compat, environment
from .calls import recorder
from .clock import Clock, ClockOption, RealClock, check_same, clock_of
from .dispatch import Dispatcher, name_operation
from .endpoints import scope_of
from .errors import InvalidOption, RealRequestBlocked
from .fast.collector import collector_rests
from .guard import Endpoint, Guard, Ruling, Verdict, environment_endpoints, parse_endpoints
from .patching import ClientPatches
from .plugin.checks import check_plugins
from .plugin.manager import PluginManager
from .request import AwsRequest, AwsResponse, Call, current_call, headers_of
from .undo import Undo
from .wire.stubber import answer_requests, judge_requests

if TYPE_CHECKING:
    from .wire.streaming import Feed


@dataclass(frozen=True)
class Settings:
    """What one ``mock_aws`` was asked for, checked."""

    config: Mapping[str, Any] = field(default_factory=dict)
    endpoints: tuple[Endpoint, ...] = ()
    plugins: tuple[object, ...] = ()
    clock: ClockOption = None
    optimise: bool = True

    @classmethod
    def of(
        cls,
        config: object,
        endpoints: object,
        plugins: object,
        clock: ClockOption = None,
        optimise: object = None,
    ) -> Settings:
        """Check the arguments; raises :class:`~aiomoto.errors.InvalidOption`."""
        if config is not None and not isinstance(config, Mapping):
            raise InvalidOption(
                f"mock_aws(config=...) takes a dictionary as moto.mock_aws does, got {config!r}."
            )
        clock_of(clock)  # refuses what is none
        return cls(
            dict(config or {}),
            parse_endpoints(endpoints),
            check_plugins(plugins),
            clock,
            _optimise(optimise),
        )

    @property
    def mocks_credentials(self) -> bool:
        """moto's ``core.mock_credentials``, on unless it is False."""
        return (self.config.get("core") or {}).get("mock_credentials", True) is not False


class Lease:
    """One user of the engine, from start to stop."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.endpoints: tuple[Endpoint, ...] = ()
        self.undo = Undo()
        self.remove_data = True


class Engine:
    """Switches mocking on with the first lease and off with the last."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._leases: list[Lease] = []
        self._switch = Undo()
        self._environment = environment.Layers[str](lambda: os.environ)
        self._config = environment.Layers[Any](lambda: compat.moto().config)
        self._guard = Guard(())
        self._plugins = PluginManager(lambda: {name for name, _ in compat.moto().url_patterns})
        self._remove_data = True
        self._prepared = False
        self._optimises = False
        self._patches = ClientPatches(self)
        #: Bodies that are being delivered piece by piece.
        self.streams: set[Feed] = set()
        #: What the mocks that are active go by; for plugins, from their activation on.
        self.clock: Clock = RealClock()

    # -- leases ------------------------------------------------------------

    @property
    def active(self) -> bool:
        """Whether any mock is running."""
        return bool(self._leases)

    def optimises(self) -> bool:
        """Whether the fast paths are on: a mock is active, and none asked for the slow ones."""
        return self._optimises

    @property
    def leases(self) -> tuple[Lease, ...]:
        """The users of now, in the order of their start."""
        return tuple(self._leases)

    @property
    def owners(self) -> Mapping[str, str]:
        """moto service to the name of the plugin that owns it."""
        return self._plugins.owners

    def acquire(self, settings: Settings, reset: bool) -> Lease:
        """Start for one more user. All is undone if anything goes wrong."""
        with self._lock:
            if not self._prepared:
                self._prepare(settings.optimise)
            if self._leases:
                check_same(settings.clock, self.clock)
            lease = Lease(settings)
            first = not self._leases
            with Undo() as undo:
                undo.add(self._renew_guard)
                self._layer_environment(lease, undo)
                self._layer_config(lease, undo)
                self._leases.append(lease)
                undo.add(self._leases.remove, lease)
                self._renew_guard()
                for plugin in settings.plugins:
                    undo.add(self._plugins.unregister, self._plugins.add(plugin), self)
                if first:
                    self._switch_on(reset, settings.clock)
                undo.add(self._switch_off_with, lease)
                if not first:
                    self._plugins.activate_all(self)
                lease.undo = undo.keep()
            return lease

    def release(self, lease: Lease, remove_data: bool) -> None:
        """Stop for one user; the last one takes everything out."""
        with self._lock:
            lease.remove_data = remove_data
            lease.undo.close()

    def reset(self) -> None:
        """Forget all of moto's resources, and what plugins keep of them."""
        self._dispatcher.reset()
        compat.moto().restore_routes(self._is_ours, self._answer_requests)
        with self._lock:
            self._plugins.reset_all(self)

    def _prepare(self, optimise: bool) -> None:
        """Import moto and the plugins; raises if a library or a plugin doesn't fit."""
        with collector_rests() if optimise else nullcontext():
            _ = self._dispatcher
            self._plugins.load_entry_points()
        self._prepared = True

    @cached_property
    def _dispatcher(self) -> Dispatcher:
        """Made with the first mock, which is when moto is imported and looked through."""
        compat.refuse_peer_distribution()
        return Dispatcher(self, compat.moto(), self._plugins)

    def _layer_environment(self, lease: Lease, undo: Undo) -> None:
        declared = environment_endpoints(os.environ)
        lease.endpoints = tuple(dict.fromkeys((*lease.settings.endpoints, *declared)))
        changes = environment.layer(os.environ, mock_credentials=lease.settings.mocks_credentials)
        undo.add(self._environment.pop, lease)
        self._environment.push(lease, changes)

    def _layer_config(self, lease: Lease, undo: Undo) -> None:
        known = compat.moto().config
        unknown = [key for key in lease.settings.config if key not in known]
        if unknown:
            raise InvalidOption(
                f"mock_aws(config=...) has {unknown[0]!r}, which moto "
                f"{compat.moto().version} does not know. Known are: {', '.join(sorted(known))}."
            )
        undo.add(self._config.pop, lease)
        self._config.push(lease, lease.settings.config)

    def _renew_guard(self) -> None:
        moto = compat.moto()
        self._optimises = bool(self._leases) and all(
            lease.settings.optimise for lease in self._leases
        )
        declared = dict.fromkeys(one for lease in self._leases for one in lease.endpoints)
        self._guard = Guard(
            suffixes=compat.dns_suffixes(),
            endpoints=tuple(declared),
            passes=self._dispatcher.passes if moto.has_passthrough() else None,
        )

    # -- the switch ----------------------------------------------------------

    def _switch_on(self, reset: bool, clock: ClockOption) -> None:
        with Undo() as undo:
            undo.add(setattr, self, "clock", RealClock())
            self.clock = clock_of(clock) or self.clock
            self._hide_default_session(undo)
            compat.moto().enter(reset, self._is_ours, self._answer_requests)
            undo.add(self._leave)
            undo.add(self._patches.take_out)
            self._patches.put_in()
            undo.add(self._end_streams)
            undo.add(self._plugins.deactivate_all, self)
            self._plugins.activate_all(self)
            self._switch = undo.keep()

    def _switch_off_with(self, lease: Lease) -> None:
        """The last lease to go takes everything out, whichever came first."""
        if self._leases == [lease]:
            self._remove_data = lease.remove_data
            self._switch.close()

    def _end_streams(self) -> None:
        for stream in tuple(self.streams):
            stream.end()

    def _is_ours(self, request: Any) -> bool:
        """Whether a request of the ``requests`` library is answered, or refused, here.

        What no backend of moto claims is left to moto's own words for that. A
        raw moto mock may outlast ours, with this still registered.
        """
        if not self._leases:
            url = str(request.url).split("?", 1)[0]
            return self._dispatcher.claims(url) and not self._dispatcher.passes(url)
        ruling = judge_requests(self, request)
        if ruling.verdict is Verdict.MOCK:
            return self._dispatcher.claims(ruling.url)
        return ruling.verdict is Verdict.BLOCK

    def _answer_requests(self, request: Any) -> Any:
        return answer_requests(self, request) if self._leases else None

    def _leave(self) -> None:
        compat.moto().leave(self._remove_data)

    def _hide_default_session(self, undo: Undo) -> None:
        """boto3's default session holds real credentials; moto's option keeps it all the same."""
        core = compat.moto().config.get("core") or {}
        if core.get("reset_boto3_session", True):
            import boto3

            undo.add(setattr, boto3, "DEFAULT_SESSION", boto3.DEFAULT_SESSION)
            boto3.DEFAULT_SESSION = None

    # -- what the wires ask ------------------------------------------------------

    def judge(self, url: str, headers: Mapping[str, str], call: Call | None) -> Ruling:
        """What happens to a request; see :mod:`aiomoto.guard`.

        A patch of ours may outlast the mocks, in the hand of somebody who
        patched over it meanwhile and puts it back; it lets everything pass.
        aiobotocore's requests come by twice, at its session and where the
        connection is made: with the same URL they are judged once.
        """
        guard = self._guard
        if not self._leases:
            return Ruling(Verdict.PASS, url)
        if call is None:
            return guard.judge(url, headers, None)
        judged = call.judged
        if judged is None or judged[0] is not guard or judged[1] != url:
            judged = call.judged = guard, url, guard.judge(url, headers, call)
        return judged[2]

    async def answer(self, request: AwsRequest) -> AwsResponse:
        """Answer a request whose client awaits."""
        self.clock.touch()
        record = recorder.begin(request, request.call)
        # What a plugin requests meanwhile is not its client's doing.
        token = current_call.set(None)
        try:
            response = await self._dispatcher.handle(request)
        except BaseException as error:
            record.failed(request, error)
            if request.call is not None and isinstance(error, Exception):
                request.call.error = error
            raise
        finally:
            current_call.reset(token)
        record.answered(request, response)
        return response

    def answer_sync(self, request: AwsRequest) -> AwsResponse:
        """Answer a request whose client's thread waits."""
        request.is_async = False
        record = recorder.begin(request, request.call)
        token = current_call.set(None)
        try:
            response = self._dispatcher.handle_sync(request)
        except BaseException as error:
            record.failed(request, error)
            raise
        finally:
            current_call.reset(token)
        record.answered(request, response)
        return response

    def ask_moto(self, request: AwsRequest) -> AwsResponse:
        """moto's own answer to a request, for plugins that answer around it.

        moto computes in this thread, its state locked meanwhile; it must not
        be asked for something that waits.
        """
        return self._dispatcher.ask_moto(request)

    def blocked(
        self, url: str, headers: Mapping[str, str], call: Call | None
    ) -> RealRequestBlocked:
        """The error for a request that may not leave."""
        scope = scope_of(headers, "")
        service = (call.service if call else None) or (scope.service if scope else None)
        asked = AwsRequest("", url, headers_of(headers), call=call)
        name_operation(asked)
        error = RealRequestBlocked(url, service=service, operation=asked.operation)
        recorder.begin(asked, call).failed(asked, error)
        if call is not None:
            call.error = error
        return error


def _optimise(given: object) -> bool:
    if given is None:
        return os.environ.get("AIOMOTO_OPTIMISE", "1") != "0"
    if not isinstance(given, bool):
        raise InvalidOption(f"mock_aws(optimise=...) takes True, False or None, got {given!r}.")
    return given


#: The engine of this process.
engine = Engine()
