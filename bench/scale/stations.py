"""What queues are made of: a clock of events, and stations that serve what comes to them."""

from collections import deque
from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Events:
    """What happens, in the order of its time. `now` is in seconds."""

    def __init__(self) -> None:
        self.now = 0.0
        self._due: list[tuple[float, int, Callable[..., None], tuple[Any, ...]]] = []
        self._order = count()

    def at(self, time: float, act: Callable[..., None], *given: Any) -> None:
        """Let something happen; of what has the same time, what was asked for first."""
        heappush(self._due, (time, next(self._order), act, given))

    def run(self) -> None:
        """Let all happen."""
        while self._due:
            self.now, _, act, given = heappop(self._due)
            act(*given)


class Runs:
    """Runs of all functions: how many there are, and were at most at once."""

    def __init__(self) -> None:
        self.now = self.most = 0

    def begin(self) -> None:
        self.now += 1
        self.most = max(self.most, self.now)

    def end(self) -> None:
        self.now -= 1


class Station(Generic[T]):
    """Runs of a function, some at a time, that take what waits in the order in which it came.

    Args:
        events: the clock.
        runs: of all functions.
        servers: runs at a time.
        serve: how long one takes, asked when it begins.
        done: what follows.
        fresh: what the first run of each server takes longer.
    """

    def __init__(
        self,
        events: Events,
        runs: Runs,
        servers: int,
        serve: Callable[[T], float],
        done: Callable[[T], None],
        fresh: float = 0.0,
    ) -> None:
        self.busy = self.longest_wait = 0.0
        self.served = self.most_waiting = 0
        self.servers = servers
        self._events, self._runs, self._serve, self._done = events, runs, serve, done
        self._idle, self._cold, self._fresh = servers, servers, fresh
        self._waiting: deque[tuple[float, T]] = deque()

    def add(self, item: T) -> None:
        """Something comes."""
        if self._idle:
            self._begin(self._events.now, item)
        else:
            self._waiting.append((self._events.now, item))
            self.most_waiting = max(self.most_waiting, len(self._waiting))

    def _begin(self, came: float, item: T) -> None:
        self._idle -= 1
        self._runs.begin()
        now = self._events.now
        self.longest_wait = max(self.longest_wait, now - came)
        seconds = self._serve(item)
        if self._cold:
            self._cold -= 1
            seconds += self._fresh
        self.busy += seconds
        self.served += 1
        self._events.at(now + seconds, self._end, item)

    def _end(self, item: T) -> None:
        self._idle += 1
        self._runs.end()
        if self._waiting:
            self._begin(*self._waiting.popleft())
        self._done(item)


class Door:
    """Lets through so many a second in the long run, and so many at once; refuses the others."""

    def __init__(self, events: Events, rate: float, burst: float) -> None:
        self.refused = 0
        self.fullest = 0.0  # share of what it takes at once
        self._events, self._rate, self._burst = events, rate, burst
        self._level = self._at = 0.0

    def takes(self, number: int) -> bool:
        """Whether so many that come now are let through."""
        now = self._events.now
        self._level = max(0.0, self._level - (now - self._at) * self._rate)
        self._at = now
        if self._level + number > self._burst:
            self.refused += number
            return False
        self._level += number
        self.fullest = max(self.fullest, self._level / self._burst)
        return True


class Partition:
    """A part of the table, which writes so many units a second; the next ones wait."""

    def __init__(self, events: Events, rate: float) -> None:
        self.busy = 0.0
        self._events, self._rate, self._free_at = events, rate, 0.0

    def write(self, units: float) -> float:
        """Write units; how long they wait."""
        now = self._events.now
        wait = max(0.0, self._free_at - now)
        self.busy += units / self._rate
        self._free_at = now + wait + units / self._rate
        return wait
