"""KMS: blobs in JSON, keys that take a while to make, and one key used by many tasks."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

pytestmark = [pytest.mark.asyncio, pytest.mark.usefixtures("aws")]

# Not UTF-8, and in the alphabet of neither Base64's form.
BLOB = bytes(range(256))


async def make_key(kms: Any, **arguments: Any) -> str:
    key_id: str = (await kms.create_key(**arguments))["KeyMetadata"]["KeyId"]
    return key_id


async def test_what_an_async_client_encrypts_boto3_decrypts(
    connect: Any, boto: Any, backend: str
) -> None:
    context = {"tenant": "1"}
    async with connect("kms", backend) as kms:
        key = await make_key(kms)
        sealed = await kms.encrypt(KeyId=key, Plaintext=BLOB, EncryptionContext=context)
        blob = sealed["CiphertextBlob"]
        assert (
            boto("kms").decrypt(CiphertextBlob=blob, EncryptionContext=context)["Plaintext"] == BLOB
        )
        theirs = boto("kms").encrypt(KeyId=key, Plaintext=BLOB)["CiphertextBlob"]
        assert (await kms.decrypt(CiphertextBlob=theirs))["Plaintext"] == BLOB


async def test_many_tasks_share_a_key(connect: Any, backend: str) -> None:
    async with connect("kms", backend) as kms:
        key = await make_key(kms)

        async def there_and_back(n: int) -> bytes:
            sealed = await kms.encrypt(KeyId=key, Plaintext=b"%d" % n)
            opened = await kms.decrypt(CiphertextBlob=sealed["CiphertextBlob"])
            return bytes(opened["Plaintext"])

        assert await asyncio.gather(*map(there_and_back, range(30))) == [
            b"%d" % n for n in range(30)
        ]
        data_keys = await asyncio.gather(
            *(kms.generate_data_key(KeyId=key, KeySpec="AES_256") for _ in range(10))
        )
        assert len({answer["Plaintext"] for answer in data_keys}) == 10
        opened = await kms.decrypt(CiphertextBlob=data_keys[3]["CiphertextBlob"])
        assert opened["Plaintext"] == data_keys[3]["Plaintext"]


async def test_a_signature_verifies_with_the_public_key(connect: Any, backend: str) -> None:
    """The key that GetPublicKey gives is the one that signed, outside of AWS too."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    algorithm = "ECDSA_SHA_256"
    async with connect("kms", backend) as kms:
        key = await make_key(kms, KeyUsage="SIGN_VERIFY", KeySpec="ECC_NIST_P256")
        signed = await kms.sign(KeyId=key, Message=BLOB, SigningAlgorithm=algorithm)
        signature = signed["Signature"]
        answer = await kms.verify(
            KeyId=key, Message=BLOB, Signature=signature, SigningAlgorithm=algorithm
        )
        assert answer["SignatureValid"] is True
        public = load_der_public_key((await kms.get_public_key(KeyId=key))["PublicKey"])
        assert isinstance(public, ec.EllipticCurvePublicKey)
        public.verify(signature, BLOB, ec.ECDSA(hashes.SHA256()))


async def test_errors_are_typed(connect: Any, backend: str) -> None:
    async with connect("kms", backend) as kms:
        with pytest.raises(kms.exceptions.NotFoundException, match="alias/none"):
            await kms.encrypt(KeyId="alias/none", Plaintext=b"x")
        key = await make_key(kms)
        sealed = await kms.encrypt(KeyId=key, Plaintext=b"x", EncryptionContext={"tenant": "1"})
        with pytest.raises(kms.exceptions.InvalidCiphertextException):
            await kms.decrypt(
                CiphertextBlob=sealed["CiphertextBlob"], EncryptionContext={"tenant": "2"}
            )


async def test_regions_and_aliases_of_clients_at_once(connect: Any) -> None:
    async with (
        connect("kms") as virginia,
        connect("kms", client={"region_name": "eu-west-1"}) as ireland,
    ):
        keys = await asyncio.gather(make_key(virginia), make_key(ireland))
        await asyncio.gather(
            virginia.create_alias(AliasName="alias/mine", TargetKeyId=keys[0]),
            ireland.create_alias(AliasName="alias/mine", TargetKeyId=keys[1]),
        )
        found = await asyncio.gather(
            virginia.describe_key(KeyId="alias/mine"), ireland.describe_key(KeyId="alias/mine")
        )
        assert [answer["KeyMetadata"]["KeyId"] for answer in found] == keys
        assert [answer["KeyMetadata"]["Arn"].split(":")[3] for answer in found] == [
            "us-east-1",
            "eu-west-1",
        ]
