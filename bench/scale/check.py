"""`python -m bench.scale.check`: lets files go through the local stack that runs (`make up`), and
through the model beside it, with the latencies of that stack and of its stand-in, and the share of
a processor that a process gets here.
"""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import httpx

from bench.scale.figures import Figures
from bench.scale.given import given
from bench.scale.model import Job as Modelled
from bench.scale.model import Model
from bench.scale.way import Way
from bench.table import RESULTS
from enrichment.domain.folder import job_id
from enrichment.domain.job import WRITTEN, Job
from local import stack
from local.provider.behaviour import Behaviour
from local.stack import Stack
from local.user import User
from tests.functional.world import contacts

_SIZES = (100, 248, 500)
_CALLS = 15  # of each kind
_PATIENCE = 120  # seconds


@dataclass(frozen=True)
class _Scratch:
    """Calls to a stack that leave nothing behind that anybody looks at."""

    running: Stack

    def seconds(self) -> dict[str, float]:
        """What each kind of call takes."""
        table, bucket = self.running.client("dynamodb"), self.running.client("s3")
        name, key = {"TableName": self.running.table}, f"work/scratch/{uuid4().hex}"
        item = {"pk": {"S": key}, "sk": {"S": "0"}}
        put = {"Put": {**name, "Item": item}}
        found = {
            "put": _median(lambda: table.put_item(**name, Item=item)),
            "get": _median(lambda: table.get_item(**name, Key=item)),
            "transact": _median(lambda: table.transact_write_items(TransactItems=[put])),
            "query": _median(
                lambda: table.query(
                    **name,
                    KeyConditionExpression="pk = :pk",
                    ExpressionAttributeValues={":pk": item["pk"]},
                )
            ),
            "write": _median(
                lambda: bucket.put_object(Bucket=self.running.bucket, Key=key, Body=b"")
            ),
            "read": _median(
                lambda: bucket.get_object(Bucket=self.running.bucket, Key=key)["Body"].read()
            ),
            "door": _median(lambda: httpx.post(self.running.webhook_url, json={"custom": {}})),
        }
        alike = {"update": found["put"], "batch get": found["query"]}
        return dict(given()["seconds"] | found | alike)


def _processor() -> float:
    """The share of a processor that a process gets beside all that runs."""
    wall, cpu = time.perf_counter(), time.process_time()
    while time.process_time() - cpu < 1:
        pass
    return (time.process_time() - cpu) / (time.perf_counter() - wall)


def _median(call: Callable[[], Any]) -> float:
    times = []
    for _ in range(_CALLS):
        before = time.perf_counter()
        call()
        times.append(time.perf_counter() - before)
    return median(times)


def _gone(running: Stack, path: Path) -> Iterator[tuple[str, float]]:
    """When a file's steps were done, in seconds from its upload."""
    user = User(running)
    began = time.time()
    key = f"incoming/email/{uuid4().hex}.csv"
    job = job_id(running.bucket, key, user.upload(path, key))
    found = _written(user, job, began)
    batches = running.pipeline().batches.of(found)
    yield "planned", min(batch.claimed_at or 0 for batch in batches) - began
    yield "sent", max(batch.accepted_at or batch.claimed_at or 0 for batch in batches) - began
    yield "answered", found.compile_asked_at - began
    yield "output", time.time() - began


def _written(user: User, job: str, began: float) -> Job:
    while time.time() - began < _PATIENCE:
        found = user.job(job)
        if found and found.state in WRITTEN:
            return found
        time.sleep(0.2)
    raise TimeoutError(f"job {job} did not end in {_PATIENCE} seconds")


def _stranger(number: int) -> str:
    """Somebody who is not known from a run before."""
    return f"Jane{number},Doe,{uuid4().hex}.example"


def _modelled(job: Modelled) -> dict[str, float]:
    return {
        "planned": job.planned_at,
        "sent": job.sent_at,
        "answered": job.answered_at,
        "output": job.output_at or 0,
    }


def main() -> None:
    """Print both times of each step."""
    running = stack.current()
    if running is None:
        raise SystemExit("No stack runs; start one with make up.")
    results = json.loads(RESULTS.read_text())
    seconds, standin, processor = _Scratch(running).seconds(), Behaviour(), _processor()
    print(", ".join(f"{kind} {took * 1000:.0f} ms" for kind, took in sorted(seconds.items())))
    print(f"a process gets {processor:.2f} of a processor")
    way = Way(
        Figures(),
        results["scaling"]["work"],
        results["scaling"]["sizes"],
        results["starting"],
        standin.answer_seconds,
        seconds,
        (0.0, standin.result_seconds),
        processor=processor,
    )
    with TemporaryDirectory(prefix="bench-") as folder:
        for rows in _SIZES:
            path = Path(folder, f"{rows}.csv")
            path.write_text(contacts(rows, _stranger))
            run = dict(_gone(running, path))
            [job] = Model(way, [(rows, 0.0)]).run().jobs
            for step, at in _modelled(job).items():
                print(f"{rows} rows, {step}: {run[step]:.1f} s, by the model {at:.1f} s")


if __name__ == "__main__":
    main()
