"""The end of each row of a job, from its plan and from its batches' results.

Results are read batch by batch in the order of the rows, each batch once: also when the time of a
run is up and the next one goes on.
"""

import json
from bisect import bisect_right
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from enrichment.clock import SecondsLeft
from enrichment.domain.batch import Batch, BatchState
from enrichment.domain.contact import EnrichmentType
from enrichment.domain.credits import Bill, Charge
from enrichment.domain.job import Job
from enrichment.domain.outcome import Outcome, outcome_of_planned, outcome_of_sent
from enrichment.domain.plan import PlannedRow
from enrichment.domain.result import result_of
from enrichment.steps.fixed_rows import FixedRows
from enrichment.steps.settlement import SettleBatch, charge_of_batch
from enrichment.store.results import Results

RESERVE = 120  # seconds before its end at which a run stops reading


class OutOfTime(Exception):  # nothing went wrong
    """A run has to end before all results were read. What it read is noted for the next one."""


class Payloads:
    """The payloads of batches, which are asked for in one order.

    Args:
        results: where they are stored.
        earlier: what an earlier run noted of them.
        note: takes the lines that the next run may be given as `earlier`.
        seconds_left: until this run is ended.
    """

    def __init__(
        self,
        results: Results,
        earlier: Iterator[bytes],
        note: Callable[[bytes], None],
        seconds_left: SecondsLeft,
    ) -> None:
        self._results, self._earlier, self._note = results, earlier, note
        self._seconds_left = seconds_left
        self.read = 0  # batches that were read from the table

    def of(self, batch: Batch) -> dict[int, dict[str, Any]]:
        """The payloads of a batch by row.

        Raises:
            OutOfTime: they would have to be read, and it is too late for that.
        """
        noted = next(self._earlier, None)
        number, rows = json.loads(noted) if noted else (None, [])
        payloads = dict(rows)
        if number != batch.number:
            self._earlier = iter(())  # a batch was divided meanwhile: what follows stands elsewhere
            if self._seconds_left() < RESERVE:
                raise OutOfTime
            payloads = self._results.of(batch)
            self.read += 1
        self._note(json.dumps([batch.number, list(payloads.items())]).encode() + b"\n")
        return payloads


class Outcomes:
    """The end of each row of a job, asked for in the order of the rows. What copies far below need
    is kept.

    Args:
        payloads: what came back.
        job: whose rows they are.
        batches: all of its batches.
        copied: the rows that have copies.
        settle: settles what batches cost that nobody has settled yet.
        fixed: those that came home after they were fixed.
    """

    def __init__(
        self,
        payloads: Payloads,
        job: Job,
        batches: list[Batch],
        copied: frozenset[int],
        settle: SettleBatch,
        fixed: FixedRows,
    ) -> None:
        self._job, self._copied, self._settle, self._fixed = job, copied, settle, fixed
        self._divided = [batch for batch in batches if batch.state is BatchState.DIVIDED]
        self._charges: dict[int, Charge] = {}
        self._kept: dict[int, Outcome] = {}
        # A batch that was divided has halves in its place; those left stand for their rows.
        whole = (batch for batch in batches if batch.state is not BatchState.DIVIDED)
        self._batches = sorted(whole, key=lambda batch: batch.first_row)
        self._stored = payloads
        self._payloads = lru_cache(maxsize=2)(self._read_batch)

    def of(self, plan: PlannedRow) -> Outcome:
        """The end of one row of the plan."""
        wanted = self._job.wanted or EnrichmentType.EMAIL
        own = outcome_of_planned(plan, wanted, self._of_first)
        if plan.already is not None and plan.row in self._copied:
            self._kept[plan.row] = own
        return self._fixed.of(plan.row, own)

    def bill(self) -> Bill:
        """What the batches cost whose rows were asked for."""
        bill, most_each = Bill(), self._job.most_each
        for batch in (*self._divided, *self._batches):
            charge = self._charges.get(batch.number, Charge())
            bill = bill.plus(batch.bill(charge, most_each))
        return bill

    def _read_batch(self, batch: Batch) -> dict[int, dict[str, Any]]:
        payloads = self._stored.of(batch)
        self._charges[batch.number] = charge_of_batch(self._job, payloads)
        self._settle.run(self._job, batch, payloads)
        return payloads

    def _of_first(self, row: int) -> Outcome:
        if row in self._kept:
            return self._kept[row]
        outcome = self._read(row)
        if row in self._copied:
            self._kept[row] = outcome
        return outcome

    def _read(self, row: int) -> Outcome:
        batch = self._batch_of(row)
        payloads = self._payloads(batch)
        payload = payloads.get(row)
        result = result_of(payload) if payload is not None else None
        own = outcome_of_sent(result, batch, bool(payloads), self._job)
        return self._fixed.of(row, own)

    def _batch_of(self, row: int) -> Batch:
        position = bisect_right(self._batches, row, key=lambda batch: batch.first_row) - 1
        return self._batches[position]
