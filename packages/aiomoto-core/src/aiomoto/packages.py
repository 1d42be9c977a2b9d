"""The packages of this project, for messages that name one that is not installed.

A package that is installed says by its plugins what it owns. tests/test_repository.py holds
this table to what they say.
"""

from __future__ import annotations

from collections.abc import Container

#: moto's name of a service, to the distribution whose plugin owns it.
OWNERS = {
    "awslambda": "aiomoto-lambda",
    "batch": "aiomoto-contrib",
    "bedrock": "aiomoto-bedrock",
    "bedrockagent": "aiomoto-bedrock",
    "bedrockruntime": "aiomoto-bedrock",
    "dax": "aiomoto-dynamodb",
    "dynamodb": "aiomoto-dynamodb",
    "dynamodbstreams": "aiomoto-dynamodb",
    "events": "aiomoto-contrib",
    "firehose": "aiomoto-contrib",
    "kinesis": "aiomoto-contrib",
    "logs": "aiomoto-contrib",
    "polly": "aiomoto-contrib",
    "s3": "aiomoto-s3",
    "s3control": "aiomoto-s3",
    "s3tables": "aiomoto-s3",
    "s3vectors": "aiomoto-s3",
    "sns": "aiomoto-contrib",
    "sqs": "aiomoto-sqs",
    "stepfunctions": "aiomoto-contrib",
    "swf": "aiomoto-contrib",
}
#: What a service's package answers and moto does not.
BEYOND_MOTO = {
    "awslambda": {"InvokeWithResponseStream"},
    "bedrockruntime": {"Converse", "ConverseStream", "InvokeModelWithResponseStream"},
    "kinesis": {"SubscribeToShard"},
}


def does(service: str) -> str:
    """The sentence that names the package of a service of `OWNERS`."""
    return f"{OWNERS[service]} does: pip install {OWNERS[service]}."


def answers(service: str | None, operation: str | None, owned: Container[str]) -> str | None:
    """Which package would answer what moto does not; None if there is none, or it is installed."""
    if service is None or service in owned or operation not in BEYOND_MOTO.get(service, ()):
        return None
    return does(service)
