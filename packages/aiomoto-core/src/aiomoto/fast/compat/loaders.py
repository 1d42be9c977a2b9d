"""botocore's data files: read and parsed once in a process, whatever session asks.

Each loader still gets data of its own (see :mod:`..views`). Files of botocore's,
boto3's and moto's packages are taken not to change while the process runs; all
others are looked at anew each time, and parsed again if they changed.
"""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path
from typing import Any

from ...compat import attribute, require
from ...locks import Order, guarded
from ...plugin.patches import Patch
from ..views import parse, view

_MODULE = "botocore.loaders"
#: What finding the services consists of.
_FINDING = ("_potential_locations", "search_paths")
#: By the path without its extension: what the file was, and its content.
_files: dict[str, tuple[Any, Any]] = {}
_exists: dict[str, bool] = {}
#: By a folder and a type of model: the services that have one.
_services: dict[str, dict[str, set[str]]] = {}
_lock = guarded(threading.RLock(), Order.LEAF)


def files() -> list[Patch]:
    """The content of data files, and whether there are any."""
    reading = attribute("botocore", _MODULE, "JSONFileLoader", "load_file")
    looking = attribute("botocore", _MODULE, "JSONFileLoader", "exists")
    file_loader, load_file, exists = reading.owner, reading.original, looking.original
    open_methods = require("botocore", _MODULE, "_JSON_OPEN_METHODS")

    def shared_load_file(self: Any, file_path: str) -> Any:
        """The content of a JSON file, parsed once; None if there is no such file."""
        if type(self) is not file_loader:
            return load_file(self, file_path)
        packaged = file_path.startswith(_packaged())
        found = _files.get(file_path)
        if packaged and found is not None:
            return view(found[1])
        stamp = None if packaged else _stamp(file_path, open_methods)
        if found is None or found[0] != stamp:
            found = (stamp, _read(file_path, open_methods))
            with _lock:
                _files[file_path] = found
        return view(found[1])

    def shared_exists(self: Any, file_path: str) -> bool:
        if type(self) is not file_loader or not file_path.startswith(_packaged()):
            return bool(exists(self, file_path))
        known = _exists.get(file_path)
        if known is None:
            known = _exists[file_path] = bool(exists(self, file_path))
        return known

    return [reading.patch(shared_load_file), looking.patch(shared_exists)]


def services() -> list[Patch]:
    """The services that have a model."""
    listing = attribute("botocore", _MODULE, "Loader", "list_available_services")
    loader, list_services = listing.owner, listing.original
    file_loader = require("botocore", _MODULE, "JSONFileLoader")
    extensions = tuple(require("botocore", _MODULE, "_JSON_OPEN_METHODS"))
    for name in _FINDING:
        require("botocore", _MODULE, "Loader", name)

    def looks_as_botocores(self: Any) -> bool:
        """In the folders of its path; moto's own loader, of a class of its own, does."""
        own = type(self)
        return type(self.file_loader) is file_loader and all(
            getattr(own, name) is getattr(loader, name) for name in _FINDING
        )

    def shared_list_services(self: Any, type_name: str) -> list[str]:
        """All services that have a model of this type; the packages' own are listed once."""
        if not looks_as_botocores(self):
            return list_services(self, type_name)  # type: ignore[no-any-return]
        services: set[str] = set()
        for path in self.search_paths:
            if (path + os.sep).startswith(_packaged()):
                services.update(_packaged_services(path, extensions).get(type_name, ()))
            else:
                alone = loader(extra_search_paths=[path], include_default_search_paths=False)
                services.update(list_services(alone, type_name))
        return sorted(services)

    return [listing.patch(shared_list_services)]


def forget() -> None:
    """Drop all that was read; for tests and for who counts memory."""
    with _lock:
        _files.clear()
    _exists.clear()
    _services.clear()
    _roots.clear()


_roots: dict[str, str] = {}


def _packaged() -> tuple[str, ...]:
    """The data folders of the packages that are imported, each with a separator at its end."""
    for name, folder in (("botocore", "data"), ("boto3", "data"), ("moto", "")):
        if name not in _roots and name in sys.modules:
            file = sys.modules[name].__file__ or ""
            _roots[name] = str(Path(file).absolute().parent / folder) + os.sep
    return tuple(_roots.values())


def _packaged_services(path: str, extensions: tuple[str, ...]) -> dict[str, set[str]]:
    """The services of a folder, by the types of models that they have; the folder is read once."""
    services = _services.get(path)
    if services is None:
        services = {}
        files = (
            (service.name, file)
            for service in _folders(path)
            for version in _folders(service.path)
            for file in os.listdir(version.path)  # noqa: PTH208 - names are all that is wanted
        )
        for service_name, file in files:
            for extension in extensions:
                if file.endswith(extension):
                    services.setdefault(file.removesuffix(extension), set()).add(service_name)
        _services[path] = services
    return services


def _folders(path: str) -> list[os.DirEntry[str]]:
    with os.scandir(path) as entries:
        return [entry for entry in entries if entry.is_dir()]


def _stamp(file_path: str, open_methods: dict[str, Any]) -> tuple[str, int, int] | None:
    """Which file it is and what tells that it changed; None if there is none."""
    for extension in open_methods:
        try:
            found = Path(file_path + extension).stat()
        except OSError:
            continue
        return extension, found.st_mtime_ns, found.st_size
    return None


def _read(file_path: str, open_methods: dict[str, Any]) -> Any:
    for extension, open_method in open_methods.items():
        if Path(file_path + extension).is_file():
            with open_method(file_path + extension, "rb") as file:
                return parse(file.read().decode("utf-8"))
    return None
