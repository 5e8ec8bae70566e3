"""A stack in memory, as it would be deployed: its functions' own handlers, each process with
secrets of its own, fed by queues and streams as the template has them read. Whatever AWS takes
money for is counted.

How long a run takes is modelled: its CPU time, as measured here, on the share of a processor that
its memory brings; for each call to AWS the CPU time that botocore takes, and a latency.
"""

import io
import json
import logging
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from functools import cache, partial
from importlib.util import module_from_spec, spec_from_file_location
from itertools import count
from types import MappingProxyType
from typing import Any
from unittest.mock import patch
from zlib import crc32

from bench.counting import Calls
from bench.line import PARTITIONS, Line, Source, queue_of, shard_of
from bench.watching import InParts, Weighed
from checks.transform import ROOT, deployed, transformed
from enrichment.clock import Clock
from enrichment.logs import logger
from enrichment.parallel import AT_ONCE
from enrichment.store.items import job_of_key
from tests.functional.accounts import InMemory
from tests.functional.world import World
from tests.simulation.dynamodb import Item, Key
from tests.simulation.metered import Metered, size_of, units

CALL = 0.002  # seconds of CPU that botocore takes for a call: the bare put of bench/starting.py
LATENCIES = {"table": 0.005, "bucket": 0.03, "secrets": 0.01, "queue": 0.01}  # seconds
ANSWER = 1.0  # seconds that the provider takes to answer a request
_PROCESSOR = 1769  # MB that bring one whole processor
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
GIGABYTE_SECONDS_OF_CPU = _PROCESSOR / 1024  # for a second of it, whatever the memory
_TICK, _TUMBLING = 60, 900  # seconds
_ENVIRONMENT = {
    "REUSE_DAYS": "90",
    "REUSE_NOT_FOUND_DAYS": "30",
    "DEADLINE_MINUTES": "1440",
    "PRICE_PER_CREDIT": "0",
}
# What Lambda writes of a run that goes well, at SystemLogLevel INFO.
# https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html
_ID = "6d67e385-053d-4622-a56f-b25bcef23083"
_TIME = "2026-11-26T19:07:46.123Z"
PLATFORM = sum(
    len(json.dumps({"time": _TIME, "type": kind, "record": record}, separators=(",", ":"))) + 1
    for kind, record in (
        ("platform.start", {"requestId": _ID, "functionArn": "x" * 80, "version": "$LATEST"}),
        (
            "platform.report",
            {
                "requestId": _ID,
                "metrics": {
                    "durationMs": 1137.513,
                    "billedDurationMs": 1138,
                    "memorySizeMB": 512,
                    "maxMemoryUsedMB": 107,
                },
                "tracing": {
                    "spanId": "54565fb41ac79632",
                    "type": "X-Amzn-Trace-Id",
                    "value": "Root=1-62e900b2-710d76f009d6e7785905449a;"
                    "Parent=0efbd19962d95b05;Sampled=1",
                },
                "status": "success",
            },
        ),
    )
)


class MeteredTable(Metered):
    """A table whose partitions are found at once, and which counts what its indexes take."""

    def __init__(self, guard: Callable[[str, Callable[[], Any]], Any]) -> None:
        super().__init__(guard)
        self.heard: Callable[[Key, bool], None] = lambda _key, _is_new: None
        self.puts: Counter[str] = Counter()  # units of single puts, by what is put
        self.index_writes = 0
        self._partitions: dict[str, set[Key]] = {}

    def put_item(self, **request: Any) -> dict[str, Any]:
        before = self.writes
        try:
            return super().put_item(**request)
        finally:
            kind, _, _ = request["Item"]["pk"]["S"].partition("#")
            self.puts[kind] += int(self.writes - before)

    def _write(self, key: Key, item: Item) -> None:
        before, was = self.items.get(key), self._wired(key) or {}
        super()._write(key, item)
        self._partitions.setdefault(key[0], set()).add(key)
        if before != item:
            self.index_writes += _index_units(was, self._wired(key) or {})
            self.heard(key, before is None)

    def query(self, **request: Any) -> dict[str, Any]:
        if request.get("IndexName"):
            everything = self.items
            self.items = {key: item for key, item in everything.items() if "begun_in" in item}
        else:
            everything = self.items
            pk = request["ExpressionAttributeValues"][":pk"]["S"]
            self.items = {key: everything[key] for key in self._partitions.get(pk, ())}
        try:
            return super().query(**request)
        finally:
            self.items = everything


def _index_units(before: Mapping[str, Any], after: Mapping[str, Any]) -> int:
    """What a change of an item takes in the table's indexes, as the API has the item: one write in
    each whose part of it changed, of the larger part.
    """
    parts = [(_part(index, before), _part(index, after)) for index in _indexes()]
    return sum(units(max(map(size_of, both)), 1024) for both in parts if both[0] != both[1])


def _part(index: Mapping[str, Any], item: Mapping[str, Any]) -> Mapping[str, Any]:
    """What an index has of an item; nothing where the item lacks its keys."""
    keys = {key["AttributeName"] for key in index["KeySchema"]}
    if not keys <= item.keys():
        return {}
    projection = index["Projection"]
    if projection["ProjectionType"] == "ALL":
        return item
    kept = {"pk", "sk", *keys, *projection["NonKeyAttributes"]}
    return {name: value for name, value in item.items() if name in kept}


@cache
def _indexes() -> list[Mapping[str, Any]]:
    table = deployed(transformed(), {})["Resources"]["Table"]["Properties"]
    return list(table["GlobalSecondaryIndexes"])


class Account(InMemory):
    """An account whose calls are counted, by service and by what they do."""

    dynamodb: MeteredTable

    def __init__(self, api_key: str, clock: Clock) -> None:
        super().__init__(api_key, clock)
        self.calls: Counter[str] = Counter()
        self.operations: Counter[str] = Counter()
        self.s3 = InParts(clock)
        self.s3.guard = self._counted("bucket")
        self.dynamodb = MeteredTable(self._counted("table"))
        self.secrets.guard = self._counted("secrets")

    def _counted(self, service: str) -> Callable[[str, Callable[[], Any]], Any]:
        count_call = Calls(self.calls, service)

        def counted(operation: str, act: Callable[[], Any]) -> Any:
            self.operations[f"{service} {operation}"] += 1
            return count_call(operation, act)

        return counted


@dataclass
class Context:
    """What a handler asks of Lambda's context."""

    function_name: str
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = "arn:aws:lambda:us-east-1:111122223333:function:bench"
    aws_request_id: str = _ID

    def get_remaining_time_in_millis(self) -> int:
        return 900_000


class _Weighed(io.TextIOBase):
    """Counts what is written."""

    def __init__(self) -> None:
        self.bytes = 0

    def write(self, text: str) -> int:
        self.bytes += len(text.encode())
        return len(text)


class Deployment:
    """A stack, on a line of time. `runs`, `gigabyte_seconds` and `traced` are counted by function,
    `logged` are bytes.
    """

    def __init__(
        self,
        shards: int = PARTITIONS,
        seed: int = 0,
        environment: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._environment = _ENVIRONMENT | dict(environment)
        self.line, self.chance = Line(), random.Random(seed)
        self.world = World(account=Account, environment=self._environment)
        self._start = self.world.now
        self.account: Account = self.world.account  # type: ignore[assignment]
        self.runs: Counter[str] = Counter()
        self.gigabyte_seconds: defaultdict[str, float] = defaultdict(float)
        self.traced: list[tuple[float, str]] = []  # runs of functions that X-Ray may trace
        self.out = _Weighed()
        self.metrics = Weighed(self.world.clock)
        self.at_work: dict[int, list[tuple[float, float]]] = {}  # runs of `tally`, by shard
        self.waited = 0.0  # seconds from a result's write until it was counted, at most
        self._overlapped = 0.0  # seconds of calls that others had at the same time
        self.sent: Counter[str] = Counter()
        self._functions = {
            name: resource["Properties"]
            for name, resource in deployed(transformed(), {})["Resources"].items()
            if resource["Type"] == "AWS::Lambda::Function"
        }
        self._handlers: dict[tuple[str, int], Callable[..., Any]] = {}
        self._states: dict[int, tuple[int, Mapping[str, Any]]] = {}
        self._numbers, self._shards = count(), shards
        self.door = Source(self.line, queue_of("webhook", "Results"), self._webhook, self.chance)
        self.batches = Source(self.line, queue_of("submit", "Batch"), self._submit, self.chance)
        shard, changes = shard_of("tally", "Results"), shard_of("inform", "Jobs")
        self.tallies = [
            Source(self.line, shard, partial(self._tally, at), self.chance) for at in range(shards)
        ]
        self.changes = [
            Source(self.line, changes, self._inform, self.chance) for _ in range(shards)
        ]
        self.account.dynamodb.heard = self._heard
        self.world.messages.get_queue_attributes = self._length  # type: ignore[assignment,method-assign]
        send = self.world.messages.send_message_batch
        self.world.messages.send_message_batch = partial(self._send, send)  # type: ignore[method-assign]
        self.results_made: Callable[[list[dict[str, Any]]], None] = self._come_at_once
        self.compile_began: dict[str, float] = {}
        self.last_at_the_door = 0.0

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """With the log weighed in place of written."""
        handlers = [each for each in logger.handlers if isinstance(each, logging.StreamHandler)]
        streams = [handler.setStream(self.out) for handler in handlers]
        yield
        for handler, stream in zip(handlers, streams, strict=True):
            handler.setStream(stream or sys.stdout)

    def end_windows(self) -> None:
        """Let the windows of the stream end."""
        for shard in self._states:
            self._end_window(shard)

    def drop(self, key: str, content: str) -> str:
        """Upload a file, and have it split; its job."""
        version, size = self.world.upload(key, content)
        upload = {"key": key, "version-id": version, "size": size}
        detail = {"bucket": {"name": "data"}, "object": upload}
        answer, _ = self.invoke("split", {"detail": detail})
        return str(answer["job"])

    def sweep(self) -> None:
        """Let the sweeper run each minute from here on."""
        self.invoke("sweep", {})
        self.line.at(self.line.now + _TICK, self.sweep)

    def arrive(self, webhook: Mapping[str, Any]) -> None:
        """A result comes to the door."""
        self.last_at_the_door = self.line.now
        self.sent["door"] += 1
        self.door.give(
            {
                "messageId": str(next(self._numbers)),
                "body": json.dumps(webhook),
                "attributes": {"SentTimestamp": str(int((self._start + self.line.now) * 1000))},
            }
        )

    def invoke(
        self, function: str, event: Mapping[str, Any], process: int = 0
    ) -> tuple[Any, float]:
        """Run a function; its answer, and how many seconds the run takes."""
        self.world.now = self._start + int(self.line.now)
        handler = self._handler(function, process)
        asked, waited = self._asked(), self._waited() - self._overlapped
        began = time.process_time()
        with redirect_stdout(self.out):
            answer = handler(event, Context(function))
        cpu = time.process_time() - began
        properties = self._functions[f"{function.title()}Function"]
        cpu += CALL * (self._asked() - asked)
        seconds = cpu * _PROCESSOR / properties["MemorySize"]
        seconds += self._waited() - self._overlapped - waited
        seconds += ANSWER if function == "submit" else 0
        self._note(function, properties, seconds)
        self._hand_on()
        return answer, seconds

    def _note(self, function: str, properties: Mapping[str, Any], seconds: float) -> None:
        self.runs[function] += 1
        self.gigabyte_seconds[function] += seconds * properties["MemorySize"] / 1024
        if properties["TracingConfig"]["Mode"] == "Active":
            self.traced.append((self.line.now, function))
        if properties["LoggingConfig"].get("SystemLogLevel", "INFO") == "INFO":
            self.out.bytes += PLATFORM

    def _hand_on(self) -> None:
        """What a run asked for: batches to be sent, and outputs to be written."""
        for job, number in self.world.messages.take():
            self.batches.give({"job": job, "batch": number})
        compiles, self.world.functions.compiles = self.world.functions.compiles, []
        for job in compiles:
            self.line.at(self.line.now + LATENCIES["queue"], partial(self._compile, job))

    def _handler(self, function: str, process: int) -> Callable[..., Any]:
        if (function, process) not in self._handlers:
            pipeline = self.world.another(**self._environment)
            pipeline.metrics = self.metrics
            pipeline.in_parallel = self._side_by_side
            path = ROOT / "functions" / function / "handler.py"
            spec = spec_from_file_location(f"bench_{function}_{process}", path)
            if spec is None or spec.loader is None:
                raise FileNotFoundError(path)
            module = module_from_spec(spec)
            with patch("enrichment.pipeline.deployed", lambda *_: pipeline):
                spec.loader.exec_module(module)
            self._handlers[function, process] = module.handler
        return self._handlers[function, process]

    def _side_by_side(self, call: Callable[[Any], Any], items: Iterable[Any]) -> list[Any]:
        """Calls that would be made some at a time, each in a thread."""
        before = self._waited()
        results = list(map(call, items))
        at_once = min(AT_ONCE, max(1, len(results)))
        self._overlapped += (self._waited() - before) * (1 - 1 / at_once)
        return results

    def _send(self, send: Callable[..., Any], **given: Any) -> Any:
        self.sent["batches"] += len(given["Entries"])
        self.sent["calls"] += 1
        return send(**given)

    def _length(self, **_: Any) -> dict[str, Any]:
        """The queue of batches, as the sweeper asks for its length."""
        return {"Attributes": {"ApproximateNumberOfMessages": str(self.batches.waiting)}}

    def _asked(self) -> int:
        """Calls to AWS until now."""
        return self.account.calls.total() + self.sent["calls"]

    def _waited(self) -> float:
        """The seconds that they took, one after the other."""
        calls = self.account.calls | Counter({"queue": self.sent["calls"]})
        return sum(LATENCIES[service] * number for service, number in calls.items())

    def _webhook(self, process: int, messages: list[Any]) -> float:
        answer, seconds = self.invoke("webhook", {"Records": messages}, process)
        if answer["batchItemFailures"]:
            raise RuntimeError("a result was not stored, so this is not all of it")
        return seconds

    def _submit(self, process: int, messages: list[Any]) -> float:
        records = [{"body": json.dumps(each), "receiptHandle": "receipt"} for each in messages]
        _, seconds = self.invoke("submit", {"Records": records}, process)
        come, self.world.provider.webhooks = self.world.provider.webhooks, []
        self.results_made(come)
        return seconds

    def _tally(self, shard: int, _: int, records: list[tuple[str, float]]) -> float:
        number, state = self._states.get(shard, (0, {}))
        seconds = 0.0
        if (this := int(self.line.now // _TUMBLING)) != number:
            seconds += self._end_window(shard)
            state = {}
        event = {"Records": [_record(key) for key, _ in records], "state": state}
        answer, more = self.invoke("tally", event, shard)
        self._states[shard] = (this, answer["state"])
        ends = self.line.now + seconds + more
        self.at_work.setdefault(shard, []).append((self.line.now, ends))
        self.waited = max(self.waited, *(ends - stored for _, stored in records))
        return seconds + more

    def _end_window(self, shard: int) -> float:
        _, state = self._states.get(shard, (0, {}))
        event = {"Records": [], "state": state, "isFinalInvokeForWindow": True}
        return self.invoke("tally", event, shard)[1]

    def _inform(self, _: int, keys: list[Any]) -> float:
        return self.invoke("inform", {"Records": list(map(_record, keys))})[1]

    def _compile(self, job: str) -> None:
        self.compile_began[job] = self.line.now
        self.invoke("compile", {"job": job})

    def _heard(self, key: Key, is_new: bool) -> None:
        """The stream tells of a change, to those whose filter lets it pass."""
        shard = crc32(key[0].encode()) % self._shards
        if key[0].startswith("RESULT#") and is_new:
            self.line.at(self.line.now, lambda: self.tallies[shard].give((key[0], self.line.now)))
        elif key[0].startswith("JOB#") and job_of_key(key[0]):
            self.line.at(self.line.now, lambda: self.changes[shard].give(key[0]))

    def _come_at_once(self, webhooks: list[dict[str, Any]]) -> None:
        for webhook in webhooks:
            self.arrive(webhook)


def _record(pk: str) -> dict[str, Any]:
    return {"dynamodb": {"Keys": {"pk": {"S": pk}}}}
