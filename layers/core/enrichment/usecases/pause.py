"""A job that the provider will not serve for now is paused: its owner is told once, and one metric counts it."""

from dataclasses import dataclass

from enrichment.adapters.metrics import Metrics
from enrichment.adapters.queue import SubmitQueue
from enrichment.adapters.table import JobTable
from enrichment.domain.batch import BatchState
from enrichment.domain.job import Halt, Job
from enrichment.domain.outcome import halt_sentence
from enrichment.domain.report import Report
from enrichment.usecases.completion import Clock
from enrichment.usecases.publish import PublishReport

_PATIENCE = "Do not drop the file again: its job goes on once this is mended, and otherwise ends at its deadline."


@dataclass(frozen=True)
class PauseJob:
    """Halts a running job. Batches that are on their way already are recorded as they come back."""

    table: JobTable
    publish: PublishReport
    metrics: Metrics
    clock: Clock

    def run(self, job: Job, halt: Halt, message: str) -> None:
        """Pause a job; nothing if it is paused already."""
        if self.table.halt_job(job.id, halt, message):
            self.tell(job.model_copy(update={"halt": halt, "halt_message": message}))

    def tell(self, job: Job) -> None:
        """Tell of a pause: the owner by a report, the platform team by a metric. The sweeper does it if this run dies before."""
        self.metrics.count("PausedJobs")
        report = Report(
            job=job.id,
            file=job.key,
            status="paused",
            message=f"{halt_sentence(job)}. {_PATIENCE}",
            type=job.wanted,
            countries=job.countries,
            rows=job.rows,
            started_at=job.created_at,
            finished_at=self.clock(),
        )
        self.publish.run(report)
        self.table.change_job(job.id, halt_told_at=self.clock())


@dataclass(frozen=True)
class ResumeJob:
    """Lifts a halt and hands what is still planned to the queue. If it dies between the two, the sweeper does the rest."""

    table: JobTable
    queue: SubmitQueue

    def run(self, job: Job) -> bool:
        """Resume a job; False if it is not paused."""
        if not self.table.resume_job(job.id):
            return False
        planned = [batch.number for batch in self.table.batches(job) if batch.state is BatchState.PLANNED]
        self.queue.send((job.id, number) for number in planned)
        return True
