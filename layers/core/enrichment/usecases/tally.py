"""Stored results are counted by batch, as the table's stream tells of them."""

from collections.abc import Iterable
from dataclasses import dataclass

from enrichment.adapters.table import JobTable
from enrichment.domain.job import JobState
from enrichment.usecases.completion import Completion


@dataclass(frozen=True)
class TallyResults:
    """Learns of new results and completes what they complete. A record that is lost is made up for by the sweeper."""

    table: JobTable
    completion: Completion

    def run(self, batches: Iterable[tuple[str, int]]) -> None:
        """Recount the batches (job, number) that got results; the same one is counted once."""
        for job_id, number in sorted(set(batches)):
            job = self.table.job(job_id)
            if job is None or job.state is not JobState.RUNNING:
                continue
            batch = self.table.batch(job, number)
            if batch:
                self.completion.recount(batch)
