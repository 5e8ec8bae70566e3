"""A job that the provider will not serve for now, or that an operator stops, is paused, and goes on
once it may.
"""

from dataclasses import dataclass

from enrichment.adapters.metrics import Metrics
from enrichment.adapters.queue import SubmitQueue
from enrichment.clock import Clock
from enrichment.domain.characters import whole
from enrichment.domain.job import Halt, Job
from enrichment.domain.lanes import asked_for
from enrichment.domain.metric import Metric
from enrichment.logs import about, logger
from enrichment.store.batches import Batches
from enrichment.store.jobs import Jobs


@dataclass(frozen=True)
class PauseJob:
    """Pauses a running job. Batches that are on their way are recorded as they come back."""

    jobs: Jobs
    metrics: Metrics
    clock: Clock

    def run(self, job: Job, halt: Halt, message: str) -> None:
        """Pause a job; nothing if it is paused already. The message is the provider's own."""
        if self.jobs.pause(job.id, halt, whole(message)):
            self.tell(job.model_copy(update={"halt": halt}))

    def hold(self, job: Job) -> bool:
        """Pause a job for an operator, whether it runs or is paused for another cause; False if it
        is in another state, or held already.
        """
        held = self.jobs.pause(job.id, Halt.OPERATOR, "") or self.jobs.hold(job.id)
        if held:
            self.tell(job.model_copy(update={"halt": Halt.OPERATOR}))
        return held

    def tell(self, job: Job) -> None:
        """Tell the platform team of a pause, by a metric, unless it was one of them who paused the
        job; the owner sees it on the job's page.

        The sweeper does it if this run dies before.
        """
        if job.halt is not Halt.OPERATOR:
            self.metrics.count(Metric.PAUSED_JOBS)
        with about(job.id):
            logger.warning("paused", extra={"halt": job.halt})
        self.jobs.change(job.id, halt_told_at=self.clock())


@dataclass(frozen=True)
class ResumeJob:
    """Lets a paused job send again, and hands to the queue what is to be asked for.

    If it dies between the two, the sweeper does the rest.
    """

    jobs: Jobs
    batches: Batches
    queue: SubmitQueue

    def run(self, job: Job, trial: bool = False) -> bool:
        """Resume a job; False if it is not paused.

        With `trial`, one batch alone is handed to the queue: its answer tells whether the cause is
        mended. If it is, the sweeper finds the others as it finds all that no message asks for.
        """
        if not self.jobs.resume(job.id):
            return False
        with about(job.id):
            logger.info("resumed")
        asked = asked_for(job, self.batches.of(job))[: 1 if trial else None]
        self.queue.send((job.id, each.batch.number) for each in asked)
        return True
