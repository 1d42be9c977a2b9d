from __future__ import annotations

from typing import Any

import pytest
from aiomoto_mailbox.plugin import Mail
from botocore.exceptions import ClientError

MAIL = {
    "Source": "shop@example.com",
    "Destination": {"ToAddresses": ["ann@example.org", "bob@example.org"]},
    "Message": {"Subject": {"Data": "Your bike"}, "Body": {"Text": {"Data": "It is here."}}},
}


async def test_what_was_sent(ses_client: Any, mailbox: list[Mail]) -> None:
    await ses_client.send_email(**MAIL)
    to = ["ann@example.org", "bob@example.org"]
    assert mailbox == [Mail("shop@example.com", to, "Your bike", "It is here.")]


async def test_what_was_refused_is_not_sent(ses_client: Any, mailbox: list[Mail]) -> None:
    with pytest.raises(ClientError, match="not verified"):
        await ses_client.send_email(**{**MAIL, "Source": "shop@elsewhere.org"})
    assert mailbox == []


def test_it_is_found(aws: Any) -> None:
    assert aws.owners["ses"] == "mailbox"


async def test_a_client_sees_what_it_sees_over_the_wire(compare: Any) -> None:
    async def body(world: Any) -> Any:
        async with world.client("ses") as ses:
            await ses.verify_domain_identity(Domain="example.com")
            return sorted(await ses.send_email(**MAIL))

    assert (await compare(body)).value == ["MessageId", "ResponseMetadata"]
