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

    def recount(self, batch: Batch) -> int:
        """Count a batch's results; complete it when all are there. Any result at all proves that it was accepted.

        Returns:
            How many results the batch has.
        """
        results = self.table.count_results(batch)
        if results >= batch.size:
            if self.table.settle_batch(batch, BatchState.COMPLETE):
                self.finish_if_complete(batch.job)
        elif results and batch.state is BatchState.UNKNOWN:
            self.table.move_batch(batch, BatchState.ACCEPTED, accepted_at=self.clock())
        return results

    def finish_if_complete(self, job_id: str) -> None:
        """Start compiling a running job whose batches are all settled, as read consistently."""
        job = self.table.job(job_id)
        if job and job.state is JobState.RUNNING and job.settled >= job.batches:
            self.compile(job)

    def compile(self, job: Job) -> bool:
        """Take the one step to COMPILING and start the compilation; False if somebody has done so."""
        if not self.table.compile_job(job.id, self.clock()):
            return False
        self.starter.compile(job.id)
        return True
