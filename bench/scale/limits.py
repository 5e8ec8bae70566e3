"""What bounds a job: stations that can be full, and figures that can be reached, each as the share
of it that a model took.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from bench.scale.given import given
from bench.scale.model import Model


class Limit(NamedTuple):
    """What it is called, and what the template does about it."""

    name: str
    answer: str


# What jobs queue for. The fullest sets the pace.
STATIONS: Mapping[str, Limit] = MappingProxyType(
    {
        "requests": Limit(
            "requests to the provider at a time (`Concurrency`)",
            "batches wait in a queue; the provider's own limit is not to be lifted",
        ),
        "webhook": Limit(
            "runs that store results (`WebhookConcurrency`)",
            "results wait in the door's queue; raise it where an account has more than 10 runs",
        ),
        "door": Limit(
            "results a second at the door (`WebhookRate`)",
            "far more than five requests bring; what gets a 429 may be lost",
        ),
        "writes": Limit(
            "writes of the busiest partition of a new table",
            "results are keyed by batch and people by hash, so writes are spread;"
            " DynamoDB divides what stays busy",
        ),
        "stream": Limit(
            "runs of `tally`, one for a shard",
            "windows carry the count, so a batch is looked at twice;"
            " several runs for a shard would be next",
        ),
    }
)
# What one job or one moment may come up against.
BOUNDS: Mapping[str, Limit] = MappingProxyType(
    {
        "burst": Limit(
            "results at once at the door (`WebhookBurst`)", "takes 50 whole batches at once"
        ),
        "runs": Limit(
            "runs at once of an account's quota",
            "queues and shards bound them; in an account of 10 runs the rest waits and is retried",
        ),
        "splitting": Limit(
            "the longest run of `split`",
            "a run without time hands its plan on to the next",
        ),
        "compiling": Limit(
            "the longest run of `compile`",
            "a run without time notes what it read, the next one goes on",
        ),
        "writing": Limit(
            "a run of `compile` that only writes",
            "none: writing has to fit into one run",
        ),
        "batches": Limit(
            "how long a batch waits in its queue (retention)",
            "kept as long as the longest deadline; the sweeper asks anew for what is gone",
        ),
        "results": Limit(
            "how long a result waits in the door's queue (retention)", "kept for 14 days"
        ),
        "deadline": Limit(
            "the deadline (`DeadlineMinutes`)",
            "ends with what there is, later results amend it; up to 20,160 minutes",
        ),
        "rows": Limit("rows of a file (`MaxRows`)", "refused in words; raise it"),
        "file": Limit(
            "a file's size (`MaxFileMegabytes`)", "refused in words; raise it, to 1,000 at most"
        ),
        "parts": Limit("parts of an object in S3", "of 5 MiB, so 52 GB fit"),
    }
)


def shares(model: Model) -> dict[str, float]:
    """The share of each limit that was taken: of a station how busy it was while batches were sent
    and results came, 1 where it never rested.
    """
    return _busy(model) | _reached(model)


def fullest(taken: Mapping[str, float]) -> str:
    """The station that sets the pace: that which was busiest."""
    return max(STATIONS, key=taken.__getitem__)


def nearest(taken: Mapping[str, float]) -> str:
    """The bound of which most was taken."""
    return max(BOUNDS, key=taken.__getitem__)


def _busy(model: Model) -> dict[str, float]:
    span, figures = model.span, model.way.figures
    results = sum(job.answered for job in model.jobs)
    return {
        "requests": model.submit.busy / model.submit.servers / span,
        "webhook": model.webhook.busy / model.webhook.servers / span,
        "door": results / figures.door_rate / span,
        "writes": max(each.busy for each in model.partitions) / span,
        "stream": max(each.busy for each in model.shards) / span,
    }


def _reached(model: Model) -> dict[str, float]:
    way, figures = model.way, model.way.figures
    rows = max(job.rows for job in model.jobs)
    splits, compiles = way.plan_runs(rows), way.compile_runs(rows)
    splits[-1] += model.asking(rows)
    longest = max(job.seconds or 0 for job in model.jobs)
    return {
        "burst": model.door.fullest,
        "runs": model.runs.most / given()["aws"]["runs"],
        "splitting": max(splits) / figures.timeout("split"),
        "compiling": max(compiles) / figures.timeout("compile"),
        "writing": way.writing(rows) / figures.timeout("compile"),
        "batches": model.submit.longest_wait / figures.retention("submit"),
        "results": model.webhook.longest_wait / figures.retention("webhook"),
        "deadline": longest / 60 / figures.parameter("DeadlineMinutes"),
        "rows": rows / figures.parameter("MaxRows"),
        "file": way.megabytes(rows) / figures.parameter("MaxFileMegabytes"),
        "parts": way.parts(rows) / given()["aws"]["object_parts"],
    }
