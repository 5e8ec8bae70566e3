"""What a stack at rest costs a month, whatever lies in its bucket: the sweeper's ticks in a
stack in memory (`bench/deployment.py`), whose bucket holds files that were answered long ago.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from bench.alarms import alarmed_metrics
from bench.deployment import GIGABYTE_SECONDS_OF_CPU, Deployment
from bench.line import POLLERS
from bench.prices import (
    ALARMED_METRIC,
    DASHBOARD,
    FIFO_REQUESTS,
    GETS,
    GIGABYTE_SECONDS,
    INVOCATIONS,
    LOGGED_GIGABYTE,
    METRIC,
    PRICED,
    PUTS,
    QUEUE_REQUESTS,
    READ_UNITS,
    SECRET,
    TRACES,
    WRITE_UNITS,
)
from bench.watching import InParts
from checks.transform import deployed, source, transformed, watching
from enrichment.clock import Clock

FILES = (0, 10_000, 100_000)
GOAL = 1.0  # USD a month
MINUTES = 150  # that are counted
_A_MONTH = 730 * 60  # minutes
# Lambda asks an empty queue for messages as often as it has readers, each time for so many seconds.
# It has five, or two where the template sets no MaximumConcurrency.
# https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
_LONG_POLL, _FEWEST = 20, 2
_DEAD_LETTERS = 3  # queues into which a sweep looks
_PAGE = 0.095  # seconds of CPU that botocore takes to read a page of 1,000 versions
_OLD = datetime(2026, 1, 1, tzinfo=UTC)


def counted(files: Sequence[int] = FILES, minutes: int = MINUTES) -> dict[str, Any]:
    """All of it, as `results.json` has it."""
    return {
        "minutes": minutes,
        "files": {str(number): month(number, minutes) for number in files},
        "standing": standing(),
        "goal": GOAL,
        "priced": PRICED,
    }


def month(files: int, minutes: int = MINUTES) -> dict[str, Any]:
    """What a stack at rest takes: listings in so many minutes, and USD a month by what they are
    for.
    """
    stack = Deployment()
    bucket = _Full(stack.world.clock, files)
    bucket.guard = stack.world.s3.guard
    stack.world.s3 = bucket
    with stack.quiet():
        for minute in range(minutes):
            stack.line.at(60.0 * minute, partial(stack.invoke, "sweep", {}))
        stack.line.run(lambda: False)
    operations, table = stack.account.operations, stack.account.dynamodb
    reading = bucket.listed / 1000 * _PAGE * GIGABYTE_SECONDS_OF_CPU
    usd = {
        "runs": stack.runs.total() * INVOCATIONS
        + (sum(stack.gigabyte_seconds.values()) + reading) * GIGABYTE_SECONDS,
        "bucket": operations["bucket list"] * PUTS + operations["bucket read"] * GETS,
        "table": table.reads * READ_UNITS + table.writes * WRITE_UNITS,
        "ticks, and looks for dead letters": minutes
        * (_DEAD_LETTERS * QUEUE_REQUESTS + 3 * FIFO_REQUESTS),
        "logs": stack.out.bytes / 1e9 * LOGGED_GIGABYTE,
        "traces": len(stack.traced) * TRACES,
    }
    a_month = {name: value * _A_MONTH / minutes for name, value in usd.items()}
    a_month["Lambda's looks into its queues"] = _polling()
    return {
        "listings": operations["bucket list"],
        "usd": {name: round(value, 3) for name, value in a_month.items()},
    }


def standing() -> dict[str, float]:
    """What is paid for being there, in USD a month, whatever is done."""
    resources = [*source()["Resources"].values(), *watching()["Resources"].values()]
    kinds = Counter(resource["Type"] for resource in resources)
    metrics = alarmed_metrics()
    return {
        f"{kinds['AWS::CloudWatch::Alarm']} alarms": round(metrics * ALARMED_METRIC, 2),
        "the dashboard": DASHBOARD * kinds["AWS::CloudWatch::Dashboard"],
        "`HoursSinceUpload`, a metric that is told at rest": METRIC,
        "the secrets, with that of the API key": SECRET
        * (1 + kinds["AWS::SecretsManager::Secret"]),
    }


def _polling() -> float:
    """What Lambda's own looks into queues that are empty cost in a month."""
    usd = 0.0
    for name, resource in deployed(transformed(), {})["Resources"].items():
        asked = resource.get("Properties", {})
        if resource["Type"] != "AWS::Lambda::EventSourceMapping" or "BatchSize" not in asked:
            continue
        if "StartingPosition" in asked:  # a stream, whose reads are free
            continue
        readers = POLLERS if "ScalingConfig" in asked else _FEWEST
        price = FIFO_REQUESTS if name.startswith("SweepFunction") else QUEUE_REQUESTS
        usd += readers * _A_MONTH * 60 / _LONG_POLL * price
    return usd


class _Full(InParts):
    """A bucket in which so many files lie for long, beside what is put into it. `listed` are the
    versions that were told of.
    """

    def __init__(self, clock: Clock, files: int) -> None:
        super().__init__(clock)
        self._keys = [f"incoming/email/{number:07}.csv" for number in range(files)]
        self.listed = 0

    def list_object_versions(self, **request: Any) -> dict[str, Any]:
        if request["Prefix"] != "incoming/":
            return super().list_object_versions(**request)
        return dict(self.guard("list", lambda: self._page(**request)))

    def _page(self, MaxKeys: int, KeyMarker: str = "", **_: Any) -> dict[str, Any]:  # noqa: N803
        start = bisect_right(self._keys, KeyMarker)
        keys = self._keys[start : start + MaxKeys]
        self.listed += len(keys)
        versions = [
            {"Key": key, "VersionId": "1", "Size": 1000, "IsLatest": True, "LastModified": _OLD}
            for key in keys
        ]
        more = start + MaxKeys < len(self._keys)
        return {"Versions": versions, "IsTruncated": more} | (
            {"NextKeyMarker": keys[-1]} if more else {}
        )
