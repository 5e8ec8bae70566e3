"""Everything that a contact passes, counted, and what AWS takes for it: `make bench`.

A job lives in a stack in memory (`bench/deployment.py`). Its batches are sent five at a time, and
the results of each come spread over some minutes after it was sent, in a random order.
"""

import json
from collections.abc import Mapping
from functools import partial
from math import ceil
from statistics import median
from types import MappingProxyType
from typing import Any

from bench.deployment import ANSWER, Deployment
from bench.prices import (
    DOOR_REQUESTS,
    EVENTS,
    GETS,
    GIGABYTE_SECONDS,
    INVOCATIONS,
    LOGGED_GIGABYTE,
    MESSAGES,
    METRIC,
    PRICED,
    PUTS,
    QUEUE_REQUESTS,
    READ_UNITS,
    SECRET_CALLS,
    TRACES,
    WRITE_UNITS,
)
from checks.transform import deployed, transformed
from tests.functional.world import contacts
from tests.simulation.metered import size_of

_NO_LEDGER = MappingProxyType({"REUSE_DAYS": "0", "REUSE_NOT_FOUND_DAYS": "0"})
_USUAL: Mapping[str, str] = MappingProxyType({})
# How many contacts the jobs have, within how many minutes their results come, and their settings.
JOBS: Mapping[str, tuple[int, int, Mapping[str, str]]] = MappingProxyType(
    {
        "10,000, 0 min": (10_000, 0, _USUAL),
        "10,000, 5 min": (10_000, 5, _USUAL),
        "10,000, 30 min": (10_000, 30, _USUAL),
        "100,000, 5 min": (100_000, 5, _USUAL),
        "the same, `ReuseDays` 0": (100_000, 5, _NO_LEDGER),
    }
)
PACE = 100_000 / 1800  # results a second, where the last one is awaited: 100,000 in half an hour
_TRIES = 8
_AT_THAT_PACE = 2_500  # results of a try
_KEY = "incoming/email/q3/leads.csv"
_HOURS_A_MONTH = 730
_A_CALL = 10  # messages that SQS gives at once
_SAMPLED = 20  # of runs in one second beyond the first, X-Ray has each so manieth
_MILLION = 1_000_000

# What the door itself costs for a result, with nothing behind it: the request, its message, which
# somebody takes out with nine others, and the put of an item of at most 1 kB.
FLOOR = MappingProxyType(
    {
        "door: requests": DOOR_REQUESTS,
        "door: queue": QUEUE_REQUESTS * (1 + 2 / _A_CALL),
        "table: a write for each result": WRITE_UNITS,
    }
)
GOALS = MappingProxyType(
    {
        "invocations": 0.2,
        "log_bytes": 300,
        "secrets": 0.001,
        "floors": 1.1,
        "last": 10,
    }
)
# What API Gateway puts in place of its variables; the longest that is usual.
_LOGGED = MappingProxyType(
    {
        "$context.requestId": "6d67e385-053d-4622-a56f-b25bcef23083",
        "$context.requestTime": "26/Nov/2026:19:07:46 +0000",
        "$context.identity.sourceIp": "203.0.113.127",
        "$context.httpMethod": "POST",
        "$context.resourcePath": "/webhooks/pronto",
        "$context.integration.status": "200",
        "$context.responseLength": "23",
        "$context.responseLatency": "12",
        "$context.error.responseType": "-",
        "$context.status": "200",
    }
)


def counted() -> dict[str, Any]:
    """All of it, as `results.json` has it."""
    return {
        "jobs": {title: contact(*job) for title, job in JOBS.items()},
        "floor": {name: round(usd * _MILLION, 3) for name, usd in FLOOR.items()},
        "goals": dict(GOALS),
        "last": last(),
        "priced": PRICED,
    }


def contact(number: int, minutes: float, environment: Mapping[str, str] = _USUAL) -> dict[str, Any]:
    """What a job takes, each figure for one contact; USD for a million, by what they are for."""
    stack = lived(number, minutes, environment=environment)
    usd = {name: value * _MILLION / number for name, value in _usd(stack).items()}
    return {
        "invocations": round(stack.runs.total() / number, 4),
        "by_function": {name: round(runs / number, 4) for name, runs in stack.runs.items()},
        "log_bytes": round(_logged(stack) / number, 1),
        "door_log_bytes": door_line(),
        "secrets": round(stack.account.calls["secrets"] / number, 5),
        "messages": round((stack.sent["door"] + stack.sent["batches"]) / number, 3),
        "s3_requests": round(stack.account.calls["bucket"] / number, 4),
        "table_reads": round(stack.account.dynamodb.reads / number, 3),
        "table_writes": round(_writes(stack) / number, 3),
        "gigabyte_seconds": round(sum(stack.gigabyte_seconds.values()) / number, 5),
        "table_bytes": round(sum(map(size_of, stack.world.items())) / number),
        "bucket_bytes": round(_bytes_in_the_bucket(stack) / number),
        "usd": {name: round(value, 4) for name, value in usd.items()},
    }


def lived(
    number: int, minutes: float, seed: int = 0, environment: Mapping[str, str] = _USUAL
) -> Deployment:
    """A stack in which a job has lived its whole life."""
    stack = Deployment(seed=seed, environment=environment)
    with stack.quiet():
        stack.results_made = partial(_spread, stack, 60 * minutes + 30)
        job = stack.drop(_KEY, contacts(number))
        stack.sweep()
        stack.line.run(lambda: job in stack.compile_began)
        done = stack.line.now + 60  # the last pages and ticks
        stack.line.run(lambda: stack.line.now > done)
        stack.end_windows()
    if list(stack.world.pipeline.jobs.open()):
        raise RuntimeError("the job is not done, so this is not all of it")
    return stack


def _spread(stack: Deployment, seconds: float, webhooks: list[dict[str, Any]]) -> None:
    """Let results come within so many seconds."""
    for webhook in webhooks:
        after = ANSWER + stack.chance.random() * seconds
        stack.line.at(stack.line.now + after, partial(stack.arrive, webhook))


def last() -> dict[str, Any]:
    """Seconds from the last result to the start of the run that writes the output, at the pace of
    100,000 results in half an hour: the median of some tries, and the most.
    """
    seconds = []
    for seed in range(_TRIES):
        stack = lived(_AT_THAT_PACE, _AT_THAT_PACE / PACE / 60, seed)
        [began] = stack.compile_began.values()
        seconds.append(began - stack.last_at_the_door)
    return {"tries": _TRIES, "median": round(median(seconds), 1), "most": round(max(seconds), 1)}


def _usd(stack: Deployment) -> dict[str, float]:
    operations, table = stack.account.operations, stack.account.dynamodb
    writes = _writes(stack)
    results, people = table.puts["RESULT"], table.puts["PERSON"]
    listed = operations["bucket list"] + operations["bucket write"]
    hours = len(stack.metrics.told) / _HOURS_A_MONTH
    batches = stack.sent["batches"]
    return {
        "door: requests": stack.sent["door"] * FLOOR["door: requests"],
        "door: queue": stack.sent["door"] * FLOOR["door: queue"],
        "table: a write for each result": results * WRITE_UNITS,
        "table: a write for each person": people * WRITE_UNITS,
        "table: other writes": (writes - results - people) * WRITE_UNITS,
        "table: reads": table.reads * READ_UNITS,
        "runs: requests": stack.runs.total() * INVOCATIONS,
        "runs: time": sum(stack.gigabyte_seconds.values()) * GIGABYTE_SECONDS,
        "queue of batches": (stack.sent["calls"] + 2 * batches) * QUEUE_REQUESTS,
        "bucket": listed * PUTS + operations["bucket read"] * GETS,
        "log of the door": stack.sent["door"] * door_line() / 1e9 * LOGGED_GIGABYTE,
        "logs of functions": (stack.out.bytes + stack.metrics.bytes) / 1e9 * LOGGED_GIGABYTE,
        "metrics": hours * METRIC,
        "traces": _traces(stack) * TRACES,
        "secrets": stack.account.calls["secrets"] * SECRET_CALLS,
        "events and messages": len(stack.world.bus.events) * EVENTS
        + len(stack.world.bus.messages) * MESSAGES,
    }


def _writes(stack: Deployment) -> float:
    return stack.account.dynamodb.writes + stack.account.dynamodb.index_writes


def _logged(stack: Deployment) -> float:
    return stack.sent["door"] * door_line() + stack.out.bytes + stack.metrics.bytes


def door_line() -> int:
    """Bytes of a line of the door's access log, as the template has it written; 0 without one."""
    stage = deployed(transformed(), {})["Resources"]["ApiStage"]["Properties"]
    line = str(stage.get("AccessLogSetting", {}).get("Format", ""))
    for variable, value in _LOGGED.items():
        line = line.replace(variable, value)
    return len(json.dumps(json.loads(line))) if line else 0


def _traces(stack: Deployment) -> int:
    """Of runs that may be traced, the first in each second, and a twentieth of the others."""
    seconds = {int(at) for at, _ in stack.traced}
    return len(seconds) + ceil((len(stack.traced) - len(seconds)) / _SAMPLED)


def _bytes_in_the_bucket(stack: Deployment) -> int:
    """Of all versions: what was dropped, what is kept for the work, and what came out."""
    return sum(len(body) for versions in stack.world.s3.objects.values() for body in versions)
