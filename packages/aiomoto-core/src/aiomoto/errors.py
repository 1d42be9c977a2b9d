"""What aiomoto raises; every message says what was given, what is allowed and what to do."""

from __future__ import annotations

import sys


class AiomotoError(Exception):
    """The base class of every error that aiomoto itself raises."""

    def __reduce__(self) -> tuple[object, ...]:
        """Cross processes whole: by text and attributes, whatever the constructor takes."""
        return _restored, (type(self), self.args, self.__dict__)


def _restored(
    kind: type[AiomotoError], args: tuple[object, ...], state: dict[str, object]
) -> AiomotoError:
    error = kind.__new__(kind)
    error.args = args
    error.__dict__.update(state)
    return error


class InvalidOption(AiomotoError, ValueError):
    """An argument of ``mock_aws`` is not usable: its name, what was given and what is allowed."""


class UnknownOption(InvalidOption, TypeError):
    """An argument that ``mock_aws`` does not take; a TypeError too, as Python's own is."""


class AiomotoWarning(UserWarning):
    """Something that aiomoto does otherwise than its surroundings suggest, and what to do."""


class RealRequestBlocked(AiomotoError):
    """Something would have left for AWS, or for an address that is not declared as such.

    Raised before a socket is opened, and outside the client's retries. The message names
    service, operation and URL, as far as they are known, and the ways to allow the address.

    :param url: of the request; the host alone where something connects to AWS otherwise than
        by a client that is answered. ``asked_by`` is the library that does, if it can be seen.
    """

    def __init__(
        self,
        url: str,
        *,
        service: str | None = None,
        operation: str | None = None,
        asked_by: str | None = None,
    ) -> None:
        self.url = url
        self.service = service
        self.operation = operation
        self.asked_by = asked_by
        scheme, mark, rest = url.partition("://")
        origin = f"{scheme}{mark}{rest.partition('/')[0]}"
        if mark and asked_by is None:
            asked = (
                f"{service or 'an AWS client'}: {operation or 'a request'} would have left for "
                f"{url}, which is not an AWS address. Nothing was sent. To have it answered by "
                f"moto, use mock_aws(endpoints=[{origin!r}])"
            )
        else:
            asked = (
                f"{asked_by or 'Something'} would have connected to {url}, which is AWS, or was "
                "declared so, in a way that aiomoto does not answer. Nothing was sent. To have it "
                "answered, use a client of those in aiomoto's docs/clients.md"
            )
        passing = (origin if mark else f"https?://{origin}").replace("[", r"\[").replace("]", r"\]")
        super().__init__(
            f"{asked}; to let it through to the real network, use "
            f"mock_aws(config={{'core': {{'passthrough': {{'urls': [{passing!r}]}}}}}})."
        )


class UnsupportedOperation(AiomotoError, NotImplementedError):
    """moto has no answer for this request: service, operation and moto's version.

    It is a ``NotImplementedError`` too, which is what moto itself raises.
    """

    def __init__(
        self, service: str, operation: str, *, moto_version: str, detail: str | None = None
    ) -> None:
        self.service = service
        self.operation = operation
        self.moto_version = moto_version
        text = f"moto {moto_version} does not implement {operation} of {service}."
        if detail:
            text += f" {detail}"
        super().__init__(text)


class IncompatibleLibrary(AiomotoError, RuntimeError):
    """A library lacks a name that aiomoto relies on: library, version and name."""

    def __init__(self, library: str, version: str, attribute: str) -> None:
        self.library = library
        self.version = version
        self.attribute = attribute
        super().__init__(
            f"aiomoto needs {attribute}, which {library} {version} does not have. "
            f"Nothing was patched. Install a version of {library} that this aiomoto supports "
            f"(see the support table in its README), or a newer aiomoto."
        )


class PluginError(AiomotoError, RuntimeError):
    """A plugin was refused, or broke its contract: the plugin's name and what is wrong."""


class ConflictingDistribution(AiomotoError, ImportError):
    """Another distribution owns the import name ``aiomoto`` in this environment."""


def add_note(error: BaseException, note: str) -> None:
    """Add a note that tracebacks show; on Python 3.10, which has none, to `__notes__` alone."""
    if sys.version_info >= (3, 11):
        error.add_note(note)
    else:
        error.__notes__ = [*getattr(error, "__notes__", ()), note]  # type: ignore[attr-defined]
