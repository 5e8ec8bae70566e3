"""What a job tells CloudWatch, counted: lines, bytes and metrics, and what AWS takes for them.

The job runs in a world in memory: its results come within an hour, one batch in twenty is not taken
at first, and the sweeper looks each minute, as it does on AWS.
"""

import io
import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import replace
from typing import Any

import httpx

from bench.prices import LOGGED_GIGABYTE, METRIC, PRICED
from enrichment.adapters.metrics import Metrics
from enrichment.clock import Clock
from enrichment.domain.metric import Metric
from enrichment.logs import logger
from tests.functional.accounts import InMemory
from tests.functional.world import World, contacts
from tests.simulation import aws

ROWS = 100_000
_KEY = "incoming/email/q3/leads.csv"
_MINUTES = 60
_HOURS_A_MONTH = 730  # metrics are charged by the hour in which they are told
_SWEEPS_A_MONTH = 60 * _HOURS_A_MONTH


class InParts(aws.S3):
    """An S3 in memory that takes large objects, too."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(lambda _, act: act(), clock)
        self._uploads: list[bytearray] = []

    def create_multipart_upload(self, **_: Any) -> dict[str, Any]:
        self._uploads.append(bytearray())
        return {"UploadId": len(self._uploads) - 1}

    def upload_part(self, UploadId: int, Body: bytes, **_: Any) -> dict[str, Any]:  # noqa: N803
        self._uploads[UploadId] += Body
        return {"ETag": "part"}

    def complete_multipart_upload(
        self,
        UploadId: int,  # noqa: N803
        **given: Any,
    ) -> dict[str, Any]:
        place = {name: given[name] for name in ("Bucket", "Key")}
        return self.put_object(**place, Body=bytes(self._uploads[UploadId]))

    def abort_multipart_upload(self, **_: Any) -> None:
        """Nothing of it appears."""


class Large(InMemory):
    """An account for a large file, of which one part after the other is uploaded."""

    def __init__(self, api_key: str, clock: Clock) -> None:
        super().__init__(api_key, clock)
        self.s3 = InParts(clock)


class Weighed(Metrics):
    """Metrics whose lines are weighed in place of written. `told` are the metrics by the hour."""

    def __init__(self, clock: Clock) -> None:
        super().__init__("contact-enrichment")
        self._clock = clock
        self.lines = self.bytes = 0
        self.told: set[tuple[int, str, tuple[str, ...]]] = set()

    def tell(self, values: Mapping[Metric, float], **by: str) -> None:
        with redirect_stdout(io.StringIO()) as out:
            super().tell(values, **by)
        for line in out.getvalue().splitlines():
            self.lines += 1
            self.bytes += len(line.encode())
            [told] = json.loads(line)["_aws"]["CloudWatchMetrics"]
            hour = self._clock() // 3600
            self.told |= {(hour, metric["Name"], tuple(by.values())) for metric in told["Metrics"]}


def counted(rows: int = ROWS) -> dict[str, Any]:
    """What one job of so many rows told, and what it costs in USD."""
    world = World(account=Large)
    told = Weighed(world.clock)
    world.pipeline.metrics = told
    with quiet():
        _live(world, rows)
        rest = _at_rest(world)
    return {
        "rows": rows,
        "contacts": len(world.provider.charged),
        "lines": told.lines,
        "bytes": told.bytes,
        "metric_hours": len(told.told),
        "usd": _usd(told.bytes, len(told.told)),
        "usd_a_month_at_rest": _usd(rest.bytes * _SWEEPS_A_MONTH, len(rest.told) * _HOURS_A_MONTH),
        "priced": PRICED,
    }


def _usd(logged: int, metric_hours: int) -> float:
    return round(logged / 1e9 * LOGGED_GIGABYTE + metric_hours / _HOURS_A_MONTH * METRIC, 4)


def _at_rest(world: World) -> Weighed:
    """What one sweep tells a day later, while nothing is under way."""
    told = Weighed(world.clock)
    world.pipeline.sweep = replace(world.pipeline.sweep, metrics=told)
    world.now += 86_400
    world.pipeline.sweep.run()
    return told


def _live(world: World, rows: int) -> None:
    """The whole life of a job."""
    batches = -(-rows // 100)
    refused = httpx.Response(429, headers={"Retry-After": "30"})
    world.provider.answers = [refused] * (batches // 20)
    world.drop(_KEY, contacts(rows))
    each = -(-rows // (_MINUTES - 10))  # in the first minutes, lanes wait for what was refused
    for _ in range(_MINUTES):
        world.submit_all()
        world.now += 60
        come = world.provider.webhooks[:each]
        del world.provider.webhooks[:each]
        world.deliver(come)
        world.pipeline.sweep.run()
        world.finish()
    if list(world.pipeline.jobs.open()):
        raise RuntimeError("the job is not done, so this is not all of it")


@contextmanager
def quiet() -> Iterator[None]:
    """Without the log's other lines."""
    level = logger.log_level
    logger.setLevel(logging.CRITICAL)
    yield
    logger.setLevel(level)
