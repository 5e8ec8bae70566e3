"""Those who wait are told how far their jobs are, and of what changed."""

from collections.abc import Iterable
from dataclasses import dataclass

from enrichment.domain.job import Job
from enrichment.logs import about
from enrichment.steps.index import WriteIndex
from enrichment.steps.progress import ShowProgress
from enrichment.steps.telling import TellChanges
from enrichment.store.jobs import Jobs


@dataclass(frozen=True)
class Inform:
    """Shows what became of jobs that changed, and tells it. Repeating it changes nothing."""

    jobs: Jobs
    progress: ShowProgress
    index: WriteIndex
    tell: TellChanges

    def run(self, job_ids: Iterable[str]) -> int:
        """Look at jobs that changed, each once; how many they were. Pages come first: they do not
        wait for an event that is not taken.
        """
        jobs = list(filter(None, map(self._look, dict.fromkeys(job_ids))))
        if jobs:
            self.index.run()
        for job in jobs:
            with about(job.id):
                self.tell.run(job)
        return len(jobs)

    def _look(self, job_id: str) -> Job | None:
        with about(job_id):
            job = self.jobs.get(job_id)
            if job:
                self.progress.run(job)
        return job
