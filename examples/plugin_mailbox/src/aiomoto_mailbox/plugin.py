"""The hooks: moto answers, and what it took is kept."""

from __future__ import annotations

from dataclasses import dataclass

from aiomoto import AwsRequest, AwsResponse, hookimpl


@dataclass(frozen=True)
class Mail:
    sender: str
    to: list[str]
    subject: str
    text: str


class Mailbox:
    def __init__(self) -> None:
        self.mails: list[Mail] = []

    @hookimpl
    def aiomoto_services(self) -> list[str]:
        return ["ses"]

    @hookimpl
    def aiomoto_activate(self) -> None:
        self.mails.clear()

    @hookimpl
    def aiomoto_response(self, request: AwsRequest, response: AwsResponse) -> None:
        if request.operation == "SendEmail" and response.status == 200:
            mail = request.parameters
            message = mail["Message"]
            self.mails.append(
                Mail(
                    mail["Source"],
                    mail["Destination"].get("ToAddresses", []),
                    message["Subject"]["Data"],
                    message["Body"].get("Text", {}).get("Data", ""),
                )
            )


plugin = Mailbox()
