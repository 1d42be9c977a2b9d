"""What a result depends on: Python, the installed versions, moto's archive, our own sources."""

from __future__ import annotations

import hashlib
import platform
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from conformance.settings import Line

_HERE = Path(__file__).parent
_BRIDGE = (
    *("bridge", "bodies", "compat", "events", "loops"),
    *("pages", "plain", "tally", "transfers", "twins"),
)
_SHOWN = ("moto", "boto3", "botocore", "aiobotocore", "aioboto3", "aiohttp", "httpx", "httpx2")
OURS = "aiomoto"
BASE_MODE = "boto3"


def versions() -> dict[str, str]:
    """The versions that a reader of a report wants to see."""
    installed = {dist.metadata["Name"]: dist.version for dist in metadata.distributions()}
    shown = (*_SHOWN, *sorted(our_distributions()))
    return {
        "python": platform.python_version(),
        **{name: installed[name] for name in shown if name in installed},
    }


def our_distributions() -> dict[str, str]:
    """aiomoto's installed distributions and the packages that they import as."""
    names = {dist.metadata["Name"] for dist in metadata.distributions()}
    return {
        name: OURS if name == "aiomoto-core" else name.replace("-", "_")
        for name in names
        if name.startswith(OURS)
    }


def base_key(archive_sha256: str) -> dict[str, str]:
    """The key of a run with plain boto3."""
    installed = sorted(
        f"{dist.metadata['Name']}=={dist.version}"
        for dist in metadata.distributions()
        if not dist.metadata["Name"].startswith(OURS)
    )
    return {
        "python": platform.python_version(),
        "installed": hashlib.sha256("\n".join(installed).encode()).hexdigest(),
        "archive": archive_sha256,
        "recorder": _digest([_HERE / "recorder.py"]),
    }


def async_key(archive_sha256: str, line: Line) -> dict[str, str]:
    """The key of a run through async clients: one entry for each distribution of ours."""
    sources = {name: _digest_package(package) for name, package in our_distributions().items()}
    return {
        **base_key(archive_sha256),
        "line": line.name,
        "bridge": _digest([_HERE / f"{name}.py" for name in _BRIDGE]),
        **sources,
    }


def still_holds(old: dict[str, str], new: dict[str, str], called: set[str]) -> bool:
    """Whether a result is still good although packages of ours changed.

    A change of a service package is of no concern to a module that called none of its
    services. Packages that don't say which services they own concern every module.
    """
    changed = {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
    for name in changed:
        owned = _owned_services(name) if name in our_distributions() else None
        if owned is None or owned & called:
            return False
    return True


def _owned_services(distribution: str) -> set[str] | None:
    entries = [
        entry for entry in metadata.distribution(distribution).entry_points if entry.group == OURS
    ]
    owned: set[str] = set()
    for entry in entries:
        plugin: Any = entry.load()
        plugin = plugin() if isinstance(plugin, type) else plugin
        hook = getattr(plugin, "aiomoto_services", None)
        if hook is None:
            return None
        owned |= set(hook())
    return owned or None


def _digest_package(package: str) -> str:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        return "missing"
    return _digest(sorted(Path(spec.origin).parent.rglob("*.py")))


def _digest(files: list[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.name}\0".encode() + file.read_bytes() + b"\0")
    return digest.hexdigest()
