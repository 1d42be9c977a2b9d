"""Batch: what waits in moto, without Docker."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from aiomoto import mock_aws

if TYPE_CHECKING:
    from aiomoto.testing.clients import Connect

Boto = Callable[..., Any]
SIMPLE = {"batch": {"use_docker": False}}
JOB = {"jobName": "job", "jobQueue": "q", "jobDefinition": "d"}
ENVIRONMENT = {"computeEnvironmentName": "environment", "type": "UNMANAGED", "state": "ENABLED"}
QUEUE = {"jobQueueName": "q", "state": "ENABLED", "priority": 1}
DEFINITION = {
    "jobDefinitionName": "d",
    "type": "container",
    "containerProperties": {"image": "busybox", "vcpus": 1, "memory": 128, "command": ["true"]},
}


@asynccontextmanager
async def opened(connect: Connect, backend: str = "aiohttp") -> AsyncIterator[Any]:
    """A client, with a queue and a job definition."""
    async with connect("batch", backend) as batch, connect("iam", backend) as iam:
        role = await iam.create_role(RoleName="r", AssumeRolePolicyDocument="{}")
        environment = await batch.create_compute_environment(
            **ENVIRONMENT, serviceRole=role["Role"]["Arn"]
        )
        order = {"order": 1, "computeEnvironment": environment["computeEnvironmentArn"]}
        await batch.create_job_queue(**QUEUE, computeEnvironmentOrder=[order])
        await batch.register_job_definition(**DEFINITION)
        yield batch


async def status(batch: Any, job: str) -> str:
    state: str = (await batch.describe_jobs(jobs=[job]))["jobs"][0]["status"]
    return state


@pytest.mark.asyncio
async def test_a_job_without_docker(connect: Connect, backend: str) -> None:
    with mock_aws(config=SIMPLE):
        async with opened(connect, backend) as batch:
            job = await batch.submit_job(**JOB)
            assert await status(batch, job["jobId"]) == "SUCCEEDED"


@pytest.mark.asyncio
async def test_a_delayed_failure_follows_the_clock(
    connect: Connect, backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTO_SIMPLE_BATCH_FAIL_AFTER", "3600")
    with mock_aws(config=SIMPLE, clock="virtual") as mock:
        async with opened(connect, backend) as batch:
            submitting = asyncio.create_task(batch.submit_job(**JOB))
            while not (await batch.list_jobs(jobQueue="q"))["jobSummaryList"]:  # noqa: ASYNC110
                await asyncio.sleep(0.005)
            await asyncio.sleep(0.02)
            await mock.clock.advance(3599)
            await asyncio.sleep(0.02)
            assert not submitting.done()
            await mock.clock.advance(1)
            job = await asyncio.wait_for(submitting, 5)
            assert await status(batch, job["jobId"]) == "FAILED"


@pytest.mark.asyncio
async def test_a_cancelled_submission_returns_at_once(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTO_SIMPLE_BATCH_FAIL_AFTER", "3600")
    with mock_aws(config=SIMPLE):
        async with opened(connect) as batch:
            submitting = asyncio.create_task(batch.submit_job(**JOB))
            await asyncio.sleep(0.02)
            submitting.cancel()
            # The job would take its thread an hour; the test has a time-out.
            with pytest.raises(asyncio.CancelledError):
                await asyncio.wait_for(submitting, 20)
    # The thread that waits has been woken by the end of the mock.


def test_jobs_end_with_the_mock(boto: Boto) -> None:
    """Also one that waits for another job, which is never submitted."""
    before = set(threading.enumerate())  # one of another test may end meanwhile
    with mock_aws():
        role = boto("iam").create_role(RoleName="r", AssumeRolePolicyDocument="{}")
        batch = boto("batch")
        environment = batch.create_compute_environment(
            **ENVIRONMENT, serviceRole=role["Role"]["Arn"]
        )
        order = {"order": 1, "computeEnvironment": environment["computeEnvironmentArn"]}
        batch.create_job_queue(**QUEUE, computeEnvironmentOrder=[order])
        batch.register_job_definition(**DEFINITION)
        batch.submit_job(**JOB, dependsOn=[{"jobId": "never"}])
        assert set(threading.enumerate()) - before
    assert set(threading.enumerate()) <= before
