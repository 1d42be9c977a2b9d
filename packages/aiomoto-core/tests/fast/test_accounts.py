"""Whose access key a request was signed with."""

from __future__ import annotations

import boto3
from moto.iam import models

from aiomoto import mock_aws


def test_the_account_of_a_key() -> None:
    with mock_aws():
        user = boto3.client("iam", "us-east-1")
        user.create_user(UserName="one")
        key = user.create_access_key(UserName="one")["AccessKey"]
        assumed = boto3.client("sts", "us-east-1").assume_role(
            RoleArn="arn:aws:iam::111111111111:role/other", RoleSessionName="session"
        )["Credentials"]
        theirs = boto3.client(
            "sts",
            "us-east-1",
            aws_access_key_id=assumed["AccessKeyId"],
            aws_secret_access_key=assumed["SecretAccessKey"],
            aws_session_token=assumed["SessionToken"],
        )
        assert theirs.get_caller_identity()["Account"] == "111111111111"
        keys = [key["AccessKeyId"], assumed["AccessKeyId"], "AKIANOBODYS"]
        found = [models.get_account_id_from(one) for one in keys]
        assert found == ["123456789012", "111111111111", "123456789012"]


def test_a_key_of_another_partition() -> None:
    with mock_aws():
        iam = boto3.client("iam", "cn-north-1")
        iam.create_user(UserName="one")
        key = iam.create_access_key(UserName="one")["AccessKey"]["AccessKeyId"]
        moved = models.iam_backends["222222222222"]["aws-cn"]
        moved.access_keys[key] = models.iam_backends["123456789012"]["aws-cn"].access_keys.pop(key)
        assert models.get_account_id_from(key) == "222222222222"
