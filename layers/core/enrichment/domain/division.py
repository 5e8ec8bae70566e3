"""Dividing a batch in two: halves, so that one contact that is not valid does not stop the others;
or what a cap on credits pays for, and the rest.
"""

from collections.abc import Sequence

from enrichment.domain.batch import Batch
from enrichment.domain.plan import PlannedContact


def halves(
    batch: Batch, contacts: Sequence[PlannedContact], known: int, now: int
) -> tuple[Batch, Batch]:
    """Two planned batches in place of one of more than one contact, numbered after the `known` ones
    of the job.
    """
    return parts(batch, contacts, (len(contacts) + 1) // 2, known, now)


def parts(
    batch: Batch, contacts: Sequence[PlannedContact], first: int, known: int, now: int
) -> tuple[Batch, Batch]:
    """Two planned batches in place of one, of which one has the `first` contacts."""

    def part(number: int, contacts: Sequence[PlannedContact]) -> Batch:
        return Batch(
            job=batch.job,
            plan=batch.plan,
            number=number,
            size=len(contacts),
            first_row=contacts[0].row,
            last_row=contacts[-1].row,
            start=contacts[0].start,
            end=contacts[-1].end,
            queued_at=now,
            doubted=batch.doubted,
        )

    return part(known + 1, contacts[:first]), part(known + 2, contacts[first:])
