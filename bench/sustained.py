"""How many results a second `tally` keeps up with, on the shards of the table's stream.

Results of one job are stored at a steady rate, in a random order, so that each run meets as many
batches as it can; the stream hands them to the real handler as the template asks for it. How long
its runs take is modelled (`bench/deployment.py`). A shard that is busy all the time falls behind.
"""

import json
from functools import partial
from types import MappingProxyType
from typing import Any

from bench.deployment import Deployment
from bench.line import PARTITIONS
from tests.functional.world import contacts

# Results a second, by the number of shards. A partition, whose changes one shard has, takes 1,000
# writes a second.
RATES = MappingProxyType({PARTITIONS: (100, 500, 1_000, 2_000), 1: (500, 1_000)})
SECONDS, MOST = 30, 10_000  # for which results come, and how many at most
GOAL = 1_000
_KEY = "incoming/email/q3/leads.csv"


def counted(most: int = MOST) -> dict[str, Any]:
    """All of it, as `results.json` has it."""
    found = [
        kept_up(rate, min(most, SECONDS * rate), shards)
        for shards, rates in RATES.items()
        for rate in rates
    ]
    return {"goal": GOAL, "rates": found}


def kept_up(rate: int, number: int, shards: int) -> dict[str, Any]:
    """What so many results a second make of the stream: runs of `tally`, the share of the time in
    which its busiest shard was at work, the most seconds for which a result waited to be counted,
    and how many seconds after the last result all were.
    """
    stack = Deployment(shards, environment={"REUSE_DAYS": "0", "REUSE_NOT_FOUND_DAYS": "0"})
    with stack.quiet():
        results = _awaited(stack, number)
        began = stack.line.now
        for at, body in enumerate(results):
            stack.line.at(began + at / rate, partial(stack.world.pipeline.webhook.run, body))
        stack.line.run(lambda: stack.runs["compile"] > 0)
    if not stack.runs["compile"]:
        raise RuntimeError("the job is not done, so not all results were counted")
    ended = max(end for spans in stack.at_work.values() for _, end in spans)
    return {
        "rate": rate,
        "shards": shards,
        "results": number,
        "runs": stack.runs["tally"],
        "busy": round(max(map(_busy, stack.at_work.values())), 3),
        "waited": round(stack.waited, 1),
        "behind": round(ended - began - number / rate, 1),
    }


def _busy(spans: list[tuple[float, float]]) -> float:
    """The share of the time, from the first run to the end of the last, that runs took."""
    return sum(end - begin for begin, end in spans) / (spans[-1][1] - spans[0][0] or 1)


def _awaited(stack: Deployment, number: int) -> list[bytes]:
    """The results of a job that was sent, in a random order."""
    made: list[dict[str, Any]] = []
    stack.results_made = made.extend
    stack.drop(_KEY, contacts(number))
    stack.line.run(lambda: len(made) == number)
    stack.chance.shuffle(made)
    return [json.dumps(each).encode() for each in made]
