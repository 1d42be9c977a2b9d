"""Who is measured: what is installed for each, and which world its process makes."""

from __future__ import annotations

from dataclasses import dataclass

#: The packages of this checkout that a user of the three services would have.
_OURS = ("aiomoto-core", "aiomoto-s3", "aiomoto-dynamodb", "aiomoto-sqs")
_MOTO = "moto[dynamodb,s3,sqs]"
#: aiobotocore is in each environment, since it says which botocore there is.
_CLIENTS = ("aiobotocore[httpx2]", "boto3", _MOTO)


@dataclass(frozen=True)
class Environment:
    """What is installed in a virtual environment."""

    name: str
    requirements: tuple[str, ...]
    #: Folders of packages/, installed editable.
    checkout: tuple[str, ...] = ()
    #: Distributions whose versions the report shows.
    shown: tuple[str, ...] = ("aiobotocore", "botocore", "aiohttp", "moto")


@dataclass(frozen=True)
class Subject:
    """One of those that are compared."""

    name: str
    title: str
    environment: Environment
    #: A name of :mod:`benchmarks.worker.worlds`.
    world: str
    by_default: bool = True


_CHECKOUT = Environment("aiomoto", _CLIENTS, _OURS)
_PEER = Environment(
    "peer",
    ("aiomoto==0.5.8", _MOTO),
    shown=("aiomoto", "aiobotocore", "botocore", "aiohttp", "moto"),
)
_BOTO3 = Environment("boto3", _CLIENTS, shown=("boto3", "botocore", "moto"))
_SERVER = Environment("server", (*_CLIENTS, "moto[server]"))

OURS = "aiomoto"
SUBJECTS = {
    subject.name: subject
    for subject in (
        Subject(OURS, "aiomoto", _CHECKOUT, "InProcess"),
        Subject("peer", "aiomoto 0.5.8 (peer)", _PEER, "InProcess"),
        Subject("boto3", "boto3 + moto", _BOTO3, "Sync"),
        Subject("server", "moto's server", _SERVER, "Server"),
        Subject("httpx", "aiomoto on httpx", _CHECKOUT, "OnHttpx", by_default=False),
        Subject("slow", "aiomoto, optimise=False", _CHECKOUT, "Unoptimised", by_default=False),
    )
}
