"""Make a package for a service of moto, ``hatch run new-service rds``, or drop one again.

It is made of ``templates/service``, and named wherever the repository names its packages:
``hatch run drop-service rds`` takes the names and the folder away.
"""

from __future__ import annotations

import argparse
import difflib
import importlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import metadata, version
from pathlib import Path
from types import ModuleType
from typing import Any

import jinja2
import tomlkit

ROOT = Path(__file__).parent.parent
#: Where core has who owns what, for its messages.
OWNERS = "packages/aiomoto-core/src/aiomoto/packages.py"
#: Where moto's name is not AWS's without its hyphens.
_CLIENTS = {"awslambda": "lambda"}
_READS = ("list", "describe", "get")


class NotPossible(Exception):
    """The package can't be made, or dropped; says what to do."""


def make(service: str, root: Path = ROOT, name: str = "") -> Path:
    """Make the package ``aiomoto-NAME``, and name it in the repository; returns its folder.

    ``name`` is the service's unless given. Raises :class:`NotPossible`, before anything is written.
    """
    client = client_of(service)
    name = name or service
    if not re.fullmatch(r"[a-z][a-z0-9]*", name):
        raise NotPossible(f"A package's name has small letters and digits, got {name!r}.")
    folder = root / "packages" / f"aiomoto-{name}"
    if folder.exists():
        raise NotPossible(f"packages/{folder.name} is there already. Choose another service.")
    owner = owners(root).get(service)
    if owner is not None:
        raise NotPossible(
            f"moto's service {service!r} is owned by {owner}, and a service has one owner "
            f"(docs/hooks.md). Take it out of there first: CONTRIBUTING.md, 'Move a service out'."
        )
    backend = backend_of(service)
    title = title_of(client)
    values = {
        "service": service,
        "client": client,
        "name": name,
        "package": folder.name,
        "module": f"aiomoto_{name}",
        "class": "".join(re.findall(r"[A-Za-z0-9]+", client.title())),
        "backend": backend.__name__,
        "models": backend.__module__,
        "title": title,
        "moto": moto_with_extra(service),
        "call": call_of(service, client),
    }
    render(root / "templates" / "service", folder, values)
    shutil.copyfile(root / "LICENSE", folder / "LICENSE")
    format_python(folder)
    row = f"| [{folder.name}](packages/{folder.name}) | `aiomoto_{name}` | {title} | |"
    edit(root, "hatch.toml", lambda text: _in_matrix(_in_members(text, folder.name), name))
    edit(root, "packages/aiomoto-core/pyproject.toml", lambda text: _in_extras(text, name))
    edit(
        root,
        "README.md",
        lambda text: text.replace("| [aiomoto-contrib]", f"{row}\n| [aiomoto-contrib]"),
    )
    owner = f'    "{service}": "{folder.name}",\n'
    lines, old = r'(?m)^    "\w+": "aiomoto-\w+",\n', rf'(?m)^    "{service}": "aiomoto-.*\n'
    edit(root, OWNERS, lambda text: _insert(re.sub(old, "", text), lines, owner))
    return folder


def drop(name: str, root: Path = ROOT) -> None:
    """Take the package's names out of the repository, then its folder away.

    The names come first: hatch refuses a member without a folder.
    """
    package = f"aiomoto-{name}"
    folder = root / "packages" / package
    known = sorted(path.name.removeprefix("aiomoto-") for path in root.glob("packages/aiomoto-*"))
    known = [one for one in known if one not in ("core", "contrib")]
    if name not in known:
        raise NotPossible(f"There is no package for {name!r}. Packages are: {', '.join(known)}.")
    own_line = re.compile(
        rf'^ *("\w+": )?"(packages/)?{package}(>=[^"]*)?",\n'  # in a list, or as an owner
        rf'|^{name} = \["{package}>=.*\n'
        rf"|^\| \[{package}\]\(packages/{package}\) .*\n",
        re.MULTILINE,
    )
    for path in ("hatch.toml", "packages/aiomoto-core/pyproject.toml", OWNERS, "README.md"):
        edit(root, path, lambda text: own_line.sub("", text))
    edit(root, "hatch.toml", lambda text: _in_matrix(text, name, leave=True))
    ported = re.compile(rf"\[test_\w+\.py\]\(packages/{package}/[^)]*\)")
    edit(root, "PORTING.md", lambda text: ported.sub("", text))
    shutil.rmtree(folder)


# -- what it is called ---------------------------------------------------------------


def client_of(service: str) -> str:
    """The name that AWS clients have for a service of moto."""
    from botocore.session import Session
    from moto.backend_index import backend_url_patterns

    known = sorted({name for name, _ in backend_url_patterns})
    if service not in known:
        near = difflib.get_close_matches(service.lower().replace("-", ""), known, 3, 0.7)
        hint = f" Near to it: {', '.join(near)}." if near else ""
        raise NotPossible(
            f"moto {version('moto')} has no service {service!r}.{hint} "
            f"Names are those of moto.backend_index, such as 'rds' or 'iotdata'."
        )
    clients = {name.replace("-", ""): name for name in Session().get_available_services()}
    client = _CLIENTS.get(service) or clients.get(service)
    if client is None:
        raise NotPossible(
            f"{service!r} is a part of moto that no AWS client asks for by that name. "
            f"A package is made for a service that botocore {version('botocore')} has."
        )
    return client


def backend_of(service: str) -> Any:
    """moto's class that keeps what a client makes."""
    from moto.backends import get_backend

    backend = getattr(get_backend(service), "backend", None)  # type: ignore[call-overload]
    if backend is None:
        raise NotPossible(f"{service!r} is a part of moto that keeps nothing of a client.")
    return backend


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
    raise NotPossible(
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


def format_python(folder: Path) -> None:
    """As ``hatch run lint:style`` wants it: how long the names are decides where lines break."""
    for command in (["format", "--quiet"], ["check", "--select=I", "--fix", "--quiet"]):
        subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--no-cache", str(folder)], check=True
        )


def edit(root: Path, name: str, change: Callable[[str], str]) -> None:
    """Change a file of the repository as text, so that all else stays as it is, comments too."""
    path = root / name
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")


def _in_members(text: str, package: str) -> str:
    # Of all packages, which come first in the file; the examples have some of them.
    end = text.index("\n]\n", text.index("[envs.default]")) + 1
    lines = r'(?m)^  "packages/aiomoto-(?!core)[^"]*",\n'
    return _insert(text[:end], lines, f'  "packages/{package}",\n') + text[end:]


def _in_matrix(text: str, name: str, leave: bool = False) -> str:
    """With the name among the packages that are tried alone, or without."""
    found = re.search(r"(?m)^matrix = \[\{ package = \[(.*)\] \}\]$", text)
    assert found is not None
    names = {*re.findall(r'"(.*?)"', found[1]), name} - ({name} if leave else set())
    listed = ", ".join(f'"{one}"' for one in sorted(names))
    return text[: found.start(1)] + listed + text[found.end(1) :]


def _in_extras(text: str, name: str) -> str:
    needs = f'"aiomoto-{name}>=0.1,<1"'
    text = _insert(text, r'(?m)^  "aiomoto-(?!core)[^"]*",\n', f"  {needs},\n")
    return _insert(text, r'(?m)^\w+ = \["aiomoto-(?!core).*\n', f"{name} = [{needs}]\n")


def _insert(text: str, pattern: str, line: str) -> str:
    """Put a line among those of a pattern, which are in the alphabet's order."""
    lines = list(re.finditer(pattern, text))
    place = next((one.start() for one in lines if one[0] > line), lines[-1].end())
    return text[:place] + line + text[place:]


# -- the command -------------------------------------------------------------------------


#: Those that have every package in them. Made anew, they find its entry points.
ENVIRONMENTS = (
    "    hatch env remove hatch-test\n    hatch env remove lint\n    hatch env remove default"
)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="hatch run", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    new = commands.add_parser("new-service", help="make a package")
    new.add_argument("service", help="as in moto.backend_index, such as rds")
    new.add_argument("--name", default="", help="of the package, if not the service's")
    old = commands.add_parser("drop-service", help="take a package out of the repository")
    old.add_argument("name", help="of the package, without aiomoto-")
    given = parser.parse_args(arguments)
    try:
        said = (
            _new(given.service, given.name) if given.command == "new-service" else _drop(given.name)
        )
    except NotPossible as error:
        print(error, file=sys.stderr)
        return 1
    print(said)
    return 0


def _new(service: str, name: str) -> str:
    folder = make(service, name=name)
    name = folder.name.removeprefix("aiomoto-")
    said = [
        f"Made packages/{folder.name}, and named it in hatch.toml, README.md, and in "
        f"pyproject.toml and packages.py of aiomoto-core. Next:",
        ENVIRONMENTS,
        f"    hatch run +package={name} alone:test",
        "    hatch run conformance porting",
        "    hatch run lint:all",
        f"What it does goes into src/aiomoto_{name}/plugin.py (docs/hooks.md), and in a few words "
        f"into the last column of its row in README.md.",
    ]
    tests = f"packages/aiomoto-contrib/tests/test_{service}_async.py"
    if (ROOT / tests).exists():
        said.append(
            f"aiomoto-contrib has tests of {service!r} already; take them along, in the place of "
            f"the template's:\n    git mv -f {tests} packages/{folder.name}/tests/"
        )
    return "\n".join(said)


def _drop(name: str) -> str:
    drop(name)
    return (
        f"Dropped packages/aiomoto-{name} and its names in hatch.toml, README.md, PORTING.md, and "
        f"in pyproject.toml and packages.py of aiomoto-core. Core alone serves its services from "
        f"now on. Next:\n"
        f"{ENVIRONMENTS}\n    hatch run conformance porting"
    )


if __name__ == "__main__":
    sys.exit(main())
