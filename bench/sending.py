"""How well the five requests that the provider serves at a time are used while a job is sent: the
real use case, over an account in memory, in simulated time.

Each call takes as long as `TAKES` says, the provider as long as it is told; what the processor does
takes no time. As on AWS, each run of `submit` gets a message and is not done before it is deleted.
"""

import heapq
from collections import deque
from collections.abc import Callable, Iterable
from functools import partial
from itertools import count
from types import MappingProxyType
from typing import Any, TypeVar

import httpx
from greenlet import getcurrent, greenlet

from bench.watching import InParts, quiet
from enrichment.clock import Clock
from tests.functional.accounts import InMemory
from tests.functional.world import REUSE, World, contacts

A = TypeVar("A")
B = TypeVar("B")

TAKES = MappingProxyType({"table": 0.005, "bucket": 0.020, "queue": 0.010})  # seconds a call
LATENCIES = (0.3, 1, 3)  # seconds that the provider takes to answer
SLOTS = 5  # requests that it serves at a time
BATCHES = 1_000
_THREADS = 8  # of `enrichment.parallel`
_KEY = "incoming/email/leads.csv"


class Time:
    """Model time: who waits, goes on once it has come. `now` is in seconds."""

    def __init__(self) -> None:
        self.now = 0.0
        self._hub = getcurrent()
        self._due: list[tuple[float, int, greenlet]] = []
        self._order = count()

    def begin(self, run: Callable[[], Any]) -> None:
        """Let something run from now on."""
        self._wake(greenlet(run, self._hub))

    def wait(self, seconds: float) -> None:
        """Go on so many seconds later; at once outside of all runs."""
        if getcurrent() is not self._hub:
            self._wake(getcurrent(), seconds)
            self._hub.switch()

    def aside(self, call: Callable[[], B]) -> Callable[[], B]:
        """Begin a call; what waits for its result."""
        ended: list[B] = []
        waiting: list[greenlet] = []

        def run() -> None:
            ended.append(call())
            for each in waiting:
                self._wake(each)

        def result() -> B:
            if not ended:
                waiting.append(getcurrent())
                self._hub.switch()
            return ended[0]

        self.begin(run)
        return result

    def side_by_side(self, call: Callable[[A], B], items: Iterable[A]) -> list[B]:
        """Some calls at a time, as threads make them."""
        left, found = deque(enumerate(items)), dict[int, B]()

        def work() -> None:
            while left:
                at, item = left.popleft()
                found[at] = call(item)

        for thread in [self.aside(work) for _ in range(min(_THREADS, len(left)))]:
            thread()
        return [found[at] for at in sorted(found)]

    def run(self) -> None:
        """Until nothing waits any more."""
        while self._due:
            self.now, _, task = heapq.heappop(self._due)
            task.switch()

    def _wake(self, task: greenlet, after: float = 0) -> None:
        heapq.heappush(self._due, (self.now + after, next(self._order), task))


class _Account(InMemory):
    """An account that takes plans of any size."""

    def __init__(self, api_key: str, clock: Clock) -> None:
        super().__init__(api_key, clock)
        self.s3 = InParts(clock)


class Queue:
    """SQS, with the runs of `submit` that take what is in it, `SLOTS` at a time."""

    def __init__(self, time: Time, submit: Callable[[str, int], Any]) -> None:
        self._time, self._submit = time, submit
        self._waiting: deque[tuple[str, int]] = deque()
        self._idle = SLOTS

    def add(self, message: tuple[str, int]) -> None:
        """A message is there."""
        self._waiting.append(message)
        if self._idle:
            self._idle -= 1
            self._time.begin(self._work)

    def _work(self) -> None:
        while self._waiting:
            message = self._waiting.popleft()
            self._time.wait(TAKES["queue"])
            self._submit(*message)
            self._time.wait(TAKES["queue"])
        self._idle += 1


def used(latency: float, batches: int, reuse: bool = True) -> float:
    """The share of the time of five requests that is used while a job of so many batches is sent,
    from its first message to the last answer.
    """
    with quiet():
        world = World(account=_Account, environment=REUSE if reuse else {})
        world.drop(_KEY, contacts(100 * batches))
        messages = world.messages.take()
        time = Time()
        for client, service in ((world.dynamodb, "table"), (world.s3, "bucket")):
            client.guard = partial(_taking, time, TAKES[service])
        answered: list[float] = []
        posts = world.provider

        def answer(request: httpx.Request) -> httpx.Response:
            time.wait(latency)
            response = posts(request)
            answered.append(time.now)
            return response

        world.pipeline.provider._client = httpx.Client(transport=httpx.MockTransport(answer))
        world.pipeline.in_parallel = time.side_by_side
        world.pipeline.people.__dict__["in_parallel"] = time.side_by_side
        queue = Queue(time, world.pipeline.submit.run)
        for message in messages:
            queue.add(message)
        time.run()
        print(
            batches,
            latency,
            reuse,
            len(answered),
            time.now,
            (answered[-1] / (batches / SLOTS)) - latency,
        )
        return batches / SLOTS * latency / answered[-1]


def _taking(time: Time, seconds: float, _: str, act: Callable[[], Any]) -> Any:
    time.wait(seconds)
    return act()


if __name__ == "__main__":
    import sys

    for reuse in (False, True):
        for latency in LATENCIES:
            print(latency, round(100 * used(latency, int(sys.argv[1]), reuse), 1))
