"""What ``python -m aiomoto doctor`` says: versions, plugins, seams, environment, a verdict."""

from __future__ import annotations

import asyncio
import importlib
import multiprocessing
import os
import platform
from collections.abc import Callable, Iterator
from functools import partial
from importlib.metadata import PackageNotFoundError, entry_points, requires, version
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from . import packages
from .environment import shown
from .errors import AiomotoError

if TYPE_CHECKING:
    from .plugin.imports import ModulePatches

#: Distributions that aiomoto meets, in the order of the report.
DISTRIBUTIONS = (
    "aiomoto-core",
    "moto",
    "aiobotocore",
    "aioboto3",
    "boto3",
    "botocore",
    "aiohttp",
    "httpx",
    "httpx2",
    "pytest",
    "pytest-asyncio",
    "anyio",
    "trio",
)
#: Environment variables that matter to a mock, and how; a name that ends in * is a prefix.
VARIABLES = {
    "AWS_ENDPOINT_URL*": "counts as AWS inside a mock: moto answers it",
    "AWS_ENDPOINT": "holds inside a mock: object_store (polars, obstore, deltalake) goes there",
    "MOTO_S3_CUSTOM_ENDPOINTS": "counts as S3 inside a mock",
    "AWS_DEFAULT_REGION": "the default region, inside a mock too",
    "AWS_REGION": "the default region inside a mock, if nothing else says one",
    "AWS_PROFILE": "holds inside a mock if the file of AWS_CONFIG_FILE has this profile",
    "AWS_DEFAULT_PROFILE": "holds inside a mock if the file of AWS_CONFIG_FILE has this profile",
    "AWS_CONFIG_FILE": "holds inside a mock, but for its credentials; ~/.aws is hidden",
    "AWS_SHARED_CREDENTIALS_FILE": "put aside inside a mock",
    "AWS_ACCESS_KEY_ID": "fake inside a mock",
    "AWS_SECRET_ACCESS_KEY": "fake inside a mock",
    "AWS_SESSION_TOKEN": "put aside inside a mock",
    "AWS_*": "passed on to the AWS clients",
    "TEST_SERVER_MODE": "moto's own mock sends everything to a moto server; aiomoto doesn't",
    "TEST_PROXY_MODE": "moto's own mock sends everything through its proxy; aiomoto doesn't",
    "MOTO_*": "read by moto",
    "HTTP_PROXY": "a proxy doesn't see what is answered in process",
    "HTTPS_PROXY": "a proxy doesn't see what is answered in process",
}


def examine() -> tuple[str, int]:
    """The report, and how many problems it names."""
    lines: list[str] = []
    problems: list[str] = []
    for title, part in (
        ("Versions", _versions),
        ("Plugins", _plugins),
        ("Seams", _seams),
        ("Environment", _environment),
        ("Child processes", _children),
        ("A call", _call),
        ("Fast paths", _fast_paths),
    ):
        lines += [title, *(f"  {line}" for line in part(problems)), ""]
    if problems:
        lines += [f"Problems: {len(problems)}", *(f"  - {one}" for one in problems)]
    else:
        lines.append("Verdict: aiomoto works here.")
    return "\n".join(lines) + "\n", len(problems)


def _versions(problems: list[str]) -> Iterator[str]:
    yield f"{'Python':16}{platform.python_version()} on {platform.system()}"
    wanted = _requirements()
    for name in DISTRIBUTIONS:
        try:
            installed = version(name)
        except PackageNotFoundError:
            yield f"{name:16}not installed"
            continue
        yield f"{name:16}{installed}{f'  ({wanted[name]})' if name in wanted else ''}"
    try:
        from .compat import refuse_peer_distribution

        refuse_peer_distribution()
    except AiomotoError as error:
        problems.append(str(error))


def _requirements() -> dict[str, str]:
    """What aiomoto-core asks of its dependencies: name to range."""
    found = {}
    for line in requires("aiomoto-core") or ():
        if "extra ==" not in line:
            name = line.partition(";")[0].rstrip("<>=!~0123456789.,* ")
            found[name] = line.partition(";")[0][len(name) :].strip()
    return found


def _plugins(problems: list[str]) -> Iterator[str]:
    from .compat import moto
    from .engine import engine
    from .plugin.imports import PatchTable
    from .plugin.manager import PluginManager

    points = sorted(entry_points(group="aiomoto"), key=lambda one: one.name)
    try:
        manager = PluginManager(engine, engine.front, PatchTable(()), lambda: moto().services)
        manager.load_entry_points()
    except Exception as error:
        problems.append(str(error))
        yield f"could not be loaded: {error}"
        return
    for point in points:
        owned = sorted(service for service, name in manager.owners.items() if name == point.name)
        where = f"{point.dist.name} {point.dist.version}" if point.dist else point.value
        yield f"{point.name} ({where}) owns {', '.join(owned) or 'no service'}"
    for package in dict.fromkeys(packages.OWNERS.values()):
        theirs = [service for service, name in packages.OWNERS.items() if name == package]
        if not any(service in manager.owners for service in theirs):
            yield f"core alone serves {', '.join(theirs)}: {package} is not installed"


def _seams(problems: list[str]) -> Iterator[str]:
    from . import compat
    from .engine import engine
    from .patching import needed

    checks: list[tuple[str, Callable[[], Any]]] = [("moto", compat.moto)]
    for wire in needed(engine.front, engine):
        if _is_installed(wire.module):
            # The patches of aiohttp keep what they looked up.
            made = compat.Aiohttp if wire.module == "aiohttp" else partial(_made, wire)
            checks.append((wire.module, made))
    width = max(len(name) for name, _ in checks) + 2
    for name, check in checks:
        error = _error_of(check)
        if error is not None:
            problems.append(str(error) or repr(error))
        yield f"{name:{width}}fits" if error is None else f"{name:{width}}does not fit: {error}"


def _error_of(check: Callable[[], Any]) -> Exception | None:
    try:
        check()
    except Exception as error:
        return error
    return None


def _made(patches: ModulePatches) -> None:
    importlib.import_module(patches.module)
    patches.made()


def _is_installed(module: str) -> bool:
    return find_spec(module.partition(".")[0]) is not None


def _fast_paths(problems: list[str]) -> Iterator[str]:
    """What is off only takes longer, and is no problem."""
    from .engine import engine
    from .mock import mock_aws

    try:
        mock = mock_aws(optimise=True)
        mock.start()
    except Exception:
        yield "not looked at, since no mock starts"  # which is among the problems already
        return
    try:
        paths = [path for path in engine.fast_paths if _is_installed(path.module)]
        reasons = [(path, path.why_off()) for path in paths]
    finally:
        mock.stop()
    yield f"{sum(reason is None for _, reason in reasons)} of {len(reasons)} fit"
    if os.environ.get("AIOMOTO_OPTIMISE") == "0":
        yield "all are off: AIOMOTO_OPTIMISE=0"
    for path, reason in reasons:
        if reason is not None:
            yield f"off: {path}: {reason}"


def _children(problems: list[str]) -> Iterator[str]:
    """Say what a child has of its parent's mock; docs/clients.md has more."""
    method = multiprocessing.get_start_method(allow_none=True)
    method = method or multiprocessing.get_all_start_methods()[0]
    none = "the fake credentials, no mock: start one in it"
    yield f"multiprocessing by {method}: {'a copy of the mock' if method == 'fork' else none}"
    yield f"subprocess: {none}"


def _environment(problems: list[str]) -> Iterator[str]:
    found = False
    for name in sorted(os.environ):
        meaning = next((text for known, text in VARIABLES.items() if _fits(name, known)), None)
        if meaning is not None:
            found = True
            yield f"{name}={shown(name, os.environ[name])}: {meaning}"
    if not found:
        yield "nothing that matters is set"


def _fits(name: str, known: str) -> bool:
    upper = name.upper() if known.endswith("PROXY") else name
    return upper.startswith(known[:-1]) if known.endswith("*") else upper == known


def _call(problems: list[str]) -> Iterator[str]:
    from .mock import mock_aws

    async def ask() -> str:
        from aiobotocore.session import get_session

        client = get_session().create_client("sts", region_name="us-east-1")
        async with mock_aws(), client as sts:
            return str((await sts.get_caller_identity())["Account"])

    try:
        account = asyncio.run(ask())
    except Exception as error:
        problems.append(f"A call of an async client failed: {type(error).__name__}: {error}")
        yield "failed"
    else:
        yield f"an async client was answered in process: account {account}"
