"""Jobs go their way: a simulation of events, from the upload to the output.

Batches are followed one by one. Their results come by as many as a run of `webhook` takes, each of
these at a random time, which a seed decides.
"""

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from bench.scale.given import given
from bench.scale.stations import Door, Events, Partition, Runs, Station
from bench.scale.way import BATCH, MESSAGES, Way

T = TypeVar("T")


@dataclass
class Job:
    """A file on its way; times are in seconds since the model began. `seen` are the results that
    were told of each batch that is not complete.
    """

    number: int
    rows: int
    dropped_at: float
    planned_at: float = 0.0
    sent_at: float = 0.0  # the last batch was accepted
    answered_at: float = 0.0  # the last result was stored and counted
    output_at: float | None = None
    asked: int = 0  # batches, in the queue
    sent: int = 0
    settled: int = 0
    answered: int = 0  # rows
    seen: dict[int, int] = field(default_factory=dict)

    @property
    def batches(self) -> int:
        return -(-self.rows // BATCH)

    def size(self, number: int) -> int:
        """The contacts of a batch, which are counted from 0."""
        return min(BATCH, self.rows - number * BATCH)

    @property
    def seconds(self) -> float | None:
        """From the upload to the output."""
        return None if self.output_at is None else self.output_at - self.dropped_at


_Batch = tuple[Job, int]
_Results = tuple[Job, int, int, int]  # of a batch, some; and the partition where they lie


class Model:
    """A stack through which jobs go.

    Args:
        way: how long each step takes.
        dropped: the rows of each file, and when it is dropped.
        seed: of the times at which results come.
        lanes: batches of a job that may wait in the queue at a time, the next one of which is asked
            for when one was accepted; 0 for all.
    """

    def __init__(
        self, way: Way, dropped: Iterable[tuple[int, float]], seed: int = 1, lanes: int = 0
    ) -> None:
        self._lanes = lanes
        self.way, figures, aws = way, way.figures, given()["aws"]
        self.jobs = [Job(number, *each) for number, each in enumerate(dropped)]
        self.first_at, self.last_at = float("inf"), 0.0
        self.events, self.runs = Events(), Runs()
        self._chance = random.Random(seed)
        self._at_once = figures.at_once("webhook")
        self._submit = way.submit
        self._webhook = [way.webhook(some) for some in range(self._at_once + 1)]
        self._results = way.results
        self._side_by_side = figures.side_by_side("tally")
        self._units = {name: way.units(name) for name in ("submit", "tally")}
        self.partitions = [
            Partition(self.events, aws["partition_writes"]) for _ in range(aws["partitions"])
        ]
        self.door = Door(self.events, figures.door_rate, figures.door_burst)
        self.split = self._station("split", aws["runs"], self._splits, self._planned)
        self.submit = self._station("submit", figures.runs("submit"), self._sends, self._accepted)
        self.webhook = self._station("webhook", figures.runs("webhook"), self._stores, self._stored)
        self.compile = self._station("compile", aws["runs"], self._compiles, self._done)
        self.shards = [_Shard(self) for _ in range(aws["partitions"] * self._side_by_side)]

    def run(self) -> "Model":
        """Let all jobs go their way."""
        for job in self.jobs:
            self.events.at(job.dropped_at + self.way.seconds["told"], self.split.add, job)
        self.events.run()
        return self

    @property
    def span(self) -> float:
        """Seconds from the first batch that is sent to the last result that is counted."""
        return self.last_at - self.first_at

    def asking(self, rows: int) -> float:
        """Seconds that `split` takes to ask for a job's batches, as far as it does."""
        batches = -(-rows // BATCH)
        return self.way.sending(min(self._lanes or batches, batches))

    def partition(self, job: Job, number: int = -1) -> int:
        """Where a batch's results lie; by itself, where the job does."""
        return hash((job.number, number)) % len(self.partitions)

    def settle(self, job: Job) -> None:
        """One more batch of a job has all of its results."""
        self.partitions[self.partition(job)].write(self._units["tally"])
        job.settled += 1
        if job.settled == job.batches:
            job.answered_at = self.events.now
            self.events.at(self.events.now + self.way.seconds["start"], self.compile.add, job)

    def _station(
        self, name: str, servers: int, serve: Callable[[T], float], done: Callable[[T], None]
    ) -> Station[T]:
        return Station(self.events, self.runs, servers, serve, done, self.way.fresh(name))

    def _splits(self, job: Job) -> float:
        return sum(self.way.plan_runs(job.rows))

    def _planned(self, job: Job) -> None:
        job.planned_at = self.events.now
        firsts = min(self._lanes or job.batches, job.batches)
        for first in range(0, firsts, MESSAGES):
            at = self.events.now + self.way.sending(first)
            self.events.at(at, self._ask, job, range(first, min(first + MESSAGES, firsts)))

    def _ask(self, job: Job, numbers: Sequence[int]) -> None:
        job.asked += len(numbers)
        for number in numbers:
            self.submit.add((job, number))

    def _sends(self, batch: _Batch) -> float:
        job, number = batch
        self.first_at = min(self.first_at, self.events.now)
        people = job.size(number)
        others = self._units["submit"] - BATCH
        waits = [each.write(people / len(self.partitions)) for each in self.partitions]
        own = self.partitions[self.partition(job)].write(others)
        return self._submit + max(own, *waits)

    def _accepted(self, batch: _Batch) -> None:
        job, number = batch
        job.sent += 1
        if self._lanes and job.asked < job.batches:
            self._ask(job, [job.asked])
        if job.sent == job.batches:
            job.sent_at = self.events.now
        first, last = self._results
        size, now = job.size(number), self.events.now + self.way.seconds["door"]
        place = self.partition(job, number)
        for begin in range(0, size, self._at_once):
            results = job, number, min(self._at_once, size - begin), place
            self.events.at(now + self._chance.uniform(first, last), self._comes, results)

    def _comes(self, results: _Results) -> None:
        if self.door.takes(results[2]):
            self.webhook.add(results)

    def _stores(self, results: _Results) -> float:
        _, _, some, place = results
        return self._webhook[some] + self.partitions[place].write(some)

    def _stored(self, results: _Results) -> None:
        job, number, some, place = results
        job.answered += some
        self.shards[place + len(self.partitions) * (number % self._side_by_side)].add(results)

    def _compiles(self, job: Job) -> float:
        runs = self.way.compile_runs(job.rows)
        return sum(runs) + self.way.seconds["tick"] * (len(runs) - 1)

    def _done(self, job: Job) -> None:
        job.output_at = self.events.now


class _Shard:
    """A shard of the stream: one run of `tally` after the other counts what was stored."""

    def __init__(self, model: Model) -> None:
        self.busy, self.runs = 0.0, 0
        self._model, self._figures = model, model.way.figures
        self._most = self._figures.at_once("tally")
        self._told: list[_Results] = []
        self._count = 0
        self._is_busy = self._is_due = False

    def add(self, results: _Results) -> None:
        """Some results were stored."""
        self._told.append(results)
        self._count += results[2]
        if self._is_busy:
            return
        if not self._is_due:
            self._is_due = True
            self._later(self._figures.window("tally"))
        elif self._count >= self._most > self._count - results[2]:
            self._later(0)

    def _later(self, seconds: float) -> None:
        model = self._model
        model.events.at(model.events.now + model.way.seconds["stream"] + seconds, self._begin)

    def _begin(self) -> None:
        if self._is_busy or not self._told:
            return
        told, count = 0, 0
        while told < len(self._told) and count < self._most:
            count += self._told[told][2]
            told += 1
        taken, self._told = self._told[:told], self._told[told:]
        self._count -= count
        complete, looks = self._counted(taken)
        seconds = self._model.way.tally(looks / 2)
        self._is_busy, self._is_due = True, False
        self.busy += seconds
        self.runs += 1
        self._model.runs.begin()
        self._model.events.at(self._model.events.now + seconds, self._end, complete)

    def _counted(self, taken: list[_Results]) -> tuple[list[Job], int]:
        """The jobs of batches that are complete now, and how many looks at batches that took."""
        complete: list[Job] = []
        looks = 0
        for job, number, some, _ in taken:
            seen = job.seen.pop(number, 0)
            looks += seen == 0
            if seen + some < job.size(number):
                job.seen[number] = seen + some
            else:
                complete.append(job)
                looks += 1
        return complete, looks

    def _end(self, complete: list[Job]) -> None:
        self._is_busy = False
        self._model.runs.end()
        self._model.last_at = self._model.events.now
        for job in complete:
            self._model.settle(job)
        if self._told:
            self._is_due = True
            self._later(0 if self._count >= self._most else self._figures.window("tally"))
