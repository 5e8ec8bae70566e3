"""The same file again: its owner is shown to what was found before, and nothing is paid."""

from enrichment.domain.folder import REPORTS, answer_key
from enrichment.domain.job import Job, JobState
from enrichment.domain.layout import Layout
from enrichment.domain.report import Earlier
from enrichment.usecases.answers import enriched_key


def earlier_of(job: Job, layout: Layout) -> Earlier:
    """Where the answers to a job are, or will be."""
    return Earlier(
        job=job.id,
        file=job.key,
        enriched=enriched_key(job, layout),
        report=answer_key(REPORTS, job.key, job.id, ".html"),
    )


def repeated_sentence(earlier: Job) -> str:
    """What the owner of a repeated file should know."""
    state = "was enriched before" if earlier.state is JobState.DONE else "is being enriched already"
    return (
        f"The same file {state}, as {earlier.key}, so nothing is sent or paid this time. If rows were left out then, they are in "
        "the earlier job’s rejected file, ready to drop. To pay for all rows once more, put the file into a folder named "
        "force=true."
    )
