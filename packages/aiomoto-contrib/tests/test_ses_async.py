"""SES: raw mails as blobs in the Query protocol, and the second API, which is REST."""

from __future__ import annotations

import asyncio
import json
from email.message import EmailMessage
from typing import Any

import pytest
from botocore.exceptions import ClientError

pytestmark = [pytest.mark.asyncio, pytest.mark.usefixtures("aws")]

SENDER = "shop@example.com"
MAIL = {"Subject": {"Data": "Order"}, "Body": {"Text": {"Data": "\N{SNOWMAN} & <x> 100%"}}}


def sent() -> list[Any]:
    """What moto has sent; it has no API for that."""
    from moto.ses import ses_backends

    messages: list[Any] = ses_backends["123456789012"]["us-east-1"].sent_messages
    return messages


async def test_mails_of_many_tasks(connect: Any, boto: Any, backend: str) -> None:
    async with connect("ses", backend) as ses:
        await ses.verify_email_identity(EmailAddress=SENDER)
        answers = await asyncio.gather(
            *(
                ses.send_email(
                    Source=SENDER,
                    Destination={"ToAddresses": [f"user{n}+tag@example.com"]},
                    Message=MAIL,
                )
                for n in range(20)
            )
        )
    ids = {answer["MessageId"] for answer in answers}
    assert {message.id for message in sent()} == ids
    assert {message.body for message in sent()} == {MAIL["Body"]["Text"]["Data"]}
    assert {message.destinations["ToAddresses"][0] for message in sent()} == {
        f"user{n}+tag@example.com" for n in range(20)
    }
    assert boto("ses").get_send_quota()["SentLast24Hours"] == 20


async def test_a_raw_mail_with_an_attachment(connect: Any, backend: str) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = SENDER, "user@example.com", "Grüße"
    mail.set_content("Text")
    mail.add_attachment(bytes(range(256)), maintype="application", subtype="x", filename="all")
    async with connect("ses", backend) as ses:
        await ses.verify_email_identity(EmailAddress=SENDER)
        await ses.send_raw_email(RawMessage={"Data": mail.as_bytes()})
    [message] = sent()
    assert message.raw_data.encode() == mail.as_bytes()
    assert message.destinations == ["user@example.com"]


async def test_an_unknown_sender_is_a_typed_error(connect: Any, boto: Any, backend: str) -> None:
    asked = {"Source": "x@y.z", "Destination": {"ToAddresses": ["u@y.z"]}, "Message": MAIL}
    async with connect("ses", backend) as ses:
        with pytest.raises(ses.exceptions.MessageRejected, match=r"not verified x@y\.z") as caught:
            await ses.send_email(**asked)
    with pytest.raises(boto("ses").exceptions.MessageRejected) as expected:
        boto("ses").send_email(**asked)
    assert str(caught.value) == str(expected.value)
    assert sent() == []


async def test_both_apis_send_through_one_outbox(connect: Any, backend: str) -> None:
    """sesv2 is REST and JSON at the same host, told apart by its path."""
    async with connect("ses", backend) as ses, connect("sesv2", backend) as v2:
        await ses.verify_domain_identity(Domain="example.com")
        destination = {"ToAddresses": ["user@example.com"]}
        first, second = await asyncio.gather(
            ses.send_email(Source=SENDER, Destination=destination, Message=MAIL),
            v2.send_email(
                FromEmailAddress=SENDER, Destination=destination, Content={"Simple": MAIL}
            ),
        )
        assert {message.id for message in sent()} == {first["MessageId"], second["MessageId"]}
        await v2.create_contact_list(ContactListName="people")
        addresses = ["a+b@example.com", "c d@example.com", "e/f@example.com"]
        for address in addresses:
            await v2.create_contact(ContactListName="people", EmailAddress=address)
        listed = await v2.list_contacts(ContactListName="people")
        assert [one["EmailAddress"] for one in listed["Contacts"]] == addresses
        # A plus sign in a path is itself, a slash is quoted.
        for address in addresses[:2]:
            contact = await v2.get_contact(ContactListName="people", EmailAddress=address)
            assert contact["EmailAddress"] == address


async def test_a_template_is_filled_for_each(connect: Any) -> None:
    async with connect("ses") as ses:
        await ses.verify_email_identity(EmailAddress=SENDER)
        template = {"TemplateName": "hello", "SubjectPart": "Hi {{name}}", "TextPart": "{{name}}!"}
        await ses.create_template(Template=template)
        people = ["Ada", "Grace", "Zoë"]
        rendered = await asyncio.gather(
            *(
                ses.test_render_template(
                    TemplateName="hello", TemplateData=json.dumps({"name": name})
                )
                for name in people
            )
        )
        for name, answer in zip(people, rendered, strict=True):
            assert f"Subject: Hi {name}" in answer["RenderedTemplate"]
        with pytest.raises(ClientError, match="is not present in the rendering data"):
            await ses.test_render_template(TemplateName="hello", TemplateData="{}")
