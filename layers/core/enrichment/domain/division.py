"""Dividing a batch: in halves, so that one contact that is not valid does not stop the others; in
what a cap on credits pays for, and the rest; in those who are sent, known, and on their way.
"""

from collections.abc import Sequence

from enrichment.domain.batch import PLACE, Batch
from enrichment.domain.plan import PlannedContact


def parts(
    batch: Batch, contacts: Sequence[PlannedContact], first: int, known: int, now: int
) -> tuple[Batch, Batch]:
    """Two planned batches in place of one, numbered after the `known` ones of its job, of which one
    has the `first` contacts.
    """
    one, other = contacts[:first], contacts[first:]
    if batch.rows is None and _last(one) < _first(other):
        return _spanning(batch, one, known + 1, now), _spanning(batch, other, known + 2, now)
    return part(batch, one, known + 1, now), part(batch, other, known + 2, now)


def part(batch: Batch, contacts: Sequence[PlannedContact], number: int, now: int) -> Batch:
    """A planned batch of some contacts of another, among which others may stand."""
    rows = tuple(sorted(contact.row for contact in contacts))
    return _spanning(batch, contacts, number, now).model_copy(update={"rows": rows})


def reduced(batch: Batch, contacts: Sequence[PlannedContact]) -> Batch:
    """A batch that keeps some of its contacts, and what was reserved for them."""
    kept = part(batch, contacts, batch.number, batch.queued_at)
    fields = {name: getattr(kept, name) for name in PLACE}
    reserved = (batch.reserved or 0) * kept.size // batch.size
    return batch.model_copy(update=fields | {"reserved": reserved})


def _spanning(batch: Batch, contacts: Sequence[PlannedContact], number: int, now: int) -> Batch:
    return Batch(
        job=batch.job,
        plan=batch.plan,
        number=number,
        size=len(contacts),
        first_row=_first(contacts),
        last_row=_last(contacts),
        start=min(contact.start for contact in contacts),
        end=max(contact.end for contact in contacts),
        queued_at=now,
        doubted=batch.doubted,
        waits=batch.waits,
    )


def _first(contacts: Sequence[PlannedContact]) -> int:
    return min(contact.row for contact in contacts)


def _last(contacts: Sequence[PlannedContact]) -> int:
    return max(contact.row for contact in contacts)
