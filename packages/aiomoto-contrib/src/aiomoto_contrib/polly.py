"""Polly's presigned speech: a GET that says in its query what a POST says in its body.

Source: botocore.signers has it so for each presigned URL; a player in a browser is given
one. moto reads the body alone.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from aiomoto import ServicePlugin, hookimpl

if TYPE_CHECKING:
    from aiomoto import AwsRequest

# Source: Polly API Reference, SynthesizeSpeech: the members that are lists.
_LISTS = ("LexiconNames", "SpeechMarkTypes")


class PollyPlugin(ServicePlugin[None]):
    """Rewrites requests of presigned URLs."""

    services = ("polly",)

    @hookimpl
    def aiomoto_handle(self, request: AwsRequest) -> None:
        """Have moto answer a presigned SynthesizeSpeech."""
        parts = urlsplit(request.url)
        if request.method != "GET" or parts.path != "/v1/speech":
            return
        members = {
            name: values if name in _LISTS else values[-1]
            for name, values in parse_qs(parts.query).items()
            if not name.startswith("X-Amz-")
        }
        request.method = "POST"
        request.body = json.dumps(members).encode()


plugin = PollyPlugin()
