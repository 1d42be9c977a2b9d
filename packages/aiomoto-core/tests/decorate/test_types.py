"""What mypy makes of `mock_aws` and of what it decorates."""

from __future__ import annotations

import importlib.util
import re
import textwrap
from typing import TYPE_CHECKING

import pytest
from support.decorating import in_a_process

if TYPE_CHECKING:
    from pathlib import Path


def test_types(tmp_path: Path) -> None:
    if importlib.util.find_spec("mypy") is None:
        pytest.skip("mypy is not installed")
    tmp_path.joinpath("typed.py").write_text(
        textwrap.dedent(
            """
            from collections.abc import AsyncIterator
            from aiomoto import mock_aws
            from aiomoto import mok_aws

            @mock_aws
            async def bare(a: int, *, b: str = "") -> float:
                return 1.0

            @mock_aws()
            async def called(a: int) -> float:
                return 1.0

            @mock_aws(config={"core": {"mock_credentials": False}}, reset=False, remove_data=False)
            def configured(a: int) -> float:
                return 1.0

            @mock_aws
            async def items(a: int) -> AsyncIterator[str]:
                yield "x"

            @mock_aws
            class Case:
                attribute: int = 1

                async def method(self) -> bytes:
                    return b""

            reveal_type(bare)
            reveal_type(called)
            reveal_type(configured)
            reveal_type(items)
            reveal_type(Case)
            reveal_type(Case().attribute)
            reveal_type(Case().method)

            async def body() -> None:
                with mock_aws() as sync_mock:
                    reveal_type(sync_mock)
                async with mock_aws() as async_mock:
                    reveal_type(async_mock)
                await bare("not an int")
                mock_aws(region="eu-west-1", clock="virtual", reset=False)
                mock_aws(regoin="eu-west-1")
                mock_aws(clock="virtul")
            """
        )
    )
    done = in_a_process(tmp_path, "-m", "mypy", "--strict", "typed.py", expected=1)
    revealed = re.findall(r'Revealed type is "(.*)"', done.stdout)
    coroutine = "typing.Coroutine[Any, Any, {}]"
    assert [re.sub(r"\bbuiltins\.|\btypes\.CoroutineType|\?", "", text) for text in revealed] == [
        f"def (a: int, *, b: str =) -> {coroutine.format('float')}",
        f"def (a: int) -> {coroutine.format('float')}",
        "def (a: int) -> float",
        "def (a: int) -> typing.AsyncIterator[str]",
        "def () -> typed.Case",
        "int",
        f"def () -> {coroutine.format('bytes')}",
        "aiomoto.mock.MockAWS",
        "aiomoto.mock.MockAWS",
    ]
    errors = re.findall(r"error: (.*)", done.stdout)
    assert errors == [
        'Module "aiomoto" has no attribute "mok_aws"; maybe "mock_aws"?  [attr-defined]',
        'Argument 1 to "bare" has incompatible type "str"; expected "int"  [arg-type]',
        'Unexpected keyword argument "regoin" for overloaded function "mock_aws"; did you mean '
        '"region"?  [call-overload]',
        'No overload variant of "mock_aws" matches argument type "str"  [call-overload]',
    ]
