"""Batches as they are stored, and the steps between their states."""

from collections.abc import Iterable, Sequence
from enum import Enum, auto
from itertools import islice
from typing import Any

from enrichment.domain.batch import OPERATOR_TRANSITIONS, Batch, BatchState, before
from enrichment.domain.job import Job
from enrichment.store.budget import give_back, reservation
from enrichment.store.items import Update, batch_key, batch_sk, fields_of, job_key, plan_of
from enrichment.store.table import Table


class Claim(Enum):
    """What became of an attempt to take a batch."""

    HELD = auto()  # the caller has it
    TAKEN = auto()  # somebody else has it, or it needs nobody
    OVER_BUDGET = auto()  # the month's cap leaves no room for it


class Batches:
    """All batches, by the plan that they belong to."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def add(self, new: Iterable[Batch]) -> int:
        """Store the batches of a plan that no job counts on yet; how many there are."""
        stored, left = 0, iter(new)
        while chunk := list(islice(left, self._table.most_puts)):
            self._table.put_all(map(self._item, chunk))
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
        items = self._table.query(plan_of(job.id, job.plan), "BATCH#")
        return [Batch.model_validate(item) for item in items]

    def change(self, batch: Batch, **fields: Any) -> None:
        """Set fields of a batch that exists, whatever its state."""
        self._table.update(Update(batch_key(batch), fields))

    def claim(
        self, batch: Batch, claim: str, now: int, month: str, cost: int, cap: int | None
    ) -> Claim:
        """Take a planned batch for its one POST, and reserve its credits: both or neither.

        Args:
            batch: the batch.
            claim: an id of this attempt. A retry of a write whose response was lost finds its own
                claim, and holds it.
            now: epoch seconds.
            month: such as 2026-11.
            cost: credits of the whole batch.
            cap: the most credits of a month; None for no cap, and then nothing is reserved.
        """
        sets = {"state": BatchState.SENDING, "claim": claim, "claimed_at": now}
        states = before(BatchState.SENDING)
        if cap is None:
            there = self._table.update(Update(batch_key(batch), sets, states))
            return Claim.HELD if there is None or there.get("claim") == claim else Claim.TAKEN
        if cost > cap:
            return Claim.OVER_BUDGET
        take = Update(batch_key(batch), sets | {"month": month}, states)
        failed = self._table.transact([take, reservation(month, cost, cap)])
        if failed is None or (failed[0] or {}).get("claim") == claim:
            return Claim.HELD
        return Claim.TAKEN if failed[0] is not None else Claim.OVER_BUDGET

    def release(self, batch: Batch, claim: str, cost: int, queued_at: int) -> bool:
        """SENDING → PLANNED, for a claim with which provably nothing was enqueued.

        Its credits are given back.
        """
        sets = {"state": BatchState.PLANNED, "queued_at": queued_at}
        mine, values = "attribute_exists(pk) AND claim = :claim", {"claim": claim}
        back = Update(
            batch_key(batch),
            sets,
            before(BatchState.PLANNED),
            mine,
            removes=["month", "claim"],
            values=values,
        )
        return self._table.transact([back, *give_back(batch.month, cost)]) is None

    def move(self, batch: Batch, to: BatchState, **fields: Any) -> bool:
        """Take the step to a state that is not settled.

        Returns:
            False when the batch is in no state from which it is allowed.
        """
        update = Update(batch_key(batch), {"state": to, **fields}, before(to))
        return self._table.update(update) is None

    def settle(self, batch: Batch, to: BatchState, cost_given_back: int = 0, **fields: Any) -> bool:
        """Take the step to a settled state and count the batch on its job, both or neither.

        Returns:
            False when the batch is in no state from which it is allowed.
        """
        settled = Update(batch_key(batch), {"state": to, **fields}, before(to))
        counted = Update(job_key(batch.job), adds={"settled": 1})
        back = give_back(batch.month, cost_given_back)
        return self._table.transact([settled, counted, *back]) is None

    def divide(
        self, batch: Batch, halves: Sequence[Batch], known: int, cost: int, reason: str
    ) -> bool:
        """SENDING → DIVIDED, with its halves as new planned batches: all or nothing.

        Args:
            batch: of more than one contact, with which nothing was enqueued.
            halves: numbered `known` + 1 and `known` + 2.
            known: how many batches the job has; the step is not taken when it has more by now.
            cost: credits that the batch reserved.
            reason: the provider's words.

        Returns:
            False when somebody did it already.
        """
        sets = {"state": BatchState.DIVIDED, "reason": reason}
        divided = Update(batch_key(batch), sets, before(BatchState.DIVIDED))
        counted = Update(
            job_key(batch.job),
            adds={"batches": len(halves), "settled": 1},
            condition="batches = :known",
            values={"known": known},
        )
        updates = [divided, counted, *give_back(batch.month, cost)]
        return self._table.transact(updates, list(map(self._item, halves))) is None

    def resend(self, batch: Batch, now: int) -> bool:
        """UNKNOWN → PLANNED, which only an operator may ask for: it may be paid twice."""
        states = [
            state for state, then in OPERATOR_TRANSITIONS.items() if BatchState.PLANNED in then
        ]
        sets = {"state": BatchState.PLANNED, "queued_at": now, "doubted": True}
        update = Update(batch_key(batch), sets, states, removes=["claim", "month"])
        return self._table.update(update) is None

    def _item(self, batch: Batch) -> dict[str, Any]:
        expires_at = batch.queued_at + self._table.retention
        return fields_of(batch) | batch_key(batch) | {"expires_at": expires_at}
