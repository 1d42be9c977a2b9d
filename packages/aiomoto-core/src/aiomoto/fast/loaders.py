"""botocore's data files: read and parsed once in a process, whatever session asks.

Each loader still gets data of its own (see :mod:`.views`). Files of botocore's
and boto3's packages are taken not to change while the process runs; all others
are looked at anew each time, and parsed again if they changed.
"""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..compat import attribute, json_open_methods, require
from ..locks import Order, guarded
from .views import parse, view

if TYPE_CHECKING:
    from ..plugin.patches import Patch

#: By the path without its extension: what the file was, and its content.
_files: dict[str, tuple[Any, Any]] = {}
_exists: dict[str, bool] = {}
_services: dict[tuple[str, str], list[str]] = {}
_lock = guarded(threading.RLock(), Order.LEAF)


def files() -> list[Patch]:
    """The content of data files, and whether there are any."""
    file_loader = require("botocore", "botocore.loaders", "JSONFileLoader")
    open_methods = json_open_methods()
    load_file = require("botocore", "botocore.loaders", "JSONFileLoader", "load_file")
    exists = require("botocore", "botocore.loaders", "JSONFileLoader", "exists")

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
        """Whether there is such a file."""
        if type(self) is not file_loader:
            return bool(exists(self, file_path))
        if not file_path.startswith(_packaged()):
            return bool(exists(self, file_path))
        known = _exists.get(file_path)
        if known is None:
            known = _exists[file_path] = bool(exists(self, file_path))
        return known

    return [(file_loader, "load_file", shared_load_file), (file_loader, "exists", shared_exists)]


def services() -> list[Patch]:
    """The services that have a model."""
    file_loader = require("botocore", "botocore.loaders", "JSONFileLoader")
    services_of = attribute("botocore", "botocore.loaders", "Loader", "list_available_services")
    loader, list_services = services_of.owner, services_of.original

    def shared_list_services(self: Any, type_name: str) -> list[str]:
        """All services that have a model of this type; the packages' own are listed once."""
        if type(self) is not loader or type(self.file_loader) is not file_loader:
            return list_services(self, type_name)  # type: ignore[no-any-return]
        services: set[str] = set()
        for path in self.search_paths:
            packaged = (path + os.sep).startswith(_packaged())
            known = _services.get((path, type_name)) if packaged else None
            if known is None:
                alone = loader(extra_search_paths=[path], include_default_search_paths=False)
                known = list_services(alone, type_name)
                if packaged:
                    _services[path, type_name] = known
            services.update(known)
        return sorted(services)

    return [services_of.patch(shared_list_services)]


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
    for name in ("botocore", "boto3"):
        if name not in _roots and name in sys.modules:
            file = sys.modules[name].__file__ or ""
            _roots[name] = str(Path(file).absolute().parent / "data") + os.sep
    return tuple(_roots.values())


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
