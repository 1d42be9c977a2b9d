"""Sessions that share what they read of botocore's models, as long as the process runs."""

from __future__ import annotations

from functools import cache
from typing import Any


@cache
def loader() -> Any:
    """The loader of all these sessions: to read models costs 150 ms a client."""
    import botocore.loaders

    return botocore.loaders.create_loader()


def aio_session() -> Any:
    """A new session of aiobotocore."""
    from aiobotocore.session import AioSession

    return _sharing(AioSession())


def boto3_session() -> Any:
    """A new session of boto3."""
    import boto3.session
    import botocore.session

    return boto3.session.Session(botocore_session=_sharing(botocore.session.Session()))


def _sharing(session: Any) -> Any:
    session.register_component("data_loader", loader())
    return session
