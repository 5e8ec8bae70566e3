"""Those who wait are told how far their jobs are."""

from collections.abc import Iterable
from dataclasses import dataclass

from enrichment.steps.index import WriteIndex
from enrichment.steps.progress import ShowProgress
from enrichment.store.jobs import Jobs


@dataclass(frozen=True)
class Inform:
    """Shows what became of jobs that changed. Repeating it changes nothing."""

    jobs: Jobs
    progress: ShowProgress
    index: WriteIndex

    def run(self, job_ids: Iterable[str]) -> int:
        """Look at jobs that changed, each once; how many they were."""
        jobs = list(filter(None, map(self.jobs.get, dict.fromkeys(job_ids))))
        for job in jobs:
            self.progress.run(job)
        if jobs:
            self.index.run()
        return len(jobs)
