"""moto's own mocks that start or stop while one of ours is active.

Each puts back, when it stops, what it found when it started: too early where ours still lasts,
too late where ours has ended meanwhile, and moto's configuration only if it is the last of all.
While ours are active, moto's count as layers among theirs (:class:`.environment.Layers`), so
that the order in which they end does not matter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .compat import moto, raw_mocks
from .locks import under

if TYPE_CHECKING:
    from .interfaces import Surroundings
    from .plugin.patches import Patch


def patches(engine: Surroundings) -> list[Patch]:
    """Make what is replaced in moto's mock while one of ours is active."""
    mock_class = moto().mock_class
    original_start, original_stop = mock_class.start, mock_class.stop

    def start(self: Any, *args: Any, **kwargs: Any) -> None:
        """Start, as a layer above those that are there."""
        original_start(self, *args, **kwargs)
        under(engine.lock, _adopt, engine, self)

    def stop(self: Any, *args: Any, **kwargs: Any) -> None:
        """Stop; the layer is taken away from where it lies."""
        under(engine.lock, _take_away, engine, self)
        original_stop(self, *args, **kwargs)

    return [(mock_class, "start", start), (mock_class, "stop", stop)]


def _adopt(engine: Surroundings, mock: Any) -> None:
    if engine.active:
        engine.environment.adopt(mock, raw_mocks.variables(mock))
        engine.config.adopt(mock, raw_mocks.configuration(mock))


def _take_away(engine: Surroundings, mock: Any) -> None:
    if engine.active:
        engine.environment.pop_other(mock, raw_mocks.variables(mock))
        engine.config.pop_other(mock, raw_mocks.configuration(mock))
        raw_mocks.disarm(mock)
        raw_mocks.show_session(mock, engine.hidden_session)
