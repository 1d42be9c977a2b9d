"""Operations of plain HTTP requests, found by botocore's models before dispatch."""

from __future__ import annotations

from functools import cache
from typing import Any
from urllib.parse import urlencode

import botocore.loaders
import botocore.model
import botocore.serialize
import pytest
from moto.backend_index import backend_url_patterns
from multidict import CIMultiDict

from aiomoto.calls.models import described, operation_model, service_model
from aiomoto.calls.naming import name_operation, rest_operations
from aiomoto.request import AwsRequest, Call

S3 = "https://s3.us-east-1.amazonaws.com"
#: Operations that a request alone does not tell from the one that is found.
TWINS = {
    # deprecated, with the same method, path and query
    "GetBucketLifecycle": "GetBucketLifecycleConfiguration",
    "GetBucketNotification": "GetBucketNotificationConfiguration",
    "PutBucketLifecycle": "PutBucketLifecycleConfiguration",
    "PutBucketNotification": "PutBucketNotificationConfiguration",
    # the same at another host
    "ListDirectoryBuckets": "ListBuckets",
}
MOTO_SERVICES = sorted({service for service, _ in backend_url_patterns})


def named(
    method: str, url: str, service: str | None = "s3", body: bytes = b"", **headers: str
) -> str | None:
    request = AwsRequest(
        method,
        url,
        CIMultiDict({name.replace("_", "-"): value for name, value in headers.items()}),
        body,
        service=service,
    )
    name_operation(request)
    return request.operation


def value_for(shape: Any) -> Any:
    """A value that can stand in a URL, a header or, where it has to, a host."""
    if shape.serialization.get("hostLabel"):
        return "label"
    if shape.type_name in ("integer", "long", "float", "double"):
        return 1
    if shape.type_name == "boolean":
        return True
    if shape.type_name == "timestamp":
        return "2025-01-02T03:04:05Z"
    if shape.type_name == "list":
        return [value_for(shape.member)]
    return {} if shape.type_name in ("structure", "map") else "a/b c"


@cache
def rest_services() -> list[str]:
    return [service for service in MOTO_SERVICES if rest_operations(service) is not None]


def test_every_operation_of_every_rest_service_of_moto_is_found() -> None:
    """Each as botocore writes it, with what it requires in its path, query and headers."""
    strangers, count = [], 0
    for service in rest_services():
        model = service_model(service)
        serializer = botocore.serialize.create_serializer(model.protocol, False)
        for name in model.operation_names:
            operation = model.operation_model(name)
            shape = operation.input_shape
            required = [] if shape is None else shape.required_members
            parameters = {one: value_for(shape.members[one]) for one in required}
            written = serializer.serialize_to_request(parameters, operation)
            query = urlencode(written["query_string"], doseq=True)
            mark = "&" if "?" in written["url_path"] else "?"
            url = f"https://x.us-east-1.amazonaws.com{written['url_path']}{mark}{query}"
            headers = {key: str(value) for key, value in written["headers"].items()}
            found = named(written["method"], url, service, **headers)
            count += 1
            if found != name and found != TWINS.get(name):
                strangers.append((service, name, found, url))
    assert strangers == []
    assert count > 1000


@pytest.mark.parametrize(
    ("method", "path", "operation"),
    [
        ("GET", "/", "ListBuckets"),
        ("GET", "/b", "ListObjects"),
        ("GET", "/b/", "ListObjects"),
        ("GET", "/b?list-type=2&prefix=x", "ListObjectsV2"),
        ("GET", "/b?list-type=1", "ListObjects"),
        ("GET", "/b?acl", "GetBucketAcl"),
        ("GET", "/b?acl=", "GetBucketAcl"),
        ("GET", "/b?inventory", "ListBucketInventoryConfigurations"),
        ("GET", "/b?inventory&id=1", "GetBucketInventoryConfiguration"),
        ("HEAD", "/b", "HeadBucket"),
        ("PUT", "/b", "CreateBucket"),
        ("POST", "/b?delete", "DeleteObjects"),
        ("POST", "/b", None),  # a form, which no model has
        ("GET", "/b/k", "GetObject"),
        ("GET", "/b/k?versionId=v&X-Amz-Signature=x", "GetObject"),
        ("GET", "/b/acl", "GetObject"),
        ("GET", "/b/k?acl", "GetObjectAcl"),
        ("GET", "/b/k?uploadId=u", "ListParts"),
        ("GET", "/b//", "GetObject"),
        ("GET", "/b/a/", "GetObject"),
        ("GET", "/b//a//c", "GetObject"),
        ("GET", "/b/%3Facl", "GetObject"),
        ("GET", "/b/;x", "GetObject"),
        ("PUT", "/b/k", "PutObject"),
        ("PUT", "/b/k?uploadId=u&partNumber=1", "UploadPart"),
        ("DELETE", "/b/k", "DeleteObject"),
        ("DELETE", "/b/k?uploadId=u", "AbortMultipartUpload"),
        ("POST", "/b/k?uploads", "CreateMultipartUpload"),
        ("POST", "/b/k?uploadId=u", "CompleteMultipartUpload"),
        ("OPTIONS", "/b/k", None),
    ],
)
def test_s3(method: str, path: str, operation: str | None) -> None:
    assert named(method, S3 + path) == operation
    bucket, _, rest = path[1:].partition("/") if path.startswith("/b/") else (path[1:], "", "")
    if bucket:
        bucket, _, query = bucket.partition("?")
        url = f"https://{bucket}.s3.us-east-1.amazonaws.com/{rest}{query and '?'}{query}"
        assert named(method, url) == operation


def test_what_a_copy_is_told_by() -> None:
    assert named("PUT", f"{S3}/b/k", X_Amz_Copy_Source="b/k") == "CopyObject"
    url = f"{S3}/b/k?uploadId=u&partNumber=1"
    assert named("PUT", url, X_Amz_Copy_Source="b/k") == "UploadPartCopy"


@pytest.mark.parametrize("bucket", ["b", "my.docs", "a.s3.b", "s3", "a--use1-az4--x-s3"])
def test_the_bucket_in_the_host(bucket: str) -> None:
    for host in ("s3", "s3-fips", "s3.dualstack", "s3-accelerate", "s3-website", "s3express-a"):
        url = f"https://{bucket}.{host}.us-east-1.amazonaws.com/k"
        assert named("GET", url) == "GetObject"
        assert named("GET", url[:-1]) == "ListObjects"


def test_an_object_is_no_form() -> None:
    """What an object holds says nothing of what is asked."""
    assert named("PUT", f"{S3}/b/k", body=b"Action=GetUser&x") == "PutObject"
    assert named("POST", f"{S3}/b/k?uploads", body=b"a=b&Action=GetUser") == "CreateMultipartUpload"


@pytest.mark.parametrize(
    ("service", "method", "url", "operation"),
    [
        ("awslambda", "POST", "/2015-03-31/functions/f/invocations", "Invoke"),
        ("awslambda", "GET", "/2015-03-31/functions", "ListFunctions"),
        ("awslambda", "GET", "/2015-03-31/functions/", "ListFunctions"),
        ("awslambda", "GET", "/2015-03-31/functions/arn%3Aaws%3Alambda", "GetFunction"),
        ("awslambda", "GET", "/favicon.ico", None),
        ("apigateway", "PUT", "/restapis/a/resources/b/methods/GET/integration", "PutIntegration"),
        ("eks", "GET", "/clusters/c/node-groups", "ListNodegroups"),
        ("s3control", "GET", "/v20180820/mrap/instances/a/b/policy",
         "GetMultiRegionAccessPointPolicy"),
        ("polly", "GET", "/v1/speech?Text=a", None),
        ("moto_api._internal", "POST", "/moto-api/reset", None),
        ("instance_metadata", "GET", "/latest/meta-data/", None),
        (None, "GET", "/", None),
    ],
)  # fmt: skip
def test_other_services(service: str | None, method: str, url: str, operation: str | None) -> None:
    assert named(method, f"https://x.us-east-1.amazonaws.com{url}", service) == operation


def test_a_connection_of_an_api_is_an_operation() -> None:
    host = "https://abc.execute-api.us-east-1.amazonaws.com"
    for path in ("/@connections/c", "/%40connections/c"):
        assert named("POST", host + path, "apigatewaymanagementapi") == "PostToConnection"
    # A path of the user's own.
    assert named("GET", f"{host}/apikeys", "apigatewaymanagementapi") is None


def test_actions_in_the_body_and_in_the_query() -> None:
    sts = "https://sts.amazonaws.com/"
    assert named("POST", sts, "sts", b"Action=AssumeRole&Version=2011") == "AssumeRole"
    assert named("POST", sts, "sts", b"Version=2011&Action=AssumeRole") == "AssumeRole"
    assert named("GET", f"{sts}?Action=GetCallerIdentity&X-Amz-Date=1", "sts") == (
        "GetCallerIdentity"
    )
    assert named("GET", f"{sts}?Action=", "sts") is None
    assert named("POST", sts, "sts", b"NoAction=x") is None
    # Of a host that moto has no backend for, the form is all there is.
    assert named("POST", "https://new.amazonaws.com/", None, b"Action=Do&Version=1") == "Do"


def test_targets_and_smithys_path() -> None:
    url = "https://x.amazonaws.com/"
    assert named("POST", url, "dynamodb", X_Amz_Target="DynamoDB_20120810.GetItem") == "GetItem"
    path = f"{url}service/GraniteServiceVersion20100801/operation/PutMetricData"
    assert named("POST", path, "cloudwatch", Smithy_Protocol="rpc-v2-cbor") == "PutMetricData"
    # An object may have that name.
    assert named("GET", f"{S3}/service/a/operation/b") == "GetObject"


def test_the_client_is_believed() -> None:
    request = AwsRequest("GET", f"{S3}/b/k", CIMultiDict(), service="s3", call=Call("s3", "X"))
    name_operation(request)
    assert request.operation == "X"


def test_one_that_lacks_what_it_requires_is_named_all_the_same() -> None:
    url = "https://lambda.us-east-1.amazonaws.com/2017-03-31/tags/arn"
    assert named("DELETE", url, "awslambda") == "UntagResource"


@pytest.mark.parametrize(
    ("name", "service"),
    [
        ("s3", "s3"),
        ("awslambda", "lambda"),
        ("LAMBDA", "lambda"),
        ("cognitoidp", "cognito-idp"),
        ("COGNITO_IDENTITY_PROVIDER", "cognito-idp"),
        ("ELASTIC_LOAD_BALANCING_V2", "elbv2"),
        ("EVENTBRIDGE", "events"),
        ("CLOUDWATCH", "cloudwatch"),
        ("nothing", None),
    ],
)
def test_models_by_any_name(name: str, service: str | None) -> None:
    model = service_model(name)
    assert (model and model.service_name) == service
    assert (described(name) is None) is (service is None)


def test_operation_models() -> None:
    assert operation_model("s3", "GetObject").name == "GetObject"
    assert operation_model("s3", "Nothing") is None
    assert operation_model("nothing", "GetObject") is None
