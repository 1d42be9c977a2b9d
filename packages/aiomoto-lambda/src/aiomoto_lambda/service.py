"""Invocations, however they come in: waited for, asynchronous, or from within moto."""

from __future__ import annotations

import json
import os
import threading
import uuid
from collections import deque
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from aiomoto import InvalidOption
from aiomoto.asking import Arn, Asker, Place, Refused
from aiomoto.background import background
from aiomoto.delivering import deliver
from aiomoto.jobs import in_thread, on_loop
from aiomoto.locks import Order, guarded

from .context import Context, Function, context_for
from .running import Outcome, Run, is_async, loaded
from .sources import Sources

if TYPE_CHECKING:
    from aiomoto import Engine

    from .compat.functions import Lambda
    from .compat.sources import Mapping
    from .registered import Handler, Handlers

#: Seconds before an asynchronous invocation is tried again (Developer Guide, "How Lambda
#: handles errors and retries with asynchronous invocation").
_RETRY_AFTER = (60.0, 120.0)


class Service:
    """Lambda of one mock."""

    def __init__(self, engine: Engine, compat: Lambda, handlers: Handlers) -> None:
        self.clock = engine.clock
        self.ask = Asker(engine)
        self.compat = compat
        self._handlers = handlers
        self.sources = Sources(self)
        self._lock = guarded(threading.RLock(), Order.PLUGIN)
        self._rotations: dict[str, deque[Any]] = {}

    # -- which ---------------------------------------------------------------

    def handler_of(self, function: Function) -> Handler | None:
        return self._handlers.find(function)

    def knows(self, name: str) -> bool:
        """Whether a callable is registered for a function, by its name or ARN, of any version."""
        bare = name.split(":")[6 if name.startswith("arn:") else 0]
        return any(
            key.split(":")[6 if key.startswith("arn:") else 0] == bare
            for key in self._handlers.names
        )

    def serves(self, function: Function) -> bool:
        """Whether what happens to moto's own services is handed to us for this function.

        That is so for callables, and for Docker where moto would wait for it in an event loop.
        """
        if self.handler_of(function) is not None:
            return True
        return self.compat.uses_docker() and on_loop()

    def create(self, region: str | None, role: str, configuration: dict[str, Any]) -> str:
        """Make a function and its role; returns the ARN."""
        region = region or os.environ.get("AWS_DEFAULT_REGION") or os.environ.get("AWS_REGION")
        place = Place(self.compat.account(), region or "us-east-1")
        trust = {"Version": "2012-10-17", "Statement": []}
        try:
            self.ask.query(
                "iam",
                place,
                "CreateRole",
                RoleName=role,
                AssumeRolePolicyDocument=json.dumps(trust),
                Version="2010-05-08",
            )
        except Refused as refused:
            if refused.status != 409:  # EntityAlreadyExists: it made the last one too
                raise
        configuration["Role"] = f"arn:{place.partition}:iam::{place.account}:role/{role}"
        try:
            made = self.ask.rest("awslambda", place, "POST", "/2015-03-31/functions", configuration)
        except Refused as refused:
            raise InvalidOption(
                f"handlers.create({configuration['FunctionName']!r}, ...): AWS would refuse it: "
                f"{refused}"
            ) from None
        return str(made["FunctionArn"])

    # -- run -----------------------------------------------------------------

    def run(
        self, handler: Handler, function: Function, event: Any, client_context: str | None = None
    ) -> tuple[Run, Context]:
        """A run of a callable, not begun."""
        context = context_for(function, self.clock, str(uuid.uuid4()), client_context)
        return Run(handler, event, function, context), context

    async def invoke(
        self, function: Function, event: Any, client_context: str | None = None
    ) -> tuple[Outcome, str]:
        """Run the function's code, callable or Docker; the outcome, and the request's id."""
        handler = self.handler_of(function)
        if handler is None:
            body = json.dumps(event)
            payload, error = await in_thread(lambda: self.compat.run_moto(function, body))
            return Outcome(payload, "", error), str(uuid.uuid4())
        run, context = self.run(handler, function, event, client_context)
        outcome = await run.outcome()
        self.write_log(context, outcome)
        return outcome, context.aws_request_id

    def invoke_here(
        self,
        handler: Handler,
        function: Function,
        event: Any,
        client_context: str | None = None,
    ) -> Outcome:
        """Run a callable for a caller whose thread waits."""
        if is_async(handler):
            return background.wait_for(lambda: self.invoke(function, event, client_context))[0]
        run, context = self.run(handler, function, event, client_context)
        outcome = run.outcome_here()
        self.write_log(context, outcome)
        return outcome

    def write_log(self, context: Context, outcome: Outcome) -> None:
        """Put what the function wrote into CloudWatch Logs, as Lambda does."""
        arn = Arn.of(context.invoked_function_arn)
        group, stream = context.log_group_name, context.log_stream_name
        names = {"logGroupName": group, "logStreamName": stream}
        self._create("CreateLogGroup", arn, {"logGroupName": group})
        self._create("CreateLogStream", arn, names)
        now = round(self.clock.time() * 1000)
        events = [{"timestamp": now, "message": line} for line in outcome.log.splitlines()]
        self.ask.json(
            "logs", arn.place, "Logs_20140328.PutLogEvents", {**names, "logEvents": events}
        )

    def _create(self, target: str, arn: Arn, payload: dict[str, str]) -> None:
        try:
            self.ask.json("logs", arn.place, f"Logs_20140328.{target}", payload)
        except Refused as refused:
            if b"ResourceAlreadyExists" not in refused.body:
                raise

    # -- what moto tells (compat.eventsources.Listener) --------------------------------

    def queue_changed(self, arn: str) -> None:
        """A queue that is an event source has got a message."""
        self.sources.queue_changed(arn)

    def records(self, mapping: Mapping, shard: str, records: list[dict[str, Any]]) -> None:
        """A stream that is an event source has got records."""
        self.sources.records(mapping, shard, records)

    # -- asynchronous invocation -----------------------------------------------

    def take(self, arn: str, event: Any) -> bool:
        """Invoke a function for another service, unless moto is to do it."""
        function = self.compat.find(arn)
        if function is None or not self.serves(function):
            return False
        self.start(function, event)
        return True

    def start(self, function: Function, event: Any) -> None:
        """Invoke without waiting, as Lambda does for other services and for type Event."""
        background.start(lambda: self._invoke_and_retry(function, event))

    def invoked(self, function: Function, event: Any) -> None:
        """What moto tells: one of its services invokes a function."""
        if not (isinstance(event, dict) and {"Step", "SecretId"} <= event.keys()):
            self.start(function, event)
            return
        # The steps of a rotation of Secrets Manager come one after the other.
        with self._lock:
            steps = self._rotations.get(event["SecretId"])
            if steps is not None:
                steps.append(event)
                return
            self._rotations[event["SecretId"]] = new = deque([event])
        background.start(lambda: self._rotate(function, event["SecretId"], new))

    async def _rotate(self, function: Function, secret: str, steps: deque[Any]) -> None:
        try:
            while True:
                with self._lock:
                    if not steps:
                        del self._rotations[secret]
                        return
                    step = steps.popleft()
                await self._invoke_and_retry(function, step)
        finally:
            with self._lock:
                if self._rotations.get(secret) is steps:
                    del self._rotations[secret]

    async def _invoke_and_retry(self, function: Function, event: Any) -> None:
        config = self._event_invoke_config(function)
        retries = config.get("MaximumRetryAttempts", len(_RETRY_AFTER))
        for attempt in range(1, retries + 2):
            outcome, request_id = await self.invoke(function, event)
            if outcome.error is None or attempt > retries:
                break
            wait = f"a retry of Lambda function {function.name!r}"
            await background.sleep(self.clock, _RETRY_AFTER[attempt - 1], wait)
        condition = "Success" if outcome.error is None else "RetriesExhausted"
        kind = "OnSuccess" if outcome.error is None else "OnFailure"
        target = (config.get("DestinationConfig") or {}).get(kind) or {}
        if target.get("Destination"):
            record = self.record_of(function, request_id, condition, attempt, outcome)
            record["requestPayload"] = event
            record["responsePayload"] = loaded(outcome.payload)
            result = "Success" if outcome.error is None else "Failure"
            kind = f"Lambda Function Invocation Result - {result}"
            deliver(self.ask, target["Destination"], record, kind, "lambda")

    def record_of(
        self, function: Function, request_id: str, condition: str, count: int, outcome: Outcome
    ) -> dict[str, Any]:
        """What a destination is told (Developer Guide, "Capturing records of Lambda
        asynchronous invocations")."""
        now = datetime.fromtimestamp(self.clock.time(), timezone.utc)
        response: dict[str, Any] = {"statusCode": 200, "executedVersion": function.version}
        if outcome.error is not None:
            response["functionError"] = outcome.error
        return {
            "version": "1.0",
            "timestamp": f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03}Z",
            "requestContext": {
                "requestId": request_id,
                "functionArn": f"{function.arn}:{function.qualifier or function.version}",
                "condition": condition,
                "approximateInvokeCount": count,
            },
            "responseContext": response,
        }

    def _event_invoke_config(self, function: Function) -> dict[str, Any]:
        path = f"/2019-09-25/functions/{function.name}/event-invoke-config"
        try:
            found: dict[str, Any] = self.ask.rest(
                "awslambda", Arn.of(function.arn).place, "GET", path
            )
        except Refused:  # it has none, or is deleted
            return {}
        return found
