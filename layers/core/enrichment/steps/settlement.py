"""Credits are settled with what the results cost, as they come."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from enrichment.clock import Clock
from enrichment.domain.batch import Batch, BatchState
from enrichment.domain.contact import EnrichmentType
from enrichment.domain.credits import Charge, charge_of
from enrichment.domain.job import Job
from enrichment.domain.result import Result
from enrichment.store.batches import Batches
from enrichment.store.results import Came

_EACH = 60  # seconds between two settlements of a batch that is not complete: each costs writes


@dataclass(frozen=True)
class SettleBatch:
    """Gives back what results did not cost of a batch's reservation, and completes the batch with
    the last of them. Repeating it changes nothing.
    """

    batches: Batches
    clock: Clock

    def run(self, job: Job, batch: Batch, results: Mapping[int, Came]) -> bool:
        """Settle a batch with all results that it has by now.

        Args:
            job: whose batch it is.
            batch: as it was read.
            results: by row.

        Returns:
            Whether this was the step that completed the batch.
        """
        if batch.state is BatchState.COMPLETE:
            return False
        own = (came.result for came in results.values() if came.origin is None)
        charge = charge_of_own(job, own)
        now: Batch | None = batch
        while now and now.answered < charge.answered and now.state is not BatchState.COMPLETE:
            if self.batches.settle(job, now, charge, self.clock()):
                return charge.answered >= batch.size
            now = self._unless_stuck(job, now)
        return False

    def _unless_stuck(self, job: Job, batch: Batch) -> Batch | None:
        """The batch as it is now, if somebody else settled it since it was read."""
        now = self.batches.get(job, batch.number)
        return now if now and now.answered > batch.answered else None

    def is_due(self, batch: Batch, results: int) -> bool:
        """Whether a batch that is not complete should be settled now."""
        since = batch.settled_at or batch.claimed_at or 0
        return results > batch.answered and self.clock() - since >= _EACH


def charge_of_own(job: Job, own: Iterable[Result]) -> Charge:
    """What a batch's results cost that came for its own rows; the others cost nothing."""
    return charge_of(own, job.wanted or EnrichmentType.EMAIL, job.price)
