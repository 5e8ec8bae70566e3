"""How long a small file waits behind large ones, by what hands out their batches: a model in which
only time passes, and the provider answers five requests at a time.

A run takes `OVERHEAD` seconds beside the provider's answers. Fair queues of SQS are modelled as
their documentation has them: a tenant is noisy that has more than a tenth of the messages in flight
and at least 30 of them, or that took more than a tenth of the consumers' time of late. Messages of
others come first then, and if all are noisy, those of the one with the fewest in flight. How late
*of late* is, it does not say, nor how soon it is noticed; here it is `_LATELY`, and at once.
"""

import heapq
import math
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable
from types import MappingProxyType
from typing import Any, NamedTuple

from bench.sending import LATENCIES, SLOTS
from enrichment.domain.lanes import firsts, lanes_for
from enrichment.usecases.submit import SubmitBatch

OVERHEAD = 0.1  # seconds of a run beside the provider's answers
LARGE = (10_000,)  # batches of each file that is dropped first
MANY = (500,) * 20
_SMALL = 2  # batches of the file that is dropped last
_AFTER = 60  # seconds after the first ones
_LATELY = 300  # seconds
_SHARE, _IN_FLIGHT = 0.1, 30


class Batch(NamedTuple):
    """What a message asks for: a batch of a job, which has so many."""

    job: int
    number: int
    of: int


class OneQueue:
    """A message for each batch, the oldest first."""

    slots = SLOTS

    def __init__(self, latency: float) -> None:
        self.latency = latency
        self.waiting: deque[Batch] = deque()

    def put(self, job: int, batches: int) -> None:
        """A file is dropped that has so many batches."""
        self.waiting += (Batch(job, number, batches) for number in range(1, batches + 1))

    def take(self, now: float) -> Batch | None:  # noqa: ARG002
        """The next message; None while there is none."""
        return self.waiting.popleft() if self.waiting else None

    def lasts(self, batch: Batch) -> float:  # noqa: ARG002
        """Seconds that a run takes."""
        return OVERHEAD + self.latency

    def done(self, batch: Batch, began: float, now: float, /) -> None:
        """A run has ended."""


class Fair(OneQueue):
    """A fair queue of SQS, with both of its rules."""

    counts_time = True

    def __init__(self, latency: float) -> None:
        super().__init__(latency)
        self.tenants: dict[int, deque[Batch]] = {}
        self.in_flight: Counter[int] = Counter()
        self.took: deque[tuple[float, int, float]] = deque()
        self.seconds: defaultdict[int, float] = defaultdict(float)  # of what took time of late

    def put(self, job: int, batches: int) -> None:
        super().put(job, batches)
        self.tenants[job], self.waiting = self.waiting, deque()

    def take(self, now: float) -> Batch | None:
        waiting = [job for job, batches in self.tenants.items() if batches]
        if not waiting:
            return None
        noisy = self._noisy(now)
        # The oldest message of those who are quiet is that of who came first.
        quiet = [job for job in waiting if job not in noisy]
        job = quiet[0] if quiet else min(waiting, key=lambda each: self.in_flight[each])
        self.in_flight[job] += 1
        return self.tenants[job].popleft()

    def done(self, batch: Batch, began: float, now: float, /) -> None:
        self.in_flight[batch.job] -= 1
        self.took.append((now, batch.job, now - began))
        self.seconds[batch.job] += now - began

    def _noisy(self, now: float) -> set[int]:
        while self.took and self.took[0][0] < now - _LATELY:
            _, job, seconds = self.took.popleft()
            self.seconds[job] -= seconds
        of_all = sum(self.seconds.values()) if self.counts_time else math.inf
        slow = {job for job, seconds in self.seconds.items() if seconds > _SHARE * of_all}
        flying = self.in_flight.total()
        many = {
            job
            for job, number in self.in_flight.items()
            if number >= _IN_FLIGHT and number > _SHARE * flying
        }
        return slow | many


class FairByNumbers(Fair):
    """A fair queue with its first rule alone."""

    counts_time = False


class Classes(OneQueue):
    """A queue of its own for files of up to ten batches. An event source has two runs at a time at
    least, so large files have three.
    """

    slots = SLOTS - 2

    def put(self, job: int, batches: int) -> None:
        if batches > 10:
            super().put(job, batches)
        else:  # two runs are idle, and begin with it
            self.waiting.extendleft([Batch(job, 1, 1)])


class Lanes(OneQueue):
    """A few messages of each file, and a run goes on with its lane for a turn."""

    def put(self, job: int, batches: int) -> None:
        self.waiting += (Batch(job, number, batches) for number in self._firsts(batches))

    def lasts(self, batch: Batch) -> float:
        return OVERHEAD + self.latency * len(self._sent(batch))

    def done(self, batch: Batch, *_: float) -> None:
        number = self._sent(batch)[-1] + lanes_for(SLOTS)
        if number <= batch.of:
            self.waiting.append(batch._replace(number=number))

    def _firsts(self, batches: int) -> Iterable[int]:
        return firsts(lanes_for(SLOTS), batches)

    def _sent(self, batch: Batch) -> range:
        """The batches that a run sends."""
        most = 1 + int(SubmitBatch.turn // self.latency)
        lane = range(batch.number, batch.of + 1, lanes_for(SLOTS))
        return lane[:most]


POLICIES: MappingProxyType[str, Callable[[float], OneQueue]] = MappingProxyType(
    {
        "one queue, a message a batch": OneQueue,
        "fair queue of SQS, by messages in flight": FairByNumbers,
        "fair queue of SQS, also by time": Fair,
        "a queue for small files": Classes,
        "lanes": Lanes,
    }
)


def wait(policy: OneQueue, ahead: Iterable[int], after: float = _AFTER) -> float:
    """Seconds from when a small file is dropped until its first batch is sent."""
    ends: list[tuple[float, int, Batch, float]] = []
    small, now, begun = 0, 0.0, 0
    for small, batches in enumerate(ahead, start=1):
        policy.put(small, batches)
    small += 1
    is_dropped = False
    while True:
        while len(ends) < policy.slots and (batch := policy.take(now)):
            if batch.job == small:
                return now + OVERHEAD + policy.latency - after
            begun += 1
            heapq.heappush(ends, (now + policy.lasts(batch), begun, batch, now))
        if not is_dropped and (not ends or ends[0][0] >= after):
            now, is_dropped = after, True
            policy.put(small, _SMALL)
            continue
        now, _, batch, began = heapq.heappop(ends)
        policy.done(batch, began, now)


def share(policy: OneQueue) -> float:
    """The share of the time of all requests that a large file alone can use."""
    policy.put(1, *LARGE)
    batch = policy.take(0)
    if batch is None:
        raise RuntimeError("nothing waits")
    lasts = policy.lasts(batch)
    return policy.slots / SLOTS * (1 - OVERHEAD / lasts)


def counted() -> dict[str, Any]:
    """What `results.json` has of it."""
    return {
        name: {
            "one": [round(wait(kind(latency), LARGE), 1) for latency in LATENCIES],
            "many": [round(wait(kind(latency), MANY), 1) for latency in LATENCIES],
            "used": [round(share(kind(latency)), 3) for latency in LATENCIES],
        }
        for name, kind in POLICIES.items()
    }


if __name__ == "__main__":
    for name, found in counted().items():
        print(name, found)
