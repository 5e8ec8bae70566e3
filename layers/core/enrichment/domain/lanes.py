"""Lanes: how much of a job is asked for at once.

A job's batches stand in lanes: with ten of them, batches 1, 11, 21 and so on in the first. The
queue has one message of a lane; whoever is done with its batch goes on with the next. So a file of
a million rows never has more messages in the queue than lanes, and the next file hardly waits.

Batches that are made later, where others are divided, stand in no lane: each has its own message.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from enrichment.domain.batch import UNANSWERED, Batch, BatchState
from enrichment.domain.job import Job

_EACH = 2  # lanes for each request at a time, so that one that is held up leaves none idle


def lanes_for(requests: int) -> int:
    """How many lanes a job has, by the requests that are made at a time."""
    return _EACH * requests


def firsts(lanes: int, batches: int) -> range:
    """The numbers of the batches that are asked for first."""
    return range(1, min(lanes, batches) + 1)


def behind(job: Job, batch: Batch) -> int | None:
    """The number of the batch whose turn it is after this one; None where there is none, or this
    one has let it pass before.
    """
    number = batch.number + job.lanes
    return number if job.lanes and number <= job.cut and not _let_pass(batch) else None


@dataclass(frozen=True)
class Asked:
    """A planned batch that a message must be there for, since when, and whether its turn had come
    before that: it was asked for once more.
    """

    batch: Batch
    since: int
    is_again: bool


def asked_for(job: Job, batches: Iterable[Batch]) -> list[Asked]:
    """The planned batches that must have been asked for: all but those behind another.

    A message of a lane that was lost is missed as soon as whoever was before it is done.
    """
    by_number = {batch.number: batch for batch in batches}
    planned = (batch for batch in by_number.values() if batch.state is BatchState.PLANNED)
    found = ((batch, _before(job, batch, by_number)) for batch in planned)
    began = min((batch.queued_at for batch in by_number.values()), default=0)
    return [
        _asked(batch, (before and before.claimed_at) or began)
        for batch, before in found
        if before is None or before.state not in UNANSWERED or _let_pass(before)
    ]


def _asked(batch: Batch, turn: int) -> Asked:
    """`turn` is when its turn came, in epoch seconds, if it was not asked for again since."""
    return Asked(batch, max(batch.queued_at, turn), batch.queued_at > turn)


def _before(job: Job, batch: Batch, by_number: Mapping[int, Batch]) -> Batch | None:
    """Whom a batch has to wait for; None where it has a message of its own."""
    if _let_pass(batch) or not job.lanes < batch.number <= job.cut:
        return None
    return by_number.get(batch.number - job.lanes) if job.lanes else None


def _let_pass(batch: Batch) -> bool:
    """Whether those behind a batch had their turn, though it is sent later: it waits for people, or
    an operator had it sent again.
    """
    return batch.waits > 0 or batch.doubted
