"""The end of each row of a job, from its plan and from its batches' results.

Results are read batch by batch in the order of the rows, each batch once: also when the time of a
run that notes them is up and the next one goes on.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from pydantic_core import to_json

from enrichment.clock import SecondsLeft
from enrichment.domain.batch import Batch, BatchesByRow
from enrichment.domain.contact import EnrichmentType
from enrichment.domain.credits import Bill, Charge
from enrichment.domain.job import Job
from enrichment.domain.origin import Origin
from enrichment.domain.outcome import (
    UNSENT,
    Outcome,
    outcome_of_planned,
    outcome_of_sent,
    outcomes_of_results,
)
from enrichment.domain.plan import PlannedRow
from enrichment.domain.result import Result
from enrichment.steps.fixed_rows import FixedRows
from enrichment.steps.settlement import SettleBatch, charge_of_own
from enrichment.store.results import Came
from enrichment.store.results_by_batch import ResultsByBatch
from enrichment.words import rows as words

RESERVE = 120  # seconds before its end at which a run stops reading
_AT_HAND = 8  # batches whose results are kept: the rows of those set apart stand among others


class OutOfTime(Exception):  # nothing went wrong
    """A run has to end before all results were read."""


class NotedResults:
    """The results of batches, which are asked for in one order.

    Args:
        results: where they are stored.
        earlier: what an earlier run noted of them.
        note: takes the lines that the next run may be given as `earlier`; None where it needs
            none.
        seconds_left: until this run is ended.
    """

    def __init__(
        self,
        results: ResultsByBatch,
        earlier: Iterator[bytes],
        note: Callable[[bytes], None] | None,
        seconds_left: SecondsLeft,
    ) -> None:
        self._results, self._earlier, self._note = results, earlier, note
        self._seconds_left = seconds_left
        self.read = 0  # batches that were read from the table

    def of(self, batch: Batch) -> dict[int, Came]:
        """The results of a batch by row.

        Raises:
            OutOfTime: they would have to be read, and it is too late for that.
        """
        noted = next(self._earlier, None)
        number, came = _noted(noted) if noted else (None, {})
        if number != batch.number:
            self._earlier = iter(())  # a batch was divided meanwhile: what follows stands elsewhere
            if self._seconds_left() < RESERVE:
                raise OutOfTime
            came = self._results.of(batch)
            self.read += 1
        if self._note:
            self._note(_note(batch.number, came))
        return came


def _note(number: int, came: dict[int, Came]) -> bytes:
    rows = [
        (row, each.text, each.at, each.origin and each.origin.model_dump())
        for row, each in came.items()
    ]
    return to_json([number, rows]) + b"\n"


def _noted(line: bytes) -> tuple[int, dict[int, Came]]:
    """What was noted. Until 0.4 that was payloads alone, which had no origin, and until 0.5 not the
    texts of them.
    """
    number, rows = json.loads(line)
    came = {}
    for row, payload, *rest in rows:
        at, origin = rest or (0, None)
        text = payload if isinstance(payload, str) else json.dumps(payload)
        came[row] = Came(text, at, Origin.model_validate(origin) if origin else None)
    return number, came


class _Ends(NamedTuple):
    """The ends of rows of a batch whose results came, and that of each other row."""

    came: dict[int, Outcome]
    without: Outcome


class Outcomes:
    """The end of each row of a job, asked for in the order of the rows. What copies far below need
    is kept.

    Args:
        results: what came back.
        job: whose rows they are.
        batches: all of its batches.
        copied: the rows that have copies.
        settle: settles what batches cost that nobody has settled yet.
        fixed: those that came home after they were fixed.
        name_paths: whether to tell from which file a result is used again.
    """

    def __init__(
        self,
        results: NotedResults,
        job: Job,
        batches: list[Batch],
        copied: frozenset[int],
        settle: SettleBatch,
        fixed: FixedRows,
        name_paths: bool = True,
    ) -> None:
        self._job, self._copied, self._settle, self._fixed = job, copied, settle, fixed
        self._name_paths = name_paths
        self._charges: dict[int, Charge] = {}
        self._kept: dict[int, Outcome] = {}
        self._all = {batch.number: batch for batch in batches}
        self._batches = BatchesByRow(batches)
        self._again = frozenset(row for batch in batches for row in batch.again)
        self._looked_at = copied | self._again  # the rows of which more has to be known
        self._noted = results
        self._ends = lru_cache(maxsize=_AT_HAND)(self._read_batch)
        # Of the batch that was read last: those of all other rows.
        self._at_hand: dict[int, Outcome] = {}

    def of(self, plan: PlannedRow) -> Outcome:
        """The end of one row of the plan."""
        if plan.contact is not None:
            return self.of_contact(plan.row)
        wanted = self._job.wanted or EnrichmentType.EMAIL
        own = outcome_of_planned(plan, wanted, self._of_first)
        if plan.erased and (batch := self._batches.that_may_have(plan.row)):
            self._ends(batch.number)  # what it cost is billed all the same
        if plan.already is not None and plan.row in self._copied:
            self._kept[plan.row] = own
        return self._fixed.of(plan.row, own)

    def of_contact(self, row: int) -> Outcome:
        """The end of a row that the plan has as a contact."""
        own = self._at_hand.get(row)
        return self._of_first(row) if own is None else own

    def bill(self) -> Bill:
        """What the batches cost whose rows were asked for."""
        bill, most_each = Bill(), self._job.most_each
        for batch in self._all.values():
            charge = self._charges.get(batch.number, Charge())
            bill = bill.plus(batch.bill(charge, most_each))
        return bill

    def _read_batch(self, number: int) -> "_Ends":
        batch = self._all[number]
        results = self._noted.of(batch)
        own = {row: came.result for row, came in results.items() if came.origin is None}
        self._charges[batch.number] = charge_of_own(self._job, own.values())
        if len(results) >= batch.size and not own:
            # A run may be about to complete it; nothing of it is sent.
            self._all[number] = batch.model_copy(update={"known": True})
        self._settle.run(self._job, batch, results)
        ends = self._ends_of(batch, results, own)
        if rows := self._batches.own(batch, ends.came):
            self._at_hand = {row: ends.came[row] for row in rows if row not in self._looked_at}
        return ends

    def _ends_of(
        self, batch: Batch, results: Mapping[int, Came], own: Mapping[int, Result]
    ) -> "_Ends":
        known = {
            row: outcome_of_sent(came.result, batch, True, self._job, self._as_told(came.origin))
            for row, came in results.items()
            if came.origin is not None
        }
        without = outcome_of_sent(None, batch, bool(own), self._job)
        return _Ends(outcomes_of_results(own, self._job) | known, without)

    def _of_first(self, row: int) -> Outcome:
        if row in self._kept:
            return self._kept[row]
        outcome = self._read(row)
        if row in self._copied:
            self._kept[row] = outcome
        return outcome

    def _read(self, row: int) -> Outcome:
        own = self._of_batch(row)
        if row in self._again and own.state not in UNSENT:
            own = replace(own, again=True)
        return self._fixed.of(row, own)

    def _of_batch(self, row: int) -> Outcome:
        ends = self._ends(self._batches.of(row).number)
        return ends.came.get(row) or ends.without

    def _as_told(self, origin: Origin) -> Origin:
        if self._name_paths:
            return origin
        return origin.model_copy(update={"file": words.ANOTHER_FILE})
