"""What one ``mock_aws`` was asked for, checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from .clock import clock_of
from .declared import Endpoint, parse_endpoints
from .errors import InvalidOption
from .options import checked_flag, checked_optimise, checked_region
from .plugin.checks import check_plugins

if TYPE_CHECKING:
    from .clock import ClockOption


@dataclass(frozen=True)
class Settings:
    """What one ``mock_aws`` was asked for, checked; ``config`` by the engine, which has moto."""

    config: Mapping[str, Any] = field(default_factory=dict)
    endpoints: tuple[Endpoint, ...] = ()
    plugins: tuple[object, ...] = ()
    clock: ClockOption = None
    optimise: bool = True
    region: str | None = None
    reset: bool = True
    remove_data: bool = True

    @classmethod
    def of(
        cls,
        config: object = None,
        endpoints: object = (),
        plugins: object = (),
        clock: object = None,
        optimise: object = None,
        region: object = None,
        reset: object = True,
        remove_data: object = True,
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
            cast("ClockOption", clock),
            checked_optimise(optimise),
            checked_region(region),
            checked_flag("reset", reset),
            checked_flag("remove_data", remove_data),
        )

    @property
    def mocks_credentials(self) -> bool:
        """moto's ``core.mock_credentials``, on unless it is False."""
        return (self.config.get("core") or {}).get("mock_credentials", True) is not False

    @property
    def lets_s3_out(self) -> bool:
        """Whether moto's ``core.passthrough`` names S3, for clients that no wire serves."""
        passthrough = (self.config.get("core") or {}).get("passthrough") or {}
        return "s3" in (passthrough.get("services") or ())
