"""What marker, fixture and configuration file hand on to ``mock_aws``, and how it is refused."""

from __future__ import annotations

import pytest


def run(pytester: pytest.Pytester, *options: str) -> pytest.RunResult:
    return pytester.runpytest_subprocess(
        *("-p", "no:cacheprovider", "-p", "no:randomly", "-W", "error", "-p", "no:asyncio"),
        *options,
    )


def test_every_option_reaches_the_mock(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        test_markers="""
        import os, pytest
        from aiomoto.engine import engine

        pytestmark = pytest.mark.aws(region="eu-west-1", optimise=False)

        def settings():
            [lease] = engine.leases
            return lease.settings

        def test_of_the_module():
            assert settings().region == os.environ["AWS_REGION"] == "eu-west-1"
            assert not settings().optimise

        @pytest.mark.aws(region="us-west-2", reset=False, config={"core": {}}, clock="virtual")
        @pytest.mark.aws(remove_data=False, endpoints=["minio.local"])
        def test_inner_markers_win():
            asked = settings()
            assert asked.region == os.environ["AWS_DEFAULT_REGION"] == "us-west-2"
            assert (asked.reset, asked.remove_data, asked.optimise) == (False, False, False)
            assert asked.config == {"core": {}}
            assert asked.clock == "virtual"
            assert [one.host for one in asked.endpoints] == ["minio.local"]
        """,
        test_fixture="""
        import os, pytest
        from aiomoto.engine import engine
        from aiomoto.pytest_plugin import aws_fixture

        pytestmark = pytest.mark.aws(region="eu-west-1", optimise=False)
        aws = aws_fixture(region="cn-north-1", endpoints=iter(["a.local"]), optimise=True)

        @pytest.mark.parametrize("turn", [1, 2])
        def test_a_fixture_wins_over_markers(turn):
            [lease] = engine.leases
            assert os.environ["AWS_REGION"] == lease.settings.region == "cn-north-1"
            assert lease.settings.optimise
            assert [one.host for one in lease.endpoints] == ["a.local"]
        """,
    )
    run(pytester).assert_outcomes(passed=4)


def test_what_is_refused_is_one_readable_line(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.aws(endpoints=["x y"])
        def test_endpoint():
            pass

        def test_variable(monkeypatch, request):
            monkeypatch.setenv("AWS_ENDPOINT_URL", "https://[bad")
            request.getfixturevalue("aws")
        """
    )
    done = run(pytester, "-o", "aiomoto_config=core.mock_credentials = no")
    done.assert_outcomes(failed=1, errors=1)
    text = done.stdout.str()
    assert "mock_aws(endpoints=...): 'x y' is not an endpoint: it has spaces" in text
    assert (
        "AWS_ENDPOINT_URL: 'https://[bad' is not an endpoint" not in text
    )  # the file's comes first
    assert 'config["core"]["mock_credentials"] is \'no\'; moto' in text
    assert "declared.py" not in text
    assert "Traceback" not in text

    done = run(pytester)
    done.assert_outcomes(failed=1, errors=1)
    done.stdout.fnmatch_lines(
        ["*variable AWS_ENDPOINT_URL: 'https://[[]bad' is not an endpoint: *"]
    )


@pytest.mark.parametrize(
    "lines",
    [["core.passthrough = 3", "core.passthrough.urls = []"], ["core = 3"], ["core."], [".x = 1"]],
)
def test_lines_of_the_file_that_say_nothing(pytester: pytest.Pytester, lines: list[str]) -> None:
    text = "\n".join(f"    {line}" for line in lines)
    pytester.makeini(f"[pytest]\naiomoto_config =\n{text}\n")
    pytester.makepyfile("def test(): pass")
    done = run(pytester)
    assert done.ret == pytest.ExitCode.USAGE_ERROR
    done.stderr.fnmatch_lines([f"ERROR: aiomoto_config has the line {lines[-1]!r}; write it as *"])
