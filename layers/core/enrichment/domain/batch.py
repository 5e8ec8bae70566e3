"""Batches: how contacts are cut into requests, and the states a batch goes through.

A batch leaves PLANNED by a conditional write before its one POST. Only what was provably never
sent, or what the provider documents as 'nothing enqueued', goes back. UNKNOWN is a POST whose
outcome nobody saw; it is never resent by itself, and a genuine webhook for it proves that it was
accepted. Only an operator may take the risk of sending it again.
"""

import sys
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from enum import StrEnum
from types import MappingProxyType
from typing import TypeVar

from pydantic import BaseModel, ConfigDict

from enrichment.domain.credits import Bill, Charge

Item = TypeVar("Item")

MAX_BATCH = 100  # contacts in one bulk request, at most [S]
MIN_BATCH = 2  # and at least; one contact alone goes to the single endpoint [D]
# The fields that tell which contacts of its plan a batch has.
PLACE = ("size", "rows", "first_row", "last_row", "start", "end")


class BatchState(StrEnum):
    """Where a batch stands; `docs/architecture.md` has the picture."""

    PLANNED = "PLANNED"  # stored, not sent
    SENDING = "SENDING"  # claimed by one submitter, which is about to POST or has done so
    ACCEPTED = "ACCEPTED"  # the provider answered 2xx, or a webhook proved that it took the batch
    REJECTED = "REJECTED"  # its one contact is not valid, the provider says
    DIVIDED = "DIVIDED"  # two new batches hold its parts: a contact of it is not valid, or a cap
    # on credits pays for some only
    OVER_BUDGET = "OVER_BUDGET"  # a cap on credits leaves no room for any of it
    UNKNOWN = "UNKNOWN"  # a POST may have arrived, nobody saw the answer
    COMPLETE = "COMPLETE"  # every contact has its result


BATCH_TRANSITIONS: MappingProxyType[BatchState, frozenset[BatchState]] = MappingProxyType(
    {
        BatchState.PLANNED: frozenset(
            {
                BatchState.SENDING,
                BatchState.DIVIDED,
                BatchState.OVER_BUDGET,
                BatchState.COMPLETE,
                BatchState.UNKNOWN,  # an operator's resend is taken back: the first result came
            }
        ),
        BatchState.SENDING: frozenset(
            {
                BatchState.PLANNED,
                BatchState.ACCEPTED,
                BatchState.REJECTED,
                BatchState.DIVIDED,
                BatchState.UNKNOWN,
                BatchState.COMPLETE,
            }
        ),
        BatchState.UNKNOWN: frozenset({BatchState.ACCEPTED, BatchState.COMPLETE}),
        BatchState.ACCEPTED: frozenset({BatchState.COMPLETE}),
        BatchState.REJECTED: frozenset(),
        BatchState.DIVIDED: frozenset(),
        BatchState.OVER_BUDGET: frozenset(),
        BatchState.COMPLETE: frozenset(),
    }
)

# Steps that only an operator may ask for, knowing what they may cost.
OPERATOR_TRANSITIONS: MappingProxyType[BatchState, frozenset[BatchState]] = MappingProxyType(
    {BatchState.UNKNOWN: frozenset({BatchState.PLANNED})}
)

# The states of a batch that the provider may have taken.
MAY_BE_SENT = frozenset(
    {BatchState.SENDING, BatchState.UNKNOWN, BatchState.ACCEPTED, BatchState.COMPLETE}
)

# The states in which the provider is still to be asked, or about to answer.
UNANSWERED = frozenset({BatchState.PLANNED, BatchState.SENDING})


def before(state: BatchState) -> list[BatchState]:
    """The states from which `state` may be entered, in the order of the enum."""
    return [source for source in BatchState if state in BATCH_TRANSITIONS[source]]


class Batch(BaseModel):
    """One request to the provider, as stored. Times are epoch seconds.

    Its contacts are the valid rows from `first_row` to `last_row`; their lines stand in bytes
    `start` to `end` (exclusive) of the job's plan, among lines of rows that are not sent. `month`
    (such as 2026-11) is the one whose budget it counts in, once it was claimed. `doubted` tells
    that an operator had it sent again without knowing what became of it the first time.

    Credits: `reserved` were at its claim, for `size` contacts alike; None where an earlier version
    claimed it. `answered`, `found`, `things` and `charged` are what its results were settled with
    so far (see `Charge`), `settled_at` when. Earlier attempts, which may have been charged, sent
    `sent_before` contacts and reserved `doubtful` credits; the last of them counts in the month
    `doubted_in`, and is what is taken back (`Batches.take_back`). `short_of` is the scope of the
    cap that it waits for, or that ended it (see `Cap`).

    `rows` are its contacts where others stand between them, of batches that were set apart; None
    where it has all of its span. `waits` counts how often it was left PLANNED because other rows
    that are on their way, mostly of another file, name the same people; 0 if it does not wait.
    `known` tells that it is complete without having been sent, since all of its people were known.
    `again` are the rows whose people were known and that were sent all the same, as their file
    asked for.
    """

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    job: str
    plan: str
    number: int
    size: int
    first_row: int
    last_row: int
    start: int
    end: int
    state: BatchState = BatchState.PLANNED
    queued_at: int = 0
    claim: str | None = None
    claimed_at: int | None = None
    accepted_at: int | None = None
    enrichment_id: str | None = None
    reason: str | None = None
    month: str | None = None
    doubted: bool = False
    rows: tuple[int, ...] | None = None
    waits: int = 0
    known: bool = False
    again: tuple[int, ...] = ()
    reserved: int | None = None
    answered: int = 0
    found: int = 0
    things: int = 0
    charged: int = 0
    settled_at: int = 0
    sent_before: int = 0
    doubtful: int = 0
    doubted_in: str | None = None
    doubted_reserved: int | None = None
    short_of: str | None = None

    @property
    def settled(self) -> Charge:
        """What its results were settled with so far."""
        return Charge(self.answered, self.found, self.things, self.charged)

    def may_have(self, row: int) -> bool:
        """Whether a row of its span is one of its contacts, as far as it says so itself."""
        return self.rows is None or row in self.rows

    def bill(self, charge: Charge, most_each: int) -> Bill:
        """What it cost, if its results cost so much."""
        earlier = Bill(self.sent_before, possible=self.doubtful)
        if self.known or self.state not in MAY_BE_SENT:
            return earlier
        unanswered = max(0, self.size - charge.answered)
        return earlier.plus(Bill(self.size, charge, unanswered * most_each))


class BatchesByRow:
    """Finds the batch that a row is in. One that was divided has its parts in its place, and one
    from which contacts were set apart is asked for by its rows.
    """

    def __init__(self, batches: Iterable[Batch]) -> None:
        whole = [batch for batch in batches if batch.state is not BatchState.DIVIDED]
        self._of_row = {row: batch for batch in whole for row in batch.rows or ()}
        spans = (batch for batch in whole if batch.rows is None)
        self._spans = sorted(spans, key=lambda batch: batch.first_row)
        self._firsts = [batch.first_row for batch in self._spans]

    def of(self, row: int) -> Batch:
        """The batch of a row that is in one."""
        if listed := self._of_row.get(row):
            return listed
        return self._spans[bisect_right(self._firsts, row) - 1]

    def own(self, batch: Batch, rows: Iterable[int]) -> list[int]:
        """Those of some rows that are in a batch; none where it lists its rows."""
        at = bisect_right(self._firsts, batch.first_row) - 1
        if at < 0 or self._spans[at] is not batch:
            return []
        behind = self._firsts[at + 1] if at + 1 < len(self._firsts) else sys.maxsize
        return [row for row in rows if batch.first_row <= row < behind and row not in self._of_row]

    def that_may_have(self, row: int) -> Batch | None:
        """The batch that may have sent a row; None where none did, as it was erased before."""
        if listed := self._of_row.get(row):
            return listed
        spans = (batch for batch in self._spans if batch.first_row <= row <= batch.last_row)
        return next(spans, None)


def cut(items: Iterable[Item], size: int = MAX_BATCH) -> Iterator[list[Item]]:
    """Cut a stream into batches of 2 to `size`, holding at most `size` + 1 items at a time.

    Every batch is full but the last; where that would leave a batch of one, the last two share
    evenly. One item in all makes a batch of one, which goes to the single endpoint.
    """
    held: list[Item] = []
    for item in items:
        held.append(item)
        if len(held) >= size + MIN_BATCH:
            yield held[:size]
            held = held[size:]
    if len(held) > size:
        half = (len(held) + 1) // 2
        yield held[:half]
        held = held[half:]
    if held:
        yield held
