"""The same file again: its owner is shown to what was found before, and nothing is paid."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from enrichment.clock import Clock
from enrichment.domain.folder import REPORTS, output_key
from enrichment.domain.job import WRITTEN, Job, JobState
from enrichment.domain.report import Earlier
from enrichment.errors import BrokenInvariant
from enrichment.logs import logger
from enrichment.steps.outputs import enriched_key
from enrichment.steps.publishing import PublishReport
from enrichment.store.contents import Contents
from enrichment.store.jobs import Jobs
from enrichment.words import jobs as words

if TYPE_CHECKING:
    from enrichment.steps.intake import AcceptedFile


@dataclass(frozen=True)
class RepeatedUpload:
    """Ends a job whose content another job pays for; without `name_paths` nobody is told where that
    job's file and its answer are.
    """

    jobs: Jobs
    contents: Contents
    publish: PublishReport
    clock: Clock
    name_paths: bool

    def run(self, file: "AcceptedFile") -> None:
        """Point the owner of a file to the job that has the same content."""
        job = file.job
        earlier_id = self.contents.job_of(job.content)
        earlier = self.jobs.get(earlier_id) if earlier_id else None
        if earlier is None:
            raise BrokenInvariant(f"the job that has the content of {job.id} is not there")
        if not self.name_paths:  # the platform team may be asked
            logger.info("repeated", extra={"earlier": earlier.id})
        self.publish.run(
            job,
            "repeated",
            self._sentence(earlier),
            sheet=file.sheet,
            found=file.found,
            earlier=earlier_of(self.jobs, earlier) if self.name_paths else None,
        )
        self.jobs.end_at_once(job.id, JobState.REPEATED, self.clock())

    def _sentence(self, earlier: Job) -> str:
        """What the owner of a repeated file should know."""
        named = earlier.key if self.name_paths else ""
        if earlier.state is JobState.FAILED:
            return words.earlier_failed(named)
        return words.repeated(named, earlier.state in WRITTEN)


def earlier_of(jobs: Jobs, job: Job | None) -> Earlier | None:
    """Where the outputs of a job are, or will be; None as long as it has none."""
    if job is None or (reading := jobs.reading(job.id)) is None:
        return None
    return Earlier(
        job=job.id,
        file=job.key,
        enriched=enriched_key(job, reading.layout),
        report=output_key(REPORTS, job.key, job.id, ".html"),
    )
