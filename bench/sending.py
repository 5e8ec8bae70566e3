"""How well the five requests that the provider serves at a time are used while a job is sent: the
real use case, over an account in memory, in model time.

Each call takes as long as `TAKES` says, the provider as long as it is told; what the processor does
takes no time. A run of `submit` gets one message, and another follows once that is deleted.
"""

import heapq
import json
from collections import deque
from collections.abc import Callable, Iterable
from copy import deepcopy
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
from tests.simulation.dynamodb import DynamoDB, Item

A = TypeVar("A")
B = TypeVar("B")

TAKES = MappingProxyType({"table": 0.005, "bucket": 0.020, "queue": 0.010})  # seconds a call
LATENCIES = (0.3, 1, 3)  # seconds until the provider answers
SLOTS = 5  # requests that it serves at a time
BATCHES = 1_000
_THREADS = 8  # as many as `enrichment.parallel` has
_KEY = "incoming/email/leads.csv"


def counted(batches: int = BATCHES) -> dict[str, Any]:
    """What `results.json` has of it."""
    job = Job(batches)
    return {
        "batches": batches,
        "takes": dict(TAKES),
        "used": {str(latency): round(job.used(latency), 3) for latency in LATENCIES},
    }


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

    def taking(self, seconds: float, _: str, act: Callable[[], B]) -> B:
        """Make a call that takes so long."""
        self.wait(seconds)
        return act()

    def run(self) -> None:
        """Until nothing waits any more."""
        while self._due:
            self.now, _, task = heapq.heappop(self._due)
            task.switch()

    def _wake(self, task: greenlet, after: float = 0) -> None:
        heapq.heappush(self._due, (self.now + after, next(self._order), task))


class Queue:
    """SQS, in place of its client, with the runs of `submit` that take what is in it, one message
    each, `SLOTS` at a time.
    """

    def __init__(self, time: Time, submit: Callable[[str, int], Any]) -> None:
        self._time, self._submit = time, submit
        self._waiting: deque[tuple[str, int]] = deque()
        self._idle = SLOTS

    def send_message_batch(self, QueueUrl: str, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803, ARG002
        self._time.wait(TAKES["queue"])
        for entry in Entries:
            message = json.loads(entry["MessageBody"])
            self._waiting.append((message["job"], message["batch"]))
            if self._idle:
                self._idle -= 1
                self._time.begin(self._work)
        return {"Successful": Entries}

    def _work(self) -> None:
        while self._waiting:
            message = self._waiting.popleft()
            self._time.wait(TAKES["queue"])
            self._submit(*message)
            self._time.wait(TAKES["queue"])
        self._idle += 1


class _Account(InMemory):
    """An account that takes plans of any size."""

    def __init__(self, api_key: str, clock: Clock) -> None:
        super().__init__(api_key, clock)
        self.s3 = InParts(clock)


class _Timed(World):
    """A world whose clock goes with the model's time."""

    def __init__(self, time: Time, account: InMemory) -> None:
        self._time = time
        super().__init__(account=lambda *_: account, environment=REUSE)
        self.pipeline.in_parallel, self.pipeline.aside = time.side_by_side, time.aside

    def clock(self) -> int:
        return self.now + int(self._time.now)


class Job:
    """A job of so many batches, none of which was sent."""

    def __init__(self, batches: int) -> None:
        self._batches = batches
        with quiet():
            world = World(account=_Account, environment=REUSE)
            world.drop(_KEY, contacts(100 * batches))
        self._account: InMemory = world.account  # type: ignore[assignment]
        self._messages = world.messages.take()
        self._items: dict[tuple[str, str], Item] = self._account.dynamodb.items

    def used(self, latency: float) -> float:
        """The share of the time of all slots that is used while the job is sent, from its first
        message to the last answer.
        """
        time, answered, under_way = Time(), list[float](), list[httpx.Request]()
        table = DynamoDB(partial(time.taking, TAKES["table"]), lambda *_: None)
        table.items = deepcopy(self._items)
        self._account.dynamodb = table
        self._account.s3.guard = partial(time.taking, TAKES["bucket"])
        world = _Timed(time, self._account)

        def answer(request: httpx.Request) -> httpx.Response:
            under_way.append(request)
            if len(under_way) > SLOTS:
                raise RuntimeError("more requests are made at a time than the provider serves")
            time.wait(latency)
            under_way.remove(request)
            answered.extend([time.now] * (request.method == "POST"))
            return httpx.Response(202, json={})

        clients: Any = world.pipeline.clients
        clients.http = httpx.Client(transport=httpx.MockTransport(answer))
        clients.sqs = Queue(time, lambda *message: world.pipeline.submit.run(*message))
        with quiet():
            world.pipeline.submit_queue.send(self._messages)
            time.run()
        if len(answered) != self._batches:
            raise RuntimeError(f"{len(answered)} of {self._batches} batches were sent")
        return self._batches / SLOTS * latency / answered[-1]


if __name__ == "__main__":
    import sys

    print(counted(int(sys.argv[1])))
