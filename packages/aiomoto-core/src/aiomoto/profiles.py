"""Sessions that ask for a profile: inside a mock they have the fake credentials, as all others.

botocore passes the environment over for a session whose profile was given in code
(``botocore.credentials.create_credential_resolver``), and takes the profile's credentials: it
would assume its role, run its ``credential_process`` or look for its SSO token.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .compat import attribute

if TYPE_CHECKING:
    from .interfaces import Surroundings
    from .plugin.patches import Patch


def patches(engine: Surroundings, library: str, module: str) -> list[Patch]:
    """Make what is replaced in botocore or aiobotocore while a mock is active."""
    creating = attribute(library, module, "create_credential_resolver")

    def create_credential_resolver(session: Any, *args: Any, **kwargs: Any) -> Any:
        """Make the chain of credentials, the environment first where that is faked."""
        if engine.mocks_credentials:
            session = _NoneGiven(session)
        return creating.original(session, *args, **kwargs)

    return [creating.patch(create_credential_resolver)]


class _NoneGiven:
    """A session that doesn't say that its profile was given in code."""

    def __init__(self, session: Any) -> None:
        self._session = session

    def instance_variables(self) -> dict[str, Any]:
        """What was given in code, but for the profile."""
        given = self._session.instance_variables()
        return {name: value for name, value in given.items() if name != "profile"}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)
