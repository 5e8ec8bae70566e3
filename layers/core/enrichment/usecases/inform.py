"""Those who wait are told how far their jobs are."""

from collections.abc import Iterable
from dataclasses import dataclass

from enrichment.logs import about
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
        looked = sum(map(self._look, dict.fromkeys(job_ids)))
        if looked:
            self.index.run()
        return looked

    def _look(self, job_id: str) -> bool:
        with about(job_id):
            job = self.jobs.get(job_id)
            if job:
                self.progress.run(job)
        return job is not None
