"""What is active now: counts users, patches once, takes the patches out with the last user.

There is one engine in a process, since what it patches is global to it.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any

from . import compat, environment
from .calls import recorder
from .clock import Clock, ClockOption, RealClock, check_same, clock_of
from .configuration import check_config
from .declared import environment_endpoints
from .dispatch import Dispatcher
from .fast.collector import collector_rests
from .front import Front
from .guard import Guard
from .last_line import LastLine
from .leases import Abandoned, Lease
from .locks import Order, guarded, under
from .named_file import named_file
from .patching import fast_paths, needed
from .plugin import core
from .plugin.finder import watch_imports
from .plugin.imports import PatchTable
from .plugin.manager import PluginManager
from .plugin.owners import Owners
from .request import AwsRequest, AwsResponse
from .undo import Undo, surely


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
        self._remove_data = True
        self._prepared = False
        #: What the wires ask.
        self.front = Front(self, self._make_dispatcher)
        self._last_line = LastLine(self.front)
        self._wires = PatchTable(needed(self.front, self))
        self._plugins = PluginManager(
            self, self.front, self._wires, lambda: compat.moto().services, core
        )
        #: What only makes things faster; plugins begin and end their own here. See docs/hooks.md.
        self.fast_paths = PatchTable(fast_paths())
        #: boto3's default session, if it was put aside; in a list, as it may be None.
        self.hidden_session: list[Any] | None = None
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
    def mocks_credentials(self) -> bool:
        """Whether one of them wants fake credentials."""
        return any(lease.settings.mocks_credentials for lease in self._leases)

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
                undo.add(self._plugins.remove, plugin, lease)
                self._plugins.add(plugin, lease)
            undo.add(self._switch_off_with, lease)
            if first:
                self._switch_on(reset, settings.clock)
            else:
                self._last_line.put_in()
                self._plugins.activate_all()
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

    def guard_again(self) -> None:
        """Put back in what keeps Python's sockets from AWS, where somebody has taken it out."""
        if self._leases:
            under(self.lock, self._last_line.put_in)

    def reset(self) -> None:
        """Forget all of moto's resources, and what plugins keep of them."""
        self.front.dispatcher.reset()
        compat.moto().restore_routes(self.front.claims, self.front.answer_claimed)
        with self.lock:
            self._plugins.reset_all()

    def _prepare(self, optimise: bool) -> None:
        """Import moto and the plugins; raises if a library or a plugin doesn't fit."""
        with collector_rests() if optimise else nullcontext():
            _ = self.front.dispatcher
            self._plugins.load_entry_points()
        self._prepared = True

    def _make_dispatcher(self) -> Dispatcher:
        """With the first mock, which is when moto is imported and looked through."""
        compat.refuse_peer_distribution()
        return Dispatcher(compat.moto(), Owners(self._plugins), self.reset)

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
            lets_s3_out=settings.lets_s3_out,
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
        passes = self.front.passes if moto.has_passthrough() else None
        self.front.guard = (
            Guard(compat.dns_suffixes(), tuple(declared), passes) if self._leases else None
        )

    # -- the switch ----------------------------------------------------------

    def _switch_on(self, reset: bool, clock: ClockOption) -> None:
        """Begin to mock; the undo of the first lease takes back what was done of it."""
        undo = self._switch
        undo.add(setattr, self, "clock", RealClock())
        self.clock = clock_of(clock) or self.clock
        self._hide_default_session(undo)
        undo.add(self._leave)
        compat.moto().enter(reset, self.front.claims, self.front.answer_claimed)
        undo.add(self._wires.switch, False)
        watch_imports()
        self._wires.switch(True)
        undo.add(self._last_line.take_out)
        self._last_line.put_in()
        undo.add(self.front.end)
        undo.add(self._plugins.deactivate_all)
        self._plugins.activate_all()

    def _switch_off_with(self, lease: Lease) -> None:
        """The last lease to go takes everything out, whichever came first."""
        if self._leases == [lease]:
            self._remove_data = lease.remove_data
            self._switch.close()

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

    def ask_moto(self, request: AwsRequest) -> AwsResponse:
        """moto's own answer to a request; see :mod:`aiomoto.interfaces`."""
        return self.front.dispatcher.ask_moto(request)


#: The engine of this process.
engine = Engine()
