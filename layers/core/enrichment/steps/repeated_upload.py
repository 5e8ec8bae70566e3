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
        earlier_id = self.contents.job_of(job.content, self.clock())
        earlier = self.jobs.get(earlier_id) if earlier_id else None
        if earlier is None:
            raise BrokenInvariant(f"the job that has the content of {job.id} is not there")
        self.publish.run(
            job,
            "repeated",
            repeated_sentence(earlier),
            sheet=file.sheet,
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


def repeated_sentence(earlier: Job) -> str:
    """What the owner of a repeated file should know."""
    state = "was enriched before" if earlier.state in WRITTEN else "is being enriched already"
    return (
        f"The same file {state}, as {earlier.key}, so nothing is sent or paid this time. If rows"
        " were left out then, they are in the earlier job’s rejected file, ready to drop. To pay"
        " for all rows once more, put the file into a folder named force=true."
    )
