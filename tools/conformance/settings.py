"""What the runner tells the bridge. It goes by environment variables: the bridge has to act
before pytest reads its options."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Literal

Client = Literal["aiobotocore", "aioboto3"]
Backend = Literal["aiohttp", "httpx"]

CLIENT = "AIOMOTO_CONFORMANCE_CLIENT"
BACKEND = "AIOMOTO_CONFORMANCE_BACKEND"
RESULTS = "AIOMOTO_CONFORMANCE_RESULTS"


@dataclass(frozen=True)
class Line:
    """Which async client carries out the calls, and over which HTTP library."""

    client: Client = "aiobotocore"
    backend: Backend = "aiohttp"

    @classmethod
    def from_environment(cls) -> Line:
        client = os.environ.get(CLIENT, "aiobotocore")
        backend = os.environ.get(BACKEND, "aiohttp")
        if client not in ("aiobotocore", "aioboto3") or backend not in ("aiohttp", "httpx"):
            raise ValueError(f"{CLIENT}={client!r}, {BACKEND}={backend!r}: unknown value")
        return cls(client, backend)  # type: ignore[arg-type]

    def environment(self) -> dict[str, str]:
        return {CLIENT: self.client, BACKEND: self.backend}

    @property
    def name(self) -> str:
        return f"{self.client}-{self.backend}"
