"""A batch is sifted before it is sent: those who are known get what is known, and those who are on
their way wait.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from enrichment.adapters.queue import SubmitQueue
from enrichment.clock import Clock
from enrichment.domain.batch import Batch, BatchState
from enrichment.domain.division import part, reduced
from enrichment.domain.folder import request_of
from enrichment.domain.job import Job
from enrichment.domain.plan import PlannedContact
from enrichment.steps.completion import Completion
from enrichment.steps.people import Known, People, wanted_of
from enrichment.store.batches import Batches
from enrichment.store.jobs import Jobs

TAKEN = "already taken"
_WAIT, _LONGEST_WAIT = 60, 900  # seconds between two looks at those who wait: twice as many each


@dataclass(frozen=True)
class Sifted:
    """What is left of a batch: itself with the contacts that it sends; or none, and what became of
    it, for the log.
    """

    batch: Batch
    contacts: Sequence[PlannedContact] = ()
    end: str = ""


@dataclass(frozen=True)
class SiftBatch:
    """Leaves in a batch only those whose people it has for itself (`steps.people`).

    A batch has either contacts that are sent, or such as are known. So a result that came for
    another row proves nothing about its batch, and costs nothing.
    """

    people: People
    jobs: Jobs
    batches: Batches
    queue: SubmitQueue
    completion: Completion
    clock: Clock

    def run(self, job: Job, batch: Batch, contacts: Sequence[PlannedContact]) -> Sifted:
        """Sift a batch that is held, and of which nothing was sent."""
        people = self.people.sort(job, batch, contacts)
        known = [one for one in contacts if one.row in people.known]
        stays = people.new or known
        if not stays:
            return self._wait(job, batch)
        apart = known if people.new else []
        held = self._set_apart(job, batch, stays, apart, people.waiting)
        if held is None:
            return Sifted(batch, end=TAKEN)
        left, others = held
        if people.waiting:
            self._ask(others[-1])
        if known:
            self.reuse(job, others[0] if apart else left, people.known)
        return Sifted(left, people.new, end=BatchState.COMPLETE)

    def known(self, job: Job, contacts: Sequence[PlannedContact]) -> Mapping[int, Known]:
        """Those who are known, by row, in a batch that there are no credits for."""
        if request_of(job.key).force:
            return {}
        of_rows = {one.row: one.contact for one in contacts}
        return self.people.known(wanted_of(job), job.countries, of_rows)

    def reuse(self, job: Job, batch: Batch, known: Mapping[int, Known]) -> bool:
        """Complete a batch of those who are known alone, with what is known of them; False where
        somebody else did.
        """
        self.people.give(batch, known)
        ended = self.batches.end_unsent(job, batch, BatchState.COMPLETE, self.clock(), known=True)
        if ended:
            self.completion.finish_if_complete(job.id)
        return ended

    def _set_apart(
        self,
        job: Job,
        batch: Batch,
        stays: Sequence[PlannedContact],
        known: Sequence[PlannedContact],
        waiting: Sequence[PlannedContact],
    ) -> tuple[Batch, list[Batch]] | None:
        """The batch with the contacts that stay, and new planned ones of the others; None if it is
        not held any more.
        """
        others: list[Batch] = []
        now, number = self.clock(), job.batches
        if known:
            others.append(part(batch, known, number + 1, now))
        if waiting:
            waits = batch.waits + 1
            later = {"queued_at": now + _delay(waits), "waits": waits}
            new = part(batch, waiting, number + len(others) + 1, now)
            others.append(new.model_copy(update=later))
        if not others:
            return batch, []
        left = reduced(batch, stays)
        if self.batches.set_apart(job, batch, left, others, now):
            return left, others
        current = self.jobs.get(job.id)
        if current is None or current.batches == job.batches:
            return None
        return self._set_apart(current, batch, stays, known, waiting)

    def _wait(self, job: Job, batch: Batch) -> Sifted:
        """Give a batch back, all of whose people are on their way."""
        now, waits = self.clock(), batch.waits + 1
        later = {"queued_at": now + _delay(waits), "waits": waits}
        if self.batches.release(job, batch, now, **later):
            self._ask(batch.model_copy(update=later))
        return Sifted(batch, end=f"{BatchState.PLANNED}: its people are on their way for others")

    def _ask(self, batch: Batch) -> None:
        delay = max(0, batch.queued_at - self.clock())
        self.queue.send([(batch.job, batch.number)], delay=delay)


def _delay(waits: int) -> int:
    """Seconds until those who wait are looked at again, for the so-and-so-manieth time."""
    return int(min(_LONGEST_WAIT, _WAIT << min(waits - 1, 10)))
