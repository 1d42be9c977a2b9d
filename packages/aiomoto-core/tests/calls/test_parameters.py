"""What a client was called with is read back from each protocol."""

from __future__ import annotations

import datetime
from typing import Any
from urllib.parse import urlencode

import botocore.loaders
import botocore.model
import botocore.serialize
import pytest
from multidict import CIMultiDict

from aiomoto.calls.parameters import decode

LOADER = botocore.loaders.create_loader()
TIME = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)
CALLS: list[tuple[str, str, dict[str, Any]]] = [
    # json
    (
        "dynamodb",
        "PutItem",
        {"TableName": "t", "Item": {"id": {"S": "1"}, "data": {"B": b"\x00\xff"}, "n": {"N": "1"}}},
    ),
    ("dynamodb", "ListTables", {}),
    ("kms", "Encrypt", {"KeyId": "k", "Plaintext": b"text", "EncryptionContext": {"a": "b"}}),
    # query
    (
        "sns",
        "Publish",
        {
            "TopicArn": "arn:x",
            "Message": "a&b=c",
            "MessageAttributes": {"k": {"DataType": "Binary", "BinaryValue": b"\x00"}},
        },
    ),
    ("sns", "CreateTopic", {"Name": "t", "Tags": [{"Key": "k", "Value": "v"}] * 12}),
    ("iam", "CreateRole", {"RoleName": "r", "AssumeRolePolicyDocument": "{}", "Tags": []}),
    ("autoscaling", "SetDesiredCapacity", {"AutoScalingGroupName": "g", "DesiredCapacity": 3}),
    # ec2
    (
        "ec2",
        "DescribeInstances",
        {"Filters": [{"Name": "tag:x", "Values": ["a", "b"]}], "MaxResults": 5},
    ),
    ("ec2", "RunInstances", {"ImageId": "ami-1", "MinCount": 1, "MaxCount": 2, "UserData": "x"}),
    # rest-json
    ("lambda", "Invoke", {"FunctionName": "f", "InvocationType": "Event", "Payload": b"{}"}),
    ("lambda", "ListFunctions", {"MaxItems": 3}),
    (
        "lambda",
        "UpdateFunctionConfiguration",
        {"FunctionName": "f", "Timeout": 3, "Environment": {"Variables": {"A": "b"}}},
    ),
    ("iot-data", "Publish", {"topic": "a/b c", "qos": 1, "payload": b"x"}),
    ("batch", "SubmitJob", {"jobName": "j", "jobQueue": "q", "jobDefinition": "d"}),
    # rest-xml
    (
        "s3",
        "PutObject",
        {"Bucket": "b", "Key": "a/b c+d.txt", "Body": b"data", "Metadata": {"x": "1"}},
    ),
    ("s3", "ListObjectsV2", {"Bucket": "b", "Prefix": "a/", "MaxKeys": 3, "FetchOwner": True}),
    (
        "s3",
        "DeleteObjects",
        {"Bucket": "b", "Delete": {"Objects": [{"Key": "k"}, {"Key": "<"}], "Quiet": True}},
    ),
    (
        "s3",
        "PutBucketTagging",
        {"Bucket": "b", "Tagging": {"TagSet": [{"Key": "k", "Value": "v"}]}},
    ),
    ("s3", "GetObject", {"Bucket": "b", "Key": "k", "IfModifiedSince": TIME, "Range": "bytes=0-1"}),
    ("s3", "GetObjectAttributes", {"Bucket": "b", "Key": "k", "ObjectAttributes": ["ETag"]}),
    ("route53", "CreateHostedZone", {"Name": "a.b.", "CallerReference": "1"}),
    (
        "cloudfront",
        "CreateInvalidation",
        {
            "DistributionId": "d",
            "InvalidationBatch": {
                "Paths": {"Quantity": 2, "Items": ["/a", "/b"]},
                "CallerReference": "1",
            },
        },
    ),
]


@pytest.mark.parametrize(
    ("service", "operation", "parameters"), CALLS, ids=[f"{one[0]}-{one[1]}" for one in CALLS]
)
def test_what_botocore_writes_is_read_back(
    service: str, operation: str, parameters: dict[str, Any]
) -> None:
    model = botocore.model.ServiceModel(LOADER.load_service_model(service, "service-2"), service)
    serializer = botocore.serialize.create_serializer(model.protocol)
    made = serializer.serialize_to_request(parameters, model.operation_model(operation))
    body = made["body"]
    headers = CIMultiDict(made["headers"])
    if isinstance(body, dict):
        body = urlencode(body)
    url = f"https://{service}.us-east-1.amazonaws.com{made['url_path']}"
    mark = "&" if "?" in url else "?"
    url += f"{mark}{urlencode(made['query_string'], doseq=True)}" if made["query_string"] else ""
    # As botocore's endpoint does before it sends.
    if "{Bucket}" not in model.operation_model(operation).http["requestUri"] and service == "s3":
        url = url.replace("amazonaws.com", "amazonaws.com/" + parameters["Bucket"])
    body = body.encode() if isinstance(body, str) else body
    found, shape = decode(service, operation, made["method"], url, headers, body)
    assert found == parameters
    assert shape is model.operation_model(operation).input_shape or shape.name


def test_the_bucket_in_the_host() -> None:
    url = "https://my.docs.s3.eu-west-1.amazonaws.com/a/b"
    found, _ = decode("s3", "GetObject", "GET", url, CIMultiDict(), b"")
    assert found == {"Bucket": "my.docs", "Key": "a/b"}


def test_a_body_in_chunks_with_a_checksum_behind() -> None:
    headers = CIMultiDict({"Content-Encoding": "aws-chunked", "Content-Type": "text/plain"})
    body = b"4\r\ndata\r\n0\r\nx-amz-checksum-crc32:rfPzYw==\r\n\r\n"
    url = "https://s3.us-east-1.amazonaws.com/b/k"
    found, _ = decode("s3", "PutObject", "PUT", url, headers, body)
    assert found == {"Body": b"data", "Bucket": "b", "ContentType": "text/plain", "Key": "k"}


def test_moto_has_other_names_of_services() -> None:
    url = "https://lambda.us-east-1.amazonaws.com/2015-03-31/functions/f"
    for service in ("awslambda", "lambda"):
        found, _ = decode(service, "GetFunction", "GET", url, CIMultiDict(), b"")
        assert found == {"FunctionName": "f"}
    headers = CIMultiDict({"Content-Type": "application/json"})
    url = "https://bedrock-runtime.us-east-1.amazonaws.com/model/m/invoke"
    found, _ = decode("bedrockruntime", "InvokeModel", "POST", url, headers, b"{}")
    assert found["modelId"] == "m"


@pytest.mark.parametrize(
    ("service", "operation", "headers", "body"),
    [
        ("nothing", "PutItem", {}, b"x"),
        ("dynamodb", "Nothing", {}, b"x"),
        (None, None, {}, b""),
        ("dynamodb", "PutItem", {"Content-Type": "application/x-amz-json-1.0"}, b"{"),
        ("s3", "PutBucketTagging", {}, b"<Tagging"),
        ("lambda", "CreateFunction", {}, b"\xff"),
        ("sns", "Publish", {"Content-Type": "application/x-www-form-urlencoded"}, b"\xff"),
    ],
)
def test_what_can_not_be_read_is_no_error(
    service: str | None, operation: str | None, headers: dict[str, str], body: bytes
) -> None:
    url = "https://x.us-east-1.amazonaws.com/b?x=1"
    found, _ = decode(service, operation, "POST", url, CIMultiDict(headers), body)
    assert set(found) <= {"Bucket"}


def test_json_of_an_unknown_operation_is_shown_as_it_is() -> None:
    headers = CIMultiDict({"Content-Type": "application/x-amz-json-1.1"})
    url = "https://x.amazonaws.com/"
    found, shape = decode("kms", "Newest", "POST", url, headers, b'{"KeyId": "k"}')
    assert (found, shape) == ({"KeyId": "k"}, None)
