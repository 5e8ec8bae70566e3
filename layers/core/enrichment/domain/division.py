"""Dividing a batch of which one contact is not valid, so that the others go through."""

from collections.abc import Sequence

from enrichment.domain.batch import Batch
from enrichment.domain.plan import PlannedContact


def halves(
    batch: Batch, contacts: Sequence[PlannedContact], known: int, now: int
) -> tuple[Batch, Batch]:
    """Two planned batches in place of one of more than one contact, numbered after the `known` ones
    of the job.
    """
    middle = (len(contacts) + 1) // 2

    def half(number: int, part: Sequence[PlannedContact]) -> Batch:
        return Batch(
            job=batch.job,
            plan=batch.plan,
            number=number,
            size=len(part),
            first_row=part[0].row,
            last_row=part[-1].row,
            start=part[0].start,
            end=part[-1].end,
            queued_at=now,
            doubted=batch.doubted,
        )

    return half(known + 1, contacts[:middle]), half(known + 2, contacts[middle:])
