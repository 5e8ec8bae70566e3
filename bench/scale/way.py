"""How long each step of a job takes, of what was measured, what the template says and what is told.

CPU time is stretched where a function has less than a processor; a vCPU of Lambda is taken to be as
fast as the one that was measured.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.scale.figures import Figures
from bench.scale.given import given
from enrichment.adapters.bucket import PART
from enrichment.parallel import AT_ONCE
from enrichment.steps.outcomes import RESERVE
from enrichment.steps.unfinished import SPARE
from enrichment.usecases.submit import SubmitBatch

BATCH = 100  # contacts; all rows are sent
_NO_CALLS = frozenset({"cpu", "reads", "writes"})
# CPU seconds that a run takes for each row which the run before planned, see docs/performance.md.
_PLANNED_BEFORE = 4e-6
MESSAGES = 10  # in one call to SQS
_PER_TRANSACTION = 100  # batches


@dataclass(frozen=True)
class Way:
    """The times of the steps, in seconds.

    Args:
        figures: of the template.
        work: what each function does, as `work.counted` has it.
        sizes: what `split` and `compile` took of real files, by their rows, as `files.measured` has
            it.
        starting: how functions begin, as `bench.starting` measures it.
        post: seconds until the provider accepts a batch.
        seconds: latencies by kind of call, in place of those that are told.
    """

    figures: Figures
    work: Mapping[str, Any]
    sizes: Mapping[str, Any]
    starting: Mapping[str, Any]
    post: float
    seconds: Mapping[str, float] = field(default_factory=lambda: given()["seconds"])
    results: Sequence[float] = field(default_factory=lambda: given()["provider"]["results"])
    processor: float | None = None  # the share that each function has, where it is not Lambda's

    def share(self, function: str) -> float:
        """The share of a processor that a function has: it works in one thread."""
        if self.processor is not None:
            return self.processor
        return float(min(1.0, self.figures.memory(function) / given()["aws"]["vcpu_megabytes"]))

    def fresh(self, function: str) -> float:
        """Until a new process of a function takes its first event."""
        begin = self.starting["functions"][function]["seconds"]
        return float(self.seconds["fresh"] + begin / self.share(function))

    def plan_runs(self, rows: int) -> list[float]:
        """The runs of `split` over a file, without what they send."""
        moved = rows * (self._bytes("file") + self._bytes("plan"))
        each = self._cpu("split", rows) / self.share("split") + self._moving(moved) / rows
        each += self.seconds["transact"] / _PER_TRANSACTION / BATCH
        runs: list[float] = []
        planned = 0.0
        most = self.figures.timeout("split") - SPARE
        while True:  # what was planned costs less than a tenth of what is new
            begin = self._waits("split") + planned * _PLANNED_BEFORE / self.share("split")
            left = (rows - planned) * each
            if begin + left <= most:
                return [*runs, begin + left]
            runs.append(float(most))
            planned += (most - begin) / each

    def sending(self, batches: int) -> float:
        """What `split` takes to ask for batches."""
        return self.seconds["send"] * -(-batches // MESSAGES)

    @property
    def submit(self) -> float:
        """A batch of a run that goes on with its lane. While one is sent, the one before is
        recorded and the next is taken, in two threads; a run's beginning and end fall on each of
        its batches.

        People are entered in several threads, which share the processor.
        """
        batch = self.work["submit"]["batch"]
        entered = batch["put"] * self.seconds["put"]
        waits = self._waits("submit", "batch") - entered + entered / AT_ONCE
        beside = self._works("submit", "batch") + waits
        each = max(self.post, beside)
        return float(each + (self.seconds["polled"] + beside) / math.ceil(SubmitBatch.turn / each))

    def webhook(self, results: int) -> float:
        """A run that stores so many results, some at a time."""
        cpu = self.starting["later"]["seconds"] / self.share("webhook")
        rounds = -(-results // AT_ONCE)
        return float(self.seconds["polled"] + results * cpu + rounds * self.seconds["put"])

    def tally(self, batches: float) -> float:
        """A run that looks at so many batches; each is looked at twice."""
        return batches * (self._works("tally", "batch") + self._waits("tally", "batch"))

    def compile_runs(self, rows: int) -> list[float]:
        """The runs of `compile` over a job. What one has read the next one finds in its notes, but
        it writes anew.

        Raises:
            RuntimeError: writing does not fit into one run, so that the job fails.
        """
        written = self._cpu("compile", rows) / self.share("compile")
        written += self._moving(rows * self._bytes("file") * 2) / rows
        read = self.seconds["query"] / BATCH
        runs: list[float] = []
        noted = 0.0
        most = self.figures.timeout("compile") - RESERVE
        if rows * written > most:
            raise RuntimeError("no run has the time to write the output")
        while True:
            begin = self._waits("compile") + noted * written
            left = (rows - noted) * (written + read)
            if begin + left <= most:
                return [*runs, begin + left]
            runs.append(float(most))
            noted += (most - begin) / (written + read)

    def writing(self, rows: int) -> float:
        """What `compile` takes when all results are noted: that has to fit into one run."""
        moved = self._moving(rows * self._bytes("file") * 2)
        return rows * self._cpu("compile", rows) / self.share("compile") + moved

    def parts(self, rows: int) -> int:
        """Parts of the larger object of a job, which is its plan."""
        return int(-(-rows * self._bytes("plan") // PART))

    def megabytes(self, rows: int) -> float:
        """The size of a file."""
        return rows * self._bytes("file") / 1e6

    def units(self, function: str) -> float:
        """Units that each batch writes."""
        return float(self.work[function]["batch"].get("writes", 0))

    def _cpu(self, function: str, rows: int) -> float:
        """Seconds a row: those of the next larger file that was measured, or of the largest."""
        known = sorted(map(int, self.sizes))
        size = next((size for size in known if size >= rows), known[-1])
        return float(self.sizes[str(size)][function]["seconds"] / size)

    def _bytes(self, what: str) -> float:
        """Bytes a row of a file or its plan."""
        largest = max(map(int, self.sizes))
        return float(self.sizes[str(largest)][what] / largest)

    def _moving(self, moved: float) -> float:
        """What it takes to move bytes from and to S3."""
        return float(moved / 1e6 / given()["aws"]["megabytes_a_second"])

    def _waits(self, function: str, part: str = "job") -> float:
        """What the calls of a function wait for their answers."""
        return math.fsum(
            number * self.seconds[kind]
            for kind, number in self.work[function][part].items()
            if kind not in _NO_CALLS
        )

    def _works(self, function: str, part: str) -> float:
        """The CPU time of a function, with that which each of its calls takes, as stretched."""
        took = self.work[function][part]
        calls = sum(number for kind, number in took.items() if kind not in _NO_CALLS)
        each = self.starting["later"]["floor"]
        return float((took.get("cpu", 0) + calls * each) / self.share(function))
