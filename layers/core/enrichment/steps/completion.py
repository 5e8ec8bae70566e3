"""Noticing that nothing more is awaited, and starting the compilation then, once."""

from collections.abc import Mapping
from dataclasses import dataclass

from enrichment.adapters.starter import CompileStarter
from enrichment.clock import Clock
from enrichment.domain.batch import Batch, BatchState
from enrichment.domain.job import UNDER_WAY, WRITTEN, Job
from enrichment.logs import about, logger
from enrichment.steps.settlement import SettleBatch
from enrichment.store.batches import Batches
from enrichment.store.jobs import Jobs
from enrichment.store.results import Came, Results


@dataclass(frozen=True)
class Completion:
    """Takes batches and jobs on when what they waited for has come.

    Every step may be repeated at any time.
    """

    jobs: Jobs
    batches: Batches
    results: Results
    settle: SettleBatch
    compile_starter: CompileStarter
    clock: Clock

    def recount(self, job: Job, batch: Batch) -> int:
        """Look at a batch's results: settle what they cost, also where some are missing, and
        complete it when all are there.

        Returns:
            How many results the batch has.
        """
        if batch.state is BatchState.COMPLETE:
            return batch.size
        batch, results = self._look(job, batch)
        if len(results) < batch.size and self.settle.is_due(batch, _own(results)):
            self.settle.run(job, batch, results)
        return self._taken_on(job, batch, results)

    def complete(self, job: Job, batch: Batch) -> int:
        """Look at a batch's results, and settle and complete it when all are there: for as long as
        they come, that is once.

        Returns:
            How many results the batch has.
        """
        if batch.state is BatchState.COMPLETE:
            return batch.size
        return self._taken_on(job, *self._look(job, batch))

    def _look(self, job: Job, batch: Batch) -> tuple[Batch, Mapping[int, Came]]:
        """A batch with its results. One that an operator had sent again, and that was not yet, is
        as it was before if there are some.
        """
        results = self.results.of(batch)
        is_planned = batch.state is BatchState.PLANNED
        if is_planned and _own(results) and self.batches.take_back(batch):
            batch = self.batches.get(job, batch.number) or batch
        return batch, results

    def _taken_on(self, job: Job, batch: Batch, results: Mapping[int, Came]) -> int:
        """Any result at all proves that the batch was accepted, unless it came for another row:
        then nothing of the batch is sent, and all of its people are known.
        """
        own = _own(results)
        if len(results) >= batch.size:
            ends = self.settle.run(job, batch, results) if own else self._end_known(job, batch)
            if ends:
                self.finish_if_complete(batch.job)
        elif own and batch.state is BatchState.UNKNOWN:
            self.batches.move(batch, BatchState.ACCEPTED, accepted_at=self.clock())
        return len(results)

    def _end_known(self, job: Job, batch: Batch) -> bool:
        return self.batches.end_unsent(job, batch, BatchState.COMPLETE, self.clock(), known=True)

    def finish_if_complete(self, job_id: str) -> None:
        """Start compiling a job whose batches are all settled, as read consistently, or that was
        cancelled: what it still awaits is added to its answer.
        """
        job = self.jobs.get(job_id)
        if job is None or job.state not in UNDER_WAY:
            return
        if job.settled >= job.batches or job.cancelled_at is not None:
            self.compile(job)

    def compile(self, job: Job, given_up: bool = False) -> bool:
        """Take the one step to COMPILING and start the compilation.

        Args:
            job: it may have been read some time ago: batches that are all settled stay so.
            given_up: whether an operator ends the job with it.

        Returns:
            False if somebody has done so.
        """
        whole = job.settled >= job.batches
        ended = {"given_up": True} if given_up else {}
        # An operator may have it send again since it was read, and then there is more to wait for.
        alike = WRITTEN if job.state in WRITTEN else UNDER_WAY
        if not self.jobs.begin_compiling(job.id, self.clock(), whole, only_from=alike, **ended):
            return False
        with about(job.id):
            logger.info("to be written", extra={"whole": whole})
        self.compile_starter.start(job.id)
        return True

    def compile_again(self, job: Job) -> bool:
        """Start the compilation of a job that failed; False if it did not fail."""
        if not self.jobs.compile_again(job.id, self.clock()):
            return False
        self.compile_starter.start(job.id)
        return True


def _own(results: Mapping[int, Came]) -> int:
    """How many results did not come for other rows."""
    return sum(came.origin is None for came in results.values())
