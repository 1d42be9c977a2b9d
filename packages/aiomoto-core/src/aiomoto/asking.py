"""Asks moto in the way of a client, for what one service tells another one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

from multidict import CIMultiDict

from .request import AwsRequest, AwsResponse

if TYPE_CHECKING:
    from .interfaces import Engine

__all__ = ["Arn", "Asker", "Place", "Refused", "whole"]


class Place(NamedTuple):
    """Whose resources, and where."""

    account: str
    region: str
    partition: str = "aws"


class Arn(NamedTuple):
    """The parts of an ARN (AWS General Reference, "Amazon Resource Names")."""

    partition: str
    service: str
    region: str
    account: str
    resource: str

    @classmethod
    def of(cls, text: str) -> Arn:
        """Take one apart; raises ValueError for what is none."""
        parts = text.split(":", 5)
        if len(parts) != 6 or parts[0] != "arn":
            raise ValueError(f"{text!r} is no ARN; they look like arn:aws:sqs:REGION:ACCOUNT:NAME.")
        return cls(*parts[1:])

    @property
    def queue_url(self) -> str:
        return f"https://sqs.{self.region}.amazonaws.com/{self.account}/{self.resource}"

    @property
    def place(self) -> Place:
        return Place(self.account, self.region, self.partition)


class Refused(Exception):
    """What AWS answered, where it wasn't done."""

    def __init__(self, response: AwsResponse) -> None:
        self.response = response
        #: The HTTP status and the body.
        self.status = response.status
        self.body = whole(response)
        super().__init__(f"{self.status} {self.body.decode(errors='replace')}")


def whole(response: AwsResponse) -> bytes:
    """The body of a response of moto, which never streams."""
    body: Any = response.body
    return bytes(body)


#: The signature's name of a service and the host's, where they aren't the same as moto's.
_SIGNED = {"awslambda": "lambda", "stepfunctions": "states"}


class Asker:
    """Sends requests to moto, with its state locked meanwhile."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def json(
        self, service: str, place: Place, target: str, payload: Any, version: str = "1.1"
    ) -> Any:
        """The answer to a call of a service that speaks AWS JSON; raises :class:`Refused`."""
        headers = {"Content-Type": f"application/x-amz-json-{version}", "X-Amz-Target": target}
        response = self._send(service, place, "POST", "/", headers, json.dumps(payload).encode())
        return json.loads(whole(response) or b"{}")

    def query(self, service: str, place: Place, action: str, **parameters: str) -> None:
        """Make a call of a service that speaks AWS Query; raises :class:`Refused`."""
        body = urlencode({"Action": action, **parameters}).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        self._send(service, place, "POST", "/", headers, body)

    def rest(self, service: str, place: Place, method: str, path: str, payload: Any = None) -> Any:
        """The answer to a call of a service that speaks REST JSON; raises :class:`Refused`."""
        body = b"" if payload is None else json.dumps(payload).encode()
        headers = {"Content-Type": "application/json"}
        response = self._send(service, place, method, path, headers, body)
        return json.loads(whole(response) or b"{}")

    def _send(
        self,
        service: str,
        place: Place,
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes,
    ) -> AwsResponse:
        name = _SIGNED.get(service, service)
        host = f"{name}.{place.region}.amazonaws.com" if service != "iam" else "iam.amazonaws.com"
        url = f"https://{host}{path}"
        headers = {
            "Host": host,
            "Authorization": (
                f"AWS4-HMAC-SHA256 Credential=AIOMOTO/20200101/{place.region}/{name}/aws4_request, "
                "SignedHeaders=host, Signature=0"
            ),
            # moto's way to say whose resources are meant.
            "x-moto-account-id": place.account,
            **headers,
        }
        request = AwsRequest(method, url, CIMultiDict(headers), body, original_url=url)
        response = self._engine.ask_moto(request)
        if response.status >= 300:
            raise Refused(response)
        return response
