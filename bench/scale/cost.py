"""What AWS takes for jobs in USD, by what the model counted: functions, the door, queues, the table
and the bucket. Not what is stored, logged, traced and watched, nor pages and sweeps, which do not
grow with the rows.
"""

from collections import Counter
from collections.abc import Iterator

from bench.prices import (
    DOOR_REQUESTS,
    GETS,
    GIGABYTE_SECONDS,
    INVOCATIONS,
    PUTS,
    QUEUE_REQUESTS,
    READ_UNITS,
    WRITE_UNITS,
)
from bench.scale.model import Model
from bench.scale.way import MESSAGES

_PRICES = {
    "gigabyte_seconds": GIGABYTE_SECONDS,
    "runs": INVOCATIONS,
    "results": DOOR_REQUESTS,
    "messages": QUEUE_REQUESTS,
    "reads": READ_UNITS,
    "writes": WRITE_UNITS,
    "put_object": PUTS,
    "get_object": GETS,
}
# What a function's work is counted as, by its name there.
_COUNTED = {"reads": "reads", "writes": "writes", "get_object": "read", "put_object": "write"}


def usd(model: Model) -> float:
    """What all jobs of a model cost."""
    return sum(_PRICES[name] * number for name, number in counted(model).items())


def counted(model: Model) -> Counter[str]:
    """What is paid for, by its name."""
    counts: Counter[str] = Counter(results=sum(job.answered for job in model.jobs))
    for function, runs, seconds in _runs(model):
        counts["runs"] += runs
        counts["gigabyte_seconds"] += (  # type: ignore[assignment]
            seconds * model.way.figures.memory(function) / 1024
        )
    batches, stored = model.submit.served, model.webhook.served
    # A batch is sent with others, taken and deleted; a result is sent, and taken and deleted so
    # many at a time.
    counts["messages"] = round(batches * (2 + 1 / MESSAGES) + counts["results"] + 2 * stored)
    for took in model.way.work.values():
        for name, kind in _COUNTED.items():
            of_jobs = len(model.jobs) * took["job"].get(kind, 0)
            counts[name] += round(of_jobs + batches * took["batch"].get(kind, 0))
    counts["put_object"] += sum(2 * model.way.parts(job.rows) for job in model.jobs)
    return counts


def _runs(model: Model) -> Iterator[tuple[str, int, float]]:
    """Of each function, its runs and their seconds."""
    way = model.way
    for job in model.jobs:
        for function, runs in (
            ("split", way.plan_runs(job.rows)),
            ("compile", way.compile_runs(job.rows)),
        ):
            yield function, len(runs), sum(runs) + len(runs) * way.fresh(function)
        yield "split", 0, model.asking(job.rows)
    for function, station in (("submit", model.submit), ("webhook", model.webhook)):
        yield function, station.served, station.busy
    for shard in model.shards:
        yield "tally", shard.runs, shard.busy
