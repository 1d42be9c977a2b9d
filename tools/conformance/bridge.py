"""A pytest plugin under which every boto3 call is carried out by an async client.

Load it with `-p conformance.bridge`, so that it acts before moto's tests are imported:
`moto.mock_aws` becomes `aiomoto.mock_aws`, and a call of a boto3 client or resource goes to
an async twin of that client. The boto3 client stays what the test holds: its `meta`, its
`exceptions`, its paginators and waiters are there as before.

The cut is `BaseClient._make_api_call`. Async clients override it, so it reaches sync ones only.
"""

from __future__ import annotations

import sys
from typing import Any

import botocore.session
import moto
import moto.core.decorator

import aiomoto
from conformance import compat, events, pages, plain, tally, transfers, twins
from conformance.settings import Line
from conformance.twins import Origin


def _make_api_call(self: Any, operation_name: str, api_params: dict[str, Any]) -> Any:
    service = self.meta.service_model.service_name
    origin = Origin.of(self)
    if origin is None:
        reason = tally.OUTSIDE
    elif compat.inside_running_loop():
        reason = tally.WITHIN_MOTO
    else:
        tally.count_async(service, operation_name)
        return origin.call(operation_name, api_params)
    tally.count_sync(service, operation_name, reason)
    return compat.sync_make_api_call(self, operation_name, api_params)


def _open_event_log(session: botocore.session.Session) -> None:
    events.EventLog().open_at(session.get_component("event_emitter"))


def _replace_mock_aws() -> None:
    original = moto.core.decorator.mock_aws
    for module in list(sys.modules.values()):
        name = getattr(module, "__name__", "")
        if name.split(".")[0] == "moto" and getattr(module, "mock_aws", None) is original:
            module.mock_aws = aiomoto.mock_aws  # type: ignore[attr-defined]


def install(line: Line) -> None:
    """Put everything in place, for the life of the process."""
    events.install()
    pages.install()
    plain.install(line)
    if line.client == "aioboto3":
        transfers.install()
    sync_init = botocore.session.Session.__init__

    def init(self: botocore.session.Session, *args: Any, **kwargs: Any) -> None:
        sync_init(self, *args, **kwargs)
        _open_event_log(self)

    botocore.session.Session.__init__ = init
    botocore.session.Session.create_client = twins.create_client(line)
    compat.replace_make_api_call(_make_api_call)
    _replace_mock_aws()


install(Line.from_environment())
