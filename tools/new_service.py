"""Make a package for a service of moto: ``hatch run new-service rds``.

It is made of ``templates/service``, and named wherever the repository names its packages.
"""

from __future__ import annotations

import argparse
import difflib
import importlib
import json
import shutil
import sys
from collections.abc import Iterator
from importlib.metadata import metadata, version
from pathlib import Path
from types import ModuleType
from typing import Any

import jinja2
import tomlkit

ROOT = Path(__file__).parent.parent
#: Where moto's name is not AWS's without its hyphens.
_CLIENTS = {"awslambda": "lambda"}
_READS = ("list", "describe", "get")


class Refused(Exception):
    """The package can't be made; says what to do."""


def make(service: str, root: Path = ROOT) -> Path:
    """Make the package and name it in the repository; returns its folder.

    Raises :class:`Refused`, before anything is written.
    """
    client = client_of(service)
    folder = root / "packages" / f"aiomoto-{service}"
    if folder.exists():
        raise Refused(f"packages/{folder.name} is there already. Choose another service.")
    owner = owners(root).get(service)
    if owner is not None:
        raise Refused(
            f"moto's service {service!r} is owned by {owner}, and a service has one owner "
            f"(docs/hooks.md). Take it out of there first: CONTRIBUTING.md, 'Move a service out'."
        )
    values = {
        "service": service,
        "client": client,
        "package": folder.name,
        "module": f"aiomoto_{service}",
        "title": title_of(client),
        "moto": moto_with_extra(service),
        "call": call_of(service, client),
    }
    render(root / "templates" / "service", folder, values)
    shutil.copyfile(root / "LICENSE", folder / "LICENSE")
    add_to_repository(root, service)
    return folder


# -- what it is called ---------------------------------------------------------------


def client_of(service: str) -> str:
    """The name that AWS clients have for a service of moto."""
    from botocore.session import Session
    from moto.backend_index import backend_url_patterns

    known = sorted({name for name, _ in backend_url_patterns})
    if service not in known:
        near = difflib.get_close_matches(service.lower().replace("-", ""), known, 3, 0.7)
        hint = f" Near to it: {', '.join(near)}." if near else ""
        raise Refused(
            f"moto {version('moto')} has no service {service!r}.{hint} "
            f"Names are those of moto.backend_index, such as 'rds' or 'iotdata'."
        )
    clients = {name.replace("-", ""): name for name in Session().get_available_services()}
    client = _CLIENTS.get(service) or clients.get(service)
    if client is None:
        raise Refused(
            f"{service!r} is a part of moto that no AWS client asks for by that name. "
            f"A package is made for a service that botocore {version('botocore')} has."
        )
    return client


def title_of(client: str) -> str:
    """The service's name in prose, from botocore's model."""
    from botocore.session import Session

    described = Session().get_service_model(client).metadata
    return str(described.get("serviceAbbreviation") or described["serviceFullName"])


def moto_with_extra(service: str) -> str:
    """The requirement, with moto's extra for the service where there is one."""
    extras = metadata("moto").get_all("Provides-Extra") or []
    return f"moto[{service}]" if service in extras else "moto"


def call_of(service: str, client: str) -> str:
    """A call that moto answers, the same twice, such as ``list_topics()``: for the first tests."""
    import boto3

    from aiomoto import mock_aws

    with mock_aws():
        sync = boto3.client(client, region_name="us-east-1")
        for method, arguments in _reads(sync):
            given = [f"{name}={json.dumps(value)}" for name, value in arguments.items()]
            call = f"{method}({', '.join(given)})"
            try:
                answers = [getattr(sync, method)(**arguments) for _ in range(2)]
            except Exception:  # moto's own errors are of any kind
                continue
            for answer in answers:
                del answer["ResponseMetadata"]
            if answers[0] == answers[1] and len(call) <= 60:  # fits into the template's lines
                return call
    raise Refused(
        f"moto {version('moto')} answers no list_, describe_ or get_ operation of {service!r} for "
        f"nothing, and the template's tests need one. Make a package for another service, and put "
        f"{service!r} for that one's name."
    )


def _reads(sync: Any) -> list[tuple[str, dict[str, Any]]]:
    """The client's methods that read, with arguments; those that need none come first."""
    found = []
    for method, operation in sorted(sync.meta.method_to_api_mapping.items()):
        prefix = method.partition("_")[0]
        model = sync.meta.service_model.operation_model(operation)
        arguments = _arguments(model.input_shape)
        streams = model.has_streaming_output or model.has_event_stream_output
        if prefix in _READS and arguments is not None and not streams:
            found.append((len(arguments), _READS.index(prefix), method, arguments))
    return [
        (method, arguments) for _, _, method, arguments in sorted(found, key=lambda one: one[:3])
    ]


def _arguments(shape: Any) -> dict[str, Any] | None:
    """What is required, made up; None if that is more than a number or a string."""
    arguments: dict[str, Any] = {}
    for name in shape.required_members if shape is not None else ():
        member = shape.members[name]
        if member.type_name in ("integer", "long"):
            arguments[name] = max(1, int(member.metadata.get("min", 1)))
        elif member.type_name == "string":
            made_up = "x" * max(1, int(member.metadata.get("min", 1)))
            arguments[name] = (member.metadata.get("enum") or [made_up])[0]
        else:
            return None
    return arguments


# -- who owns what ---------------------------------------------------------------------


def owners(root: Path) -> dict[str, str]:
    """moto service to the package of this checkout that owns it, as the plugins say."""
    found: dict[str, str] = {}
    before = list(sys.path)
    sys.path[:0] = [str(path) for path in root.glob("packages/*/src")]
    try:
        for project in sorted(root.glob("packages/*/pyproject.toml")):
            for plugin in _plugins(tomlkit.parse(project.read_text(encoding="utf-8"))):
                if hasattr(plugin, "aiomoto_services"):
                    found.update(dict.fromkeys(plugin.aiomoto_services(), project.parent.name))
    finally:
        sys.path[:] = before
    return found


def _plugins(project: Any) -> Iterator[ModuleType | object]:
    for value in project["project"].get("entry-points", {}).get("aiomoto", {}).values():
        name, _, attribute = value.partition(":")
        module = importlib.import_module(name)
        yield getattr(module, attribute) if attribute else module


# -- what is written -------------------------------------------------------------------


def render(template: Path, folder: Path, values: dict[str, str]) -> None:
    """Write each file of the template, names filled in as well; ``.jinja`` is dropped."""
    environment = jinja2.Environment(
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,  # Python, TOML and Markdown
    )
    for source in sorted(path for path in template.rglob("*") if path.is_file()):
        name = environment.from_string(source.relative_to(template).as_posix()).render(values)
        target = folder / name.removesuffix(".jinja")
        target.parent.mkdir(parents=True, exist_ok=True)
        text = environment.from_string(source.read_text(encoding="utf-8")).render(values)
        target.write_text(text, encoding="utf-8", newline="\n")


def add_to_repository(root: Path, service: str) -> None:
    """Name the package where tests/test_repository.py wants it named."""
    package, module = f"aiomoto-{service}", f"aiomoto_{service}"

    def hatch(document: Any) -> None:
        envs = document["envs"]
        _insert(envs["default"]["workspace"]["members"], f"packages/{package}", start=1)  # core
        _insert(envs["alone"]["matrix"][0]["package"], service)
        types = envs["lint"]["scripts"]
        types["types"] = f"{types['types']} packages/{package}/src"
        scripts = envs["matrix"]["scripts"]
        command, _, arguments = scripts["smoke"].partition(" {args}")
        smoke = f"packages/{package}/tests/test_plugin.py"
        scripts["smoke"] = f"{command} {smoke} {{args}}{arguments}"

    def tools(document: Any) -> None:
        _insert(document["tool"]["ruff"]["lint"]["isort"]["known-first-party"], module)

    def core(document: Any) -> None:
        extras = document["project"]["optional-dependencies"]
        requirement = f"{package}>=0.1,<1"
        _insert(extras["all"], requirement)
        after = [name for name in extras if name > service or name == "all"]
        moved = [(name, extras.pop(name)) for name in after]
        extras[service] = [requirement]
        extras.update(moved)

    for name, change in (
        ("hatch.toml", hatch),
        ("pyproject.toml", tools),
        ("packages/aiomoto-core/pyproject.toml", core),
    ):
        path = root / name
        document = tomlkit.parse(path.read_text(encoding="utf-8"))
        change(document)
        path.write_text(tomlkit.dumps(document), encoding="utf-8", newline="\n")
    table = root / "packages/aiomoto-core/src/aiomoto/packages.py"
    text = table.read_text(encoding="utf-8")
    table.write_text(_own(text, service, package), encoding="utf-8", newline="\n")


def _own(text: str, service: str, package: str) -> str:
    """Name the owner of a service in core's table, in the alphabet's order."""
    lines = text.splitlines(keepends=True)
    first = next(n for n, line in enumerate(lines) if line.startswith("OWNERS")) + 1
    last = lines.index("}\n", first)
    entries = [line for line in lines[first:last] if not line.startswith(f'    "{service}":')]
    lines[first:last] = sorted([*entries, f'    "{service}": "{package}",\n'])
    return "".join(lines)


def _insert(array: Any, value: str, start: int = 0) -> None:
    """Insert in the alphabet's order, from ``start`` on."""
    place = next((n for n, one in enumerate(array) if n >= start and one > value), len(array))
    array.insert(place, value)


# -- the command -------------------------------------------------------------------------


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="hatch run new-service", description=__doc__)
    parser.add_argument("service", help="as in moto.backend_index, such as rds")
    service: str = parser.parse_args(arguments).service
    try:
        folder = make(service)
    except Refused as error:
        print(error, file=sys.stderr)
        return 1
    print(
        f"Made packages/{folder.name}, and named it in hatch.toml, pyproject.toml, and in "
        f"pyproject.toml and packages.py of aiomoto-core.\n"
        f"    hatch env prune\n"
        f"    hatch run +package={service} alone:test\n"
        f"    hatch run lint:all\n"
        f"What it does goes into src/aiomoto_{service}/plugin.py (docs/hooks.md), its row in the "
        f"README's table."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
