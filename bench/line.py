"""A line of time, and how Lambda gathers what it hands to a function, as the template asks for it:
messages of a queue, and records of a shard of the table's stream.

https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-eventsourcemapping.html
"""

import random
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count
from typing import Any, cast

from checks.transform import deployed, transformed

# Batches that Lambda gathers of a queue at a time while little comes, unless its
# MaximumConcurrency is less.
POLLERS = 5
# Of a new table that is paid by request, each with a shard of the stream: it takes 4,000 writes a
# second, and a partition 1,000.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html
PARTITIONS = 4
_POLL = 0.25  # seconds between two reads of a shard


class Line:
    """Lets things happen in the order of their time, in seconds."""

    def __init__(self) -> None:
        self.now = 0.0
        self._due: list[tuple[float, int, Callable[[], object]]] = []
        self._numbers = count()

    def at(self, when: float, act: Callable[[], object]) -> None:
        """Let something happen, at once if its time has passed."""
        heappush(self._due, (max(when, self.now), next(self._numbers), act))

    def run(self, until: Callable[[], bool]) -> None:
        """Let things happen until `until` says so, or nothing is left."""
        while self._due and not until():
            self.now, _, act = heappop(self._due)
            act()


@dataclass(frozen=True)
class Gathering:
    """How an event source is read: so many items in a run, gathered for so many seconds at most,
    and by how many readers.
    """

    batch: int
    window: float
    readers: int = 1


def queue_of(function: str, event: str) -> Gathering:
    """How the template has a queue read."""
    asked = _mapping(function, event)
    most = asked.get("ScalingConfig", {}).get("MaximumConcurrency", POLLERS)
    window = asked.get("MaximumBatchingWindowInSeconds", 0)
    return Gathering(int(asked["BatchSize"]), float(window), min(POLLERS, int(most)))


def shard_of(function: str, event: str) -> Gathering:
    """How the template has each shard of the stream read."""
    asked = _mapping(function, event)
    window = float(asked["MaximumBatchingWindowInSeconds"])
    return Gathering(int(asked["BatchSize"]), window + _POLL)


def _mapping(function: str, event: str) -> Mapping[str, Any]:
    resource = deployed(transformed(), {})["Resources"][f"{function.title()}Function{event}"]
    return cast(Mapping[str, Any], resource["Properties"])


class Source:
    """What one event source has for a function.

    Args:
        line: of time.
        how: it is read.
        run: lets a reader's run have some items, and tells how many seconds that takes.
        chance: which of several readers is the first to see an item.
    """

    def __init__(
        self,
        line: Line,
        how: Gathering,
        run: Callable[[int, list[Any]], float],
        chance: random.Random,
    ) -> None:
        self._line, self._how, self._run, self._chance = line, how, run, chance
        self._waiting: deque[Any] = deque()
        self._gathered: list[list[Any]] = [[] for _ in range(how.readers)]
        self._busy: set[int] = set()
        self._rounds = [0] * how.readers

    @property
    def waiting(self) -> int:
        """The items that wait, or that somebody has."""
        return len(self._waiting) + sum(map(len, self._gathered)) + len(self._busy)

    def give(self, item: Any) -> None:
        """An item comes."""
        free = [reader for reader in range(self._how.readers) if reader not in self._busy]
        if free:
            self._take(self._chance.choice(free), item)
        else:
            self._waiting.append(item)

    def _take(self, reader: int, item: Any) -> None:
        gathered = self._gathered[reader]
        gathered.append(item)
        if len(gathered) >= self._how.batch:
            self._go(reader)
        elif len(gathered) == 1:
            this = self._rounds[reader]
            self._line.at(self._line.now + self._how.window, lambda: self._end(reader, this))

    def _end(self, reader: int, this: int) -> None:
        """The window of a round ends, unless it was full before."""
        if self._rounds[reader] == this:
            self._go(reader)

    def _go(self, reader: int) -> None:
        self._rounds[reader] += 1
        self._busy.add(reader)
        items, self._gathered[reader] = self._gathered[reader], []
        seconds = self._run(reader, items)
        self._line.at(self._line.now + seconds, lambda: self._free(reader))

    def _free(self, reader: int) -> None:
        self._busy.discard(reader)
        while self._waiting and reader not in self._busy:
            self._take(reader, self._waiting.popleft())
