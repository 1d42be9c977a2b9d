"""Documents in S3 behind HTTP."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any

import aioboto3
from botocore.exceptions import ClientError
from fastapi import FastAPI, HTTPException, Request, Response

BUCKET = "documents"


@contextlib.asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, Any]]:
    async with aioboto3.Session().client("s3") as s3:
        yield {"s3": s3}


app = FastAPI(lifespan=lifespan)


@app.put("/documents/{name}", status_code=201)
async def put(name: str, request: Request) -> dict[str, str]:
    body = await request.body()
    kind = request.headers.get("content-type", "application/octet-stream")
    await request.state.s3.put_object(Bucket=BUCKET, Key=name, Body=body, ContentType=kind)
    return {"name": name}


@app.get("/documents/{name}")
async def get(name: str, request: Request) -> Response:
    try:
        found = await request.state.s3.get_object(Bucket=BUCKET, Key=name)
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchKey":
            raise
        raise HTTPException(404, f"There is no document {name!r}.") from error
    async with found["Body"] as body:
        return Response(await body.read(), media_type=found["ContentType"])
