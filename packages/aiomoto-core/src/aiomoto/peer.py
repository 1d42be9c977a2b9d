"""The other project with the import name ``aiomoto``: its names, and what to use here instead.

Its distribution is named ``aiomoto``, as on the package index; version 0.5.8 was looked at.
"""

from __future__ import annotations

#: Arguments of its ``mock_aws`` that ours lacks.
OPTIONS = frozenset({"auto_endpoint", "server_mode", "server_port"})
#: What it exports and we don't.
NAMES = frozenset(
    {
        "AutoEndpointError",
        "AutoEndpointMode",
        "InProcessModeError",
        "ModeConflictError",
        "ProxyModeError",
        "RealHTTPRequestBlockedError",
        "ServerModeConfigurationError",
        "ServerModeDependencyError",
        "ServerModeEndpointError",
        "ServerModeHealthcheckError",
        "ServerModePortError",
        "ServerModeRequiredError",
        "mock_aws_decorator",
    }
)
_OURS = {
    "RealHTTPRequestBlockedError": "Here, aiomoto.RealRequestBlocked is raised instead.",
    "mock_aws_decorator": "Here, mock_aws is the decorator too.",
}
_SERVER = (
    "Here AWS is answered in process, and there is no server. For clients in other processes, "
    "run moto's own (moto.server.ThreadedMotoServer, or the command moto_server) and give them "
    "its address as endpoint_url, or use the package aiomoto-endpoint once it is there."
)


def advice(name: str) -> str:
    """What to do about a name or an argument of theirs."""
    return (
        f"{name!r} is of another project, the distribution 'aiomoto'; this is aiomoto-core, and "
        f"the two differ. {_OURS.get(name, _SERVER)}"
    )
