"""A leak fails its test: how pytest, and the plugins around it, see it."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from xml.etree import ElementTree

import pytest

OPTIONS = (
    "-W",
    "error",
    "-p",
    "no:randomly",
    "-p",
    "no:retry",
    "-o",
    "asyncio_default_fixture_loop_scope=function",
)
PLANTED = """
    import aiohttp, os, pytest
    from aiobotocore.session import get_session

    @pytest.mark.asyncio
    async def test_client(aws):
        client = await get_session().create_client("s3").__aenter__()
        await client.list_buckets()

    def test_variable(aws):
        os.environ["ORDERS"] = "1001"

    def fake_get(self, url):
        raise LookupError(url)

    def test_patch(aws):
        aiohttp.ClientSession.get = fake_get

    def test_nothing(aws):
        assert "ORDERS" not in os.environ
        assert aiohttp.ClientSession.get is not fake_get
"""
FOUND = (
    "*client: an aiobotocore client for s3 was not closed, opened at *test_planted.py:6. *",
    "*environment: $ORDERS is '1001'; it wasn't set; changed at *test_planted.py:10",
    "*patch: aiohttp.client.ClientSession.get is fake_get of *test_planted.py:12; it was *",
)


def run(pytester: pytest.Pytester, *options: str) -> pytest.RunResult:
    return pytester.runpytest_subprocess(*OPTIONS, *options)


def test_the_test_failed_and_nothing_else(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_planted=PLANTED)
    done = run(pytester, "--junit-xml=report.xml", "-v")
    done.assert_outcomes(failed=3, passed=1)
    done.stdout.fnmatch_lines(["*::test_client FAILED *", "*::test_nothing PASSED *"])
    for line in FOUND:
        done.stdout.fnmatch_lines(["*This test left something behind:", line])
    assert "ERROR" not in done.stdout.str()
    suite = ElementTree.parse(pytester.path / "report.xml").getroot()[0].attrib
    assert [suite[name] for name in ("tests", "failures", "errors", "skipped")] == list("4300")

    run(pytester, "--last-failed").assert_outcomes(failed=3)
    done = run(pytester, "-x", "-p", "no:cacheprovider")
    done.assert_outcomes(failed=1)
    done.stdout.fnmatch_lines(["*stopping after 1 failures*"])
    done = run(pytester, "--maxfail=2", "-p", "no:cacheprovider", "--setup-show")
    done.assert_outcomes(failed=2)


@pytest.mark.skipif(find_spec("xdist") is None, reason="pytest-xdist is not installed")
def test_in_several_processes(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_planted=PLANTED)
    done = run(pytester, "-n", "2")
    done.assert_outcomes(failed=3, passed=1)
    for line in FOUND:
        done.stdout.fnmatch_lines([line])


@pytest.mark.skipif(
    find_spec("pytest_rerunfailures") is None, reason="pytest-rerunfailures isn't installed"
)
def test_run_again(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import os

        runs = []

        def test_leaks_once(aws):
            runs.append(1)
            if len(runs) == 1:
                os.environ["ORDERS"] = "1001"

        def test_leaks(aws):
            os.environ["ORDERS"] = "1001"
        """
    )
    done = run(pytester, "--reruns=1")
    outcomes = done.parseoutcomes()
    assert outcomes == {"failed": 1, "passed": 1, "rerun": 2}
    # It is there, but nothing is to be run again.
    run(pytester).assert_outcomes(failed=2)


def test_what_else_is_to_be_said_of_a_test(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import os, pytest, unittest

        @pytest.fixture(autouse=True)
        def leaks(aws):
            os.environ["ORDERS"] = "1001"

        def test_fails():
            assert 0, "by itself"

        @pytest.fixture
        def torn():
            yield
            assert 0, "in teardown"

        def test_teardown_fails(torn):
            pass

        @pytest.fixture
        def never():
            assert 0, "in setup"

        def test_setup_fails(never):
            pass

        def test_skips():
            pytest.skip("for a reason")

        @pytest.mark.xfail
        def test_expected():
            pass

        class Test(unittest.TestCase):
            def test_case(self):
                pass
        """
    )
    done = run(pytester, "-v", "--tb=short")
    done.assert_outcomes(failed=3, errors=5, skipped=1, xfailed=1)
    text = done.stdout.str()
    for line in ("fails FAILED", "fails ERROR", "expected XFAIL", "case FAILED", "skips ERROR"):
        assert f"test_{line} " in text
    # What a test says itself comes first.
    assert text.index("test_fails FAILED") < text.index("test_fails ERROR")
    # All but the expected. In CI pytest's summary says the whole once more.
    shown = text.partition("short test summary info")[0]
    assert shown.count("This test left something behind:\n") == 5
    assert "AssertionError: in teardown" in text
    assert "AssertionError: by itself" in text
    assert "AssertionError: in setup" in text


def test_wider_fixtures_of_a_run_that_stops(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import os, pytest

        @pytest.fixture(scope="module")
        def module():
            yield
            assert 0, "end of module"

        def test_leaks(aws, module):
            os.environ["ORDERS"] = "1001"

        def test_more(module):
            pass
        """
    )
    done = run(pytester, "-x")
    done.assert_outcomes(failed=1, errors=1)
    done.stdout.fnmatch_lines(["*ERROR at teardown of test_leaks*", "*end of module*"])
    assert done.ret == pytest.ExitCode.TESTS_FAILED


def test_a_run_that_is_interrupted(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest

        @pytest.fixture
        def interrupted():
            yield
            raise KeyboardInterrupt

        def test_passes(aws, interrupted):
            pass
        """
    )
    done = run(pytester)
    done.assert_outcomes(passed=1)
    assert done.ret == pytest.ExitCode.INTERRUPTED


def test_a_failure_is_told_of_before_the_teardown(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        """
        def pytest_runtest_logreport(report):
            print("told:", report.when, report.outcome)

        def pytest_exception_interact():
            print("debugger")
        """
    )
    pytester.makepyfile(
        """
        import pytest

        @pytest.fixture
        def shop():
            yield
            print("teardown")

        def test_fails(aws, shop):
            assert 0

        def test_passes(aws, shop):
            pass
        """
    )
    done = run(pytester, "-s", "-k", "fails")
    done.stdout.fnmatch_lines(
        ["*told: call failed", "debugger", "teardown", "told: teardown passed"], consecutive=True
    )
    done = run(pytester, "-s", "-k", "passes")
    done.stdout.fnmatch_lines(["*teardown", "*told: call passed", "told: teardown passed"])


def test_who_changed_it(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        test_shop="""
        import aiohttp, os, pytest
        from unittest import mock

        pytestmark = pytest.mark.aws

        @pytest.fixture
        def orders():
            os.environ.update(ORDERS="1001")

        def test_fixture(orders):
            with mock.patch.dict(os.environ, {"OTHER": "1"}):
                pass

        def test_removed():
            del os.environ["SHOP"]

        def test_secret():
            os.environ["SHOP_API_KEY"] = "geheim"

        def test_unittest():
            mock.patch("aiohttp.ClientSession.get").start()

        def test_nothing():
            with mock.patch("aiohttp.ClientSession.get"):
                pass
        """
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHOP", "bicycles")
        done = run(pytester)
    done.assert_outcomes(failed=4, passed=1)
    done.stdout.fnmatch_lines(
        [
            "*$ORDERS is '1001'; it wasn't set; changed at *test_shop.py:8",
            "*$SHOP was removed; it was 'bicycles'; changed at *test_shop.py:15",
            "*$SHOP_API_KEY is [*][*][*]; it wasn't set; changed at *test_shop.py:18",
            "*ClientSession.get is <MagicMock *; it was *; changed at *test_shop.py:21",
        ]
    )
    assert "geheim" not in done.stdout.str()


def test_what_wider_fixtures_hold_is_no_leak(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import asyncio, aiohttp, pytest, pytest_asyncio
        from aiobotocore.session import get_session
        from aiohttp import web
        from aiomoto.pytest_plugin import aws_client_fixture, aws_fixture

        aws = aws_fixture("module")
        module_client = aws_client_fixture("module")
        pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.aws]
        wide = pytest_asyncio.fixture(scope="module", loop_scope="module")

        @wide
        async def server():
            async def hello(request):
                return web.Response(text="hello")

            app = web.Application()
            app.router.add_get("/", hello)
            runner = web.AppRunner(app)
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            yield "http://127.0.0.1:%d" % runner.addresses[0][1]
            await runner.cleanup()

        @wide
        async def browser(server):
            async with aiohttp.ClientSession(server) as session:
                yield session

        class Worker:
            task = None

            def start(self):
                self.task = asyncio.create_task(asyncio.sleep(60))

        @wide
        async def worker():
            worker = Worker()
            yield worker
            worker.task.cancel()

        async def test_client(module_client):
            await (await module_client("s3")).list_buckets()

        async def test_pool(browser):
            async with browser.get("/") as answer:
                assert await answer.text() == "hello"

        async def test_pool_again(browser):
            async with browser.get("/") as answer:
                assert await answer.text() == "hello"

        async def test_task(worker):
            worker.start()

        async def test_its_own_client(module_client):
            pytest.client = await get_session().create_client("s3").__aenter__()
            await pytest.client.list_buckets()

        async def test_its_own_session(server):
            pytest.session = aiohttp.ClientSession()
            async with pytest.session.get(server) as answer:
                await answer.text()

        async def test_its_own_task(worker):
            assert not worker.task.done()
            pytest.task = asyncio.create_task(asyncio.sleep(60))

        async def test_the_end():
            assert pytest.task.cancelled()
            await pytest.session.close()
        """
    )
    done = run(pytester, "-W", "ignore::ResourceWarning")
    done.assert_outcomes(passed=5, failed=3)
    for name in ("client", "session", "task"):
        done.stdout.fnmatch_lines([f"FAILED *::test_its_own_{name} *"])


@pytest.mark.skipif(sys.platform == "win32", reason="uvloop does not run on Windows")
def test_sockets_of_uvloop_are_not_seen(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import asyncio, os, pytest, socket
        import uvloop

        @pytest.fixture(scope="module")
        def server():
            with socket.create_server(("127.0.0.1", 0)) as listening:
                yield listening.getsockname()[1]

        @pytest.fixture(scope="module")
        def module_loop():
            loop = uvloop.new_event_loop()
            yield loop
            pytest.writer.transport.abort()
            loop.run_until_complete(asyncio.sleep(0))
            loop.close()

        async def connect(port):
            return (await asyncio.open_connection("127.0.0.1", port))[1]

        @pytest.mark.aws
        def test_in_a_wider_loop(module_loop, server):
            pytest.writer = module_loop.run_until_complete(connect(server))
            pytest.number = pytest.writer.get_extra_info("socket").fileno()

        def test_it_is_open_still():
            os.fstat(pytest.number)
        """
    )
    run(pytester).assert_outcomes(passed=2)
