"""What is active now: counts users, patches once, takes the patches out with the last user.

There is one engine in a process, since what it patches is global to it.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from contextlib import nullcontext
from functools import cached_property
from typing import TYPE_CHECKING, Any

from . import compat, environment
from .calls import recorder
from .calls.naming import name_operation
from .clock import Clock, ClockOption, RealClock, check_same, clock_of
from .configuration import check_config
from .declared import environment_endpoints
from .dispatch import Dispatcher
from .endpoints import scope_of
from .errors import RealRequestBlocked
from .fast.collector import collector_rests
from .guard import Guard, Ruling, Verdict
from .leases import Abandoned, Lease
from .locks import Order, guarded, under
from .named_file import named_file
from .patching import NeededPatches, fast_paths
from .plugin import core
from .plugin.fast_paths import FastPaths
from .plugin.manager import PluginManager
from .request import AwsRequest, AwsResponse, Call, current_call, headers_of
from .undo import Undo, surely
from .wire.stubber import answer_requests, judge_requests

if TYPE_CHECKING:
    from .wire.streaming import Feed


class Engine:
    """Switches mocking on with the first lease and off with the last."""

    def __init__(self) -> None:
        #: Around starts and stops.
        self.lock = guarded(threading.RLock(), Order.ENGINE)
        self.abandoned = Abandoned(self.lock, self._end)
        self._leases: list[Lease] = []
        self._switch = Undo()
        self.environment = environment.Layers[str](lambda: os.environ)
        self.config = environment.Layers[Any](lambda: compat.moto().config)
        self._guard = Guard(())
        self._plugins = PluginManager(
            lambda: {name for name, _ in compat.moto().url_patterns}, core
        )
        self._remove_data = True
        self._prepared = False
        self._patches = NeededPatches(self)
        #: What only makes things faster; plugins begin and end their own here. See docs/hooks.md.
        self.fast_paths: FastPaths = FastPaths(fast_paths())
        #: boto3's default session, if it was put aside; in a list, as it may be None.
        self.hidden_session: list[Any] | None = None
        #: Bodies that are being delivered piece by piece.
        self.streams: set[Feed] = set()
        #: What the mocks that are active go by; for plugins, from their activation on.
        self.clock: Clock = RealClock()

    # -- leases ------------------------------------------------------------

    @property
    def active(self) -> bool:
        """Whether any mock is running."""
        return bool(self._leases)

    @property
    def leases(self) -> tuple[Lease, ...]:
        """The users of now, in the order of their start."""
        return tuple(self._leases)

    @property
    def owners(self) -> Mapping[str, str]:
        """moto service to the name of the plugin that owns it."""
        return self._plugins.owners

    def acquire(self, lease: Lease, reset: bool) -> None:
        """Start for one more user. All is undone if anything goes wrong."""
        under(self.lock, self._begin, lease, reset)
        self.abandoned.release()

    def release(self, lease: Lease) -> None:
        """Stop for one user; the last one takes everything out. Harmless where it is out."""
        under(self.lock, self._end, lease)
        self.abandoned.release()

    def latest(self, owner: object) -> Lease | None:
        """The lease that was begun last of those that are ``owner``'s."""
        return next((lease for lease in reversed(self._leases) if lease.owner is owner), None)

    def release_latest(self, owner: object, remove_data: bool | None) -> bool:
        """Stop for the latest lease of ``owner``; returns whether there was one."""
        was_active = under(self.lock, self._end_latest, owner, remove_data)
        self.abandoned.release()
        return was_active

    def _end_latest(self, owner: object, remove_data: bool | None) -> bool:
        lease = self.latest(owner)
        if lease is None:
            return False
        if remove_data is not None:
            lease.remove_data = remove_data
        surely(self._end, lease)
        return True

    def _begin(self, lease: Lease, reset: bool) -> None:
        settings, undo = lease.settings, lease.undo
        if not self._prepared:
            self._prepare(settings.optimise)
        check_config(settings.config, compat.moto())
        if self._leases:
            check_same(settings.clock, self.clock)
        first = not self._leases
        try:
            undo.add(self._renew_guard)
            self._layer_environment(lease)
            self._layer_config(lease)
            undo.add(self._forget, lease)
            self._leases.append(lease)
            self._renew_guard()
            for plugin in settings.plugins:
                undo.add(self._plugins.remove, plugin, lease, self)
                self._plugins.add(plugin, lease)
            undo.add(self._switch_off_with, lease)
            if first:
                self._switch_on(reset, settings.clock)
            else:
                self._plugins.activate_all(self)
            undo.add(recorder.leave, lease)
            recorder.listen(lease.calls, lease)
        except BaseException:
            self._end(lease)
            raise

    def _end(self, lease: Lease) -> None:
        lease.let_go()
        lease.undo.close()

    def _forget(self, lease: Lease) -> None:
        self._leases = [one for one in self._leases if one is not lease]

    def reset(self) -> None:
        """Forget all of moto's resources, and what plugins keep of them."""
        self._dispatcher.reset()
        compat.moto().restore_routes(self._is_ours, self._answer_requests)
        with self.lock:
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

    def _layer_environment(self, lease: Lease) -> None:
        settings, named = lease.settings, named_file(os.environ)
        declared = (*settings.endpoints, *environment_endpoints(os.environ), *named.endpoints)
        lease.endpoints = tuple(dict.fromkeys(declared))
        changes = environment.layer(
            os.environ,
            mock_credentials=settings.mocks_credentials,
            region=settings.region,
            named=named,
            layered=self.environment.keys,
        )
        lease.undo.add(self.environment.pop, lease)
        self.environment.push(lease, changes)

    def _layer_config(self, lease: Lease) -> None:
        lease.undo.add(self.config.pop, lease)
        self.config.push(lease, lease.settings.config)

    def _renew_guard(self) -> None:
        moto = compat.moto()
        wanted = (lease.settings.optimise for lease in self._leases)
        self.fast_paths.switch(bool(self._leases) and all(wanted))
        declared = dict.fromkeys(one for lease in self._leases for one in lease.endpoints)
        self._guard = Guard(
            suffixes=compat.dns_suffixes(),
            endpoints=tuple(declared),
            passes=self._dispatcher.routes.passes if moto.has_passthrough() else None,
        )

    # -- the switch ----------------------------------------------------------

    def _switch_on(self, reset: bool, clock: ClockOption) -> None:
        """Begin to mock; the undo of the first lease takes back what was done of it."""
        undo = self._switch
        undo.add(setattr, self, "clock", RealClock())
        self.clock = clock_of(clock) or self.clock
        self._hide_default_session(undo)
        undo.add(self._leave)
        compat.moto().enter(reset, self._is_ours, self._answer_requests)
        undo.add(self._patches.take_out)
        self._patches.put_in()
        undo.add(self._end_streams)
        undo.add(self._plugins.deactivate_all, self)
        self._plugins.activate_all(self)

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
            routes = self._dispatcher.routes
            return routes.claims(url) and not routes.passes(url)
        ruling = judge_requests(self, request)
        if ruling.verdict is Verdict.MOCK:
            return self._dispatcher.routes.claims(ruling.url)
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

            self.hidden_session = [boto3.DEFAULT_SESSION]
            undo.add(setattr, self, "hidden_session", None)
            undo.add(self._show_default_session)
            boto3.DEFAULT_SESSION = None

    def _show_default_session(self) -> None:
        import boto3

        if self.hidden_session is not None:
            [boto3.DEFAULT_SESSION] = self.hidden_session

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


#: The engine of this process.
engine = Engine()
