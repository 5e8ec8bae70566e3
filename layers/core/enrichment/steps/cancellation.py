"""A job is cancelled: nothing more of it is sent, and what was paid for is delivered."""

from dataclasses import dataclass

from enrichment.clock import Clock
from enrichment.domain.job import Canceller, Job
from enrichment.steps.completion import Completion
from enrichment.store.jobs import Jobs


@dataclass(frozen=True)
class CancelJob:
    """Cancels a job. Its answer is written at once; results that are awaited amend it.

    If it dies between the two, the sweeper does the rest.
    """

    jobs: Jobs
    completion: Completion
    clock: Clock

    def run(self, job: Job, by: Canceller) -> bool:
        """Cancel a job; False if it was cancelled before, or has ended."""
        if not self.jobs.cancel(job.id, by, self.clock()):
            return False
        self.completion.finish_if_complete(job.id)
        return True
