"""How open jobs stand, put together while a sweep goes through them."""

from collections.abc import Sequence
from dataclasses import dataclass

from enrichment.domain.batch import Batch, BatchState
from enrichment.domain.job import Halt, Job, JobState
from enrichment.domain.metric import Metric

# Seconds after a job's deadline by which its answer must be there: the sweeper looks each minute,
# and a run of `compile` takes a quarter of an hour at most.
_ANSWER_TAKES = 3600
# Seconds from a claim in which a result, which would prove that the batch arrived, mostly comes.
_DOUBT_LASTS = 600


@dataclass
class Standing:
    """What one sweep, at `now`, saw of open jobs, and of the uploads and the month beside them.

    `budget_used` is the percentage of the month's cap; `last_upload_at` is in epoch seconds. Both
    are None where there is none.
    """

    now: int
    open_jobs: int = 0
    on_hold: int = 0
    overdue: int = 0
    unknown_batches: int = 0
    oldest_unsent: int = 0
    last_upload_at: int | None = None
    budget_used: float | None = None

    def see(self, job: Job) -> None:
        """Count an open job."""
        self.open_jobs += job.is_unfinished
        self.see_upload(job.created_at)
        self.on_hold += job.state is JobState.PAUSED and job.halt is not Halt.OPERATOR
        self.overdue += job.is_unfinished and self.now - job.deadline_at >= _ANSWER_TAKES

    def see_counts(self, job: Job) -> None:
        """Count the batches of a job under way by what it says itself."""
        self.see_doubts(job)
        if job.counts and not job.is_all_sent:
            self._see_unsent(job)

    def see_doubts(self, job: Job) -> None:
        """Count the batches of a job that were in doubt when somebody looked."""
        self.unknown_batches += job.in_doubt

    def see_batches(self, job: Job, batches: Sequence[Batch]) -> int:
        """Count the batches of a job of which results are awaited; how many are in doubt."""
        in_doubt = sum(map(self._is_in_doubt, batches))
        self.unknown_batches += in_doubt
        if any(batch.state is BatchState.PLANNED for batch in batches):
            self._see_unsent(job)
        return in_doubt

    def _is_in_doubt(self, batch: Batch) -> bool:
        since_claim = self.now - (batch.claimed_at or 0)
        return batch.state is BatchState.UNKNOWN and since_claim >= _DOUBT_LASTS

    def _see_unsent(self, job: Job) -> None:
        since = max(job.created_at, job.reopened_at)
        self.oldest_unsent = max(self.oldest_unsent, self.now - since)

    def see_upload(self, at: int) -> None:
        """Note when a file was dropped."""
        self.last_upload_at = max(self.last_upload_at or at, at)

    def measures(self) -> dict[Metric, float]:
        """What is to be told of it: what is not 0."""
        last = self.last_upload_at
        all_of_it: dict[Metric, float] = {
            Metric.OPEN_JOBS: self.open_jobs,
            Metric.JOBS_ON_HOLD: self.on_hold,
            Metric.OVERDUE_JOBS: self.overdue,
            Metric.UNKNOWN_BATCHES: self.unknown_batches,
            Metric.OLDEST_UNSENT: self.oldest_unsent,
            Metric.LAST_UPLOAD: 0 if last is None else (self.now - last) // 3600,
            Metric.BUDGET_USED: self.budget_used or 0,
        }
        return {metric: value for metric, value in all_of_it.items() if value}
