"""moto's server, where a test runs it in its own process."""

from __future__ import annotations

import sys
import threading

from ..warning import warn


def warn_of_servers() -> None:
    """Warn before moto's state is emptied of which such a server has a part."""
    for address in moto_servers():
        warn(
            f"This mock shares moto's state with the moto server that runs in this process "
            f"({address}), and its start empties both. Leave one of them out, run the server in a "
            "process of its own, or keep what it has: mock_aws(reset=False, remove_data=False)."
        )


def moto_servers() -> list[str]:
    """The addresses of each ``ThreadedMotoServer`` that is running in this process.

    It is known by the thread that it runs in. Empty also where a library has changed: nobody
    needs this to mock.
    """
    module = sys.modules.get("moto.moto_server.threaded_moto_server")
    kind = getattr(module, "ThreadedMotoServer", None)
    if not isinstance(kind, type):
        return []
    targets = [getattr(thread, "_target", None) for thread in threading.enumerate()]
    servers = [getattr(target, "__self__", None) for target in targets]
    return [_address(one) for one in servers if isinstance(one, kind)]


def _address(server: object) -> str:
    try:
        host, port = server.get_host_and_port()  # type: ignore[attr-defined]
    except Exception:  # it is only just starting
        return "an address of its own"
    return f"http://{host}:{port}"
