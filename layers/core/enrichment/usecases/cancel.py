"""Whoever deletes a file while its job runs stops the job."""

from dataclasses import dataclass

from enrichment.adapters.bucket import Bucket
from enrichment.domain.folder import job_id
from enrichment.domain.job import Canceller, Job
from enrichment.logs import about
from enrichment.steps.cancellation import CancelJob
from enrichment.store.jobs import Jobs


@dataclass(frozen=True)
class Deletion:
    """What S3 tells of a deletion, at epoch seconds `at`: that the newest version of a key got a
    mark of deletion above it (`marked`), or that its `version` was deleted for good.
    """

    key: str
    version: str
    marked: bool
    at: int


@dataclass(frozen=True)
class CancelUpload:
    """Cancels the jobs of a file that was deleted. Repeating it changes nothing.

    The sweeper looks from time to time whether the file of an open job is there.
    """

    jobs: Jobs
    bucket: Bucket
    cancel: CancelJob

    def run(self, deletion: Deletion) -> list[str]:
        """Cancel what a deletion is about; the ids of the jobs that this cancelled."""
        return [job.id for job in self._meant(deletion) if self._cancel(job)]

    def _cancel(self, job: Job) -> bool:
        with about(job.id):
            return self.cancel.run(job, Canceller.OWNER)

    def _meant(self, deletion: Deletion) -> list[Job]:
        if deletion.marked:
            # A file that was dropped in its place since then is another one.
            return [
                job
                for job in self.jobs.open()
                if job.key == deletion.key and job.created_at <= deletion.at
            ]
        job = self.jobs.get(job_id(self.bucket.name, deletion.key, deletion.version))
        # An erasure deletes a version for good after its job was given another one to read.
        return [job] if job and job.version == deletion.version and not job.source else []
