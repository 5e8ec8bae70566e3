"""Noticing that nothing more is awaited, and starting the compilation then, once."""

from collections.abc import Callable
from dataclasses import dataclass

from enrichment.adapters.functions import Starter
from enrichment.adapters.table import JobTable
from enrichment.domain.batch import Batch, BatchState
from enrichment.domain.job import Job, JobState

Clock = Callable[[], int]
"""The time in epoch seconds."""


@dataclass(frozen=True)
class Completion:
    """Takes batches and jobs on when what they waited for has come. Every step may be repeated at any time."""

    table: JobTable
    starter: Starter
    clock: Clock

    def recount(self, batch: Batch) -> None:
        """Count a batch's results; complete it when all are there. Any result at all proves that it was accepted."""
        results = self.table.count_results(batch)
        if results >= batch.size:
            if self.table.settle_batch(batch, BatchState.COMPLETE):
                self.finish_if_complete(batch.job)
        elif results and batch.state is BatchState.UNKNOWN:
            self.table.move_batch(batch, BatchState.ACCEPTED, accepted_at=self.clock())

    def finish_if_complete(self, job_id: str) -> None:
        """Start compiling a running job that awaits nothing any more, as read consistently."""
        job = self.table.job(job_id)
        if job and job.state is JobState.RUNNING and self._awaits_nothing(job):
            self.finish(job)

    def finish(self, job: Job) -> None:
        """Take the one step to COMPILING and start the compilation; nothing if somebody has done so."""
        if self.table.move_job(job.id, JobState.COMPILING, compile_asked_at=self.clock()):
            self.starter.compile(job.id)

    def _awaits_nothing(self, job: Job) -> bool:
        if job.settled >= job.batches:
            return True
        if job.halt is None:
            return False
        # A halted job sends nothing more, so its planned batches are not waited for.
        waiting = {BatchState.SENDING, BatchState.UNKNOWN, BatchState.ACCEPTED}
        return not any(batch.state in waiting for batch in self.table.batches(job))
