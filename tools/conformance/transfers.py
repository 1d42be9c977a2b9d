"""S3 transfers through aioboto3's own upload and download methods.

boto3's transfers run in threads of s3transfer; aioboto3 has its own, written for async code.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3.s3.inject

from conformance import tally
from conformance.compat import inside_running_loop
from conformance.loops import current_runner
from conformance.twins import Origin

_METHODS = ("upload_file", "download_file", "copy", "upload_fileobj", "download_fileobj")


def install() -> None:
    """boto3 puts the methods into a client's class by their names in this module."""
    for name in _METHODS:
        setattr(boto3.s3.inject, name, _through_aioboto3(name, getattr(boto3.s3.inject, name)))


def _through_aioboto3(name: str, original: Callable[..., Any]) -> Callable[..., Any]:
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        origin = Origin.of(self)
        if origin is None or inside_running_loop():
            return original(self, *args, **kwargs)
        tally.note(f"{name} carried out by aioboto3")
        runner = current_runner()
        return runner.run(getattr(origin.twin(runner), name)(*args, **kwargs))

    return method
