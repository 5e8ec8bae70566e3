"""The same file again: its owner is shown to what was found before, and nothing is paid."""

from dataclasses import dataclass

from enrichment.clock import Clock
from enrichment.domain.folder import REPORTS, output_key
from enrichment.domain.job import WRITTEN, Job, JobState
from enrichment.domain.report import Earlier
from enrichment.errors import BrokenInvariant
from enrichment.steps.intake import AcceptedFile
from enrichment.steps.outputs import enriched_key
from enrichment.steps.publishing import PublishReport
from enrichment.store.contents import Contents
from enrichment.store.jobs import Jobs
from enrichment.words import jobs as words


@dataclass(frozen=True)
class RepeatedUpload:
    """Ends a job whose content another job pays for."""

    jobs: Jobs
    contents: Contents
    publish: PublishReport
    clock: Clock

    def run(self, file: AcceptedFile) -> None:
        """Point the owner of a file to the job that has the same content."""
        job = file.job
        earlier_id = self.contents.job_of(job.content)
        earlier = self.jobs.get(earlier_id) if earlier_id else None
        if earlier is None:
            raise BrokenInvariant(f"the job that has the content of {job.id} is not there")
        self.publish.run(
            job,
            "repeated",
            _sentence(earlier),
            sheet=file.sheet,
            found=file.found,
            earlier=earlier_of(earlier),
        )
        self.jobs.end_at_once(job.id, JobState.REPEATED, self.clock())


def earlier_of(job: Job | None) -> Earlier | None:
    """Where the outputs of a job are, or will be; None as long as it has none."""
    if job is None or job.layout is None:
        return None
    return Earlier(
        job=job.id,
        file=job.key,
        enriched=enriched_key(job, job.layout),
        report=output_key(REPORTS, job.key, job.id, ".html"),
    )


def _sentence(earlier: Job) -> str:
    """What the owner of a repeated file should know."""
    if earlier.state is JobState.FAILED:
        return words.earlier_failed(earlier.key)
    return words.repeated(earlier.key, earlier.state in WRITTEN)
