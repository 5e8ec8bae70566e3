"""Stored results are counted by batch, as the table's stream tells of them."""

from collections.abc import Iterable
from dataclasses import dataclass

from enrichment.adapters.metrics import Metrics
from enrichment.adapters.table import JobTable
from enrichment.domain.job import JobState
from enrichment.usecases.completion import Completion


@dataclass(frozen=True)
class TallyResults:
    """Learns of new results and completes what they complete. A record that is lost is made up for by the sweeper."""

    table: JobTable
    completion: Completion
    metrics: Metrics

    def run(self, batches: Iterable[tuple[str, int]]) -> None:
        """Recount the batches (job, number) that got results; a batch named twice is counted once.

        A result for a job or batch that the table does not know stays stored; it is counted, and somebody must look at it.
        """
        for job_id, number in sorted(set(batches)):
            job = self.table.job(job_id)
            batch = self.table.batch(job, number) if job else None
            if job is None or batch is None:
                self.metrics.count("StrayResults")
                continue
            if job.state is not JobState.RUNNING:
                self.table.note_late_result(job.id, self.completion.clock())
            self.completion.recount(batch)
