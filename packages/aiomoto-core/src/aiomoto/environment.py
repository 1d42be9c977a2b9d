"""The environment inside a mock: fake credentials, a region, nothing of the developer's machine.

Several mocks may be active at once, in several threads, and end in any order,
so each one is a layer that can be taken away from anywhere.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Mapping, MutableMapping
from typing import Generic, TypeVar

from .named_file import NO_FILE, NamedFile, is_named

#: moto's own fake credentials (moto.core.models.MockAWS).
FAKE_CREDENTIALS = {"AWS_ACCESS_KEY_ID": "FOOBARKEY", "AWS_SECRET_ACCESS_KEY": "FOOBARSECRET"}
#: What would win over the fake ones, or say who the developer is.
#: Source: AWS SDKs and Tools Reference Guide, "Environment variables support".
_PERSONAL = (
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_CREDENTIAL_EXPIRATION",
)
_PROFILES = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE")
_REGIONS = ("AWS_DEFAULT_REGION", "AWS_REGION")
DEFAULT_REGION = "us-east-1"
#: The endpoint of the Rust library object_store (polars, obstore, deltalake), which no client of
#: botocore reads. There is no such scheme, which is what its error says, at once.
#: Source: object_store's documentation, "AmazonS3Builder::from_env".
OBJECT_STORE = "AWS_ENDPOINT"
REFUSED = "aiomoto://object_store-is-not-answered-in-mock_aws"

#: Names of variables that hold a secret, and none that says where or which one it is.
_SECRET = re.compile(
    r"ACCESS_?KEY_?ID|(KEY|TOKEN|SECRET|CREDENTIAL|PASS(WORD|WD|PHRASE)?)S?"
    r"($|_(?!(.*_)?(ARN|EXPIRATION|FILE|ID|NAME|URI)$))",
    re.IGNORECASE,
)
_USER_IN_URL = re.compile(r"(?<=://)[^/@\s]+@")
MASK = "***"

V = TypeVar("V")


def shown(name: str, value: str) -> str:
    """The value of a variable of the environment as people may read it, secrets masked."""
    if _SECRET.search(name) and value not in FAKE_CREDENTIALS.values():
        return MASK
    return _USER_IN_URL.sub(f"{MASK}@", value)


def layer(
    environ: Mapping[str, str],
    *,
    mock_credentials: bool,
    region: str | None = None,
    named: NamedFile = NO_FILE,
    layered: Collection[str] = (),
    lets_s3_out: bool = False,
) -> dict[str, str | None]:
    """What one mock lays over ``environ``; None stands for a variable that is removed.

    ``named`` is the user's configuration file, whose regions and profiles stay in force.
    ``layered`` are the variables that other mocks have laid over: this one may outlast them.
    ``lets_s3_out`` is whether S3 is left to the network.
    """
    changes: dict[str, str | None] = {}
    if region is not None:
        changes.update(dict.fromkeys(_REGIONS, region))
    elif not environ.get("AWS_DEFAULT_REGION") and not named.has_regions:
        changes["AWS_DEFAULT_REGION"] = environ.get("AWS_REGION") or DEFAULT_REGION
    if lets_s3_out and environ.get(OBJECT_STORE) == REFUSED:
        changes[OBJECT_STORE] = None
    elif not lets_s3_out and not environ.get(OBJECT_STORE):
        changes[OBJECT_STORE] = REFUSED
    for name in (*_REGIONS, OBJECT_STORE):
        if name in layered:
            changes.setdefault(name, environ.get(name))
    if mock_credentials:
        changes.update(FAKE_CREDENTIALS)
        changes.update(dict.fromkeys(_PERSONAL))
        changes["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull
        if not is_named(environ):
            changes["AWS_CONFIG_FILE"] = os.devnull
        # A profile that isn't in the file would be an error of every client.
        others = [name for name in _PROFILES if environ.get(name) not in named.profiles]
        changes.update(dict.fromkeys(others))
    return changes


class Layers(Generic[V]):
    """A mapping with removable layers over what it held before.

    Each layer remembers what it replaced. Layers taken away from the top put
    that back; one taken from below hands it to the next above, so that the
    order in which mocks end does not matter. A value of None stands for a key
    that is not there.
    """

    def __init__(self, target: Callable[[], MutableMapping[str, V]]) -> None:
        self._target = target
        self._layers: dict[object, MutableMapping[str, V | None]] = {}
        #: Owners of layers that somebody else lays and takes away.
        self._others: set[object] = set()

    @property
    def keys(self) -> set[str]:
        """What any of the layers is about."""
        return {key for layer in self._layers.values() for key in layer}

    def push(self, owner: object, changes: Mapping[str, V | None]) -> None:
        """Lay ``changes`` on top, in the name of ``owner``, who has no layer yet."""
        target = self._target()
        self._layers[owner] = {key: target.get(key) for key in changes}
        for key, value in changes.items():
            _put(target, key, value)

    def adopt(self, owner: object, replaced: MutableMapping[str, V | None]) -> None:
        """Count with a layer on top that somebody else has laid, and will take away.

        ``replaced`` is what that one puts back; it is kept up to date, for as long as there
        are layers of ours.
        """
        self._others.add(owner)
        self._layers[owner] = replaced

    def pop_other(self, owner: object, replaced: MutableMapping[str, V | None]) -> None:
        """Take away a layer that somebody else has laid: one adopted, else one from before ours."""
        if owner not in self._layers:
            self._others.add(owner)
            self._layers = {owner: replaced, **self._layers}
        self.pop(owner)

    def pop(self, owner: object) -> None:
        """Take the owner's layer away, wherever it lies; nothing if there is none.

        An interrupt leaves the layer there, to be taken away again.
        """
        if owner not in self._layers:
            return
        owners = list(self._layers)
        above = owners[owners.index(owner) + 1 :]
        for key, replaced in self._layers[owner].items():
            heir = next((one for one in above if key in self._layers[one]), None)
            if heir is None:
                _put(self._target(), key, replaced)
            else:
                self._layers[heir][key] = replaced
        self._layers = {one: layer for one, layer in self._layers.items() if one is not owner}
        self._others &= self._layers.keys()
        if len(self._others) == len(self._layers):
            # Without a layer of ours nobody tells when the others go.
            self._layers, self._others = {}, set()


def _put(target: MutableMapping[str, V], key: str, value: V | None) -> None:
    if value is None:
        target.pop(key, None)
    else:
        target[key] = value
