"""How jobs of each size go, and what many jobs at once do to each other."""

import math
import random
from collections.abc import Mapping
from statistics import median
from typing import Any

from bench.scale.cost import usd
from bench.scale.figures import Figures
from bench.scale.given import given
from bench.scale.limits import shares
from bench.scale.model import Job, Model
from bench.scale.scenarios import SCENARIOS, Dropped
from bench.scale.way import Way
from enrichment.domain.lanes import lanes_for

ROWS = (100, 1_000, 10_000, 100_000, 1_000_000, 5_000_000)
MILLION = 1_000_000


def reckoned(
    found: Mapping[str, Any],
    starting: Mapping[str, Any],
) -> dict[str, Any]:
    """What follows of what was measured, as `results.json` has it.

    Args:
        found: `sizes`, of `files.measured`, and `work`, of `work.counted`.
        starting: what `bench.starting` measured.
    """

    def way(post: float) -> Way:
        return Way(Figures(), found["work"], found["sizes"], starting, post)

    provider = given()["provider"]
    usual = way(provider["usual"])
    return {
        "at": given()["at"],
        **found,
        "jobs": {str(number): of_job(usual, number) for number in ROWS},
        "posts": {
            str(post): {"held": round(way(post).submit, 2), **of_job(way(post), MILLION)}
            for post in provider["posts"]
        },
        "scenarios": {
            name: of_many(usual, scenario.dropped(random.Random(name)))
            for name, scenario in SCENARIOS.items()
        },
    }


def of_job(way: Way, rows: int) -> dict[str, Any]:
    """One job in a stack at rest: seconds of its parts, what it took of each limit, and USD."""
    model = _model(way, [(rows, 0.0)])
    [job] = model.jobs
    return {
        "seconds": round(_whole(job), 1),
        "split": round(job.planned_at, 1),
        "sending": round(job.sent_at - job.planned_at, 1),
        "results": round(job.answered_at - job.sent_at, 1),
        "compile": round(_whole(job) - job.answered_at, 1),
        "usd": round(usd(model), 4),
        "shares": _rounded(shares(model)),
    }


def of_many(way: Way, dropped: Dropped) -> dict[str, Any]:
    """Many jobs: how long they took, and what they took of each limit."""
    model = _model(way, dropped)
    seconds = sorted(_whole(job) for job in model.jobs)
    small = min(job.rows for job in model.jobs)
    return {
        "jobs": len(model.jobs),
        "rows": sum(job.rows for job in model.jobs),
        "median": round(median(seconds), 1),
        "most": round(seconds[math.ceil(0.95 * len(seconds)) - 1], 1),
        "small": small,
        "small_median": round(median(_whole(job) for job in model.jobs if job.rows == small), 1),
        "last": round(max(job.output_at or 0 for job in model.jobs), 1),
        "usd": round(usd(model), 4),
        "shares": _rounded(shares(model)),
    }


def _model(way: Way, dropped: Dropped) -> Model:
    return Model(way, dropped, lanes=lanes_for(way.figures.runs("submit"))).run()


def _whole(job: Job) -> float:
    """Seconds from the upload to the output.

    Raises:
        RuntimeError: the door refused some of its results.
    """
    if job.seconds is None:
        raise RuntimeError(f"{job.rows - job.answered} results of a job were lost")
    return job.seconds


def _rounded(taken: Mapping[str, float]) -> dict[str, float]:
    return {name: round(share, 6) for name, share in taken.items()}
