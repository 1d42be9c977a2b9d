"""``compat``: each name that core needs of another library is looked for, and named."""

from __future__ import annotations

import importlib.util
from functools import partial
from importlib.metadata import version
from types import ModuleType
from typing import Any

import pytest
import requests
from botocore.loaders import create_loader

from aiomoto import ConflictingDistribution, IncompatibleLibrary, compat, mock_aws
from aiomoto.compat import backends, names, switch, transports


def needed_of(make: Any) -> list[tuple[str, str, tuple[str, ...]]]:
    """What a constructor of compat looks up: library, module, path."""
    needed = []
    real = compat.require

    def record(library: str, module: str, *path: str) -> Any:
        needed.append((library, module, path))
        return real(library, module, *path)

    with pytest.MonkeyPatch.context() as patch:
        for room in (backends, names, switch, transports):
            patch.setattr(room, "require", record)
        make()
    return needed


def makers() -> list[tuple[str, Any]]:
    """What the wires need; fast/test_fail_open.py has what fast paths need."""
    libraries = [one for one in ("httpcore", "httpcore2") if importlib.util.find_spec(one)]
    httpcores = [(library, partial(compat.Httpcore, library)) for library in libraries]
    return [("moto", compat.Moto), ("aiohttp", compat.Aiohttp), *httpcores]


NEEDED = [
    pytest.param(make, module, path, id=".".join((module, *path)))
    for _, make in makers()
    for _, module, path in dict.fromkeys(needed_of(make))
    if path and path[-1] != "__init__"
]


@pytest.mark.parametrize(("make", "module", "path"), NEEDED)
def test_missing_name_is_named(make: Any, module: str, path: tuple[str, ...]) -> None:
    """Each name is taken away in turn; the message has library, version and that name."""
    *owners, last = path
    owner = importlib.import_module(module)
    for name in owners:
        owner = getattr(owner, name)
    library = module.partition(".")[0]
    with pytest.MonkeyPatch.context() as patch:
        kind = owner if isinstance(owner, type) else type(owner)
        bases = [owner] if isinstance(owner, ModuleType) else kind.__mro__
        for base in bases:
            if last in vars(base):
                patch.delattr(base, last)
        with pytest.raises(IncompatibleLibrary) as caught:
            make()
    error = caught.value
    assert (error.library, error.version) == (library, version(library))
    assert error.attribute.startswith(".".join((module, *path)))
    assert str(error).startswith(
        f"aiomoto needs {error.attribute}, which {library} {version(library)} does not have."
    )


@pytest.mark.parametrize(
    ("module", "cls", "name", "make"),
    [
        ("aiohttp.connector", "BaseConnector", "_acquired_per_host", compat.Aiohttp),
        ("httpcore", "ConnectionPool", "_max_connections", partial(compat.Httpcore, "httpcore")),
    ],
)
def test_a_missing_attribute_of_instances_is_named(
    module: str, cls: str, name: str, make: Any
) -> None:
    """Its class says so by its constructor, which is looked through for the name."""
    owner = getattr(pytest.importorskip(module), cls)
    code = owner.__init__.__code__
    others = tuple("other" if one == name else one for one in code.co_names)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(owner.__init__, "__code__", code.replace(co_names=others))
        with pytest.raises(IncompatibleLibrary) as caught:
            make()
    assert caught.value.attribute == f"{module}.{cls}.{name}"


def test_enough_names_are_looked_for() -> None:
    """The test above tests nothing where nothing is looked up."""
    assert len(NEEDED) > 35


def test_library_that_is_not_installed() -> None:
    with pytest.raises(IncompatibleLibrary, match=r"which nosuch \(not installed\) does not have"):
        compat.require("nosuch", "nosuch.module", "name")


def test_other_distribution_with_the_same_import_name() -> None:
    class Peer:
        version = "0.5.8"

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(names, "distribution", lambda name: Peer)
        with pytest.raises(ConflictingDistribution) as caught:
            compat.refuse_peer_distribution()
    assert str(caught.value) == (
        "The distribution 'aiomoto' 0.5.8 is installed beside 'aiomoto-core'. Both put their "
        "files into the import package 'aiomoto' and overwrite each other. Keep one: 'pip "
        "uninstall aiomoto', then 'pip install --force-reinstall --no-deps aiomoto-core'."
    )
    compat.refuse_peer_distribution()


# -- moto's switch ----------------------------------------------------------------------


def test_requests_that_are_registered_with_responses() -> None:
    """Two for each method, where moto has one for each pattern and method."""
    from moto.core.models import RESPONSES_METHODS, responses_mock

    with mock_aws():
        assert len(responses_mock.registered()) == 2 * len(RESPONSES_METHODS)
    assert responses_mock.registered() == []


@pytest.mark.parametrize(
    ("url", "status", "text"),
    [
        ("https://s3.amazonaws.com/", 200, "ListAllMyBucketsResult"),
        ("https://s3.eu-west-1.amazonaws.com/?x=y", 200, "ListAllMyBucketsResult"),
        ("http://169.254.169.254/latest/meta-data/placement/region", 200, "us-east-1"),
        ("http://motoapi.amazonaws.com/moto-api/data.json", 200, "{"),
    ],
)
def test_requests_is_answered_as_moto_answers_it(url: str, status: int, text: str) -> None:
    import moto

    answers = []
    for mock in (moto.mock_aws, mock_aws):
        with mock():
            answer = requests.get(url)
            answers.append((answer.status_code, answer.text, dict(answer.headers)))
    theirs, ours = answers
    assert ours[0] == theirs[0] == status
    assert text in ours[1]
    assert text in theirs[1]


@pytest.mark.parametrize("method", ["GET", "DELETE", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"])
def test_every_method_of_requests_is_answered(method: str) -> None:
    import moto

    answers: list[Any] = []
    for mock in (moto.mock_aws, mock_aws):
        with mock():
            try:
                answer = requests.request(method, "https://bucket.s3.amazonaws.com/key")
                # moto answers HEAD with a body, which nobody should.
                text = b"" if method == "HEAD" else answer.content[:100]
                answers.append((answer.status_code, text))
            except (KeyError, NotImplementedError) as error:  # of moto's handler
                answers.append(str(error)[-40:])
    assert answers[0] == answers[1]


def test_counters_of_moto() -> None:
    moto = compat.moto()
    state = moto.mock_class
    with mock_aws():
        assert (state._nested_count, state._mocks_active, moto.stubber.enabled) == (1, True, True)
        with mock_aws():
            assert state._nested_count == 1
        assert (state._nested_count, state._mocks_active, moto.stubber.enabled) == (1, True, True)
    assert (state._nested_count, state._mocks_active, moto.stubber.enabled) == (0, False, False)


def test_counters_after_a_switch_that_failed() -> None:
    moto = compat.moto()

    def broken(*_: Any) -> Any:
        raise RuntimeError("registry")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(moto, "restore_routes", broken)
        with pytest.raises(RuntimeError, match="registry"), mock_aws():
            pass
    assert (moto.mock_class._nested_count, moto.stubber.enabled) == (0, False)
    with mock_aws():
        assert requests.get("https://s3.amazonaws.com/").status_code == 200


def test_stubber_is_silent_inside_and_itself_again_after() -> None:
    import moto as moto_package
    from botocore.awsrequest import AWSPreparedRequest

    moto = compat.moto()
    request = AWSPreparedRequest("GET", "https://s3.amazonaws.com/", {}, b"", False)
    with mock_aws():
        assert moto.stubber("before-send", request) is None
    with moto_package.mock_aws():
        assert moto.stubber("before-send", request).status_code == 200


def test_suffixes_of_all_partitions() -> None:
    """botocore keeps them a second time, in its older endpoint data."""
    for partition in create_loader().load_data("endpoints")["partitions"]:
        variants = partition["defaults"].get("variants", [])
        found = {partition["dnsSuffix"], *(one["dnsSuffix"] for one in variants)}
        assert found <= set(compat.dns_suffixes()), partition["partition"]
