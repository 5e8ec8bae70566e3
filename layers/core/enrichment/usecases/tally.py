"""Stored results are counted by batch, as the table's stream tells of them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from enrichment.adapters.metrics import Metrics
from enrichment.clock import Clock
from enrichment.domain.batch import BatchState
from enrichment.domain.job import UNDER_WAY, Job
from enrichment.domain.metric import Metric
from enrichment.domain.window import OfJob, Window
from enrichment.logs import about, logger
from enrichment.steps.completion import Completion
from enrichment.store.batches import Batches
from enrichment.store.jobs import Jobs

_NOTED_EACH = 60  # seconds
# Seconds between two looks at batches that are not complete, where they are settled in parts: less
# than a batch waits for credits that may come back.
_SETTLED_EACH = 300


@dataclass(frozen=True)
class TallyResults:
    """Learns of new results and completes what they complete.

    A record that is lost is made up for by the sweeper.
    """

    jobs: Jobs
    batches: Batches
    completion: Completion
    metrics: Metrics
    clock: Clock
    month_cap: int | None = None
    few: int = 10  # batches; the page of a job that has no more would stand still otherwise

    def run(self, results: Iterable[tuple[str, int]], window: Window) -> None:
        """Count new results, each by its batch (job, number), and look at those batches that may be
        complete now, or of which the window knows nothing yet.

        A result for a job or batch that the table does not know stays stored; it is counted, and
        somebody must look at it.
        """
        by_job: dict[str, Counter[int]] = {}
        for job_id, number in results:
            by_job.setdefault(job_id, Counter())[number] += 1
        for job_id, counts in sorted(by_job.items()):
            with about(job_id):
                self._count(job_id, counts, window.of(job_id))

    def end(self, window: Window) -> None:
        """Look at jobs whose output may have been asked for since they were looked at: what came
        since then may not be in it.
        """
        for job_id, known in sorted(window.jobs.items()):
            if any(known.left.values()) and (job := self.jobs.get(job_id)):
                with about(job_id):
                    self._look_if_late(job, known)

    def _count(self, job_id: str, counts: Counter[int], known: OfJob) -> None:
        due = [number for number, results in sorted(counts.items()) if known.count(number, results)]
        now = self.clock()
        over = [number for number in counts if known.left.get(number) == 0 and number not in due]
        if not due and not over and now - known.looked_at < _NOTED_EACH:
            return
        job = self.jobs.get(job_id)
        known.looked_at = now
        if job is None:
            self._stray(due)
            return
        if job.state in UNDER_WAY:
            self._note_time(job)
            if self._settles_in_parts(job) and now - known.settled_at >= _SETTLED_EACH:
                known.settled_at = now
                due += known.forget_incomplete()
        else:
            self._look_if_late(job, known)
            if over and not job.whole:
                self.jobs.note_late_result(job.id, now)
        for number in sorted(set(due)):
            self._look(job, number, known)

    def _look(self, job: Job, number: int, known: OfJob) -> None:
        """Look at the results of a batch, and learn how many are to come."""
        batch = self.batches.get(job, number)
        if batch is None:
            self._stray([number])
            return
        if job.state not in UNDER_WAY and not (job.whole and batch.state is BatchState.COMPLETE):
            self.jobs.note_late_result(job.id, self.clock())
        # else the output has all results of the batch: this is an old record, and no news
        parts = self._settles_in_parts(job)
        look = self.completion.recount if parts else self.completion.complete
        known.left[number] = max(0, batch.size - look(job, batch))

    def _look_if_late(self, job: Job, known: OfJob) -> None:
        """Look at what was only counted of a job that awaits no more results before its output."""
        if job.state not in UNDER_WAY:
            for number in known.forget_incomplete():
                self._look(job, number, known)

    def _stray(self, numbers: Iterable[int]) -> None:
        for number in numbers:
            logger.warning("stray result", extra={"batch": number})
            self.metrics.count(Metric.STRAY)

    def _settles_in_parts(self, job: Job) -> bool:
        """Whether a batch is settled before it is complete: where others may wait for the credits
        that its results give back, where few batches tell how far the job is, and where nobody
        knows whether the rest comes in time. Elsewhere it would only take writes.
        """
        is_capped = bool(self.month_cap or job.budgets) or job.most_credits is not None
        return is_capped or job.batches <= self.few or job.state not in UNDER_WAY

    def _note_time(self, job: Job) -> None:
        """Note that a result came, once a minute and job: each write would be one to a hot item."""
        now = self.clock()
        if now - (job.last_result_at or 0) >= _NOTED_EACH:
            self.jobs.change(job.id, last_result_at=now)
