"""Sessions, clients and handlers that share what botocore works out about them."""

from __future__ import annotations

import asyncio
import ssl
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import aiobotocore.httpsession
import boto3
import pytest
import trustme
from aiobotocore.config import AioConfig
from aiobotocore.session import AioSession
from botocore.endpoint_provider import EndpointProvider
from botocore.exceptions import EndpointProviderError
from botocore.httpsession import get_cert_path
from botocore.loaders import create_loader

from aiomoto import mock_aws
from aiomoto.fast.compat import certificates

REGION = "us-east-1"


# -- methods -------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_classes_are_of_one_client() -> None:
    async with mock_aws():
        async with (
            AioSession().create_client("sqs", region_name=REGION) as one,
            AioSession().create_client("sqs", region_name=REGION) as other,
        ):
            assert type(one) is not type(other)
            type(one).list_queues = lambda self: "patched"
            assert one.list_queues() == "patched"
            assert "ResponseMetadata" in await other.list_queues()
        async with AioSession().create_client("sqs", region_name=REGION) as third:
            assert "ResponseMetadata" in await third.list_queues()
            with pytest.raises(TypeError, match=r"list_queues\(\) only accepts keyword"):
                await third.list_queues("q")


def members(client: Any) -> dict[str, str]:
    return {
        name: str(getattr(client, name).__doc__)
        for name in dir(type(client))
        if not name.startswith("_")
    }


@pytest.mark.parametrize("service", ["sqs", "dynamodb"])
def test_the_same_methods_with_the_same_documentation(service: str) -> None:
    with mock_aws(optimise=False):
        expected = members(boto3.session.Session().client(service, region_name=REGION))
    with mock_aws():
        for _ in range(2):
            session = boto3.session.Session()
            assert members(session.client(service, region_name=REGION)) == expected


@pytest.mark.parametrize("service", ["sqs", "dynamodb", "timestream-query"])
def test_endpoint_discovery(service: str) -> None:
    def found() -> Any:
        client = boto3.session.Session().client(service, region_name=REGION)
        model = client.meta.service_model
        operation = model.endpoint_discovery_operation
        return operation and operation.name, model.endpoint_discovery_required

    with mock_aws(optimise=False):
        expected = found()
    assert expected[1] is (service == "timestream-query")
    with mock_aws():
        assert found() == found() == expected


def test_a_changed_model_says_itself_what_needs_endpoint_discovery() -> None:
    def model() -> Any:
        return boto3.session.Session().client("dynamodb", region_name=REGION).meta.service_model

    with mock_aws():
        assert model().endpoint_discovery_required is False
        mine = model()
        operations = mine._service_description["operations"]
        operations["PutItem"]["endpointdiscovery"] = {"required": True}
        assert mine.endpoint_discovery_required is True
        assert model().endpoint_discovery_required is False


@pytest.mark.asyncio
async def test_a_creating_client_class_handler_changes_its_class_only() -> None:
    def add(class_attributes: dict[str, Any], **kwargs: Any) -> None:
        class_attributes["mine"] = lambda self: "mine"
        del class_attributes["list_queues"]

    async with mock_aws():
        session = AioSession()
        session.register("creating-client-class.sqs", add)
        async with session.create_client("sqs", region_name=REGION) as sqs:
            assert sqs.mine() == "mine"
            assert not hasattr(sqs, "list_queues")
        async with AioSession().create_client("sqs", region_name=REGION) as sqs:
            assert not hasattr(sqs, "mine")
            await sqs.list_queues()


# -- rule sets -------------------------------------------------------------------------


def test_rule_sets_are_shared() -> None:
    def provider() -> EndpointProvider:
        loader = create_loader()
        rules = loader.load_service_model("sqs", "endpoint-rule-set-1")
        return EndpointProvider(rules, loader.load_data("partitions"))

    def url(of: EndpointProvider) -> str:
        found = of.resolve_endpoint(Region="eu-west-1", UseFIPS=False, UseDualStack=False)
        return str(found.url)

    expected = url(provider())
    with mock_aws():
        one, other = provider(), provider()
        assert one.ruleset is other.ruleset
        assert url(one) == url(other) == expected
    with mock_aws(optimise=False):
        assert provider().ruleset is not provider().ruleset
    assert provider().ruleset is not one.ruleset


def test_endpoints_are_those_of_the_rules_and_of_the_asker() -> None:
    def provider() -> EndpointProvider:
        loader = create_loader()
        rules = loader.load_service_model("s3", "endpoint-rule-set-1")
        return EndpointProvider(rules, loader.load_data("partitions"))

    asked: list[dict[str, Any]] = [
        {"Region": "eu-west-1"},
        {"Region": "eu-west-1", "Bucket": "bucket"},
        {"Region": "eu-west-1", "Bucket": "Bucket.with.dots", "UseFIPS": True},
        {"Region": "eu-west-1", "Bucket": "bucket", "ForcePathStyle": True},
        {"Region": "cn-north-1", "Bucket": "arn:aws:s3:us-east-1:123456789012:accesspoint:a"},
        {"Region": "eu-west-1", "UseFIPS": 1},
        {"Region": "eu-west-1", "Bucket": "bucket", "Accelerate": True, "UseFIPS": True},
        {"Bucket": "bucket"},
    ]

    def answer(parameters: dict[str, Any]) -> Any:
        try:
            return provider().resolve_endpoint(**parameters)
        except EndpointProviderError as error:
            return type(error), str(error)

    def answers() -> list[Any]:
        return [answer(parameters) for parameters in asked]

    expected = answers()
    assert sum(isinstance(one[0], type) for one in expected) > 1
    with mock_aws():
        assert answers() == expected
        first, second = (provider().resolve_endpoint(Region="eu-west-1") for _ in range(2))
        assert first == second
        first.properties["authSchemes"].append("mine")
        assert provider().resolve_endpoint(Region="eu-west-1") == second != first
        names: dict[str, Any] = {"Region": "eu-west-1", "Extra": ["a", "list"]}
        assert provider().ruleset.evaluate(names) == second


# -- certificates ------------------------------------------------------------------------


@pytest.fixture
def late(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(certificates, "_good", set())

    def make() -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.__class__ = certificates.LateContext
        return context

    return make


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    path = tmp_path / "bundle.pem"
    path.write_bytes(Path(get_cert_path(True)).read_bytes())
    return path


def test_certificates_are_loaded_when_they_are_needed(late: Any, bundle: Path) -> None:
    first, second = late(), late()
    first.load_verify_locations(bundle)
    second.load_verify_locations(bundle, None, None)
    assert ssl.SSLContext.cert_store_stats(first)["x509_ca"] > 10
    assert ssl.SSLContext.cert_store_stats(second)["x509_ca"] == 0
    assert second.get_ca_certs() == first.get_ca_certs()
    third = late()
    third.load_verify_locations(cafile=bundle)
    third.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname="localhost")
    assert ssl.SSLContext.cert_store_stats(third)["x509_ca"] > 10


def test_the_usual_bundle_is_never_loaded_before_it_is_needed(late: Any) -> None:
    context = late()
    context.load_verify_locations(get_cert_path(True))
    assert ssl.SSLContext.cert_store_stats(context)["x509_ca"] == 0
    assert context.cert_store_stats()["x509_ca"] > 10


def test_a_bad_bundle_is_refused_at_once(late: Any, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        late().load_verify_locations(tmp_path / "none.pem")
    bad = tmp_path / "bad.pem"
    bad.write_text("no certificate")
    for _ in range(2):
        with pytest.raises(ssl.SSLError):
            late().load_verify_locations(bad)
    with pytest.raises(TypeError):
        late().load_verify_locations()


def test_a_bundle_that_changed_is_looked_at_again(late: Any, bundle: Path) -> None:
    late().load_verify_locations(bundle)
    bundle.write_text("no certificate")
    with pytest.raises(ssl.SSLError):
        late().load_verify_locations(bundle)


async def started_threads(**options: Any) -> list[str]:
    """The threads that a client's first call starts."""
    started: list[str] = []
    start = threading.Thread.start

    def note(thread: threading.Thread) -> None:
        started.append(thread.name)
        start(thread)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(threading.Thread, "start", note)
        async with AioSession().create_client("s3", region_name=REGION, **options) as client:
            await client.list_buckets()
    return started


IN_THREADS = hasattr(aiobotocore.httpsession.AIOHTTPSession, "_build_ssl_contexts")


@pytest.mark.asyncio
async def test_contexts_of_a_bundle_of_ones_own_need_a_thread_once_in_a_process(
    monkeypatch: pytest.MonkeyPatch, bundle: Path
) -> None:
    monkeypatch.setattr(certificates, "_good", set())
    with mock_aws():
        assert await started_threads() == []  # the usual bundle
        assert len(await started_threads(verify=str(bundle))) == IN_THREADS  # it is loaded
        assert await started_threads(verify=str(bundle)) == []
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(8))  # one that has no idle thread
    with mock_aws(optimise=False):
        assert len(await started_threads()) == IN_THREADS


@pytest.mark.asyncio
@pytest.mark.skipif(not IN_THREADS, reason="this aiobotocore makes contexts in the loop")
async def test_what_has_to_be_read_is_read_in_a_thread(bundle: Path, tmp_path: Path) -> None:
    with mock_aws():
        await started_threads()
        pool = ThreadPoolExecutor(8)
        asyncio.get_running_loop().set_default_executor(pool)
        assert len(await started_threads(verify=str(bundle))) == 1
        assert await started_threads(verify=str(bundle)) == []

        key = trustme.CA().issue_cert("client")
        key.private_key_and_cert_chain_pem.write_to_path(tmp_path / "client.pem")
        config = AioConfig(client_cert=str(tmp_path / "client.pem"))
        submitted: list[Any] = []
        with pytest.MonkeyPatch.context() as patch:
            submit = pool.submit
            patch.setattr(pool, "submit", lambda *args: submitted.append(args) or submit(*args))
            await started_threads(config=config)
            assert len(submitted) == 1

            class Own(aiobotocore.httpsession.AIOHTTPSession):
                def _get_ssl_context(self) -> Any:
                    assert threading.current_thread() is not threading.main_thread()
                    return super()._get_ssl_context()

            await started_threads(config=AioConfig(http_session_cls=Own))
            assert len(submitted) == 2


@pytest.mark.asyncio
@pytest.mark.skipif(not IN_THREADS, reason="this aiobotocore makes contexts in the loop")
@pytest.mark.parametrize("verify", [True, False])
async def test_contexts_are_what_they_would_be(verify: bool) -> None:
    async def made(optimise: bool) -> Any:
        with mock_aws(optimise=optimise):
            for _ in range(2):
                session = aiobotocore.httpsession.AIOHTTPSession(verify=verify)
                connector = await session._create_connector(None)
            return connector._ssl

    def described(context: ssl.SSLContext) -> list[Any]:
        settings = ["check_hostname", "verify_mode", "verify_flags", "options", "protocol"]
        settings += ["minimum_version", "maximum_version"]
        found = [getattr(context, name) for name in settings]
        return [*found, [one["name"] for one in context.get_ciphers()], context.get_ca_certs()]

    fast, slow = await made(True), await made(False)
    assert described(fast) == described(slow)
    assert (fast.cert_store_stats()["x509_ca"] > 10) is verify


@pytest.mark.asyncio
async def test_asyncio_of_aiobotocore_is_asyncio_otherwise() -> None:
    with mock_aws():
        module = aiobotocore.httpsession.asyncio
        assert module.TimeoutError is asyncio.TimeoutError
        assert await module.to_thread(threading.get_ident) != threading.get_ident()
        with pytest.raises(AttributeError, match="nothing"):
            _ = module.nothing
    assert aiobotocore.httpsession.asyncio is asyncio


# -- together ----------------------------------------------------------------------------


def test_clients_made_in_many_threads_at_once() -> None:
    errors: list[BaseException] = []

    def make() -> None:
        try:
            for _ in range(3):
                client = boto3.session.Session().client("sqs", region_name=REGION)
                client.list_queues()
                client.close()
        except BaseException as error:
            errors.append(error)

    with mock_aws():
        threads = [threading.Thread(target=make) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert errors == []


def test_all_is_as_before_afterwards() -> None:
    def state() -> list[Any]:
        import botocore.client
        import botocore.endpoint_provider
        import botocore.loaders
        import botocore.model
        import botocore.useragent
        import moto.core.responses

        return [
            dict(vars(botocore.loaders.JSONFileLoader)),
            dict(vars(botocore.loaders.Loader)),
            dict(vars(botocore.hooks.EventAliaser)),
            dict(vars(botocore.hooks._PrefixTrie)),
            aiobotocore.httpsession.asyncio,
            dict(vars(botocore.client.ClientCreator)),
            dict(vars(botocore.model.ServiceModel)),
            botocore.hooks.accepts_kwargs,
            botocore.endpoint_provider.RuleSet,
            botocore.useragent.UserAgentComponent.to_string,
            moto.core.responses.method_names_from_class,
        ]

    with mock_aws():
        pass
    before = state()
    with mock_aws():
        assert state() != before
    assert state() == before


def test_a_wrong_option() -> None:
    with pytest.raises(ValueError, match=r"optimise=\.\.\.\) takes True, False or None, got 'no'"):
        mock_aws(optimise="no").start()  # type: ignore[call-overload]
