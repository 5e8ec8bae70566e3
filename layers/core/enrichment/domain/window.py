"""What one window of the table's stream has told of results so far.

All results of a batch lie in one partition, so that one shard of the stream tells of them, in
order. How many are to come until the batch may be complete is therefore counted without a look at
the table. A count may be too high, where a record came twice, and is gone when the window ends: a
batch is only ever completed by a look at its results.

https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-windows.html
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# Batches of which a window knows how many results are to come; Lambda ends a window early whose
# state has more than 1 MB, and one batch takes some 16 bytes.
MOST_BATCHES = 20_000


@dataclass
class OfJob:
    """What a window knows of one job.

    `looked_at` is when its item was read, and `settled_at` when batches that are not complete were
    looked at, in epoch seconds. `left` are the results that each batch is to get until it may be
    complete, by its number; 0 where it is complete.
    """

    looked_at: int = 0
    settled_at: int = 0
    left: dict[int, int] = field(default_factory=dict)

    def count(self, number: int, results: int) -> bool:
        """Count new results of a batch; whether it has to be looked at: it may be complete, or
        nothing is known of it.
        """
        if number not in self.left:
            return True
        if self.left[number] == 0:
            return False
        self.left[number] = max(0, self.left[number] - results)
        return self.left[number] == 0

    def forget_incomplete(self) -> list[int]:
        """The batches that are not complete, of which nothing is known from here on."""
        incomplete = sorted(number for number, left in self.left.items() if left)
        for number in incomplete:
            del self.left[number]
        return incomplete


@dataclass
class Window:
    """What a window knows, by job."""

    jobs: dict[str, OfJob] = field(default_factory=dict)

    def of(self, job: str) -> OfJob:
        return self.jobs.setdefault(job, OfJob())

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> "Window":
        """What the run before left; nothing is known at the beginning."""
        return cls(
            {
                job: OfJob(looked_at, settled_at, {int(number): n for number, n in left.items()})
                for job, (looked_at, settled_at, left) in state.items()
            }
        )

    def state(self) -> dict[str, Any]:
        """What to leave to the next run, as JSON has it; less where that would be too much."""
        if sum(len(known.left) for known in self.jobs.values()) > MOST_BATCHES:
            return {}
        return {
            job: [
                known.looked_at,
                known.settled_at,
                {str(n): left for n, left in known.left.items()},
            ]
            for job, known in self.jobs.items()
        }
