"""Batches as they are stored, and the steps between their states."""

from collections.abc import Iterable, Sequence
from enum import Enum, auto
from itertools import islice
from typing import Any

from enrichment.domain.batch import OPERATOR_TRANSITIONS, PLACE, Batch, BatchState, before
from enrichment.domain.credits import Charge, answered, month_of, sending, unsent
from enrichment.domain.job import Job
from enrichment.errors import BrokenInvariant
from enrichment.store.items import BATCH, Update, batch_key, batch_sk, fields_of, job_key, plan_of
from enrichment.store.movements import Room, moved
from enrichment.store.table import Table

# The states in which results may come.
_ANSWERED = (BatchState.SENDING, BatchState.UNKNOWN, BatchState.ACCEPTED)
# That a batch is held by a claim, with all that was reserved then.
_HELD = "attribute_exists(pk) AND claim = :claim AND reserved = :reserved"
# What a batch forgets when it is sent anew.
_SETTLED = (*Charge._fields[:-1], "charged", "settled_at")


# The names of all fields, as each batch has them in a set of its own.
_FIELDS = set(Batch.model_fields)


def _light(batch: Batch) -> Batch:
    """A batch without a set of its own of the fields that it was made with: nobody asks, and it is
    two thirds of a batch, of which there are 50,000 in a job of five million rows.
    """
    object.__setattr__(batch, "__pydantic_fields_set__", _FIELDS)
    return batch


class Claim(Enum):
    """What became of an attempt to take a batch."""

    HELD = auto()  # the caller has it
    TAKEN = auto()  # somebody else has it, or it needs nobody
    NO_ROOM = auto()  # others took room under the caps since they were looked at, or the job ended


class Batches:
    """All batches, by the plan that they belong to."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def add(self, new: Iterable[Batch]) -> int:
        """Store the batches of a plan that no job counts on yet; how many there are.

        A transaction of puts, for whoever may write a BatchWriteItem may delete by it.

        Raises:
            BrokenInvariant: one of them is there; each run of `split` has a plan of its own.
        """
        stored, left = 0, iter(new)
        while chunk := list(islice(left, self._table.most_puts)):
            if self._table.transact([], map(self._item, chunk)) is not None:
                raise BrokenInvariant(f"a batch of plan {chunk[0].plan} is there already")
            stored += len(chunk)
        return stored

    def get(self, job: Job, number: int) -> Batch | None:
        """A batch of the job's plan as it is now (a consistent read)."""
        item = self._table.get({"pk": plan_of(job.id, job.plan), "sk": batch_sk(number)})
        return Batch.model_validate(item) if item else None

    def of(self, job: Job) -> list[Batch]:
        """All batches of the job's plan by number (a consistent read).

        Without a division, that is the order of their rows.
        """
        items = self._table.query(plan_of(job.id, job.plan), BATCH)
        return [_light(Batch.model_validate(item)) for item in items]

    def months_of(self, job: Job) -> list[str]:
        """The months in which batches of the job's plan count, without reading the batches."""
        items = self._table.query_wired(plan_of(job.id, job.plan), BATCH)
        return sorted({item["month"]["S"] for item in items if "month" in item})

    def change(self, batch: Batch, **fields: Any) -> None:
        """Set fields of a batch that exists, whatever its state."""
        self._table.update(Update(batch_key(batch), fields))

    def leave_out(self, batch: Batch, left: Batch) -> bool:
        """Leave a planned batch with some of its contacts; False where it is not planned, or has
        less by now.
        """
        sets = left.model_dump(mode="json", include=set(PLACE))
        update = Update(batch_key(batch), sets, [BatchState.PLANNED], as_read=_contacts(batch))
        return self._table.update(update) is None

    def forget_reason(self, batch: Batch) -> None:
        """Forget the provider's words about a batch, which may name somebody."""
        self._table.update(Update(batch_key(batch), removes=["reason"]))

    def claim(self, job: Job, batch: Batch, claim: str, now: int, room: Room) -> Claim:
        """Take a planned batch for its one POST, and reserve the most that it may cost: both or
        neither.

        Args:
            job: whose batch it is, as it was read before the room was looked at.
            batch: the batch.
            claim: an id of this attempt. A retry of a write whose response was lost finds its own
                claim, and holds it.
            now: epoch seconds.
            room: which pays for the whole batch.
        """
        month, movement = month_of(now), sending(batch.size, job.most_each)
        held = {"month": month, "reserved": movement.reserved}
        sets = {"state": BatchState.SENDING, "claim": claim, "claimed_at": now, **held}
        take = Update(
            batch_key(batch),
            sets,
            before(BatchState.SENDING),
            removes=[*_SETTLED, "short_of"],
            as_read=_contacts(batch),
        )
        failed = self._table.transact([take, *moved(job, month, movement, now, room)])
        if failed is None or (failed[0] or {}).get("claim") == claim:
            return Claim.HELD
        return Claim.TAKEN if failed[0] is not None else Claim.NO_ROOM

    def release(self, job: Job, batch: Batch, now: int, queued_at: int, **fields: Any) -> bool:
        """SENDING → PLANNED, for a claim with which provably nothing was enqueued.

        Its credits are given back. `fields` are further ones to set with the step.
        """
        sets = {"state": BatchState.PLANNED, "queued_at": queued_at, **fields}
        mine, values = _HELD, {"claim": batch.claim, "reserved": batch.reserved}
        back = Update(
            batch_key(batch),
            sets,
            before(BatchState.PLANNED),
            mine,
            removes=["month", "claim", "reserved"],
            values=values,
        )
        return self._table.transact([back, *_given_back(job, batch, now)]) is None

    def set_apart(
        self, job: Job, batch: Batch, stays: Batch, others: Sequence[Batch], now: int
    ) -> bool:
        """Leave a batch that is held with some of its contacts, and the others to new planned
        batches: all or nothing. What was reserved for those is given back.

        Args:
            job: whose batch it is, as it was read; the step is not taken when it has more batches
                by now.
            batch: held for a POST, and nothing was sent yet.
            stays: the same batch with the contacts that it keeps.
            others: numbered after those that the job has.
            now: epoch seconds.

        Returns:
            False when the job has more batches, or the batch is not held any more.
        """
        sets = stays.model_dump(mode="json", include={*PLACE, "reserved"})
        values = {"claim": batch.claim, "reserved": batch.reserved}
        keep = Update(batch_key(batch), sets, [BatchState.SENDING], _HELD, values=values)
        left = {
            "size": batch.size - stays.size,
            "reserved": (batch.reserved or 0) - (stays.reserved or 0),
        }
        back = _given_back(job, batch.model_copy(update=left), now)
        updates = _merged([keep, _more_batches(job, len(others)), *back])
        return self._table.transact(updates, list(map(self._item, others))) is None

    def move(self, batch: Batch, to: BatchState, **fields: Any) -> bool:
        """Take the step to a state that is not settled, of a batch that may have been sent.

        Returns:
            False when the batch is in no state from which it is allowed, or was given back.
        """
        # PLANNED → UNKNOWN is for `take_back` alone: of others nothing was sent.
        sources = [state for state in before(to) if state is not BatchState.PLANNED]
        update = Update(batch_key(batch), {"state": to, **fields}, sources)
        return self._table.update(update) is None

    def end_unsent(self, job: Job, batch: Batch, to: BatchState, now: int, **fields: Any) -> bool:
        """Take the step to the end of a batch with which nothing was enqueued, and count it on its
        job: all or nothing. What it reserved is given back.

        Returns:
            False when the batch is in no state from which it is allowed, was claimed anew, or has
                less contacts by now.
        """
        as_read = "claim = :claim" if batch.claim else "attribute_not_exists(claim)"
        ended = Update(
            batch_key(batch),
            {"state": to, **fields},
            before(to),
            f"attribute_exists(pk) AND {as_read}",
            values={"claim": batch.claim} if batch.claim else {},
            as_read=_contacts(batch),
        )
        settled = _one_more_settled(batch).also(_more_unsent(batch))
        updates = _merged([ended, settled, *_given_back(job, batch, now)])
        return self._table.transact(updates) is None

    def settle(self, job: Job, batch: Batch, charge: Charge, now: int) -> bool:
        """Settle a batch with what its results cost by now, and complete it with the last of them:
        all or nothing.

        Args:
            job: whose batch it is.
            batch: as it was read; what it was settled with then is not settled again.
            charge: all of its results.
            now: epoch seconds.

        Returns:
            False when somebody else settled it meanwhile, or it is in no state from which it is
            allowed.
        """
        complete = charge.answered >= batch.size
        sets: dict[str, Any] = charge._asdict() | {"settled_at": now}
        sets["charged"] = sets.pop("credits")
        sets |= {"state": BatchState.COMPLETE} if complete else {}
        settled = Update(
            batch_key(batch),
            sets,
            _ANSWERED,
            "attribute_exists(pk) AND NOT answered > :then",
            values={"then": batch.answered},
        )
        updates = [settled, *([_one_more_settled(batch)] if complete else [])]
        if batch.month and batch.reserved is not None:
            movement = answered(charge.minus(batch.settled), job.most_each)
            updates += moved(job, batch.month, movement, now)
        return self._table.transact(_merged(updates)) is None

    def divide(
        self, job: Job, batch: Batch, parts: Sequence[Batch], now: int, reason: str | None = None
    ) -> bool:
        """PLANNED or SENDING → DIVIDED, with its parts as new planned batches: all or nothing. What
        it reserved is given back.

        Args:
            job: whose batch it is, as it was read; the step is not taken when it has more batches
                by now.
            batch: of more than one contact, with which nothing was enqueued.
            parts: numbered after those that the job has.
            now: epoch seconds.
            reason: the provider's words, where they are why.

        Returns:
            False when somebody did it already, or the batch is not as it was read.
        """
        sets = {"state": BatchState.DIVIDED} | ({"reason": reason} if reason else {})
        held = {"claim": batch.claim} if batch.claim else {}
        divided = Update(batch_key(batch), sets, [batch.state], as_read=_contacts(batch) | held)
        counted = [_more_batches(job, len(parts)), _one_more_settled(batch)]
        updates = _merged([divided, *counted, *_given_back(job, batch, now)])
        return self._table.transact(updates, list(map(self._item, parts))) is None

    def resend(self, batch: Batch, now: int) -> bool:
        """UNKNOWN → PLANNED, which only an operator may ask for: it may be paid twice, so what the
        first attempt reserved goes on to count.
        """
        states = [
            state for state, then in OPERATOR_TRANSITIONS.items() if BatchState.PLANNED in then
        ]
        sets: dict[str, Any] = {"state": BatchState.PLANNED, "queued_at": now, "doubted": True}
        if batch.month is not None and batch.reserved is not None:
            sets |= {"doubted_in": batch.month, "doubted_reserved": batch.reserved}
        earlier = {"sent_before": batch.size, "doubtful": batch.reserved or 0}
        update = Update(
            batch_key(batch),
            sets,
            states,
            adds=earlier,
            removes=["claim", "month", "reserved"],
        )
        return self._table.update(update) is None

    def take_back(self, batch: Batch) -> bool:
        """PLANNED → UNKNOWN: take an operator's resend back, with which nothing was sent yet. It is
        then as it was before, so that results of the first attempt count.

        Returns:
            False when it is not planned, or no resend of an earlier version.
        """
        if batch.doubted_in is None or batch.doubted_reserved is None:
            return False
        sets: dict[str, Any] = {"state": BatchState.UNKNOWN, "month": batch.doubted_in}
        sets |= {"reserved": batch.doubted_reserved, "doubted": batch.sent_before > batch.size}
        update = Update(
            batch_key(batch),
            sets,
            [BatchState.PLANNED],
            "attribute_exists(pk) AND doubted_in = :month",
            adds={"sent_before": -batch.size, "doubtful": -batch.doubted_reserved},
            removes=["doubted_in", "doubted_reserved", "short_of"],
            values={"month": batch.doubted_in},
        )
        return self._table.update(update) is None

    def _item(self, batch: Batch) -> dict[str, Any]:
        expires_at = batch.queued_at + self._table.retention
        return fields_of(batch) | batch_key(batch) | {"expires_at": expires_at}


def _contacts(batch: Batch) -> dict[str, int]:
    """What tells that a batch has the contacts with which it was read. Others may have set some
    apart and given it back since, so that its state alone does not: those are in other batches now.
    """
    return {"size": batch.size}


def _one_more_settled(batch: Batch) -> Update:
    return Update(job_key(batch.job), adds={"settled": 1})


def _more_unsent(batch: Batch) -> Update:
    return Update(job_key(batch.job), adds={"unsent": batch.size})


def _more_batches(job: Job, number: int) -> Update:
    """The write that counts new batches on a job, unless it has more by now than were read."""
    known = {"known": job.batches}
    return Update(
        job_key(job.id), condition="batches = :known", adds={"batches": number}, values=known
    )


def _given_back(job: Job, batch: Batch, now: int) -> list[Update]:
    """The writes that give back what a batch reserved; none where it reserved nothing."""
    if batch.month is None or batch.reserved is None:
        return []
    return moved(job, batch.month, unsent(batch.size, batch.reserved), now)


def _merged(updates: list[Update]) -> list[Update]:
    """A transaction takes one write of an item."""
    merged: dict[tuple[str, ...], Update] = {}
    for update in updates:
        key = tuple(update.key.values())
        merged[key] = merged[key].also(update) if key in merged else update
    return list(merged.values())
