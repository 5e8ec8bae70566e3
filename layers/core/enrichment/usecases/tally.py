"""Stored results are counted by batch, as the table's stream tells of them."""

from collections.abc import Iterable
from dataclasses import dataclass

from enrichment.adapters.metrics import Metrics
from enrichment.clock import Clock
from enrichment.domain.batch import BatchState
from enrichment.domain.job import UNDER_WAY, Job
from enrichment.domain.metric import Metric
from enrichment.logs import about, logger
from enrichment.steps.completion import Completion
from enrichment.store.batches import Batches
from enrichment.store.jobs import Jobs

_NOTED_EACH = 60  # seconds


@dataclass(frozen=True)
class TallyResults:
    """Learns of new results and completes what they complete.

    A record that is lost is made up for by the sweeper.
    """

    jobs: Jobs
    batches: Batches
    completion: Completion
    metrics: Metrics
    clock: Clock

    def run(self, batches: Iterable[tuple[str, int]]) -> None:
        """Recount the batches (job, number) that got results; one named twice is counted once.

        A result for a job or batch that the table does not know stays stored; it is counted, and
        somebody must look at it.
        """
        for job_id, number in sorted(set(batches)):
            with about(job_id):
                self._recount(job_id, number)

    def _recount(self, job_id: str, number: int) -> None:
        job = self.jobs.get(job_id)
        batch = self.batches.get(job, number) if job else None
        if job is None or batch is None:
            logger.warning("stray result", extra={"batch": number})
            self.metrics.count(Metric.STRAY)
            return
        if job.state in UNDER_WAY:
            self._note_time(job)
        elif not (job.whole and batch.state is BatchState.COMPLETE):
            self.jobs.note_late_result(job.id, self.clock())
        # else the output has all results of the batch: this is an old record, and no news
        self.completion.recount(job, batch)

    def _note_time(self, job: Job) -> None:
        """Note that a result came, once a minute and job: each write would be one to a hot item."""
        now = self.clock()
        if now - (job.last_result_at or 0) >= _NOTED_EACH:
            self.jobs.change(job.id, last_result_at=now)
